/**
 * Lists and sets (the apiserver's pkg/cel/library/lists.go, cel-go's ext/sets.go), regular expressions
 * (pkg/cel/library/regex.go), optional values and the inserts that folds over maps make.
 */
import { add } from '../arithmetic.ts';
import { compareValues, equalValues } from '../equality.ts';
import { compilePattern, findMatches } from '../pattern.ts';
import {
  CelError,
  CelList,
  type CelMap,
  Duration,
  EntryMap,
  isError,
  isList,
  isMap,
  NONE,
  Optional,
  Timestamp,
  Uint,
  type Value,
} from '../values.ts';
import type { CelFunction } from './function.ts';
import { textIndexOf, textLastIndexOf } from './strings.ts';

/** The least or the greatest; `better` tells whether the order of the best so far and the next asks for the next. */
function extreme(name: string, better: (order: number) => boolean): CelFunction {
  return {
    name,
    call: ([list = null]) => {
      if (!isList(list)) return undefined;
      let best: Value | undefined;
      for (const item of list.items) {
        const order = best === undefined ? 0 : compareValues(best, item);
        if (best === undefined || (typeof order === 'number' && better(order))) best = item;
      }
      return best === undefined ? new CelError(`${name} called on empty list`) : best;
    },
  };
}

const contains = (list: CelList, value: Value): boolean => list.items.some((item) => equalValues(value, item));

function sets(name: string, holds: (a: CelList, b: CelList) => boolean): CelFunction {
  return { name, call: ([a = null, b = null]) => (isList(a) && isList(b) ? holds(a, b) : undefined) };
}

/** sum([]) by the type of the list, which its elements don't tell: the checker names the overload. */
export function emptySum(overload: string): Value {
  if (overload.startsWith('list_uint')) return new Uint(0n);
  if (overload.startsWith('list_double')) return 0;
  return overload.startsWith('list_duration') ? new Duration(0n) : 0n;
}

export const LIST_FUNCTIONS: readonly CelFunction[] = [
  extreme('min', (order) => order > 0),
  extreme('max', (order) => order < 0),
  {
    name: 'isSorted',
    call: ([list = null]) => {
      if (!isList(list)) return undefined;
      return list.items.every((item, index) => {
        const order = index === 0 ? 0 : compareValues(list.items[index - 1] ?? null, item);
        return typeof order !== 'number' || order <= 0;
      });
    },
  },
  {
    name: 'sum',
    call: ([list = null]) => {
      if (!isList(list)) return undefined;
      const [first = 0n, ...rest] = list.items;
      let sum = first;
      for (const item of rest) {
        sum = add(sum, item);
        if (isError(sum)) return sum;
      }
      return sum;
    },
  },
  {
    name: 'indexOf',
    call: (args) => {
      const [list = null, item = null] = args;
      if (!isList(list)) return textIndexOf(args);
      return BigInt(list.items.findIndex((each) => equalValues(each, item)));
    },
  },
  {
    name: 'lastIndexOf',
    call: (args) => {
      const [list = null, item = null] = args;
      if (!isList(list)) return textLastIndexOf(args);
      return BigInt(list.items.findLastIndex((each) => equalValues(each, item)));
    },
  },
  sets('sets.contains', (a, b) => b.items.every((item) => contains(a, item))),
  sets(
    'sets.equivalent',
    (a, b) => b.items.every((item) => contains(a, item)) && a.items.every((item) => contains(b, item)),
  ),
  sets('sets.intersects', (a, b) => a.items.some((item) => contains(b, item))),
];

export const REGEX_FUNCTIONS: readonly CelFunction[] = [
  {
    name: 'find',
    call: ([text, pattern]) => {
      if (typeof text !== 'string' || typeof pattern !== 'string') return undefined;
      const compiled = compilePattern(pattern);
      if (typeof compiled === 'string') return new CelError(`Illegal regex: ${compiled}`);
      const matcher = compiled.matcher(text);
      return matcher.find() ? (matcher.group() ?? '') : '';
    },
  },
  {
    name: 'findAll',
    call: ([text, pattern, limit = -1n]) => {
      if (typeof text !== 'string' || typeof pattern !== 'string' || typeof limit !== 'bigint') return undefined;
      const compiled = compilePattern(pattern);
      if (typeof compiled === 'string') return new CelError(`Illegal regex: ${compiled}`);
      return new CelList(findMatches(compiled, text, limit < 0n ? -1 : Number(limit)));
    },
  },
];

/** Whether optional.ofNonZeroValue holds nothing of it. */
function isZero(value: Value): boolean {
  if (value === null || value === false || value === '' || value === 0n || value === 0) return true;
  if (value instanceof Uint) return value.value === 0n;
  if (value instanceof Uint8Array) return value.length === 0;
  if (value instanceof Duration) return value.nanoseconds === 0n;
  if (value instanceof Timestamp) return value.nanoseconds === -62_135_596_800_000_000_000n;
  if (isList(value)) return value.items.length === 0;
  return isMap(value) && value.size === 0;
}

export const OPTIONAL_FUNCTIONS: readonly CelFunction[] = [
  { name: 'optional.of', call: ([value = null]) => new Optional(value) },
  { name: 'optional.ofNonZeroValue', call: ([value = null]) => (isZero(value) ? NONE : new Optional(value)) },
  { name: 'optional.none', call: () => NONE },
  {
    name: 'value',
    call: ([value = null]) =>
      value instanceof Optional ? (value.value ?? new CelError('optional.none() dereference')) : undefined,
  },
  { name: 'hasValue', call: ([value = null]) => (value instanceof Optional ? value.value !== undefined : undefined) },
  {
    name: 'first',
    call: ([list = null]) =>
      isList(list) ? (list.items.length === 0 ? NONE : new Optional(list.items[0])) : undefined,
  },
  {
    name: 'last',
    call: ([list = null]) =>
      isList(list) ? (list.items.length === 0 ? NONE : new Optional(list.items.at(-1))) : undefined,
  },
  ...['optional.unwrap', 'unwrapOpt'].map(
    (name): CelFunction => ({
      name,
      call: ([list = null]) =>
        isList(list)
          ? new CelList(
              list.items.flatMap((item) => (item instanceof Optional && item.value !== undefined ? [item.value] : [])),
            )
          : undefined,
    }),
  ),
];

function insert(map: CelMap, entries: readonly (readonly [Value, Value])[]): Value {
  const all: (readonly [Value, Value])[] = [...map.keys()].map((key) => [key, map.find(key) ?? null]);
  for (const [key, value] of entries) {
    if (map.find(key) !== undefined) return new CelError(`insert failed: key ${showKey(key)} already exists`);
    all.push([key, value]);
  }
  return new EntryMap(all);
}

function showKey(key: Value): string {
  return key instanceof Uint ? String(key.value) : String(key);
}

export const MAP_FUNCTIONS: readonly CelFunction[] = [
  {
    name: 'cel.@mapInsert',
    call: ([map = null, key = null, value]) => {
      if (!isMap(map)) return undefined;
      if (value !== undefined) return insert(map, [[key, value]]);
      return isMap(key)
        ? insert(
            map,
            [...key.keys()].map((each) => [each, key.find(each) ?? null]),
          )
        : undefined;
    },
  },
];
