/** TaintToleration (v1.34): NoSchedule and NoExecute keep pods away, PreferNoSchedule counts against a node. */
import { toleratesTaint, untoleratedTaint } from '../../apimachinery/node-affinity.ts';
import { normalizeByLargest, type SchedulerPlugin } from '../framework.ts';

export const taintToleration: SchedulerPlugin = {
  name: 'TaintToleration',
  weight: 3,
  wakes: ['node', 'pod-updated'],
  prepare({ pod }) {
    const { tolerations = [] } = pod.spec;
    const soft = tolerations.filter(({ effect = '' }) => effect === '' || effect === 'PreferNoSchedule');
    return {
      filter({ node }) {
        const taint = untoleratedTaint(tolerations, node.spec.taints, ['NoSchedule', 'NoExecute']);
        return taint === undefined ? undefined : { reasons: ['node(s) had untolerated taint(s)'], hopeless: true };
      },
      score: ({ node }) =>
        (node.spec.taints ?? []).filter(
          (taint) =>
            taint.effect === 'PreferNoSchedule' && !soft.some((toleration) => toleratesTaint(toleration, taint)),
        ).length,
      normalize: (scores) => normalizeByLargest(scores, { reverse: true }),
    };
  },
};
