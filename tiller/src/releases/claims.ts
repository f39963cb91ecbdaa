/**
 * Volume claims that nobody uses yet: where their storage class binds on first use (WaitForFirstConsumer), they stay
 * Pending for as long as no pod asks for them, e.g. one of a nightly CronJob. Helm's wait never ends then; here such a
 * claim counts as ready.
 */
import type { Cluster, KubeObject } from '../clusters/cluster.ts';

interface PodVolumes {
  readonly volumes?: readonly { readonly persistentVolumeClaim?: { readonly claimName?: string } }[];
}

/** Whether a pending claim waits for a pod, and there is none. */
export async function waitsForConsumer(cluster: Cluster, claim: KubeObject): Promise<boolean> {
  const { name, namespace } = claim.metadata;
  // Parsed borders: the API has checked these objects.
  const spec = claim.spec as { storageClassName?: string } | undefined;
  if (namespace === undefined || !spec?.storageClassName) return false;
  const storageClass = await cluster.get({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    name: spec.storageClassName,
  });
  if (storageClass?.volumeBindingMode !== 'WaitForFirstConsumer') return false;
  const { items } = await cluster.list({ apiVersion: 'v1', kind: 'Pod', namespace });
  return !items.some((pod) =>
    (pod.spec as PodVolumes | undefined)?.volumes?.some((volume) => volume.persistentVolumeClaim?.claimName === name),
  );
}
