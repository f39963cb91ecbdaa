/**
 * How Sprig turns a value into text: strval and strslice of Sprig 3.3.0, which `toString`, `join`, `quote` and others
 * share.
 */
import { goString } from '../gotemplate/bytes.ts';
import { sliceItems } from '../gotemplate/go-types.ts';
import type { GoValue } from '../gotemplate/go-value.ts';
import { formatValue } from '../gotemplate/printf.ts';

/** A value as text: bytes are taken as text, all else as `%v` prints it. */
export function strval(value: GoValue): string {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return goString(value);
  return formatValue(value);
}

/** A list as texts, without its nils; what is no list is a list of one; nil is an empty list. */
export function strslice(value: GoValue): string[] {
  const items = sliceItems(value);
  if (items !== undefined) return items.filter((item) => item !== null && item !== undefined).map(strval);
  return value === null || value === undefined ? [] : [strval(value)];
}
