/** NodeAffinity (v1.34): nodeSelector and required affinity filter, preferred affinity scores. */
import { matchesNodeAffinity, matchesTerm, pinnedNodes } from '../../apimachinery/node-affinity.ts';
import { normalizeByLargest, type SchedulerPlugin } from '../framework.ts';

export const nodeAffinity: SchedulerPlugin = {
  name: 'NodeAffinity',
  weight: 2,
  wakes: ['node', 'pod-updated'],
  prepare({ pod }) {
    const { spec } = pod;
    const affinity = spec.affinity?.nodeAffinity;
    if (affinity === undefined && spec.nodeSelector === undefined) return undefined;
    const preferred = affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    const onlyNodes = pinnedNodes(spec);
    return {
      ...(onlyNodes === undefined ? {} : { onlyNodes }),
      filter: ({ node }) =>
        matchesNodeAffinity(spec, node)
          ? undefined
          : { reasons: ["node(s) didn't match Pod's node affinity/selector"], hopeless: true },
      ...(preferred.length === 0
        ? {}
        : {
            score: ({ node }) =>
              preferred.reduce((sum, { weight, preference }) => sum + (matchesTerm(node, preference) ? weight : 0), 0),
            normalize: (scores) => normalizeByLargest(scores, { reverse: false }),
          }),
    };
  },
};
