/**
 * Values: what a chart's templates are rendered with. Reading (several YAML documents in a file are merged), merging
 * and copying, and the ways to JSON and YAML. Follows Helm v4's pkg/chart/v2/loader (LoadValues, MergeMaps).
 */

import { ChartError, messageOf } from '../chart/chart-error.ts';
import { anything, decode, isBadYaml, mapOf } from '../chart/go-decode.ts';
import { GoNumber, type GoValue } from '../engine/gotemplate/go-value.ts';
import { splitValuesDocuments } from '../yaml/documents.ts';
import { emitYaml } from '../yaml/emit.ts';
import { parseYaml } from '../yaml/parse.ts';

/** A map of values as Helm has it: numbers are float64, maps `map[string]interface {}`. */
export type Values = Map<string, GoValue>;

/** Plain JSON. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** Reads a values file. Throws ChartError InvalidValues that names `file`. */
export function parseValues(text: string, file: string): Values {
  try {
    return readValues(text);
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    throw new ChartError('InvalidValues', `failed to parse ${file}: ${messageOf(error)}`, { file }, error);
  }
}

/** As parseValues, with an error that names no file: for callers with words of their own. */
export function readValues(text: string): Values {
  let values: Values = new Map();
  // Helm ends a last line that is not ended, whatever the encoding.
  for (const document of documentsOf(text === '' || text.endsWith('\n') ? text : `${text}\n`)) {
    let parsed: GoValue;
    try {
      parsed = parseYaml(document);
      decode(parsed, mapOf(anything));
    } catch (error) {
      if (!isBadYaml(error)) throw error;
      throw new ChartError('InvalidValues', `cannot unmarshal yaml document: ${messageOf(error)}`, {}, error);
    }
    if (parsed instanceof Map) values = mergeMaps(values, parsed);
  }
  return values;
}

/** Merges b over a, map by map; neither is changed, parts are shared. */
export function mergeMaps(a: Values, b: Values): Values {
  if (a.size === 0) return b;
  const out: Values = new Map(a);
  for (const [key, value] of b) {
    const old = out.get(key);
    out.set(key, value instanceof Map && old instanceof Map ? mergeMaps(old, value) : value);
  }
  return out;
}

/** A deep copy: maps and lists are new, all else is immutable and shared. */
export function copyValues(values: Values): Values {
  const out: Values = new Map();
  for (const [key, value] of values) out.set(key, copyValue(value));
  return out;
}

function copyValue(value: GoValue): GoValue {
  if (value instanceof Map) return copyValues(value);
  return Array.isArray(value) ? value.map(copyValue) : value;
}

/** Whether a value is a map, Helm's `table`. */
export function isTable(value: GoValue): value is Values {
  return value instanceof Map;
}

/** Values as plain JSON. Keys such as `__proto__` are kept as own properties. */
export function valuesToJson(values: Values): { readonly [key: string]: JsonValue } {
  return Object.fromEntries([...values].map(([key, value]) => [key, toJson(value)]));
}

function toJson(value: GoValue): JsonValue {
  if (value instanceof Map) return valuesToJson(value);
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value === 'bigint') return Number(value);
  // What --set reads as a whole number is an int64.
  if (value instanceof GoNumber) return Number(value.value);
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value;
  return null;
}

/** Levels of plain JSON that are taken for values: as many as the YAML reader takes. */
const maxDepth = 1000;

/** Values from plain JSON, as a stored release or a request has them. Throws ChartError when it is nested too deep. */
export function valuesFromJson(json: { readonly [key: string]: JsonValue }): Values {
  return tableFromJson(json, 1);
}

function tableFromJson(json: { readonly [key: string]: JsonValue }, depth: number): Values {
  return new Map(Object.entries(json).map(([key, value]) => [key, fromJson(value, depth)]));
}

function fromJson(value: JsonValue, depth: number): GoValue {
  if (value === null || typeof value !== 'object') return value;
  if (depth >= maxDepth) throw new ChartError('InvalidValues', `values are nested deeper than ${maxDepth} levels`);
  // isArray does not narrow a readonly array.
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((item) => fromJson(item, depth + 1));
  return tableFromJson(value as { readonly [key: string]: JsonValue }, depth + 1);
}

/** Values as YAML, as `helm get values` prints them. */
export function formatValues(values: Values): string {
  return emitYaml(values);
}

/** The table at a path with dots. Undefined where a part is missing or is no table. */
export function tableAt(values: Values, path: string): Values | undefined {
  let table = values;
  for (const part of path.split('.')) {
    const next = table.get(part);
    if (!isTable(next)) return undefined;
    table = next;
  }
  return table;
}

/** The value at a path with dots, when it is there and no table. */
export function scalarAt(values: Values, path: string): { readonly value: GoValue } | undefined {
  const dot = path.lastIndexOf('.');
  const table = dot < 0 ? values : tableAt(values, path.slice(0, dot));
  const key = path.slice(dot + 1);
  if (table === undefined || !table.has(key)) return undefined;
  const value = table.get(key);
  return isTable(value) ? undefined : { value };
}

function documentsOf(text: string): string[] {
  if (!text.startsWith('---') && !text.includes('\n---')) return [text];
  try {
    return splitValuesDocuments(text);
  } catch (error) {
    if (!isBadYaml(error)) throw error;
    throw new ChartError('InvalidValues', `error reading yaml document: ${messageOf(error)}`, {}, error);
  }
}
