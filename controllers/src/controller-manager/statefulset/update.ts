/**
 * One pass over the pods of a StatefulSet (stateful_set_control.go v1.34): living replicas in order, then those beyond
 * the size from the highest, then the update from the highest down to the partition, one at a time.
 */
import type { Pod, PodTemplateSpec, StatefulSet, StatefulSetStatus } from '../../apimachinery/kinds.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { isPodAvailable, isPodReady } from '../../apimachinery/pod.ts';
import { isApiError } from '../../apimachinery/status.ts';
import type { ReconcileContext } from '../controller.ts';
import { createMissingClaims, hasStaleClaim, syncClaimOwners } from './claims.ts';
import { identityMatches, isInRange, newPod, ordinalOf, POD_NAME_LABEL, revisionOf, startOrdinal } from './identity.ts';

export interface Revision {
  readonly name: string;
  readonly template: PodTemplateSpec;
}

export interface StatefulPass {
  readonly set: StatefulSet;
  readonly current: Revision;
  readonly update: Revision;
  readonly collisionCount: number;
  readonly pods: readonly Pod[];
  readonly context: ReconcileContext;
}

/** A place of the set: a pod that is there, or the one that should be. */
interface Slot {
  readonly ordinal: number;
  readonly draft: KubeObject;
  pod: Pod | undefined;
}

export interface PassResult {
  readonly status: StatefulSetStatus;
  readonly error: unknown;
}

export function updateStatefulSet(pass: StatefulPass): PassResult {
  const { set, context, pods } = pass;
  const slots = makeSlots(pass);
  const condemned = pods
    .filter((pod) => ordinalOf(pod) >= 0 && !isInRange(set, ordinalOf(pod)))
    .sort((a, b) => ordinalOf(b) - ordinalOf(a));
  if (set.metadata.deletionTimestamp !== undefined) return { status: statusOf(pass, pods), error: undefined };

  const isMonotonic = set.spec.podManagementPolicy !== 'Parallel';
  const firstUnhealthy = findUnhealthy(pass, slots, condemned);
  const counted = () => statusOf(pass, [...slots.flatMap(({ pod }) => pod ?? []), ...condemned]);
  try {
    const isHeld =
      runForAll(slots, isMonotonic, (slot) => processSlot(pass, slot, isMonotonic)) ||
      runForAll(condemned, isMonotonic, (pod) => {
        syncClaimOwners(set, pod, context);
        return false;
      }) ||
      runForAll(condemned, isMonotonic, (pod) => processCondemned(pass, pod, { isMonotonic, firstUnhealthy }));
    const status = counted();
    if (isHeld || set.spec.updateStrategy?.type === 'OnDelete') return { status, error: undefined };
    return { status: rollOut(pass, slots, status), error: undefined };
  } catch (error) {
    return { status: counted(), error };
  }
}

function makeSlots({ set, current, update, pods }: StatefulPass): readonly Slot[] {
  const start = startOrdinal(set);
  const byOrdinal = new Map(pods.map((pod) => [ordinalOf(pod), pod]));
  return Array.from({ length: set.spec.replicas ?? 1 }, (_, index): Slot => {
    const ordinal = start + index;
    const { name: revision, template } = isCurrentWanted(set, ordinal) ? current : update;
    return { ordinal, draft: newPod(set, { template, revision, ordinal }), pod: byOrdinal.get(ordinal) };
  });
}

/** Below the partition pods are made from the current revision. */
function isCurrentWanted(set: StatefulSet, ordinal: number): boolean {
  const { type, rollingUpdate } = set.spec.updateStrategy ?? {};
  const start = startOrdinal(set);
  if (rollingUpdate !== undefined) return ordinal < start + (rollingUpdate.partition ?? 0);
  return type !== 'OnDelete' && ordinal < start + (set.status?.currentReplicas ?? 0);
}

function isAvailable({ set, context }: StatefulPass, pod: Pod): boolean {
  return isPodAvailable(pod, { minReadySeconds: set.spec.minReadySeconds ?? 0, now: context.now });
}

function isUnavailable(pass: StatefulPass, pod: Pod): boolean {
  return !isAvailable(pass, pod) || pod.metadata.deletionTimestamp !== undefined;
}

function isRunningAndReady(pod: Pod): boolean {
  return pod.status?.phase === 'Running' && isPodReady(pod);
}

/** The first replica that is not available (one that is not there counts), or else the lowest condemned one. */
function findUnhealthy(
  pass: StatefulPass,
  slots: readonly Slot[],
  condemned: readonly Pod[],
): Pod | 'missing' | undefined {
  const slot = slots.find(({ pod }) => pod === undefined || isUnavailable(pass, pod));
  if (slot !== undefined) return slot.pod ?? 'missing';
  return condemned.findLast((pod) => isUnavailable(pass, pod));
}

/** True when it came to a stop: in order the first stop ends it, in parallel each gets its turn. */
function runForAll<T>(items: readonly T[], isMonotonic: boolean, act: (item: T) => boolean): boolean {
  let failure: { readonly error: unknown } | undefined;
  for (const item of items) {
    try {
      if (act(item) && isMonotonic) return true;
    } catch (error) {
      if (isMonotonic) throw error;
      failure ??= { error };
    }
  }
  if (failure !== undefined) throw failure.error;
  return false;
}

/** True: nothing after this one may be done yet. */
function processSlot(pass: StatefulPass, slot: Slot, isMonotonic: boolean): boolean {
  const { set, context } = pass;
  if (slot.pod?.status?.phase === 'Failed' || slot.pod?.status?.phase === 'Succeeded') {
    if (slot.pod.metadata.deletionTimestamp === undefined) remove(pass, slot.pod);
    return true;
  }
  if (slot.pod === undefined) {
    if (hasStaleClaim(set, slot.draft, context)) return true;
    slot.pod = create(pass, slot.draft);
    if (isMonotonic) return true;
  }
  const { pod } = slot;
  if (pod.status?.phase === 'Pending') {
    createMissingClaims(set, pod, context);
    syncClaimOwners(set, pod, context);
  }
  const isHeld = pod.metadata.deletionTimestamp !== undefined || !isRunningAndReady(pod) || !isAvailable(pass, pod);
  if (isHeld && isMonotonic) return true;
  if (identityMatches(set, pod)) syncClaimOwners(set, pod, context);
  else repair(pass, pod);
  return false;
}

function create({ set, context }: StatefulPass, draft: KubeObject): Pod {
  const { name } = draft.metadata;
  const about = `create Pod ${name} in StatefulSet ${set.metadata.name}`;
  try {
    createMissingClaims(set, draft, context);
    const pod = context.client.create<Pod>('pods', draft);
    syncClaimOwners(set, pod, context);
    context.event(set, 'Normal', 'SuccessfulCreate', `${about} successful`);
    return pod;
  } catch (error) {
    if (!isApiError(error, 'AlreadyExists') && error instanceof Error) {
      context.event(set, 'Warning', 'FailedCreate', `${about} failed error: ${error.message}`);
    }
    throw error;
  }
}

function remove({ set, context }: StatefulPass, pod: Pod): void {
  const { namespace = '', name } = pod.metadata;
  const about = `delete Pod ${name} in StatefulSet ${set.metadata.name}`;
  try {
    context.client.delete('pods', { namespace, name });
    context.event(set, 'Normal', 'SuccessfulDelete', `${about} successful`);
  } catch (error) {
    if (isApiError(error, 'NotFound')) return;
    if (isApiError(error)) context.event(set, 'Warning', 'FailedDelete', `${about} failed error: ${error.message}`);
    throw error;
  }
}

/** Puts back the label that someone took away. */
function repair({ set, context }: StatefulPass, pod: Pod): void {
  const { name } = pod.metadata;
  context.client.update('pods', {
    ...pod,
    metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, [POD_NAME_LABEL]: name } },
  });
  context.event(set, 'Normal', 'SuccessfulUpdate', `update Pod ${name} in StatefulSet ${set.metadata.name} successful`);
}

function processCondemned(
  pass: StatefulPass,
  pod: Pod,
  {
    isMonotonic,
    firstUnhealthy,
  }: { readonly isMonotonic: boolean; readonly firstUnhealthy: Pod | 'missing' | undefined },
): boolean {
  if (pod.metadata.deletionTimestamp !== undefined) return isMonotonic;
  if (isMonotonic && pod !== firstUnhealthy && (!isRunningAndReady(pod) || !isAvailable(pass, pod))) return true;
  remove(pass, pod);
  return true;
}

/** Deletes the highest pod of an old revision, once all above it are available. */
function rollOut(pass: StatefulPass, slots: readonly Slot[], status: StatefulSetStatus): StatefulSetStatus {
  const { set, update } = pass;
  const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  for (let index = slots.length - 1; index >= partition; index--) {
    const pod = slots[index]?.pod;
    if (pod === undefined) continue;
    if (revisionOf(pod) !== update.name && pod.metadata.deletionTimestamp === undefined) {
      remove(pass, pod);
      return { ...status, currentReplicas: (status.currentReplicas ?? 0) - 1 };
    }
    if (isUnavailable(pass, pod)) return status;
  }
  return status;
}

function statusOf(pass: StatefulPass, pods: readonly Pod[]): StatefulSetStatus {
  const { set, current, update, collisionCount } = pass;
  const count = (test: (pod: Pod) => boolean) => pods.filter(test).length;
  const isAlive = (pod: Pod) => pod.metadata.deletionTimestamp === undefined;
  const ready = pods.filter(isRunningAndReady);
  return {
    ...(set.metadata.generation === undefined ? {} : { observedGeneration: set.metadata.generation }),
    replicas: pods.length,
    readyReplicas: ready.length,
    availableReplicas: ready.filter((pod) => isAvailable(pass, pod)).length,
    currentReplicas: count((pod) => isAlive(pod) && revisionOf(pod) === current.name),
    updatedReplicas: count((pod) => isAlive(pod) && revisionOf(pod) === update.name),
    currentRevision: current.name,
    updateRevision: update.name,
    collisionCount,
  };
}
