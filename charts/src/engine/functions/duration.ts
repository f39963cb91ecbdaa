/**
 * Helm's own functions on durations: mustToDuration, durationSeconds, durationRoundTo, ... Follows Helm 4.3: a duration
 * is given as one, as a text like `1h30m`, or as a number of seconds.
 */
import { typeName } from '../gotemplate/go-types.ts';
import { GoNamedNumber, GoNumber, type GoValue, int64 } from '../gotemplate/go-value.ts';
import { formatValue } from '../gotemplate/printf.ts';
import { quote } from '../gotemplate/quote.ts';
import { truncate } from './cast.ts';
import { FunctionError, type TemplateFunction } from './function.ts';
import { durationIn, durationValue, parseDuration, roundDuration, SECOND, truncateDuration } from './go-duration.ts';
import { parseFloatingPoint } from './parse-number.ts';
import { trimSpace } from './unicode.ts';

const HOUR = 3600n * SECOND;

/** mustToDuration, durationNanoseconds to durationWeeks, durationRoundTo, durationTruncateTo. */
export const durationFunctions: readonly TemplateFunction[] = [
  {
    name: 'mustToDuration',
    parameters: ['interface {}'],
    result: 'time.Duration',
    call: ([value]) => durationValue(nanosecondsOf(value)),
  },
  inFloat('durationSeconds', (duration) => durationIn(duration, SECOND)),
  inFloat('durationMinutes', (duration) => durationIn(duration, 60n * SECOND)),
  inFloat('durationHours', (duration) => durationIn(duration, HOUR)),
  inFloat('durationDays', (duration) => durationIn(duration, HOUR) / 24),
  inFloat('durationWeeks', (duration) => durationIn(duration, HOUR) / 24 / 7),
  inWhole('durationMilliseconds', 1_000_000n),
  inWhole('durationMicroseconds', 1000n),
  inWhole('durationNanoseconds', 1n),
  toMultiple('durationRoundTo', roundDuration),
  toMultiple('durationTruncateTo', truncateDuration),
];

function inFloat(name: string, convert: (nanoseconds: bigint) => number): TemplateFunction {
  return {
    name,
    parameters: ['interface {}'],
    result: 'float64',
    call: ([value]) => {
      const duration = tolerantly(value);
      return duration === undefined ? 0 : convert(duration);
    },
  };
}

function inWhole(name: string, unit: bigint): TemplateFunction {
  return {
    name,
    parameters: ['interface {}'],
    result: 'int64',
    call: ([value]) => int64((tolerantly(value) ?? 0n) / unit),
  };
}

function toMultiple(name: string, apply: (duration: bigint, multiple: bigint) => bigint): TemplateFunction {
  return {
    name,
    parameters: ['interface {}', 'interface {}'],
    result: 'time.Duration',
    call: ([value, multiple]) => {
      const duration = tolerantly(value);
      const unit = tolerantly(multiple);
      if (duration === undefined) return durationValue(0n);
      return durationValue(unit === undefined ? duration : apply(duration, unit));
    },
  };
}

function tolerantly(value: GoValue): bigint | undefined {
  try {
    return nanosecondsOf(value);
  } catch (error) {
    if (error instanceof FunctionError) return undefined;
    throw error;
  }
}

function nanosecondsOf(value: GoValue): bigint {
  if (value === null || value === undefined) throw new FunctionError('invalid duration');
  if (typeof value === 'string') return fromText(value);
  if (typeof value === 'number') return fromFloat(value);
  if (typeof value === 'bigint') return fromWhole(value);
  if (value instanceof GoNamedNumber && value.type === 'time.Duration') return BigInt(value.value);
  if (value instanceof GoNumber && value.kind !== 'complex128') {
    return typeof value.value === 'bigint' ? fromWhole(value.value) : fromFloat(value.value);
  }
  throw new FunctionError(`unsupported duration type ${typeName(value)}`);
}

function fromText(value: string): bigint {
  const trimmed = trimSpace(value);
  if (trimmed === '') throw new FunctionError('empty duration');
  const parsed = parseDuration(trimmed);
  if (typeof parsed === 'bigint') return parsed;
  const seconds = parseFloatingPoint(trimmed);
  if (typeof seconds === 'number') return fromFloat(seconds);
  throw new FunctionError(`could not parse duration ${quote(value)}`);
}

const MAX_SECONDS = (2n ** 63n - 1n) / SECOND;

function fromWhole(seconds: bigint): bigint {
  if (seconds > MAX_SECONDS || seconds < -MAX_SECONDS) {
    throw new FunctionError(`duration seconds overflow: ${seconds}`);
  }
  return seconds * SECOND;
}

function fromFloat(seconds: number): bigint {
  if (!Number.isFinite(seconds)) throw new FunctionError(`invalid duration seconds: ${formatValue(seconds)}`);
  if (Math.abs(seconds) > 2 ** 63 / 1e9) {
    throw new FunctionError(`duration seconds overflow: ${formatValue(seconds)}`);
  }
  const nanoseconds = seconds * 1e9;
  if (Math.abs(nanoseconds) > 2 ** 63) {
    throw new FunctionError(`duration nanoseconds overflow: ${formatValue(nanoseconds)}`);
  }
  return truncate(nanoseconds);
}
