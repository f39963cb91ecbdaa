/**
 * A structural schema as the types that apply, patches and ownership work with.
 */
import { isObject, type JsonObject } from '../../apimachinery/json.ts';
import { type Field, makeSchema, namedSchema, type Schema, type SchemaKind } from '../schema/types.ts';

const SCALARS = new Map<string, SchemaKind>([
  ['string', 'string'],
  ['boolean', 'bool'],
  ['integer', 'int64'],
  ['number', 'float64'],
]);

/** The type of a custom resource: its own fields, and those that every object has. */
export function customSchema(root: JsonObject): Schema {
  const own = schemaOf(root);
  const fields = new Map(own.fields);
  for (const name of ['apiVersion', 'kind']) fields.set(name, field(name, makeSchema({ kind: 'string' })));
  fields.set('metadata', field('metadata', namedSchema('meta/v1.ObjectMeta')));
  // With anything preserved at the root, fields that are not named belong to no one.
  return makeSchema({ ...own, kind: 'struct', fields, always: [], element: undefined });
}

function field(name: string, schema: Schema, fallback?: unknown): Field {
  return {
    name,
    goName: name,
    schema,
    pointer: true,
    omitEmpty: true,
    omitZero: false,
    patchStrategies: [],
    patchMergeKey: undefined,
    default: fallback,
    number: 0,
  };
}

function schemaOf(node: JsonObject): Schema {
  const preserve = node['x-kubernetes-preserve-unknown-fields'] === true;
  if (node['x-kubernetes-int-or-string'] === true) return makeSchema({ kind: 'IntOrString' });
  const scalar = SCALARS.get(String(node.type));
  if (scalar !== undefined) return makeSchema({ kind: scalar });
  const atomic = node['x-kubernetes-map-type'] === 'atomic';
  if (node.type === 'array') {
    const listType = node['x-kubernetes-list-type'];
    const keys = node['x-kubernetes-list-map-keys'];
    return makeSchema({
      kind: 'list',
      element: isObject(node.items) ? schemaOf(node.items) : makeSchema({ kind: 'Raw' }),
      listType: listType === 'map' || listType === 'set' ? listType : 'atomic',
      listMapKeys: Array.isArray(keys) ? keys.map(String) : [],
    });
  }
  if (isObject(node.properties)) {
    const properties = node.properties;
    const fields = Object.keys(properties).map((name) => {
      const child = properties[name];
      return [
        name,
        field(
          name,
          isObject(child) ? schemaOf(child) : makeSchema({ kind: 'Raw' }),
          isObject(child) ? child.default : undefined,
        ),
      ] as const;
    });
    return makeSchema({ kind: 'struct', fields: new Map(fields), atomic, preserveUnknown: preserve });
  }
  if (isObject(node.additionalProperties))
    return makeSchema({ kind: 'map', element: schemaOf(node.additionalProperties), atomic });
  if (node.type === 'object')
    return makeSchema({ kind: 'map', element: makeSchema({ kind: 'Raw' }), atomic, preserveUnknown: preserve });
  return makeSchema({ kind: 'Raw' });
}
