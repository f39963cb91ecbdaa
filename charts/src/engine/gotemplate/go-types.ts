/**
 * Facts about the Go types of values: names as `%T` prints them, reflect kinds, truth, and the zero values. Follows
 * Go 1.26's reflect and text/template (isTrue, indirect).
 */
import { GoMap, GoNumber, GoSlice, GoStruct, type GoValue, type NumberKind } from './go-value.ts';

/** A reflect kind, by Go's name for it. */
export type Kind =
  | 'invalid'
  | 'bool'
  | 'string'
  | 'int'
  | 'float64'
  | 'map'
  | 'slice'
  | 'struct'
  | 'ptr'
  | 'func'
  | NumberKind;

/** The name of a value's type as `%T` prints it; `<nil>` for nil. */
export function typeName(value: GoValue): string {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    case 'number':
      return 'float64';
    case 'bigint':
      return 'int';
    case 'undefined':
      return '<nil>';
    default:
      if (value === null) return '<nil>';
      if (value instanceof Map) return 'map[string]interface {}';
      if (Array.isArray(value)) return '[]interface {}';
      if (value instanceof Uint8Array) return '[]uint8';
      if (value instanceof GoStruct) return value.type.name;
      return value.type;
  }
}

/** The reflect kind of a value; `invalid` for nil. */
export function kindOf(value: GoValue): Kind {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    case 'number':
      return 'float64';
    case 'bigint':
      return 'int';
    case 'undefined':
      return 'invalid';
    default:
      if (value === null) return 'invalid';
      if (value instanceof Map || value instanceof GoMap) return 'map';
      if (Array.isArray(value) || value instanceof GoSlice || value instanceof Uint8Array) return 'slice';
      if (value instanceof GoNumber) return value.kind;
      if (value instanceof GoStruct) return value.type.pointer ? 'ptr' : 'struct';
      return 'func';
  }
}

/** Go's truth: not the zero of its type, not empty. A struct is true. */
export function isTruthy(value: GoValue): boolean {
  switch (typeof value) {
    case 'boolean':
      return value;
    case 'string':
      return value !== '';
    case 'number':
      // NaN != 0, so it is true.
      return value !== 0;
    case 'bigint':
      return value !== 0n;
    case 'undefined':
      return false;
    default:
      if (value === null) return false;
      if (value instanceof Map) return value.size > 0;
      if (Array.isArray(value) || value instanceof Uint8Array) return value.length > 0;
      if (value instanceof GoMap) return value.entries.size > 0;
      if (value instanceof GoSlice) return value.items.length > 0;
      if (value instanceof GoNumber) return Number(value.value) !== 0 || value.imaginary !== 0;
      return true;
  }
}

/** True for nil: an untyped nil, a nil interface or no value at all. */
export function isNil(value: GoValue): value is null | undefined {
  return value === null || value === undefined;
}

const signedKinds: ReadonlySet<string> = new Set(['int', 'int8', 'int16', 'int32', 'int64']);
const unsignedKinds: ReadonlySet<string> = new Set(['uint', 'uint8', 'uint16', 'uint32', 'uint64', 'uintptr']);

/** int, int8, ... int64. */
export function isSignedKind(kind: string): boolean {
  return signedKinds.has(kind);
}

/** uint, uint8, ... uint64. */
export function isUnsignedKind(kind: string): boolean {
  return unsignedKinds.has(kind);
}

/** The value of an integer of any kind, or undefined for what is not an integer. */
export function integerOf(value: GoValue): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (value instanceof GoNumber && typeof value.value === 'bigint') return value.value;
  return undefined;
}

/** Length in elements of a map or slice, else undefined. */
export function elementCount(value: GoValue): number | undefined {
  if (value instanceof Map) return value.size;
  if (value instanceof GoMap) return value.entries.size;
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length;
  if (value instanceof GoSlice) return value.items.length;
  return undefined;
}

/** The entries of a map of any type, else undefined. */
export function mapEntries(value: GoValue): Map<string, GoValue> | undefined {
  if (value instanceof Map) return value;
  if (value instanceof GoMap) return value.entries;
  return undefined;
}

/** The elements of a slice of any type, else undefined. Those of a []byte are uint8 numbers. */
export function sliceItems(value: GoValue): readonly GoValue[] | undefined {
  if (Array.isArray(value)) return value;
  if (value instanceof GoSlice) return value.items;
  if (value instanceof Uint8Array) return Array.from(value, (byte) => uint8(byte));
  return undefined;
}

/** A byte as a number of its Go type. */
export function uint8(byte: number): GoNumber {
  return new GoNumber('uint8', 'uint8', BigInt(byte));
}

/** The type of the elements of a map or slice type: `interface {}` for `[]interface {}`. */
export function elementType(value: GoValue): string {
  if (value instanceof GoMap || value instanceof GoSlice) return value.elem;
  if (value instanceof Uint8Array) return 'uint8';
  return 'interface {}';
}

/** The zero value of a type, as reflect.Zero: null where that is nil. */
export function zeroValue(type: string): GoValue {
  switch (type) {
    case 'string':
      return '';
    case 'bool':
      return false;
    case 'int':
      return 0n;
    case 'float64':
      return 0;
    case '[]uint8':
      return new Uint8Array();
    case '[]interface {}':
      return [];
    case 'map[string]interface {}':
      return new Map();
    case 'float32':
      return new GoNumber(type, type, 0);
    default:
      if (type.startsWith('[]')) return new GoSlice(type.slice(2), []);
      if (type.startsWith('map[string]')) return new GoMap(type.slice('map[string]'.length), new Map());
      if (isSignedKind(type) || isUnsignedKind(type)) return new GoNumber(type, type as NumberKind, 0n);
      return null;
  }
}
