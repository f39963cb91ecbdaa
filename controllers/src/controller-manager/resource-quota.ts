/** The status of ResourceQuotas (pkg/controller/resourcequota v1.34): what is allowed and what is used of it. */
import { deepEqual } from '../apimachinery/json.ts';
import type { Pod, ResourceQuota } from '../apimachinery/kinds.ts';
import { isPodTerminal } from '../apimachinery/pod.ts';
import { addQuantities, formatQuantity, type Quantity, ZERO_QUANTITY } from '../apimachinery/quantity.ts';
import { resourceOfKey } from '../apimachinery/resource.ts';
import { isInScope, usageOf } from '../apiserver/admission/resource-quota.ts';
import type { Client } from '../apiserver/client.ts';
import type { Controller } from './controller.ts';
import { keyOf, watchSelf } from './watching.ts';

const COUNTED = new Set([
  'pods',
  'services',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'replicationcontrollers',
  'resourcequotas',
]);
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
          // Only pods change what they use while they are there: when they end.
          if (type === 'MODIFIED' && !(name === 'pods' && endsNow(object as Pod, previous as Pod | undefined)))
            return [];
          return client.list('resourcequotas', { namespace }).map(keyOf);
        },
      },
    ],
    reconcile(key, { client }) {
      const quota = client.find<ResourceQuota>('resourcequotas', key);
      if (quota === undefined) return undefined;
      const hard = quota.spec.hard ?? {};
      const used = Object.fromEntries(
        Object.keys(hard).map((name) => [name, formatQuantity(usedOf(name, quota, client))]),
      );
      const status = { hard, used };
      if (!deepEqual(status, quota.status)) client.updateStatus('resourcequotas', { ...quota, status });
      return undefined;
    },
  };
}

function endsNow(pod: Pod, previous: Pod | undefined): boolean {
  return isPodTerminal(pod) && (previous === undefined || !isPodTerminal(previous));
}

/** The resource that a name of a quota counts. */
function resourceOf(name: string): string {
  if (name.startsWith('count/')) return name.slice('count/'.length);
  if (name.startsWith('services.')) return 'services';
  if (name === 'requests.storage' || name.includes('.storageclass.storage.k8s.io/')) return 'persistentvolumeclaims';
  return COUNTED.has(name) ? name : 'pods';
}

function usedOf(name: string, quota: ResourceQuota, client: Client): Quantity {
  const resource = resourceOf(name);
  const counted = ['cpu', 'memory', 'ephemeral-storage'].includes(name) ? `requests.${name}` : name;
  let sum = ZERO_QUANTITY;
  for (const object of client.list(resource, { namespace: quota.metadata.namespace ?? '' })) {
    if (resource === 'pods' && isPodTerminal(object as Pod)) continue;
    if (!isInScope(quota.spec.scopes ?? [], resource, object)) continue;
    sum = addQuantities(sum, usageOf(resource, object).get(counted) ?? ZERO_QUANTITY);
  }
  return sum;
}
