/**
 * The types that expressions can be checked against before any object is there (the apiserver's
 * pkg/cel/openapi/resolver, v1.34): those of Kubernetes' kinds, and of custom resources by their schemas.
 */
import { isObject } from '../../../apimachinery/json.ts';
import { escapeName } from '../../../cel/identifiers.ts';
import { type DeclaredType, declareType } from '../../../cel/schema-types.ts';
import {
  BOOL,
  BYTES,
  type CelType,
  DOUBLE,
  DYN,
  INT,
  listOf,
  mapOf,
  STRING,
  structType,
  TIMESTAMP,
} from '../../../cel/types.ts';
import { versionOf } from '../../custom/definition.ts';
import type { Resource } from '../../resources/resource.ts';
import { namedSchema, type Schema, type SchemaKind } from '../../schema/types.ts';

/** Quantities are strings and numbers to OpenAPI, which CEL has no type for: expressions can't name them. */
const SCALARS: Partial<Record<SchemaKind, CelType>> = {
  string: STRING,
  bool: BOOL,
  int32: INT,
  int64: INT,
  uint32: INT,
  uint64: INT,
  float64: DOUBLE,
  bytes: BYTES,
  Time: TIMESTAMP,
  MicroTime: TIMESTAMP,
  Duration: STRING,
  IntOrString: DYN,
};

const JSON_SCHEMA = 'apiextensions/v1.JSONSchemaProps';

/** The type of a kind's objects in a version; undefined where nothing tells. */
export function declareKind(resource: Resource, version: string): DeclaredType | undefined {
  if (resource.definition !== undefined) return declareCustom(resource, version);
  const schema = resource.schema(version);
  return schema === undefined ? undefined : declareSchema(schema, resource.kind, []);
}

function declareCustom({ definition, kind }: Resource, version: string): DeclaredType | undefined {
  const schema = definition && versionOf(definition, version)?.schema?.openAPIV3Schema;
  if (schema === undefined) return undefined;
  const known = isObject(schema.properties) ? schema : { ...schema, properties: {} };
  const declared = declareType(known, false, kind);
  if (declared === undefined) return undefined;
  const metadata = declareSchema(namedSchema('meta/v1.ObjectMeta'), `${kind}.metadata`, []);
  const fields = new Map(declared.fields);
  fields.set('apiVersion', plain(STRING)).set('kind', plain(STRING));
  if (metadata !== undefined) fields.set('metadata', metadata);
  return { ...declared, fields };
}

function plain(type: CelType): DeclaredType {
  return { type, minSize: 0, maxElements: 0 };
}

function declareSchema(schema: Schema, name: string, within: readonly string[]): DeclaredType | undefined {
  switch (schema.kind) {
    case 'struct':
      return declareStruct(schema, name, within);
    case 'list': {
      const element = schema.element && declareSchema(schema.element, `${name}.@idx`, within);
      return element && { ...plain(listOf(element.type)), element };
    }
    case 'map': {
      const element = schema.element && declareSchema(schema.element, `${name}.@elem`, within);
      return element && { ...plain(mapOf(STRING, element.type)), key: plain(STRING), element };
    }
    case 'Raw':
      // An object, but any JSON in the schemas of definitions, which has no type.
      return within.at(-1) === JSON_SCHEMA ? undefined : { ...plain(structType(name)), fields: new Map() };
    default: {
      const type = SCALARS[schema.kind];
      return type && plain(type);
    }
  }
}

function declareStruct(schema: Schema, name: string, within: readonly string[]): DeclaredType {
  const fields = new Map<string, DeclaredType>();
  const declared = { ...plain(structType(name)), fields };
  // A type within itself is an object of which nothing more is known.
  if (within.includes(schema.name)) return declared;
  for (const field of schema.fields.values()) {
    const escaped = escapeName(field.name);
    if (escaped === undefined) continue;
    const type = declareSchema(field.schema, `${name}.${escaped}`, [...within, schema.name]);
    if (type !== undefined) fields.set(escaped, type);
  }
  return declared;
}
