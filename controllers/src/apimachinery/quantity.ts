/**
 * resource.Quantity (apimachinery v1.34): parsing, comparison, addition and the canonical text. Values are exact, in
 * units of 10^-9 (`nano`), the finest that Kubernetes keeps; finer ones are rounded up.
 */
import { ApiError } from './status.ts';

export type QuantityFormat = 'BinarySI' | 'DecimalSI' | 'DecimalExponent';

export interface Quantity {
  /** The value times 10^9. */
  readonly nano: bigint;
  readonly format: QuantityFormat;
}

const NANO = 1_000_000_000n;
const MAX = 9_223_372_036_854_775_807n * NANO;
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const DECIMAL = new Map([
  [-9, 'n'],
  [-6, 'u'],
  [-3, 'm'],
  [0, ''],
  [3, 'k'],
  [6, 'M'],
  [9, 'G'],
  [12, 'T'],
  [15, 'P'],
  [18, 'E'],
]);
const SUFFIX_EXPONENTS = new Map([...DECIMAL].map(([exponent, suffix]) => [suffix, exponent]));
const PATTERN = /^([+-]?)(\d*)(?:\.(\d*))?([eE][+-]?\d+|[KMGTPE]i|[numkMGTPE]|)$/;
const CACHE_LIMIT = 5000;
const parsed = new Map<string, Quantity>();

/** The text that the API answers to what it can't read. */
export const QUANTITY_ERROR =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

/** Reads a quantity; numbers are taken as their decimal text. Throws BadRequest with Kubernetes' text. */
export function parseQuantity(value: string | number): Quantity {
  const text = String(value);
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const quantity = read(text);
  if (quantity === undefined) throw new ApiError('BadRequest', QUANTITY_ERROR);
  if (parsed.size >= CACHE_LIMIT) parsed.clear();
  parsed.set(text, quantity);
  return quantity;
}

/** As parseQuantity, with undefined for what can't be read. */
export function tryParseQuantity(value: string | number): Quantity | undefined {
  const text = String(value);
  return parsed.get(text) ?? read(text);
}

function read(text: string): Quantity | undefined {
  const match = PATTERN.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', suffix = ''] = match;
  if (whole === '' && fraction === '') return undefined;
  const digits = BigInt(`${whole}${fraction}` || '0');
  let format: QuantityFormat = 'DecimalSI';
  let exponent = 9 - fraction.length;
  let factor = 1n;
  const binary = suffix.endsWith('i') ? BINARY.indexOf(suffix) : -1;
  if (binary > 0) {
    format = 'BinarySI';
    factor = 1024n ** BigInt(binary);
  } else if (suffix.length > 1) {
    format = 'DecimalExponent';
    exponent += Math.max(-400, Math.min(400, Number(suffix.slice(1))));
  } else {
    exponent += SUFFIX_EXPONENTS.get(suffix) ?? 0;
  }
  let nano = digits * factor;
  if (exponent >= 0) nano *= 10n ** BigInt(exponent);
  else nano = divideUp(nano, 10n ** BigInt(-exponent));
  if (nano > MAX) nano = MAX;
  return { nano: sign === '-' ? -nano : nano, format };
}

/** Rounds away from zero for a positive dividend, as Kubernetes does below nano. */
function divideUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}

/** The canonical text: no fraction, the largest suffix that fits. */
export function formatQuantity({ nano, format }: Quantity): string {
  if (nano === 0n) return '0';
  const sign = nano < 0n ? '-' : '';
  const size = nano < 0n ? -nano : nano;
  if (format === 'BinarySI' && size >= 1024n * NANO && size % NANO === 0n) {
    let value = size / NANO;
    let power = 0;
    while (power < BINARY.length - 1 && value % 1024n === 0n) {
      value /= 1024n;
      power += 1;
    }
    return `${sign}${value}${BINARY[power]}`;
  }
  let value = size;
  let exponent = -9;
  const largest = format === 'DecimalExponent' ? 400 : 18;
  while (exponent < largest && value % 1000n === 0n) {
    value /= 1000n;
    exponent += 3;
  }
  if (format === 'DecimalExponent') return `${sign}${value}${exponent === 0 ? '' : `e${exponent}`}`;
  return `${sign}${value}${DECIMAL.get(exponent)}`;
}

/** The canonical text of a text, cached; throws BadRequest. */
export function canonicalQuantity(value: string | number): string {
  const text = String(value);
  const known = canonical.get(text);
  if (known !== undefined) return known;
  const out = formatQuantity(parseQuantity(text));
  if (canonical.size >= CACHE_LIMIT) canonical.clear();
  canonical.set(text, out);
  return out;
}

const canonical = new Map<string, string>();

/** Negative, 0 or positive. */
export function compareQuantities(a: Quantity, b: Quantity): number {
  return a.nano < b.nano ? -1 : a.nano > b.nano ? 1 : 0;
}

/** The sum, in the first one's format unless that is zero (Quantity.Add). */
export function addQuantities(a: Quantity, b: Quantity): Quantity {
  return { nano: a.nano + b.nano, format: a.nano === 0n ? b.format : a.format };
}

export function subtractQuantities(a: Quantity, b: Quantity): Quantity {
  return { nano: a.nano - b.nano, format: a.nano === 0n ? b.format : a.format };
}

export const ZERO_QUANTITY: Quantity = { nano: 0n, format: 'DecimalSI' };

/** Thousandths, rounded up, as Quantity.MilliValue: 1 for `1m`, 1000 for `1`. */
export function milliValue(quantity: Quantity): number {
  return Number(roundUp(quantity.nano, 1_000_000n));
}

/** Whole units, rounded up, as Quantity.Value: bytes, pieces. */
export function wholeValue(quantity: Quantity): number {
  return Number(roundUp(quantity.nano, NANO));
}

function roundUp(value: bigint, unit: bigint): bigint {
  return value >= 0n ? (value + unit - 1n) / unit : -(-value / unit);
}
