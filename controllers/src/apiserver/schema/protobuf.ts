/**
 * Kubernetes' protobuf bodies (apimachinery's runtime/serializer/protobuf, v1.34): `k8s\0`, then a runtime.Unknown whose
 * raw field is the object by the numbers of its Go tags. Read into the same JSON that a client could have sent.
 */
import { type JsonObject, setKey } from '../../apimachinery/json.ts';
import { parseGroupVersion } from '../../apimachinery/resource.ts';
import { formatMicroTime, formatTime } from '../../apimachinery/time.ts';
import { decodeChoice, isChoice } from './schema-choices.ts';
import { kindSchema, namedSchema, protobufFields, type Schema } from './types.ts';
import { fieldsOf, WireError, type WireField } from './wire.ts';

export const PROTOBUF_MAGIC = 'k8s\0';
const MAX_DEPTH = 100;
const text = new TextDecoder();

/** A body that can't be read. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError';
  /** What the envelope says it is, as far as it could be read. */
  readonly apiVersion: string;
  readonly kind: string;

  constructor(message: string, apiVersion = '', kind = '') {
    super(message);
    this.apiVersion = apiVersion;
    this.kind = kind;
  }
}

/** The object in a body. Throws ProtobufError for what is malformed or of an unknown type. */
export function decodeProtobuf(bytes: Uint8Array): JsonObject {
  if (text.decode(bytes.subarray(0, 4)) !== PROTOBUF_MAGIC)
    throw new ProtobufError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  let apiVersion = '';
  let kind = '';
  try {
    let raw: Uint8Array = new Uint8Array(0);
    for (const field of fieldsOf(bytes.subarray(4))) {
      if (field.number === 1) {
        for (const meta of fieldsOf(field.bytes)) {
          if (meta.number === 1) apiVersion = text.decode(meta.bytes);
          if (meta.number === 2) kind = text.decode(meta.bytes);
        }
      } else if (field.number === 2) raw = field.bytes;
    }
    const schema = messageSchema(apiVersion, kind);
    if (schema === undefined) {
      const place = `in scheme "pkg/runtime/scheme.go:110"`;
      throw new WireError(
        `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} ${place}`,
      );
    }
    return { ...decodeMessage(schema, raw, 0), apiVersion, kind };
  } catch (error) {
    if (error instanceof WireError) throw new ProtobufError(error.message, apiVersion, kind);
    throw error;
  }
}

/** The type of a message by what its envelope says. */
export function messageSchema(apiVersion: string, kind: string): Schema | undefined {
  const groupVersion = parseGroupVersion(apiVersion);
  if (groupVersion === undefined) return undefined;
  const known = kindSchema(groupVersion.group, groupVersion.version, kind);
  if (known !== undefined) return known;
  // Options are registered in every group.
  return kind === 'DeleteOptions' || (kind === 'Status' && apiVersion === 'v1')
    ? namedSchema(`meta/v1.${kind}`)
    : undefined;
}

function decodeMessage(schema: Schema, bytes: Uint8Array, depth: number): Record<string, unknown> {
  if (depth > MAX_DEPTH) throw new WireError('proto: the message is nested too deeply');
  const out: Record<string, unknown> = {};
  const fields = protobufFields(schema.name);
  for (const value of fieldsOf(bytes)) {
    const field = fields.get(value.number);
    if (field === undefined) continue;
    if (field.inline !== undefined) {
      Object.assign(out, decodeMessage(field.inline, value.bytes, depth + 1));
      continue;
    }
    const { name, schema: type } = field;
    if (isChoice(schema.name, name)) {
      out[name] = decodeChoice(name, value.bytes, (inner) => decodeMessage(schema, inner, depth + 1));
    } else if (type.kind === 'list' && type.element !== undefined) {
      out[name] ??= [];
      (out[name] as unknown[]).push(decodeValue(type.element, value, depth));
    } else if (type.kind === 'map' && type.element !== undefined) {
      out[name] ??= {};
      const { element } = type;
      let key = '';
      let item: unknown = ['string', 'bytes', 'Quantity'].includes(element.kind) ? '' : undefined;
      for (const part of fieldsOf(value.bytes)) {
        if (part.number === 1) key = text.decode(part.bytes);
        else if (part.number === 2) item = decodeValue(element, part, depth);
      }
      setKey(out[name] as Record<string, unknown>, key, item ?? null);
    } else {
      const single = decodeValue(type, value, depth);
      // In protobuf zero is written, too.
      const isZero = single === '' || single === 0 || single === false;
      if (!isZero || !field.isOmittedWhenZero) out[name] = single;
    }
  }
  return out;
}

function decodeValue(schema: Schema, value: WireField, depth: number): unknown {
  switch (schema.kind) {
    case 'struct':
      return decodeMessage(schema, value.bytes, depth + 1);
    case 'string':
      return text.decode(value.bytes);
    case 'bool':
      return value.varint !== 0n;
    case 'int32':
    case 'int64':
      return Number(BigInt.asIntN(64, value.varint));
    case 'uint32':
    case 'uint64':
      return Number(value.varint);
    case 'float64':
      if (value.bytes.length !== 8) throw new WireError(`proto: wrong wireType = ${value.wire}`);
      return new DataView(value.bytes.buffer, value.bytes.byteOffset, 8).getFloat64(0, true);
    case 'bytes':
      return Buffer.from(value.bytes).toString('base64');
    case 'list':
      // A named list type is a message of its own with the items in field 1 (ExtraValue, Verbs).
      return [...fieldsOf(value.bytes)]
        .filter(({ number }) => number === 1)
        .map((item) => decodeValue(schema.element ?? schema, item, depth + 1));
    case 'Quantity':
      return text.decode(firstOf(value.bytes)?.bytes ?? new Uint8Array(0)) || '0';
    case 'Time':
    case 'MicroTime':
      return decodeTime(schema.kind, value.bytes);
    case 'Duration':
      return formatDuration(BigInt.asIntN(64, firstOf(value.bytes)?.varint ?? 0n));
    case 'IntOrString':
      return decodeIntOrString(value.bytes);
    case 'Raw': {
      const raw = firstOf(value.bytes);
      return raw === undefined ? null : parseRaw(raw.bytes);
    }
    default:
      return null;
  }
}

function firstOf(bytes: Uint8Array): WireField | undefined {
  for (const field of fieldsOf(bytes)) if (field.number === 1) return field;
  return undefined;
}

function decodeTime(kind: 'Time' | 'MicroTime', bytes: Uint8Array): string | null {
  let seconds = 0;
  let nanos = 0;
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) seconds = Number(BigInt.asIntN(64, field.varint));
    if (field.number === 2) nanos = Number(BigInt.asIntN(64, field.varint));
  }
  if (bytes.length === 0) return null;
  const instant = seconds * 1000 + Math.floor(nanos / 1e6);
  if (Math.abs(instant) > 8.64e15) throw new WireError('proto: the time is out of range');
  if (kind === 'Time') return formatTime(instant);
  const micros = String(Math.floor(nanos / 1000)).padStart(6, '0');
  return formatMicroTime(instant).replace(/\.\d{6}Z$/, `.${micros}Z`);
}

function decodeIntOrString(bytes: Uint8Array): number | string {
  let type = 0;
  let int = 0;
  let string = '';
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) type = Number(field.varint);
    else if (field.number === 2) int = Number(BigInt.asIntN(64, field.varint));
    else if (field.number === 3) string = text.decode(field.bytes);
  }
  return type === 0 ? int : string;
}

/** Go's text of a time.Duration in nanoseconds, in its unit of seconds. */
function formatDuration(nanos: bigint): string {
  const seconds = nanos / 1_000_000_000n;
  const rest = String(nanos % 1_000_000_000n).padStart(9, '0');
  const fraction = rest.replace(/0+$/, '');
  return `${seconds}${fraction === '' ? '' : `.${fraction}`}s`;
}

/** JSON, or another message in its envelope. */
function parseRaw(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return null;
  if (text.decode(bytes.subarray(0, 4)) === PROTOBUF_MAGIC) return decodeProtobuf(bytes);
  try {
    return JSON.parse(text.decode(bytes));
  } catch {
    throw new WireError('proto: a raw field is not JSON');
  }
}
