/**
 * LimitRanger (plugin/pkg/admission/limitranger, v1.34): defaults and bounds of a namespace's LimitRanges.
 */
import { forbidden } from '../../apimachinery/api-errors.ts';
import { getPath, isObject, type JsonObject } from '../../apimachinery/json.ts';
import {
  canonicalQuantity,
  compareQuantities,
  milliValue,
  parseQuantity,
  ZERO_QUANTITY,
} from '../../apimachinery/quantity.ts';
import { storagePrefix } from '../../apimachinery/resource.ts';
import type { Core } from '../core.ts';
import type { Draft } from '../resources/resource.ts';
import { podTotals } from '../validation/resources.ts';
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts';
import { newPodSpec } from './pods.ts';

type Amounts = Readonly<Record<string, string>>;

interface Given {
  readonly requests: Amounts;
  readonly limits: Amounts;
}

interface LimitItem {
  readonly type: string;
  readonly max?: Amounts;
  readonly min?: Amounts;
  readonly default?: Amounts;
  readonly defaultRequest?: Amounts;
  readonly maxLimitRequestRatio?: Amounts;
}

const ANNOTATION = 'kubernetes.io/limit-ranger';

export const limitRanger: AdmissionPlugin = {
  name: 'LimitRanger',
  admit(request, draft, core) {
    const spec = newPodSpec(request, draft);
    if (spec === undefined || draft === undefined) return;
    for (const items of limitsOf(core, request)) setDefaults(draft.metadata, spec, items);
  },
  validate(request, object, core) {
    if (object === undefined || !isLimited(request) || request.old?.metadata.deletionTimestamp !== undefined) return;
    const spec = (object.spec ?? {}) as JsonObject;
    const check = request.resource.kind === 'Pod' ? podProblems : claimProblems;
    for (const items of limitsOf(core, request)) {
      const problems = [...new Set(items.flatMap((item) => check(spec, item)))];
      if (problems.length === 0) continue;
      const text = problems.length === 1 ? (problems[0] ?? '') : `[${problems.join(', ')}]`;
      throw forbidden({ group: '', resource: request.resource.resource }, request.name, text);
    }
  },
};

/** New pods and pods that are resized; claims whenever they are written. */
function isLimited({ operation, resource, subresource }: AdmissionRequest): boolean {
  if (resource.group !== '' || operation === 'DELETE') return false;
  if (resource.kind === 'Pod') return operation === 'CREATE' ? subresource === '' : subresource === 'resize';
  return resource.kind === 'PersistentVolumeClaim' && subresource === '';
}

function limitsOf(core: Core, { namespace }: AdmissionRequest): readonly (readonly LimitItem[])[] {
  return core.store
    .list(storagePrefix('', 'limitranges', namespace))
    .map(({ object }) => ((object.spec ?? {}) as { limits?: readonly LimitItem[] }).limits ?? []);
}

function listOf(spec: JsonObject, field: string): Record<string, unknown>[] {
  const list = spec[field];
  return Array.isArray(list) ? (list as Record<string, unknown>[]) : [];
}

function setDefaults(metadata: Draft['metadata'], spec: JsonObject, items: readonly LimitItem[]): void {
  const ofContainers = items.filter(({ type }) => type === 'Container');
  const requests = Object.assign({}, ...ofContainers.map(({ defaultRequest }) => defaultRequest)) as Amounts;
  const limits = Object.assign({}, ...ofContainers.map((item) => item.default)) as Amounts;
  const set = [
    ...listOf(spec, 'containers').flatMap((container) => fillIn(container, 'container', requests, limits)),
    ...listOf(spec, 'initContainers').flatMap((container) => fillIn(container, 'init container', requests, limits)),
  ];
  if (set.length === 0) return;
  metadata.annotations = { ...metadata.annotations, [ANNOTATION]: `LimitRanger plugin set: ${set.join('; ')}` };
}

function fillIn(container: Record<string, unknown>, kind: string, requests: Amounts, limits: Amounts): string[] {
  const resources = { ...(isObject(container.resources) ? container.resources : {}) };
  const set: string[] = [];
  for (const [field, word, defaults] of [
    ['requests', 'request', requests],
    ['limits', 'limit', limits],
  ] as const) {
    const given = (resources[field] ?? {}) as Amounts;
    const missing = Object.keys(defaults).filter((name) => given[name] === undefined);
    if (missing.length === 0) continue;
    resources[field] = { ...given, ...Object.fromEntries(missing.map((name) => [name, defaults[name] ?? '0'])) };
    set.push(`${missing.sort().join(', ')} ${word} for ${kind} ${String(container.name)}`);
  }
  if (set.length > 0) container.resources = resources;
  return set;
}

function podProblems(spec: JsonObject, item: LimitItem): string[] {
  if (item.type === 'Pod') {
    const total = (field: keyof Given): Amounts => ({ ...podTotals(spec, field), ...amountsOf(spec, field) });
    return problemsOf(item, { requests: total('requests'), limits: total('limits') });
  }
  if (item.type !== 'Container') return [];
  return [...listOf(spec, 'containers'), ...listOf(spec, 'initContainers')].flatMap((container) =>
    problemsOf(item, { requests: amountsOf(container, 'requests'), limits: amountsOf(container, 'limits') }),
  );
}

function claimProblems(spec: JsonObject, item: LimitItem): string[] {
  if (item.type !== 'PersistentVolumeClaim') return [];
  const requests = amountsOf(spec, 'requests');
  return [
    ...eachOf(item.min, (name, least) => minimumProblem(item.type, name, least, { requests, limits: {} })),
    ...eachOf(item.max, (name, most) => {
      const start = `maximum ${name} usage per ${item.type} is ${canonicalQuantity(most)}`;
      const request = requests[name];
      if (request === undefined) return `${start}.  No request is specified`;
      return compare(request, most) > 0 ? `${start}, but request is ${canonicalQuantity(request)}` : undefined;
    }),
  ];
}

function problemsOf(item: LimitItem, given: Given): string[] {
  return [
    ...eachOf(item.min, (name, least) => minimumProblem(item.type, name, least, given)),
    ...eachOf(item.max, (name, most) => maximumProblem(item.type, name, most, given)),
    ...eachOf(item.maxLimitRequestRatio, (name, most) => ratioProblem(item.type, name, most, given)),
  ];
}

function minimumProblem(type: string, name: string, least: string, given: Given): string | undefined {
  const start = `minimum ${name} usage per ${type} is ${canonicalQuantity(least)}`;
  const request = given.requests[name];
  const limit = given.limits[name];
  if (request === undefined) return `${start}.  No request is specified`;
  if (compare(request, least) < 0) return `${start}, but request is ${canonicalQuantity(request)}`;
  if (limit === undefined || compare(limit, least) >= 0) return undefined;
  return `${start}, but limit is ${canonicalQuantity(limit)}`;
}

function maximumProblem(type: string, name: string, most: string, given: Given): string | undefined {
  const start = `maximum ${name} usage per ${type} is ${canonicalQuantity(most)}`;
  const request = given.requests[name];
  const limit = given.limits[name];
  if (limit === undefined) return `${start}.  No limit is specified`;
  if (compare(limit, most) > 0) return `${start}, but limit is ${canonicalQuantity(limit)}`;
  if (request === undefined || compare(request, most) <= 0) return undefined;
  return `${start}, but request is ${canonicalQuantity(request)}`;
}

function ratioProblem(type: string, name: string, most: string, given: Given): string | undefined {
  const start = `${name} max limit to request ratio per ${type} is ${canonicalQuantity(most)}`;
  const [request, limit] = [given.requests[name], given.limits[name]].map((amount) =>
    milliValue(amount === undefined ? ZERO_QUANTITY : parseQuantity(amount)),
  ) as [number, number];
  if (request === 0) return `${start}, but no request is specified or request is 0`;
  if (limit === 0) return `${start}, but no limit is specified or limit is 0`;
  const ratio = limit / request;
  if (ratio * 1000 <= milliValue(parseQuantity(most))) return undefined;
  return `${start}, but provided ratio is ${ratio.toFixed(6)}`;
}

function compare(a: string, b: string): number {
  return compareQuantities(parseQuantity(a), parseQuantity(b));
}

function amountsOf(owner: JsonObject, field: keyof Given): Amounts {
  const amounts = getPath(owner, ['resources', field]);
  return isObject(amounts) ? (amounts as Amounts) : {};
}

function eachOf(
  bounds: Amounts | undefined,
  problem: (name: string, bound: string) => string | undefined,
): readonly string[] {
  return Object.entries(bounds ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, bound]) => problem(name, bound))
    .filter((text) => text !== undefined);
}
