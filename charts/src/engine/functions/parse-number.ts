/**
 * Numbers read from text as Go's strconv reads them: ParseInt with base prefixes and underscores, ParseFloat with
 * hexadecimal fractions, inf and nan. Follows strconv of Go 1.26.
 */

const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);

/** Why a text is no number: not written as one, or out of range. */
export type NumberFault = 'syntax' | 'range';

/** strconv.ParseInt of 64 bits. Base 0 takes the base from a prefix (0x, 0o, 0b, 0) and allows underscores. */
export function parseInteger(text: string, base: 0 | 8 | 10 | 16): bigint | NumberFault {
  const match = /^([+-]?)([0-9a-zA-Z_]+)$/.exec(text);
  if (match === null) return 'syntax';
  let digits = match[2] ?? '';
  let radix: number = base;
  if (base === 0) {
    if (digits.includes('_')) {
      if (!underscoresFit(digits)) return 'syntax';
      digits = digits.replaceAll('_', '');
    }
    radix = 10;
    if (digits.startsWith('0')) {
      const prefix = digits.length >= 3 ? prefixes.get(digits.charAt(1).toLowerCase()) : undefined;
      radix = prefix ?? 8;
      digits = digits.slice(prefix === undefined ? 1 : 2);
      if (digits === '') return 0n;
    }
  }
  if (!digitsOf(radix).test(digits)) return 'syntax';
  const value = readDigits(digits, radix);
  const signed = match[1] === '-' ? -value : value;
  return signed > MAX_INT64 || signed < MIN_INT64 ? 'range' : signed;
}

/** strconv.ParseFloat of 64 bits. */
export function parseFloatingPoint(text: string): number | NumberFault {
  const plain = text.includes('_') && !/(^|[^0-9])_|_([^0-9]|$)/.test(text) ? text.replaceAll('_', '') : text;
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(plain)) return finite(Number(plain));
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(text);
  if (special !== null) {
    const [, sign, name] = special;
    if (name?.toLowerCase() === 'nan') return sign === '' ? Number.NaN : 'syntax';
    return sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  const hexadecimal = /^([+-]?)0[xX]([0-9a-fA-F_]*)\.?([0-9a-fA-F_]*)[pP]([+-]?[0-9]+)$/.exec(text);
  if (hexadecimal !== null) return parseHexadecimal(text, hexadecimal);
  return 'syntax';
}

const prefixes: ReadonlyMap<string, number> = new Map([
  ['b', 2],
  ['o', 8],
  ['x', 16],
]);

function digitsOf(radix: number): RegExp {
  if (radix === 2) return /^[01]+$/;
  if (radix === 8) return /^[0-7]+$/;
  return radix === 10 ? /^[0-9]+$/ : /^[0-9a-fA-F]+$/;
}

/** A value out of int64 is only known to be so: what is longer is not read. */
function readDigits(digits: string, radix: number): bigint {
  const plain = digits.replace(/^0+(?=.)/, '');
  if (plain.length > 64) return 1n << 64n;
  const prefix = radix === 2 ? '0b' : radix === 8 ? '0o' : radix === 16 ? '0x' : '';
  return BigInt(prefix + plain);
}

/** Underscores stand between digits or after a base prefix. */
function underscoresFit(digits: string): boolean {
  const isPrefixed = /^0[bBoOxX]/.test(digits);
  const body = isPrefixed ? `0${digits.slice(2)}` : digits;
  return !body.startsWith('_') && !body.endsWith('_') && !body.includes('__');
}

function parseHexadecimal(text: string, match: RegExpExecArray): number | NumberFault {
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const digits = (whole + fraction).replaceAll('_', '');
  if (digits === '') return 'syntax';
  if (text.includes('_')) {
    const mantissa = text.replace(/^[+-]/, '').replace(/[pP].*$/, '');
    if (/\._|_\./.test(mantissa) || !underscoresFit(mantissa)) return 'syntax';
  }
  // Beyond this the value is zero or out of range whatever its digits.
  const power = Math.max(-100_000, Math.min(100_000, Number(exponent))) - 4 * fraction.replaceAll('_', '').length;
  const size = scale(BigInt(`0x${digits}`), power);
  return finite(sign === '-' ? -size : size);
}

/** mantissa × 2^power, rounded once, half to even. */
function scale(mantissa: bigint, power: number): number {
  if (mantissa === 0n) return 0;
  const width = mantissa.toString(2).length;
  // The lowest bit that a float64 of this size holds.
  const lowest = Math.max(width + power - 53, -1074);
  const drop = lowest - power;
  if (drop <= 0) return width + power > 1024 ? Number.POSITIVE_INFINITY : shifted(mantissa, power);
  if (drop > width + 1) return 0;
  let kept = mantissa >> BigInt(drop);
  const rest = mantissa & ((1n << BigInt(drop)) - 1n);
  const half = 1n << BigInt(drop - 1);
  if (rest > half || (rest === half && (kept & 1n) === 1n)) kept++;
  return kept.toString(2).length + lowest > 1024 ? Number.POSITIVE_INFINITY : shifted(kept, lowest);
}

function shifted(mantissa: bigint, power: number): number {
  let value = Number(mantissa);
  let left = power;
  while (left > 1000) {
    value *= 2 ** 1000;
    left -= 1000;
  }
  // Exact: the bits that a subnormal drops were dropped before.
  while (left < -1000) {
    value *= 2 ** -1000;
    left += 1000;
  }
  return value * 2 ** left;
}

function finite(value: number): number | NumberFault {
  return Number.isFinite(value) ? value : 'range';
}
