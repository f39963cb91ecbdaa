/** Claims stay while a pod uses them (pkg/controller/volume/pvcprotection v1.34): a finalizer, removed after the last. */
import type { PersistentVolumeClaim, Pod } from '../apimachinery/kinds.ts';
import { isPodTerminal } from '../apimachinery/pod.ts';
import type { Controller } from './controller.ts';
import { watchSelf } from './watching.ts';

const RESOURCE = 'persistentvolumeclaims';
const FINALIZER = 'kubernetes.io/pvc-protection';

/** The names of the claims that a pod uses. */
function claimsOf(pod: Pod): readonly string[] {
  return (pod.spec.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }) => {
    if (persistentVolumeClaim !== undefined) return [persistentVolumeClaim.claimName];
    return ephemeral === undefined ? [] : [`${pod.metadata.name}-${name}`];
  });
}

export function createPvcProtectionController(): Controller {
  return {
    name: 'persistentvolumeclaim-protection-controller',
    watches: [
      watchSelf(RESOURCE),
      {
        resource: 'pods',
        keys({ type, object }) {
          const pod = object as Pod; // it comes from `pods`
          if (type !== 'DELETED' && !isPodTerminal(pod)) return [];
          return claimsOf(pod).map((name) => ({ namespace: pod.metadata.namespace ?? '', name }));
        },
      },
    ],
    reconcile(key, { client }) {
      const claim = client.find<PersistentVolumeClaim>(RESOURCE, key);
      if (claim === undefined) return undefined;
      const { finalizers = [], deletionTimestamp } = claim.metadata;
      const isHeld = finalizers.includes(FINALIZER);
      const write = (next: readonly string[]) =>
        client.patch(RESOURCE, key, { type: 'merge', patch: { metadata: { finalizers: next } } });
      if (deletionTimestamp === undefined) {
        if (!isHeld) write([...finalizers, FINALIZER]);
        return undefined;
      }
      const isUsed = client
        .list<Pod>('pods', { namespace: key.namespace ?? '' })
        .some((pod) => !isPodTerminal(pod) && (pod.spec.nodeName ?? '') !== '' && claimsOf(pod).includes(key.name));
      if (isHeld && !isUsed) write(finalizers.filter((finalizer) => finalizer !== FINALIZER));
      return undefined;
    },
  };
}
