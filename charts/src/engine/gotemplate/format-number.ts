/**
 * Numbers by the verbs of Printf, and padding. Follows fmt of Go 1.26 (format.go): flags, width and precision.
 */
import { runeCount } from './bytes.ts';
import { type FloatFormat, formatFloat } from './format-float.ts';
import type { GoNumber } from './go-value.ts';
import { isPrint, quoteRune } from './quote.ts';

/** Flags, width and precision of a directive; -1 for a width or precision that is not given. */
export interface Directive {
  readonly width: number;
  readonly precision: number;
  readonly minus: boolean;
  readonly plus: boolean;
  readonly sharp: boolean;
  readonly space: boolean;
  readonly zero: boolean;
  /** `%+v` and `%#v`, where the flag belongs to the verb. */
  readonly plusV: boolean;
  readonly sharpV: boolean;
}

/** A directive without flags. */
export const plainDirective: Directive = {
  width: -1,
  precision: -1,
  minus: false,
  plus: false,
  sharp: false,
  space: false,
  zero: false,
  plusV: false,
  sharpV: false,
};

/** Pads to the width in runes: on the left with spaces or zeros, or on the right with spaces. */
export function pad(text: string, directive: Directive, options: { readonly zero?: boolean } = {}): string {
  if (directive.width <= 0) return text;
  const missing = directive.width - runeCount(text);
  if (missing <= 0) return text;
  if (directive.minus) return text + ' '.repeat(missing);
  const isZero = (options.zero ?? true) && directive.zero;
  return (isZero ? '0' : ' ').repeat(missing) + text;
}

const integerBases: ReadonlyMap<string, number> = new Map([
  ['v', 10],
  ['d', 10],
  ['b', 2],
  ['o', 8],
  ['O', 8],
  ['x', 16],
  ['X', 16],
]);

/** An integer by v, d, b, o, O, x, X, c, q or U; undefined for another verb. */
export function formatInteger(
  value: bigint,
  verb: string,
  options: { readonly directive: Directive; readonly isSigned: boolean },
): string | undefined {
  const { directive, isSigned } = options;
  if (verb === 'c') return pad(charText(value), directive);
  if (verb === 'q') return pad(quoteRune(runeOf(value), { ascii: directive.plus }), directive);
  if (verb === 'U') return formatUnicode(value, directive);
  const base = integerBases.get(verb);
  if (base === undefined) return undefined;
  if (verb === 'v' && directive.sharpV && !isSigned) {
    return formatDigits(value, 16, { verb: 'v', directive: { ...directive, sharp: true } });
  }
  return formatDigits(value, base, { verb, directive });
}

function formatDigits(
  value: bigint,
  base: number,
  options: { readonly verb: string; readonly directive: Directive },
): string {
  const { verb, directive } = options;
  const { width, precision, plus, space, sharp } = directive;
  const isNegative = value < 0n;
  let leastDigits = 0;
  if (precision >= 0) {
    leastDigits = precision;
    if (precision === 0 && value === 0n) return ' '.repeat(Math.max(width, 0));
  } else if (directive.zero && !directive.minus && width >= 0) {
    leastDigits = isNegative || plus || space ? width - 1 : width;
  }
  let digits = (isNegative ? -value : value).toString(base).padStart(leastDigits, '0');
  if (verb === 'X') digits = digits.toUpperCase();
  if (sharp) {
    if (base === 2) digits = `0b${digits}`;
    else if (base === 8 && !digits.startsWith('0')) digits = `0${digits}`;
    else if (base === 16) digits = (verb === 'X' ? '0X' : '0x') + digits;
  }
  if (verb === 'O') digits = `0o${digits}`;
  const sign = isNegative ? '-' : plus ? '+' : space ? ' ' : '';
  return pad(sign + digits, directive, { zero: false });
}

function runeOf(value: bigint): number {
  const unsigned = BigInt.asUintN(64, value);
  return unsigned > 0x10ffffn ? 0xfffd : Number(unsigned);
}

function charText(value: bigint): string {
  const point = runeOf(value);
  return String.fromCodePoint(point >= 0xd800 && point <= 0xdfff ? 0xfffd : point);
}

function formatUnicode(value: bigint, directive: Directive): string {
  const unsigned = BigInt.asUintN(64, value);
  let out = `U+${unsigned.toString(16).toUpperCase().padStart(Math.max(directive.precision, 4), '0')}`;
  if (directive.sharp && unsigned <= 0x10ffffn && isPrint(Number(unsigned))) {
    out += ` '${String.fromCodePoint(Number(unsigned))}'`;
  }
  return pad(out, directive, { zero: false });
}

const floatVerbs: ReadonlyMap<string, { readonly format: FloatFormat; readonly precision: number }> = new Map([
  ['v', { format: 'g', precision: -1 }],
  ['b', { format: 'b', precision: -1 }],
  ['g', { format: 'g', precision: -1 }],
  ['G', { format: 'G', precision: -1 }],
  ['x', { format: 'x', precision: -1 }],
  ['X', { format: 'X', precision: -1 }],
  ['f', { format: 'f', precision: 6 }],
  ['F', { format: 'f', precision: 6 }],
  ['e', { format: 'e', precision: 6 }],
  ['E', { format: 'E', precision: 6 }],
]);

/** A float by one of its verbs; undefined for another verb. */
export function formatReal(
  value: number,
  verb: string,
  options: { readonly directive: Directive; readonly bits: 32 | 64 },
): string | undefined {
  const { directive, bits } = options;
  const known = floatVerbs.get(verb);
  if (known === undefined) return undefined;
  const precision = directive.precision >= 0 ? directive.precision : known.precision;
  let text = formatFloat(value, known.format, precision, bits);
  let sign = '+';
  if (text.startsWith('-') || text.startsWith('+')) {
    sign = text.slice(0, 1);
    text = text.slice(1);
  }
  if (directive.space && sign === '+' && !directive.plus) sign = ' ';
  if (text === 'Inf' || text === 'NaN') {
    // An infinity always has its sign.
    const shown = text === 'NaN' && !directive.space && !directive.plus ? text : sign + text;
    return pad(shown, directive, { zero: false });
  }
  if (directive.sharp && known.format !== 'b') text = keepPoint(text, known.format, precision);
  if (!directive.plus && sign === '+') return pad(text, directive);
  // Zeros go between the sign and the digits.
  if (directive.zero && !directive.minus && directive.width > text.length + 1) {
    return sign + text.padStart(directive.width - 1, '0');
  }
  return pad(sign + text, directive);
}

/** The `#` flag: always a point, and trailing zeros up to the precision for g, G and x. */
function keepPoint(text: string, format: FloatFormat, precision: number): string {
  const tailAt = text.search(format === 'x' || format === 'X' ? /[pP]/ : /[eE]/);
  const tail = tailAt < 0 ? '' : text.slice(tailAt);
  let head = tailAt < 0 ? text : text.slice(0, tailAt);
  let missing = 0;
  if (format === 'g' || format === 'G' || format === 'x') missing = precision === -1 ? 6 : precision;
  const significant = head.replace('.', '').replace(/^0+/, '');
  missing -= format === 'x' ? significantAfterX(head) : significant.length;
  if (!head.includes('.')) {
    if (head === '0') missing--;
    head += '.';
  }
  return head + '0'.repeat(Math.max(missing, 0)) + tail;
}

/** For 0x1.8p+00 Go counts every character from the first one that is not a zero, the x among them. */
function significantAfterX(head: string): number {
  return head.replace('.', '').replace(/^0+/, '').length;
}
/** A complex number by a float's verb; undefined for another verb. */
export function formatComplex(number: GoNumber, verb: string, directive: Directive): string | undefined {
  const real = formatReal(Number(number.value), verb, { directive, bits: 64 });
  const imaginary = formatReal(number.imaginary, verb, { directive: { ...directive, plus: true }, bits: 64 });
  return real === undefined || imaginary === undefined ? undefined : `(${real}${imaginary}i)`;
}
