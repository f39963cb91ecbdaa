/**
 * Equality by type and content, as Go's reflect.DeepEqual: 1 and 1.0 differ, a nil list differs from an empty one, NaN
 * from itself. Used by deepEqual, has, uniq and without.
 */
import { typeName } from '../gotemplate/go-types.ts';
import { GoFunction, GoMap, GoNumber, GoSlice, GoStruct, type GoValue } from '../gotemplate/go-value.ts';
import { FunctionError } from './function.ts';

const MAX_DEPTH = 1000;

/** reflect.DeepEqual. Throws FunctionError for values nested too deep, which a value that holds itself is. */
export function deepEqual(a: GoValue, b: GoValue): boolean {
  return equalAt(a, b, 0);
}

function equalAt(a: GoValue, b: GoValue, depth: number): boolean {
  if (depth > MAX_DEPTH) throw new FunctionError('values are nested too deep to compare');
  if (a === null || a === undefined) return b === null || b === undefined;
  if (typeof a !== 'object') return a === b;
  if (b === null || typeof b !== 'object' || typeName(a) !== typeName(b)) return false;
  if (a instanceof GoNumber) return b instanceof GoNumber && a.value === b.value && a.imaginary === b.imaginary;
  if (a instanceof Map) return b instanceof Map && equalEntries(a, b, depth);
  if (a instanceof GoMap) return b instanceof GoMap && a.isNil === b.isNil && equalEntries(a.entries, b.entries, depth);
  if (a instanceof Uint8Array) return b instanceof Uint8Array && Buffer.compare(a, b) === 0;
  if (Array.isArray(a)) return Array.isArray(b) && equalItems(a, b, depth);
  if (a instanceof GoSlice) return b instanceof GoSlice && a.isNil === b.isNil && equalItems(a.items, b.items, depth);
  if (a instanceof GoStruct) return b instanceof GoStruct && equalStructs(a, b, depth);
  // Functions are equal only if both are nil, which none is.
  return !(a instanceof GoFunction);
}

function equalItems(a: readonly GoValue[], b: readonly GoValue[], depth: number): boolean {
  if (a === b) return true;
  return a.length === b.length && a.every((item, i) => equalAt(item, b[i], depth + 1));
}

function equalEntries(a: ReadonlyMap<string, GoValue>, b: ReadonlyMap<string, GoValue>, depth: number): boolean {
  if (a === b) return true;
  if (a.size !== b.size) return false;
  for (const [key, value] of a) {
    if (!b.has(key) || !equalAt(value, b.get(key), depth + 1)) return false;
  }
  return true;
}

function equalStructs(a: GoStruct, b: GoStruct, depth: number): boolean {
  if (a === b) return true;
  return equalEntries(a.fields, b.fields, depth) && equalNatives(a.native, b.native);
}

/** What native types are made of: plain objects of primitives. */
function equalNatives(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [left, right] = [Object.entries(a), new Map(Object.entries(b))];
  return left.length === right.size && left.every(([key, value]) => right.get(key) === value);
}
