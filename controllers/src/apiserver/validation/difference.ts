/**
 * The difference of two values as field errors carry it (apimachinery's util/diff, v1.34): a unified difference of the
 * indented JSON of the API server's internal types.
 */
import { Printed } from '../../apimachinery/api-errors.ts';
import { isObject, type JsonObject } from '../../apimachinery/json.ts';
import { type InternalField, internalFields } from './internal-types.ts';
import { unifiedDifference } from './unified-difference.ts';

/** What changed from one value of an internal type (`PodSpec`, ...) to another; both are given as they are published. */
export function describeDifference(before: unknown, after: unknown, type: string): string {
  const text = (value: unknown): string =>
    JSON.stringify(toInternal(value, type), undefined, 1).replace(
      /[<>&\u2028\u2029]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  return unifiedDifference(text(before), text(after));
}

/** A value as an error shows it that has the internal type: `{"Name":"a",...}`. */
export function printInternal(value: unknown, type: string): Printed {
  return new Printed(JSON.stringify(toInternal(value, type)));
}

/** A published value as Go writes the internal one: all fields, in the order of their type. */
function toInternal(value: unknown, kind: string): unknown {
  if (kind.startsWith('*')) return value === undefined || value === null ? null : toInternal(value, kind.slice(1));
  if (kind.startsWith('[]')) return Array.isArray(value) ? value.map((item) => toInternal(item, kind.slice(2))) : null;
  if (kind.startsWith('{}')) {
    if (!isObject(value)) return null;
    return Object.fromEntries(
      Object.keys(value)
        .sort()
        .map((key) => [key, toInternal(value[key], kind.slice(2))]),
    );
  }
  if (kind === 'string') return value ?? '';
  if (kind === 'b') return value ?? false;
  if (kind === 'i') return value ?? 0;
  if (kind === 'quantity') return value ?? '0';
  if (kind === 'PodTemplateSpec') return templateOf(value);
  const fields = internalFields(kind);
  if (fields === undefined) return value ?? null;
  const source: JsonObject = isObject(value) ? (value as JsonObject) : {};
  return structOf(source, fields, kind);
}

/** A template: its metadata is embedded, and printed as it is published. */
function templateOf(value: unknown): object {
  const { metadata, spec }: JsonObject = isObject(value) ? (value as JsonObject) : {};
  return { ...(isObject(metadata) ? metadata : {}), Spec: toInternal(spec, 'PodSpec') };
}

/** The namespaces of the host stand in the internal security context, which is always there. */
const HOST_FIELDS = ['hostNetwork', 'hostPID', 'hostIPC', 'shareProcessNamespace', 'hostUsers'];

function structOf(source: JsonObject, fields: readonly InternalField[], type: string): object {
  const values: Record<string, unknown> = { ...source };
  if (type === 'PodSpec') {
    const context: Record<string, unknown> = { ...(isObject(source.securityContext) ? source.securityContext : {}) };
    for (const field of HOST_FIELDS) context[field] = source[field];
    values.securityContext = context;
  }
  return Object.fromEntries(fields.map(({ name, published, kind }) => [name, toInternal(values[published], kind)]));
}
