/**
 * VolumeBinding (v1.34) in its basics: claims must be there; those of an Immediate class must be bound already; those
 * that wait for a consumer are told the chosen node, and the pod is bound once they are.
 */

import type { PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../../apimachinery/kinds.ts';
import { matchesNodeSelector } from '../../apimachinery/node-affinity.ts';
import type { PodCycle, Rejection, SchedulerPlugin, Snapshot } from '../framework.ts';

const SELECTED_NODE = 'volume.kubernetes.io/selected-node';

/** The names of a pod's claims; those of ephemeral volumes are named after the pod. */
export function claimNames(pod: Pod): readonly string[] {
  return (pod.spec.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }) => {
    if (persistentVolumeClaim !== undefined) return [persistentVolumeClaim.claimName];
    return ephemeral === undefined ? [] : [`${pod.metadata.name}-${name}`];
  });
}

function isBound(claim: PersistentVolumeClaim): boolean {
  return (claim.spec.volumeName ?? '') !== '' && claim.status?.phase === 'Bound';
}

function waitsForConsumer(claim: PersistentVolumeClaim, snapshot: Snapshot): boolean {
  const name = claim.spec.storageClassName ?? '';
  if (name === '') return false;
  const storageClass = snapshot.client.find<StorageClass>('storageclasses.storage.k8s.io', { name });
  return storageClass?.volumeBindingMode === 'WaitForFirstConsumer';
}

export const volumeBinding: SchedulerPlugin = {
  name: 'VolumeBinding',
  weight: 0,
  wakes: ['volume', 'node'],
  prepare({ pod }, snapshot): PodCycle | Rejection | undefined {
    const names = claimNames(pod);
    if (names.length === 0) return undefined;
    const { client } = snapshot;
    const namespace = pod.metadata.namespace ?? '';
    const waiting: PersistentVolumeClaim[] = [];
    const volumes: PersistentVolume[] = [];
    for (const name of names) {
      const claim = client.find<PersistentVolumeClaim>('persistentvolumeclaims', { namespace, name });
      if (claim === undefined) return { rejected: `persistentvolumeclaim "${name}" not found` };
      if (claim.metadata.deletionTimestamp !== undefined) {
        return { rejected: `persistentvolumeclaim "${name}" is being deleted` };
      }
      if (isBound(claim)) {
        const volume = client.find<PersistentVolume>('persistentvolumes', { name: claim.spec.volumeName ?? '' });
        if (volume !== undefined) volumes.push(volume);
      } else if (waitsForConsumer(claim, snapshot)) {
        waiting.push(claim);
      } else {
        return { rejected: 'pod has unbound immediate PersistentVolumeClaims' };
      }
    }
    return {
      filter({ node }) {
        const isHere = volumes.every(({ spec }) => {
          const required = spec.nodeAffinity?.required;
          return required === undefined || matchesNodeSelector(node, required);
        });
        return isHere
          ? undefined
          : { reasons: ["node(s) didn't match PersistentVolume's node affinity"], hopeless: true };
      },
      reserve({ node }) {
        for (const claim of waiting) {
          if (claim.metadata.annotations?.[SELECTED_NODE] === node.metadata.name) continue;
          client.patch(
            'persistentvolumeclaims',
            { namespace, name: claim.metadata.name },
            { type: 'merge', patch: { metadata: { annotations: { [SELECTED_NODE]: node.metadata.name } } } },
          );
        }
        return waiting.length === 0;
      },
    };
  },
};
