/**
 * Kubernetes' protobuf bodies (apimachinery's runtime/serializer/protobuf, v1.34): `k8s\0`, then a runtime.Unknown whose
 * raw field is the object by the numbers of its Go tags. Read into the same JSON that a client could have sent.
 */
import { badRequest } from '../../apimachinery/api-errors.ts';
import { type JsonObject, setKey } from '../../apimachinery/json.ts';
import { parseGroupVersion } from '../../apimachinery/resource.ts';
import { formatMicroTime, formatTime } from '../../apimachinery/time.ts';
import { kindSchema, namedSchema, protobufFields, type Schema } from './types.ts';

const MAGIC = 'k8s\0';
const MAX_DEPTH = 100;

interface FieldValue {
  readonly number: number;
  readonly wire: number;
  readonly varint: bigint;
  readonly bytes: Uint8Array;
}

/** Throws BadRequest for what is malformed or of an unknown type. */
export function decodeProtobuf(bytes: Uint8Array): JsonObject {
  const text = new TextDecoder();
  if (text.decode(bytes.subarray(0, 4)) !== MAGIC)
    throw badRequest('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  let apiVersion = '';
  let kind = '';
  let raw: Uint8Array = new Uint8Array(0);
  for (const field of fieldsOf(bytes.subarray(4))) {
    if (field.number === 1) {
      for (const meta of fieldsOf(field.bytes)) {
        if (meta.number === 1) apiVersion = text.decode(meta.bytes);
        if (meta.number === 2) kind = text.decode(meta.bytes);
      }
    } else if (field.number === 2) raw = field.bytes;
  }
  const groupVersion = parseGroupVersion(apiVersion);
  const schema =
    groupVersion === undefined
      ? undefined
      : (kindSchema(groupVersion.group, groupVersion.version, kind) ??
        (kind === 'DeleteOptions' ? namedSchema('meta/v1.DeleteOptions') : undefined));
  if (schema === undefined)
    throw badRequest(`no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`);
  return { ...decodeMessage(schema, raw, 0), apiVersion, kind };
}

function decodeMessage(schema: Schema, bytes: Uint8Array, depth: number): Record<string, unknown> {
  if (depth > MAX_DEPTH) throw badRequest('proto: the message is nested too deeply');
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
    if (type.kind === 'list' && type.element !== undefined) {
      out[name] ??= [];
      const list = out[name] as unknown[];
      list.push(decodeValue(type.element, value, depth));
    } else if (type.kind === 'map' && type.element !== undefined) {
      out[name] ??= {};
      const map = out[name] as Record<string, unknown>;
      let key = '';
      let item: unknown;
      for (const part of fieldsOf(value.bytes)) {
        if (part.number === 1) key = new TextDecoder().decode(part.bytes);
        else if (part.number === 2) item = decodeValue(type.element, part, depth);
      }
      setKey(map, key, item ?? null);
    } else out[name] = decodeValue(type, value, depth);
  }
  return out;
}

function decodeValue(schema: Schema, value: FieldValue, depth: number): unknown {
  const text = (): string => new TextDecoder().decode(value.bytes);
  switch (schema.kind) {
    case 'struct':
      return decodeMessage(schema, value.bytes, depth + 1);
    case 'string':
      return text();
    case 'bool':
      return value.varint !== 0n;
    case 'int32':
    case 'int64':
      return Number(BigInt.asIntN(64, value.varint));
    case 'uint32':
    case 'uint64':
      return Number(value.varint);
    case 'float64':
      return new DataView(value.bytes.buffer, value.bytes.byteOffset, 8).getFloat64(0, true);
    case 'bytes':
      return Buffer.from(value.bytes).toString('base64');
    case 'list':
      // A named list type is a message of its own with the items in field 1 (ExtraValue, Verbs).
      return [...fieldsOf(value.bytes)]
        .filter(({ number }) => number === 1)
        .map((item) => decodeValue(schema.element ?? schema, item, depth + 1));
    case 'Quantity': {
      for (const field of fieldsOf(value.bytes)) if (field.number === 1) return new TextDecoder().decode(field.bytes);
      return '0';
    }
    case 'Time':
    case 'MicroTime': {
      let seconds = 0;
      let nanos = 0;
      for (const field of fieldsOf(value.bytes)) {
        if (field.number === 1) seconds = Number(BigInt.asIntN(64, field.varint));
        if (field.number === 2) nanos = Number(BigInt.asIntN(64, field.varint));
      }
      if (value.bytes.length === 0) return null;
      const instant = seconds * 1000 + Math.floor(nanos / 1e6);
      return schema.kind === 'Time' ? formatTime(instant) : formatMicroTime(instant);
    }
    case 'IntOrString': {
      let type = 0;
      let int = 0;
      let string = '';
      for (const field of fieldsOf(value.bytes)) {
        if (field.number === 1) type = Number(field.varint);
        else if (field.number === 2) int = Number(BigInt.asIntN(64, field.varint));
        else if (field.number === 3) string = new TextDecoder().decode(field.bytes);
      }
      return type === 0 ? int : string;
    }
    case 'Raw': {
      for (const field of fieldsOf(value.bytes)) if (field.number === 1) return parsed(field.bytes);
      return null;
    }
    default:
      return null;
  }
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw badRequest('proto: a raw field is not JSON');
  }
}

function* fieldsOf(bytes: Uint8Array): Iterable<FieldValue> {
  let at = 0;
  const varint = (): bigint => {
    let out = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at];
      if (byte === undefined) throw badRequest('proto: unexpected EOF');
      at += 1;
      out |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return out;
    }
    throw badRequest('proto: integer overflow');
  };
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw badRequest('proto: unexpected EOF');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const wire = tag & 7;
    const number = tag >> 3;
    if (wire === 0) yield { number, wire, varint: varint(), bytes: NO_BYTES };
    else if (wire === 2) yield { number, wire, varint: 0n, bytes: take(Number(varint())) };
    else if (wire === 1) yield { number, wire, varint: 0n, bytes: take(8) };
    else if (wire === 5) yield { number, wire, varint: 0n, bytes: take(4) };
    else throw badRequest(`proto: illegal wireType ${wire}`);
  }
}

const NO_BYTES = new Uint8Array(0);
