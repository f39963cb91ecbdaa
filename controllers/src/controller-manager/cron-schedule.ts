/**
 * Cron schedules as robfig/cron v3 reads them (what CronJobs use, v1.34): five fields with names, ranges and steps, or
 * `@daily`, `@every 1h30m`. In a time zone a local time that does not exist is skipped, and one that comes twice runs
 * twice, as there.
 */
import { type Duration, type Instant, MINUTE } from '../apimachinery/time.ts';

export interface CronSchedule {
  /** The next time after an instant; undefined when there is none within five years. */
  next(after: Instant): Instant | undefined;
}

/** A schedule or zone that can't be understood. */
export class CronError extends Error {
  override readonly name = 'CronError';
}

interface Field {
  readonly values: ReadonlySet<number>;
  /** `*` or `?`: matters to how the two day fields combine. */
  readonly isStar: boolean;
}

interface Bounds {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const BOUNDS: readonly Bounds[] = [
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of month', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12, names: MONTHS },
  { name: 'day of week', min: 0, max: 6, names: DAYS },
];
const DESCRIPTORS = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
]);
const MAX_DAYS = 5 * 366;

/** Throws CronError. */
export function parseCron(expression: string, timeZone = 'UTC'): CronSchedule {
  const zone = createZone(timeZone);
  const text = expression.trim();
  if (text.startsWith('@every ')) return everySchedule(text.slice('@every '.length));
  if (text.startsWith('@') && !DESCRIPTORS.has(text)) throw new CronError(`unrecognized descriptor: ${text}`);
  const parts = (DESCRIPTORS.get(text) ?? text).split(/\s+/);
  if (text === '') throw new CronError('empty spec string');
  if (parts.length !== 5) throw new CronError(`expected exactly 5 fields, found ${parts.length}: [${parts.join(' ')}]`);
  const fields = BOUNDS.map((bounds, index) => parseField(parts[index] ?? '', bounds));
  return fieldSchedule(fields, zone);
}

function everySchedule(text: string): CronSchedule {
  let period: Duration = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(h|m|s)/g)) {
    period += Number(amount) * (unit === 'h' ? 3_600_000 : unit === 'm' ? 60_000 : 1000);
  }
  if (!/^(\d+(\.\d+)?[hms])+$/.test(text) || period <= 0)
    throw new CronError(`failed to parse duration @every ${text}`);
  const step = Math.max(1000, Math.trunc(period / 1000) * 1000);
  return { next: (after) => Math.trunc(after / 1000) * 1000 + step };
}

function parseField(text: string, bounds: Bounds): Field {
  const values = new Set<number>();
  let isStar = false;
  for (const part of text.split(',')) {
    if (part === '') continue;
    const [range = '', stepText, ...tooMany] = part.split('/');
    if (tooMany.length > 0) throw new CronError(`too many slashes: ${part}`);
    const isAny = range === '*' || range === '?';
    const [lowText = '', highText, ...rest] = range.split('-');
    if (rest.length > 0) throw new CronError(`too many hyphens: ${part}`);
    const low = isAny ? bounds.min : parseValue(lowText, bounds);
    const step = stepText === undefined ? 1 : parseNumber(stepText);
    let high = isAny ? bounds.max : highText === undefined ? low : parseValue(highText, bounds);
    if (stepText !== undefined && highText === undefined && !isAny) high = bounds.max;
    if (isAny && step <= 1) isStar = true;
    if (low < bounds.min) throw new CronError(`beginning of range (${low}) below minimum (${bounds.min}): ${part}`);
    if (high > bounds.max) throw new CronError(`end of range (${high}) above maximum (${bounds.max}): ${part}`);
    if (low > high) throw new CronError(`beginning of range (${low}) beyond end of range (${high}): ${part}`);
    if (step === 0) throw new CronError(`step of range should be a positive number: ${part}`);
    for (let value = low; value <= high; value += step) values.add(value);
  }
  return { values, isStar };
}

function parseValue(text: string, { names, min }: Bounds): number {
  const index = names?.indexOf(text.toLowerCase()) ?? -1;
  return index >= 0 ? index + min : parseNumber(text);
}

function parseNumber(text: string): number {
  if (!/^\d+$/.test(text))
    throw new CronError(`failed to parse int from ${text}: strconv.Atoi: parsing "${text}": invalid syntax`);
  return Number(text);
}

/** Local times of a zone, as if they were UTC. */
interface Zone {
  toLocal(instant: Instant): number;
}

const UTC: Zone = { toLocal: (instant) => instant };

/** Whether the name is one of the time zone database. */
export function isTimeZone(name: string): boolean {
  try {
    createZone(name);
    return true;
  } catch {
    return false;
  }
}

function createZone(name: string): Zone {
  if (name === 'UTC' || name === '' || name === 'Etc/UTC') return UTC;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    throw new CronError(`unknown time zone ${name}`);
  }
  return {
    toLocal(instant) {
      const part = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
      const get = (type: Intl.DateTimeFormatPartTypes) => part.get(type) ?? 0;
      return Date.UTC(get('year'), get('month') - 1, get('day'), get('hour'), get('minute'), get('second'));
    },
  };
}

/** The instants at which a zone's clocks show a local time: none in a gap, two where it comes twice. */
function instantsOf(local: number, zone: Zone): readonly Instant[] {
  if (zone === UTC) return [local];
  const found = new Set<Instant>();
  for (const guess of [local - 15 * 3_600_000, local + 15 * 3_600_000]) {
    const candidate = local - (zone.toLocal(guess) - guess);
    if (zone.toLocal(candidate) === local) found.add(candidate);
  }
  return [...found].sort((a, b) => a - b);
}

function fieldSchedule([minutes, hours, days, months, weekdays]: readonly Field[], zone: Zone): CronSchedule {
  const sorted = (field: Field | undefined) => [...(field?.values ?? [])].sort((a, b) => a - b);
  const [minuteList, hourList] = [sorted(minutes), sorted(hours)];
  const matchesDay = (date: Date): boolean => {
    if (months?.values.has(date.getUTCMonth() + 1) !== true) return false;
    const inMonth = days?.values.has(date.getUTCDate()) === true;
    const inWeek = weekdays?.values.has(date.getUTCDay()) === true;
    return days?.isStar === true || weekdays?.isStar === true ? inMonth && inWeek : inMonth || inWeek;
  };
  return {
    next(after) {
      const from = Math.trunc(after / 1000) * 1000 + 1000;
      const start = zone.toLocal(from);
      const day = new Date(start);
      day.setUTCHours(0, 0, 0, 0);
      for (let count = 0; count < MAX_DAYS; count++, day.setUTCDate(day.getUTCDate() + 1)) {
        if (!matchesDay(day)) continue;
        const best = firstInDay(day.getTime(), from, { hourList, minuteList, zone });
        if (best !== undefined) return best;
      }
      return undefined;
    },
  };
}

function firstInDay(
  day: number,
  from: Instant,
  {
    hourList,
    minuteList,
    zone,
  }: { readonly hourList: readonly number[]; readonly minuteList: readonly number[]; readonly zone: Zone },
): Instant | undefined {
  // Only around a change of clocks can a later local time be an earlier instant.
  let best: Instant | undefined;
  for (const hour of hourList) {
    for (const minute of minuteList) {
      const local = day + hour * 3_600_000 + minute * MINUTE;
      if (zone === UTC && local < from) continue;
      if (local < zone.toLocal(from) - 3 * 3_600_000) continue;
      for (const instant of instantsOf(local, zone)) {
        if (instant >= from && (best === undefined || instant < best)) best = instant;
      }
      if (best !== undefined && local > zone.toLocal(best) + 3 * 3_600_000) return best;
      if (best !== undefined && zone === UTC) return best;
    }
  }
  return best;
}
