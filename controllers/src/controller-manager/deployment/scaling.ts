/**
 * Scaling a Deployment outside of a rollout step: all ReplicaSets that have pods get their share, in proportion
 * (pkg/controller/deployment/sync.go `scale`, v1.34).
 */
import type { ReplicaSet } from '../../apimachinery/kinds.ts';
import {
  activeSets,
  annotatedReplicas,
  DESIRED_REPLICAS,
  desiredReplicas,
  isRollingUpdate,
  isSaturated,
  maxSurge,
  proportion,
  specReplicas,
  sumOfSpecs,
} from './arithmetic.ts';
import { allSets, byCreation, type ReplicaSets, type Rollout, scaleIfNeeded, scaleReplicaSet } from './rollout.ts';

/** Whether the Deployment's size was changed since its ReplicaSets were last scaled. */
export function isScalingEvent(rollout: Rollout, sets: ReplicaSets): boolean {
  const desired = desiredReplicas(rollout.deployment);
  return activeSets(allSets(sets)).some((set) => {
    const known = annotatedReplicas(set, DESIRED_REPLICAS);
    return known !== undefined && known !== desired;
  });
}

/** The only one with pods; the newest when none has; undefined when there are several. */
function activeOrLatest({ newSet, oldSets }: ReplicaSets): ReplicaSet | undefined {
  const newestFirst = [...oldSets].sort((a, b) => byCreation(b, a));
  const active = activeSets(newSet === undefined ? newestFirst : [...newestFirst, newSet]);
  if (active.length === 0) return newSet ?? newestFirst[0];
  return active.length === 1 ? active[0] : undefined;
}

export function scale(rollout: Rollout, sets: ReplicaSets): void {
  const { deployment } = rollout;
  const single = activeOrLatest(sets);
  if (single !== undefined) {
    scaleIfNeeded(rollout, single, desiredReplicas(deployment));
    return;
  }
  if (isSaturated(deployment, sets.newSet)) {
    for (const set of activeSets(sets.oldSets)) scaleIfNeeded(rollout, set, 0);
    return;
  }
  if (isRollingUpdate(deployment)) scaleInProportion(rollout, activeSets(allSets(sets)));
}

function scaleInProportion(rollout: Rollout, active: readonly ReplicaSet[]): void {
  const { deployment } = rollout;
  const desired = desiredReplicas(deployment);
  const allowed = desired > 0 ? desired + maxSurge(deployment) : 0;
  const toAdd = allowed - sumOfSpecs(active);
  // The largest first; among equals the newer grows and the older shrinks first.
  const ordered = [...active].sort((a, b) => {
    const size = specReplicas(b) - specReplicas(a);
    if (size !== 0) return size;
    return toAdd > 0 ? byCreation(b, a) : byCreation(a, b);
  });
  let added = 0;
  const sizes = ordered.map((set) => {
    const share = proportion(set, deployment, { toAdd, added });
    added += share;
    return specReplicas(set) + share;
  });
  ordered.forEach((set, index) => {
    const leftover = index === 0 && toAdd !== 0 ? toAdd - added : 0;
    scaleReplicaSet(rollout, set, Math.max(0, (sizes[index] ?? 0) + leftover));
  });
}
