/**
 * Server-side apply (apimachinery's util/managedfields and structured-merge-diff's merge/update.go, v1.34): the
 * configuration is merged into the live object, what its manager no longer says is removed unless another owns it, and
 * a field that another manager has set differently is a conflict.
 */
import { badRequest, conflict, notFound, OPTIMISTIC_LOCK } from '../../apimachinery/api-errors.ts';
import { isObject, type JsonObject } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { fieldSetOf, mergeTyped, removeFields } from '../../apimachinery/patch/apply.ts';
import { compareFields } from '../../apimachinery/patch/compare.ts';
import {
  EMPTY_SET,
  type FieldSet,
  intersectSets,
  isEmptySet,
  subtractSets,
  unionSets,
  withNamedParents,
} from '../../apimachinery/patch/field-set.ts';
import { formatTypedErrors, typedErrors } from '../../apimachinery/patch/typed-errors.ts';
import { canonicalQuantity } from '../../apimachinery/quantity.ts';
import { formatGroupVersion } from '../../apimachinery/resource.ts';
import { ApiError, isApiError } from '../../apimachinery/status.ts';
import { applySchemaOf } from '../apply-schema.ts';
import { decodeRequest, encodeObject } from '../codec.ts';
import { convertToStorage } from '../conversion.ts';
import type { Core } from '../core.ts';
import { checkConversion } from '../custom/conversion.ts';
import {
  conflictsWith,
  entryOf,
  isSameManager,
  type ManagedFieldsEntry,
  managersOf,
  releaseFields,
  setEntries,
  stripFields,
} from '../managed-fields.ts';
import { type Draft, isStoredForm, storedResource } from '../resources/resource.ts';
import type { Schema } from '../schema/types.ts';
import { conflictError } from './apply-conflict.ts';
import { createDecoded, setNamespace } from './create.ts';
import { allowsConflicts, updateLastApplied } from './last-applied.ts';
import { mayCreate } from './may-create.ts';
import { subjectOf, type WriteRequest } from './request.ts';
import { keyOf, updateDecoded } from './update.ts';

/** Answers the object afterwards. Throws Conflict with a cause for each field, BadRequest, Invalid. */
export function applyObject(core: Core, request: WriteRequest, config: JsonObject): KubeObject {
  const { resource, version } = request;
  if (isStoredForm(resource, version)) return applyStored(core, request, config);
  // Who owns what is kept in the storage version's fields, so a configuration of another is converted first.
  const checked = checkConfig(request, config);
  if (resource.definition !== undefined) checkConversion(resource.definition, version);
  // Conversion looks at each field before it uses it.
  const converted = convertToStorage(resource, version, { metadata: {}, ...checked } as Draft) as JsonObject;
  return encodeObject(
    resource,
    version,
    applyStored(core, { ...request, resource: storedResource(resource), version: resource.storageVersion }, converted),
  );
}

function applyStored(core: Core, request: WriteRequest, config: JsonObject): KubeObject {
  const { resource } = request;
  if ((request.options.fieldManager ?? '') === '') {
    throw new ApiError(
      'Invalid',
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
      {
        group: 'meta.k8s.io',
        kind: 'PatchOptions',
        causes: [
          {
            reason: 'FieldValueRequired',
            message: 'Required value: is required for apply patch',
            field: 'fieldManager',
          },
        ],
      },
    );
  }
  const applied = checkConfig(request, config);
  const schema = applySchemaOf(resource, resource.storageVersion);
  if (schema === undefined) throw badRequest(`no type is known of ${resource.kind}`);
  const errors = typedErrors(schema, applied);
  if (errors.length > 0) {
    throw new ApiError(
      'Unknown',
      `failed to create typed patch object (${whereOf(request, applied)}): ${formatTypedErrors(errors)}`,
    );
  }
  const stored = core.store.get(keyOf(request));
  if (stored === undefined) {
    if (request.subresource !== '') throw notFound(subjectOf(resource), request.name);
    const body: JsonObject = isObject(applied.metadata)
      ? { ...applied, metadata: { ...applied.metadata, name: request.name } }
      : { ...applied, metadata: { name: request.name } };
    const draft = decodeApplied(request, body);
    const fields = stripFields(fieldSetOf(schema, body), resource, '');
    const entry = entryOf(request, 'Apply', fields, core.now());
    mayCreate(core, request);
    return createDecoded(core, { ...request, applied: isEmptySet(fields) ? [] : [entry] }, draft);
  }
  return applyTo(core, request, schema, applied, stored.object);
}

/** The object as errors of apply name it. */
function whereOf(request: WriteRequest, config: JsonObject): string {
  const namespace = isObject(config.metadata) ? String(config.metadata.namespace ?? '') : '';
  return `${namespace}/${request.name}; ${kindText(request)}`;
}

function kindText({ resource, version }: WriteRequest): string {
  return `${resource.group}/${version}, Kind=${resource.kind}`;
}

/** What a value's type can't hold is an error of the conversion, which has words of its own (runtime/converter.go). */
function decodeApplied(request: WriteRequest, body: JsonObject): Draft {
  const { kind } = request.resource;
  try {
    return decodeRequest({ ...request, body }, body);
  } catch (error) {
    const prefix = `${kind} in version "${request.version}" cannot be handled as a ${kind}: `;
    if (!isApiError(error, 'BadRequest') || !error.message.startsWith(prefix)) throw error;
    const reason = error.message
      .slice(prefix.length)
      .replace(/^json: cannot unmarshal number \S+ into Go .* of type (u?int\d+)$/, 'cannot convert float64 to $1')
      .replace(/^illegal base64/, 'error decoding from json: $&');
    throw new ApiError(
      'Unknown',
      `failed to convert new object (${whereOf(request, body)}) to proper version: unable to convert unstructured object to ${kindText(request)}: ${reason}`,
    );
  }
}

/** The configuration must name what the URL names, and may not bring managedFields of its own. */
function checkConfig(request: WriteRequest, config: JsonObject): JsonObject {
  const apiVersion = formatGroupVersion({ group: request.resource.group, version: request.version });
  if (config.apiVersion !== undefined && config.apiVersion !== apiVersion) {
    throw badRequest(
      `Incorrect version specified in apply patch. Specified patch version: ${String(config.apiVersion)}, expected: ${apiVersion}`,
    );
  }
  const metadata = isObject(config.metadata) ? config.metadata : {};
  if (Array.isArray(metadata.managedFields) && metadata.managedFields.length > 0) {
    throw badRequest('metadata.managedFields must be nil');
  }
  if (typeof metadata.name === 'string' && metadata.name !== request.name) {
    throw badRequest(`metadata.name must match the name of the request: ${metadata.name} is not ${request.name}`);
  }
  if (
    request.resource.namespaced &&
    typeof metadata.namespace === 'string' &&
    metadata.namespace !== '' &&
    metadata.namespace !== request.namespace
  ) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  return config;
}

function applyTo(core: Core, request: WriteRequest, schema: Schema, config: JsonObject, live: KubeObject): KubeObject {
  const { resource, subresource } = request;
  const version = isObject(config.metadata) ? config.metadata.resourceVersion : undefined;
  if (typeof version === 'string' && version !== '' && version !== live.metadata.resourceVersion) {
    throw conflict(subjectOf(resource), request.name, OPTIMISTIC_LOCK);
  }
  const { managedFields: _m, ...bareMetadata } = live.metadata;
  const bare: KubeObject = { ...live, metadata: bareMetadata };
  const self = entryOf(request, 'Apply', EMPTY_SET, core.now());
  let entries: readonly ManagedFieldsEntry[] = managersOf(live);
  if (entries.length === 0) entries = beforeFirstApply(request, schema, bare, core);
  const last = entries.find((entry) => isSameManager(entry, self));
  // The configuration in its canonical form: quantities, times and numbers as they are stored.
  const canonical = canonicalConfig(request, config, schema);
  const set = stripFields(fieldSetOf(schema, canonical), resource, subresource);
  const own: ManagedFieldsEntry = { ...self, fieldsV1: set };
  const others = entries.filter((entry) => entry !== last);
  const merged = mergeTyped(schema, bare, canonical);
  // All that is said now stays, also what no manager is recorded for, such as the name.
  const said = { ...own, fieldsV1: fieldSetOf(schema, namedConfig(canonical, request)) };
  const pruned = last === undefined ? merged : prune(schema, merged, last.fieldsV1 ?? EMPTY_SET, [...others, said]);
  const body = pruned as JsonObject;
  const draft = decodeApplied(request, body);
  setNamespace(request, draft);
  const comparison = compareFields(schema, bare, draft);
  const changed = stripFields(comparison.changed, resource, subresource);
  const removed = stripFields(comparison.removed, resource, subresource);
  const conflicts = conflictsWith(others, own, changed);
  if (conflicts.length > 0 && request.options.force !== true) {
    const fields = conflicts.reduce<FieldSet>((sum, each) => unionSets(sum, each.fields), EMPTY_SET);
    if (!allowsConflicts(request, schema, { live: bare, fields })) throw conflictError(conflicts);
  }
  const released = releaseFields(others, own, changed, removed);
  const isSame = isEmptySet(changed) && isEmptySet(removed);
  setEntries(draft, isEmptySet(set) ? released : [...released, isSame ? withTimeOf(own, last) : own]);
  updateLastApplied(request, draft, config);
  return updateDecoded(core, request, draft, live, { managed: true });
}

/** What changes nothing keeps its time, or has none (managedfieldsupdater.go). */
function withTimeOf(
  { time: _now, ...own }: ManagedFieldsEntry,
  last: ManagedFieldsEntry | undefined,
): ManagedFieldsEntry {
  return last?.time === undefined ? own : { ...own, time: last.time };
}

function namedConfig(config: JsonObject, { name }: WriteRequest): JsonObject {
  return { ...config, metadata: { ...(isObject(config.metadata) ? config.metadata : {}), name } };
}

/** An object that no manager is known of belongs to whoever wrote it before the first apply. */
function beforeFirstApply(
  request: WriteRequest,
  schema: Schema,
  bare: KubeObject,
  core: Core,
): readonly ManagedFieldsEntry[] {
  const fieldsV1 = stripFields(fieldSetOf(schema, bare), request.resource, request.subresource);
  const { subresource: _s, ...entry } = entryOf(request, 'Update', fieldsV1, core.now());
  return isEmptySet(fieldsV1) ? [] : [{ ...entry, manager: 'before-first-apply' }];
}

/** Only what the configuration says, with values as the API writes them. */
function canonicalConfig(request: WriteRequest, config: JsonObject, schema: Schema): JsonObject {
  if (request.resource.custom) return config;
  return canonicalValue(schema, config) as JsonObject;
}

/** Replaces quantities by their canonical text; all else stays as it was given. */
function canonicalValue(schema: Schema, value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (schema.kind === 'Quantity') return canonicalLeaf(value);
  if (Array.isArray(value) && schema.element !== undefined) {
    const { element } = schema;
    return value.map((item) => canonicalValue(element, item));
  }
  if (!isObject(value)) return value;
  const out: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const inner = schema.kind === 'struct' ? schema.fields.get(key)?.schema : schema.element;
    const item = inner === undefined ? value[key] : canonicalValue(inner, value[key]);
    if (item !== undefined)
      Object.defineProperty(out, key, { value: item, enumerable: true, configurable: true, writable: true });
  }
  return out;
}

function canonicalLeaf(value: unknown): unknown {
  if (typeof value !== 'string' && typeof value !== 'number') return value;
  return canonicalQuantity(value);
}

/** Removes what this manager has said before and says no more, unless another manager owns it (Updater.prune). */
function prune(schema: Schema, merged: unknown, last: FieldSet, managers: readonly ManagedFieldsEntry[]): unknown {
  if (isEmptySet(last)) return merged;
  const before = withNamedParents(last);
  const without = removeFields(schema, merged, before);
  const mergedSet = withNamedParents(fieldSetOf(schema, merged));
  let prunedSet = withNamedParents(fieldSetOf(schema, without));
  const owned = managers.reduce<FieldSet>((sum, entry) => unionSets(sum, entry.fieldsV1 ?? EMPTY_SET), EMPTY_SET);
  const back = removeFields(schema, merged, subtractSets(subtractSets(mergedSet, prunedSet), withNamedParents(owned)));
  prunedSet = withNamedParents(fieldSetOf(schema, back));
  return removeFields(schema, merged, intersectSets(subtractSets(mergedSet, prunedSet), before)) ?? {};
}
