/**
 * Eviction by NoExecute taints (pkg/controller/tainteviction v1.34): pods that do not tolerate one go at once, those that
 * tolerate all for a time go when the shortest is over; a taint that is taken away calls it off.
 */
import type { Node, Pod, Taint } from '../apimachinery/kinds.ts';
import { toleratesTaint } from '../apimachinery/node-affinity.ts';
import { isPodTerminal } from '../apimachinery/pod.ts';
import { isApiError } from '../apimachinery/status.ts';
import { type Duration, formatTime, type Instant, SECOND } from '../apimachinery/time.ts';
import type { Controller, ReconcileContext } from './controller.ts';
import { keyOf } from './watching.ts';

function noExecute(node: Node | undefined): readonly Taint[] {
  return (node?.spec.taints ?? []).filter(({ effect }) => effect === 'NoExecute');
}

export function createTaintEvictionController(): Controller {
  const since = new Map<string, Instant>();
  return {
    name: 'taint-eviction-controller',
    watches: [
      {
        resource: 'pods',
        keys({ type, object, previous }, client) {
          const pod = object as Pod; // it comes from `pods`
          const name = pod.spec.nodeName ?? '';
          if (type === 'DELETED' || name === '') return [];
          const isNew = (previous as Pod | undefined)?.spec.nodeName !== name;
          return isNew && noExecute(client.find<Node>('nodes', { name })).length > 0 ? [keyOf(object)] : [];
        },
      },
      {
        resource: 'nodes',
        keys({ type, object, previous }, client) {
          const node = object as Node; // it comes from `nodes`
          const before = noExecute(previous as Node | undefined);
          if (type === 'DELETED' || (noExecute(node).length === 0 && before.length === 0)) return [];
          return client.list<Pod>('pods', { fieldSelector: `spec.nodeName=${node.metadata.name}` }).map(keyOf);
        },
      },
    ],
    reconcile(key, context) {
      const pod = context.client.find<Pod>('pods', key);
      const uid = pod?.metadata.uid ?? '';
      if (pod === undefined || pod.metadata.deletionTimestamp !== undefined || isPodTerminal(pod)) return undefined;
      const taints = noExecute(context.client.find<Node>('nodes', { name: pod.spec.nodeName ?? '' }));
      const tolerated = toleratedFor(pod, taints);
      if (tolerated === undefined) {
        since.delete(uid);
        return undefined;
      }
      // A toleration runs from when the taint was seen first.
      const start = since.get(uid) ?? context.now;
      since.set(uid, start);
      if (start + tolerated > context.now) return { after: start + tolerated - context.now };
      since.delete(uid);
      evict(pod, context);
      return undefined;
    },
  };
}

/** The shortest of the tolerations' times; 0 where a taint is not tolerated. Undefined: the pod may stay. */
function toleratedFor(pod: Pod, taints: readonly Taint[]): Duration | undefined {
  let shortest = Number.POSITIVE_INFINITY;
  for (const taint of taints) {
    const tolerations = (pod.spec.tolerations ?? []).filter((toleration) => toleratesTaint(toleration, taint));
    if (tolerations.length === 0) return 0;
    for (const { tolerationSeconds } of tolerations) {
      if (tolerationSeconds !== undefined) shortest = Math.min(shortest, Math.max(0, tolerationSeconds) * SECOND);
    }
  }
  return shortest === Number.POSITIVE_INFINITY ? undefined : shortest;
}

function evict(pod: Pod, context: ReconcileContext): void {
  const { namespace = '', name } = pod.metadata;
  context.event(pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${namespace}/${name}`);
  const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== 'DisruptionTarget');
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: formatTime(context.now),
    reason: 'DeletionByTaintManager',
    message: 'Taint manager: deleting due to NoExecute taint',
  };
  try {
    context.client.updateStatus('pods', { ...pod, status: { ...pod.status, conditions: [...others, condition] } });
    context.client.delete('pods', { namespace, name });
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error;
  }
}
