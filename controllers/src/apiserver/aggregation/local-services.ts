/**
 * The APIServices that an API server makes itself, one for each group and version that it serves (kube-aggregator's
 * autoregister and pkg/controlplane/apiserver/aggregator.go, v1.34).
 */
import type { KubeObject } from '../../apimachinery/object.ts';
import { storageKey, storagePrefix } from '../../apimachinery/resource.ts';
import { formatTime } from '../../apimachinery/time.ts';
import type { Client } from '../client.ts';
import { type Core, newUid } from '../core.ts';
import type { ManagedFieldsEntry } from '../managed-fields.ts';
import { localStatus } from '../resources/apiregistration/api-service.ts';

export const API_SERVICES = 'apiservices.apiregistration.k8s.io';
const GROUP = 'apiregistration.k8s.io';
const RESOURCE = 'apiservices';
export const API_SERVICES_PREFIX = storagePrefix(GROUP, RESOURCE);
const AUTOMANAGED = 'kube-aggregator.kubernetes.io/automanaged';

/** Group and version: how early the group comes, and the version in it. */
const PRIORITIES = new Map<string, readonly [group: number, version: number]>([
  ['/v1', [18000, 1]],
  ['apps/v1', [17800, 15]],
  ['events.k8s.io/v1', [17750, 15]],
  ['authentication.k8s.io/v1', [17700, 15]],
  ['authorization.k8s.io/v1', [17600, 15]],
  ['autoscaling/v1', [17500, 15]],
  ['autoscaling/v2', [17500, 30]],
  ['batch/v1', [17400, 15]],
  ['certificates.k8s.io/v1', [17300, 15]],
  ['networking.k8s.io/v1', [17200, 15]],
  ['networking.k8s.io/v1beta1', [17200, 9]],
  ['policy/v1', [17100, 15]],
  ['rbac.authorization.k8s.io/v1', [17000, 15]],
  ['storage.k8s.io/v1', [16800, 15]],
  ['storage.k8s.io/v1beta1', [16800, 9]],
  ['storage.k8s.io/v1alpha1', [16800, 1]],
  ['apiextensions.k8s.io/v1', [16700, 15]],
  ['admissionregistration.k8s.io/v1', [16700, 15]],
  ['admissionregistration.k8s.io/v1beta1', [16700, 12]],
  ['admissionregistration.k8s.io/v1alpha1', [16700, 9]],
  ['scheduling.k8s.io/v1', [16600, 15]],
  ['coordination.k8s.io/v1', [16500, 15]],
  ['coordination.k8s.io/v1beta1', [16500, 13]],
  ['coordination.k8s.io/v1alpha2', [16500, 12]],
  ['node.k8s.io/v1', [16300, 15]],
  ['discovery.k8s.io/v1', [16200, 15]],
  ['resource.k8s.io/v1', [16200, 21]],
  ['resource.k8s.io/v1beta2', [16200, 15]],
  ['resource.k8s.io/v1beta1', [16200, 9]],
  ['resource.k8s.io/v1alpha3', [16200, 1]],
  ['flowcontrol.apiserver.k8s.io/v1', [16100, 21]],
  ['internal.apiserver.k8s.io/v1alpha1', [16000, 9]],
]);
/** Of custom resources. */
const CUSTOM: readonly [number, number] = [1000, 100];

/** Clusters of one process share all of the objects but their identity. */
const shared = new Map<string, KubeObject>();

/** Makes those that are missing, and takes away those of definitions that are gone. */
export function syncLocalServices(core: Core, client: Client): void {
  const wanted = new Set<string>();
  for (const { group, versions } of core.resources.groups()) {
    // Its own group is served without; metrics.k8s.io is registered by whoever installs metrics-server.
    if (group === GROUP || group === 'metrics.k8s.io') continue;
    for (const version of versions) {
      const name = `${version}.${group}`;
      wanted.add(name);
      const key = storageKey(GROUP, RESOURCE, '', name);
      if (core.store.get(key) === undefined) make(core, client, { key, name, group, version });
    }
  }
  for (const { object } of core.store.list(API_SERVICES_PREFIX)) {
    const { name = '', labels } = object.metadata;
    if (labels?.[AUTOMANAGED] === 'true' && !wanted.has(name)) client.delete(API_SERVICES, { name });
  }
}

interface Registration {
  readonly key: string;
  readonly name: string;
  readonly group: string;
  readonly version: string;
}

function make(core: Core, client: Client, { key, name, group, version }: Registration): void {
  const known = shared.get(key);
  const time = formatTime(core.now());
  if (known === undefined) {
    const [groupPriorityMinimum, versionPriority] = PRIORITIES.get(`${group}/${version}`) ?? CUSTOM;
    const isBuiltIn = groupPriorityMinimum !== CUSTOM[0];
    client.create(API_SERVICES, {
      apiVersion: `${GROUP}/v1`,
      kind: 'APIService',
      metadata: { name, labels: { [AUTOMANAGED]: isBuiltIn ? 'onstart' : 'true' } },
      spec: { ...(group === '' ? {} : { group }), version, groupPriorityMinimum, versionPriority },
    });
    const stored = core.store.get(key);
    if (stored !== undefined && isBuiltIn) shared.set(key, stored.object);
    return;
  }
  const entries = (known.metadata.managedFields ?? []) as readonly ManagedFieldsEntry[]; // written by this server
  const metadata = {
    ...known.metadata,
    uid: newUid(core.random),
    creationTimestamp: time,
    managedFields: entries.map((entry) => ({ ...entry, time })),
  };
  core.store.put(key, { ...known, metadata, status: localStatus(time) }, 'absent');
}
