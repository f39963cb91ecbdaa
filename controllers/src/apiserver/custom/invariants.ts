/**
 * What is asked of custom resources besides their schema (apiextensions-apiserver's schema/listtype, schema/objectmeta and
 * registry/customresource, v1.34): no duplicates in sets and maps, kinds of embedded objects, numbers for scale.
 */
import { duplicate, type FieldError, invalid, required } from '../../apimachinery/api-errors.ts';
import { isObject, type JsonObject, sortedJson } from '../../apimachinery/json.ts';
import type { DefinitionVersion } from './definition.ts';

/** Objects within objects say what they are. */
export function validateEmbedded(value: unknown, schema: JsonObject, path: string, isRoot = true): FieldError[] {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (!isObject(items)) return [];
    return value.flatMap((item, index) => validateEmbedded(item, items, `${path}[${index}]`, false));
  }
  if (!isObject(value)) return [];
  const errors: FieldError[] = [];
  if (!isRoot && schema['x-kubernetes-embedded-resource'] === true) {
    for (const key of ['apiVersion', 'kind']) {
      if (!Object.hasOwn(value, key)) errors.push(required(`${path}.${key}`));
      else if (typeof value[key] !== 'string' || value[key] === '')
        errors.push(invalid(`${path}.${key}`, value[key], 'must not be empty'));
    }
  }
  return [...errors, ...children(value, schema, path, (child, of, at) => validateEmbedded(child, of, at, false))];
}

/** Sets and maps hold nothing twice. */
export function validateLists(value: unknown, schema: JsonObject, path: string): FieldError[] {
  if (!Array.isArray(value)) return isObject(value) ? children(value, schema, path, validateLists) : [];
  const errors: FieldError[] = [];
  const type = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'];
  if (type === 'set' || (type === 'map' && Array.isArray(keys))) {
    const seen = new Set<string>();
    const reported = new Set<string>();
    for (const [index, item] of value.entries()) {
      const identity = type === 'set' || !Array.isArray(keys) ? item : keyOf(item, keys.map(String), schema);
      const text = sortedJson(identity);
      if (seen.has(text) && !reported.has(text)) {
        errors.push(duplicate(`${path}[${index}]`, identity));
        reported.add(text);
      }
      seen.add(text);
    }
  }
  const { items } = schema;
  if (isObject(items))
    for (const [index, item] of value.entries()) errors.push(...validateLists(item, items, `${path}[${index}]`));
  return errors;
}

function keyOf(item: unknown, keys: readonly string[], schema: JsonObject): JsonObject {
  const out: Record<string, unknown> = {};
  if (!isObject(item)) return out;
  const properties = isObject(schema.items) && isObject(schema.items.properties) ? schema.items.properties : {};
  for (const key of keys) {
    const child = properties[key];
    const fallback = isObject(child) ? child.default : undefined;
    if (Object.hasOwn(item, key)) out[key] = item[key];
    else if (fallback !== undefined) out[key] = fallback;
  }
  return out;
}

function children(
  value: JsonObject,
  schema: JsonObject,
  path: string,
  visit: (value: unknown, schema: JsonObject, path: string) => FieldError[],
): FieldError[] {
  const properties = isObject(schema.properties) ? schema.properties : {};
  return Object.keys(value).flatMap((key) => {
    const child = Object.hasOwn(properties, key) ? properties[key] : schema.additionalProperties;
    if (!isObject(child)) return [];
    const at = path === '' ? key : Object.hasOwn(properties, key) ? `${path}.${key}` : `${path}[${key}]`;
    return visit(value[key], child, at);
  });
}

const MAX_INT32 = 2147483647;

/** The numbers and the selector that the scale subresource reads. */
export function validateScale(object: JsonObject, version: DefinitionVersion | undefined): FieldError[] {
  const scale = version?.subresources?.scale;
  if (scale === undefined) return [];
  return [
    ...validateReplicas(object, scale.specReplicasPath),
    ...validateReplicas(object, scale.statusReplicasPath),
    ...(scale.labelSelectorPath === undefined ? [] : validateSelector(object, scale.labelSelectorPath)),
  ];
}

function validateReplicas(object: JsonObject, path: string): FieldError[] {
  const { value, problem } = read(object, path, 'int64');
  if (problem !== undefined) return [invalid(path, 0, problem)];
  const number = typeof value === 'number' ? value : 0;
  if (number < 0) return [invalid(path, number, 'should be a non-negative integer')];
  return number > MAX_INT32 ? [invalid(path, number, `should be less than or equal to ${MAX_INT32}`)] : [];
}

function validateSelector(object: JsonObject, path: string): FieldError[] {
  const { problem } = read(object, path, 'string');
  return problem === undefined ? [] : [invalid(path, '', problem)];
}

/** unstructured's accessors, with their errors. */
function read(object: JsonObject, path: string, type: 'int64' | 'string'): { value?: unknown; problem?: string } {
  let value: unknown = object;
  const parts = path.replace(/^\./, '').split('.');
  for (const [index, part] of parts.entries()) {
    if (value === null) return {};
    if (!isObject(value)) {
      const at = parts.slice(0, index + 1).join('.');
      return { problem: `.${at} accessor error: ${mismatch(value, 'map[string]interface{}')}` };
    }
    if (!Object.hasOwn(value, part)) return {};
    value = value[part];
  }
  const fits = type === 'int64' ? Number.isInteger(value) : typeof value === 'string';
  return fits ? { value } : { problem: `.${parts.join('.')} accessor error: ${mismatch(value, type)}` };
}

function mismatch(value: unknown, expected: string): string {
  const type =
    typeof value === 'number'
      ? Number.isInteger(value)
        ? 'int64'
        : 'float64'
      : typeof value === 'boolean'
        ? 'bool'
        : Array.isArray(value)
          ? '[]interface {}'
          : value === null
            ? '<nil>'
            : typeof value === 'string'
              ? 'string'
              : 'map[string]interface {}';
  return `${goText(value)} is of the type ${type}, expected ${expected}`;
}

/** Go's %v. */
function goText(value: unknown): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (!isObject(value)) return String(value);
  const pairs = Object.keys(value)
    .sort()
    .map((key) => `${key}:${goText(value[key])}`);
  return `map[${pairs.join(' ')}]`;
}
