/** Values of JSON as the validator sees them: the kinds, equality and exact division. */
import { GoNumber, type GoValue } from '../../engine/gotemplate/go-value.ts';

export type JsonKind = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object';

/** The kind of a value; undefined for what JSON has not. */
export function kindOf(value: GoValue): JsonKind | undefined {
  if (value === null) return 'null';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'boolean';
  if (Array.isArray(value)) return 'array';
  if (value instanceof Map) return 'object';
  const number = numberOf(value);
  return number !== undefined && Number.isFinite(number) ? 'number' : undefined;
}

/** A number of any Go type; beyond 2^53 the nearest float64. */
export function numberOf(value: GoValue): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  return value instanceof GoNumber ? Number(value.value) : undefined;
}

export function isInteger(value: GoValue): boolean {
  return Number.isInteger(numberOf(value));
}

/** Equality of JSON: numbers by value, objects whatever the order. */
export function jsonEquals(a: GoValue, b: GoValue): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => jsonEquals(item, b[i]));
  }
  if (a instanceof Map) {
    if (!(b instanceof Map) || a.size !== b.size) return false;
    for (const [key, value] of a) if (!b.has(key) || !jsonEquals(value, b.get(key))) return false;
    return true;
  }
  const number = numberOf(a);
  return number !== undefined && number === numberOf(b);
}

/** A text that is the same for equal values, and for no others. */
export function canonicalText(value: GoValue): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (value instanceof Map) {
    const parts = [...value.keys()].sort().map((key) => `${JSON.stringify(key)}:${canonicalText(value.get(key))}`);
    return `{${parts.join(',')}}`;
  }
  return JSON.stringify(numberOf(value) ?? value) ?? 'null';
}

/** Whether one decimal number is a whole multiple of another: 0.3 of 0.1, too. */
export function isMultiple(value: number, of: number): boolean {
  if (of === 0) return true;
  const [a, aScale] = decimal(value);
  const [b, bScale] = decimal(of);
  const scale = aScale > bScale ? aScale : bScale;
  return (a * 10n ** BigInt(scale - aScale)) % (b * 10n ** BigInt(scale - bScale)) === 0n;
}

/** The shortest decimal of a float64: digits and how many of them follow the point. */
function decimal(value: number): [bigint, number] {
  const [mantissa = '0', exponent = '0'] = value.toExponential().split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  return scale >= 0 ? [digits, scale] : [digits * 10n ** BigInt(-scale), 0];
}
