/**
 * The defaults of a schema, which have to be what the schema allows (apiextensions-apiserver's
 * pkg/apiserver/schema/defaulting, v1.34).
 */
import { type FieldError, invalid } from '../../apimachinery/api-errors.ts';
import { deepEqual, isObject, type JsonObject } from '../../apimachinery/json.ts';
import { validateEmbedded } from './invariants.ts';
import { ruleRunner } from './rules/rule-tree.ts';
import { prune } from './structural.ts';
import { validateValue } from './validate.ts';

const META = new Set(['metadata', 'apiVersion', 'kind']);
const EMBEDDED = 'x-kubernetes-embedded-resource';

export function validateDefaults(schema: JsonObject, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  checkNode({ ...schema, [EMBEDDED]: true }, path, false, errors);
  return errors;
}

// Values of maps have no defaults of their own.
function checkNode(schema: JsonObject, path: string, insideMeta: boolean, errors: FieldError[]): void {
  const embedded = schema[EMBEDDED] === true;
  const inside = insideMeta && !embedded;
  if (schema.default !== undefined && schema.default !== null)
    errors.push(...checkDefault(schema, schema.default, `${path}.default`, inside));
  if (isObject(schema.items)) checkNode(schema.items, `${path}.items`, inside, errors);
  const properties = isObject(schema.properties) ? schema.properties : {};
  for (const name of Object.keys(properties)) {
    const child = properties[name];
    if (isObject(child))
      checkNode(child, `${path}.properties[${name}]`, inside || (embedded && META.has(name)), errors);
  }
}

function checkDefault(schema: JsonObject, value: unknown, path: string, insideMeta: boolean): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (!insideMeta && !deepEqual(prune(value, schema, '', { unknown: [], error: undefined }), value))
    errors.push(invalid(path, value, 'must not have unknown fields'));
  const embedded = insideMeta ? [] : validateEmbedded(value, schema, path, false);
  if (embedded.length > 0) return [...errors, ...embedded];
  const found: FieldError[] = [];
  validateValue(value, schema, '', found);
  if (found.length === 0)
    found.push(...(ruleRunner(schema, false)?.({ object: value, old: undefined, warn: undefined }) ?? []));
  const join = (field: string): string => (field === '' || field === '<nil>' ? path : `${path}.${field}`);
  return [...errors, ...found.map((error) => ({ ...error, field: join(error.field) }))];
}
