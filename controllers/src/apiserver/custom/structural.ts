/**
 * Pruning and defaulting of custom resources by their structural schema (apiextensions-apiserver's schema/pruning,
 * schema/defaulting and schema/objectmeta, v1.34).
 */
import { deepCopy, isObject, type JsonObject, setKey } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { type Decoded, decode } from '../schema/decode.ts';
import { namedSchema } from '../schema/types.ts';
import { definitionSpec, versionOf } from './definition.ts';

const ROOT = new Set(['apiVersion', 'kind', 'metadata']);

/** What is found on the way. */
interface Findings {
  readonly unknown: string[];
  error: string | undefined;
}

/** Decodes a custom resource of a served version: metadata by its type, all else by the definition. */
export function decodeCustom(definition: KubeObject, version: string, body: JsonObject): Decoded {
  const schema = versionOf(definition, version)?.schema?.openAPIV3Schema;
  const keepAll = definitionSpec(definition).preserveUnknownFields === true || schema === undefined;
  const metadata = decode(namedSchema('meta/v1.ObjectMeta'), isObject(body.metadata) ? body.metadata : {});
  const findings: Findings = {
    unknown: metadata.unknown.map((text) => text.replace('"', '"metadata.')),
    error: metadata.error,
  };
  const pruned = keepAll ? deepCopy(withoutRoot(body)) : prune(withoutRoot(body), schema, '', findings);
  if (schema !== undefined) setDefaults(pruned, schema);
  const out = { ...rootOf(body), metadata: metadata.value, ...(pruned as Record<string, unknown>) };
  return { value: out, error: findings.error, unknown: findings.unknown.sort() };
}

/** An object as a version's schema leaves it: without what that does not know, and with its defaults if they count. */
export function cleaned(
  definition: KubeObject,
  version: string,
  object: KubeObject,
  isDefaulted: boolean,
): Readonly<Record<string, unknown>> {
  const schema = versionOf(definition, version)?.schema?.openAPIV3Schema;
  if (schema === undefined) return object;
  const keepAll = definitionSpec(definition).preserveUnknownFields === true;
  const rest = withoutRoot(object);
  const pruned = keepAll ? deepCopy(rest) : prune(rest, schema, '', { unknown: [], error: undefined });
  if (isDefaulted) setDefaults(pruned, schema);
  return { ...rootOf(object), ...(pruned as Record<string, unknown>) };
}

function rootOf(object: JsonObject): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const key of Object.keys(object)) if (ROOT.has(key)) out[key] = object[key];
  return out;
}

function withoutRoot(object: JsonObject): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const key of Object.keys(object)) if (!ROOT.has(key) && object[key] !== undefined) setKey(out, key, object[key]);
  return out;
}

/** A value without what its schema does not know. */
export function prune(value: unknown, schema: JsonObject, path: string, findings: Findings): unknown {
  if (Array.isArray(value)) {
    const items = schema.items;
    return value.map((item, index) =>
      isObject(items) ? prune(item, items, `${path}[${index}]`, findings) : deepCopy(item),
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
    if (embedded && ROOT.has(key)) setKey(out, key, key === 'metadata' ? metaOf(value[key], at, findings) : value[key]);
    else if (isObject(child)) setKey(out, key, prune(value[key], child, at, findings));
    else if (isObject(additional)) setKey(out, key, prune(value[key], additional, at, findings));
    else if (preserve || additional === true) setKey(out, key, deepCopy(value[key]));
    else findings.unknown.push(`unknown field "${at}"`);
  }
  return out;
}

/** The metadata of an object within an object has its type, too. */
function metaOf(value: unknown, path: string, findings: Findings): unknown {
  if (!isObject(value)) return deepCopy(value);
  const { error, unknown } = decode(namedSchema('meta/v1.ObjectMeta'), value);
  if (error !== undefined) findings.error ??= `${path}: Invalid value: ${JSON.stringify(value)}: ${error}`;
  const names = unknown.map((text) => /^unknown field "([^".]*)/.exec(text)?.[1] ?? '');
  for (const text of unknown) findings.unknown.push(text.replace('"', `"${path}.`));
  const out: Record<string, unknown> = {};
  for (const key of Object.keys(value)) if (!names.includes(key)) setKey(out, key, deepCopy(value[key]));
  return out;
}

/** In place; null gives way to a default unless null is allowed, and goes where there is none. */
function setDefaults(value: unknown, schema: JsonObject): void {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (!isObject(items)) return;
    for (const [index, item] of value.entries()) {
      if (item === null && items.nullable !== true && items.default !== undefined)
        value[index] = deepCopy(items.default);
      setDefaults(value[index], items);
    }
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
  const additional = schema.additionalProperties;
  if (!isObject(additional)) return;
  for (const key of Object.keys(target)) {
    if (Object.hasOwn(properties, key)) continue;
    if (target[key] === null && additional.nullable !== true && additional.default !== undefined)
      setKey(target, key, deepCopy(additional.default));
    setDefaults(target[key], additional);
  }
}
