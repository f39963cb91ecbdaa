/**
 * The schema of a CustomResourceDefinition as it is published (apiextensions-apiserver's controller/openapi/builder and
 * apiserver/schema, v1.34): what a structural schema keeps, with the fields that every object has. OpenAPI v2 has no
 * junctors, nullable or defaults, and its readers can't cope with more: what they would stumble on is left out.
 */
import { isObject, type JsonObject, setKey } from '../../apimachinery/json.ts';

export type OpenApiVersion = 'v2' | 'v3';

type Node = Record<string, unknown>;

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const CONVENTIONS = 'https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md';

const TYPE_META: JsonObject = {
  apiVersion: {
    description: `APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: ${CONVENTIONS}#resources`,
    type: 'string',
  },
  kind: {
    description: `Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: ${CONVENTIONS}#types-kinds`,
    type: 'string',
  },
};
const EMBEDDED_TYPE_META: JsonObject = {
  apiVersion: {
    description: `apiVersion defines the versioned schema of this representation of an object. More info: ${CONVENTIONS}#resources`,
    type: 'string',
  },
  kind: {
    description: `kind is a string value representing the type of this object. In CamelCase. More info: ${CONVENTIONS}#types-kinds`,
    type: 'string',
  },
};

/** What stands in a structural schema besides its parts, in both versions. */
const PLAIN = [
  'description',
  'title',
  'type',
  'format',
  'maximum',
  'exclusiveMaximum',
  'minimum',
  'exclusiveMinimum',
  'maxLength',
  'minLength',
  'pattern',
  'maxItems',
  'minItems',
  'uniqueItems',
  'multipleOf',
  'enum',
  'maxProperties',
  'minProperties',
  'required',
];
const EXTENSIONS = [
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-embedded-resource',
  'x-kubernetes-int-or-string',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-list-type',
  'x-kubernetes-map-type',
  'x-kubernetes-validations',
];
const JUNCTORS = ['allOf', 'anyOf', 'oneOf'];

/** A reference to a definition, in the words of a version; v3 keeps what stands beside it only in this way. */
export function referenceTo(version: OpenApiVersion, name: string): JsonObject {
  return { $ref: `${version === 'v2' ? '#/definitions/' : '#/components/schemas/'}${name}` };
}

function described(version: OpenApiVersion, description: string, name: string): JsonObject {
  const reference = referenceTo(version, name);
  return version === 'v2' ? { description, ...reference } : { description, allOf: [reference] };
}

function objectMeta(version: OpenApiVersion): JsonObject {
  return described(version, `Standard object's metadata. More info: ${CONVENTIONS}#metadata`, `${META}.ObjectMeta`);
}

/** The published schema of a kind; `schema` is undefined where the definition has none, `keepsAll` where it never prunes. */
export function publishedSchema(
  version: OpenApiVersion,
  schema: JsonObject | undefined,
  keepsAll: boolean,
): JsonObject {
  const preserves = schema?.['x-kubernetes-preserve-unknown-fields'] === true;
  if (schema === undefined || (version === 'v2' && (preserves || keepsAll))) return { type: 'object' };
  const root = convert(version, schema) as Node;
  const properties = isObject(root.properties) ? root.properties : {};
  root.properties = { ...properties, metadata: objectMeta(version), ...TYPE_META };
  return root;
}

/** The published schema of a kind's list. */
export function publishedList(version: OpenApiVersion, names: ListNames): JsonObject {
  return {
    description: `${names.listKind} is a list of ${names.kind}`,
    type: 'object',
    required: ['items'],
    properties: {
      ...TYPE_META,
      items: {
        description: `List of ${names.plural}. More info: ${CONVENTIONS}`,
        type: 'array',
        items: referenceTo(version, names.definition),
      },
      metadata: described(version, `Standard list metadata. More info: ${CONVENTIONS}#types-kinds`, `${META}.ListMeta`),
    },
  };
}

export interface ListNames {
  readonly kind: string;
  readonly listKind: string;
  readonly plural: string;
  /** The name that the kind's schema is published under. */
  readonly definition: string;
}

function convert(version: OpenApiVersion, schema: JsonObject): JsonObject {
  const out: Node = {};
  for (const key of PLAIN) if (isGiven(schema[key])) out[key] = schema[key];
  for (const key of EXTENSIONS) if (isGiven(schema[key])) out[key] = schema[key];
  const { items, properties, additionalProperties: additional } = schema;
  if (isObject(items)) out.items = convert(version, items);
  if (isObject(properties)) out.properties = convertAll(version, properties);
  if (isObject(additional)) out.additionalProperties = convert(version, additional);
  else if (additional === true) out.additionalProperties = true;
  if (version === 'v3') addV3(out, schema);
  else reduceToV2(out, schema);
  addEmbedded(version, out);
  return out;
}

function convertAll(version: OpenApiVersion, properties: JsonObject): Node {
  const out: Node = {};
  for (const key of Object.keys(properties)) {
    const child = properties[key];
    if (isObject(child)) setKey(out, key, convert(version, child));
  }
  return out;
}

/** Go leaves out what is zero. */
function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && value !== false && !isEmptyList(value);
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function addV3(out: Node, schema: JsonObject): void {
  if (schema.nullable === true) out.nullable = true;
  if (isGiven(schema.default) || schema.default === false || schema.default === '') out.default = schema.default;
  for (const key of JUNCTORS) {
    const parts = schema[key];
    if (Array.isArray(parts) && parts.length > 0) out[key] = parts.filter(isObject).map(convertPart);
  }
  if (isObject(schema.not)) out.not = convertPart(schema.not);
  const isUnfolded = out.anyOf !== undefined || out.allOf !== undefined;
  if (schema['x-kubernetes-int-or-string'] === true && !isUnfolded)
    out.anyOf = [{ type: 'integer' }, { type: 'string' }];
}

/** Of what stands in a junctor only values are judged. */
function convertPart(part: JsonObject): JsonObject {
  return convert('v3', part);
}

function reduceToV2(out: Node, schema: JsonObject): void {
  const preserves = schema['x-kubernetes-preserve-unknown-fields'] === true;
  if (schema.nullable === true) {
    delete out.type;
    delete out.items;
    delete out.properties;
  }
  if (preserves) {
    delete out.items;
    delete out.properties;
  }
  if (out.items === undefined && out.type === 'array') delete out.type;
  if (preserves && out.type === 'object') delete out.type;
  const { properties, additionalProperties: additional } = schema;
  if (isObject(properties) && out.properties !== undefined && Array.isArray(out.required)) {
    const isNullable = (name: unknown): boolean => {
      const child = Object.hasOwn(properties, String(name)) ? properties[String(name)] : undefined;
      return isObject(child) && child.nullable === true;
    };
    out.required = out.required.filter((name) => !isNullable(name));
  }
  if (isEmptyList(out.required) || (isObject(additional) && additional.nullable === true)) delete out.required;
}

function addEmbedded(version: OpenApiVersion, out: Node): void {
  if (out['x-kubernetes-embedded-resource'] !== true) return;
  // With more fields than are named, readers of v2 would refuse those that are not.
  if (version === 'v2' && out['x-kubernetes-preserve-unknown-fields'] === true) return;
  out.properties = {
    ...(isObject(out.properties) ? out.properties : {}),
    ...EMBEDDED_TYPE_META,
    metadata: objectMeta(version),
  };
  const required = Array.isArray(out.required) ? out.required : [];
  out.required = [...required, ...['kind', 'apiVersion'].filter((name) => !required.includes(name))];
}
