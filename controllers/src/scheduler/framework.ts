/**
 * The scheduler's extension points, as pkg/scheduler/framework (v1.34) in small: a plugin looks at the pod once
 * (`prepare`), then says for each node whether the pod fits and how well.
 */
import type { Pod, Service } from '../apimachinery/kinds.ts';
import type { Client } from '../apiserver/client.ts';
import type { NodeInfo, PodInfo } from './node-info.ts';

/** A node that does not do. `hopeless`: not even evicting other pods would help (UnschedulableAndUnresolvable). */
export interface Misfit {
  readonly reasons: readonly string[];
  readonly hopeless?: boolean;
}

/** Why a pod fits nowhere, before any node is looked at. */
export interface Rejection {
  readonly rejected: string;
  /** The reason will pass without a change that wakes the pod. */
  readonly silent?: boolean;
}

export interface Snapshot {
  readonly nodes: readonly NodeInfo[];
  readonly client: Client;
  namespaceLabels(namespace: string): Readonly<Record<string, string>> | undefined;
  services(namespace: string): readonly Service[];
}

/** What a plugin decides for one pod. All parts are optional. */
export interface PodCycle {
  /** Only these nodes can do. */
  readonly onlyNodes?: ReadonlySet<string>;
  filter?(node: NodeInfo): Misfit | undefined;
  /** Higher is better. */
  score?(node: NodeInfo, feasible: readonly NodeInfo[]): number;
  /** Turns the scores of the feasible nodes into 0 to 100. Absent: they are so already. */
  normalize?(scores: readonly number[]): readonly number[];
  /** Called when a node was chosen, before the pod is bound. False: not yet, look again after a change. */
  reserve?(node: NodeInfo): boolean;
}

/** What can make a pod schedulable that was not. */
export type ClusterEvent = 'node' | 'pod-added' | 'pod-removed' | 'volume' | 'pod-updated';

export interface SchedulerPlugin {
  readonly name: string;
  readonly weight: number;
  /** The changes after which a pod that this plugin turned down is tried again. */
  readonly wakes: readonly ClusterEvent[];
  /** Undefined: the plugin has nothing to say about the pod. */
  prepare(pod: PodInfo, snapshot: Snapshot): PodCycle | Rejection | undefined;
}

export function isRejection(cycle: PodCycle | Rejection): cycle is Rejection {
  return 'rejected' in cycle;
}

export const MAX_SCORE = 100;

/** Scales to 0..100 by the largest; `reverse` makes small ones good (helper.DefaultNormalizeScore). */
export function normalizeByLargest(
  scores: readonly number[],
  options: { readonly reverse: boolean },
): readonly number[] {
  const largest = Math.max(0, ...scores);
  if (largest === 0) return scores.map(() => (options.reverse ? MAX_SCORE : 0));
  return scores.map((score) => {
    const scaled = Math.trunc((MAX_SCORE * score) / largest);
    return options.reverse ? MAX_SCORE - scaled : scaled;
  });
}

export type PodPriority = (pod: Pod) => number;
