/**
 * From client-side to server-side apply (apimachinery's util/managedfields/internal/lastappliedmanager.go and
 * lastappliedupdater.go): what `kubectl apply` has set, and nobody changed since, is kubectl's when it first applies on
 * the server; and its annotation keeps telling what was applied, so that the way back is open. Only for the manager that
 * kubectl is by default.
 */
import { isObject, type JsonObject, sortedJson } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { fieldSetOf } from '../../apimachinery/patch/apply.ts';
import { compareFields } from '../../apimachinery/patch/compare.ts';
import { type FieldSet, isEmptySet, subtractSets } from '../../apimachinery/patch/field-set.ts';
import { typedErrors } from '../../apimachinery/patch/typed-errors.ts';
import { MAX_ANNOTATIONS } from '../object-meta.ts';
import type { Draft } from '../resources/resource.ts';
import type { Schema } from '../schema/types.ts';
import type { WriteRequest } from './request.ts';

const ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration';
const MANAGER = 'kubectl';

/** Whether all fields in conflict are kubectl's own from before. `live` is without managedFields. */
export function allowsConflicts(
  { options }: WriteRequest,
  schema: Schema,
  { live, fields }: { readonly live: KubeObject; readonly fields: FieldSet },
): boolean {
  if (options.fieldManager !== MANAGER) return false;
  const last = parse(live.metadata.annotations?.[ANNOTATION]);
  if (last?.apiVersion !== live.apiVersion || typedErrors(schema, last).length > 0) return false;
  const { changed, removed } = compareFields(schema, last, live);
  const own = subtractSets(subtractSets(fieldSetOf(schema, last), changed), removed);
  return isEmptySet(subtractSets(fields, own));
}

/** Keeps the annotation, where the object has it, at what is applied now. */
export function updateLastApplied({ options }: WriteRequest, draft: Draft, config: JsonObject): void {
  const { annotations } = draft.metadata;
  if (options.fieldManager !== MANAGER || (annotations?.[ANNOTATION] ?? '') === '') return;
  const { [ANNOTATION]: _old, ...others } = annotations ?? {};
  const all = { ...others, [ANNOTATION]: `${escapeHtml(sortedJson(withoutAnnotation(config)))}\n` };
  const size = Object.entries(all).reduce((sum, [key, value]) => sum + Buffer.byteLength(key + value), 0);
  draft.metadata.annotations = size > MAX_ANNOTATIONS ? others : all;
}

function parse(text: string | undefined): JsonObject | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function withoutAnnotation(config: JsonObject): JsonObject {
  const { metadata } = config;
  if (!isObject(metadata) || !isObject(metadata.annotations)) return config;
  const { [ANNOTATION]: _own, ...annotations } = metadata.annotations;
  return { ...config, metadata: { ...metadata, annotations } };
}

/** As Go's encoding/json writes text. */
function escapeHtml(json: string): string {
  return json.replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
