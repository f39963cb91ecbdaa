/**
 * Go's `%#v` of what go-yaml decodes into an interface: the text that its errors quote, such as
 * `invalid map key: map[interface {}]interface {}{".Values.x":interface {}(nil)}` for an unquoted `{{ .Values.x }}`.
 */
import { compareStrings } from '../engine/gotemplate/bytes.ts';
import { formatFloat } from '../engine/gotemplate/format-float.ts';
import { quote } from '../engine/gotemplate/quote.ts';
import { isUnsigned } from './go-number.ts';

/** A mapping as go-yaml holds it: keys of any type, told apart by `rawKey`. */
export class RawMap {
  readonly entries: Map<string, RawEntry> = new Map();
}

export interface RawEntry {
  readonly key: RawValue;
  readonly value: RawValue;
  /** Where the value begins, from 0. */
  readonly line: number;
}

/** Integers are bigints here, floats numbers. */
export type RawValue = null | string | boolean | number | bigint | RawValue[] | RawMap;

/** `nested`: inside a map or slice, where nil is typed. */
export function formatGoSyntax(value: RawValue, nested = false): string {
  if (value === null) return nested ? 'interface {}(nil)' : '<nil>';
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return formatFloat(value, 'g');
  if (typeof value === 'bigint') return isUnsigned(value) ? `0x${value.toString(16)}` : value.toString();
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `[]interface {}{${value.map((item) => formatGoSyntax(item, true)).join(', ')}}`;
  const parts = [...value.entries.values()]
    .sort((a, b) => compareKeys(a.key, b.key))
    .map((entry) => `${formatGoSyntax(entry.key, true)}:${formatGoSyntax(entry.value, true)}`);
  return `map[interface {}]interface {}{${parts.join(', ')}}`;
}

/** Tells keys apart as Go's interfaces are: the integer 1 is not the string "1". */
export function rawKey(key: RawValue): string {
  return `${typeof key}:${String(key)}`;
}

/** Keys of one type by value; of several, in the order that the types have in Helm's binary. */
function compareKeys(a: RawValue, b: RawValue): number {
  const ranks = typeRank(a) - typeRank(b);
  if (ranks !== 0 || a === null || b === null) return ranks;
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  return a < b ? -1 : a > b ? 1 : 0;
}

const TYPES = ['object', 'string', 'uint64', 'bigint', 'number', 'boolean'];

function typeRank(key: RawValue): number {
  return TYPES.indexOf(typeof key === 'bigint' && isUnsigned(key) ? 'uint64' : typeof key);
}
