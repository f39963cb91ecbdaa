/**
 * What an operation would do to the cluster, object by object, from three sides: what was applied before, what is
 * wanted now, and what is live. The cluster itself answers what would change, by a dry run of the server-side apply, so
 * defaults and what other managers own are never mistaken for changes, and a refusal is known before anything is done.
 */
import { type Cluster, ClusterError, type KubeObject, type ObjectRef } from '../clusters/cluster.ts';
import { changedFields, type FieldChange } from './diff.ts';
import { isKept, ownershipProblem, refuseForeign, type SourcedObject, stampOwnership } from './objects.ts';
import { describeRef, refKey, refOf } from './progress.ts';
import { oneLine, ReleaseError, type ReleaseId } from './release.ts';
import type { ResourceIndex } from './resources.ts';

/** The name under which Drydock owns fields. */
export const FIELD_MANAGER = 'drydock';

export type PlanAction = 'create' | 'change' | 'unchanged' | 'remove' | 'keep';

export interface PlannedObject {
  readonly action: PlanAction;
  readonly ref: ObjectRef;
  readonly source: string;
  /** What to apply; absent for `remove` and `keep`. */
  readonly desired?: KubeObject;
  /** What changes; only for `change`. */
  readonly fields: readonly FieldChange[];
}

export interface Plan {
  /** In the order of the work: applied ones in install order, then removed ones in reverse. */
  readonly objects: readonly PlannedObject[];
}

export interface PlanInput {
  readonly cluster: Cluster;
  readonly id: ReleaseId;
  readonly desired: readonly SourcedObject[];
  /** What earlier revisions applied, in install order. */
  readonly previous: readonly SourcedObject[];
  readonly resources: ResourceIndex;
  readonly forceConflicts: boolean;
  readonly takeOwnership: boolean;
}

/** Throws ReleaseError with the template and the object when the cluster would refuse one, or one is another's. */
export async function planChanges(input: PlanInput): Promise<Plan> {
  const bringsNamespaces = new Set(
    input.desired.filter(({ object }) => object.kind === 'Namespace').map(({ object }) => object.metadata.name),
  );
  const objects: PlannedObject[] = [];
  const refusals: ReleaseError[] = [];
  for (const sourced of input.desired) {
    try {
      objects.push(await planObject(sourced, { ...input, bringsNamespaces }));
    } catch (error) {
      if (!(error instanceof ReleaseError)) throw error;
      refusals.push(error);
    }
  }
  const [first] = refusals;
  if (first !== undefined) {
    throw new ReleaseError(first.code, first.message, {
      cause: first,
      ...(refusals.length > 1 ? { details: refusals.slice(1).map((refusal) => refusal.message) } : {}),
    });
  }
  return { objects: [...objects, ...(await planRemovals(input))] };
}

/** Counts for a summary line. */
export function countActions(plan: Plan): Readonly<Record<PlanAction, number>> {
  const counts = { create: 0, change: 0, unchanged: 0, remove: 0, keep: 0 };
  for (const { action } of plan.objects) counts[action] += 1;
  return counts;
}

interface ObjectInput extends PlanInput {
  readonly bringsNamespaces: ReadonlySet<string | undefined>;
}

async function planObject(sourced: SourcedObject, input: ObjectInput): Promise<PlannedObject> {
  const desired = stampOwnership(sourced.object, input.id);
  const ref = refOf(desired);
  const planned = { ref, source: sourced.source, desired, fields: [] };
  const known = input.resources.find(ref.apiVersion, ref.kind)?.known === true;
  if (!known || desired.metadata.name === undefined) return { ...planned, action: 'create' };
  const live = await input.cluster.get(ref);
  if (live === undefined) {
    if (!input.bringsNamespaces.has(ref.namespace)) await rehearse(sourced, { ...input, object: desired });
    return { ...planned, action: 'create' };
  }
  const problem = input.takeOwnership ? undefined : ownershipProblem(live, input.id);
  if (problem !== undefined) throw refuseForeign(sourced, problem);
  const after = await rehearse(sourced, { ...input, object: desired });
  if (after === undefined) return { ...planned, action: 'change' };
  const fields = changedFields(comparable(live), comparable(after));
  if (fields.length > 0) return { ...planned, action: 'change', fields };
  // The same state with other fields owned must be written too: the next removal of a field depends on it.
  const owned = changedFields(ownedFields(live), ownedFields(after));
  return { ...planned, action: owned.length > 0 ? 'change' : 'unchanged' };
}

/**
 * Refusals that a dry run can tell for sure; others may depend on objects that come with the same release.
 * InternalError is what server-side apply answers for a field that the type does not have.
 */
const DECISIVE = new Set(['Invalid', 'BadRequest', 'Conflict', 'InternalError']);

/** The object as it would be; undefined when that can't be told before the work. */
async function rehearse(
  sourced: SourcedObject,
  input: ObjectInput & { readonly object: KubeObject },
): Promise<KubeObject | undefined> {
  try {
    return await input.cluster.apply(input.object, {
      fieldManager: FIELD_MANAGER,
      force: input.forceConflicts,
      dryRun: true,
    });
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    if (!DECISIVE.has(error.code)) return undefined;
    throw refusal(error, { source: sourced.source, ref: refOf(input.object) });
  }
}

/** A cluster's refusal with the template and object that it is about. */
export function refusal(error: ClusterError, about: { source: string; ref: ObjectRef }): ReleaseError {
  const where = `${about.source}: ${describeRef(about.ref)}`;
  const isFieldConflict = error.code === 'Conflict' && error.message.includes('conflict with');
  return new ReleaseError(
    error.code === 'Conflict' ? 'Conflict' : 'Refused',
    isFieldConflict
      ? `${where}: ${oneLine(error.message)}: other managers own these fields; --force-conflicts takes them over`
      : `${where}: ${oneLine(error.message)}`,
    { cause: error },
  );
}

async function planRemovals(input: PlanInput): Promise<readonly PlannedObject[]> {
  const wanted = new Set(input.desired.map(({ object }) => refKey(refOf(object))));
  const removals = new Map<string, PlannedObject>();
  for (const { object, source } of input.previous) {
    const ref = refOf(object);
    const key = refKey(ref);
    if (wanted.has(key) || removals.has(key) || object.metadata.name === undefined) continue;
    const live = await findLive(input.cluster, ref);
    if (live === undefined) continue;
    const kept = isKept(live) || ownershipProblem(live, input.id) !== undefined;
    removals.set(key, { action: kept ? 'keep' : 'remove', ref, source, fields: [] });
  }
  return [...removals.values()].reverse();
}

/** A live object, undefined too when its kind is gone from the cluster. */
export async function findLive(cluster: Cluster, ref: ObjectRef): Promise<KubeObject | undefined> {
  try {
    return await cluster.get(ref);
  } catch (error) {
    if (error instanceof ClusterError && (error.code === 'NoMatch' || error.code === 'NotFound')) return undefined;
    throw error;
  }
}

/** Without what every write sets, and without status, which is not ours. */
function comparable(object: KubeObject): unknown {
  const {
    managedFields: _managed,
    resourceVersion: _version,
    generation: _generation,
    creationTimestamp: _created,
    uid: _uid,
    ...metadata
  } = object.metadata;
  const { status: _status, ...rest } = object;
  return { ...rest, metadata };
}

function ownedFields(object: KubeObject): unknown {
  const entries = object.metadata.managedFields;
  if (!Array.isArray(entries)) return undefined;
  const ours = entries.filter((entry) => entry?.manager === FIELD_MANAGER && entry?.operation === 'Apply');
  return ours.map((entry) => entry.fieldsV1);
}
