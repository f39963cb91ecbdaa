/**
 * The Recreate strategy (pkg/controller/deployment/recreate.go v1.34): the new ReplicaSet is made only when no pod of an
 * old one runs any more; a pod that is being deleted still runs.
 */
import type { Pod, ReplicaSet } from '../../apimachinery/kinds.ts';
import { controllerOf } from '../../apimachinery/owner.ts';
import { isPodTerminal } from '../../apimachinery/pod.ts';
import { activeSets, desiredReplicas, isComplete, sumOfStatus } from './arithmetic.ts';
import { type ProgressCheck, syncRolloutStatus } from './progress.ts';
import { cleanUpHistory, syncRevision } from './revisions.ts';
import { type ReplicaSets, type Rollout, scaleIfNeeded } from './rollout.ts';

export function rolloutRecreate(rollout: Rollout, sets: readonly ReplicaSet[]): ProgressCheck {
  let told = syncRevision(rollout, sets, { create: false });
  const active = activeSets(told.oldSets);
  if (active.length > 0) {
    for (const set of active) scaleIfNeeded(rollout, set, 0);
    return syncRolloutStatus(rollout, told);
  }
  if (hasOldPods(rollout, sets, told)) return syncRolloutStatus(rollout, told);
  if (told.newSet === undefined) told = syncRevision(rollout, sets, { create: true });
  if (told.newSet !== undefined) scaleIfNeeded(rollout, told.newSet, desiredReplicas(rollout.deployment));
  if (isComplete(rollout.deployment, rollout.deployment.status)) cleanUpHistory(rollout, told.oldSets);
  return syncRolloutStatus(rollout, told);
}

function hasOldPods(rollout: Rollout, sets: readonly ReplicaSet[], { newSet, oldSets }: ReplicaSets): boolean {
  if (sumOfStatus(oldSets, 'replicas') > 0) return true;
  const old = new Set(sets.map(({ metadata }) => metadata.uid));
  if (newSet !== undefined) old.delete(newSet.metadata.uid);
  if (old.size === 0) return false;
  return rollout.context.client
    .list<Pod>('pods', { namespace: rollout.deployment.metadata.namespace ?? '' })
    .some((pod) => old.has(controllerOf(pod)?.uid ?? '') && !isPodTerminal(pod));
}
