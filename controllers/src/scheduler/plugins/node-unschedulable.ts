/** NodeUnschedulable (v1.34): a cordoned node takes only pods that tolerate it. */
import { toleratesTaint } from '../../apimachinery/node-affinity.ts';
import type { SchedulerPlugin } from '../framework.ts';

const TAINT = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

export const nodeUnschedulable: SchedulerPlugin = {
  name: 'NodeUnschedulable',
  weight: 0,
  wakes: ['node', 'pod-updated'],
  prepare({ pod }) {
    const isTolerated = (pod.spec.tolerations ?? []).some((toleration) => toleratesTaint(toleration, TAINT));
    if (isTolerated) return undefined;
    return {
      filter: ({ node }) =>
        node.spec.unschedulable === true ? { reasons: ['node(s) were unschedulable'], hopeless: true } : undefined,
    };
  },
};
