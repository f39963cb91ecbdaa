/**
 * `drydock show values --jsonpath`: prints what a JSONPath template finds, as k8s.io/client-go/util/jsonpath does. Maps
 * are walked in the order of their keys, where upstream takes Go's, which is another one each time. As in Helm, a path
 * that finds nothing prints nothing.
 */
import { type JsonValue, type Values, valuesToJson } from '@drydock/charts';
import { verbatim } from './go-flags.ts';
import { type PathNode, parseJsonPath } from './json-path-parse.ts';

/** Throws CliError with Helm's text for a template that can't be read. */
export function printJsonPath(template: string, values: Values): string {
  let nodes: PathNode[];
  try {
    nodes = parseJsonPath(template);
  } catch (error) {
    throw verbatim(`error parsing jsonpath ${template}: ${error instanceof Error ? error.message : String(error)}`);
  }
  try {
    const state: State = { nodes, at: 0, depth: 0 };
    return run(state, [valuesToJson(values)])
      .map(formatAll)
      .join('');
  } catch (error) {
    if (error instanceof NotEvaluated) return '';
    throw error;
  }
}

/** What a template asks for is not there, or not of that kind. */
class NotEvaluated extends Error {}

interface State {
  readonly nodes: readonly PathNode[];
  at: number;
  /** Of the ranges around. */
  depth: number;
}

/** Runs up to the end of the template, or of the range; what each part finds, one after the other. */
function run(state: State, current: readonly JsonValue[]): (readonly JsonValue[])[] {
  const found: (readonly JsonValue[])[] = [];
  for (; state.at < state.nodes.length; state.at += 1) {
    const node = state.nodes[state.at] as PathNode;
    const word = wordOf(node);
    if (word === 'end') {
      if (state.depth === 0) throw new NotEvaluated('not in range, nothing to end');
      return found;
    }
    if (word === 'range') found.push(...runRange(state, current));
    else found.push(walk(current, node));
  }
  return found;
}

function runRange(state: State, current: readonly JsonValue[]): (readonly JsonValue[])[] {
  const node = state.nodes[state.at] as PathNode & { type: 'list' };
  const items = walk(current, { type: 'list', nodes: node.nodes.slice(1) });
  const start = state.at + 1;
  const end = endOfRange(state.nodes, start);
  const found: (readonly JsonValue[])[] = [];
  for (const item of items) {
    const body: State = { nodes: state.nodes, at: start, depth: state.depth + 1 };
    found.push(...run(body, [item]));
  }
  state.at = end;
  return found;
}

function endOfRange(nodes: readonly PathNode[], start: number): number {
  let depth = 1;
  for (let at = start; at < nodes.length; at += 1) {
    const word = wordOf(nodes[at] as PathNode);
    if (word === 'range') depth += 1;
    if (word === 'end') depth -= 1;
    if (depth === 0) return at;
  }
  return nodes.length;
}

function wordOf(node: PathNode): string | undefined {
  const first = node.type === 'list' ? node.nodes[0] : undefined;
  return first?.type === 'identifier' ? first.value : undefined;
}

function walk(input: readonly JsonValue[], node: PathNode): readonly JsonValue[] {
  switch (node.type) {
    case 'text':
      return [node.value];
    case 'constant':
      return input.map(() => node.value);
    case 'list':
      return node.nodes.reduce(walk, input);
    case 'union':
      return node.nodes.flatMap((part) => walk(input, part));
    case 'field':
      return fields(input, node.value);
    case 'wildcard':
      return input.flatMap(childrenOf);
    case 'recursive':
      return input.flatMap(descend);
    case 'slice':
      return input.flatMap((value) => slice(value, node));
    case 'filter':
      return input.flatMap((value) => filter(value, node));
    case 'identifier':
      throw new NotEvaluated(`unrecognized identifier ${node.value}`);
  }
}

function fields(input: readonly JsonValue[], name: string): readonly JsonValue[] {
  const found = input.flatMap((value) => {
    const isThere = isMap(value) && Object.hasOwn(value, name);
    return isThere ? [value[name] as JsonValue] : [];
  });
  if (found.length === 0 && input.length > 0) throw new NotEvaluated(`${name} is not found`);
  return found;
}

function childrenOf(value: JsonValue): JsonValue[] {
  if (Array.isArray(value)) return value;
  if (isMap(value))
    return Object.keys(value)
      .sort()
      .map((key) => value[key] as JsonValue);
  return typeof value === 'string' ? [...Buffer.from(value)] : [];
}

function descend(value: JsonValue): JsonValue[] {
  // Upstream takes a text for a list of its bytes, too; nobody means that.
  const children = typeof value === 'string' ? [] : childrenOf(value);
  return children.length === 0 ? [] : [value, ...children.flatMap(descend)];
}

function slice(value: JsonValue, { start = 0, end, step = 1 }: PathNode & { type: 'slice' }): JsonValue[] {
  if (value === null) return [];
  if (!Array.isArray(value)) throw new NotEvaluated('not array or slice');
  const { length } = value;
  const first = start < 0 ? start + length : start;
  const given = end === undefined || end === Number.POSITIVE_INFINITY ? length : end;
  const last = given < 0 ? given + length : given;
  if (first === last) return [];
  if (first < 0 || first >= length || last < 0 || last > length || first > last || step <= 0) {
    throw new NotEvaluated(`array index out of bounds: index ${first}, length ${length}`);
  }
  return value.slice(first, last).filter((_, index) => index % step === 0);
}

function filter(value: JsonValue, node: PathNode & { type: 'filter' }): JsonValue[] {
  if (!Array.isArray(value)) throw new NotEvaluated('not array or slice and cannot be filtered');
  return value.filter((item) => {
    if (node.operator === 'exists') return exists(item, node.left);
    const [lefts, rights] = [walk([item], node.left), walk([item], node.right)];
    if (lefts.length > 1 || rights.length > 1) throw new NotEvaluated('can only compare one element at a time');
    const [left, right] = [lefts[0], rights[0]];
    // Numbers of values are floats to Go, which compares them with floats alone: `2.0`, not `2`.
    if (typeof left === 'number' && isInteger(node.right) !== isInteger(node.left)) {
      throw new NotEvaluated('incompatible types for comparison');
    }
    return left === undefined || right === undefined ? false : compare(left, { operator: node.operator, right });
  });
}

function isInteger(node: PathNode): boolean {
  const first = node.type === 'list' ? node.nodes[0] : undefined;
  return first?.type === 'constant' && first.isInteger;
}

function exists(item: JsonValue, path: PathNode): boolean {
  try {
    return walk([item], path).length > 0;
  } catch (error) {
    if (error instanceof NotEvaluated) return false;
    throw error;
  }
}

function compare(left: JsonValue, how: { readonly operator: string; readonly right: JsonValue }): boolean {
  const { operator, right } = how;
  const isComparable = typeof left === typeof right && typeof left !== 'object';
  if (!isComparable) throw new NotEvaluated('incompatible types for comparison');
  if (operator === '==') return left === right;
  if (operator === '!=') return left !== right;
  // Of the same kind, as checked above.
  const [a, b] = [left as string | number, right as string | number];
  if (typeof left === 'boolean') throw new NotEvaluated('invalid type for comparison');
  if (operator === '<') return a < b;
  if (operator === '>') return a > b;
  if (operator === '<=') return a <= b;
  if (operator === '>=') return a >= b;
  throw new NotEvaluated(`unrecognized filter operator ${operator}`);
}

function formatAll(values: readonly JsonValue[]): string {
  return values.map(format).join(' ');
}

function format(value: JsonValue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return goFloat(value);
  return typeof value === 'object' && value !== null ? goJson(value) : String(value);
}

/** As Go prints a float: with an exponent from a million on. */
function goFloat(value: number): string {
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  const sign = power < 0 ? '-' : '+';
  return `${digits}e${sign}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** JSON as Go writes it: sorted keys, and what HTML minds escaped. */
function goJson(value: JsonValue): string {
  const text = JSON.stringify(value, (_, each: JsonValue) =>
    isMap(each) ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))) : each,
  );
  return text.replace(/[<>&\u2028\u2029]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function isMap(value: JsonValue): value is { [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
