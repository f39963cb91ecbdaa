/**
 * Between a request's body and the object that is stored: decoding by type, strict field validation, defaults,
 * conversion between served versions (apiserver's endpoints/handlers and runtime/serializer, v1.34).
 */
import { badRequest } from '../apimachinery/api-errors.ts';
import { deepCopy, isObject, type JsonObject, setKey } from '../apimachinery/json.ts';
import type { KubeObject } from '../apimachinery/object.ts';
import { formatGroupVersion } from '../apimachinery/resource.ts';
import { convertFromStorage, convertToStorage } from './conversion.ts';
import { checkConversion } from './custom/conversion.ts';
import { readCustom } from './custom/read.ts';
import { decodeCustom } from './custom/structural.ts';
import { applyDefaults } from './defaults/defaults.ts';
import { type Draft, hasStatus, isStoredForm, type Resource, storedResource } from './resources/resource.ts';
import { decode } from './schema/decode.ts';
import { namedSchema, type Schema } from './schema/types.ts';
import type { WriteRequest } from './verbs/request.ts';

/** Go's decoder gives up after so many. */
const MAX_STRICT_ERRORS = 100;

/**
 * The object of a request in its storage version, with defaults. Of a body that was made of the stored object, the parts
 * that are still the stored ones (not equal: the same) and that the verb would keep anyway are left out or shared.
 * Throws BadRequest.
 */
export function decodeRequest(request: WriteRequest, body: JsonObject, live?: KubeObject): Draft {
  const { resource, version } = request;
  const known = isStoredForm(resource, version) && resource.definition === undefined ? live : undefined;
  const draft = decodeVersion(request, resource, version, body, known);
  if (isStoredForm(resource, version)) return draft;
  if (resource.definition !== undefined) checkConversion(resource.definition, version);
  const converted = convertToStorage(resource, version, draft);
  const schema = storedResource(resource).schema(resource.storageVersion);
  if (schema !== undefined && resource.definition === undefined) applyDefaults(schema, converted);
  return converted;
}

/** The body without what the verb takes of the stored object, as far as it is the stored object's own. */
function withoutKept(request: WriteRequest, body: JsonObject, stored: KubeObject): JsonObject {
  const isStatus = request.subresource === 'status';
  if (!isStatus && (request.subresource !== '' || !hasStatus(request.resource))) return body;
  const out: Record<string, unknown> = {};
  for (const key of Object.keys(body)) {
    const isKept = isStatus ? key !== 'metadata' && key !== 'status' : key === 'status';
    if (!isKept || typeof body[key] !== 'object' || body[key] !== stored[key]) setKey(out, key, body[key]);
  }
  return out;
}

function decodeVersion(
  request: WriteRequest,
  resource: Resource,
  version: string,
  body: JsonObject,
  stored?: KubeObject,
): Draft {
  const schema = resource.schema(version);
  const unknown: string[] = [...(request.duplicates ?? [])];
  let value: Record<string, unknown>;
  if (resource.definition !== undefined) {
    const custom = decodeCustom(resource.definition, version, body);
    unknown.push(...custom.unknown);
    value = custom.value;
    if (custom.error !== undefined) throw cannotHandle(resource, version, custom.error);
  } else if (schema === undefined) {
    value = deepCopy(body) as Record<string, unknown>;
  } else {
    const given = stored === undefined ? body : withoutKept(request, body, stored);
    const decoded = decode(schema, given, stored as JsonObject | undefined);
    if (decoded.error !== undefined) throw cannotHandle(resource, version, decoded.error);
    unknown.push(...decoded.unknown);
    value = decoded.value;
  }
  if (unknown.length > 0) reportUnknown(request, inOrder(request, unknown).slice(0, MAX_STRICT_ERRORS));
  const draft = asDraft(value);
  draft.apiVersion = formatGroupVersion({ group: resource.group, version });
  draft.kind = resource.kind;
  if (schema !== undefined && resource.definition === undefined) applyDefaults(schema, draft);
  return draft;
}

/** In the order of the document. Of custom resources, what stands twice is found first. */
function inOrder({ order, resource }: WriteRequest, problems: readonly string[]): readonly string[] {
  if (order === undefined || resource.custom) return problems;
  return [...problems].sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
}

function reportUnknown(request: WriteRequest, unknown: readonly string[]): void {
  const { fieldValidation = 'Ignore' } = request.options;
  if (fieldValidation === 'Strict') {
    throw cannotHandle(request.resource, request.version, `strict decoding error: ${unknown.join(', ')}`);
  }
  if (fieldValidation === 'Warn') for (const text of unknown) for (const line of linesOf(text)) request.warn?.(line);
}

/** What a YAML document has twice is one error in several lines, and a warning for each. */
function linesOf(text: string): readonly string[] {
  const [first = '', ...rest] = text.split('\n');
  return first === 'yaml: unmarshal errors:' ? rest.map((line) => line.trim()) : [text];
}

function cannotHandle({ kind }: Resource, version: string, problem: string): Error {
  return badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${problem}`);
}

/** The metadata is there after decoding, for what has a type; for the rest it is made sure of here. */
function asDraft(value: Record<string, unknown>): Draft {
  if (!isObject(value.metadata)) value.metadata = {};
  // Decoding has put apiVersion, kind and metadata there.
  return value as Draft;
}

/** Decodes another type of the API that comes in a body, e.g. `meta/v1.DeleteOptions`. */
export function decodeNamed(name: string, body: JsonObject): Record<string, unknown> {
  const schema: Schema = namedSchema(name);
  const { value, error } = decode(schema, body);
  if (error !== undefined) throw badRequest(error);
  return value;
}

/** A stored object in a version that is served. */
export function encodeObject(resource: Resource, version: string, object: KubeObject): KubeObject {
  if (resource.definition !== undefined)
    return readCustom(resource.definition, resource.storageVersion, version, object);
  return isStoredForm(resource, version) ? object : convertFromStorage(resource, version, object);
}
