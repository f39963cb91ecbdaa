/**
 * What a Go value is to the YAML writers. `jsonShape` is the way of sigs.k8s.io/yaml's Marshal: through encoding/json
 * (Go 1.26) and back through go-yaml, which is where numbers lose their type and some characters are refused.
 */
import { GoFunction, GoMap, GoNumber, GoSlice, GoStruct, type GoValue } from '../engine/gotemplate/go-value.ts';
import { YamlError } from './error.ts';
import { formatFloat, shortestFloat32 } from './go-number.ts';
import { replaceInvalid } from './go-string.ts';
import { scanQuotedScalar } from './scan-quoted.ts';
import { Source } from './source.ts';

export type Shape =
  /** Written as it is: numbers, booleans, null. */
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly GoValue[] }
  /** `sorted`: the order of the entries is final. */
  | { readonly kind: 'map'; readonly entries: readonly (readonly [string, GoValue])[]; readonly sorted: boolean }
  /** Bytes that are no text, in base64. */
  | { readonly kind: 'binary'; readonly text: string };

const NULL: Shape = { kind: 'literal', text: 'null' };
const TRUE: Shape = { kind: 'literal', text: 'true' };
const FALSE: Shape = { kind: 'literal', text: 'false' };

/** The shape of a value once through JSON. Throws YamlError for what JSON, or the YAML reader, refuses. */
export function jsonShape(value: GoValue): Shape {
  switch (typeof value) {
    case 'string':
      return { kind: 'text', text: jsonText(value) };
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
  if (value instanceof Map) return { kind: 'map', entries: jsonEntries(value), sorted: false };
  if (Array.isArray(value)) return { kind: 'list', items: value };
  if (value instanceof GoNumber) return { kind: 'literal', text: typedNumber(value) };
  if (value instanceof GoMap) return { kind: 'map', entries: jsonEntries(value.entries), sorted: false };
  if (value instanceof GoSlice) return { kind: 'list', items: value.items };
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
    return formatFloat(value);
  }
  if (Number.isFinite(value)) return formatFloat(value);
  throw jsonError(`unsupported value: ${Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'}`);
}

function fits(value: bigint): boolean {
  return value >= -(1n << 63n) && value < 1n << 64n;
}

function typedNumber(number: GoNumber): string {
  if (typeof number.value === 'bigint') return number.value.toString();
  if (number.kind === 'complex128') throw jsonError(`unsupported type: ${number.type}`);
  return jsonNumber(number.kind === 'float32' ? shortestFloat32(number.value) : number.value);
}

/** What survives JSON and the YAML reader. NEL is a line break to the latter, and folded. */
function jsonText(value: string): string {
  if (!/[\x7f-\x9f\ufffe\uffff\ud800-\udfff]/.test(value)) return value;
  const text = replaceInvalid(value);
  if (/[\x7f-\x84\x86-\x9f\ufffe\uffff]/.test(text)) throw new YamlError('yaml: control characters are not allowed');
  return text.includes('\x85') ? scanQuotedScalar(new Source(quoteJson(text))) : text;
}

const KEY_REACH = 1024;

function jsonEntries(map: ReadonlyMap<string, GoValue>): (readonly [string, GoValue])[] {
  const entries: (readonly [string, GoValue])[] = [];
  for (const [key, value] of map) entries.push([jsonKey(key), value]);
  return entries;
}

/** The YAML reader takes a key only within one line and 1024 characters. */
function jsonKey(key: string): string {
  const text = jsonText(key);
  if (text.length > KEY_REACH / 6 - 2 && [...quoteJson(text)].length > KEY_REACH) {
    throw new YamlError("yaml: did not find expected ',' or '}'");
  }
  if (text !== key && key.includes('\x85')) throw new YamlError("yaml: did not find expected ',' or '}'");
  return text;
}

/** encoding/json's text of a string. */
function quoteJson(text: string): string {
  return JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** encoding/json's view of a struct: its own marshaller, or its fields by their json tags. */
function structShape(struct: GoStruct): Shape {
  const { type } = struct;
  if (type.toJson !== undefined) return jsonShape(type.toJson(struct));
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
