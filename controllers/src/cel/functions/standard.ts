/**
 * Operators, conversions, sizes and parts of times (cel-go's common/stdlib/standard.go).
 */
import {
  add,
  divide,
  doubleToInt,
  doubleToUint,
  int,
  modulo,
  multiply,
  negate,
  subtract,
  TIMESTAMP_OVERFLOW,
  timestamp,
  uint,
} from '../arithmetic.ts';
import { compareValues, equalValues } from '../equality.ts';
import { compilePattern } from '../pattern.ts';
import { clockIn, formatDuration, formatTimestamp, parseDuration, parseTimestamp, unixSeconds } from '../time.ts';
import { type CelType, STRING } from '../types.ts';
import {
  CelError,
  Duration,
  isError,
  isList,
  isMap,
  NO_SUCH_OVERLOAD,
  Timestamp,
  Uint,
  type Value,
  valueType,
} from '../values.ts';
import { formatFloat, parseFloatText } from './floats.ts';
import type { CelFunction, Implementation } from './function.ts';

const NANO = 1_000_000_000n;

type Binary = (a: Value, b: Value) => Value;

/** The operator is known to the types of its left side; another right side has no overload. */
function binary(name: string, kinds: readonly CelType['kind'][], call: Binary): CelFunction {
  return {
    name,
    complaint: 'name',
    call: ([a = null, b = null]) => {
      if (kinds.includes(valueType(a).kind)) return call(a, b);
      // Texts and times take any call, and then don't know it.
      return typeof a === 'string' || a instanceof Timestamp || a instanceof Duration ? NO_SUCH_OVERLOAD : undefined;
    },
  };
}

function comparison(name: string, holds: (order: number) => boolean): CelFunction {
  return {
    name,
    complaint: 'name',
    call: ([a = null, b = null]) => {
      const kind = valueType(a).kind;
      if (!['bool', 'int', 'uint', 'double', 'string', 'bytes', 'timestamp', 'duration'].includes(kind))
        return undefined;
      const order = compareValues(a, b);
      return typeof order === 'number' ? holds(order) : order;
    },
  };
}

const NUMBERS = ['int', 'uint', 'double'] as const;

export const OPERATORS: readonly CelFunction[] = [
  binary('_+_', [...NUMBERS, 'string', 'bytes', 'list', 'map', 'timestamp', 'duration'], add),
  binary('_-_', [...NUMBERS, 'timestamp', 'duration'], subtract),
  binary('_*_', NUMBERS, multiply),
  binary('_/_', NUMBERS, divide),
  binary('_%_', ['int', 'uint'], modulo),
  comparison('_<_', (order) => order < 0),
  comparison('_<=_', (order) => order <= 0),
  comparison('_>_', (order) => order > 0),
  comparison('_>=_', (order) => order >= 0),
  {
    name: '!_',
    complaint: 'name',
    call: ([value = null]) => (typeof value === 'boolean' ? !value : undefined),
  },
  {
    name: '-_',
    complaint: 'name',
    call: ([value = null]) =>
      typeof value === 'bigint' || typeof value === 'number' || value instanceof Duration ? negate(value) : undefined,
  },
  {
    name: '@in',
    complaint: 'bare',
    call: ([value = null, container = null]) => {
      if (isList(container)) return container.items.some((item) => equalValues(value, item));
      if (isMap(container)) return container.find(value) !== undefined;
      return undefined;
    },
  },
  {
    name: '@not_strictly_false',
    call: ([value = null]) => value !== false,
  },
];

const SIZE: Implementation = ([value = null]) => {
  if (typeof value === 'string') return BigInt(codePoints(value));
  if (value instanceof Uint8Array) return BigInt(value.length);
  if (isList(value)) return BigInt(value.items.length);
  return isMap(value) ? BigInt(value.size) : undefined;
};

/** How many code points a text has. */
export function codePoints(text: string): number {
  let count = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit >= 0xd800 && unit < 0xdc00) count -= 1;
  }
  return count;
}

function textTest(name: string, test: (text: string, part: string) => boolean): CelFunction {
  return {
    name,
    complaint: 'bare',
    call: ([text = null, part = null]) =>
      typeof text === 'string' && typeof part === 'string' ? test(text, part) : undefined,
  };
}

function conversionError(value: Value, to: string): CelError {
  return new CelError(`type conversion error from '${valueType(value).name}' to '${to}'`);
}

const TO_INT: Implementation = ([value = null]) => {
  if (typeof value === 'bigint') return value;
  if (value instanceof Uint) return int(value.value);
  if (typeof value === 'number') return doubleToInt(value);
  if (value instanceof Timestamp) return unixSeconds(value);
  if (value instanceof Duration) return value.nanoseconds;
  if (typeof value !== 'string') return undefined;
  const parsed = /^[+-]?\d+$/.test(value) ? int(BigInt(value.replace(/^\+/, ''))) : conversionError(value, 'int');
  return isError(parsed) ? conversionError(value, 'int') : parsed;
};

const TO_UINT: Implementation = ([value = null]) => {
  if (value instanceof Uint) return value;
  if (typeof value === 'bigint') return uint(value);
  if (typeof value === 'number') return doubleToUint(value);
  if (typeof value !== 'string') return undefined;
  const parsed = /^\d+$/.test(value) ? uint(BigInt(value)) : conversionError(value, 'uint');
  return isError(parsed) ? conversionError(value, 'uint') : parsed;
};

const TO_DOUBLE: Implementation = ([value = null]) => {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Uint) return Number(value.value);
  if (typeof value !== 'string') return undefined;
  return parseFloatText(value) ?? conversionError(value, 'double');
};

const TRUE_TEXTS = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const FALSE_TEXTS = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

const TO_BOOL: Implementation = ([value = null]) => {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return undefined;
  if (TRUE_TEXTS.has(value)) return true;
  return FALSE_TEXTS.has(value) ? false : conversionError(value, 'bool');
};

const TO_BYTES: Implementation = ([value = null]) => {
  if (value instanceof Uint8Array) return value;
  return typeof value === 'string' ? Buffer.from(value) : undefined;
};

/** The text of a simple value; undefined for others. */
export const TO_STRING: Implementation = ([value = null]) => {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (value instanceof Uint) return String(value.value);
  if (typeof value === 'number') return formatFloat(value);
  if (value instanceof Timestamp) return formatTimestamp(value);
  if (value instanceof Duration) return formatDuration(value);
  if (!(value instanceof Uint8Array)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value);
  } catch {
    return new CelError('invalid UTF-8 in bytes, cannot convert to string');
  }
};

const CONVERSIONS: readonly CelFunction[] = [
  { name: 'int', call: TO_INT },
  { name: 'uint', call: TO_UINT },
  { name: 'double', call: TO_DOUBLE },
  { name: 'bool', call: TO_BOOL },
  { name: 'bytes', call: TO_BYTES },
  { name: 'dyn', call: ([value = null]) => value },
  { name: 'type', call: ([value = null]) => valueType(value) },
  {
    name: 'duration',
    call: ([value = null]) => {
      if (value instanceof Duration) return value;
      if (typeof value === 'bigint') return new Duration(value);
      return typeof value === 'string' ? parseDuration(value) : undefined;
    },
  },
  {
    name: 'timestamp',
    call: ([value = null]) => {
      if (value instanceof Timestamp) return value;
      if (typeof value === 'bigint')
        return isError(timestamp(value * NANO)) ? TIMESTAMP_OVERFLOW : timestamp(value * NANO);
      return typeof value === 'string' ? parseTimestamp(value) : undefined;
    },
  },
];

/** A part of a timestamp, in a zone if one is named, or of a duration. */
function timePart(
  name: string,
  ofClock: (clock: Date) => number,
  ofDuration?: (nanoseconds: bigint) => bigint,
): CelFunction {
  return {
    name,
    complaint: 'bare',
    call: ([value = null, zone]) => {
      if (value instanceof Duration && zone === undefined && ofDuration !== undefined)
        return ofDuration(value.nanoseconds);
      if (!(value instanceof Timestamp) || (zone !== undefined && valueType(zone) !== STRING)) return undefined;
      const clock = clockIn(value, typeof zone === 'string' ? zone : undefined);
      return isError(clock as Value) ? (clock as CelError) : BigInt(ofClock(clock as Date));
    },
  };
}

function dayOfYear(clock: Date): number {
  const start = new Date(clock);
  start.setUTCMonth(0, 1);
  return Math.round((clock.getTime() - start.getTime()) / 86_400_000);
}

const MILLISECOND = 1_000_000n;
const TIME_PARTS: readonly CelFunction[] = [
  timePart('getFullYear', (clock) => clock.getUTCFullYear()),
  timePart('getMonth', (clock) => clock.getUTCMonth()),
  timePart('getDayOfYear', dayOfYear),
  timePart('getDayOfMonth', (clock) => clock.getUTCDate() - 1),
  timePart('getDate', (clock) => clock.getUTCDate()),
  timePart('getDayOfWeek', (clock) => clock.getUTCDay()),
  timePart(
    'getHours',
    (clock) => clock.getUTCHours(),
    (nano) => nano / (3600n * NANO),
  ),
  timePart(
    'getMinutes',
    (clock) => clock.getUTCMinutes(),
    (nano) => nano / (60n * NANO),
  ),
  timePart(
    'getSeconds',
    (clock) => clock.getUTCSeconds(),
    (nano) => nano / NANO,
  ),
  {
    name: 'getMilliseconds',
    complaint: 'bare',
    call: ([value = null]) => {
      if (value instanceof Duration) return value.nanoseconds / MILLISECOND;
      if (!(value instanceof Timestamp)) return undefined;
      return (((value.nanoseconds % NANO) + NANO) % NANO) / MILLISECOND;
    },
  },
];

export const STANDARD_FUNCTIONS: readonly CelFunction[] = [
  ...OPERATORS,
  ...CONVERSIONS,
  ...TIME_PARTS,
  { name: 'size', complaint: 'name', call: SIZE },
  textTest('contains', (text, part) => text.includes(part)),
  textTest('startsWith', (text, part) => text.startsWith(part)),
  textTest('endsWith', (text, part) => text.endsWith(part)),
  {
    name: 'matches',
    complaint: 'name',
    call: ([text = null, pattern = null]) => {
      if (typeof text !== 'string') return undefined;
      if (typeof pattern !== 'string') return NO_SUCH_OVERLOAD;
      const compiled = compilePattern(pattern);
      return typeof compiled === 'string' ? new CelError(compiled) : compiled.matcher(text).find();
    },
  },
];
