/**
 * The fields of a JSON schema that hold one of two things, which are messages of their own in protobuf
 * (apiextensions/v1's JSONSchemaPropsOrArray, JSONSchemaPropsOrBool and JSONSchemaPropsOrStringArray).
 */
import { isObject, setKey } from '../../apimachinery/json.ts';
import { fieldsOf, MessageBytes } from './wire.ts';

/** Reads a message of a JSON schema. */
export type SchemaReader = (bytes: Uint8Array) => unknown;
/** Writes one. */
export type SchemaWriter = (value: Readonly<Record<string, unknown>>) => Uint8Array;

const OWNER = 'apiextensions/v1.JSONSchemaProps';
const CHOICES = new Map([
  ['items', 'list'],
  ['additionalItems', 'bool'],
  ['additionalProperties', 'bool'],
  ['dependencies', 'strings'],
]);

/** Whether a field of a struct is one of these. */
export function isChoice(struct: string, field: string): boolean {
  return struct === OWNER && CHOICES.has(field);
}

/** Of `dependencies`, one entry of the map. */
export function decodeChoice(field: string, bytes: Uint8Array, read: SchemaReader): unknown {
  if (field !== 'dependencies') return decodeOne(CHOICES.get(field) ?? '', bytes, read);
  const out: Record<string, unknown> = {};
  let key = '';
  for (const part of fieldsOf(bytes)) {
    if (part.number === 1) key = new TextDecoder().decode(part.bytes);
    else if (part.number === 2) setKey(out, key, decodeOne('strings', part.bytes, read));
  }
  return out;
}

function decodeOne(choice: string, bytes: Uint8Array, read: SchemaReader): unknown {
  const list: unknown[] = [];
  let allows = false;
  for (const part of fieldsOf(bytes)) {
    const isSchema = choice === 'bool' ? part.number === 2 : part.number === 1;
    if (isSchema) return read(part.bytes);
    if (choice === 'bool') allows = part.varint !== 0n;
    else if (choice === 'list') list.push(read(part.bytes));
    else list.push(new TextDecoder().decode(part.bytes));
  }
  return choice === 'bool' ? allows : list;
}

/** Writes such a field under its number. */
export function encodeChoice(
  out: MessageBytes,
  number: number,
  field: string,
  value: unknown,
  write: SchemaWriter,
): void {
  if (field !== 'dependencies') {
    out.field(number, encodeOne(CHOICES.get(field) ?? '', value, write));
    return;
  }
  if (!isObject(value)) return;
  for (const key of Object.keys(value)) {
    const entry = new MessageBytes();
    entry.string(1, key);
    entry.field(2, encodeOne('strings', value[key], write));
    out.field(number, entry.result());
  }
}

function encodeOne(choice: string, value: unknown, write: SchemaWriter): Uint8Array {
  const out = new MessageBytes();
  if (choice === 'bool') {
    out.number(1, typeof value === 'boolean' && !value ? 0n : 1n);
    if (isObject(value)) out.field(2, write(value));
  } else if (Array.isArray(value)) {
    for (const item of value) {
      if (choice === 'strings') out.string(2, String(item));
      else if (isObject(item)) out.field(2, write(item));
    }
  } else if (isObject(value)) out.field(1, write(value));
  return out.result();
}
