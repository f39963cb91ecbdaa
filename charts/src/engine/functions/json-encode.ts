/**
 * JSON as Go's encoding/json writes it: keys in order of their bytes, <, > and & escaped unless asked not to, floats in
 * Go's digits, bytes in base64, errors with Go's texts. Follows encoding/json of Go 1.26.
 */

import { sortedKeys } from '../gotemplate/bytes.ts';
import { formatFloat } from '../gotemplate/format-float.ts';
import { typeName } from '../gotemplate/go-types.ts';
import {
  GoFunction,
  GoMap,
  GoNumber,
  GoSlice,
  GoStruct,
  type GoStructType,
  type GoValue,
} from '../gotemplate/go-value.ts';
import { formatValue } from '../gotemplate/printf.ts';
import { encodeBase64 } from './encoding.ts';
import { type CallContext, FunctionError } from './function.ts';
import { isLoneByte } from './unicode.ts';

/** How to write: `indent` of two spaces or none; `escapesHtml` as Go's Marshal does. */
export interface JsonOptions {
  readonly indent: boolean;
  readonly escapesHtml: boolean;
  readonly context: Pick<CallContext, 'spend'>;
}

/** Values nested deeper are refused. */
const MAX_DEPTH = 1000;

/** A value as JSON. Throws FunctionError for what JSON has not: NaN, functions, what holds itself. */
export function encodeJson(value: GoValue, options: JsonOptions): string {
  const text = write(value, { options, path: [] });
  options.context.spend(text.length);
  return text;
}

interface Writer {
  readonly options: JsonOptions;
  /** The collections around the value. */
  readonly path: GoValue[];
}

function write(value: GoValue, writer: Writer): string {
  switch (typeof value) {
    case 'string':
      return quoteJson(value, writer.options.escapesHtml);
    case 'number':
      return jsonFloat(value, 64);
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'undefined':
      return 'null';
    default:
      return value === null ? 'null' : writeComposite(value, writer);
  }
}

function writeComposite(value: GoValue & object, writer: Writer): string {
  if (value instanceof Map) return writeMap(value, value, writer);
  if (Array.isArray(value)) return writeList(value, value, writer);
  if (value instanceof GoNumber) return writeNumber(value);
  if (value instanceof GoMap) return value.isNil ? 'null' : writeMap(value, value.entries, writer);
  if (value instanceof Uint8Array) return `"${encodeBase64(value)}"`;
  if (value instanceof GoSlice) return writeSlice(value, writer);
  if (value instanceof GoStruct) return writeStruct(value, writer);
  throw new FunctionError(`json: unsupported type: ${typeName(value instanceof GoFunction ? value : null)}`);
}

function writeNumber(number: GoNumber): string {
  if (number.kind === 'complex128') throw new FunctionError('json: unsupported type: complex128');
  if (typeof number.value === 'bigint') return number.value.toString();
  return jsonFloat(number.value, number.kind === 'float32' ? 32 : 64);
}

function writeSlice(slice: GoSlice, writer: Writer): string {
  if (slice.isNil) return 'null';
  if (slice.elem !== 'uint8') return writeList(slice, slice.items, writer);
  return `"${encodeBase64(Uint8Array.from(slice.items, (item) => (item instanceof GoNumber ? Number(item.value) : 0)))}"`;
}

function writeStruct(struct: GoStruct, writer: Writer): string {
  if (struct.type.toJson !== undefined) return write(struct.type.toJson(struct), writer);
  const fields: [string, GoValue][] = [];
  for (const field of struct.type.fields) {
    const [name = '', ...flags] = (field.json ?? '').split(',');
    const value = struct.fields.get(field.name);
    if (field.json === '-' || (flags.includes('omitempty') && isOmitted(value, field))) continue;
    fields.push([name === '' ? field.name : name, value]);
  }
  return writeEntries(struct, fields, writer);
}

function isOmitted(value: GoValue, field: GoStructType['fields'][number]): boolean {
  if (value === null || value === undefined || value === '' || value === false) return true;
  if (value === 0 || value === 0n) return true;
  if (value instanceof GoNumber) return Number(value.value) === 0;
  if (value instanceof Map) return value.size === 0;
  if (value instanceof GoMap) return value.entries.size === 0;
  if (value instanceof GoSlice) return value.items.length === 0;
  return (Array.isArray(value) || value instanceof Uint8Array) && value.length === 0 && field.type.startsWith('[');
}

function writeMap(owner: GoValue, map: ReadonlyMap<string, GoValue>, writer: Writer): string {
  const entries = sortedKeys(map).map((key): [string, GoValue] => [key, map.get(key)]);
  return writeEntries(owner, entries, writer);
}

function writeEntries(owner: GoValue, entries: readonly [string, GoValue][], writer: Writer): string {
  const { escapesHtml, indent } = writer.options;
  const colon = indent ? ': ' : ':';
  const parts: string[] = [];
  enter(owner, writer);
  for (const [key, value] of entries) parts.push(quoteJson(key, escapesHtml) + colon + write(value, writer));
  return leave(parts, '{}', writer);
}

function writeList(owner: GoValue, items: readonly GoValue[], writer: Writer): string {
  const parts: string[] = [];
  enter(owner, writer);
  for (const item of items) parts.push(write(item, writer));
  return leave(parts, '[]', writer);
}

/** From here on a value inside itself is looked for. */
const CYCLE_DEPTH = 100;

function enter(owner: GoValue, writer: Writer): void {
  const { path } = writer;
  if (path.length >= CYCLE_DEPTH && path.includes(owner)) {
    throw new FunctionError(`json: unsupported value: encountered a cycle via ${typeName(owner)}`);
  }
  if (path.length >= MAX_DEPTH) throw new FunctionError('json: values are nested too deep');
  path.push(owner);
}

function leave(parts: readonly string[], brackets: '{}' | '[]', writer: Writer): string {
  const [open, close] = [brackets.charAt(0), brackets.charAt(1)];
  writer.path.pop();
  let length = 0;
  for (const part of parts) length += part.length;
  writer.options.context.spend(length);
  if (parts.length === 0 || !writer.options.indent) return open + parts.join(',') + close;
  const outer = `\n${'  '.repeat(writer.path.length)}`;
  return `${open}${outer}  ${parts.join(`,${outer}  `)}${outer}${close}`;
}

/** A float as encoding/json writes it: plain from 1e-6 to below 1e21, else with an exponent without leading zeros. */
function jsonFloat(value: number, bits: 32 | 64): string {
  if (!Number.isFinite(value)) throw new FunctionError(`json: unsupported value: ${formatValue(value)}`);
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-6 && size < 1e21)) return formatFloat(value, 'f', -1, bits);
  return formatFloat(value, 'e', -1, bits).replace(/e-0(\d)$/, 'e-$1');
}

const shortEscapes: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what JSON escapes.
const special = /["\\\u0000-\u001f<>&\u2028\u2029\ud800-\udfff]/;

function quoteJson(value: string, escapesHtml: boolean): string {
  if (!special.test(value)) return `"${value}"`;
  let out = '"';
  for (const char of value) {
    if (isLoneByte(char)) out += '\\ufffd';
    else if (char < ' ' || char === '"' || char === '\\') out += shortEscapes.get(char) ?? unicodeEscape(char);
    else if (char === '\u2028' || char === '\u2029') out += unicodeEscape(char);
    else if (escapesHtml && (char === '<' || char === '>' || char === '&')) out += unicodeEscape(char);
    else out += char;
  }
  return `${out}"`;
}

function unicodeEscape(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
