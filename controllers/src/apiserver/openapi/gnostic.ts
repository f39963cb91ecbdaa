/**
 * OpenAPI v2 in protobuf (gnostic's openapi.v2 messages), which Kubernetes' clients prefer. A message that stands twice
 * is merged by its readers, so documents can be put one behind the other.
 */
import { isObject, type JsonObject } from '../../apimachinery/json.ts';
import { MessageBytes } from '../schema/wire.ts';

/** What a field of a message holds. */
type Kind = 'string' | 'strings' | 'bool' | 'int64' | 'double' | 'any' | 'anys' | Encoder | readonly [Encoder];
/** Takes a value to the bytes of its message. */
type Encoder = (value: unknown) => MessageBytes;
type Fields = Readonly<Record<string, readonly [number: number, kind: Kind]>>;

/** A message with fields of fixed names; what begins with `x-` goes to the list of extensions. */
function message(fields: Fields, extensions: number): Encoder {
  return (value) => {
    const out = new MessageBytes();
    if (!isObject(value)) return out;
    for (const key of Object.keys(fields)) {
      const [number, kind] = fields[key] ?? [0, 'string'];
      if (Object.hasOwn(value, key)) put(out, number, kind, value[key]);
    }
    for (const key of Object.keys(value))
      if (key.startsWith('x-') && extensions > 0) out.field(extensions, named(key, any(value[key])).result());
    return out;
  };
}

function put(out: MessageBytes, number: number, kind: Kind, value: unknown): void {
  if (value === undefined || value === null) return;
  if (kind === 'string') {
    if (value !== '') out.string(number, String(value));
  } else if (kind === 'strings')
    for (const item of Array.isArray(value) ? value : [value]) out.string(number, String(item));
  else if (kind === 'bool') {
    if (value === true) out.small(number << 3);
    if (value === true) out.small(1);
  } else if (kind === 'int64') {
    out.small(number << 3);
    out.varint(BigInt(Math.trunc(Number(value))));
  } else if (kind === 'double') out.double(number, Number(value));
  else if (kind === 'any') out.field(number, any(value).result());
  else if (kind === 'anys') for (const item of Array.isArray(value) ? value : []) out.field(number, any(item).result());
  else if (typeof kind === 'function') out.field(number, kind(value).result());
  else for (const item of Array.isArray(value) ? value : []) out.field(number, kind[0](item).result());
}

/** Any value, written as YAML, of which JSON is a part. */
function any(value: unknown): MessageBytes {
  const out = new MessageBytes();
  out.string(2, `${JSON.stringify(value)}\n`);
  return out;
}

function named(name: string, value: MessageBytes): MessageBytes {
  const out = new MessageBytes();
  out.string(1, name);
  out.field(2, value.result());
  return out;
}

/** A map of names: a list of pairs. */
function map(number: number, of: Encoder): Encoder {
  return (value) => {
    const out = new MessageBytes();
    if (isObject(value)) for (const key of Object.keys(value)) out.field(number, named(key, of(value[key])).result());
    return out;
  };
}

/** One of several messages in a wrapper. */
function choice(of: (value: unknown) => readonly [number: number, encoder: Encoder]): Encoder {
  return (value) => {
    const [number, encoder] = of(value);
    const out = new MessageBytes();
    out.field(number, encoder(value).result());
    return out;
  };
}

const strings: Encoder = (value) => {
  const out = new MessageBytes();
  put(out, 1, 'strings', value);
  return out;
};

const additionalProperties: Encoder = (value) => {
  const out = new MessageBytes();
  if (typeof value !== 'boolean') out.field(1, schema(value).result());
  else if (value) {
    out.small(2 << 3);
    out.small(1);
  }
  return out;
};
const items: Encoder = (value) => {
  const out = new MessageBytes();
  for (const item of Array.isArray(value) ? value : [value]) out.field(1, schema(item).result());
  return out;
};
const schema: Encoder = (value) => schemaMessage(value);
const properties = map(1, schema);
const externalDocs = message({ description: [1, 'string'], url: [2, 'string'] }, 3);

const schemaMessage = message(
  {
    $ref: [1, 'string'],
    format: [2, 'string'],
    title: [3, 'string'],
    description: [4, 'string'],
    default: [5, 'any'],
    multipleOf: [6, 'double'],
    maximum: [7, 'double'],
    exclusiveMaximum: [8, 'bool'],
    minimum: [9, 'double'],
    exclusiveMinimum: [10, 'bool'],
    maxLength: [11, 'int64'],
    minLength: [12, 'int64'],
    pattern: [13, 'string'],
    maxItems: [14, 'int64'],
    minItems: [15, 'int64'],
    uniqueItems: [16, 'bool'],
    maxProperties: [17, 'int64'],
    minProperties: [18, 'int64'],
    required: [19, 'strings'],
    enum: [20, 'anys'],
    additionalProperties: [21, additionalProperties],
    type: [22, strings],
    items: [23, items],
    allOf: [24, [schema]],
    properties: [25, properties],
    discriminator: [26, 'string'],
    readOnly: [27, 'bool'],
    externalDocs: [29, externalDocs],
    example: [30, 'any'],
  },
  31,
);

const jsonReference = message({ $ref: [1, 'string'], description: [2, 'string'] }, 0);
const bodyParameter = message(
  { description: [1, 'string'], name: [2, 'string'], in: [3, 'string'], required: [4, 'bool'], schema: [5, schema] },
  6,
);
const queryParameter = message(
  {
    required: [1, 'bool'],
    in: [2, 'string'],
    description: [3, 'string'],
    name: [4, 'string'],
    type: [6, 'string'],
    format: [7, 'string'],
    uniqueItems: [20, 'bool'],
    enum: [21, 'anys'],
  },
  23,
);
const pathParameter = message(
  {
    required: [1, 'bool'],
    in: [2, 'string'],
    description: [3, 'string'],
    name: [4, 'string'],
    type: [5, 'string'],
    format: [6, 'string'],
    uniqueItems: [19, 'bool'],
    enum: [20, 'anys'],
  },
  22,
);
const headerParameter = message(
  {
    required: [1, 'bool'],
    in: [2, 'string'],
    description: [3, 'string'],
    name: [4, 'string'],
    type: [5, 'string'],
    format: [6, 'string'],
    uniqueItems: [19, 'bool'],
  },
  22,
);

const placeOf = (value: unknown): unknown => (isObject(value) ? value.in : undefined);
const nonBodyParameter = choice((value) =>
  placeOf(value) === 'path'
    ? [4, pathParameter]
    : placeOf(value) === 'header'
      ? [1, headerParameter]
      : [3, queryParameter],
);
const parameter = choice((value) => (placeOf(value) === 'body' ? [1, bodyParameter] : [2, nonBodyParameter]));
const parametersItem = choice((value) => (isObject(value) && '$ref' in value ? [2, jsonReference] : [1, parameter]));

const response = message({ description: [1, 'string'], schema: [2, choice(() => [1, schema])] }, 5);
const responses = map(
  1,
  choice((value) => (isObject(value) && '$ref' in value ? [2, jsonReference] : [1, response])),
);

const operation = message(
  {
    tags: [1, 'strings'],
    summary: [2, 'string'],
    description: [3, 'string'],
    operationId: [5, 'string'],
    produces: [6, 'strings'],
    consumes: [7, 'strings'],
    parameters: [8, [parametersItem]],
    responses: [9, responses],
    schemes: [10, 'strings'],
    deprecated: [11, 'bool'],
  },
  13,
);
const pathItem = message(
  {
    get: [2, operation],
    put: [3, operation],
    post: [4, operation],
    delete: [5, operation],
    options: [6, operation],
    head: [7, operation],
    patch: [8, operation],
    parameters: [9, [parametersItem]],
  },
  10,
);
const apiKey = message({ type: [1, 'string'], name: [2, 'string'], in: [3, 'string'], description: [4, 'string'] }, 5);

const document = message(
  {
    swagger: [1, 'string'],
    info: [2, message({ title: [1, 'string'], version: [2, 'string'] }, 7)],
    paths: [8, map(2, pathItem)],
    definitions: [9, map(1, schema)],
    parameters: [10, map(1, parameter)],
    security: [12, [map(1, strings)]],
    securityDefinitions: [
      13,
      map(
        1,
        choice(() => [2, apiKey]),
      ),
    ],
  },
  16,
);

/** A document of OpenAPI v2, or a part of one. */
export function encodeOpenApiV2(value: JsonObject): Uint8Array {
  return document(value).result();
}
