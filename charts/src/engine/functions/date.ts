/**
 * Functions on times: now, date, toDate, dateModify, ago, durationRound, ... Follows Sprig 3.3.0; the local zone is UTC,
 * and the time of the render stands for the present.
 */
import { GoNumber, type GoStruct, type GoValue } from '../gotemplate/go-value.ts';
import { text } from './arguments.ts';
import { type CallContext, FunctionError, type TemplateFunction } from './function.ts';
import { formatDuration, parseDuration, roundDuration, SECOND } from './go-duration.ts';
import {
  addNanoseconds,
  formatMoment,
  isTime,
  momentAt,
  momentOf,
  nanosecondsBetween,
  timeValue,
  zeroMoment,
} from './go-time.ts';
import { parseInteger } from './parse-number.ts';
import { type Moment, parseByLayout } from './time-parse.ts';
import { loadZone, local, utc } from './time-zone.ts';

const DAY_LAYOUT = '2006-01-02';

/** now, date, dateInZone, htmlDate, htmlDateInZone, toDate, dateModify, ago, duration, durationRound, unixEpoch. */
export const dateFunctions: readonly TemplateFunction[] = [
  { name: 'now', parameters: [], result: 'time.Time', call: (_, context) => timeValue(momentAt(context.env.now)) },
  {
    name: 'date',
    parameters: ['string', 'interface {}'],
    result: 'string',
    call: ([layout, time], context) => dateIn({ layout: text(layout), zone: 'Local' }, time, context),
  },
  ...['dateInZone', 'date_in_zone'].map(
    (name): TemplateFunction => ({
      name,
      parameters: ['string', 'interface {}', 'string'],
      result: 'string',
      call: ([layout, time, zone], context) => dateIn({ layout: text(layout), zone: text(zone) }, time, context),
    }),
  ),
  {
    name: 'htmlDate',
    parameters: ['interface {}'],
    result: 'string',
    call: ([time], context) => dateIn({ layout: DAY_LAYOUT, zone: 'Local' }, time, context),
  },
  {
    name: 'htmlDateInZone',
    parameters: ['interface {}', 'string'],
    result: 'string',
    call: ([time, zone], context) => dateIn({ layout: DAY_LAYOUT, zone: text(zone) }, time, context),
  },
  {
    name: 'toDate',
    parameters: ['string', 'string'],
    result: 'time.Time',
    call: ([layout, value], context) => {
      const parsed = parseByLayout(readLayout(text(layout), context), text(value));
      return timeValue('error' in parsed ? zeroMoment : parsed);
    },
  },
  {
    name: 'mustToDate',
    parameters: ['string', 'string'],
    result: 'time.Time',
    call: ([layout, value], context) => {
      const parsed = parseByLayout(readLayout(text(layout), context), text(value));
      if ('error' in parsed) throw new FunctionError(parsed.error);
      return timeValue(parsed);
    },
  },
  ...['dateModify', 'date_modify'].map((name) => modifier(name, (_, time) => time)),
  ...['mustDateModify', 'must_date_modify'].map((name) =>
    modifier(name, (error) => {
      throw new FunctionError(error);
    }),
  ),
  { name: 'unixEpoch', parameters: ['time.Time'], result: 'string', call: ([time]) => String(momentOf(time).seconds) },
  {
    name: 'ago',
    parameters: ['interface {}'],
    result: 'string',
    call: ([time], context) => {
      const passed = nanosecondsBetween(momentAt(context.env.now), momentFrom(time, ['int', 'int64'], context));
      return formatDuration(roundDuration(passed, SECOND));
    },
  },
  { name: 'duration', parameters: ['interface {}'], result: 'string', call: ([seconds]) => duration(seconds) },
  {
    name: 'durationRound',
    parameters: ['interface {}'],
    result: 'string',
    call: ([value], context) => roundedUnits(looseDuration(value, context)),
  },
];

function modifier(name: string, failed: (error: string, time: GoStruct) => GoValue): TemplateFunction {
  return {
    name,
    parameters: ['string', 'time.Time'],
    result: 'time.Time',
    call: ([change, time]) => {
      const by = parseDuration(text(change));
      const moment = momentOf(time);
      return typeof by === 'bigint' ? timeValue(addNanoseconds(moment, by)) : failed(by.error, timeValue(moment));
    },
  };
}

function dateIn(how: { readonly layout: string; readonly zone: string }, time: GoValue, context: CallContext): string {
  const moment = momentFrom(time, ['int', 'int64', 'int32'], context);
  context.spend(how.layout.length * 4);
  readLayout(how.layout, context);
  return formatMoment(moment, how.layout, loadZone(how.zone) ?? utc);
}

/** Each character of a layout may be an element of its own. */
const STEPS_A_CHARACTER = 40;

function readLayout(layout: string, context: CallContext): string {
  context.work?.(STEPS_A_CHARACTER * layout.length);
  return layout;
}

/** A time, or seconds since 1970 of one of the types; the present for anything else. */
function momentFrom(time: GoValue, types: readonly string[], context: CallContext): Moment {
  if (isTime(time)) return momentOf(time);
  if (typeof time === 'bigint') return { seconds: time, nanosecond: 0, zone: local };
  if (time instanceof GoNumber && types.includes(time.type)) {
    return { seconds: BigInt(time.value), nanosecond: 0, zone: local };
  }
  return momentAt(context.env.now);
}

/** Seconds in a text or an int64; a plain int is none to Sprig. */
function duration(seconds: GoValue): string {
  let whole = 0n;
  if (typeof seconds === 'string') {
    const parsed = parseInteger(seconds, 10);
    if (typeof parsed === 'bigint') whole = parsed;
    else if (parsed === 'range') whole = seconds.startsWith('-') ? -(2n ** 63n) : 2n ** 63n - 1n;
  } else if (seconds instanceof GoNumber && seconds.type === 'int64') whole = BigInt(seconds.value);
  return formatDuration(BigInt.asIntN(64, whole * SECOND));
}

function looseDuration(value: GoValue, context: CallContext): bigint {
  if (typeof value === 'string') {
    const parsed = parseDuration(value);
    return typeof parsed === 'bigint' ? parsed : 0n;
  }
  if (value instanceof GoNumber && value.type === 'int64') return BigInt(value.value);
  return isTime(value) ? nanosecondsBetween(momentAt(context.env.now), momentOf(value)) : 0n;
}

const MINUTE = 60n * SECOND;
const HOUR = 60n * MINUTE;
const DAY = 24n * HOUR;
const roundUnits: readonly (readonly [bigint, string])[] = [
  [365n * DAY, 'y'],
  [30n * DAY, 'mo'],
  [DAY, 'd'],
  [HOUR, 'h'],
  [MINUTE, 'm'],
  [SECOND, 's'],
];

function roundedUnits(nanoseconds: bigint): string {
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  const unit = roundUnits.find(([width]) => size > width);
  return unit === undefined ? '0s' : `${size / unit[0]}${unit[1]}`;
}
