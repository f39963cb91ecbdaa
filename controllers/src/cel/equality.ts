/**
 * Equality and order of values (cel-go's common/types: Equal, Compare). Numbers of different types compare by their
 * value; values of other different types are unequal, and have no order.
 */

import { CelType, sameType } from './types.ts';
import {
  CelError,
  type CelList,
  type CelMap,
  Duration,
  isList,
  isMap,
  isOpaque,
  NO_SUCH_OVERLOAD,
  Optional,
  Timestamp,
  Uint,
  type Value,
} from './values.ts';

export function equalValues(a: Value, b: Value): boolean {
  if (a === null || b === null) return a === b;
  const left = numberOf(a);
  if (left !== undefined) {
    const right = numberOf(b);
    return right !== undefined && compareNumbers(left, right) === 0;
  }
  if (typeof a !== 'object') return a === b;
  if (isList(a)) return isList(b) && equalLists(a, b);
  if (isMap(a)) return isMap(b) && equalMaps(a, b);
  if (a instanceof Uint8Array) return b instanceof Uint8Array && compareBytes(a, b) === 0;
  if (a instanceof Duration) return b instanceof Duration && a.nanoseconds === b.nanoseconds;
  if (a instanceof Timestamp) return b instanceof Timestamp && a.nanoseconds === b.nanoseconds;
  if (a instanceof CelType) return b instanceof CelType && a.name === b.name && sameType(a, b);
  if (a instanceof Optional) return b instanceof Optional && equalOptionals(a, b);
  if (isOpaque(a)) return a.equals(b);
  return false;
}

function equalOptionals({ value: a }: Optional, { value: b }: Optional): boolean {
  if (a === undefined || b === undefined) return a === b;
  return equalValues(a, b);
}

function equalLists(a: CelList, b: CelList): boolean {
  if (a.rules !== undefined) return a.rules.equal(a, b);
  return equalItems(a.items, b.items);
}

export function equalItems(a: readonly Value[], b: readonly Value[]): boolean {
  return a.length === b.length && a.every((item, index) => equalValues(item, b[index] ?? null));
}

export function equalMaps(a: CelMap, b: CelMap): boolean {
  if (a.equals !== undefined) return a.equals(b);
  if (a.size !== b.size) return false;
  for (const key of a.keys()) {
    const other = b.find(key);
    if (other === undefined || !equalValues(a.find(key) ?? null, other)) return false;
  }
  return true;
}

/** Below zero, zero or above, or an error where the two have no order. */
export function compareValues(a: Value, b: Value): number | CelError {
  const left = numberOf(a);
  if (left !== undefined) {
    const right = numberOf(b);
    if (right === undefined) return NO_SUCH_OVERLOAD;
    return compareNumbers(left, right) ?? new CelError('NaN values cannot be ordered');
  }
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareBytes(a, b);
  if (a instanceof Duration && b instanceof Duration) return sign(a.nanoseconds, b.nanoseconds);
  if (a instanceof Timestamp && b instanceof Timestamp) return sign(a.nanoseconds, b.nanoseconds);
  return NO_SUCH_OVERLOAD;
}

function sign(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The number behind an int, a uint or a double. */
function numberOf(value: Value): bigint | number | undefined {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  return value instanceof Uint ? value.value : undefined;
}

/** Exact also where a double meets an int of 64 bits (Go compares them as doubles). Undefined for NaN. */
function compareNumbers(a: bigint | number, b: bigint | number): number | undefined {
  if (typeof a === 'bigint' && typeof b === 'bigint') return sign(a, b);
  const left = Number(a);
  const right = Number(b);
  if (Number.isNaN(left) || Number.isNaN(right)) return undefined;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** By code points, as Go compares UTF-8. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left === right) continue;
    // Surrogates stand for code points above all others.
    const high = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;
    if (high(left) !== high(right)) return high(left) ? 1 : -1;
    return left - right;
  }
  return a.length - b.length;
}

export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  return Buffer.compare(a, b);
}
