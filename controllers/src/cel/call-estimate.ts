/**
 * What calls can cost beside their arguments, and how large their results can get (cel-go's checker/cost.go and the
 * apiserver's pkg/cel/library/cost.go).
 */
import {
  addRanges,
  type EstimateNode,
  fixed,
  LIMIT,
  multiplyRanges,
  type Range,
  type SizeOf,
  scaleRange,
  UNKNOWN,
} from './cost-ranges.ts';
import { CIDR_TYPE, IP_TYPE } from './functions/network.ts';
import { AUTHORIZATION_COST, LIST_COST, REGEX_LENGTH, STRUCT_COST, TRAVERSAL } from './runtime-cost.ts';

export interface CallEstimate {
  readonly cost: Range;
  readonly size?: Range | undefined;
}

const ONE = fixed(1);
const ACCESSORS = new Set(
  (
    'serviceAccount path group resource subresource namespace name allowed reason error errored masked prefixLength ' +
    'family isUnspecified isLoopback isLinkLocalMulticast isLinkLocalUnicast isGlobalUnicast format.named sign asInteger ' +
    'isInteger asApproximateFloat isGreaterThan isLessThan compareTo add sub major minor patch getScheme getHostname ' +
    'getHost getPort getEscapedPath getQuery'
  ).split(' '),
);
/** Types whose values compare in one step. */
const SIMPLE_OBJECTS = new Set([
  'kubernetes.Quantity',
  'kubernetes.Semver',
  ...['Authorizer', 'PathCheck', 'GroupCheck', 'ResourceCheck', 'Decision'].map(
    (name) => `kubernetes.authorization.${name}`,
  ),
]);
const MAX_FORMAT = 64;
const FORMAT_REGEX = 128;

/** The estimate of one overload of a call. */
export function estimateCall(
  name: string,
  overload: string,
  target: EstimateNode | undefined,
  args: readonly EstimateNode[],
  sizeOf: SizeOf,
): CallEstimate {
  if (overload.startsWith('list_sets_')) return estimateSets(overload, args, sizeOf);
  return estimateLibrary(name, overload, target, args, sizeOf) ?? estimateStandard(overload, target, args);
}

/** As the apiserver asks: what is computed, else by the path. */
function sizeOfNode(node: EstimateNode | undefined, sizeOf: SizeOf): Range {
  if (node === undefined) return UNKNOWN;
  return node.size ?? (node.path === undefined ? undefined : sizeOf(node.path)) ?? UNKNOWN;
}

function estimateSets(overload: string, [a, b]: readonly EstimateNode[], sizeOf: SizeOf): CallEstimate {
  const factor = overload === 'list_sets_equivalent_list' ? 2 : 1;
  return { cost: addRanges(scaleRange(multiplyRanges(sizeOfNode(a, sizeOf), sizeOfNode(b, sizeOf)), factor), ONE) };
}

function estimateLibrary(
  name: string,
  overload: string,
  target: EstimateNode | undefined,
  args: readonly EstimateNode[],
  sizeOf: SizeOf,
): CallEstimate | undefined {
  if (ACCESSORS.has(name) || overload === 'cidr_ip') return { cost: ONE };
  const [first, second] = args;
  const size = (node: EstimateNode | undefined): Range => sizeOfNode(node, sizeOf);
  const traverse = (range: Range, times = 1): Range => scaleRange(range, times * TRAVERSAL);
  switch (name) {
    case 'check':
      return { cost: fixed(AUTHORIZATION_COST) };
    case 'fieldSelector':
    case 'labelSelector': {
      const requirements = scaleRange(scaleRange(size(first), 0.5), LIST_COST + STRUCT_COST);
      return { cost: addRanges(addRanges(fixed(LIST_COST), traverse(size(first))), requirements) };
    }
    case 'isSorted':
    case 'sum':
    case 'max':
    case 'min':
    case 'indexOf':
    case 'lastIndexOf':
      return target === undefined ? undefined : estimateListScan(target, sizeOf);
    case 'url':
      return { cost: traverse(size(first)), size: size(first) };
    case 'lowerAscii':
    case 'upperAscii':
    case 'substring':
    case 'trim':
      return { cost: traverse(size(target)), size: size(target) };
    case 'replace':
      return { cost: traverse(size(target), 2), size: replacedSize(size(target), size(first), size(second)) };
    case 'split': {
      const limit = second?.expr?.kind === 'literal' ? second.expr.value : undefined;
      const { max } = size(target);
      const most = typeof limit === 'bigint' ? (limit < 0n ? LIMIT : Number(limit)) : max;
      return { cost: traverse(size(target), 2), size: { min: 0, max: most } };
    }
    case 'join': {
      const joined = joinedSize(target, first, sizeOf);
      return { cost: traverse(joined), size: joined };
    }
    case 'find':
    case 'findAll': {
      const text = traverse(addRanges(size(target), ONE));
      return {
        cost: multiplyRanges(text, scaleRange(size(first), REGEX_LENGTH)),
        size: { min: 0, max: size(target).max },
      };
    }
    case 'cidr':
    case 'isIP':
    case 'isCIDR':
    case 'ip':
    case 'quantity':
    case 'isQuantity':
    case 'semver':
    case 'isSemver':
      return { cost: traverse(size(first)) };
    case 'ip.isCanonical':
      return { cost: traverse(size(first), 2) };
    case 'containsIP':
    case 'containsCIDR':
      return { cost: estimateContains(overload, size(first)) };
    case 'validate':
      return { cost: scaleRange(traverse(size(first)), FORMAT_REGEX * REGEX_LENGTH) };
    case '_==_':
      return estimateEquality(args);
    default:
      return undefined;
  }
}

function elementOf(list: EstimateNode): EstimateNode | undefined {
  const [type] = list.type.params;
  if (type === undefined) return undefined;
  return {
    expr: undefined,
    type,
    path: list.path === undefined ? undefined : [...list.path, '@items'],
    size: undefined,
  };
}

function estimateListScan(list: EstimateNode, sizeOf: SizeOf): CallEstimate {
  const element = elementOf(list);
  const count = sizeOfNode(list, sizeOf);
  if (element === undefined) return { cost: scaleRange(count, TRAVERSAL) };
  const { kind } = element.type;
  const texts = kind === 'string' || kind === 'bytes' ? scaleRange(sizeOfNode(element, sizeOf), TRAVERSAL) : fixed(0);
  return { cost: multiplyRanges(count, addRanges(ONE, texts)) };
}

function joinedSize(list: EstimateNode | undefined, separator: EstimateNode | undefined, sizeOf: SizeOf): Range {
  const count = sizeOfNode(list, sizeOf);
  const element = list === undefined ? undefined : elementOf(list);
  const texts = element === undefined ? fixed(0) : multiplyRanges(count, sizeOfNode(element, sizeOf));
  if (separator === undefined) return texts;
  const separators = { min: Math.max(0, count.min - 1), max: Math.max(0, count.max - 1) };
  return addRanges(texts, multiplyRanges(sizeOfNode(separator, sizeOf), separators));
}

/** Between as few of the longest found texts and as many of the shortest as there can be. */
function replacedSize(text: Range, found: Range, by: Range): Range {
  let [minCount, maxCount, minKept, maxKept] = [0, 0, 0, 0];
  if (found.min === 0) {
    maxCount = text.max < LIMIT ? text.max + 1 : text.max;
    maxKept = text.max;
  } else if (by.max <= found.min) maxKept = text.max;
  else maxCount = Math.ceil(text.max / found.min);
  if (found.max === 0) {
    minCount = text.min < LIMIT ? text.min + 1 : text.min;
    minKept = text.min;
  } else if (found.max <= by.min) minKept = text.min;
  else minCount = Math.ceil(text.min / found.max);
  return addRanges(multiplyRanges({ min: minCount, max: maxCount }, by), { min: minKept, max: maxKept });
}

function estimateContains(overload: string, other: Range): Range {
  const bytes = { min: 4, max: 16 };
  let cost = scaleRange(addRanges(bytes, bytes), TRAVERSAL);
  if (overload.startsWith('cidr_contains_cidr')) cost = addRanges(addRanges(cost, scaleRange(bytes, TRAVERSAL)), ONE);
  return overload.endsWith('_string') ? addRanges(cost, scaleRange(other, TRAVERSAL)) : cost;
}

function estimateEquality([a, b]: readonly EstimateNode[]): CallEstimate | undefined {
  if (a === undefined || b === undefined || a.type.name !== b.type.name) return undefined;
  const { type } = a;
  if (type === IP_TYPE || type === CIDR_TYPE || ['net.IP', 'net.CIDR'].includes(type.name)) return { cost: ONE };
  if (type.kind !== 'struct') return undefined;
  if (SIMPLE_OBJECTS.has(type.name)) return { cost: ONE };
  if (type.name === 'kubernetes.NamedFormat') return { cost: scaleRange({ min: 1, max: MAX_FORMAT }, TRAVERSAL) };
  if (type.name !== 'kubernetes.URL') return undefined;
  return { cost: scaleRange({ min: 1, max: b.size?.max ?? 1 }, TRAVERSAL) };
}

const COMPARISONS = new Set([
  'equals',
  'not_equals',
  ...['less', 'greater', 'less_equals', 'greater_equals'].flatMap((name) => [`${name}_string`, `${name}_bytes`]),
]);

function estimateStandard(
  overload: string,
  target: EstimateNode | undefined,
  [first, second]: readonly EstimateNode[],
): CallEstimate {
  const size = (node: EstimateNode | undefined): Range => node?.size ?? UNKNOWN;
  const traverse = (range: Range): Range => scaleRange(range, TRAVERSAL);
  if (COMPARISONS.has(overload)) {
    const max = Math.min(size(first).max, size(second).max);
    return { cost: traverse({ min: max > 0 ? 1 : 0, max }) };
  }
  switch (overload) {
    case 'string_format':
      return { cost: traverse(size(target)) };
    case 'string_to_bytes':
      return { cost: traverse(size(first)), size: { min: size(first).min, max: Math.min(LIMIT, size(first).max * 4) } };
    case 'bytes_to_string':
      return { cost: traverse(size(first)), size: { min: Math.floor(size(first).min / 4), max: size(first).max } };
    case 'strings_quote':
      return {
        cost: traverse(size(first)),
        size: { min: size(first).min + 2, max: Math.min(LIMIT, size(first).max * 2 + 2) },
      };
    case 'starts_with_string':
    case 'ends_with_string':
      return { cost: traverse(size(first)) };
    case 'in_list':
      return { cost: size(second) };
    case 'matches_string':
      return {
        cost: multiplyRanges(traverse(addRanges(size(target), ONE)), scaleRange(size(first), REGEX_LENGTH)),
      };
    case 'contains_string':
      return { cost: multiplyRanges(traverse(size(target)), traverse(size(first))) };
    case 'add_list':
      return { cost: ONE, size: addRanges(size(first), size(second)) };
    case 'add_string':
    case 'add_bytes': {
      const both = addRanges(size(first), size(second));
      return { cost: traverse(both), size: both };
    }
    default:
      return { cost: ONE };
  }
}
