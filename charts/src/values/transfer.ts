/**
 * Values in a form that a structured clone keeps, so that they can be sent to another thread: clones lose the classes of
 * Go's other types (`--set a=1` makes an int64). A plain object, which is no value itself, stands for each of those.
 */
import { GoMap, GoNumber, GoSlice, type GoValue, nilMap, nilSlice } from '../engine/gotemplate/go-value.ts';
import type { Values } from './values.ts';

/** What packValues made: opaque, and only for unpackValues. */
export type PackedValues = ReadonlyMap<string, Packed>;

type Packed = null | undefined | string | boolean | number | bigint | Uint8Array | PackedValues | Packed[] | Marked;

interface Marked {
  readonly type: string;
  readonly number?: Pick<GoNumber, 'kind' | 'value' | 'imaginary'>;
  readonly slice?: { readonly elem: string; readonly isNil: boolean; readonly items: Packed[] };
  readonly map?: { readonly elem: string; readonly isNil: boolean; readonly entries: PackedValues };
}

/** Throws TypeError for what no values have: structs and functions. */
export function packValues(values: Values): PackedValues {
  return new Map([...values].map(([key, value]) => [key, pack(value)]));
}

export function unpackValues(packed: PackedValues): Values {
  return new Map([...packed].map(([key, value]) => [key, unpack(value)]));
}

function pack(value: GoValue): Packed {
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) {
    if (typeof value === 'function') throw new TypeError('a function is not among values');
    return value;
  }
  if (value instanceof Map) return packValues(value);
  if (Array.isArray(value)) return value.map(pack);
  if (value instanceof GoNumber) {
    const { type, kind, value: number, imaginary } = value;
    return { type, number: { kind, value: number, imaginary } };
  }
  if (value instanceof GoSlice) {
    const { type, elem, isNil, items } = value;
    return { type, slice: { elem, isNil, items: items.map(pack) } };
  }
  if (value instanceof GoMap) {
    const { type, elem, isNil, entries } = value;
    return { type, map: { elem, isNil, entries: packValues(entries) } };
  }
  throw new TypeError('a struct is not among values');
}

function unpack(packed: Packed): GoValue {
  if (packed === null || typeof packed !== 'object' || packed instanceof Uint8Array) return packed;
  if (packed instanceof Map) return unpackValues(packed);
  if (Array.isArray(packed)) return packed.map(unpack);
  // Neither a map nor a list nor bytes: what pack made of the other types.
  const { type, number, slice, map } = packed as Marked;
  if (number !== undefined) return new GoNumber(type, number.kind, number.value, number.imaginary);
  if (slice !== undefined) {
    return slice.isNil ? nilSlice(slice.elem) : new GoSlice(slice.elem, slice.items.map(unpack), type);
  }
  return map?.isNil === false ? new GoMap(map.elem, unpackValues(map.entries), type) : nilMap(map?.elem ?? '');
}
