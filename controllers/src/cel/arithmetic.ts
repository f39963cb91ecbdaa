/**
 * Sums and products with the bounds of 64 bits, of durations and of timestamps (cel-go's common/types/overflow.go).
 */
import { CelError, CelList, Duration, isList, NO_SUCH_OVERLOAD, Timestamp, Uint, type Value } from './values.ts';

const MIN_INT = -(2n ** 63n);
const MAX_INT = 2n ** 63n - 1n;
const MAX_UINT = 2n ** 64n - 1n;
const NANO = 1_000_000_000n;
/** 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z, in seconds. */
const MIN_TIME = -62_135_596_800n;
const MAX_TIME = 253_402_300_799n;

const INT_OVERFLOW = new CelError('integer overflow');
const UINT_OVERFLOW = new CelError('unsigned integer overflow');
const DURATION_OVERFLOW = new CelError('duration overflow');
export const TIMESTAMP_OVERFLOW = new CelError('timestamp overflow');

export function int(value: bigint): Value {
  return value < MIN_INT || value > MAX_INT ? INT_OVERFLOW : value;
}

export function uint(value: bigint): Value {
  return value < 0n || value > MAX_UINT ? UINT_OVERFLOW : new Uint(value);
}

export function duration(nanoseconds: bigint): Value {
  return nanoseconds < MIN_INT || nanoseconds > MAX_INT ? DURATION_OVERFLOW : new Duration(nanoseconds);
}

export function timestamp(nanoseconds: bigint, offset = 0): Value {
  const seconds = nanoseconds / NANO - (nanoseconds % NANO < 0n ? 1n : 0n);
  return seconds < MIN_TIME || seconds > MAX_TIME ? TIMESTAMP_OVERFLOW : new Timestamp(nanoseconds, offset);
}

/** A double as an int: cut off, not rounded; an error beyond the bounds. */
export function doubleToInt(value: number): Value {
  if (!Number.isFinite(value) || value <= -(2 ** 63) || value >= 2 ** 63) return INT_OVERFLOW;
  return BigInt(Math.trunc(value));
}

export function doubleToUint(value: number): Value {
  if (!Number.isFinite(value) || value < 0 || value >= 2 ** 64) return UINT_OVERFLOW;
  return new Uint(BigInt(Math.trunc(value)));
}

export function add(a: Value, b: Value): Value {
  if (typeof a === 'bigint' && typeof b === 'bigint') return int(a + b);
  if (typeof a === 'string' && typeof b === 'string') return a + b;
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  if (a instanceof Uint && b instanceof Uint) return uint(a.value + b.value);
  if (isList(a) && isList(b)) return addLists(a, b);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.concat([a, b]);
  if (a instanceof Duration && b instanceof Duration) return duration(a.nanoseconds + b.nanoseconds);
  if (a instanceof Timestamp && b instanceof Duration) return timestamp(a.nanoseconds + b.nanoseconds, a.offset);
  if (a instanceof Duration && b instanceof Timestamp) return timestamp(a.nanoseconds + b.nanoseconds, b.offset);
  return NO_SUCH_OVERLOAD;
}

function addLists(a: CelList, b: CelList): CelList {
  if (a.rules !== undefined) return a.rules.add(a, b);
  if (a.items.length === 0) return b;
  if (b.items.length === 0) return a;
  return new CelList([...a.items, ...b.items]);
}

export function subtract(a: Value, b: Value): Value {
  if (typeof a === 'bigint' && typeof b === 'bigint') return int(a - b);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (a instanceof Uint && b instanceof Uint) return uint(a.value - b.value);
  if (a instanceof Duration && b instanceof Duration) return duration(a.nanoseconds - b.nanoseconds);
  if (a instanceof Timestamp && b instanceof Duration) return timestamp(a.nanoseconds - b.nanoseconds, a.offset);
  if (a instanceof Timestamp && b instanceof Timestamp) return duration(a.nanoseconds - b.nanoseconds);
  return NO_SUCH_OVERLOAD;
}

export function multiply(a: Value, b: Value): Value {
  if (typeof a === 'bigint' && typeof b === 'bigint') return int(a * b);
  if (typeof a === 'number' && typeof b === 'number') return a * b;
  return a instanceof Uint && b instanceof Uint ? uint(a.value * b.value) : NO_SUCH_OVERLOAD;
}

export function divide(a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') return a / b;
  if (typeof a === 'bigint' && typeof b === 'bigint') return b === 0n ? new CelError('division by zero') : int(a / b);
  if (a instanceof Uint && b instanceof Uint)
    return b.value === 0n ? new CelError('division by zero') : new Uint(a.value / b.value);
  return NO_SUCH_OVERLOAD;
}

export function modulo(a: Value, b: Value): Value {
  if (typeof a === 'bigint' && typeof b === 'bigint') {
    if (b === 0n) return new CelError('modulus by zero');
    return a === MIN_INT && b === -1n ? INT_OVERFLOW : a % b;
  }
  if (a instanceof Uint && b instanceof Uint)
    return b.value === 0n ? new CelError('modulus by zero') : new Uint(a.value % b.value);
  return NO_SUCH_OVERLOAD;
}

export function negate(a: Value): Value {
  if (typeof a === 'bigint') return int(-a);
  if (typeof a === 'number') return -a;
  return a instanceof Duration ? duration(-a.nanoseconds) : NO_SUCH_OVERLOAD;
}
