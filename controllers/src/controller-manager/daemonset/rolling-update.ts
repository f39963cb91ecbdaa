/**
 * A DaemonSet's rolling update (pkg/controller/daemon/update.go v1.34): without surge old pods are deleted within the
 * budget, those that are unavailable anyway outside of it; with surge a new pod comes first and the old one goes when the
 * new is available.
 */
import type { DaemonSet, Node, Pod } from '../../apimachinery/kinds.ts';
import { isPodAvailable } from '../../apimachinery/pod.ts';
import type { Instant } from '../../apimachinery/time.ts';
import { scaledValue } from '../int-or-percent.ts';
import { isUpdated, placementOn } from './placement.ts';

export interface DaemonPass {
  readonly set: DaemonSet;
  readonly hash: string;
  readonly nodes: readonly Node[];
  /** The pods by the node that they are for, in order of node. */
  readonly podsByNode: ReadonlyMap<string, readonly Pod[]>;
  readonly now: Instant;
}

export interface DaemonChanges {
  /** Nodes that get a pod. */
  readonly create: readonly string[];
  readonly remove: readonly Pod[];
}

export interface Budget {
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

/** Both percentages round up; one pod may be unavailable when both are nothing. */
export function budgetOf(set: DaemonSet, desired: number): Budget {
  const rolling = set.spec.updateStrategy?.rollingUpdate;
  const maxSurge = scaledValue(rolling?.maxSurge ?? 0, { total: desired, round: 'up' });
  const maxUnavailable = scaledValue(rolling?.maxUnavailable ?? 0, { total: desired, round: 'up' });
  return { maxSurge, maxUnavailable: desired > 0 && maxSurge === 0 && maxUnavailable === 0 ? 1 : maxUnavailable };
}

export function allowsSurge(set: DaemonSet): boolean {
  const maxSurge = set.spec.updateStrategy?.rollingUpdate?.maxSurge ?? 0;
  return set.spec.updateStrategy?.type !== 'OnDelete' && maxSurge !== 0 && maxSurge !== '0%' && maxSurge !== '0';
}

interface NodePods {
  readonly node: string;
  readonly newPod: Pod | undefined;
  readonly oldPod: Pod | undefined;
  /** More than one of a kind: the main loop prunes first. */
  readonly isCrowded: boolean;
}

function podsOn({ set, hash }: DaemonPass, node: string, pods: readonly Pod[]): NodePods {
  const alive = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const fresh = alive.filter((pod) => isUpdated(pod, set, hash));
  const old = alive.filter((pod) => !isUpdated(pod, set, hash));
  return { node, newPod: fresh[0], oldPod: old[0], isCrowded: fresh.length > 1 || old.length > 1 };
}

export function rollingUpdate(pass: DaemonPass): DaemonChanges {
  const desired = pass.nodes.filter((node) => placementOn(pass.set, node).shouldRun).length;
  const budget = budgetOf(pass.set, desired);
  const places = [...pass.podsByNode].map(([node, pods]) => podsOn(pass, node, pods));
  const isAvailable = (pod: Pod) =>
    isPodAvailable(pod, { minReadySeconds: pass.set.spec.minReadySeconds ?? 0, now: pass.now });
  return budget.maxSurge === 0
    ? replace(places, isAvailable, budget)
    : surge(pass, places, { isAvailable, desired, budget });
}

function replace(
  places: readonly NodePods[],
  isAvailable: (pod: Pod) => boolean,
  { maxUnavailable }: Budget,
): DaemonChanges {
  let unavailable = 0;
  const allowed: Pod[] = [];
  const candidates: Pod[] = [];
  for (const { newPod, oldPod, isCrowded } of places) {
    if (isCrowded || (newPod === undefined) === (oldPod === undefined)) {
      unavailable++;
    } else if (newPod !== undefined) {
      if (!isAvailable(newPod)) unavailable++;
    } else if (oldPod !== undefined) {
      if (!isAvailable(oldPod)) {
        allowed.push(oldPod);
        unavailable++;
      } else if (unavailable < maxUnavailable) {
        candidates.push(oldPod);
      }
    }
  }
  return { create: [], remove: [...allowed, ...candidates.slice(0, Math.max(0, maxUnavailable - unavailable))] };
}

interface SurgeOptions {
  readonly isAvailable: (pod: Pod) => boolean;
  readonly desired: number;
  readonly budget: Budget;
}

function surge(
  pass: DaemonPass,
  places: readonly NodePods[],
  { isAvailable, desired, budget }: SurgeOptions,
): DaemonChanges {
  const byName = new Map(pass.nodes.map((node) => [node.metadata.name, node]));
  const remove: Pod[] = [];
  const misplaced: Pod[] = [];
  const allowed: string[] = [];
  const candidates: string[] = [];
  let surging = 0;
  let available = 0;
  for (const { node, newPod, oldPod, isCrowded } of places) {
    if (isCrowded) {
      surging++;
      continue;
    }
    const counted = oldPod ?? newPod;
    if (counted !== undefined && isAvailable(counted)) available++;
    if (oldPod === undefined) continue;
    if (newPod !== undefined) {
      if (isAvailable(newPod)) remove.push(oldPod);
      else surging++;
      continue;
    }
    const place = byName.get(node);
    const shouldRun = place !== undefined && placementOn(pass.set, place).shouldRun;
    if (!isAvailable(oldPod)) {
      if (shouldRun) allowed.push(node);
      else remove.push(oldPod);
    } else if (!shouldRun) misplaced.push(oldPod);
    else if (surging < budget.maxSurge) candidates.push(node);
  }
  // A pod of a node that it should leave stays as long as it is needed for availability.
  remove.push(...misplaced.slice(0, Math.max(0, available - desired)));
  return { create: [...allowed, ...candidates.slice(0, Math.max(0, budget.maxSurge - surging))], remove };
}
