/**
 * Removes pods that nobody else will (pkg/controller/podgc v1.34): those of nodes that are gone for 40 s, those that were
 * deleted before they got a node, and the oldest finished ones beyond 12,500.
 */
import type { Node, Pod } from '../apimachinery/kinds.ts';
import { isPodTerminal } from '../apimachinery/pod.ts';
import { isApiError } from '../apimachinery/status.ts';
import { type Duration, formatTime, SECOND } from '../apimachinery/time.ts';
import type { ObjectKey } from '../apiserver/client.ts';
import type { Controller, ReconcileContext } from './controller.ts';
import { keyOf } from './watching.ts';

const QUARANTINE: Duration = 40 * SECOND;
const MAX_FINISHED = 12_500;
/** The key under which finished pods are counted. */
const FINISHED: ObjectKey = { name: 'finished' };

export function createPodGcController(): Controller {
  const missingSince = new Map<string, number>();
  let finished = 0;
  return {
    name: 'pod-garbage-collector-controller',
    watches: [
      {
        resource: 'pods',
        keys({ type, object, previous }, client) {
          const pod = object as Pod; // it comes from `pods`
          const before = previous as Pod | undefined;
          const wasFinished = before !== undefined && isPodTerminal(before);
          const isFinished = type !== 'DELETED' && isPodTerminal(pod);
          finished += Number(isFinished) - Number(wasFinished);
          const keys = isFinished && !wasFinished && finished > MAX_FINISHED ? [FINISHED] : [];
          if (type === 'DELETED') return keys;
          const node = pod.spec.nodeName ?? '';
          const isStray =
            node === ''
              ? pod.metadata.deletionTimestamp !== undefined
              : before?.spec.nodeName !== node && client.find('nodes', { name: node }) === undefined;
          return isStray ? [...keys, keyOf(pod)] : keys;
        },
      },
      {
        resource: 'nodes',
        keys({ type, object }, client) {
          if (type !== 'DELETED') return [];
          return client.list<Pod>('pods', { fieldSelector: `spec.nodeName=${object.metadata.name}` }).map(keyOf);
        },
      },
    ],
    reconcile(key, context) {
      if (key.namespace === undefined) {
        removeOldest(context);
        return undefined;
      }
      const pod = context.client.find<Pod>('pods', key);
      if (pod === undefined) return undefined;
      const name = pod.spec.nodeName ?? '';
      if (name === '') {
        if (pod.metadata.deletionTimestamp !== undefined) remove(pod, context, undefined);
        return undefined;
      }
      if (context.client.find<Node>('nodes', { name }) !== undefined) {
        missingSince.delete(name);
        return undefined;
      }
      const since = missingSince.get(name) ?? context.now;
      missingSince.set(name, since);
      const left = since + QUARANTINE - context.now;
      if (left > 0) return { after: left };
      remove(pod, context, 'PodGC: node no longer exists');
      return undefined;
    },
  };
}

/** Marks the pod as failed, so that its owner sees why, and deletes it for good. */
function remove(pod: Pod, { client, now }: ReconcileContext, reason: string | undefined): void {
  const { namespace = '', name } = pod.metadata;
  try {
    if (!isPodTerminal(pod)) {
      const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== 'DisruptionTarget');
      const condition = {
        type: 'DisruptionTarget',
        status: 'True',
        lastProbeTime: null,
        lastTransitionTime: formatTime(now),
        reason: 'DeletionByPodGC',
        message: reason,
      };
      const conditions = reason === undefined ? others : [...others, condition];
      client.updateStatus('pods', { ...pod, status: { ...pod.status, phase: 'Failed', conditions } });
    }
    client.delete('pods', { namespace, name }, { gracePeriodSeconds: 0 });
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error;
  }
}

function removeOldest(context: ReconcileContext): void {
  const finished = context.client.list<Pod>('pods').filter(isPodTerminal);
  const byAge = [...finished].sort((a, b) => (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? -1 : 1));
  for (const pod of byAge.slice(0, Math.max(0, byAge.length - MAX_FINISHED))) remove(pod, context, undefined);
}
