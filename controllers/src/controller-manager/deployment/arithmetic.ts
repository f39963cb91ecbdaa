/**
 * The numbers of a Deployment: surge and unavailability, sums over ReplicaSets, shares when scaling in proportion
 * (pkg/controller/deployment/util v1.34).
 */
import type { Deployment, DeploymentStatus, IntOrString, ReplicaSet } from '../../apimachinery/kinds.ts';
import { scaledValue } from '../int-or-percent.ts';

export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';
const MAX_INT32 = 2147483647;

export interface Fenceposts {
  readonly surge: number;
  readonly unavailable: number;
}

/** Surge rounds up, unavailability down; when both come to nothing one pod may be unavailable. */
export function resolveFenceposts(
  maxSurge: IntOrString | undefined,
  maxUnavailable: IntOrString | undefined,
  desired: number,
): Fenceposts {
  const surge = scaledValue(maxSurge ?? 0, { total: desired, round: 'up' });
  const unavailable = scaledValue(maxUnavailable ?? 0, { total: desired, round: 'down' });
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable };
}

export function desiredReplicas(deployment: Deployment): number {
  return deployment.spec.replicas ?? 1;
}

export function isRollingUpdate(deployment: Deployment): boolean {
  return deployment.spec.strategy?.type !== 'Recreate';
}

function fenceposts(deployment: Deployment): Fenceposts {
  const rolling = deployment.spec.strategy?.rollingUpdate;
  return resolveFenceposts(rolling?.maxSurge, rolling?.maxUnavailable, desiredReplicas(deployment));
}

export function maxUnavailable(deployment: Deployment): number {
  if (!isRollingUpdate(deployment) || desiredReplicas(deployment) === 0) return 0;
  return Math.min(fenceposts(deployment).unavailable, desiredReplicas(deployment));
}

export function maxSurge(deployment: Deployment): number {
  return isRollingUpdate(deployment) ? fenceposts(deployment).surge : 0;
}

export function hasProgressDeadline(deployment: Deployment): boolean {
  const { progressDeadlineSeconds } = deployment.spec;
  return progressDeadlineSeconds !== undefined && progressDeadlineSeconds !== MAX_INT32;
}

export function hasHistoryLimit(deployment: Deployment): boolean {
  const { revisionHistoryLimit } = deployment.spec;
  return revisionHistoryLimit !== undefined && revisionHistoryLimit !== MAX_INT32;
}

export function specReplicas(set: ReplicaSet): number {
  return set.spec.replicas ?? 1;
}

/** The sum of what is asked for. */
export function sumOfSpecs(sets: readonly ReplicaSet[]): number {
  return sets.reduce((sum, set) => sum + specReplicas(set), 0);
}

/** The sum of what is there. */
export function sumOfStatus(
  sets: readonly ReplicaSet[],
  field: 'replicas' | 'readyReplicas' | 'availableReplicas',
): number {
  return sets.reduce((sum, set) => sum + (set.status?.[field] ?? 0), 0);
}

/** Those that should have pods. */
export function activeSets(sets: readonly ReplicaSet[]): ReplicaSet[] {
  return sets.filter((set) => specReplicas(set) > 0);
}

/** How many replicas the new ReplicaSet may have now, within the surge over all. */
export function newSetReplicas(deployment: Deployment, all: readonly ReplicaSet[], newSet: ReplicaSet): number {
  const desired = desiredReplicas(deployment);
  if (!isRollingUpdate(deployment)) return desired;
  const surge = scaledValue(deployment.spec.strategy?.rollingUpdate?.maxSurge ?? 0, { total: desired, round: 'up' });
  const room = desired + surge - sumOfSpecs(all);
  if (room <= 0) return specReplicas(newSet);
  return specReplicas(newSet) + Math.min(room, desired - specReplicas(newSet));
}

/** The number in one of the replica annotations; undefined where it is none. */
export function annotatedReplicas(set: ReplicaSet, annotation: string): number | undefined {
  const text = set.metadata.annotations?.[annotation];
  if (text === undefined || !/^\d+$/.test(text)) return undefined;
  const value = Number(text);
  return value > MAX_INT32 ? undefined : value;
}

/** A ReplicaSet's share of the replicas that a scaling adds (or, negative, takes away). */
export function proportion(
  set: ReplicaSet,
  deployment: Deployment,
  { toAdd, added }: { readonly toAdd: number; readonly added: number },
): number {
  if (specReplicas(set) === 0 || toAdd === 0 || toAdd === added) return 0;
  const share = fraction(set, deployment);
  return toAdd > 0 ? Math.min(share, toAdd - added) : Math.max(share, toAdd - added);
}

function fraction(set: ReplicaSet, deployment: Deployment): number {
  if (desiredReplicas(deployment) === 0) return -specReplicas(set);
  const before = annotatedReplicas(set, MAX_REPLICAS) || (deployment.status?.replicas ?? 0);
  if (before === 0) return 0;
  const size = (specReplicas(set) * (desiredReplicas(deployment) + maxSurge(deployment))) / before;
  return Math.round(size) - specReplicas(set);
}

/** Everything is new, available, and nothing old is left. */
export function isComplete(deployment: Deployment, status: DeploymentStatus | undefined): boolean {
  const desired = desiredReplicas(deployment);
  return (
    (status?.updatedReplicas ?? 0) === desired &&
    (status?.replicas ?? 0) === desired &&
    (status?.availableReplicas ?? 0) === desired &&
    (status?.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
}

/** The new ReplicaSet owns all that the Deployment wants, and its pods are available. */
export function isSaturated(deployment: Deployment, set: ReplicaSet | undefined): boolean {
  const desired = desiredReplicas(deployment);
  return (
    set !== undefined &&
    annotatedReplicas(set, DESIRED_REPLICAS) === desired &&
    specReplicas(set) === desired &&
    (set.status?.availableReplicas ?? 0) === desired
  );
}
