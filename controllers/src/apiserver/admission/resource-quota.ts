/**
 * ResourceQuota (plugin/pkg/admission/resourcequota, v1.34), last of all: what a namespace may use. Usage is counted from
 * the store, so that it is exact at every moment.
 */
import { forbidden } from '../../apimachinery/api-errors.ts';
import { getPath, isObject, type JsonObject } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  type Quantity,
  ZERO_QUANTITY,
} from '../../apimachinery/quantity.ts';
import { formatGroupResource, storagePrefix } from '../../apimachinery/resource.ts';
import type { Core } from '../core.ts';
import { qosClass } from '../resources/core/qos.ts';
import type { AdmissionPlugin } from './admission.ts';

type Amounts = Readonly<Record<string, string>>;

export const resourceQuota: AdmissionPlugin = {
  name: 'ResourceQuota',
  validate(request, object, core) {
    const { resource, namespace, operation, subresource, name } = request;
    if (operation !== 'CREATE' || subresource !== '' || object === undefined || namespace === '') return;
    const quotas = core.store.list(storagePrefix('', 'resourcequotas', namespace));
    if (quotas.length === 0) return;
    const groupResource = formatGroupResource(resource.group, resource.resource);
    for (const { object: quota } of quotas) {
      const spec = (quota.spec ?? {}) as { hard?: Amounts; scopes?: readonly string[] };
      if (!isInScope(spec.scopes ?? [], groupResource, object)) continue;
      const hard = spec.hard ?? {};
      const wanted = usageOf(groupResource, object);
      const relevant = Object.keys(hard).filter((key) => wanted.has(normalized(key)));
      const missing =
        groupResource === 'pods'
          ? Object.keys(hard).filter((key) => isCompute(key) && !wanted.has(normalized(key)))
          : [];
      const subject = { group: resource.group, resource: resource.resource };
      if (missing.length > 0)
        throw forbidden(
          subject,
          name,
          `failed quota: ${quota.metadata.name}: must specify ${missing.sort().join(',')} for: ${containerNames(object)}`,
        );
      if (relevant.length === 0) continue;
      const used = totalUsage(core, groupResource, namespace, spec.scopes ?? []);
      const exceeded = relevant.filter((key) => {
        const sum = addQuantities(
          used.get(normalized(key)) ?? ZERO_QUANTITY,
          wanted.get(normalized(key)) ?? ZERO_QUANTITY,
        );
        return compareQuantities(sum, parseQuantity(hard[key] ?? '0')) > 0;
      });
      if (exceeded.length === 0) continue;
      const show = (amount: (key: string) => Quantity): string =>
        exceeded
          .sort()
          .map((key) => `${key}=${formatQuantity(amount(key))}`)
          .join(',');
      throw forbidden(
        subject,
        name,
        `exceeded quota: ${quota.metadata.name}, requested: ${show((key) => wanted.get(normalized(key)) ?? ZERO_QUANTITY)}, used: ${show((key) => used.get(normalized(key)) ?? ZERO_QUANTITY)}, limited: ${show((key) => parseQuantity(hard[key] ?? '0'))}`,
      );
    }
  },
};

/** `cpu` and `requests.cpu` are the same; `pods` and `count/pods` are not quite, but count alike. */
function normalized(key: string): string {
  if (key === 'cpu' || key === 'memory' || key === 'ephemeral-storage') return `requests.${key}`;
  return key;
}

function isCompute(key: string): boolean {
  return /^(requests\.|limits\.)?(cpu|memory)$/.test(key);
}

/** What an object takes of each name a quota can have. */
export function usageOf(groupResource: string, object: KubeObject): ReadonlyMap<string, Quantity> {
  const out = new Map<string, Quantity>([[`count/${groupResource}`, parseQuantity('1')]]);
  const spec = (object.spec ?? {}) as JsonObject;
  if (
    [
      'services',
      'secrets',
      'configmaps',
      'persistentvolumeclaims',
      'replicationcontrollers',
      'resourcequotas',
      'pods',
    ].includes(groupResource)
  ) {
    out.set(groupResource, parseQuantity('1'));
  }
  if (groupResource === 'services') {
    if (spec.type === 'LoadBalancer') out.set('services.loadbalancers', parseQuantity('1'));
    const ports = Array.isArray(spec.ports) ? spec.ports.length : 0;
    if (spec.type === 'NodePort' || spec.type === 'LoadBalancer') out.set('services.nodeports', parseQuantity(ports));
  } else if (groupResource === 'persistentvolumeclaims') {
    const storage = getPath(spec, ['resources', 'requests', 'storage']);
    if (typeof storage === 'string') out.set('requests.storage', parseQuantity(storage));
  } else if (groupResource === 'pods') podUsage(spec, out);
  return out;
}

function podUsage(spec: JsonObject, out: Map<string, Quantity>): void {
  const list = (value: unknown): readonly JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);
  for (const field of ['requests', 'limits']) {
    const sums = new Map<string, Quantity>();
    for (const container of list(spec.containers)) {
      for (const [key, value] of Object.entries((getPath(container, ['resources', field]) ?? {}) as Amounts)) {
        sums.set(key, addQuantities(sums.get(key) ?? ZERO_QUANTITY, parseQuantity(value)));
      }
    }
    for (const container of list(spec.initContainers)) {
      for (const [key, value] of Object.entries((getPath(container, ['resources', field]) ?? {}) as Amounts)) {
        const amount = parseQuantity(value);
        if (compareQuantities(amount, sums.get(key) ?? ZERO_QUANTITY) > 0) sums.set(key, amount);
      }
    }
    for (const [key, value] of sums) out.set(`${field}.${key}`, value);
  }
}

function isFinished(object: KubeObject): boolean {
  const phase = getPath(object, ['status', 'phase']);
  return phase === 'Succeeded' || phase === 'Failed';
}

function totalUsage(
  core: Core,
  groupResource: string,
  namespace: string,
  scopes: readonly string[],
): ReadonlyMap<string, Quantity> {
  const dot = groupResource.indexOf('.');
  const [resource, group] = dot < 0 ? [groupResource, ''] : [groupResource.slice(0, dot), groupResource.slice(dot + 1)];
  const out = new Map<string, Quantity>();
  for (const { object } of core.store.list(storagePrefix(group, resource, namespace))) {
    if (groupResource === 'pods' && isFinished(object)) continue;
    if (!isInScope(scopes, groupResource, object)) continue;
    for (const [key, value] of usageOf(groupResource, object))
      out.set(key, addQuantities(out.get(key) ?? ZERO_QUANTITY, value));
  }
  return out;
}

export function isInScope(scopes: readonly string[], groupResource: string, object: KubeObject): boolean {
  if (scopes.length === 0) return true;
  if (groupResource !== 'pods') return false;
  const spec = (object.spec ?? {}) as JsonObject;
  const best = qosClass(spec) === 'BestEffort';
  const ends = typeof spec.activeDeadlineSeconds === 'number';
  return scopes.every((scope) => {
    if (scope === 'BestEffort') return best;
    if (scope === 'NotBestEffort') return !best;
    if (scope === 'Terminating') return ends;
    if (scope === 'NotTerminating') return !ends;
    return scope === 'PriorityClass' ? typeof spec.priorityClassName === 'string' : false;
  });
}

function containerNames(object: KubeObject): string {
  const list = getPath(object, ['spec', 'containers']);
  return Array.isArray(list)
    ? list
        .filter(isObject)
        .map(({ name }) => String(name))
        .join(',')
    : '';
}
