/** NodeResourcesFit (v1.34): requests against what is left of the node's allocatable; scores LeastAllocated. */
import { MAX_SCORE, type Misfit, type SchedulerPlugin } from '../framework.ts';
import type { NodeInfo, PodInfo } from '../node-info.ts';

const SCORED = ['cpu', 'memory'];

/** The resources that lack, as upstream words it. Also what the kubelet admits by. */
export function lacking({ requests }: PodInfo, node: NodeInfo): Misfit | undefined {
  const reasons: string[] = [];
  let hopeless = false;
  if (node.pods.size + 1 > (node.allocatable.get('pods') ?? 0)) reasons.push('Too many pods');
  for (const [name, amount] of requests) {
    const allocatable = node.allocatable.get(name) ?? 0;
    if (amount === 0 || amount <= allocatable - (node.requested.get(name) ?? 0)) continue;
    reasons.push(`Insufficient ${name}`);
    if (amount > allocatable) hopeless = true;
  }
  return reasons.length === 0 ? undefined : { reasons, hopeless };
}

function leastAllocated(pod: PodInfo, node: NodeInfo): number {
  let sum = 0;
  let count = 0;
  for (const name of SCORED) {
    const allocatable = node.allocatable.get(name) ?? 0;
    if (allocatable === 0) continue;
    const requested = (node.nonZeroRequested.get(name) ?? 0) + (pod.nonZero.get(name) ?? 0);
    sum += requested > allocatable ? 0 : Math.trunc(((allocatable - requested) * MAX_SCORE) / allocatable);
    count++;
  }
  return count === 0 ? 0 : Math.trunc(sum / count);
}

export const nodeResourcesFit: SchedulerPlugin = {
  name: 'NodeResourcesFit',
  weight: 1,
  wakes: ['node', 'pod-removed', 'pod-updated'],
  prepare: (pod) => ({
    filter: (node) => lacking(pod, node),
    score: (node) => leastAllocated(pod, node),
  }),
};
