/**
 * Who owns which field (apimachinery's util/managedfields, v1.34): every write is recorded under its manager, operation,
 * version and subresource; server-side apply finds its conflicts here. Times alone are never a reason to write.
 */
import { deepEqual, getKey, isObject } from '../apimachinery/json.ts';
import type { KubeObject } from '../apimachinery/object.ts';
import { compareFields } from '../apimachinery/patch/compare.ts';
import {
  EMPTY_SET,
  type FieldSet,
  intersectSets,
  isEmptySet,
  subtractSets,
  unionSets,
} from '../apimachinery/patch/field-set.ts';
import type { Instant } from '../apimachinery/time.ts';
import { formatTime } from '../apimachinery/time.ts';
import { applySchemaOf } from './apply-schema.ts';
import { type Draft, hasStatus, type Resource } from './resources/resource.ts';
import type { Schema } from './schema/types.ts';
import { zeroStruct } from './schema/zero.ts';
import { apiVersionOf, DEFAULT_MANAGER, type WriteRequest } from './verbs/request.ts';

export interface ManagedFieldsEntry {
  readonly manager?: string;
  readonly operation?: string;
  readonly apiVersion?: string;
  readonly time?: string;
  readonly fieldsType?: string;
  readonly fieldsV1?: FieldSet;
  readonly subresource?: string;
}

/** So many entries of updates stay apart; the oldest ones are put together. */
const MAX_UPDATE_MANAGERS = 10;
const ANCIENT = 'ancient-changes';
const NO_ENTRIES: readonly ManagedFieldsEntry[] = [];

/** Fields that nobody owns (stripMeta). */
const STRIPPED = new Set([
  'f:name',
  'f:namespace',
  'f:creationTimestamp',
  'f:selfLink',
  'f:uid',
  'f:clusterName',
  'f:generation',
  'f:managedFields',
  'f:resourceVersion',
]);

/** A set without identity, version and what the endpoint does not let through. */
export function stripFields(set: FieldSet, resource: Resource, subresource: string): FieldSet {
  const out: Record<string, FieldSet> = {};
  const isStatusLeft = subresource === '' && hasStatus(resource);
  for (const key in set) {
    if (key === 'f:apiVersion' || key === 'f:kind' || (isStatusLeft && key === 'f:status')) continue;
    const node = set[key] as FieldSet;
    if (key !== 'f:metadata') {
      out[key] = node;
      continue;
    }
    const kept: Record<string, FieldSet> = {};
    for (const name in node) if (name !== '.' && !STRIPPED.has(name)) kept[name] = node[name] as FieldSet;
    if (!isEmptySet(kept)) out[key] = kept;
  }
  return out;
}

/** The entries of an object; an empty list for what is malformed. */
export function managersOf(
  object: { readonly metadata: { readonly managedFields?: readonly unknown[] } } | undefined,
): readonly ManagedFieldsEntry[] {
  const list = object?.metadata.managedFields;
  // Entries were decoded with the object's metadata.
  return Array.isArray(list) && list.every(isObject) ? (list as ManagedFieldsEntry[]) : NO_ENTRIES;
}

/** The entries that an update works from: what the client sent, else what is stored. */
function entriesFor(old: KubeObject | undefined, draft: Draft, subresource: string): readonly ManagedFieldsEntry[] {
  if (old === undefined) return NO_ENTRIES;
  const sent = draft.metadata.managedFields;
  if (subresource !== '' || !Array.isArray(sent) || sent.length === 0) return managersOf(old);
  const entries = managersOf(draft).filter((entry) => entry.manager !== undefined || entry.operation !== undefined);
  return entries;
}

/** Whether a client empties the record on purpose: `managedFields: [{}]`. */
function isReset(draft: Draft): boolean {
  const sent = draft.metadata.managedFields;
  return (
    Array.isArray(sent) &&
    sent.length === 1 &&
    isObject(sent[0]) &&
    sent[0].manager === undefined &&
    sent[0].operation === undefined
  );
}

/** Writes the managers into a draft that a create or an update is about to store. */
export function trackUpdate(request: WriteRequest, old: KubeObject | undefined, draft: Draft, now: Instant): void {
  const { resource, subresource } = request;
  const schema = applySchemaOf(resource, resource.storageVersion);
  if (schema === undefined) return;
  if (isReset(draft)) {
    delete draft.metadata.managedFields;
    return;
  }
  const entries = entriesFor(old, draft, subresource);
  if (old !== undefined && entries.length === 0) {
    delete draft.metadata.managedFields;
    return;
  }
  const before = old ?? emptyObject(schema);
  const comparison = compareFields(schema, before, draft);
  const changed = stripFields(comparison.changed, resource, subresource);
  const removed = stripFields(comparison.removed, resource, subresource);
  if (isEmptySet(changed) && isEmptySet(removed)) {
    if (entries.length > 0) draft.metadata.managedFields = [...entries];
    else delete draft.metadata.managedFields;
    return;
  }
  const self = entryOf(request, 'Update', changed, now);
  setEntries(draft, mergeUpdate(entries, self, changed, removed));
}

function emptyObject(schema: Schema): Readonly<Record<string, unknown>> {
  return schema.preserveUnknown || schema.kind !== 'struct' ? {} : zeroStruct(schema);
}

/** The entry that a request writes under. */
export function entryOf(
  request: WriteRequest,
  operation: 'Apply' | 'Update',
  fieldsV1: FieldSet,
  now: Instant,
): ManagedFieldsEntry {
  return {
    manager: request.options.fieldManager ?? DEFAULT_MANAGER,
    operation,
    apiVersion: apiVersionOf(request),
    time: formatTime(now),
    fieldsType: 'FieldsV1',
    fieldsV1,
    ...(request.subresource === '' ? {} : { subresource: request.subresource }),
  };
}

/** Whether two entries are of one manager; for Apply the version does not count. */
export function isSameManager(a: ManagedFieldsEntry, b: ManagedFieldsEntry): boolean {
  return (
    a.manager === b.manager &&
    a.operation === b.operation &&
    (a.subresource ?? '') === (b.subresource ?? '') &&
    (a.operation === 'Apply' || a.apiVersion === b.apiVersion)
  );
}

function mergeUpdate(
  entries: readonly ManagedFieldsEntry[],
  self: ManagedFieldsEntry,
  changed: FieldSet,
  removed: FieldSet,
): ManagedFieldsEntry[] {
  const out: ManagedFieldsEntry[] = [];
  let own = changed;
  let time = self.time;
  for (const entry of entries) {
    const set = entry.fieldsV1 ?? EMPTY_SET;
    if (isSameManager(entry, self)) {
      own = unionSets(subtractSets(set, removed), changed);
      if (isEmptySet(changed) && entry.time !== undefined) time = entry.time;
      continue;
    }
    const rest = subtractSets(subtractSets(set, changed), removed);
    if (!isEmptySet(rest)) out.push(deepEqual(rest, set) ? entry : { ...entry, fieldsV1: rest });
  }
  if (!isEmptySet(own)) out.push({ ...self, fieldsV1: own, ...(time === undefined ? {} : { time }) });
  return capUpdates(out);
}

/** Takes changed fields away from all managers but one. */
export function releaseFields(
  entries: readonly ManagedFieldsEntry[],
  self: ManagedFieldsEntry,
  changed: FieldSet,
  removed: FieldSet,
): ManagedFieldsEntry[] {
  return entries.flatMap((entry) => {
    if (isSameManager(entry, self)) return [entry];
    const set = entry.fieldsV1 ?? EMPTY_SET;
    const rest = subtractSets(subtractSets(set, changed), removed);
    if (isEmptySet(rest)) return [];
    return [deepEqual(rest, set) ? entry : { ...entry, fieldsV1: rest }];
  });
}

/** What other managers own of a set of fields. */
export function conflictsWith(
  entries: readonly ManagedFieldsEntry[],
  self: ManagedFieldsEntry,
  changed: FieldSet,
): readonly { readonly entry: ManagedFieldsEntry; readonly fields: FieldSet }[] {
  return entries.flatMap((entry) => {
    if (isSameManager(entry, self)) return [];
    const fields = intersectSets(entry.fieldsV1 ?? EMPTY_SET, changed);
    return isEmptySet(fields) ? [] : [{ entry, fields }];
  });
}

/** At most ten managers of updates: the oldest become `ancient-changes` (CapManagersManager). */
function capUpdates(entries: ManagedFieldsEntry[]): ManagedFieldsEntry[] {
  const updates = entries.filter((entry) => entry.operation === 'Update');
  if (updates.length <= MAX_UPDATE_MANAGERS) return entries;
  const oldest = [...updates].sort(compareEntries).slice(0, updates.length - MAX_UPDATE_MANAGERS + 1);
  const gone = new Set(oldest);
  const buckets = new Map<string, ManagedFieldsEntry>();
  for (const entry of oldest) {
    const bucket = buckets.get(entry.apiVersion ?? '');
    buckets.set(entry.apiVersion ?? '', {
      ...entry,
      manager: ANCIENT,
      fieldsV1: unionSets(bucket?.fieldsV1 ?? EMPTY_SET, entry.fieldsV1 ?? EMPTY_SET),
    });
  }
  return [...entries.filter((entry) => !gone.has(entry)), ...buckets.values()];
}

/** Upstream's order of entries. */
function compareEntries(a: ManagedFieldsEntry, b: ManagedFieldsEntry): number {
  return (
    compareText(a.operation, b.operation) ||
    compareText(a.time, b.time) ||
    compareText(a.manager, b.manager) ||
    compareText(a.apiVersion, b.apiVersion) ||
    compareText(a.subresource, b.subresource)
  );
}

function compareText(a = '', b = ''): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Puts entries into a draft, sorted; none at all where there are none. */
export function setEntries(draft: Draft, entries: readonly ManagedFieldsEntry[]): void {
  if (entries.length === 0) delete draft.metadata.managedFields;
  else draft.metadata.managedFields = [...entries].sort(compareEntries).map(shared);
}

/** So many different sets of fields are remembered; those of objects that are made alike are few. */
const MAX_KNOWN_SETS = 5000;
const MAX_SHARED_SET = 10_000;
const knownSets = new Map<string, FieldSet>();

/** The entry with the very set of fields that other objects have too: half of what is stored of a pod is this. */
function shared(entry: ManagedFieldsEntry): ManagedFieldsEntry {
  const { fieldsV1 } = entry;
  if (fieldsV1 === undefined || sharedSets.has(fieldsV1)) return entry;
  const text = JSON.stringify(fieldsV1);
  if (text.length > MAX_SHARED_SET) return entry;
  const known = knownSets.get(text);
  if (known !== undefined) return { ...entry, fieldsV1: known };
  if (knownSets.size >= MAX_KNOWN_SETS) knownSets.clear();
  knownSets.set(text, fieldsV1);
  sharedSets.add(fieldsV1);
  return entry;
}

const sharedSets = new WeakSet<FieldSet>();

/** Whether a write would change nothing but the times of managedFields. */
export function equalButForTimes(draft: KubeObject, old: KubeObject): boolean {
  if (!equalBut('metadata', draft, old) || !equalBut('managedFields', draft.metadata, old.metadata)) return false;
  const left = managersOf(draft);
  const right = managersOf(old);
  if (left.length !== right.length) return false;
  const unmatched = [...right];
  return left.every((entry) => {
    const index = unmatched.findIndex((other) => other === entry || equalBut('time', entry, other));
    if (index >= 0) unmatched.splice(index, 1);
    return index >= 0;
  });
}

/** Whether two objects are equal in all fields but one. */
function equalBut(field: string, a: object, b: object): boolean {
  const left = a as Readonly<Record<string, unknown>>;
  const right = b as Readonly<Record<string, unknown>>;
  for (const key in left) if (key !== field && !deepEqual(left[key], getKey(right, key))) return false;
  for (const key in right) if (key !== field && right[key] !== undefined && !Object.hasOwn(left, key)) return false;
  return true;
}
