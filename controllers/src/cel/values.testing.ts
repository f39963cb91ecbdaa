/**
 * Values as text, for tests: each with its type.
 */
import { formatFloat } from './functions/floats.ts';
import { formatDuration, formatTimestamp } from './time.ts';
import { CelType } from './types.ts';
import { Duration, isList, isMap, Optional, Timestamp, Uint, type Value, valueType } from './values.ts';

export function showValue(value: Value): string {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'boolean':
      return String(value);
    case 'string':
      return JSON.stringify(value);
    case 'bigint':
      return `int(${value})`;
    case 'number':
      return `double(${formatFloat(value)})`;
  }
  if (value instanceof Uint) return `uint(${value.value})`;
  if (value instanceof Uint8Array) return `bytes(${Buffer.from(value).toString('hex')})`;
  if (value instanceof Duration) return `duration(${formatDuration(value)})`;
  if (value instanceof Timestamp) return `timestamp(${formatTimestamp(value)})`;
  if (value instanceof CelType) return `type(${value.name})`;
  if (value instanceof Optional) return value.value === undefined ? 'none' : `optional(${showValue(value.value)})`;
  if (isList(value)) return `[${value.items.map(showValue).join(', ')}]`;
  if (!isMap(value)) return valueType(value).name;
  const entries = [...value.keys()].map((key) => `${showValue(key)}: ${showValue(value.find(key) ?? null)}`);
  return `{[${entries.sort().join(' ')}]}`;
}
