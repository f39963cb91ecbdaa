/**
 * PodTopologySpread (v1.34): DoNotSchedule constraints filter by skew, ScheduleAnyway ones score. Pods without
 * constraints that belong to a workload or Service get upstream's defaults: hostname (3) and zone (5), only scoring.
 */

import type { Pod, TopologySpreadConstraint } from '../../apimachinery/kinds.ts';
import { matchesNodeAffinity, untoleratedTaint } from '../../apimachinery/node-affinity.ts';
import { controllerOf } from '../../apimachinery/owner.ts';
import { type LabelSelector, labelSelectorOf } from '../../apimachinery/selector.ts';
import { MAX_SCORE, type Misfit, type PodCycle, type SchedulerPlugin, type Snapshot } from '../framework.ts';
import { type NodeInfo, type PodInfo, termSelector } from '../node-info.ts';

const HOSTNAME = 'kubernetes.io/hostname';
const ZONE = 'topology.kubernetes.io/zone';
const NO_MATCH = "node(s) didn't match pod topology spread constraints";

interface Constraint {
  readonly topologyKey: string;
  readonly maxSkew: number;
  readonly minDomains: number;
  readonly selector: LabelSelector;
  readonly ignoresAffinity: boolean;
  readonly honorsTaints: boolean;
}

function compile(pod: Pod, constraint: TopologySpreadConstraint): Constraint {
  return {
    topologyKey: constraint.topologyKey,
    maxSkew: constraint.maxSkew,
    minDomains: constraint.minDomains ?? 1,
    selector: termSelector(constraint as Parameters<typeof termSelector>[0], pod), // same fields
    ignoresAffinity: constraint.nodeAffinityPolicy === 'Ignore',
    honorsTaints: constraint.nodeTaintsPolicy === 'Honor',
  };
}

function constraintsOf(pod: Pod, when: 'DoNotSchedule' | 'ScheduleAnyway'): readonly Constraint[] {
  return (pod.spec.topologySpreadConstraints ?? [])
    .filter(({ whenUnsatisfiable }) => whenUnsatisfiable === when)
    .map((constraint) => compile(pod, constraint));
}

/** The selector of what the pod belongs to: its Services and its workload (helper.DefaultSelector). */
function defaultSelector(pod: Pod, snapshot: Snapshot): LabelSelector | undefined {
  const { namespace = '', labels } = pod.metadata;
  const matchLabels: Record<string, string> = {};
  for (const { spec } of snapshot.services(namespace)) {
    const selector = spec.selector ?? {};
    if (Object.keys(selector).length > 0 && labelSelectorOf({ matchLabels: selector }).matches(labels)) {
      Object.assign(matchLabels, selector);
    }
  }
  const owner = controllerOf(pod);
  const resource = owner === undefined ? undefined : OWNERS.get(owner.kind);
  let owned: { readonly matchLabels?: Readonly<Record<string, string>> } = {};
  if (owner !== undefined && resource !== undefined) {
    const spec = snapshot.client.find(resource, { namespace, name: owner.name })?.spec as
      | { readonly selector?: object }
      | undefined;
    const selector = spec?.selector ?? {};
    owned = owner.kind === 'ReplicationController' ? { matchLabels: selector as Record<string, string> } : selector;
  }
  const combined = { ...owned, matchLabels: { ...matchLabels, ...owned.matchLabels } };
  const selector = labelSelectorOf(combined);
  return selector.requirements.length === 0 ? undefined : selector;
}

const OWNERS = new Map([
  ['ReplicaSet', 'replicasets.apps'],
  ['StatefulSet', 'statefulsets.apps'],
  ['ReplicationController', 'replicationcontrollers'],
]);

function defaultConstraints(pod: Pod, snapshot: Snapshot): readonly Constraint[] {
  const selector = defaultSelector(pod, snapshot);
  if (selector === undefined) return [];
  const base = { minDomains: 1, selector, ignoresAffinity: false, honorsTaints: false };
  return [
    { ...base, topologyKey: HOSTNAME, maxSkew: 3 },
    { ...base, topologyKey: ZONE, maxSkew: 5 },
  ];
}

function counts(constraint: Constraint, pod: Pod, { node }: NodeInfo): boolean {
  if (!constraint.ignoresAffinity && !matchesNodeAffinity(pod.spec, node)) return false;
  return (
    !constraint.honorsTaints ||
    untoleratedTaint(pod.spec.tolerations, node.spec.taints, ['NoSchedule', 'NoExecute']) === undefined
  );
}

function hasAll(node: NodeInfo, constraints: readonly Constraint[]): boolean {
  return constraints.every(({ topologyKey }) => node.node.metadata.labels?.[topologyKey] !== undefined);
}

function hardCycle(pod: Pod, snapshot: Snapshot, constraints: readonly Constraint[]): PodCycle {
  const namespace = pod.metadata.namespace ?? '';
  const tallies = constraints.map((constraint) => {
    const tally = new Map<string, number>();
    for (const node of snapshot.nodes) {
      if (!hasAll(node, constraints) || !counts(constraint, pod, node)) continue;
      const value = node.node.metadata.labels?.[constraint.topologyKey] ?? '';
      tally.set(value, (tally.get(value) ?? 0) + node.countMatching(namespace, constraint.selector));
    }
    const fewest = tally.size < constraint.minDomains ? 0 : Math.min(...tally.values());
    return { constraint, tally, fewest: tally.size === 0 ? 0 : fewest };
  });
  return {
    filter({ node }): Misfit | undefined {
      for (const { constraint, tally, fewest } of tallies) {
        const value = node.metadata.labels?.[constraint.topologyKey];
        if (value === undefined) return { reasons: [`${NO_MATCH} (missing required label)`], hopeless: true };
        const self = constraint.selector.matches(pod.metadata.labels) ? 1 : 0;
        if ((tally.get(value) ?? 0) + self - fewest > constraint.maxSkew) return { reasons: [NO_MATCH] };
      }
      return undefined;
    },
  };
}

function softCycle(
  pod: Pod,
  snapshot: Snapshot,
  { constraints, needsAll }: { readonly constraints: readonly Constraint[]; readonly needsAll: boolean },
): Pick<PodCycle, 'score' | 'normalize'> {
  const namespace = pod.metadata.namespace ?? '';
  let tallies: readonly { readonly weight: number; readonly tally: ReadonlyMap<string, number> }[] | undefined;
  let ignored: readonly boolean[] = [];

  /** Sums for the topology values of the feasible nodes, once for each pod. */
  function tallyUp(feasible: readonly NodeInfo[]) {
    ignored = feasible.map((node) => needsAll && !hasAll(node, constraints));
    const scored = feasible.filter((_, index) => ignored[index] === false);
    return constraints.map((constraint) => {
      const { topologyKey } = constraint;
      if (topologyKey === HOSTNAME) return { weight: Math.log(scored.length + 2), tally: new Map<string, number>() };
      const tally = new Map(scored.map(({ node }) => [node.metadata.labels?.[topologyKey] ?? '', 0]));
      for (const node of snapshot.nodes) {
        const value = node.node.metadata.labels?.[topologyKey] ?? '';
        const known = tally.get(value);
        if (known === undefined || (needsAll && !hasAll(node, constraints)) || !counts(constraint, pod, node)) continue;
        tally.set(value, known + node.countMatching(namespace, constraint.selector));
      }
      return { weight: Math.log(tally.size + 2), tally };
    });
  }

  return {
    score(node, feasible) {
      tallies ??= tallyUp(feasible);
      if (needsAll && !hasAll(node, constraints)) return Number.NaN;
      let score = 0;
      constraints.forEach((constraint, index) => {
        const value = node.node.metadata.labels?.[constraint.topologyKey];
        const known = tallies?.[index];
        if (value === undefined || known === undefined) return;
        const count =
          constraint.topologyKey === HOSTNAME
            ? node.countMatching(namespace, constraint.selector)
            : (known.tally.get(value) ?? 0);
        score += count * known.weight + constraint.maxSkew - 1;
      });
      return Math.round(score);
    },
    normalize(scores) {
      const valid = scores.filter((score) => !Number.isNaN(score));
      const [least, most] = [Math.min(...valid), Math.max(0, ...valid)];
      return scores.map((score) => {
        if (Number.isNaN(score)) return 0;
        return most === 0 ? MAX_SCORE : Math.trunc((MAX_SCORE * (most + least - score)) / most);
      });
    },
  };
}

export const podTopologySpread: SchedulerPlugin = {
  name: 'PodTopologySpread',
  weight: 2,
  wakes: ['node', 'pod-added', 'pod-removed', 'pod-updated'],
  prepare({ pod }: PodInfo, snapshot): PodCycle | undefined {
    const isOwn = (pod.spec.topologySpreadConstraints ?? []).length > 0;
    const hard = constraintsOf(pod, 'DoNotSchedule');
    const soft = isOwn ? constraintsOf(pod, 'ScheduleAnyway') : defaultConstraints(pod, snapshot);
    if (hard.length + soft.length === 0) return undefined;
    return {
      ...(hard.length === 0 ? {} : hardCycle(pod, snapshot, hard)),
      ...(soft.length === 0 ? {} : softCycle(pod, snapshot, { constraints: soft, needsAll: isOwn })),
    };
  },
};
