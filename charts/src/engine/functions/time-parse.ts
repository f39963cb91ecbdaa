/**
 * Times read by a layout, as time.ParseInLocation of Go 1.26 with UTC for the local zone, with its error texts.
 */
import { daysInMonth, daysSince1970, isLeapYear } from './calendar.ts';
import { monthNames, quoteTime, weekdayNames } from './go-duration.ts';
import { type LayoutChunk, nextChunk } from './time-layout.ts';
import { fixedZone, local, type TimeZone, utc, zoneNameLength } from './time-zone.ts';

/** An instant with the zone to show it in. */
export interface Moment {
  /** Since 1970-01-01 UTC. */
  readonly seconds: bigint;
  readonly nanosecond: number;
  readonly zone: TimeZone;
}

/** Reads a time; a text that does not fit gives the text of Go's error. */
export function parseByLayout(layout: string, value: string): Moment | { readonly error: string } {
  const fields: Fields = {
    year: 0,
    month: -1,
    day: -1,
    yearDay: -1,
    hour: 0,
    minute: 0,
    second: 0,
    nanosecond: 0,
    half: undefined,
    isUtc: false,
    offset: undefined,
    zoneName: '',
  };
  const fault = (message: string) => ({ error: `parsing time ${quoteTime(value)}${message}` });
  const misfit = (rest: string, element: string) =>
    fault(` as ${quoteTime(layout)}: cannot parse ${quoteTime(rest)} as ${quoteTime(element)}`);
  let rest = value;
  for (let left = layout; ; ) {
    const chunk = nextChunk(left);
    const [after, fits] = skip(rest, chunk.prefix);
    if (!fits) return misfit(after, chunk.prefix);
    rest = after;
    if (chunk.element === undefined) {
      if (rest !== '') return fault(`: extra text: ${quoteTime(rest)}`);
      break;
    }
    left = chunk.suffix;
    const outcome = readElement(chunk, rest, fields);
    if (outcome.outOfRange !== undefined) return fault(`: ${outcome.outOfRange} out of range`);
    if (outcome.rest === undefined) return misfit(rest, chunk.element);
    rest = outcome.rest;
  }
  const problem = settleDay(fields);
  return problem === undefined ? toMoment(fields) : fault(`: ${problem}`);
}

interface Fields {
  year: number;
  month: number;
  day: number;
  yearDay: number;
  hour: number;
  minute: number;
  second: number;
  nanosecond: number;
  half: 'am' | 'pm' | undefined;
  isUtc: boolean;
  offset: number | undefined;
  zoneName: string;
}

/** What is left after an element; undefined where the text does not fit; or the name of what is out of range. */
interface Outcome {
  readonly rest?: string | undefined;
  readonly outOfRange?: string | undefined;
}

const BAD: Outcome = {};

/** Skips the text between elements; a run of spaces stands for any run, or for none at the end. */
function skip(value: string, prefix: string): [rest: string, fits: boolean] {
  let rest = value;
  for (let i = 0; i < prefix.length; ) {
    if (prefix[i] === ' ') {
      if (rest !== '' && rest[0] !== ' ') return [rest, false];
      while (prefix[i] === ' ') i++;
      rest = rest.replace(/^ +/, '');
      continue;
    }
    if (rest[0] !== prefix[i]) return [rest, false];
    rest = rest.slice(1);
    i++;
  }
  return [rest, true];
}

type NumberField = 'month' | 'day' | 'hour' | 'minute' | 'second';

/** Elements that are a number: the field, whether two digits are needed, and the range that is checked here. */
const numberElements: ReadonlyMap<string, readonly [NumberField, boolean, number, number]> = new Map([
  ['1', ['month', false, 1, 12]],
  ['01', ['month', true, 1, 12]],
  ['2', ['day', false, 0, 99]],
  ['_2', ['day', false, 0, 99]],
  ['02', ['day', true, 0, 99]],
  ['15', ['hour', false, 0, 23]],
  ['3', ['hour', false, 0, 12]],
  ['03', ['hour', true, 0, 12]],
  ['4', ['minute', false, 0, 59]],
  ['04', ['minute', true, 0, 59]],
  ['5', ['second', false, 0, 59]],
  ['05', ['second', true, 0, 59]],
]);

function readElement(chunk: LayoutChunk, value: string, fields: Fields): Outcome {
  const element = chunk.element ?? '';
  if (chunk.kind !== 'text') return readFraction(chunk, value, fields);
  const numeric = numberElements.get(element);
  if (numeric !== undefined) return readNumber(numeric, { element, value, suffix: chunk.suffix }, fields);
  switch (element) {
    case '06': {
      // Go reads two bytes as a signed number.
      if (!/^(\d\d|[+-]\d)/.test(value)) return BAD;
      const year = Number(value.slice(0, 2));
      fields.year = year >= 69 ? year + 1900 : year + 2000;
      return { rest: value.slice(2) };
    }
    case '2006':
      if (!/^\d{4}/.test(value)) return BAD;
      fields.year = Number(value.slice(0, 4));
      return { rest: value.slice(4) };
    case 'Jan':
    case 'January': {
      const index = lookUp(element === 'Jan' ? monthNames.map(short) : monthNames, value);
      if (index < 0) return BAD;
      fields.month = index + 1;
      return { rest: value.slice(element === 'Jan' ? 3 : (monthNames[index] ?? '').length) };
    }
    case 'Mon':
    case 'Monday': {
      const index = lookUp(element === 'Mon' ? weekdayNames.map(short) : weekdayNames, value);
      return index < 0 ? BAD : { rest: value.slice(element === 'Mon' ? 3 : (weekdayNames[index] ?? '').length) };
    }
    case '__2':
    case '002': {
      const trimmed = element === '__2' ? value.replace(/^ {1,2}/, '') : value;
      const digits = (element === '__2' ? /^\d{1,3}/ : /^\d{3}/).exec(trimmed);
      if (digits === null) return BAD;
      fields.yearDay = Number(digits[0]);
      return { rest: trimmed.slice(digits[0].length) };
    }
    case 'PM':
    case 'pm': {
      const half = value.slice(0, 2);
      if (half !== element && half !== (element === 'PM' ? 'AM' : 'am')) return BAD;
      fields.half = half.toLowerCase() === 'pm' ? 'pm' : 'am';
      return { rest: value.slice(2) };
    }
    case 'MST':
      return readZoneName(value, fields);
    default:
      return readOffset(element, value, fields);
  }
}

function readNumber(
  [field, isFixed, low, high]: readonly [NumberField, boolean, number, number],
  from: { readonly element: string; readonly value: string; readonly suffix: string },
  fields: Fields,
): Outcome {
  const value = from.element === '_2' && from.value.startsWith(' ') ? from.value.slice(1) : from.value;
  const digits = (isFixed ? /^\d\d/ : /^\d\d?/).exec(value);
  if (digits === null) return BAD;
  fields[field] = Number(digits[0]);
  if (fields[field] < low || fields[field] > high) return { outOfRange: field };
  const rest = value.slice(digits[0].length);
  if (field !== 'second') return { rest };
  // A fraction of the second may be there without being asked for.
  const fraction = /^[.,]\d+/.exec(rest);
  if (fraction === null || nextChunk(from.suffix).kind !== 'text') return { rest };
  fields.nanosecond = nanoseconds(fraction[0]);
  return { rest: rest.slice(fraction[0].length) };
}

function readFraction(chunk: LayoutChunk, value: string, fields: Fields): Outcome {
  if (chunk.kind === 'fraction9') {
    const fraction = /^[.,]\d+/.exec(value);
    if (fraction === null) return { rest: value };
    fields.nanosecond = nanoseconds(fraction[0]);
    return { rest: value.slice(fraction[0].length) };
  }
  const width = (chunk.element ?? '').length;
  const part = value.slice(0, width);
  if (part.length < width || !/^[.,]\d+$/.test(part)) return BAD;
  fields.nanosecond = nanoseconds(part);
  return { rest: value.slice(width) };
}

function nanoseconds(fraction: string): number {
  return Number(fraction.slice(1, 10).padEnd(9, '0'));
}

function lookUp(names: readonly string[], value: string): number {
  const lower = value.toLowerCase();
  return names.findIndex((name) => lower.startsWith(name.toLowerCase()));
}

function short(name: string): string {
  return name.slice(0, 3);
}

function readOffset(element: string, value: string, fields: Fields): Outcome {
  if (element.startsWith('Z') && value.startsWith('Z')) {
    fields.isUtc = true;
    return { rest: value.slice(1) };
  }
  const pattern = offsetPatterns.get(element.slice(1));
  const match = pattern?.exec(value) ?? null;
  if (match === null) return BAD;
  const [, sign = '', hours = '', minutes = '00', seconds = '00'] = match;
  const parts = [hours, minutes, seconds];
  const bad = parts.findIndex((digits) => !/^\d\d$/.test(digits));
  // Of the parts before one that is no number, the last that is out of range is named.
  const read = parts.slice(0, bad < 0 ? 3 : bad);
  const outOfRange = offsetParts.findLastIndex(([, limit], i) => Number(read[i] ?? 0) > limit);
  if (outOfRange >= 0) return { outOfRange: `time zone offset ${offsetParts[outOfRange]?.[0]}` };
  if (bad >= 0) return BAD;
  if (sign !== '+' && sign !== '-') return BAD;
  const offset = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  fields.offset = sign === '-' ? -offset : offset;
  return { rest: value.slice(match[0].length) };
}

const offsetParts: readonly (readonly [name: string, limit: number])[] = [
  ['hour', 24],
  ['minute', 60],
  ['second', 60],
];

const offsetPatterns: ReadonlyMap<string, RegExp> = new Map([
  ['07', /^(.)(..)/s],
  ['0700', /^(.)(..)(..)/s],
  ['07:00', /^(.)(..):(..)/s],
  ['070000', /^(.)(..)(..)(..)/s],
  ['07:00:00', /^(.)(..):(..):(..)/s],
]);

function readZoneName(value: string, fields: Fields): Outcome {
  if (value.startsWith('UTC')) {
    fields.isUtc = true;
    return { rest: value.slice(3) };
  }
  const length = zoneNameLength(value);
  if (length === 0) return BAD;
  fields.zoneName = value.slice(0, length);
  return { rest: value.slice(length) };
}

/** Finds month and day; gives what is wrong with them. */
function settleDay(fields: Fields): string | undefined {
  if (fields.half === 'pm' && fields.hour < 12) fields.hour += 12;
  else if (fields.half === 'am' && fields.hour === 12) fields.hour = 0;
  if (fields.yearDay >= 0) {
    if (fields.yearDay < 1 || fields.yearDay > (isLeapYear(fields.year) ? 366 : 365)) return 'day-of-year out of range';
    let month = 1;
    let day = fields.yearDay;
    while (day > daysInMonth(fields.year, month)) day -= daysInMonth(fields.year, month++);
    if (fields.month >= 0 && fields.month !== month) return 'day-of-year does not match month';
    if (fields.day >= 0 && fields.day !== day) return 'day-of-year does not match day';
    fields.month = month;
    fields.day = day;
  }
  if (fields.month < 0) fields.month = 1;
  if (fields.day < 0) fields.day = 1;
  const isDay = fields.day >= 1 && fields.day <= daysInMonth(fields.year, fields.month);
  return isDay ? undefined : 'day out of range';
}

function toMoment(fields: Fields): Moment {
  const days = daysSince1970(fields.year, fields.month, fields.day);
  const seconds = days * 86_400n + BigInt((fields.hour * 60 + fields.minute) * 60 + fields.second);
  const { nanosecond, offset, zoneName } = fields;
  if (fields.isUtc) return { seconds, nanosecond, zone: utc };
  if (offset !== undefined && offset !== -1) {
    const isLocal = offset === 0 && (zoneName === '' || zoneName === 'UTC');
    return { seconds: seconds - BigInt(offset), nanosecond, zone: isLocal ? local : fixedZone(zoneName, offset) };
  }
  if (zoneName === '') return { seconds, nanosecond, zone: local };
  // An abbreviation says nothing of its offset, but for GMT+3.
  const hours = zoneName.startsWith('GMT') && zoneName.length > 3 ? Number(zoneName.slice(3)) : 0;
  return { seconds, nanosecond, zone: fixedZone(zoneName, hours * 3600) };
}
