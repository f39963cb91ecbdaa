/**
 * Pruning and defaulting of custom resources by their structural schema (apiextensions-apiserver's schema/pruning and
 * schema/defaulting, v1.34).
 */
import { deepCopy, isObject, type JsonObject, setKey } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { type Decoded, decode } from '../schema/decode.ts';
import { namedSchema } from '../schema/types.ts';
import { definitionSpec, versionOf } from './definition.ts';

const ROOT = new Set(['apiVersion', 'kind', 'metadata']);

/** Decodes a custom resource of a served version: metadata by its type, all else by the definition. */
export function decodeCustom(definition: KubeObject, version: string, body: JsonObject): Decoded {
  const schema = versionOf(definition, version)?.schema?.openAPIV3Schema;
  const unknown: string[] = [];
  const keepAll = definitionSpec(definition).preserveUnknownFields === true || schema === undefined;
  const value: Record<string, unknown> = {};
  for (const key of Object.keys(body)) if (ROOT.has(key)) value[key] = body[key];
  const metadata = decode(namedSchema('meta/v1.ObjectMeta'), isObject(body.metadata) ? body.metadata : {});
  value.metadata = metadata.value;
  unknown.push(...metadata.unknown.map((text) => text.replace('"', '"metadata.')));
  const rest: Record<string, unknown> = {};
  for (const key of Object.keys(body)) if (!ROOT.has(key) && body[key] !== undefined) setKey(rest, key, body[key]);
  const pruned = keepAll ? deepCopy(rest) : prune(rest, schema, '', unknown);
  if (schema !== undefined) setDefaults(pruned, schema);
  const out = { ...value, ...(pruned as Record<string, unknown>) };
  return { value: out, error: metadata.error, unknown };
}

function prune(value: unknown, schema: JsonObject, path: string, unknown: string[]): unknown {
  if (Array.isArray(value)) {
    const items = schema.items;
    return value.map((item, index) =>
      isObject(items) ? prune(item, items, `${path}[${index}]`, unknown) : deepCopy(item),
    );
  }
  if (!isObject(value)) return value;
  const out: Record<string, unknown> = {};
  const properties = isObject(schema.properties) ? schema.properties : {};
  const additional = schema.additionalProperties;
  const preserve = schema['x-kubernetes-preserve-unknown-fields'] === true;
  const embedded = schema['x-kubernetes-embedded-resource'] === true;
  for (const key of Object.keys(value)) {
    const at = path === '' ? key : `${path}.${key}`;
    const child = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (isObject(child)) setKey(out, key, prune(value[key], child, at, unknown));
    else if (isObject(additional)) setKey(out, key, prune(value[key], additional, at, unknown));
    else if (preserve || additional === true || (embedded && ROOT.has(key))) setKey(out, key, deepCopy(value[key]));
    else unknown.push(`unknown field "${at}"`);
  }
  return out;
}

/** In place; null gives way to a default unless null is allowed. */
function setDefaults(value: unknown, schema: JsonObject): void {
  if (Array.isArray(value)) {
    if (isObject(schema.items)) for (const item of value) setDefaults(item, schema.items);
    return;
  }
  if (!isObject(value)) return;
  const target = value as Record<string, unknown>;
  const properties = isObject(schema.properties) ? schema.properties : {};
  for (const key of Object.keys(properties)) {
    const child = properties[key];
    if (!isObject(child)) continue;
    const missing = !Object.hasOwn(target, key) || (target[key] === null && child.nullable !== true);
    if (missing && child.default !== undefined) setKey(target, key, deepCopy(child.default));
    else if (target[key] === null && child.nullable !== true) delete target[key];
    if (Object.hasOwn(target, key)) setDefaults(target[key], child);
  }
  if (isObject(schema.additionalProperties))
    for (const key of Object.keys(target)) setDefaults(target[key], schema.additionalProperties);
}
