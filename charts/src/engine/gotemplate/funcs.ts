/**
 * The predeclared functions of text/template: builtins of funcs.go (Go 1.26). `and`, `or` and `call` are here for
 * their parameters only: the compiler does what they do.
 */
import { FunctionError, type TemplateFunction } from '../functions/function.ts';
import { byteLength, goBytes, sliceBytes } from './bytes.ts';
import { compareEqual, compareLess, compareLessOrEqual } from './funcs-compare.ts';
import { escapeHtml, escapeJs, escapeQuery, escaperText } from './funcs-escape.ts';
import { elementCount, integerOf, isTruthy, mapEntries, sliceItems, typeName, uint8, zeroValue } from './go-types.ts';
import { GoMap, GoSlice, GoStruct, type GoValue } from './go-value.ts';
import { sprint, sprintf, sprintln } from './printf.ts';

const VALUE = 'reflect.Value';
const VALUES = '...reflect.Value';
const ANYTHING = '...interface {}';

type BuiltinTable = readonly (readonly [
  name: string,
  parameters: readonly string[],
  result: string,
  call: TemplateFunction['call'],
])[];

const table: BuiltinTable = [
  ['and', [VALUE, VALUES], VALUE, () => undefined],
  ['or', [VALUE, VALUES], VALUE, () => undefined],
  ['call', [VALUE, VALUES], VALUE, () => undefined],
  ['not', [VALUE], 'bool', ([value]) => !isTruthy(value)],
  ['len', [VALUE], 'int', ([value]) => length(value)],
  ['index', [VALUE, VALUES], VALUE, ([item, ...indexes]) => index(item, indexes)],
  ['slice', [VALUE, VALUES], VALUE, ([item, ...indexes]) => slice(item, indexes)],
  ['html', [ANYTHING], 'string', (args) => escapeHtml(escaperText(args))],
  ['js', [ANYTHING], 'string', (args) => escapeJs(escaperText(args))],
  ['urlquery', [ANYTHING], 'string', (args) => escapeQuery(escaperText(args))],
  ['print', [ANYTHING], 'string', (args) => sprint(args)],
  ['println', [ANYTHING], 'string', (args) => sprintln(args)],
  [
    'printf',
    ['string', ANYTHING],
    'string',
    ([format, ...args], context) => sprintf(format as string, args, (bytes) => context.spend(bytes)),
  ],
  ['eq', [VALUE, VALUES], 'bool', ([first, ...others]) => equalsAny(first, others)],
  ['ne', [VALUE, VALUE], 'bool', ([a, b]) => !compareEqual(a, b)],
  ['lt', [VALUE, VALUE], 'bool', ([a, b]) => compareLess(a, b)],
  ['le', [VALUE, VALUE], 'bool', ([a, b]) => compareLessOrEqual(a, b)],
  ['gt', [VALUE, VALUE], 'bool', ([a, b]) => !compareLessOrEqual(a, b)],
  ['ge', [VALUE, VALUE], 'bool', ([a, b]) => !compareLess(a, b)],
];

export const builtins: ReadonlyMap<string, TemplateFunction> = new Map(
  table.map(([name, parameters, result, call]) => [name, { name, parameters, result, call }]),
);

function equalsAny(first: GoValue, others: readonly GoValue[]): boolean {
  if (others.length === 0) throw new FunctionError('missing argument for comparison');
  return others.some((other) => compareEqual(first, other));
}

/** A value's type, where a pointer to a struct counts as the struct. */
function elementTypeName(value: GoValue): string {
  return value instanceof GoStruct && value.type.pointer ? value.type.name.replace(/^\*/, '') : typeName(value);
}

function length(value: GoValue): bigint {
  if (typeof value === 'string') return BigInt(byteLength(value));
  const count = elementCount(value);
  if (count !== undefined) return BigInt(count);
  if (value === null) throw new FunctionError('len of nil pointer');
  if (value === undefined) throw new FunctionError('reflect: call of reflect.Value.Type on zero Value');
  throw new FunctionError(`len of type ${elementTypeName(value)}`);
}

function index(start: GoValue, indexes: readonly GoValue[]): GoValue {
  if (start === null || start === undefined) throw new FunctionError('index of untyped nil');
  let item: GoValue = start;
  for (const key of indexes) {
    if (item === null || item === undefined) throw new FunctionError('index of nil pointer');
    item = indexOne(item, key);
  }
  return item;
}

function indexOne(item: GoValue, key: GoValue): GoValue {
  const entries = mapEntries(item);
  if (entries !== undefined) {
    if (key === null || key === undefined) throw new FunctionError('value is nil; should be of type string');
    if (typeof key !== 'string') throw new FunctionError(`value has type ${typeName(key)}; should be string`);
    const found = entries.get(key);
    if (found !== undefined) return found;
    return item instanceof GoMap && item.elem !== 'interface {}' ? zeroValue(item.elem) : null;
  }
  if (typeof item === 'string') {
    const bytes = goBytes(item);
    const at = position(key, bytes.length);
    const byte = bytes[at];
    if (byte === undefined) throw new FunctionError('reflect: string index out of range');
    return uint8(byte);
  }
  const count = elementCount(item);
  if (count === undefined) throw new FunctionError(`can't index item of type ${elementTypeName(item)}`);
  const at = position(key, count);
  if (at >= count) throw new FunctionError('reflect: slice index out of range');
  if (item instanceof Uint8Array) return uint8(item[at] ?? 0);
  return sliceItems(item)?.[at];
}

/** An index as a number from 0 up to and including `most`. */
function position(key: GoValue, most: number): number {
  if (key === null || key === undefined) throw new FunctionError('cannot index slice/array with nil');
  const value = integerOf(key);
  if (value === undefined) throw new FunctionError(`cannot index slice/array with type ${typeName(key)}`);
  const number = BigInt.asIntN(64, value);
  if (number < 0n || number > BigInt(most)) throw new FunctionError(`index out of range: ${number}`);
  return Number(number);
}

function slice(item: GoValue, indexes: readonly GoValue[]): GoValue {
  if (item === null || item === undefined) throw new FunctionError('slice of untyped nil');
  if (indexes.length > 3) throw new FunctionError(`too many slice indexes: ${indexes.length}`);
  if (typeof item === 'string' && indexes.length === 3) throw new FunctionError('cannot 3-index slice a string');
  const count = typeof item === 'string' ? byteLength(item) : sliceLength(item);
  if (count === undefined) throw new FunctionError(`can't slice item of type ${elementTypeName(item)}`);
  const places = indexes.map((key) => position(key, count));
  const start = places[0] ?? 0;
  const end = places[1] ?? count;
  if (start > end) throw new FunctionError(`invalid slice index: ${start} > ${end}`);
  const most = places[2];
  if (most !== undefined && end > most) throw new FunctionError(`invalid slice index: ${end} > ${most}`);
  if (typeof item === 'string') return sliceBytes(item, start, end);
  if (item instanceof Uint8Array) return item.subarray(start, end);
  if (item instanceof GoSlice) return new GoSlice(item.elem, item.items.slice(start, end), item.type);
  return sliceItems(item)?.slice(start, end);
}

function sliceLength(item: GoValue): number | undefined {
  return mapEntries(item) === undefined ? elementCount(item) : undefined;
}
