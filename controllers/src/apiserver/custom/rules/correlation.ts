/**
 * Which old value a value of an update goes with (apiserver's pkg/cel/common/equality.go and maplist.go): what did not
 * change may stay invalid. Lists correlate by their keys only.
 */
import { deepEqual, isObject, type JsonObject } from '../../../apimachinery/json.ts';

export interface Correlation {
  readonly value: unknown;
  readonly old: unknown;
  readonly schema: JsonObject;
}

/** The correlation of a field; undefined where there is none. */
export function correlateKey(parent: Correlation | undefined, key: string): Correlation | undefined {
  if (parent === undefined || !isObject(parent.value) || !isObject(parent.old)) return undefined;
  if (!Object.hasOwn(parent.value, key) || !Object.hasOwn(parent.old, key)) return undefined;
  const { properties, additionalProperties } = parent.schema;
  const own = isObject(properties) && Object.hasOwn(properties, key) ? properties[key] : additionalProperties;
  return isObject(own) ? { value: parent.value[key], old: parent.old[key], schema: own } : undefined;
}

export function correlateIndex(parent: Correlation | undefined, index: number): Correlation | undefined {
  if (parent === undefined || !Array.isArray(parent.value) || !Array.isArray(parent.old)) return undefined;
  const { items } = parent.schema;
  const value: unknown = parent.value[index];
  const old = findByKeys(parent.schema, parent.old, value);
  return old === undefined || !isObject(items) ? undefined : { value, old, schema: items };
}

/** Whether the value is what it was. */
export function isUnchanged(correlation: Correlation | undefined): boolean {
  return correlation !== undefined && deepEqual(correlation.value, correlation.old);
}

/** The item of a list of x-kubernetes-list-type map that has the keys of another. */
export function findByKeys(schema: JsonObject, list: readonly unknown[], item: unknown): unknown {
  const keys = schema['x-kubernetes-list-map-keys'];
  if (schema['x-kubernetes-list-type'] !== 'map' || !Array.isArray(keys) || keys.length === 0) return undefined;
  const names = keys.map(String);
  const isScalar = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);
  if (!isObject(item) || !names.every((name) => isScalar(item[name]))) return undefined;
  return list.find((other) => isObject(other) && names.every((name) => other[name] === item[name]));
}
