/**
 * LimitRanger (plugin/pkg/admission/limitranger, v1.34): defaults and bounds of a namespace's LimitRanges.
 */
import { forbidden } from '../../apimachinery/api-errors.ts';
import { isObject, type JsonObject } from '../../apimachinery/json.ts';
import {
  addQuantities,
  compareQuantities,
  parseQuantity,
  type Quantity,
  ZERO_QUANTITY,
} from '../../apimachinery/quantity.ts';
import { storagePrefix } from '../../apimachinery/resource.ts';
import type { Core } from '../core.ts';
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts';
import { podSpec } from './pods.ts';

type Amounts = Readonly<Record<string, string>>;

interface LimitItem {
  readonly type: string;
  readonly max?: Amounts;
  readonly min?: Amounts;
  readonly default?: Amounts;
  readonly defaultRequest?: Amounts;
}

function limitsOf(core: Core, { namespace }: AdmissionRequest): { name: string; items: readonly LimitItem[] }[] {
  return core.store.list(storagePrefix('', 'limitranges', namespace)).map(({ object }) => ({
    name: object.metadata.name ?? '',
    items: ((object.spec ?? {}) as { limits?: readonly LimitItem[] }).limits ?? [],
  }));
}

export const limitRanger: AdmissionPlugin = {
  name: 'LimitRanger',
  admit(request, draft, core) {
    const spec = request.operation === 'CREATE' ? podSpec(request, draft) : undefined;
    if (spec === undefined || draft === undefined) return;
    for (const { items } of limitsOf(core, request)) {
      for (const item of items.filter(({ type }) => type === 'Container')) setDefaults(draft.metadata, spec, item);
    }
  },
  validate(request, object, core) {
    if (
      request.operation !== 'CREATE' ||
      request.resource.kind !== 'Pod' ||
      request.resource.group !== '' ||
      object === undefined
    )
      return;
    const spec = (object.spec ?? {}) as JsonObject;
    const problems = limitsOf(core, request).flatMap(({ items }) => items.flatMap((item) => boundsOf(spec, item)));
    if (problems.length === 0) return;
    const text = problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`;
    throw forbidden({ group: '', resource: 'pods' }, request.name, text ?? '');
  },
};

function containersOf(spec: JsonObject): Record<string, unknown>[] {
  return [spec.containers, spec.initContainers].flatMap((list) =>
    Array.isArray(list) ? (list as Record<string, unknown>[]) : [],
  );
}

function setDefaults(
  metadata: { annotations?: Readonly<Record<string, string>> },
  spec: JsonObject,
  item: LimitItem,
): void {
  const set: string[] = [];
  const init = Array.isArray(spec.initContainers) ? spec.initContainers : [];
  for (const container of containersOf(spec)) {
    const kind = init.includes(container) ? 'init container' : 'container';
    const resources = { ...(isObject(container.resources) ? container.resources : {}) } as Record<
      string,
      Record<string, string>
    >;
    for (const [field, defaults] of [
      ['requests', item.defaultRequest],
      ['limits', item.default],
    ] as const) {
      const missing = Object.entries(defaults ?? {}).filter(([key]) => resources[field]?.[key] === undefined);
      if (missing.length === 0) continue;
      resources[field] = { ...resources[field], ...Object.fromEntries(missing) };
      set.push(
        `${missing
          .map(([key]) => key)
          .sort()
          .join(', ')} ${field === 'requests' ? 'request' : 'limit'} for ${kind} ${String(container.name)}`,
      );
    }
    container.resources = resources;
  }
  if (set.length > 0)
    metadata.annotations = {
      ...metadata.annotations,
      'kubernetes.io/limit-ranger': `LimitRanger plugin set: ${set.join('; ')}`,
    };
}

function boundsOf(spec: JsonObject, item: LimitItem): string[] {
  if (item.type === 'Container') {
    return containersOf(spec).flatMap((container) => {
      const resources = isObject(container.resources) ? container.resources : {};
      return compare('Container', item, (resources.requests ?? {}) as Amounts, (resources.limits ?? {}) as Amounts);
    });
  }
  if (item.type !== 'Pod') return [];
  const sum = (field: 'requests' | 'limits'): Amounts => {
    const totals = new Map<string, Quantity>();
    for (const container of Array.isArray(spec.containers) ? spec.containers.filter(isObject) : []) {
      const amounts = (isObject(container.resources) ? (container.resources[field] ?? {}) : {}) as Amounts;
      for (const [key, value] of Object.entries(amounts))
        totals.set(key, addQuantities(totals.get(key) ?? ZERO_QUANTITY, parseQuantity(value)));
    }
    return Object.fromEntries([...totals].map(([key, { nano }]) => [key, `${nano}n`]));
  };
  return compare('Pod', item, sum('requests'), sum('limits'));
}

function compare(type: string, item: LimitItem, requests: Amounts, limits: Amounts): string[] {
  const problems: string[] = [];
  for (const [key, min] of Object.entries(item.min ?? {})) {
    const request = requests[key];
    if (request === undefined) problems.push(`minimum ${key} usage per ${type} is ${min}.  No request is specified`);
    else if (compareQuantities(parseQuantity(request), parseQuantity(min)) < 0)
      problems.push(`minimum ${key} usage per ${type} is ${min}, but request is ${request}`);
  }
  for (const [key, max] of Object.entries(item.max ?? {})) {
    const limit = limits[key];
    if (limit === undefined) problems.push(`maximum ${key} usage per ${type} is ${max}.  No limit is specified`);
    else if (compareQuantities(parseQuantity(limit), parseQuantity(max)) > 0)
      problems.push(`maximum ${key} usage per ${type} is ${max}, but limit is ${limit}`);
  }
  return problems;
}
