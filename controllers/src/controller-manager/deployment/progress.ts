/**
 * The status of a Deployment and its progress (pkg/controller/deployment/progress.go v1.34): NewReplicaSetAvailable when
 * complete, ReplicaSetUpdated with every step, ProgressDeadlineExceeded when nothing moved for the deadline.
 */
import { deepEqual } from '../../apimachinery/json.ts';
import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from '../../apimachinery/kinds.ts';
import { type Duration, type Instant, parseTime, SECOND } from '../../apimachinery/time.ts';
import {
  desiredReplicas,
  hasProgressDeadline,
  isComplete,
  maxUnavailable,
  sumOfSpecs,
  sumOfStatus,
} from './arithmetic.ts';
import { getCondition, newCondition, withCondition, withoutCondition } from './conditions.ts';
import { allSets, type ReplicaSets, type Rollout, writeStatus } from './rollout.ts';

/** When progress has to be looked at again. */
export type ProgressCheck = { readonly after: Duration } | undefined;

/** Writes the status without judging progress: while paused or scaling. */
export function syncStatus(rollout: Rollout, sets: ReplicaSets): void {
  const status = calculateStatus(rollout, sets);
  if (!deepEqual(status, rollout.deployment.status)) writeStatus(rollout, status);
}

/** Writes the status of a rollout. */
export function syncRolloutStatus(rollout: Rollout, sets: ReplicaSets): ProgressCheck {
  const { deployment } = rollout;
  let status = judgeProgress(rollout, calculateStatus(rollout, sets), sets.newSet);
  const failure = replicaFailure(sets);
  status = failure === undefined ? withoutCondition(status, 'ReplicaFailure') : withCondition(status, failure);
  if (!deepEqual(status, deployment.status)) {
    writeStatus(rollout, status); // which brings us here again
    return undefined;
  }
  return nextCheck(deployment, status, rollout.context.now);
}

function calculateStatus({ deployment, context }: Rollout, sets: ReplicaSets): DeploymentStatus {
  const all = allSets(sets);
  const replicas = sumOfStatus(all, 'replicas');
  const updatedReplicas = sets.newSet?.status?.replicas ?? 0;
  const readyReplicas = sumOfStatus(all, 'readyReplicas');
  const availableReplicas = sumOfStatus(all, 'availableReplicas');
  const unavailableReplicas = Math.max(0, sumOfSpecs(all) - availableReplicas);
  const { collisionCount, conditions = [] } = deployment.status ?? {};
  const status: DeploymentStatus = {
    ...(deployment.metadata.generation === undefined ? {} : { observedGeneration: deployment.metadata.generation }),
    ...(replicas === 0 ? {} : { replicas }),
    ...(updatedReplicas === 0 ? {} : { updatedReplicas }),
    ...(readyReplicas === 0 ? {} : { readyReplicas }),
    ...(availableReplicas === 0 ? {} : { availableReplicas }),
    ...(unavailableReplicas === 0 ? {} : { unavailableReplicas }),
    ...(conditions.length === 0 ? {} : { conditions }),
    ...(collisionCount === undefined ? {} : { collisionCount }),
  };
  const isAvailable = availableReplicas >= desiredReplicas(deployment) - maxUnavailable(deployment);
  const condition = isAvailable
    ? newCondition('Available', 'True', {
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
        now: context.now,
      })
    : newCondition('Available', 'False', {
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
        now: context.now,
      });
  return withCondition(status, condition);
}

function judgeProgress(
  { deployment, context }: Rollout,
  status: DeploymentStatus,
  newSet: ReplicaSet | undefined,
): DeploymentStatus {
  if (!hasProgressDeadline(deployment)) return withoutCondition(status, 'Progressing');
  const current = getCondition(deployment.status, 'Progressing');
  const wasComplete =
    (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && current?.reason === 'NewReplicaSetAvailable';
  if (wasComplete) return status;
  const subject =
    newSet === undefined ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${newSet.metadata.name}"`;
  const { now } = context;
  if (isComplete(deployment, status)) {
    const message = `${subject} has successfully progressed.`;
    return withCondition(
      status,
      newCondition('Progressing', 'True', { reason: 'NewReplicaSetAvailable', message, now }),
    );
  }
  if (hasProgressed(deployment, status)) {
    const message = `${subject} is progressing.`;
    const condition = newCondition('Progressing', 'True', { reason: 'ReplicaSetUpdated', message, now });
    // Unlike others it is written even with the same reason: each step moves lastUpdateTime.
    const moved: DeploymentCondition =
      current?.status === 'True' && current.lastTransitionTime !== undefined
        ? { ...condition, lastTransitionTime: current.lastTransitionTime }
        : condition;
    return withCondition(withoutCondition(status, 'Progressing'), moved);
  }
  if (isTimedOut(deployment, status, now)) {
    const message = `${subject} has timed out progressing.`;
    return withCondition(
      status,
      newCondition('Progressing', 'False', { reason: 'ProgressDeadlineExceeded', message, now }),
    );
  }
  return status;
}

/** More new replicas, fewer old ones, more ready or more available. */
function hasProgressed(deployment: Deployment, status: DeploymentStatus): boolean {
  const before = deployment.status ?? {};
  const old = (s: DeploymentStatus) => (s.replicas ?? 0) - (s.updatedReplicas ?? 0);
  return (
    (status.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(status) < old(before) ||
    (status.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (status.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

function deadlineOf(deployment: Deployment, condition: DeploymentCondition): Instant {
  return parseTime(condition.lastUpdateTime ?? '') + (deployment.spec.progressDeadlineSeconds ?? 0) * SECOND;
}

function isTimedOut(deployment: Deployment, status: DeploymentStatus, now: Instant): boolean {
  const condition = getCondition(status, 'Progressing');
  if (condition === undefined || condition.reason === 'NewReplicaSetAvailable') return false;
  return condition.reason === 'ProgressDeadlineExceeded' || deadlineOf(deployment, condition) < now;
}

/** Looks again a second after the deadline, as upstream; within its last second as soon as it is over. */
function nextCheck(deployment: Deployment, status: DeploymentStatus, now: Instant): ProgressCheck {
  const current = getCondition(deployment.status, 'Progressing');
  if (!hasProgressDeadline(deployment) || current === undefined) return undefined;
  if (isComplete(deployment, status) || current.reason === 'ProgressDeadlineExceeded') return undefined;
  if (current.reason === 'NewReplicaSetAvailable') return undefined; // never times out
  const left = deadlineOf(deployment, current) - now;
  return { after: left < SECOND ? Math.max(1, left + 1) : left + SECOND };
}

/** The failure of the new ReplicaSet, or else of another. */
function replicaFailure(sets: ReplicaSets): DeploymentCondition | undefined {
  const ordered = sets.newSet === undefined ? sets.oldSets : [sets.newSet, ...sets.oldSets];
  for (const set of ordered) {
    const condition = set.status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
    if (condition === undefined) continue;
    const { lastTransitionTime } = condition;
    return { ...condition, ...(lastTransitionTime === undefined ? {} : { lastUpdateTime: lastTransitionTime }) };
  }
  return undefined;
}
