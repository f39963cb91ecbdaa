/**
 * What an object takes of a quota, under each name that a quota can have for it (pkg/quota/v1/evaluator/core, v1.34).
 */
import { getPath, isObject, type JsonObject } from '../../../apimachinery/json.ts';
import type { KubeObject } from '../../../apimachinery/object.ts';
import { addQuantities, parseQuantity, type Quantity, ZERO_QUANTITY } from '../../../apimachinery/quantity.ts';
import { isHuge, isNative, podTotals } from '../../validation/resources.ts';

export type Usage = ReadonlyMap<string, Quantity>;

const ONE = parseQuantity('1');
/** Resources that are counted under their plain name, too. */
const PLAIN = new Set([
  'configmaps',
  'persistentvolumeclaims',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'services',
]);

/** `groupResource` is `pods` or `deployments.apps`. */
export function usageOf(groupResource: string, object: KubeObject): Usage {
  const usage = new Map<string, Quantity>([[`count/${groupResource}`, ONE]]);
  if (PLAIN.has(groupResource)) usage.set(groupResource, ONE);
  const spec = (object.spec ?? {}) as JsonObject;
  if (groupResource === 'services') serviceUsage(spec, usage);
  else if (groupResource === 'persistentvolumeclaims') claimUsage(object, usage);
  else if (groupResource === 'pods' && !isFinished(object)) podUsage(spec, usage);
  return usage;
}

function serviceUsage(spec: JsonObject, usage: Map<string, Quantity>): void {
  const ports = Array.isArray(spec.ports) ? spec.ports.filter(isObject) : [];
  const isBalancer = spec.type === 'LoadBalancer';
  if (isBalancer) usage.set('services.loadbalancers', ONE);
  if (spec.type !== 'NodePort' && !isBalancer) return;
  const taken =
    isBalancer && spec.allocateLoadBalancerNodePorts === false
      ? ports.filter(({ nodePort }) => nodePort !== undefined && nodePort !== 0)
      : ports;
  usage.set('services.nodeports', parseQuantity(taken.length));
}

const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class';

function claimUsage(object: KubeObject, usage: Map<string, Quantity>): void {
  const spec = object.spec as JsonObject | undefined;
  const name = object.metadata.annotations?.[BETA_CLASS] ?? spec?.storageClassName;
  const storage = getPath(spec, ['resources', 'requests', 'storage']);
  const suffix = typeof name === 'string' && name !== '' ? `${name}.storageclass.storage.k8s.io/` : undefined;
  if (suffix !== undefined) usage.set(`${suffix}persistentvolumeclaims`, ONE);
  if (typeof storage !== 'string') return;
  const size = parseQuantity(storage);
  usage.set('requests.storage', size);
  if (suffix !== undefined) usage.set(`${suffix}requests.storage`, size);
}

/** A pod that has ended takes only its place among the objects. */
export function isFinished(object: KubeObject): boolean {
  const phase = getPath(object, ['status', 'phase']);
  return phase === 'Succeeded' || phase === 'Failed';
}

function podUsage(spec: JsonObject, usage: Map<string, Quantity>): void {
  usage.set('pods', ONE);
  const whole = isObject(spec.resources) ? (spec.resources as Record<string, unknown>) : {};
  const overhead = (isObject(spec.overhead) ? spec.overhead : {}) as Readonly<Record<string, string>>;
  for (const field of ['requests', 'limits'] as const) {
    const own = (isObject(whole[field]) ? whole[field] : {}) as Readonly<Record<string, string>>;
    for (const [name, text] of Object.entries({ ...podTotals(spec, field), ...own })) {
      const extra = overhead[name];
      const amount = addQuantities(parseQuantity(text), extra === undefined ? ZERO_QUANTITY : parseQuantity(extra));
      for (const key of namesOf(name, field)) usage.set(key, amount);
    }
  }
}

/** The names under which a quota may limit a resource of pods. */
function namesOf(name: string, field: 'requests' | 'limits'): readonly string[] {
  if (['cpu', 'memory', 'ephemeral-storage'].includes(name))
    return field === 'requests' ? [name, `requests.${name}`] : [`limits.${name}`];
  if (field === 'limits') return [];
  if (isHuge(name)) return [name, `requests.${name}`];
  return isNative(name) ? [] : [`requests.${name}`];
}

const REQUIRED = new Set(['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory']);

/** What a container must say where a quota limits it; undefined where all do. */
export function missingAmounts(hard: readonly string[], spec: JsonObject): string | undefined {
  const required = hard.filter((name) => REQUIRED.has(name)).sort();
  if (isObject(spec.resources)) return undefined;
  const missing = new Map<string, Set<string>>();
  for (const list of [spec.containers, spec.initContainers]) {
    for (const container of Array.isArray(list) ? list.filter(isObject) : []) {
      const given = new Set<string>();
      for (const field of ['requests', 'limits'] as const) {
        const amounts = getPath(container, ['resources', field]);
        for (const name of Object.keys(isObject(amounts) ? amounts : {}))
          for (const key of namesOf(name, field)) given.add(key);
      }
      for (const name of required.filter((each) => !given.has(each)))
        missing.set(name, (missing.get(name) ?? new Set()).add(String(container.name)));
    }
  }
  if (missing.size === 0) return undefined;
  const parts = [...missing]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, containers]) => `${name} for: ${[...containers].sort().join(',')}`);
  return `must specify ${parts.join('; ')}`;
}
