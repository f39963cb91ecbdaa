/**
 * Values turned into numbers as Sprig does it, never failing: what is no number is 0. Follows spf13/cast 1.7.0 (ToInt,
 * ToInt64, ToFloat64) on linux/amd64, where a float out of int64's range becomes -2^63.
 */
import { GoNamedNumber, GoNumber, type GoValue } from '../gotemplate/go-value.ts';
import { parseFloatingPoint, parseInteger } from './parse-number.ts';

const MIN_INT64 = -(2n ** 63n);

/** cast.ToInt64 (and ToInt, which is the same on 64 bits). */
export function toInt64(value: GoValue): bigint {
  switch (typeof value) {
    case 'bigint':
      return value;
    case 'number':
      return truncate(value);
    case 'boolean':
      return value ? 1n : 0n;
    case 'string': {
      const parsed = parseInteger(trimZeroDecimal(value), 0);
      return typeof parsed === 'bigint' ? parsed : 0n;
    }
    default: {
      const number = plainNumber(value);
      return typeof number === 'bigint' ? BigInt.asIntN(64, number) : truncate(number);
    }
  }
}

/** cast.ToFloat64. */
export function toFloat64(value: GoValue): number {
  switch (typeof value) {
    case 'number':
      return value;
    case 'bigint':
      return Number(value);
    case 'boolean':
      return value ? 1 : 0;
    case 'string': {
      const parsed = parseFloatingPoint(value);
      return typeof parsed === 'number' ? parsed : 0;
    }
    default:
      return Number(plainNumber(value));
  }
}

/** Conversion of a float64 to an int64 on amd64. */
export function truncate(value: number): bigint {
  if (!(value >= -(2 ** 63) && value < 2 ** 63)) return MIN_INT64;
  return BigInt(Math.trunc(value));
}

/** A number of a predeclared type, a month or a weekday; other named numbers (a duration) are none to cast. */
function plainNumber(value: GoValue): bigint | number {
  if (!(value instanceof GoNumber) || value.kind === 'complex128') return 0n;
  if (value instanceof GoNamedNumber || value.type !== value.kind) {
    return value.type === 'time.Month' || value.type === 'time.Weekday' ? value.value : 0n;
  }
  return value.value;
}

/** "1.00" is 1: a fraction of zeros is cut off. */
function trimZeroDecimal(text: string): string {
  return text.replace(/\.0+$/, '');
}
