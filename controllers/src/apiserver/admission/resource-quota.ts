/**
 * ResourceQuota (plugin/pkg/admission/resourcequota, v1.34), last of all: what a namespace may use. Usage is counted from
 * the store, so that it is exact at every moment.
 */
import { forbidden } from '../../apimachinery/api-errors.ts';
import type { JsonObject } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  type Quantity,
  subtractQuantities,
  ZERO_QUANTITY,
} from '../../apimachinery/quantity.ts';
import { formatGroupResource, storagePrefix } from '../../apimachinery/resource.ts';
import type { Core } from '../core.ts';
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts';
import { isInScope, type QuotaScopes } from './quota/scopes.ts';
import { missingAmounts, type Usage, usageOf } from './quota/usage.ts';

type Spec = QuotaScopes & { readonly hard?: Readonly<Record<string, string>> };

/** Besides what is new, what may take more than before. */
const GROWING = new Map([
  ['pods', 'resize'],
  ['services', ''],
  ['persistentvolumeclaims', ''],
]);

export const resourceQuota: AdmissionPlugin = {
  name: 'ResourceQuota',
  validate(request, object, core) {
    const { resource, namespace } = request;
    if (object === undefined || namespace === '') return;
    const groupResource = formatGroupResource(resource.group, resource.resource);
    if (!isCounted(request, groupResource)) return;
    for (const { object: quota } of core.store.list(storagePrefix('', 'resourcequotas', namespace))) {
      const problem = quotaProblem(quota, groupResource, object, request, core);
      if (problem !== undefined)
        throw forbidden({ group: resource.group, resource: resource.resource }, request.name, problem);
    }
  },
};

function isCounted({ operation, subresource }: AdmissionRequest, groupResource: string): boolean {
  if (operation === 'CREATE') return subresource === '';
  return operation === 'UPDATE' && GROWING.get(groupResource) === subresource;
}

function quotaProblem(
  quota: KubeObject,
  groupResource: string,
  object: KubeObject,
  request: AdmissionRequest,
  core: Core,
): string | undefined {
  const spec = (quota.spec ?? {}) as Spec;
  const hard = spec.hard ?? {};
  const wanted = usageOf(groupResource, object);
  const isPod = groupResource === 'pods';
  const names = Object.keys(hard).sort();
  const relevant = names.filter((name) => wanted.has(name) || (isPod && isOfPods(name)));
  if (relevant.length === 0 || !isInScope(spec, groupResource, object)) return undefined;
  const missing = isPod ? missingAmounts(names, (object.spec ?? {}) as JsonObject) : undefined;
  if (missing !== undefined) return `failed quota: ${quota.metadata.name}: ${missing}`;
  const before = request.old === undefined ? undefined : usageOf(groupResource, request.old);
  const growth = (name: string): Quantity =>
    subtractQuantities(wanted.get(name) ?? ZERO_QUANTITY, before?.get(name) ?? ZERO_QUANTITY);
  const growing = relevant.filter((name) => growth(name).nano > 0n);
  if (growing.length === 0) return undefined;
  const used = totalUsage(core, groupResource, request.namespace, spec);
  const amount = (name: string): Quantity => used.get(name) ?? ZERO_QUANTITY;
  const exceeded = growing.filter(
    (name) => compareQuantities(addQuantities(amount(name), growth(name)), parseQuantity(hard[name] ?? '0')) > 0,
  );
  if (exceeded.length === 0) return undefined;
  const show = (value: (name: string) => Quantity): string =>
    exceeded.map((name) => `${name}=${formatQuantity(value(name))}`).join(',');
  const limit = (name: string): Quantity => parseQuantity(hard[name] ?? '0');
  return `exceeded quota: ${quota.metadata.name}, requested: ${show(growth)}, used: ${show(amount)}, limited: ${show(limit)}`;
}

/** An amount that pods have, whether this one does or not. */
function isOfPods(name: string): boolean {
  return name === 'pods' || /^((requests|limits)\.)?(cpu|memory|ephemeral-storage)$/.test(name);
}

function totalUsage(core: Core, groupResource: string, namespace: string, scopes: QuotaScopes): Usage {
  const dot = groupResource.indexOf('.');
  const [resource, group] = dot < 0 ? [groupResource, ''] : [groupResource.slice(0, dot), groupResource.slice(dot + 1)];
  const out = new Map<string, Quantity>();
  for (const { object } of core.store.list(storagePrefix(group, resource, namespace))) {
    if (!isInScope(scopes, groupResource, object)) continue;
    for (const [key, value] of usageOf(groupResource, object))
      out.set(key, addQuantities(out.get(key) ?? ZERO_QUANTITY, value));
  }
  return out;
}
