/**
 * Decimal numbers of any size for addf, subf, mulf and divf, which count in decimal so that 0.1 + 0.2 is 0.3. Follows
 * shopspring/decimal 1.4.0: division gives 16 places, half rounded away from zero.
 */
import { formatFloat } from '../gotemplate/format-float.ts';
import { FunctionError } from './function.ts';

const DIVISION_PLACES = 16;

/** value × 10^exponent. */
export interface Decimal {
  readonly value: bigint;
  readonly exponent: number;
}

/** The decimal with the fewest digits that is this float. Throws FunctionError for NaN and infinities. */
export function decimalFromFloat(float: number): Decimal {
  if (!Number.isFinite(float)) {
    throw new FunctionError(`Cannot create a Decimal from ${formatFloat(float, 'g')}`);
  }
  const text = float.toExponential();
  const mark = text.indexOf('e');
  const [whole = '', fraction = ''] = text.slice(0, mark).split('.');
  return { value: BigInt(whole + fraction), exponent: Number(text.slice(mark + 1)) - fraction.length };
}

/** The float nearest to a decimal. */
export function decimalToFloat(decimal: Decimal): number {
  return decimal.value === 0n ? 0 : Number(`${decimal.value}e${decimal.exponent}`);
}

/** a + b. */
export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const exponent = Math.min(a.exponent, b.exponent);
  return { value: rescaled(a, exponent) + rescaled(b, exponent), exponent };
}

/** a - b. */
export function subtractDecimals(a: Decimal, b: Decimal): Decimal {
  return addDecimals(a, { value: -b.value, exponent: b.exponent });
}

/** a × b. */
export function multiplyDecimals(a: Decimal, b: Decimal): Decimal {
  return { value: a.value * b.value, exponent: a.exponent + b.exponent };
}

/** a / b to 16 places. Throws FunctionError when b is 0. */
export function divideDecimals(a: Decimal, b: Decimal): Decimal {
  if (b.value === 0n) throw new FunctionError('decimal division by 0');
  const shift = a.exponent - b.exponent + DIVISION_PLACES;
  const dividend = shift >= 0 ? a.value * 10n ** BigInt(shift) : a.value;
  const divisor = shift < 0 ? b.value * 10n ** BigInt(-shift) : b.value;
  const quotient = dividend / divisor;
  const rest = dividend % divisor;
  const roundsAway = 2n * absolute(rest) >= absolute(divisor);
  const isNegative = a.value < 0n !== b.value < 0n;
  const step = roundsAway ? (isNegative && a.value !== 0n ? -1n : 1n) : 0n;
  return { value: quotient + step, exponent: -DIVISION_PLACES };
}

function rescaled(decimal: Decimal, exponent: number): bigint {
  return decimal.value * 10n ** BigInt(decimal.exponent - exponent);
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}
