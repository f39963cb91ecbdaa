/** The status of ResourceQuotas (pkg/controller/resourcequota v1.34): what is allowed and what is used of it. */
import { deepEqual } from '../apimachinery/json.ts';
import type { Pod, ResourceQuota } from '../apimachinery/kinds.ts';
import type { KubeObject } from '../apimachinery/object.ts';
import { isPodTerminal } from '../apimachinery/pod.ts';
import { addQuantities, formatQuantity, type Quantity, ZERO_QUANTITY } from '../apimachinery/quantity.ts';
import { resourceOfKey } from '../apimachinery/resource.ts';
import { isInScope, type QuotaScopes } from '../apiserver/admission/quota/scopes.ts';
import { usageOf } from '../apiserver/admission/quota/usage.ts';
import type { Client } from '../apiserver/client.ts';
import type { Controller } from './controller.ts';
import { keyOf, watchSelf } from './watching.ts';

const UNWATCHED = new Set(['events', 'endpoints', 'endpointslices.discovery.k8s.io', 'leases.coordination.k8s.io']);

export function createResourceQuotaController(): Controller {
  return {
    name: 'resourcequota-controller',
    watches: [
      watchSelf('resourcequotas'),
      {
        resource: '*',
        keys({ key, type, object, previous }, client) {
          const name = resourceOfKey(key);
          const { namespace = '' } = object.metadata;
          if (namespace === '' || UNWATCHED.has(name)) return [];
          // Few change what they use while they are there: pods when they end or grow, Services and claims.
          if (type === 'MODIFIED' && !usesOther(name, object, previous)) return [];
          return client.list('resourcequotas', { namespace }).map(keyOf);
        },
      },
    ],
    reconcile(key, { client }) {
      const quota = client.find<ResourceQuota>('resourcequotas', key);
      if (quota === undefined) return undefined;
      const hard = quota.spec.hard ?? {};
      const used = Object.fromEntries([...usedOf(quota, client)].map(([name, sum]) => [name, formatQuantity(sum)]));
      const status = { hard, used };
      if (!deepEqual(status, quota.status)) client.updateStatus('resourcequotas', { ...quota, status });
      return undefined;
    },
  };
}

function usesOther(resource: string, object: KubeObject, previous: KubeObject | undefined): boolean {
  if (resource === 'pods' && endsNow(object as Pod, previous as Pod | undefined)) return true;
  const grows = resource === 'pods' || resource === 'services' || resource === 'persistentvolumeclaims';
  return grows && !deepEqual(object.spec, previous?.spec);
}

function endsNow(pod: Pod, previous: Pod | undefined): boolean {
  return isPodTerminal(pod) && (previous === undefined || !isPodTerminal(previous));
}

const PLAIN = new Set(['services', 'secrets', 'configmaps', 'replicationcontrollers', 'resourcequotas']);

/** The resource that a name of a quota counts. */
function resourceOf(name: string): string {
  if (name.startsWith('count/')) return name.slice('count/'.length);
  if (name.startsWith('services.')) return 'services';
  if (name === 'requests.storage' || name.endsWith('persistentvolumeclaims')) return 'persistentvolumeclaims';
  if (name.includes('.storageclass.storage.k8s.io/')) return 'persistentvolumeclaims';
  return PLAIN.has(name) ? name : 'pods';
}

/** What is used under each name of a quota; every resource is looked at once. */
function usedOf(quota: ResourceQuota, client: Client): ReadonlyMap<string, Quantity> {
  const names = Object.keys(quota.spec.hard ?? {});
  const used = new Map<string, Quantity>(names.map((name) => [name, ZERO_QUANTITY]));
  for (const resource of new Set(names.map(resourceOf))) {
    for (const object of client.list(resource, { namespace: quota.metadata.namespace ?? '' })) {
      if (!isInScope(quota.spec as QuotaScopes, resource, object)) continue;
      for (const [name, amount] of usageOf(resource, object)) {
        const sum = used.get(name);
        if (sum !== undefined && resourceOf(name) === resource) used.set(name, addQuantities(sum, amount));
      }
    }
  }
  return used;
}
