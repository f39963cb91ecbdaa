/**
 * Number literals. Follows newNumber of text/template/parse/node.go, and strconv's ParseInt, ParseUint (base 0) and
 * ParseFloat, of Go 1.26.
 */
import type { NumberValue } from './node.ts';
import { INVALID_SYNTAX, quote, unquoteChar } from './quote.ts';

/** The values of a number token, or the text of the error. */
export function parseNumber(text: string, type: 'number' | 'complex' | 'charConstant'): NumberValue | string {
  if (type === 'charConstant') return parseCharacter(text);
  if (type === 'complex') return parseComplex(text);
  if (text.endsWith('i')) {
    const imaginary = parseFloat64(text.slice(0, -1));
    if (imaginary !== undefined) return simplify(0, imaginary);
  }
  const integer = parseInteger(text);
  // Unsigned numbers have no sign, not even +; zero is zero with either.
  const isUnsigned = integer !== undefined && (!/^[+-]/.test(text) || integer === 0n);
  const uint = isUnsigned && integer < 1n << 64n ? integer : undefined;
  const int = integer !== undefined && isInt64(integer) ? integer : undefined;
  if (int !== undefined) return { int, uint, float: Number(int), complex: undefined };
  if (uint !== undefined) return { int, uint, float: Number(uint), complex: undefined };
  const float = parseFloat64(text);
  if (float === undefined) return `illegal number syntax: ${quote(text)}`;
  if (!/[.eEpP]/.test(text)) return `integer overflow: ${quote(text)}`;
  return { int: integerOfFloat(float), uint: unsignedOfFloat(float), float, complex: undefined };
}

function parseCharacter(text: string): NumberValue | string {
  const char = unquoteChar(text.slice(1), "'");
  if (char === undefined) return INVALID_SYNTAX;
  if (text.slice(1 + char.length) !== "'") return `malformed character constant: ${text}`;
  const value = BigInt(char.point);
  return { int: value, uint: value, float: char.point, complex: undefined };
}

function parseComplex(text: string): NumberValue | string {
  const match = /^(.*[^eEpP])([+-].*)i$/s.exec(text);
  const real = match?.[1] === undefined ? undefined : parseFloat64(match[1]);
  const imaginary = match?.[2] === undefined ? undefined : parseFloat64(match[2]);
  if (real === undefined || imaginary === undefined) return 'syntax error scanning complex number';
  return simplify(real, imaginary);
}

function simplify(real: number, imaginary: number): NumberValue {
  const complex = { real, imaginary };
  if (imaginary !== 0) return { int: undefined, uint: undefined, float: undefined, complex };
  return { int: integerOfFloat(real), uint: unsignedOfFloat(real), float: real, complex };
}

function integerOfFloat(float: number): bigint | undefined {
  return Number.isInteger(float) && float >= -(2 ** 63) && float < 2 ** 63 ? BigInt(float) : undefined;
}

function unsignedOfFloat(float: number): bigint | undefined {
  return Number.isInteger(float) && float >= 0 && float < 2 ** 64 ? BigInt(float) : undefined;
}

function isInt64(value: bigint): boolean {
  return value >= -(1n << 63n) && value < 1n << 63n;
}

/** An integer of any size with Go's base prefixes; undefined for what is no integer. */
export function parseInteger(text: string): bigint | undefined {
  const match = /^([+-]?)(0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|0[0-7_]*|[1-9][0-9_]*)$/.exec(text);
  const digits = match?.[2];
  if (digits === undefined || !areUnderscoresOk(digits)) return undefined;
  const plain = digits.replaceAll('_', '');
  const octal = /^0[0-7]+$/.test(plain) ? `0o${plain.slice(1)}` : plain;
  const value = BigInt(octal.toLowerCase());
  return match?.[1] === '-' ? -value : value;
}

/** A float64 by Go's syntax, decimal or hexadecimal; undefined if malformed or out of range. */
export function parseFloat64(text: string): number | undefined {
  const hex = /^([+-]?)0[xX]([0-9a-fA-F_]*)\.?([0-9a-fA-F_]*)[pP]([+-]?[0-9_]+)$/.exec(text);
  if (hex !== null) {
    // Underscores are fine only beside digits; a malformed place makes the number malformed.
    return areUnderscoresOk(text.replace(/^[+-]/, '')) ? hexFloat(hex) : undefined;
  }
  const decimal = /^[+-]?(?:[0-9_]+\.?[0-9_]*|\.[0-9_]+)(?:[eE][+-]?[0-9_]+)?$/;
  if (!decimal.test(text) || !/^[+-]?[_.]*[0-9]/.test(text)) return undefined;
  if (!areUnderscoresOk(text.replace(/^[+-]/, ''))) return undefined;
  const value = Number(text.replaceAll('_', ''));
  return Number.isFinite(value) ? value : undefined;
}

function hexFloat(match: RegExpExecArray): number | undefined {
  const [, sign, whole = '', fraction = '', exponent = ''] = match.map((part) => part.replaceAll('_', ''));
  if (whole === '' && fraction === '') return undefined;
  if (exponent.length > 8) return undefined;
  const mantissa = BigInt(`0x${whole}${fraction}`);
  const value = scale(mantissa, Number(exponent) - 4 * fraction.length);
  if (!Number.isFinite(value)) return undefined;
  return sign === '-' ? -value : value;
}

/** mantissa × 2^exponent, rounded once. */
function scale(mantissa: bigint, exponent: number): number {
  if (mantissa === 0n) return 0;
  const bits = mantissa.toString(2).length;
  if (bits + exponent > 1100) return Number.POSITIVE_INFINITY;
  if (bits + exponent < -1100) return 0;
  // Below the smallest normal number the precision shrinks: round to what is left of it.
  const kept = Math.min(53, bits + exponent + 1074);
  const drop = bits - kept;
  if (drop <= 0) return Number(mantissa) * 2 ** Math.max(exponent, -1000) * 2 ** Math.min(exponent + 1000, 0);
  const half = 1n << BigInt(drop - 1);
  const low = mantissa & ((1n << BigInt(drop)) - 1n);
  let high = mantissa >> BigInt(drop);
  if (low > half || (low === half && (high & 1n) === 1n)) high++;
  const shift = exponent + drop;
  return Number(high) * 2 ** Math.max(shift, -1000) * 2 ** Math.min(shift + 1000, 0);
}

/** Underscores separate digits, or follow a base prefix (a leading 0 is one). */
function areUnderscoresOk(digits: string): boolean {
  if (!digits.includes('_')) return true;
  const body = /^0[xXoObB]/.test(digits) ? `0${digits.slice(2)}` : digits;
  const misplaced = /^0[xX]/.test(digits) ? /(?:^|[^0-9a-f])_|_(?:$|[^0-9a-f])/i : /(?:^|[^0-9])_|_(?:$|[^0-9])/;
  return !misplaced.test(body);
}
