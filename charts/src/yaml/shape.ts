/**
 * What a Go value is to the YAML writers. `jsonShape` is the way of sigs.k8s.io/yaml's Marshal: through encoding/json
 * (Go 1.26) and back through go-yaml, which is where numbers lose their type and some characters are refused.
 */
import { GoFunction, GoMap, GoNumber, GoSlice, GoStruct, type GoValue } from '../engine/gotemplate/go-value.ts';
import { YamlError } from './error.ts';
import { formatYamlFloat, readBackFloat32 } from './go-number.ts';
import type { RawValue } from './go-syntax.ts';
import { replaceInvalid } from './json-string.ts';

export type Shape<V> =
  /** Written as it is: numbers, booleans, null. */
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly V[] }
  | MapShape<V>
  /** Bytes that are no text, in base64. */
  | { readonly kind: 'binary'; readonly text: string };

export interface MapShape<V> {
  readonly kind: 'map';
  readonly entries: readonly (readonly [string, V])[];
  /** The order of the entries is final. */
  readonly sorted: boolean;
}

const NULL: Shape<never> = { kind: 'literal', text: 'null' };
const TRUE: Shape<never> = { kind: 'literal', text: 'true' };
const FALSE: Shape<never> = { kind: 'literal', text: 'false' };

/**
 * The shape of a value once through JSON. Throws YamlError for what JSON refuses, and NEEDS_JSON_TEXT where the
 * reader would not read what was written.
 */
export function jsonShape(value: GoValue): Shape<GoValue> {
  if (typeof value === 'string') return { kind: 'text', text: jsonText(value) };
  const shape = encodingShape(value);
  if (shape.kind === 'text') return { kind: 'text', text: jsonText(shape.text) };
  if (shape.kind === 'map') for (const [key] of shape.entries) checkKey(key);
  return shape;
}

/** The shape of a value to encoding/json. Throws YamlError for what it refuses. */
export function encodingShape(value: GoValue): Shape<GoValue> {
  switch (typeof value) {
    case 'string':
      return { kind: 'text', text: value };
    case 'number':
      return { kind: 'literal', text: jsonNumber(value) };
    case 'boolean':
      return value ? TRUE : FALSE;
    case 'bigint':
      return { kind: 'literal', text: value.toString() };
    case 'undefined':
      return NULL;
  }
  if (value === null) return NULL;
  if (value instanceof Map) return { kind: 'map', entries: [...value], sorted: false };
  if (Array.isArray(value)) return { kind: 'list', items: value };
  if (value instanceof GoNumber) return { kind: 'literal', text: typedNumber(value) };
  if (value instanceof GoMap) return value.isNil ? NULL : { kind: 'map', entries: [...value.entries], sorted: false };
  if (value instanceof GoSlice) return sliceShape(value);
  if (value instanceof Uint8Array) return { kind: 'text', text: base64(value) };
  if (value instanceof GoStruct) return structShape(value);
  if (value instanceof GoFunction) throw jsonError(`unsupported type: ${value.type}`);
  return NULL;
}

function jsonError(problem: string): YamlError {
  return new YamlError(`error marshaling into JSON: json: ${problem}`);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

const UINT64_LIMIT = 2 ** 64;
const INT64_LIMIT = 2 ** 63;

/** JSON writes a whole number below 1e21 without a point, and go-yaml reads it as an integer where 64 bits suffice. */
export function jsonNumber(value: number): string {
  if (Number.isInteger(value)) {
    if (value === 0) return '0';
    if (value < UINT64_LIMIT && value >= -INT64_LIMIT) {
      const digits = String(value);
      if (Math.abs(value) <= Number.MAX_SAFE_INTEGER || fits(BigInt(digits))) return digits;
    }
    return formatYamlFloat(value);
  }
  if (Number.isFinite(value)) return formatYamlFloat(value);
  throw jsonError(`unsupported value: ${Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'}`);
}

function fits(value: bigint): boolean {
  return value >= -(1n << 63n) && value < 1n << 64n;
}

function typedNumber(number: GoNumber): string {
  if (typeof number.value === 'bigint') return number.value.toString();
  if (number.kind === 'complex128') throw jsonError(`unsupported type: ${number.type}`);
  return jsonNumber(number.kind === 'float32' ? readBackFloat32(number.value) : number.value);
}

function sliceShape(slice: GoSlice): Shape<GoValue> {
  if (slice.isNil) return NULL;
  if (slice.elem !== 'uint8') return { kind: 'list', items: slice.items };
  return { kind: 'text', text: base64(Uint8Array.from(slice.items, byteOf)) };
}

function byteOf(item: GoValue): number {
  return item instanceof GoNumber ? Number(item.value) : 0;
}

/** Thrown where JSON's text, read as YAML, is not what was written: the value must really be taken through it. */
export const NEEDS_JSON_TEXT = new Error('the value must be read back from its JSON text');

/** A string once through JSON. */
function jsonText(value: string): string {
  if (!/[\x7f-\x9f\ufffe\uffff\ud800-\udfff]/.test(value)) return value;
  // Control characters are refused when read back, and NEL is a line break.
  if (/[\x7f-\x9f\ufffe\uffff]/.test(value)) throw NEEDS_JSON_TEXT;
  return replaceInvalid(value);
}

/** A key must be read back within 1024 characters, of which an escape is six. */
const LONG_KEY = 150;

function checkKey(key: string): void {
  if (key.length > LONG_KEY || /[\x7f-\x9f\ufffe\uffff\ud800-\udfff]/.test(key)) throw NEEDS_JSON_TEXT;
}

/** encoding/json's view of a struct: its own marshaller, or its fields by their json tags. */
function structShape(struct: GoStruct): Shape<GoValue> {
  const { type } = struct;
  if (type.toJson !== undefined) return encodingShape(type.toJson(struct));
  const entries: [string, GoValue][] = [];
  for (const field of type.fields) {
    const [name = '', ...flags] = (field.json ?? '').split(',');
    if (field.json === '-') continue;
    const value = struct.fields.get(field.name);
    if (flags.includes('omitempty') && isEmpty(value)) continue;
    entries.push([name === '' ? field.name : name, value]);
  }
  return { kind: 'map', entries, sorted: false };
}

/** encoding/json's notion of empty, for `omitempty`. */
function isEmpty(value: GoValue): boolean {
  if (value === null || value === undefined || value === '' || value === false) return true;
  if (value === 0 || value === 0n) return true;
  if (value instanceof GoNumber) return Number(value.value) === 0;
  if (value instanceof Map) return value.size === 0;
  if (value instanceof GoMap) return value.entries.size === 0;
  if (value instanceof GoSlice) return value.items.length === 0;
  return (Array.isArray(value) || value instanceof Uint8Array) && value.length === 0;
}

/** The shape of what go-yaml read, e.g. from JSON: keys are text. */
export function rawShape(value: RawValue): Shape<RawValue> {
  if (value === null) return NULL;
  if (typeof value === 'string') return { kind: 'text', text: value };
  if (typeof value === 'number') return { kind: 'literal', text: formatYamlFloat(value) };
  if (Array.isArray(value)) return { kind: 'list', items: value };
  if (typeof value !== 'object') return { kind: 'literal', text: String(value) };
  const entries = [...value.entries.values()].map((entry) => [String(entry.key), entry.value] as const);
  return { kind: 'map', entries, sorted: false };
}
