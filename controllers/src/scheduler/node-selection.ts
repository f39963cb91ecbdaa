/**
 * Which nodes do for a pod, and which is best (pkg/scheduler/schedule_one.go v1.34): filters in the order of the plugins,
 * the first that turns a node down gives the reason; then the weighted sum of scores, ties by the seeded random.
 */
import type { Misfit, PodCycle, SchedulerPlugin } from './framework.ts';
import type { NodeInfo } from './node-info.ts';

/** A plugin with what it made of the pod. */
export interface Prepared {
  readonly plugin: SchedulerPlugin;
  readonly cycle: PodCycle;
}

export interface Filtered {
  readonly feasible: readonly NodeInfo[];
  /** How many nodes were turned down for each reason. */
  readonly reasons: Map<string, number>;
  readonly failed: Set<SchedulerPlugin>;
  /** Nodes where evicting pods could help. */
  readonly candidates: readonly NodeInfo[];
}

export interface NodeSelection {
  /** Goes on from the node where the last search ended, and stops when enough were found. */
  filter(prepared: readonly Prepared[], nodes: readonly NodeInfo[]): Filtered;
  /** One of the feasible nodes; there must be one. */
  best(prepared: readonly Prepared[], feasible: readonly NodeInfo[]): NodeInfo;
}

/** Upstream looks at all nodes up to 100, and at fewer of many. */
function numberToFind(nodes: number): number {
  if (nodes < 100) return nodes;
  const percentage = Math.max(5, 50 - Math.trunc(nodes / 125));
  return Math.max(100, Math.trunc((nodes * percentage) / 100));
}

export function createNodeSelection(random: { below(below: number): number }): NodeSelection {
  let start = 0;
  return {
    filter(prepared: readonly Prepared[], nodes: readonly NodeInfo[]) {
      const feasible: NodeInfo[] = [];
      const reasons = new Map<string, number>();
      const failed = new Set<SchedulerPlugin>();
      const candidates: NodeInfo[] = [];
      const wanted = numberToFind(nodes.length);
      let seen = 0;
      for (; seen < nodes.length && feasible.length < wanted; seen++) {
        const node = nodes[(start + seen) % nodes.length] as NodeInfo; // the index is inside
        const misfit = firstMisfit(prepared, node);
        if (misfit === undefined) {
          feasible.push(node);
          continue;
        }
        failed.add(misfit.plugin);
        if (misfit.hopeless !== true) candidates.push(node);
        for (const reason of misfit.reasons) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      }
      start = nodes.length === 0 ? 0 : (start + seen) % nodes.length;
      return { feasible, reasons, failed, candidates };
    },
    best(prepared: readonly Prepared[], feasible: readonly NodeInfo[]): NodeInfo {
      const first = feasible[0] as NodeInfo; // never called without one
      if (feasible.length === 1) return first;
      const totals = feasible.map(() => 0);
      for (const { plugin, cycle } of prepared) {
        const { score } = cycle;
        if (score === undefined) continue;
        const raw = feasible.map((node) => score(node, feasible));
        const scores = cycle.normalize?.(raw) ?? raw;
        scores.forEach((value, index) => {
          totals[index] = (totals[index] ?? 0) + value * plugin.weight;
        });
      }
      const best = Math.max(...totals);
      const ties = feasible.filter((_, index) => totals[index] === best);
      return ties[ties.length === 1 ? 0 : random.below(ties.length)] ?? first;
    },
  };
}

/** The first plugin's reason against a node; undefined: it does. */
export function firstMisfit(
  prepared: readonly Prepared[],
  node: NodeInfo,
): (Misfit & { readonly plugin: SchedulerPlugin }) | undefined {
  for (const { plugin, cycle } of prepared) {
    const misfit = cycle.filter?.(node);
    if (misfit !== undefined) return { ...misfit, plugin };
  }
  return undefined;
}

/** The nodes that plugins did not rule out by name. */
export function allowedNodes(prepared: readonly Prepared[], nodes: readonly NodeInfo[]) {
  const by = prepared.filter(({ cycle }) => cycle.onlyNodes !== undefined);
  if (by.length === 0) return { nodes, by: [] };
  return {
    nodes: nodes.filter(({ node }) => by.every(({ cycle }) => cycle.onlyNodes?.has(node.metadata.name) === true)),
    by: by.map(({ plugin }) => plugin),
  };
}
