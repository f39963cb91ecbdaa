/**
 * Functions on lists: first, rest, append, uniq, slice, chunk, ... Follows Sprig 3.3.0, which takes slices of any type
 * and gives `[]interface {}`; a function and its `must` form differ in nothing that a template sees.
 */
import { compareStrings } from '../gotemplate/bytes.ts';
import { isTruthy, kindOf, sliceItems } from '../gotemplate/go-types.ts';
import { GoSlice, type GoValue, nilSlice } from '../gotemplate/go-value.ts';
import { anything, count, NIL_DEREFERENCE } from './arguments.ts';
import { grownFrom, itemsToCapacity, madeExact, partOf } from './capacity.ts';
import { toInt64 } from './cast.ts';
import { STEPS_A_LIST, stepsToWalk } from './cost.ts';
import { deepEqual } from './deep-equal.ts';
import { type CallContext, FunctionError, type TemplateFunction } from './function.ts';
import { strslice, strval } from './strval.ts';

const LIST = ['interface {}'] as const;
const LIST_AND_VALUE = ['interface {}', 'interface {}'] as const;
const LIST_AND_VALUES = ['interface {}', '...interface {}'] as const;
const ANY = 'interface {}';
const ANY_LIST = '[]interface {}';

/** list, first, last, rest, initial, append, prepend, concat, reverse, uniq, without, has, compact, slice, chunk. */
export const listFunctions: readonly TemplateFunction[] = [
  ...['list', 'tuple'].map((name) => ({
    name,
    parameters: ['...interface {}'],
    result: ANY_LIST,
    call: (args: readonly GoValue[]) => madeExact(args.map(anything)),
  })),
  ...named(['push', 'append', 'mustPush', 'mustAppend'], LIST_AND_VALUE, ANY_LIST, ([list, value], context) =>
    appended(itemsOf(list, 'Cannot push on type'), anything(value), context),
  ),
  ...named(['prepend', 'mustPrepend'], LIST_AND_VALUE, ANY_LIST, ([list, value], context) =>
    grownFrom(1, spent([anything(value), ...itemsOf(list, 'Cannot prepend on type')], context)),
  ),
  ...named(['first', 'mustFirst'], LIST, ANY, ([list]) => anything(itemsOf(list, 'Cannot find first on type')[0])),
  ...named(['last', 'mustLast'], LIST, ANY, ([list]) => anything(itemsOf(list, 'Cannot find last on type').at(-1))),
  ...named(['rest', 'mustRest'], LIST, ANY_LIST, ([list], context) => {
    const items = itemsOf(list, 'Cannot find rest on type');
    return items.length === 0 ? nilSlice(ANY) : madeExact(spent(items.slice(1), context));
  }),
  ...named(['initial', 'mustInitial'], LIST, ANY_LIST, ([list], context) => {
    const items = itemsOf(list, 'Cannot find initial on type');
    return items.length === 0 ? nilSlice(ANY) : madeExact(spent(items.slice(0, -1), context));
  }),
  ...named(['reverse', 'mustReverse'], LIST, ANY_LIST, ([list], context) =>
    madeExact(spent([...itemsOf(list, 'Cannot find reverse on type')].reverse(), context)),
  ),
  ...named(['compact', 'mustCompact'], LIST, ANY_LIST, ([list]) =>
    itemsOf(list, 'Cannot compact on type').filter(isTruthy),
  ),
  ...named(['uniq', 'mustUniq'], LIST, ANY_LIST, ([list], context) => {
    const kept = new ValueSet(context);
    return itemsOf(list, 'Cannot find uniq on type').filter((item) => kept.add(item));
  }),
  ...named(['without', 'mustWithout'], LIST_AND_VALUES, ANY_LIST, ([list, ...omitted], context) => {
    const items = itemsOf(list, 'Cannot find without on type');
    const set = new ValueSet(context);
    for (const value of omitted) set.add(value);
    return items.filter((item) => !set.has(item));
  }),
  ...named(['has', 'mustHas'], LIST_AND_VALUE, 'bool', ([needle, list]) => {
    if (list === null || list === undefined) return false;
    return itemsOf(list, 'Cannot find has on type').some((item) => deepEqual(needle, item));
  }),
  ...named(['slice', 'mustSlice'], LIST_AND_VALUES, ANY, ([list, ...indices]) => slice(list, indices)),
  ...named(['chunk', 'mustChunk'], ['int', 'interface {}'], '[][]interface {}', ([size, list], context) => {
    const items = itemsOf(list, 'Cannot chunk type');
    return new GoSlice(ANY_LIST, chunk(items, count(size), context));
  }),
  ...named(['concat'], ['...interface {}'], ANY, (lists, context) => {
    const items = lists.flatMap((list) => itemsOf(list, (kind) => `Cannot concat type ${kind} as list`));
    return items.length === 0 ? nilSlice(ANY) : spent(items, context);
  }),
  ...named(['sortAlpha'], LIST, '[]string', ([list], context) => {
    const texts = sliceItems(list) === undefined ? [strval(list)] : strslice(list);
    context.spend(texts.length * 8);
    texts.sort(compareStrings);
    if (!(list instanceof GoSlice && list.type === '[]string')) return new GoSlice('string', texts);
    // A list that is one of texts already is sorted itself, as Go does.
    list.items.splice(0, texts.length, ...texts);
    return list;
  }),
];

function named(
  names: readonly string[],
  parameters: readonly string[],
  result: string,
  call: TemplateFunction['call'],
): TemplateFunction[] {
  return names.map((name) => ({ name, parameters, result, call }));
}

/** The items of a list of any type; `fault` makes the error for what is none. */
function itemsOf(list: GoValue, fault: string | ((kind: string) => string)): readonly GoValue[] {
  const items = sliceItems(list);
  if (items !== undefined) return items;
  if (list === null || list === undefined) throw new FunctionError(NIL_DEREFERENCE);
  throw new FunctionError(typeof fault === 'string' ? `${fault} ${kindOf(list)}` : fault(kindOf(list)));
}

function spent(items: GoValue[], context: CallContext): GoValue[] {
  context.spend(items.length * 8);
  return items;
}

function appended(items: readonly GoValue[], value: GoValue, context: CallContext): GoValue[] {
  return grownFrom(items.length, spent([...items, value], context));
}

/** A part of a list of the list's own type, up to its capacity. */
function slice(list: GoValue, indices: readonly GoValue[]): GoValue {
  const items = itemsOf(list, 'list should be type of slice or array but');
  if (items.length === 0 || list === null || typeof list !== 'object') return null;
  const start = indices.length > 0 ? toInt64(indices[0]) : 0n;
  const end = indices.length > 1 ? toInt64(indices[1]) : BigInt(items.length);
  const reachable = end > BigInt(items.length) ? itemsToCapacity(list) : items;
  if (start < 0n || end < start || end > BigInt(reachable.length)) {
    throw new FunctionError('reflect.Value.Slice: slice index out of bounds');
  }
  const [from, to] = [Number(start), Number(end)];
  if (list instanceof Uint8Array) return list.subarray(from, to);
  const part = reachable.slice(from, to);
  return partOf(list, from, list instanceof GoSlice ? new GoSlice(list.elem, part, list.type) : part);
}

/** Parts of a size; the arithmetic on floats, and so the errors for sizes of 0 and less, are Sprig's. */
function chunk(items: readonly GoValue[], size: number, context: CallContext): GoValue[][] {
  const length = items.length;
  const parts = Math.floor((length - 1) / size) + 1;
  if (!(parts >= 0 && parts < 2 ** 47)) throw new FunctionError('runtime error: makeslice: len out of range');
  context.spend(parts * 32 + length * 8);
  context.work?.(parts * STEPS_A_LIST);
  const chunks: GoValue[][] = [];
  for (let i = 0; i < parts; i++) {
    const rest = i === parts - 1 ? Math.floor(length % size) : 0;
    const width = rest === 0 || Number.isNaN(rest) ? size : rest;
    if (width < 0) throw new FunctionError('runtime error: makeslice: len out of range');
    chunks.push(madeExact(items.slice(i * size, i * size + width)));
  }
  return chunks;
}

/** Values seen, by deepEqual: plain ones are looked up, only composite ones are compared one by one. */
class ValueSet {
  private readonly plain = new Set<GoValue>();
  private readonly composite: GoValue[] = [];
  private readonly context: CallContext;

  constructor(context: CallContext) {
    this.context = context;
  }

  /** True if the value was not there. */
  add(value: GoValue): boolean {
    if (this.has(value)) return false;
    if (isPlain(value)) this.plain.add(value ?? null);
    else this.composite.push(value);
    return true;
  }

  has(value: GoValue): boolean {
    // NaN is not equal to itself in Go, but is the same key to a Set.
    if (isPlain(value)) return !Number.isNaN(value) && this.plain.has(value ?? null);
    for (const other of this.composite) this.context.work?.(stepsToWalk(other, 1000));
    return this.composite.some((other) => deepEqual(value, other));
  }
}

function isPlain(value: GoValue): boolean {
  return value === null || typeof value !== 'object';
}
