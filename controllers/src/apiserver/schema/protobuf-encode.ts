/**
 * Answers as Kubernetes' protobuf (apimachinery's runtime/serializer/protobuf, v1.34): of the built-in kinds, their lists
 * and Status. It writes what the JSON has; what is missing there is zero to the reader.
 */
import { isObject, type JsonObject } from '../../apimachinery/json.ts';
import { parseTime } from '../../apimachinery/time.ts';
import { messageSchema, PROTOBUF_MAGIC } from './protobuf.ts';
import { encodeChoice, isChoice } from './schema-choices.ts';
import { namedSchema, protobufFields, type Schema } from './types.ts';
import { MessageBytes } from './wire.ts';

/** The body of an answer; undefined where there is no message for its kind. */
export function encodeProtobuf(object: JsonObject): Uint8Array | undefined {
  const apiVersion = String(object.apiVersion ?? '');
  const kind = String(object.kind ?? '');
  const raw = encodeKind(apiVersion, kind, object);
  if (raw === undefined) return undefined;
  const type = new MessageBytes();
  type.string(1, apiVersion);
  type.string(2, kind);
  const out = new MessageBytes();
  out.raw(new TextEncoder().encode(PROTOBUF_MAGIC));
  out.field(1, type.result());
  out.field(2, raw);
  out.string(3, '');
  out.string(4, '');
  return out.result();
}

function encodeKind(apiVersion: string, kind: string, object: JsonObject): Uint8Array | undefined {
  const schema = messageSchema(apiVersion, kind);
  if (schema !== undefined) return encodeMessage(schema, object);
  if (!kind.endsWith('List') || !Array.isArray(object.items)) {
    return kind === 'PartialObjectMetadata' ? encodePartial(object) : undefined;
  }
  const isPartial = kind === 'PartialObjectMetadataList';
  const item = isPartial ? undefined : messageSchema(apiVersion, kind.slice(0, -'List'.length));
  if (item === undefined && !isPartial) return undefined;
  const out = new MessageBytes();
  out.field(1, encodeMessage(namedSchema('meta/v1.ListMeta'), isObject(object.metadata) ? object.metadata : {}));
  for (const one of object.items) {
    if (!isObject(one)) continue;
    out.field(2, item === undefined ? encodePartial(one) : encodeMessage(item, one));
  }
  return out.result();
}

function encodePartial(object: JsonObject): Uint8Array {
  const out = new MessageBytes();
  out.field(1, encodeMessage(namedSchema('meta/v1.ObjectMeta'), isObject(object.metadata) ? object.metadata : {}));
  return out.result();
}

/** An object of a type, without an envelope. */
function encodeMessage(schema: Schema, object: JsonObject): Uint8Array {
  const out = new MessageBytes();
  for (const [number, { name, schema: type, inline }] of protobufFields(schema.name)) {
    if (inline !== undefined) {
      const inner = encodeMessage(inline, object);
      out.field(number, inner);
      continue;
    }
    if (!Object.hasOwn(object, name)) continue;
    const value = object[name];
    if (value === undefined || value === null) continue;
    if (isChoice(schema.name, name)) encodeChoice(out, number, name, value, (inner) => encodeMessage(schema, inner));
    else if (type.kind === 'list' && type.element !== undefined) {
      if (Array.isArray(value)) for (const item of value) encodeValue(out, number, type.element, item);
    } else if (type.kind === 'map' && type.element !== undefined) encodeMap(out, number, type.element, value);
    else encodeValue(out, number, type, value);
  }
  return out.result();
}

function encodeMap(out: MessageBytes, number: number, element: Schema, value: unknown): void {
  if (!isObject(value)) return;
  for (const key of Object.keys(value)) {
    const entry = new MessageBytes();
    entry.string(1, key);
    if (value[key] !== null) encodeValue(entry, 2, element, value[key]);
    out.field(number, entry.result());
  }
}

function encodeValue(out: MessageBytes, number: number, schema: Schema, value: unknown): void {
  switch (schema.kind) {
    case 'struct':
      out.field(number, isObject(value) ? encodeMessage(schema, value) : new Uint8Array(0));
      return;
    case 'string':
      out.string(number, String(value));
      return;
    case 'bool':
      out.number(number, value === true ? 1n : 0n);
      return;
    case 'int32':
    case 'int64':
    case 'uint32':
    case 'uint64':
      out.number(number, BigInt(Math.trunc(Number(value))));
      return;
    case 'float64':
      out.double(number, Number(value));
      return;
    case 'bytes':
      out.field(number, Buffer.from(String(value), 'base64'));
      return;
    default:
      out.field(number, encodeSpecial(schema, value));
  }
}

/** Types that are messages of their own. */
function encodeSpecial(schema: Schema, value: unknown): Uint8Array {
  const out = new MessageBytes();
  switch (schema.kind) {
    case 'list':
      if (Array.isArray(value) && schema.element !== undefined)
        for (const item of value) encodeValue(out, 1, schema.element, item);
      break;
    case 'map':
      if (schema.element !== undefined) encodeMap(out, 1, schema.element, value);
      break;
    case 'Quantity':
      out.string(1, String(value));
      break;
    case 'Time':
    case 'MicroTime':
      encodeTime(out, schema.kind, String(value));
      break;
    case 'Duration':
      out.number(1, parseDuration(String(value)));
      break;
    case 'IntOrString':
      if (typeof value === 'number') {
        out.number(1, 0n);
        out.number(2, BigInt(Math.trunc(value)));
        out.string(3, '');
      } else {
        out.number(1, 1n);
        out.number(2, 0n);
        out.string(3, String(value));
      }
      break;
    default:
      out.field(1, new TextEncoder().encode(JSON.stringify(value)));
  }
  return out.result();
}

function encodeTime(out: MessageBytes, kind: 'Time' | 'MicroTime', text: string): void {
  const instant = parseTime(text);
  if (Number.isNaN(instant)) return;
  const fraction = /\.(\d+)/.exec(text)?.[1]?.padEnd(9, '0').slice(0, 9) ?? '0';
  out.number(1, BigInt(Math.floor(instant / 1000)));
  out.number(2, kind === 'Time' ? 0n : BigInt(fraction));
}

const UNITS: Readonly<Record<string, bigint>> = {
  h: 3_600_000_000_000n,
  m: 60_000_000_000n,
  s: 1_000_000_000n,
  ms: 1_000_000n,
  us: 1000n,
  µs: 1000n,
  ns: 1n,
};

/** Nanoseconds of Go's text of a duration. */
function parseDuration(text: string): bigint {
  let total = 0n;
  for (const [, whole = '0', fraction = '', unit = 's'] of text.matchAll(/(\d+)(?:\.(\d+))?(h|ms|us|µs|ns|m|s)/g)) {
    const size = UNITS[unit] ?? 0n;
    total += BigInt(whole) * size;
    if (fraction !== '') total += (BigInt(fraction) * size) / 10n ** BigInt(fraction.length);
  }
  return text.startsWith('-') ? -total : total;
}
