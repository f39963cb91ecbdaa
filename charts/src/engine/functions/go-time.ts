/**
 * Times as Go's time.Time: an instant with the zone to show it in, and the methods that templates call on it. Follows
 * time of Go 1.26.
 */
import { goBytes } from '../gotemplate/bytes.ts';
import {
  GoNumber,
  GoStruct,
  type GoStructType,
  type GoValue,
  int64,
  method,
  refusedMethod,
} from '../gotemplate/go-value.ts';
import { quote } from '../gotemplate/quote.ts';
import { count, struct, text } from './arguments.ts';
import { civilDay, daysSince1970, floorDivide, floorModulo } from './calendar.ts';
import { FunctionError } from './function.ts';
import { durationValue, monthValue, weekdayValue } from './go-duration.ts';
import { type ClockFields, formatByLayout } from './time-layout.ts';
import { storedZone } from './time-location.ts';
import type { Moment } from './time-parse.ts';
import { local, type TimeZone, utc } from './time-zone.ts';

const BILLION = 1_000_000_000n;
/** Go counts the seconds of a date from March of the year -292277022400, in 64 bits; this is 1970 in them. */
const ABSOLUTE = ((292_277_022_400n / 400n) * 146_097n + 306n + 719_162n) * 86_400n;

/** The zero time.Time, 0001-01-01 00:00:00 UTC. */
export const zeroMoment: Moment = { seconds: -62_135_596_800n, nanosecond: 0, zone: utc };

/** A time as a value for templates. */
export function timeValue(moment: Moment): GoStruct {
  return new GoStruct(timeType, new Map(), moment);
}

/** True for a time.Time. */
export function isTime(value: GoValue): value is GoStruct {
  return value instanceof GoStruct && value.type === timeType;
}

/** The moment in a time.Time. */
export function momentOf(value: GoValue): Moment {
  // Only timeValue makes structs of this type.
  return struct(value).native as Moment;
}

/** The moment of a count of milliseconds since 1970. */
export function momentAt(milliseconds: number): Moment {
  const whole = BigInt(Math.floor(milliseconds));
  return { seconds: floorDivide(whole, 1000n), nanosecond: Number(floorModulo(whole, 1000n)) * 1_000_000, zone: local };
}

/** A moment written by a layout, in its zone or another. */
export function formatMoment(moment: Moment, layout: string, zone: TimeZone = moment.zone): string {
  return formatByLayout(layout, clockFields(moment, zone));
}

/** A moment later by nanoseconds. */
export function addNanoseconds(moment: Moment, nanoseconds: bigint): Moment {
  const total = BigInt(moment.nanosecond) + nanoseconds;
  return {
    ...moment,
    seconds: BigInt.asIntN(64, moment.seconds + floorDivide(total, BILLION)),
    nanosecond: Number(floorModulo(total, BILLION)),
  };
}

/** a - b in nanoseconds, within the range of a duration. */
export function nanosecondsBetween(a: Moment, b: Moment): bigint {
  const difference = (a.seconds - b.seconds) * BILLION + BigInt(a.nanosecond - b.nanosecond);
  const [low, high] = [-(2n ** 63n), 2n ** 63n - 1n];
  return difference < low ? low : difference > high ? high : difference;
}

function clockFields(moment: Moment, zone: TimeZone): ClockFields {
  const { offset, abbreviation } = zone.at(moment.seconds);
  const local = BigInt.asUintN(64, moment.seconds + BigInt(offset) + ABSOLUTE) - ABSOLUTE;
  const inDay = Number(floorModulo(local, 86_400n));
  return {
    ...civilDay(floorDivide(local, 86_400n)),
    hour: Math.floor(inDay / 3600),
    minute: Math.floor((inDay % 3600) / 60),
    second: inDay % 60,
    nanosecond: moment.nanosecond,
    offset,
    abbreviation,
  };
}

function compareMoments(a: Moment, b: Moment): number {
  if (a.seconds !== b.seconds) return a.seconds < b.seconds ? -1 : 1;
  return Math.sign(a.nanosecond - b.nanosecond);
}

/** Years, months and days later by the calendar; a day that a month has not runs into the next. */
function addDate(moment: Moment, change: { years: number; months: number; days: number }): Moment {
  const clock = clockFields(moment, moment.zone);
  const days = daysSince1970(clock.year + change.years, clock.month + change.months, clock.day + change.days);
  const local = days * 86_400n + BigInt((clock.hour * 60 + clock.minute) * 60 + clock.second);
  // The offset at the new time may be another.
  const guess = local - BigInt(moment.zone.at(local).offset);
  return { ...moment, seconds: local - BigInt(moment.zone.at(guess).offset) };
}

/** Since the zero time, which is what Round and Truncate count from. */
function sinceZero(moment: Moment): bigint {
  return (moment.seconds - zeroMoment.seconds) * BILLION + BigInt(moment.nanosecond);
}

function roundMoment(moment: Moment, multiple: bigint, up: boolean): Moment {
  if (multiple <= 0n) return moment;
  const rest = floorModulo(sinceZero(moment), multiple);
  return addNanoseconds(moment, up && rest * 2n >= multiple ? multiple - rest : -rest);
}

function nanoseconds(value: GoValue): bigint {
  // The evaluator has checked that it is a time.Duration.
  return BigInt((value as { readonly value: bigint }).value);
}

/** The text of a time, or the error of the method that wants it. */
function toText(moment: Moment, name: string): string {
  const { year } = clockFields(moment, moment.zone);
  if (year < 0 || year > 9999) throw new FunctionError(`Time.${name}: year outside of range [0,9999]`);
  return formatMoment(moment, '2006-01-02T15:04:05.999999999Z07:00');
}

function toJson(moment: Moment): string {
  try {
    return toText(moment, 'MarshalJSON');
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    throw new FunctionError(`json: error calling MarshalJSON for type time.Time: ${error.message}`);
  }
}

type Getter = readonly [name: string, get: (clock: ClockFields, moment: Moment) => GoValue];

const getters: readonly Getter[] = [
  ['Year', (clock) => BigInt(clock.year)],
  ['Month', (clock) => monthValue(clock.month)],
  ['Day', (clock) => BigInt(clock.day)],
  ['Hour', (clock) => BigInt(clock.hour)],
  ['Minute', (clock) => BigInt(clock.minute)],
  ['Second', (clock) => BigInt(clock.second)],
  ['Nanosecond', (clock) => BigInt(clock.nanosecond)],
  ['YearDay', (clock) => BigInt(clock.yearDay)],
  ['Weekday', (clock) => weekdayValue(clock.weekday)],
  ['Unix', (_, { seconds }) => int64(seconds)],
  ['UnixMilli', (_, { seconds, nanosecond }) => int64(seconds * 1000n + BigInt(nanosecond) / 1_000_000n)],
  ['UnixMicro', (_, { seconds, nanosecond }) => int64(seconds * 1_000_000n + BigInt(nanosecond) / 1000n)],
  ['UnixNano', (_, { seconds, nanosecond }) => int64(seconds * BILLION + BigInt(nanosecond))],
  ['UTC', (_, moment) => timeValue({ ...moment, zone: utc })],
  ['Local', (_, moment) => timeValue({ ...moment, zone: local })],
  ['IsZero', (_, { seconds, nanosecond }) => seconds === zeroMoment.seconds && nanosecond === 0],
  ['String', (_, moment) => formatMoment(moment, STRING_LAYOUT)],
  ['GoString', (_, moment) => goSyntax(moment)],
  ['Location', (_, moment) => new GoStruct(namedLocationType, new Map(), moment.zone.name)],
  // No time that a template can hold is in a zone that has a summer time.
  ['IsDST', () => false],
  ['MarshalJSON', (_, moment) => goBytes(`"${toText(moment, 'MarshalJSON')}"`)],
  ['MarshalText', (_, moment) => goBytes(toText(moment, 'MarshalText'))],
];

type Comparison = readonly [name: string, result: (order: number) => GoValue];

const comparisons: readonly Comparison[] = [
  ['Before', (order) => order < 0],
  ['After', (order) => order > 0],
  ['Equal', (order) => order === 0],
  ['Compare', (order) => BigInt(order)],
];

/** Methods that a time has, and that text/template refuses. */
const refusals: readonly (readonly [name: string, refusal: string])[] = [
  ['Zone', 'invalid function signature for Zone: second return value should be error; is int'],
  ['ISOWeek', 'invalid function signature for ISOWeek: second return value should be error; is int'],
  ['ZoneBounds', 'invalid function signature for ZoneBounds: second return value should be error; is time.Time'],
  ['Date', 'function Date has 3 return values; should be 1 or 2'],
  ['Clock', 'function Clock has 3 return values; should be 1 or 2'],
];

const STRING_LAYOUT = '2006-01-02 15:04:05.999999999 -0700 MST';

/** GoString: the call of time.Date that makes the time. */
function goSyntax(moment: Moment): string {
  const { year, day, hour, minute, second, nanosecond } = clockFields(moment, moment.zone);
  const zone =
    moment.zone === utc
      ? 'time.UTC'
      : moment.zone === local
        ? 'time.Local'
        : `time.Location(${quote(moment.zone.name)})`;
  const name = formatMoment(moment, 'January');
  const parts = [year, `time.${name}`, day, hour, minute, second, nanosecond, zone];
  return `time.Date(${parts.join(', ')})`;
}

/** What Location gives: a zone by its name. */
const namedLocationType: GoStructType = {
  name: '*time.Location',
  pointer: true,
  fields: [],
  format: (self) => text(self.native as string),
  methods: new Map([['String', method<GoStruct>([], (self) => text(self.native as string))]]),
};

const locationType: GoStructType = { name: '*time.Location', pointer: true, fields: [], methods: new Map() };

/** Seconds from the year 1, where Go counts from, to 1970. */
const FROM_YEAR_ONE = 62_135_596_800n;

/** What a time.Time without a monotonic reading holds. */
function storedFields(moment: Moment): ReadonlyMap<string, GoValue> {
  const location = storedZone(moment.zone);
  return new Map<string, GoValue>([
    ['wall', new GoNumber('uint64', 'uint64', BigInt(moment.nanosecond))],
    ['ext', int64(moment.seconds + FROM_YEAR_ONE)],
    ['loc', new GoStruct({ ...locationType, isNil: moment.zone === utc, shown: () => location }, location)],
  ]);
}

const timeType: GoStructType = {
  name: 'time.Time',
  pointer: false,
  fields: [],
  format: (self) => formatMoment(momentOf(self), STRING_LAYOUT),
  toJson: (self) => toJson(momentOf(self)),
  goString: (self) => goSyntax(momentOf(self)),
  shown: (self) => storedFields(momentOf(self)),
  zeroNative: zeroMoment,
  methods: new Map([
    ...getters.map(
      ([name, get]) =>
        [
          name,
          method([], (self: GoStruct) => get(clockFields(momentOf(self), momentOf(self).zone), momentOf(self))),
        ] as const,
    ),
    ...comparisons.map(
      ([name, result]) =>
        [
          name,
          method(['time.Time'], (self: GoStruct, [other]) => result(compareMoments(momentOf(self), momentOf(other)))),
        ] as const,
    ),
    ...refusals.map(([name, refusal]) => [name, refusedMethod<GoStruct>(refusal)] as const),
    ['Format', method(['string'], (self: GoStruct, [layout]) => formatMoment(momentOf(self), text(layout)))],
    [
      'Add',
      method(['time.Duration'], (self: GoStruct, [by]) => timeValue(addNanoseconds(momentOf(self), nanoseconds(by)))),
    ],
    [
      'Sub',
      method(['time.Time'], (self: GoStruct, [other]) =>
        durationValue(nanosecondsBetween(momentOf(self), momentOf(other))),
      ),
    ],
    [
      'AddDate',
      method(['int', 'int', 'int'], (self: GoStruct, [years, months, days]) =>
        timeValue(addDate(momentOf(self), { years: count(years), months: count(months), days: count(days) })),
      ),
    ],
    [
      'Truncate',
      method(['time.Duration'], (self: GoStruct, [multiple]) =>
        timeValue(roundMoment(momentOf(self), nanoseconds(multiple), false)),
      ),
    ],
    [
      'Round',
      method(['time.Duration'], (self: GoStruct, [multiple]) =>
        timeValue(roundMoment(momentOf(self), nanoseconds(multiple), true)),
      ),
    ],
  ]),
};
