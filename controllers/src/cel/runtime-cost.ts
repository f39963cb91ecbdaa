/**
 * What an evaluation costs (cel-go's interpreter/runtimecost.go with the apiserver's pkg/cel/library/cost.go).
 */
import { FORMATS } from './functions/formats.ts';
import { codePoints } from './functions/standard.ts';
import { isList, isMap, isOpaque, Optional, type Value } from './values.ts';

export const LIST_COST = 10;
export const MAP_COST = 30;
export const STRUCT_COST = 40;
export const TRAVERSAL = 0.1;
export const REGEX_LENGTH = 0.25;
/** Lets an expression ask twice. */
export const AUTHORIZATION_COST = 350_000;

/** Counts what one evaluation costs; past its limit evaluation ends. */
export class CostTracker {
  readonly limit: number;
  cost = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  add(cost: number): void {
    this.cost += cost;
    if (this.cost > this.limit) throw new CostExceeded();
  }
}

export class CostExceeded {
  readonly message = 'operation cancelled: actual cost limit exceeded';
}

/** The size that costs are reckoned by: characters, elements; 1 for what has none. */
export function costSize(value: Value | undefined): number {
  if (typeof value === 'string') return codePoints(value);
  if (value === undefined || value === null || typeof value !== 'object') return 1;
  if (value instanceof Uint8Array) return value.length;
  if (isList(value)) return value.items.length;
  if (isMap(value)) return value.size;
  if (value instanceof Optional && value.value !== undefined) return costSize(value.value);
  return isOpaque(value) ? (value.size ?? 1) : 1;
}

const traverse = (size: number): number => Math.ceil(size * TRAVERSAL);
const regex = (text: number, pattern: number): number => traverse(1 + text) * Math.ceil(pattern * REGEX_LENGTH);

/** Roughly what it takes to look at all of a value. */
function traversal(value: Value): number {
  if (typeof value === 'string') return Math.trunc(Buffer.byteLength(value) * TRAVERSAL);
  if (value instanceof Uint8Array) return Math.trunc(value.length * TRAVERSAL);
  if (isList(value)) return value.items.reduce<number>((sum, item) => sum + traversal(item), 0);
  if (isMap(value))
    return [...value.keys()].reduce<number>((sum, key) => sum + traversal(key) + traversal(value.find(key) ?? null), 0);
  return 1;
}

const COMPARISONS = new Set(
  ['less', 'greater', 'less_equals', 'greater_equals'].flatMap((name) => [`${name}_string`, `${name}_bytes`]),
);

/** What a call costs beside its arguments. `overload` is empty where more than one might be meant. */
export function callCost(name: string, overload: string, args: readonly Value[], result: Value): number {
  const [first, second] = args;
  if (name.startsWith('sets.')) return 1 + costSize(first) * costSize(second) * (name === 'sets.equivalent' ? 2 : 1);
  switch (name) {
    case 'check':
      return AUTHORIZATION_COST;
    case 'fieldSelector':
    case 'labelSelector':
      return (
        LIST_COST +
        traverse(costSize(second)) +
        Math.ceil(Math.ceil(costSize(second) * 0.5) * (LIST_COST + STRUCT_COST))
      );
    case 'isSorted':
    case 'sum':
    case 'max':
    case 'min':
    case 'indexOf':
    case 'lastIndexOf':
      return first === undefined ? 0 : traversal(first);
    case 'url':
    case 'lowerAscii':
    case 'upperAscii':
    case 'substring':
    case 'trim':
    case 'cidr':
    case 'isIP':
    case 'isCIDR':
    case 'quantity':
    case 'isQuantity':
    case 'semver':
    case 'isSemver':
      return traverse(costSize(first));
    case 'ip':
      return overload === 'cidr_ip' ? 1 : traverse(costSize(first));
    case 'replace':
    case 'split':
    case 'ip.isCanonical':
      return Math.ceil(costSize(first) * 2 * TRAVERSAL);
    case 'join':
      return Math.ceil(costSize(result) * 2 * TRAVERSAL);
    case 'find':
    case 'findAll':
      return regex(costSize(first), costSize(second));
    case 'containsIP':
      return traverse(2 * costSize(first)) + (overload === 'cidr_contains_ip_string' ? traverse(costSize(second)) : 0);
    case 'containsCIDR':
      return (
        traverse(2 * costSize(first)) +
        traverse(costSize(first)) +
        1 +
        (overload === 'cidr_contains_cidr_string' ? traverse(costSize(second)) : 0)
      );
    case 'validate':
      return regex(costSize(second), FORMATS.read(first)?.size ?? 0);
    case '_==_':
      if (first !== undefined && isOpaque(first)) return 1;
  }
  return standardCost(overload, first, second);
}

function standardCost(overload: string, first: Value | undefined, second: Value | undefined): number {
  if (overload === 'equals' || overload === 'not_equals' || COMPARISONS.has(overload))
    return traverse(Math.min(costSize(first), costSize(second)));
  switch (overload) {
    case 'starts_with_string':
    case 'ends_with_string':
    case 'string_to_bytes':
    case 'bytes_to_string':
    case 'strings_quote':
    case 'string_format':
      return traverse(costSize(first));
    case 'in_list':
      return costSize(second);
    case 'add_string':
    case 'add_bytes':
      return traverse(costSize(first) + costSize(second));
    case 'matches_string':
      return regex(costSize(first), costSize(second));
    case 'contains_string':
      return traverse(costSize(first)) * traverse(costSize(second));
    default:
      return 1;
  }
}
