/**
 * Reads a parsed YAML value into a struct of known shape, as sigs.k8s.io/yaml v1.6 does by way of Go's encoding/json:
 * a number or boolean becomes a string where a string is wanted, keys match without regard to case when no exact key
 * is there, null leaves a field as it was, and a wrong kind is an error in encoding/json's words.
 */
import { formatFloat } from '../engine/gotemplate/format-float.ts';
import type { GoValue } from '../engine/gotemplate/go-value.ts';
import { YamlError } from '../yaml/error.ts';
import { readJsonTime } from './go-json-time.ts';

/** The shape that is wanted. `anything` keeps the value; a `time` is a string as Go writes it. */
export type Shape =
  | { readonly kind: 'string' | 'bool' | 'time' | 'anything' }
  | { readonly kind: 'list'; readonly of: Shape }
  | { readonly kind: 'map'; readonly of: Shape }
  | { readonly kind: 'struct'; readonly type: string; readonly fields: ReadonlyMap<string, Shape> };

/** What decoding gives: strings, booleans, lists, and Maps for structs (by field name) and maps. */
export type Decoded =
  | string
  | boolean
  | null
  | readonly Decoded[]
  | ReadonlyMap<string, Decoded>
  | { readonly any: GoValue };

/** What Go prints for a value that does not fit; the caller puts the file's name before it. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

/** Whether an error says that a text is not the YAML that was wanted; others are no fault of the text. */
export function isBadYaml(error: unknown): error is YamlError | DecodeError {
  return error instanceof YamlError || error instanceof DecodeError;
}

export const string: Shape = { kind: 'string' };
export const bool: Shape = { kind: 'bool' };
export const time: Shape = { kind: 'time' };
export const anything: Shape = { kind: 'anything' };
export function listOf(of: Shape): Shape {
  return { kind: 'list', of };
}
export function mapOf(of: Shape): Shape {
  return { kind: 'map', of };
}
/** `type` is the struct's Go type as an error prints it, e.g. `v2.Metadata`. */
export function structOf(type: string, fields: Record<string, Shape>): Shape {
  return { kind: 'struct', type, fields: new Map(Object.entries(fields)) };
}

/**
 * Decodes `value` into `shape`. null gives null. Where the YAML was read with integers as bigint, say so, and a number
 * is known to be a float: `1e6` then becomes the string `1e+06`, as in Go. Throws DecodeError.
 */
export function decode(value: GoValue, shape: Shape, options: { readonly integers?: 'bigint' } = {}): Decoded {
  return decodeAt(value, shape, { struct: '', path: [], floats: options.integers === 'bigint' });
}

interface Place {
  /** The name of the innermost struct, without its package; empty for an anonymous one. */
  readonly struct: string;
  /** Field names from the outermost struct on. */
  readonly path: readonly string[];
  /** Every `number` is a float. */
  readonly floats: boolean;
}

function decodeAt(value: GoValue, shape: Shape, place: Place): Decoded {
  if (shape.kind === 'anything') return { any: value ?? null };
  if (value === null || value === undefined) return null;
  switch (shape.kind) {
    case 'string':
      if (typeof value === 'string') return value;
      if (typeof value === 'boolean') return String(value);
      if (typeof value === 'number' || typeof value === 'bigint') return formatScalar(value, place);
      throw mismatch(value, shape, place);
    case 'bool':
      if (typeof value === 'boolean') return value;
      throw mismatch(value, shape, place);
    case 'time': {
      const read = readJsonTime(value);
      if ('text' in read) return read.text;
      throw new DecodeError(`error unmarshaling JSON: while decoding JSON: ${read.error}`);
    }
    case 'list':
      if (!Array.isArray(value)) throw mismatch(value, shape, place);
      return value.map((item) => decodeAt(item, shape.of, place));
    case 'map': {
      if (!(value instanceof Map)) throw mismatch(value, shape, place);
      const out = new Map<string, Decoded>();
      for (const [key, item] of value) {
        // A null in a map[string]string is the empty string.
        out.set(key, decodeAt(item, shape.of, place) ?? (shape.of.kind === 'string' ? '' : null));
      }
      return out;
    }
    case 'struct':
      if (!(value instanceof Map)) throw mismatch(value, shape, place);
      return decodeStruct(value, shape, place);
  }
}

function decodeStruct(value: Map<string, GoValue>, shape: Shape & { kind: 'struct' }, place: Place): Decoded {
  const out = new Map<string, Decoded>();
  const struct = shape.type.startsWith('struct {') ? '' : shape.type.slice(shape.type.lastIndexOf('.') + 1);
  for (const [key, item] of value) {
    const name = shape.fields.has(key) ? key : foldedName(key, shape.fields);
    const field = name === undefined ? undefined : shape.fields.get(name);
    if (name === undefined || field === undefined) continue;
    const decoded = decodeAt(item, field, { ...place, struct, path: [...place.path, name] });
    if (decoded !== null) out.set(name, decoded);
  }
  return out;
}

function foldedName(key: string, fields: ReadonlyMap<string, Shape>): string | undefined {
  const folded = key.toLowerCase();
  for (const name of fields.keys()) {
    if (name.toLowerCase() === folded) return name;
  }
  return undefined;
}

function mismatch(value: GoValue, shape: Shape, place: Place): DecodeError {
  const target = place.path.length === 0 ? 'Go value' : `Go struct field ${place.struct}.${place.path.join('.')}`;
  return new DecodeError(
    `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${jsonKind(value)} into ${target} of type ${goType(shape)}`,
  );
}

function jsonKind(value: GoValue): string {
  if (Array.isArray(value)) return 'array';
  if (value instanceof Map) return 'object';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number' || typeof value === 'bigint') return 'number';
  return typeof value === 'string' ? 'string' : 'object';
}

function goType(shape: Shape): string {
  switch (shape.kind) {
    case 'string':
    case 'bool':
      return shape.kind;
    case 'time':
      return 'time.Time';
    case 'anything':
      return 'interface {}';
    case 'list':
      return `[]${shape.of.kind === 'struct' ? '*' : ''}${goType(shape.of)}`;
    case 'map':
      return `map[string]${goType(shape.of)}`;
    case 'struct':
      return shape.type;
  }
}

/** strconv.FormatInt, or FormatFloat(value, 'g', -1, 32), which is what sigs.k8s.io/yaml uses for a string field. */
function formatScalar(value: number | bigint, place: Place): string {
  if (typeof value === 'bigint') return value.toString();
  if (!place.floats && Number.isInteger(value)) return BigInt(value).toString();
  return formatFloat(value, 'g', -1, 32);
}
