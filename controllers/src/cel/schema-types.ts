/**
 * The types that an OpenAPI schema declares, with bounds on their sizes for cost estimates (the apiserver's
 * pkg/cel/common/schemas.go and pkg/cel/types.go).
 */
import { isObject, type JsonObject } from '../apimachinery/json.ts';
import type { Scope } from './checker.ts';
import { CIDR_TYPE, IP_TYPE } from './functions/network.ts';
import { escapeName } from './identifiers.ts';
import {
  ANY,
  BOOL,
  BYTES,
  type CelType,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  LIST,
  listOf,
  MAP,
  mapOf,
  NULL,
  OPTIONAL,
  STRING,
  structType,
  TIMESTAMP,
  TYPE,
  UINT,
} from './types.ts';

export interface DeclaredType {
  readonly type: CelType;
  /** The fewest bytes of JSON that a value takes. */
  readonly minSize: number;
  /** The most characters or elements; 0 where there are none to count. */
  readonly maxElements: number;
  readonly key?: DeclaredType;
  readonly element?: DeclaredType;
  /** By escaped name. */
  readonly fields?: ReadonlyMap<string, DeclaredType>;
}

/** The largest request that the API takes. */
export const MAX_REQUEST = 3 * 1024 * 1024;
const TEXT: DeclaredType = { type: STRING, minSize: 2, maxElements: 0 };
const FORMATS: Readonly<Record<string, { type: CelType; minSize: number; max: number }>> = {
  byte: { type: BYTES, minSize: 2, max: MAX_REQUEST - 2 },
  duration: { type: DURATION, minSize: 3, max: 32 },
  date: { type: TIMESTAMP, minSize: 12, max: 12 },
  'date-time': { type: TIMESTAMP, minSize: 21, max: 32 },
};

/** Undefined where CEL can't see a value: one without a type, or of unknown fields only. */
export function declareType(schema: JsonObject, isResource: boolean, name: string): DeclaredType | undefined {
  if (schema['x-kubernetes-int-or-string'] === true)
    return { type: DYN, minSize: 1, maxElements: boundOf(schema.maxLength, 4) ?? MAX_REQUEST - 2 };
  const full = isResource ? withTypeAndMetadata(schema) : schema;
  switch (full.type) {
    case 'array':
      return declareList(full, name);
    case 'object':
      return isObject(full.additionalProperties) ? declareMap(full, name) : declareObject(full, name);
    case 'string':
      return declareText(full);
    case 'boolean':
      return { type: BOOL, minSize: 4, maxElements: 0 };
    case 'number':
      return { type: DOUBLE, minSize: 1, maxElements: 0 };
    case 'integer':
      return { type: INT, minSize: 1, maxElements: 0 };
    default:
      return undefined;
  }
}

const isEmbedded = (schema: JsonObject): boolean => schema['x-kubernetes-embedded-resource'] === true;

function boundOf(value: unknown, factor = 1): number | undefined {
  return typeof value === 'number' ? Math.max(0, value) * factor : undefined;
}

function declareList(schema: JsonObject, name: string): DeclaredType | undefined {
  const { items } = schema;
  const element = isObject(items) ? declareType(items, isEmbedded(items), `${name}.@idx`) : undefined;
  if (element === undefined) return undefined;
  const maxElements = boundOf(schema.maxItems) ?? Math.floor((MAX_REQUEST - 2) / (element.minSize + 1));
  return { type: listOf(element.type), minSize: 2, maxElements, element };
}

function declareMap(schema: JsonObject, name: string): DeclaredType | undefined {
  const values = schema.additionalProperties;
  const element = isObject(values) ? declareType(values, isEmbedded(values), `${name}.@elem`) : undefined;
  if (element === undefined) return undefined;
  const maxElements = boundOf(schema.maxProperties) ?? Math.floor((MAX_REQUEST - 2) / (element.minSize + 6));
  return { type: mapOf(STRING, element.type), minSize: 2, maxElements, key: TEXT, element };
}

function declareObject(schema: JsonObject, name: string): DeclaredType {
  const fields = new Map<string, DeclaredType>();
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  let minSize = 2;
  const properties = isObject(schema.properties) ? schema.properties : {};
  for (const key of Object.keys(properties)) {
    const property = properties[key];
    if (!isObject(property)) continue;
    const escaped = escapeName(key);
    const field = declareType(property, isEmbedded(property), `${name}.${escaped ?? key}`);
    if (field === undefined) continue;
    if (escaped !== undefined) fields.set(escaped, field);
    if (required.has(key) && property.default === undefined) minSize += Buffer.byteLength(key) + field.minSize + 4;
  }
  return { type: structType(name), minSize, maxElements: 0, fields };
}

function declareText(schema: JsonObject): DeclaredType {
  const format = FORMATS[String(schema.format)];
  if (format !== undefined) {
    const max = format.type === BYTES ? (boundOf(schema.maxLength) ?? format.max) : format.max;
    return { type: format.type, minSize: format.minSize, maxElements: max };
  }
  const longest = Array.isArray(schema.enum)
    ? Math.max(0, ...schema.enum.map((value) => (typeof value === 'string' ? Buffer.byteLength(value) : 0)))
    : 0;
  const unbounded = Array.isArray(schema.enum) && schema.enum.length > 0 ? longest : MAX_REQUEST - 2;
  return { type: STRING, minSize: 2, maxElements: boundOf(schema.maxLength, 4) ?? unbounded };
}

/** How large what is at a path can be, from a variable of this type on; undefined where the path leads nowhere. */
export function declaredSize(
  root: DeclaredType | undefined,
  path: readonly string[],
): { readonly min: number; readonly max: number } | undefined {
  let current = root;
  for (const name of path.slice(1)) {
    if (name === '@items' || name === '@values') current = current?.element;
    else if (name === '@keys') current = current?.key;
    else current = current?.fields?.get(name);
  }
  return current === undefined ? undefined : { min: 0, max: current.maxElements };
}

const STRING_SCHEMA: JsonObject = { type: 'string' };

/** A resource's rules always see apiVersion, kind, metadata.name and metadata.generateName, and no other metadata. */
export function withTypeAndMetadata(schema: JsonObject): JsonObject {
  return {
    ...schema,
    properties: {
      ...(isObject(schema.properties) ? schema.properties : {}),
      kind: STRING_SCHEMA,
      apiVersion: STRING_SCHEMA,
      metadata: { type: 'object', properties: { name: STRING_SCHEMA, generateName: STRING_SCHEMA } },
    },
  };
}

const TYPE_NAMES: ReadonlyMap<string, CelType> = new Map(
  [
    BOOL,
    BYTES,
    DOUBLE,
    INT,
    LIST,
    MAP,
    NULL,
    STRING,
    TYPE,
    UINT,
    OPTIONAL,
    IP_TYPE,
    CIDR_TYPE,
    DURATION,
    TIMESTAMP,
  ].map((type) => [type.name, type]),
);

/** What expressions can name: variables, and the fields of the objects in their types. */
export function scopeOf(variables: ReadonlyMap<string, CelType>, declared: readonly DeclaredType[]): Scope {
  const objects = new Map<string, DeclaredType>();
  const collect = (type: DeclaredType): void => {
    if (type.fields !== undefined) objects.set(type.type.name, type);
    for (const field of type.fields?.values() ?? []) collect(field);
    if (type.element !== undefined) collect(type.element);
  };
  for (const type of declared) collect(type);
  return {
    variable: (name) => variables.get(name),
    type: (name) => TYPE_NAMES.get(name) ?? (name === 'google.protobuf.Any' ? ANY : undefined),
    // A reserved word can be written as it is where a field is meant.
    field: (type, name) => {
      const fields = objects.get(type.name)?.fields;
      return (fields?.get(name) ?? fields?.get(`__${name}__`))?.type;
    },
  };
}
