/**
 * Durations as Go's time.Duration: nanoseconds in an int64; read from `1h30m`, written as `1h30m0s`, rounded and cut.
 * Follows time of Go 1.26. Beside it the other named numbers of package time: Month and Weekday.
 */
import { goBytes } from '../gotemplate/bytes.ts';
import { GoNamedNumber, type GoNumber, type GoNumberType, int64, method } from '../gotemplate/go-value.ts';

export const SECOND = 1_000_000_000n;
const MINUTE = 60n * SECOND;
const HOUR = 60n * MINUTE;
const MAX = 2n ** 63n - 1n;
const MIN = -(2n ** 63n);

/** A duration of nanoseconds, as a value for templates. */
export function durationValue(nanoseconds: bigint): GoNamedNumber {
  return new GoNamedNumber(durationType, BigInt.asIntN(64, nanoseconds));
}

/** time.ParseDuration: nanoseconds, or the text of Go's error. */
export function parseDuration(value: string): bigint | { readonly error: string } {
  const invalid = { error: `time: invalid duration ${quoteTime(value)}` };
  const sign = /^[+-]/.test(value) ? value[0] : '';
  let rest = value.slice(sign === '' ? 0 : 1);
  if (rest === '0') return 0n;
  if (rest === '') return invalid;
  let total = 0n;
  while (rest !== '') {
    const match = /^([0-9]*)(?:(\.)([0-9]*))?([^.0-9]*)/.exec(rest);
    const [whole = '', fraction = '', unit = ''] = [match?.[1], match?.[3], match?.[4]];
    if (match === null || (whole === '' && fraction === '')) return invalid;
    if (whole.length > 30 || BigInt(whole || '0') > -MIN) return invalid;
    rest = rest.slice(match[0].length);
    if (unit === '') return { error: `time: missing unit in duration ${quoteTime(value)}` };
    const size = units.get(unit);
    if (size === undefined) {
      return { error: `time: unknown unit ${quoteTime(unit)} in duration ${quoteTime(value)}` };
    }
    if (BigInt(whole || '0') > -MIN / size) return invalid;
    total += BigInt(whole || '0') * size + fractionOf(fraction, size);
    if (total > -MIN) return invalid;
  }
  if (sign === '-') return -total;
  return total > MAX ? invalid : total;
}

/** Duration.String: `1h30m0s`, `1.5s`, `2µs`, `0s`. */
export function formatDuration(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return '0s';
  const sign = nanoseconds < 0n ? '-' : '';
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  if (size < SECOND) {
    if (size < 1000n) return `${sign}${size}ns`;
    return size < 1_000_000n ? `${sign}${withFraction(size, 3)}µs` : `${sign}${withFraction(size, 6)}ms`;
  }
  const seconds = withFraction(size % MINUTE, 9);
  const minutes = size / MINUTE;
  if (minutes === 0n) return `${sign}${seconds}s`;
  return minutes < 60n ? `${sign}${minutes}m${seconds}s` : `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}s`;
}

/** Duration.Truncate: toward zero to a multiple; unchanged by a multiple of 0 or less. */
export function truncateDuration(nanoseconds: bigint, multiple: bigint): bigint {
  return multiple <= 0n ? nanoseconds : nanoseconds - (nanoseconds % multiple);
}

/** Duration.Round: to the nearest multiple, halves away from zero, at most the largest duration. */
export function roundDuration(nanoseconds: bigint, multiple: bigint): bigint {
  if (multiple <= 0n) return nanoseconds;
  const rest = nanoseconds % multiple;
  const size = rest < 0n ? -rest : rest;
  const cut = nanoseconds - rest;
  if (size * 2n < multiple) return cut;
  const rounded = nanoseconds < 0n ? cut - multiple : cut + multiple;
  return rounded > MAX ? MAX : rounded < MIN ? MIN : rounded;
}

/** A duration in a unit of nanoseconds as a float: whole and fraction apart, as Duration.Seconds. */
export function durationIn(nanoseconds: bigint, unit: bigint): number {
  return Number(nanoseconds / unit) + Number(nanoseconds % unit) / Number(unit);
}

/** The quoting of package time's errors, which is not strconv's. */
export function quoteTime(value: string): string {
  let out = '"';
  for (const char of value) {
    if (char >= ' ' && char < '\x80') out += char === '"' || char === '\\' ? `\\${char}` : char;
    else for (const byte of goBytes(char)) out += `\\x${byte.toString(16).padStart(2, '0')}`;
  }
  return `${out}"`;
}

const units: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1000n],
  ['\u00b5s', 1000n],
  ['\u03bcs', 1000n],
  ['ms', 1_000_000n],
  ['s', SECOND],
  ['m', MINUTE],
  ['h', HOUR],
]);

/** Digits after the point, of which Go keeps what fits into 63 bits, times a unit. */
function fractionOf(digits: string, unit: bigint): bigint {
  let value = 0n;
  let scale = 1;
  for (const digit of digits) {
    if (value > MAX / 10n) break;
    const longer = value * 10n + BigInt(digit);
    if (longer > -MIN) break;
    value = longer;
    scale *= 10;
  }
  return value === 0n ? 0n : BigInt(Math.trunc(Number(value) * (Number(unit) / scale)));
}

function withFraction(value: bigint, places: number): string {
  const digits = value.toString().padStart(places + 1, '0');
  const fraction = digits.slice(-places).replace(/0+$/, '');
  return digits.slice(0, -places) + (fraction === '' ? '' : `.${fraction}`);
}

function nanosecondsOf(value: GoNumber): bigint {
  return BigInt(value.value);
}

const durationType: GoNumberType = {
  name: 'time.Duration',
  kind: 'int64',
  format: (self) => formatDuration(nanosecondsOf(self)),
  methods: new Map([
    ['String', method([], (self: GoNumber) => formatDuration(nanosecondsOf(self)))],
    ['Nanoseconds', method([], (self: GoNumber) => int64(nanosecondsOf(self)))],
    ['Microseconds', method([], (self: GoNumber) => int64(nanosecondsOf(self) / 1000n))],
    ['Milliseconds', method([], (self: GoNumber) => int64(nanosecondsOf(self) / 1_000_000n))],
    ['Seconds', method([], (self: GoNumber) => durationIn(nanosecondsOf(self), SECOND))],
    ['Minutes', method([], (self: GoNumber) => durationIn(nanosecondsOf(self), MINUTE))],
    ['Hours', method([], (self: GoNumber) => durationIn(nanosecondsOf(self), HOUR))],
    [
      'Round',
      method(['time.Duration'], (self: GoNumber, [multiple]) =>
        durationValue(roundDuration(nanosecondsOf(self), nanosecondsOf(multiple as GoNumber))),
      ),
    ],
    [
      'Truncate',
      method(['time.Duration'], (self: GoNumber, [multiple]) =>
        durationValue(truncateDuration(nanosecondsOf(self), nanosecondsOf(multiple as GoNumber))),
      ),
    ],
    [
      'Abs',
      method([], (self: GoNumber) => {
        const value = nanosecondsOf(self);
        return durationValue(value === MIN ? MAX : value < 0n ? -value : value);
      }),
    ],
  ]),
};

export const monthNames: readonly string[] =
  'January February March April May June July August September October November December'.split(' ');
export const weekdayNames: readonly string[] = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

/** A month (1 to 12), as a value for templates. */
export function monthValue(month: number): GoNamedNumber {
  return new GoNamedNumber(monthType, BigInt(month));
}

/** A day of the week (0 is Sunday), as a value for templates. */
export function weekdayValue(day: number): GoNamedNumber {
  return new GoNamedNumber(weekdayType, BigInt(day));
}

const monthType = enumerated('time.Month', (value) => monthNames[value - 1]);
const weekdayType = enumerated('time.Weekday', (value) => weekdayNames[value]);

function enumerated(name: string, nameOf: (value: number) => string | undefined): GoNumberType {
  const format = (self: GoNumber) => nameOf(Number(self.value)) ?? `%!${name.slice(5)}(${self.value})`;
  return { name, kind: 'int', format, methods: new Map([['String', method([], format)]]) };
}
