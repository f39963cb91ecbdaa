/**
 * Server-side apply on typed values (structured-merge-diff v6): which fields a configuration has, merging a
 * configuration into an object, and removing fields. Who owns what is the API server's matter.
 */
import { getKey, isObject, setKey, sortedJson } from '../json.ts';
import { EMPTY_SET, type FieldSet, isMember, makeNode } from './field-set.ts';

/** What apply must know of a type. */
export interface ApplySchema {
  readonly kind: string;
  readonly fields: ReadonlyMap<string, { readonly schema: ApplySchema; readonly default: unknown }>;
  readonly element: ApplySchema | undefined;
  readonly listType: 'atomic' | 'set' | 'map';
  readonly listMapKeys: readonly string[];
  readonly atomic: boolean;
  /** Fields that are not named are no error (x-kubernetes-preserve-unknown-fields). */
  readonly preserveUnknown?: boolean;
}

const MEMBER: FieldSet = EMPTY_SET;

/** Structs and maps whose parts are owned apart. */
export function isGranular(schema: ApplySchema): boolean {
  return (schema.kind === 'struct' || schema.kind === 'map') && !schema.atomic;
}

/** Lists whose items are owned apart. */
export function isAssociative(schema: ApplySchema): boolean {
  return schema.kind === 'list' && schema.listType !== 'atomic';
}

/** The path element of a list's item. */
export function itemElement(schema: ApplySchema, item: unknown): string {
  if (schema.listType === 'set') return `v:${sortedJson(item)}`;
  const [only = '', ...others] = schema.listMapKeys;
  if (others.length === 0 && isObject(item)) {
    const value = getKey(item, only);
    if (typeof value === 'string') return `k:{${JSON.stringify(only)}:${JSON.stringify(value)}}`;
  }
  const keys: Record<string, unknown> = {};
  for (const key of schema.listMapKeys) {
    const value = isObject(item) ? getKey(item, key) : undefined;
    const fallback = schema.element?.fields.get(key)?.default;
    if (value !== undefined && value !== null) keys[key] = value;
    else if (fallback !== undefined) keys[key] = fallback;
  }
  return `k:${sortedJson(keys)}`;
}

/** The type of a field or entry; undefined where it is not known. */
export function childSchema(schema: ApplySchema, key: string): ApplySchema | undefined {
  return schema.kind === 'struct' ? schema.fields.get(key)?.schema : schema.element;
}

/** The fields that a configuration sets: what its manager owns (ToFieldSet). */
export function fieldSetOf(schema: ApplySchema, value: unknown): FieldSet {
  const out: Record<string, FieldSet> = {};
  if (isAssociative(schema) && Array.isArray(value)) {
    for (const item of value) {
      const children = schema.element === undefined ? undefined : fieldSetOf(schema.element, item);
      out[itemElement(schema, item)] = makeNode(true, children as Record<string, FieldSet>) ?? MEMBER;
    }
  } else if (isGranular(schema) && isObject(value)) {
    for (const key of Object.keys(value)) {
      const item = value[key];
      if (item === undefined) continue;
      const inner = childSchema(schema, key);
      const children = inner === undefined ? EMPTY_SET : fieldSetOf(inner, item);
      const leaf =
        inner === undefined || isLeaf(inner) || item === null || (isObject(item) && Object.keys(item).length === 0);
      const node = makeNode(leaf || schema.kind === 'map', children as Record<string, FieldSet>);
      if (node !== undefined) out[`f:${key}`] = node;
    }
  }
  return out;
}

function isLeaf(schema: ApplySchema): boolean {
  return !isGranular(schema) && !isAssociative(schema);
}

/** A list by the path elements of its items; of equal ones the last. */
export function indexItems(schema: ApplySchema, list: unknown): Map<string, unknown> {
  const out = new Map<string, unknown>();
  if (Array.isArray(list)) for (const item of list) out.set(itemElement(schema, item), item);
  return out;
}

/** A live object with a configuration merged in: the configuration wins, what it does not say stays. */
export function mergeTyped(schema: ApplySchema, live: unknown, config: unknown): unknown {
  if (config === undefined || config === null) return live;
  if (isGranular(schema) && isObject(config) && (isObject(live) || live === undefined || live === null)) {
    const out: Record<string, unknown> = {};
    const before = isObject(live) ? live : {};
    for (const key of Object.keys(before)) setKey(out, key, before[key]);
    for (const key of Object.keys(config)) {
      const inner = childSchema(schema, key);
      const left = getKey(before, key);
      const right = config[key];
      if (right === undefined || right === null) continue;
      setKey(out, key, inner === undefined ? right : mergeTyped(inner, left, right));
    }
    return out;
  }
  if (isAssociative(schema) && Array.isArray(config))
    return mergeItems(schema, Array.isArray(live) ? live : [], config);
  return config;
}

/** The items of both lists, in an order that respects both (visitListItems). */
function mergeItems(schema: ApplySchema, live: readonly unknown[], config: readonly unknown[]): unknown[] {
  const left = live.map((item) => itemElement(schema, item));
  const right = config.map((item) => itemElement(schema, item));
  const leftItems = indexItems(schema, live);
  const rightItems = indexItems(schema, config);
  const shared = right.filter((element) => leftItems.has(element));
  const merged = new Set<string>();
  const out: unknown[] = [];
  const merge = (element: string): unknown =>
    schema.element === undefined
      ? rightItems.get(element)
      : mergeTyped(schema.element, leftItems.get(element), rightItems.get(element));
  let next = shared.shift();
  for (let l = 0, r = 0; l < left.length || r < right.length; ) {
    const a = left[l];
    const b = right[r];
    if (a !== undefined && b !== undefined) {
      if (a === b) {
        merged.add(a);
        out.push(merge(a));
        l += 1;
        r += 1;
        next = shared.shift();
        continue;
      }
      if (rightItems.has(a) && next !== undefined && next !== a) {
        l += 1;
        continue;
      }
    }
    if (a !== undefined) {
      if (!rightItems.has(a)) {
        out.push(live[l]);
        l += 1;
        continue;
      }
      if (merged.has(a)) l += 1;
    }
    if (b !== undefined) {
      merged.add(b);
      out.push(merge(b));
      r += 1;
      if (next === b) next = shared.shift();
    }
  }
  return out;
}

/** An object without the fields of a set (RemoveItems). */
export function removeFields(schema: ApplySchema, value: unknown, set: FieldSet): unknown {
  if (isAssociative(schema) && Array.isArray(value)) {
    const out: unknown[] = [];
    for (const item of value) {
      const node = set[itemElement(schema, item)];
      if (node === undefined) out.push(item);
      else if (!isMember(node))
        out.push(schema.element === undefined ? item : removeFields(schema.element, item, node));
    }
    return out.length === 0 ? undefined : out;
  }
  if (isGranular(schema) && isObject(value)) {
    const out: Record<string, unknown> = {};
    let any = false;
    for (const key of Object.keys(value)) {
      const node = set[`f:${key}`];
      let item: unknown = value[key];
      if (node !== undefined) {
        if (isMember(node)) continue;
        const inner = childSchema(schema, key);
        if (inner !== undefined) item = removeFields(inner, item, node);
        if (item === undefined) continue;
      }
      setKey(out, key, item);
      any = true;
    }
    return any ? out : undefined;
  }
  return value;
}
