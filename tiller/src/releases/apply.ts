/**
 * Does what a plan says: applies in order what is created or changed, then deletes what is gone. What is unchanged gets
 * no write. A CustomResourceDefinition is waited for before the objects of its kind come.
 */
import { ClusterError, type KubeObject, type ObjectRef } from '../clusters/cluster.ts';
import type { Operation } from './operation.ts';
import { FIELD_MANAGER, type Plan, type PlannedObject, refusal } from './plan.ts';
import { describeRef, refOf } from './progress.ts';
import { isCustomResourceDefinition } from './resources.ts';
import { waitUntilGone, waitUntilReady } from './wait.ts';

const PAST_TENSE = { create: 'created', change: 'changed', remove: 'removed', keep: 'kept', unchanged: 'unchanged' };

/** Time that the API needs, at most, to serve a new kind. */
const ESTABLISH_TIMEOUT = 60_000;

/**
 * `created` grows as objects are made, so that the caller knows them after a failure, too. Throws Refused with template
 * and object when the cluster does not take one.
 */
export async function applyPlan(
  operation: Operation,
  input: { readonly plan: Plan; readonly forceConflicts: boolean; readonly created: ObjectRef[] },
): Promise<void> {
  for (const planned of input.plan.objects) {
    operation.signal?.throwIfAborted();
    if (planned.action === 'unchanged') continue;
    if (planned.action === 'remove') await operation.cluster.delete(planned.ref, { propagationPolicy: 'Background' });
    if (planned.desired !== undefined) await applyObject(operation, { ...input, planned, desired: planned.desired });
    operation.tell(`${describeRef(planned.ref)}: ${PAST_TENSE[planned.action]}`, {
      kind: 'object',
      object: planned.ref,
    });
  }
}

/** Creates the chart's `crds/` that are not there yet, and waits until their kinds are served. Answers which. */
export async function installDefinitions(
  operation: Operation,
  crds: readonly { readonly source: string; readonly object: KubeObject }[],
): Promise<readonly ObjectRef[]> {
  const created: ObjectRef[] = [];
  for (const { source, object } of crds) {
    const ref = refOf(object);
    try {
      await operation.cluster.create(object);
    } catch (error) {
      if (error instanceof ClusterError && error.code === 'AlreadyExists') {
        operation.tell(`${describeRef(ref)} is already present: skipped`, { kind: 'object', object: ref });
        continue;
      }
      await removeObjects(operation, created);
      if (error instanceof ClusterError) throw refusal(error, { source, ref });
      throw error;
    }
    created.push(ref);
    operation.tell(`${describeRef(ref)}: created`, { kind: 'object', object: ref });
  }
  await waitUntilReady({ ...operation, timeout: ESTABLISH_TIMEOUT }, { refs: created, waitForJobs: false });
  return created;
}

/** Deletes objects, the last first, and waits until they are gone. */
export async function removeObjects(operation: Operation, refs: readonly ObjectRef[]): Promise<void> {
  const reversed = [...refs].reverse();
  for (const ref of reversed) {
    await operation.cluster.delete(ref, { propagationPolicy: 'Background' });
    operation.tell(`${describeRef(ref)}: removed`, { kind: 'object', object: ref });
  }
  await waitUntilGone(operation, reversed);
}

async function applyObject(
  operation: Operation,
  input: {
    readonly planned: PlannedObject;
    readonly desired: KubeObject;
    readonly forceConflicts: boolean;
    readonly created: ObjectRef[];
  },
): Promise<void> {
  const { planned, desired } = input;
  try {
    const applied =
      desired.metadata.name === undefined
        ? await operation.cluster.create(desired)
        : await operation.cluster.apply(desired, { fieldManager: FIELD_MANAGER, force: input.forceConflicts });
    if (planned.action === 'create') input.created.push(refOf(applied));
  } catch (error) {
    if (error instanceof ClusterError) throw refusal(error, planned);
    throw error;
  }
  if (isCustomResourceDefinition(desired)) {
    await waitUntilReady({ ...operation, timeout: ESTABLISH_TIMEOUT }, { refs: [planned.ref], waitForJobs: false });
  }
}
