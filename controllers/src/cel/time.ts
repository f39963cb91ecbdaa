/**
 * Durations and timestamps: Go's texts of them, and their parts in a time zone (cel-go's common/types/timestamp.go and
 * duration.go).
 */
import { duration, timestamp } from './arithmetic.ts';
import { CelError, type Duration, type Timestamp, type Value } from './values.ts';

const NANO = 1_000_000_000n;
const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: NANO,
  m: 60n * NANO,
  h: 3600n * NANO,
};

function conversionError(to: string): CelError {
  return new CelError(`type conversion error from 'string' to 'google.protobuf.${to}'`);
}

/** `1h30m`, `-1.5s` (Go's time.ParseDuration). */
export function parseDuration(text: string): Value {
  const match = /^([+-]?)(0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/.exec(text);
  if (match === null) return conversionError('Duration');
  const [, sign = '', body = ''] = match;
  let total = 0n;
  for (const [, whole = '', fraction = '', unit = ''] of body.matchAll(/(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/g)) {
    const scale = UNITS[unit] ?? 1n;
    total += BigInt(whole || '0') * scale;
    if (fraction !== '') total += (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length);
  }
  const value = duration(sign === '-' ? -total : total);
  return value instanceof CelError ? conversionError('Duration') : value;
}

/** RFC 3339, as Go reads it. */
export function parseTimestamp(text: string): Value {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?:Z|([+-])(\d\d):(\d\d))$/.exec(text);
  if (match === null) return conversionError('Timestamp');
  const [, year, month, day, hour, minute, second, fraction = '', sign = '+', zoneHour = '0', zoneMinute = '0'] = match;
  const parts = [year, month, day, hour, minute, second].map(Number);
  const [y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0] = parts;
  const good = mo >= 1 && mo <= 12 && d >= 1 && d <= daysIn(y, mo) && h <= 23 && mi <= 59 && s <= 59;
  if (!good || Number(zoneHour) > 24 || Number(zoneMinute) > 60) return conversionError('Timestamp');
  const offset = (sign === '-' ? -1 : 1) * (Number(zoneHour) * 60 + Number(zoneMinute));
  const seconds = BigInt(utcMilliseconds(y, mo, d, h, mi, s)) / 1000n - BigInt(offset * 60);
  return timestamp(seconds * NANO + BigInt(fraction.slice(0, 9).padEnd(9, '0')), offset);
}

/** `2006-01-02`, the start of that day in UTC (format `date` of schemas). */
export function parseDate(text: string): Value {
  return /^\d{4}-\d\d-\d\d$/.test(text) ? parseTimestamp(`${text}T00:00:00Z`) : conversionError('Timestamp');
}

function utcMilliseconds(y: number, mo: number, d: number, h: number, mi: number, s: number): number {
  const date = new Date(0);
  date.setUTCFullYear(y, mo - 1, d);
  date.setUTCHours(h, mi, s);
  return date.getTime();
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Go's RFC3339Nano in the zone it was written in. */
export function formatTimestamp({ nanoseconds, offset }: Timestamp): string {
  const local = nanoseconds + BigInt(offset) * 60n * NANO;
  const nano = ((local % NANO) + NANO) % NANO;
  const date = new Date(Number((local - nano) / 1_000_000n));
  const pad = (value: number, width = 2): string => String(value).padStart(width, '0');
  const day = `${pad(date.getUTCFullYear(), 4)}-${pad(date.getUTCMonth() + 1)}-${pad(date.getUTCDate())}`;
  const clock = `${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}:${pad(date.getUTCSeconds())}`;
  const fraction = nano === 0n ? '' : `.${String(nano).padStart(9, '0').replace(/0+$/, '')}`;
  const minutes = Math.abs(offset);
  const zone = offset === 0 ? 'Z' : `${offset < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
  return `${day}T${clock}${fraction}${zone}`;
}

/** Seconds in as few digits as say it: `1.5s`. */
export function formatDuration({ nanoseconds }: Duration): string {
  const sign = nanoseconds < 0n ? '-' : '';
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  const fraction = String(size % NANO)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${sign}${size / NANO}${fraction === '' ? '' : `.${fraction}`}s`;
}

/** Whole seconds since 1970, rounded down. */
export function unixSeconds({ nanoseconds }: Timestamp): bigint {
  const rest = nanoseconds % NANO;
  return (nanoseconds - (rest < 0n ? rest + NANO : rest)) / NANO;
}

/** The time of a clock in a zone, as a date whose UTC parts are that clock's; an error for an unknown zone. */
export function clockIn(time: Timestamp, zone: string | undefined): Date | CelError {
  const milliseconds = Number(unixSeconds(time)) * 1000;
  if (zone === undefined || zone === '' || zone === 'UTC') return new Date(milliseconds);
  const fixed = /^([+-]?\d+):(\d+)$/.exec(zone);
  if (fixed !== null) {
    const hours = Number(fixed[1]);
    const minutes = hours * 60 + (zone.startsWith('-') ? -Number(fixed[2]) : Number(fixed[2]));
    return new Date(milliseconds + minutes * 60_000);
  }
  if (zone.includes(':')) {
    const bad = zone.split(':').find((part) => !/^[+-]?\d+$/.test(part)) ?? '';
    return new CelError(`strconv.Atoi: parsing ${JSON.stringify(bad)}: invalid syntax`);
  }
  const shift = zoneShift(zone, milliseconds);
  return shift === undefined ? new CelError(`unknown time zone ${zone}`) : new Date(milliseconds + shift);
}

function zoneShift(timeZone: string, milliseconds: number): number | undefined {
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    const parts = new Map(format.formatToParts(milliseconds).map(({ type, value }) => [type, Number(value)]));
    const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
    const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
    return local - milliseconds;
  } catch {
    return undefined;
  }
}
