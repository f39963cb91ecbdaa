/** NodeResourcesBalancedAllocation (v1.34): prefers nodes whose CPU and memory fill up evenly. */
import { MAX_SCORE, type SchedulerPlugin } from '../framework.ts';

export const balancedAllocation: SchedulerPlugin = {
  name: 'NodeResourcesBalancedAllocation',
  weight: 1,
  wakes: [],
  prepare({ requests }) {
    if ((requests.get('cpu') ?? 0) === 0 && (requests.get('memory') ?? 0) === 0) return undefined;
    return {
      score(node) {
        const fraction = (name: string) => {
          const allocatable = node.allocatable.get(name) ?? 0;
          if (allocatable === 0) return 0;
          return Math.min(1, ((node.requested.get(name) ?? 0) + (requests.get(name) ?? 0)) / allocatable);
        };
        const deviation = Math.abs(fraction('cpu') - fraction('memory')) / 2;
        return Math.trunc((1 - deviation) * MAX_SCORE);
      },
    };
  },
};
