/**
 * Whether a schema is structural, so that all that a resource can have is told outside of conditions
 * (apiextensions-apiserver's pkg/apiserver/schema/validation.go, v1.34).
 */
import { type FieldError, forbiddenField, invalid, required } from '../../apimachinery/api-errors.ts';
import { deepEqual, isObject, type JsonObject } from '../../apimachinery/json.ts';
import { compilePattern } from '../../cel/pattern.ts';

type Level = 'root' | 'item' | 'field';

const INT_OR_STRING = [{ type: 'integer' }, { type: 'string' }];
const NOT_TYPED: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
};
const EMBEDDED = 'x-kubernetes-embedded-resource';
const PRESERVE = 'x-kubernetes-preserve-unknown-fields';
const EITHER = 'x-kubernetes-int-or-string';

/** What is outside of conditions, but not in them: the field, and what it must be. */
const NOT_IN_CONDITIONS: readonly (readonly [field: string, state: 'empty' | 'undefined' | 'false'])[] = [
  ['type', 'empty'],
  ['additionalProperties', 'undefined'],
  ['default', 'undefined'],
  ['title', 'empty'],
  ['description', 'empty'],
  ['nullable', 'false'],
  [PRESERVE, 'false'],
  [EMBEDDED, 'false'],
  [EITHER, 'false'],
  ['x-kubernetes-list-map-keys', 'empty'],
  ['x-kubernetes-list-type', 'undefined'],
  ['x-kubernetes-map-type', 'undefined'],
  ['x-kubernetes-validations', 'empty'],
];
/** What says nothing about metadata. */
const SILENT = new Set(['type', 'default', 'externalDocs', 'example']);

/** All that keeps a schema from being structural, in the order of the texts. */
export function validateStructure(schema: JsonObject, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  checkNode(schema, 'root', path, errors);
  const textOf = ({ field, type, text }: FieldError) => `${field}: ${type}${text}`;
  return errors.sort((a, b) => (textOf(a) < textOf(b) ? -1 : 1));
}

/** Why nothing can be said about the structure of a schema; undefined where something can. */
export function structureProblem(schema: JsonObject): string | undefined {
  for (const name of ['id', 'schema', '$ref', 'patternProperties', 'dependencies', 'additionalItems', 'definitions'])
    if (schema[name === 'schema' ? '$schema' : name] !== undefined) return `OpenAPIV3Schema '${name}' is not supported`;
  if (Array.isArray(schema.items)) return "OpenAPIV3Schema 'items' must be a schema, but is an array";
  if (schema[PRESERVE] === false) return `internal error: '${PRESERVE}' must be true or undefined`;
  for (const { child } of [...parts(schema), ...conditions(schema)]) {
    const problem = structureProblem(child);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

interface Part {
  readonly child: JsonObject;
  readonly path: string;
  readonly level: Level;
}

function properties(schema: JsonObject): readonly Part[] {
  if (!isObject(schema.properties)) return [];
  const all = schema.properties;
  return Object.keys(all).flatMap((name) => {
    const child = all[name];
    return isObject(child) ? [{ child, path: `.properties[${name}]`, level: 'field' as const }] : [];
  });
}

/** What a schema says of the parts of its values. */
function parts(schema: JsonObject): readonly Part[] {
  const { items, additionalProperties: additional } = schema;
  return [
    ...(isObject(items) ? [{ child: items, path: '.items', level: 'item' as const }] : []),
    ...properties(schema),
    ...(isObject(additional) ? [{ child: additional, path: '.additionalProperties', level: 'field' as const }] : []),
  ];
}

function conditions(schema: JsonObject): readonly { readonly child: JsonObject; readonly path: string }[] {
  const lists = (['anyOf', 'allOf', 'oneOf'] as const).flatMap((name) => {
    const list = schema[name];
    return Array.isArray(list) ? list.map((child: unknown, index) => ({ child, path: `.${name}[${index}]` })) : [];
  });
  return [...lists, { child: schema.not, path: '.not' }].flatMap(({ child, path }) =>
    isObject(child) ? [{ child, path }] : [],
  );
}

function checkNode(schema: JsonObject, level: Level, path: string, errors: FieldError[]): void {
  const { type = '', items, additionalProperties } = schema;
  const embedded = schema[EMBEDDED] === true;
  if (type === 'array' && items === undefined) errors.push(required(`${path}.items`, 'must be specified'));
  for (const part of parts(schema)) checkNode(part.child, part.level, `${path}${part.path}`, errors);
  if (additionalProperties !== undefined && level === 'root')
    errors.push(forbiddenField(`${path}.additionalProperties`, 'must not be used at the root'));
  if (schema[EITHER] === true) {
    for (const other of [PRESERVE, EMBEDDED])
      if (schema[other] === true) errors.push(invalid(`${path}.${other}`, true, `must be false if ${EITHER} is true`));
  }
  checkConditions(schema, path, errors);
  const known = schema[EITHER] === true || schema[PRESERVE] === true;
  if (embedded && type !== 'object') {
    const detail = `must be object if ${EMBEDDED} is true`;
    errors.push(type === '' ? required(`${path}.type`, detail) : invalid(`${path}.type`, type, detail));
  } else if (type === '' && !known) errors.push(required(`${path}.type`, NOT_TYPED[level]));
  if (embedded && additionalProperties !== undefined)
    errors.push(forbiddenField(`${path}.additionalProperties`, `must not be used if ${EMBEDDED} is set`));
  if (level === 'root' && type !== '' && type !== 'object')
    errors.push(invalid(`${path}.type`, type, 'must be object at the root'));
  checkMetadata(schema, level, path, errors);
  if (embedded && schema[PRESERVE] !== true && properties(schema).length === 0) {
    const detail = `must not be empty if ${EMBEDDED} is true without ${PRESERVE}`;
    errors.push(required(`${path}.properties`, detail));
  }
}

/** What all objects have. */
function checkMetadata(schema: JsonObject, level: Level, path: string, errors: FieldError[]): void {
  const isResource = level === 'root' || schema[EMBEDDED] === true;
  const all = isObject(schema.properties) ? schema.properties : {};
  for (const name of ['kind', 'apiVersion'] as const) {
    const child = all[name];
    if (!isResource || !isObject(child) || child.type === 'string') continue;
    errors.push(invalid(`${path}.properties[${name}].type`, child.type ?? '', 'must be string'));
  }
  const { metadata } = all;
  if (!isObject(metadata)) return;
  const at = `${path}.properties[metadata]`;
  if (isResource && metadata.type !== 'object')
    errors.push(invalid(`${at}.type`, metadata.type ?? '', 'must be object'));
  if (level === 'root' && saysMore(metadata)) {
    const detail = 'must not specify anything other than name and generateName, but metadata is implicitly specified';
    errors.push(forbiddenField(at, detail));
  }
}

function saysMore(metadata: JsonObject): boolean {
  return Object.keys(metadata).some((key) => {
    const value = metadata[key];
    if (SILENT.has(key) || value === undefined || value === '' || value === false) return false;
    if (Array.isArray(value)) return value.length > 0;
    if (key !== 'properties' || !isObject(value)) return true;
    return Object.keys(value).some((name) => name !== 'name' && name !== 'generateName');
  });
}

/** An integer or a string can be told by its types, where it is the first of all. */
function checkConditions(schema: JsonObject, path: string, errors: FieldError[]): void {
  const isEither = (each: JsonObject): boolean => deepEqual(each.anyOf, INT_OR_STRING);
  const skipped = new Set<string>();
  if (isEither(schema)) for (const index of INT_OR_STRING.keys()) skipped.add(`.anyOf[${index}]`);
  for (const { child, path: at } of conditions(schema)) {
    if (skipped.has(at)) continue;
    checkCondition(child, `${path}${at}`, errors, at === '.allOf[0]' && isEither(child));
  }
  const { pattern } = schema;
  if (typeof pattern !== 'string' || pattern === '') return;
  const problem = compilePattern(pattern);
  if (typeof problem === 'string') {
    const detail = `must be a valid regular expression, but isn't: ${problem}`;
    errors.push(invalid(`${path}.pattern`, pattern, detail));
  }
}

function checkCondition(schema: JsonObject, path: string, errors: FieldError[], skipAnyOf = false): void {
  checkConditions(skipAnyOf ? { ...schema, anyOf: undefined } : schema, path, errors);
  if (isObject(schema.items)) checkCondition(schema.items, `${path}.items`, errors);
  for (const part of properties(schema)) checkCondition(part.child, `${path}${part.path}`, errors);
  for (const [field, state] of NOT_IN_CONDITIONS) {
    const value = schema[field];
    if (value === undefined || value === false || value === '') continue;
    if (Array.isArray(value) && value.length === 0 && state === 'empty') continue;
    errors.push(forbiddenField(`${path}.${field}`, `must be ${state} to be structural`));
  }
  if (isObject(schema.properties) && schema.properties.metadata !== undefined)
    errors.push(forbiddenField(`${path}.properties[metadata]`, 'must not be specified in a nested context'));
}
