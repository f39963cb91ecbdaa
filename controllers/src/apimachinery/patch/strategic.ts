/**
 * Strategic merge patch (apimachinery's util/strategicpatch, v1.34): lists merge by key or as sets where the type says
 * so, with the directives $patch, $retainKeys, $setElementOrder and $deleteFromPrimitiveList.
 */
import { deepCopy, isObject, type JsonObject, setKey, sortedJson } from '../json.ts';
import { ApiError } from '../status.ts';

/** What the patch must know of a type. */
export interface PatchSchema {
  readonly fields: ReadonlyMap<string, PatchField>;
  readonly element: PatchSchema | undefined;
}

export interface PatchField {
  readonly schema: PatchSchema;
  readonly patchStrategies: readonly string[];
  readonly patchMergeKey: string | undefined;
}

const DIRECTIVE = '$patch';
const RETAIN_KEYS = '$retainKeys';
const DELETE_FROM_PRIMITIVE = '$deleteFromPrimitiveList/';
const SET_ELEMENT_ORDER = '$setElementOrder/';

/** Answers a new document; parts that the patch does not touch are shared. Throws BadRequest for a wrong directive. */
export function applyStrategicPatch(
  document: JsonObject,
  patch: JsonObject,
  schema: PatchSchema | undefined,
): JsonObject {
  return mergeMap(document, patch, schema);
}

function malformed(text: string): ApiError {
  return new ApiError('BadRequest', text);
}

function mergeMap(original: JsonObject, patch: JsonObject, schema: PatchSchema | undefined): JsonObject {
  const directive = patch[DIRECTIVE];
  if (directive !== undefined) {
    if (directive === 'replace') return withoutDirectives(patch);
    if (directive === 'delete') return {};
    if (directive !== 'merge')
      throw malformed(`Unknown patch type: ${JSON.stringify(directive)} found in: ${JSON.stringify(patch)}`);
  }
  const out: Record<string, unknown> = {};
  const retained = retainedKeys(patch);
  for (const key of Object.keys(original)) {
    if (retained === undefined || retained.has(key)) setKey(out, key, original[key]);
  }
  for (const key of Object.keys(patch)) {
    const value = patch[key];
    if (key === DIRECTIVE || key === RETAIN_KEYS) continue;
    if (key.startsWith(SET_ELEMENT_ORDER)) continue;
    if (key.startsWith(DELETE_FROM_PRIMITIVE)) {
      const name = key.slice(DELETE_FROM_PRIMITIVE.length);
      if (Object.hasOwn(patch, name)) continue;
      const list = out[name];
      if (Array.isArray(list) && Array.isArray(value)) {
        setKey(out, name, orderList(schema?.fields.get(name), without(list, value), list, patch, name));
      }
      continue;
    }
    if (value === null || value === undefined) {
      delete out[key];
      continue;
    }
    const field = schema?.fields.get(key);
    const before = Object.hasOwn(out, key) ? out[key] : undefined;
    const inner = field?.schema ?? schema?.element;
    if (isObject(value)) {
      const replaces = field?.patchStrategies.includes('replace') === true;
      if (isObject(before) && !replaces) setKey(out, key, mergeMap(before, value, inner));
      else setKey(out, key, mergeMap({}, value, inner));
    } else if (Array.isArray(value)) {
      setKey(out, key, mergeList(field, Array.isArray(before) ? before : [], value, patch, key));
    } else setKey(out, key, value);
  }
  for (const key of Object.keys(patch)) {
    if (!key.startsWith(SET_ELEMENT_ORDER)) continue;
    const name = key.slice(SET_ELEMENT_ORDER.length);
    const list = out[name];
    if (Object.hasOwn(patch, name) || Object.hasOwn(patch, DELETE_FROM_PRIMITIVE + name) || !Array.isArray(list))
      continue;
    setKey(out, name, orderList(schema?.fields.get(name), list, list, patch, name));
  }
  return out;
}

function retainedKeys(patch: JsonObject): ReadonlySet<string> | undefined {
  const list = patch[RETAIN_KEYS];
  if (list === undefined) return undefined;
  if (!Array.isArray(list)) throw malformed(`${RETAIN_KEYS} directive is not a list`);
  return new Set(list.map(String));
}

/** A value of the patch that is new in the document: its directives are carried out and not stored. */
function withoutDirectives(value: JsonObject): JsonObject {
  const out: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    if (
      key === DIRECTIVE ||
      key === RETAIN_KEYS ||
      key.startsWith(SET_ELEMENT_ORDER) ||
      key.startsWith(DELETE_FROM_PRIMITIVE)
    )
      continue;
    setKey(out, key, deepCopy(value[key]));
  }
  return out;
}

function mergeList(
  field: PatchField | undefined,
  original: readonly unknown[],
  patchList: readonly unknown[],
  patch: JsonObject,
  name: string,
): unknown[] {
  if (field === undefined || !field.patchStrategies.includes('merge')) return patchList.map(deepCopy);
  const primitive = ![...patchList, ...original].some(isObject);
  if (primitive) {
    const gone = patch[DELETE_FROM_PRIMITIVE + name];
    const removed = Array.isArray(gone) ? gone : [];
    const out = without(original, removed);
    const there = new Set(out.map(sortedJson));
    for (const item of patchList) {
      const text = sortedJson(item);
      if (!there.has(text)) out.push(item);
      there.add(text);
    }
    return orderList(field, arrange(field, out, original, patchList), original, patch, name);
  }
  const mergeKey = field.patchMergeKey;
  if (mergeKey === undefined) return patchList.map(deepCopy);
  const items = patchList.filter(isObject);
  if (items.some((item) => item[DIRECTIVE] === 'replace')) {
    return items
      .filter((item) => item[DIRECTIVE] === undefined)
      .map((item) => mergeMap({}, item, field.schema.element));
  }
  const merged: unknown[] = [...original];
  const places = placesByKey(original, mergeKey);
  const gone = new Set<number>();
  const kept: unknown[] = [];
  for (const item of items) {
    const key = item[mergeKey];
    const directive = item[DIRECTIVE];
    if (directive === 'delete') {
      if (key === undefined) throw malformed(`delete patch type with no merge key defined`);
      for (const place of places.get(sortedJson(key)) ?? []) gone.add(place);
      places.delete(sortedJson(key));
      continue;
    }
    kept.push(item);
    if (directive !== undefined && directive !== 'merge') {
      throw malformed(`Unknown patch type: ${JSON.stringify(directive)} found in: ${JSON.stringify(item)}`);
    }
    if (key === undefined)
      throw malformed(`map: ${JSON.stringify(item)} does not contain declared merge key: ${mergeKey}`);
    const [place] = places.get(sortedJson(key)) ?? [];
    if (place === undefined) {
      places.set(sortedJson(key), [merged.length]);
      merged.push(mergeMap({}, item, field.schema.element));
    } else merged[place] = mergeMap(merged[place] as JsonObject, item, field.schema.element);
  }
  const out = merged.filter((_, place) => !gone.has(place));
  return orderList(field, arrange(field, out, original, kept), original, patch, name);
}

/** The places of a list's items by the value of their key; lists of clients may be long. */
function placesByKey(list: readonly unknown[], mergeKey: string): Map<string, number[]> {
  const places = new Map<string, number[]>();
  list.forEach((item, place) => {
    if (!isObject(item) || item[mergeKey] === undefined) return;
    const key = sortedJson(item[mergeKey]);
    const known = places.get(key);
    if (known === undefined) places.set(key, [place]);
    else known.push(place);
  });
  return places;
}

function without(list: readonly unknown[], removed: readonly unknown[]): unknown[] {
  const gone = new Set(removed.map(sortedJson));
  return list.filter((item) => !gone.has(sortedJson(item)));
}

/** Puts a merged list into the order of $setElementOrder; without it, the list stays as it is. */
function orderList(
  field: PatchField | undefined,
  merged: readonly unknown[],
  server: readonly unknown[],
  patch: JsonObject,
  name: string,
): unknown[] {
  const directive = patch[SET_ELEMENT_ORDER + name];
  return Array.isArray(directive) ? arrange(field, merged, server, directive) : [...merged];
}

/**
 * The items of a merged list that are in the wanted order follow it. Those that the server alone knows keep their place
 * relative to their old neighbours; what is new in the patch comes before them.
 */
function arrange(
  field: PatchField | undefined,
  merged: readonly unknown[],
  server: readonly unknown[],
  wanted: readonly unknown[],
): unknown[] {
  const mergeKey = field?.patchMergeKey;
  const keyOf = (item: unknown): string =>
    JSON.stringify(mergeKey !== undefined && isObject(item) ? item[mergeKey] : item) ?? 'null';
  const order = new Map(wanted.map((item, index) => [keyOf(item), index]));
  const place = new Map(server.map((item, index) => [keyOf(item), index]));
  const sorted = (items: readonly unknown[], by: ReadonlyMap<string, number>): unknown[] =>
    items
      .map((item) => ({ item, rank: by.get(keyOf(item)) ?? 0 }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ item }) => item);
  const ordered = sorted(
    merged.filter((item) => order.has(keyOf(item))),
    order,
  );
  const own = sorted(
    merged.filter((item) => !order.has(keyOf(item))),
    place,
  );
  const out: unknown[] = [];
  let i = 0;
  let j = 0;
  while (i < own.length && j < ordered.length) {
    const left = place.get(keyOf(own[i])) ?? Number.MAX_SAFE_INTEGER;
    const right = place.get(keyOf(ordered[j])) ?? Number.MAX_SAFE_INTEGER;
    if (right !== Number.MAX_SAFE_INTEGER && left < right) out.push(own[i++]);
    else out.push(ordered[j++]);
  }
  return [...out, ...own.slice(i), ...ordered.slice(j)];
}
