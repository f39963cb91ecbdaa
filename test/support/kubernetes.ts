/**
 * What a cluster holds, read through its Kubernetes API as any client would.
 */
import { request } from './server.ts';

export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly deletionTimestamp?: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string }[];
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason?: string }[];
  };
}

interface ResourceList {
  readonly resources: readonly { readonly name: string; readonly kind: string; readonly verbs: readonly string[] }[];
}

/** All objects of a cluster, each as `kind.group namespace/name`, but for those that the cluster itself makes. */
export async function listEverything(api: string): Promise<Map<string, KubeObject>> {
  const { groups } = await request<{ groups: { preferredVersion: { groupVersion: string } }[] }>(`${api}/apis`);
  const paths = ['api/v1', ...groups.map((group) => `apis/${group.preferredVersion.groupVersion}`)];
  const found = new Map<string, KubeObject>();
  for (const path of paths) {
    const { resources } = await request<ResourceList>(`${api}/${path}`);
    for (const { name, kind } of resources.filter((r) => r.verbs.includes('list') && !r.name.includes('/'))) {
      if (MADE_BY_THE_CLUSTER.has(kind)) continue;
      const { items } = await request<{ items: KubeObject[] }>(`${api}/${path}/${name}`);
      for (const item of items) {
        const { namespace = '', name: objectName } = item.metadata;
        if (kind === 'ConfigMap' && objectName === 'kube-root-ca.crt') continue;
        if (kind === 'ServiceAccount' && objectName === 'default') continue;
        // One for each group of CustomResourceDefinitions, which Helm keeps.
        if (item.metadata.labels?.['kube-aggregator.kubernetes.io/automanaged'] !== undefined) continue;
        const group = path === 'api/v1' ? '' : `.${path.split('/')[1]}`;
        found.set(`${kind}${group} ${namespace}/${objectName}`, item);
      }
    }
  }
  return found;
}

/** Records of what happened, and what mirrors other objects. */
const MADE_BY_THE_CLUSTER = new Set(['Event', 'Lease', 'ComponentStatus', 'PersistentVolume', 'IPAddress', 'CSINode']);

export async function listPods(api: string, namespace: string): Promise<readonly KubeObject[]> {
  return (await request<{ items: KubeObject[] }>(`${api}/api/v1/namespaces/${namespace}/pods`)).items;
}

/** Pods that should be Ready and are not: those of finished Jobs, and those that are being deleted, need not be. */
export function unreadyPods(pods: readonly KubeObject[]): readonly string[] {
  return pods
    .filter((pod) => pod.status?.phase !== 'Succeeded' && pod.metadata.deletionTimestamp === undefined)
    .filter((pod) => !pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'))
    .map((pod) => `${pod.metadata.name} (${pod.status?.phase ?? 'no phase'})`);
}
