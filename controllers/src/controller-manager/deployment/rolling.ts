/**
 * The RollingUpdate strategy (pkg/controller/deployment/rolling.go v1.34): one direction in each pass. The new
 * ReplicaSet grows within the surge; the old ones shrink as far as availability lets them, unhealthy replicas first.
 */
import type { ReplicaSet } from '../../apimachinery/kinds.ts';
import { isApiError } from '../../apimachinery/status.ts';
import {
  activeSets,
  desiredReplicas,
  isComplete,
  maxUnavailable,
  newSetReplicas,
  specReplicas,
  sumOfSpecs,
  sumOfStatus,
} from './arithmetic.ts';
import { type ProgressCheck, syncRolloutStatus } from './progress.ts';
import { cleanUpHistory, syncRevision } from './revisions.ts';
import { allSets, byCreation, type Rollout, scaleIfNeeded } from './rollout.ts';

export function rolloutRolling(rollout: Rollout, sets: readonly ReplicaSet[]): ProgressCheck {
  const told = syncRevision(rollout, sets, { create: true });
  const { newSet } = told;
  if (newSet === undefined) return undefined;
  const isScaled =
    reconcileNewSet(rollout, allSets(told), newSet) || reconcileOldSets(rollout, activeSets(told.oldSets), newSet);
  if (!isScaled && isComplete(rollout.deployment, rollout.deployment.status)) cleanUpHistory(rollout, told.oldSets);
  return syncRolloutStatus(rollout, told);
}

function reconcileNewSet(rollout: Rollout, all: readonly ReplicaSet[], newSet: ReplicaSet): boolean {
  const { deployment } = rollout;
  const desired = desiredReplicas(deployment);
  const size = specReplicas(newSet) >= desired ? desired : newSetReplicas(deployment, all, newSet);
  return scaleIfNeeded(rollout, newSet, size) !== newSet;
}

function reconcileOldSets(rollout: Rollout, oldSets: readonly ReplicaSet[], newSet: ReplicaSet): boolean {
  const { deployment } = rollout;
  if (sumOfSpecs(oldSets) === 0) return false;
  const minAvailable = desiredReplicas(deployment) - maxUnavailable(deployment);
  const newUnavailable = specReplicas(newSet) - (newSet.status?.availableReplicas ?? 0);
  const room = sumOfSpecs([...oldSets, newSet]) - minAvailable - newUnavailable;
  if (room <= 0) return false;
  try {
    const cleaned = removeUnhealthy(rollout, oldSets, room);
    const removed = scaleDownOld(rollout, cleaned.sets, newSet);
    return cleaned.count + removed > 0;
  } catch (error) {
    if (isApiError(error)) return false; // upstream goes on to write the status
    throw error;
  }
}

function removeUnhealthy(
  rollout: Rollout,
  oldSets: readonly ReplicaSet[],
  most: number,
): { readonly sets: readonly ReplicaSet[]; readonly count: number } {
  let count = 0;
  const sets = [...oldSets].sort(byCreation).map((set) => {
    const unhealthy = specReplicas(set) - (set.status?.availableReplicas ?? 0);
    const remove = Math.min(most - count, unhealthy);
    if (specReplicas(set) === 0 || remove <= 0) return set;
    count += remove;
    return scaleIfNeeded(rollout, set, specReplicas(set) - remove);
  });
  return { sets, count };
}

function scaleDownOld(rollout: Rollout, oldSets: readonly ReplicaSet[], newSet: ReplicaSet): number {
  const { deployment } = rollout;
  const minAvailable = desiredReplicas(deployment) - maxUnavailable(deployment);
  const available = sumOfStatus([...oldSets, newSet], 'availableReplicas');
  const most = available - minAvailable;
  let count = 0;
  for (const set of [...oldSets].sort(byCreation)) {
    if (count >= most) break;
    if (specReplicas(set) === 0) continue;
    const remove = Math.min(specReplicas(set), most - count);
    scaleIfNeeded(rollout, set, specReplicas(set) - remove);
    count += remove;
  }
  return count;
}
