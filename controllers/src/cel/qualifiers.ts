/**
 * `.field` and `[index]` on values (cel-go's interpreter/attributes.go).
 */

import { formatFloat } from './functions/floats.ts';
import { CelError, type CelList, isError, isList, isMap, Optional, Uint, type Value, valueType } from './values.ts';

/** What is under a key; undefined where nothing is; an error where such a key can't be. */
export function lookUp(value: Value, key: Value): Value | undefined {
  if (isMap(value)) return value.find(key);
  if (isList(value)) return lookUpIndex(value, key);
  return undefined;
}

function lookUpIndex({ items }: CelList, key: Value): Value | undefined {
  let index: bigint | undefined;
  if (typeof key === 'bigint') index = key;
  else if (key instanceof Uint) index = key.value;
  else if (typeof key === 'number' && Number.isSafeInteger(key)) index = BigInt(key);
  else if (typeof key === 'number') return new CelError(`unsupported index value ${formatFloat(key)} in list`);
  if (index === undefined) return new CelError(`unsupported index type '${valueType(key).name}' in list`);
  return index < 0n || index >= BigInt(items.length) ? undefined : items[Number(index)];
}

/** What is under a key, or that nothing is. */
export function qualify(value: Value, key: Value): Value {
  const found = lookUp(value, key);
  if (found !== undefined) return found;
  return new CelError(`${isList(value) ? 'index out of bounds' : 'no such key'}: ${showKey(key)}`);
}

export function showKey(key: Value): string {
  if (typeof key === 'number') return formatFloat(key);
  if (key instanceof Uint) return String(key.value);
  return String(key);
}

/** A step of `a.b[c].?d`. */
export interface Qualifier {
  readonly optional: boolean;
  /** `has(a.b)`: only whether it is there. */
  readonly testOnly: boolean;
  readonly key: Value;
}

/** Goes down one step; `optional` tells whether an optional was met before. */
export function step(
  value: Value,
  { key, testOnly }: Omit<Qualifier, 'optional'>,
  optional: boolean,
): Value | undefined {
  if (testOnly) {
    const found = lookUp(value, key);
    return found !== undefined && isError(found) ? found : found !== undefined;
  }
  return optional ? lookUp(value, key) : qualify(value, key);
}

/** What an attribute starts from: an optional is opened. Undefined for optional.none(). */
export function unwrapStart(value: Value): { readonly value: Value; readonly optional: boolean } | undefined {
  if (!(value instanceof Optional)) return { value, optional: false };
  return value.value === undefined ? undefined : { value: value.value, optional: true };
}
