/**
 * What differs between two objects, by field (structured-merge-diff v6's typed.Compare): what the record of managers is
 * kept by. Parts that both share cost nothing.
 */
import { deepEqual, isObject } from '../json.ts';
import { type ApplySchema, childSchema, indexItems, isAssociative, isGranular } from './apply.ts';
import { EMPTY_SET, type FieldSet, makeNode } from './field-set.ts';

const MEMBER: FieldSet = EMPTY_SET;
const MAX_FIELD_ELEMENTS = 5000;

export interface Comparison {
  /** What is new or has another value. */
  readonly changed: FieldSet;
  readonly removed: FieldSet;
}

/** What differs from one object to the next, by field. */
export function compareFields(schema: ApplySchema, before: unknown, after: unknown): Comparison {
  const walker = new Comparer();
  walker.compare(schema, before, after);
  return { changed: walker.changed ?? EMPTY_SET, removed: walker.removed ?? EMPTY_SET };
}

function isEmptyContainer(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value === 'object') for (const _ in value) return false;
  return true;
}

/** Leaves the result of each step in two fields, so that equal parts cost no allocation. */
class Comparer {
  changed: FieldSet | undefined;
  removed: FieldSet | undefined;

  compare(schema: ApplySchema, before: unknown, after: unknown): void {
    this.changed = undefined;
    this.removed = undefined;
    if (before === after) return;
    if (before === undefined) {
      this.changed = addedFields(schema, after);
      return;
    }
    const container = isGranular(schema) || isAssociative(schema);
    if (!container || (isEmptyContainer(before) && isEmptyContainer(after))) {
      if (after === undefined) this.removed = MEMBER;
      else if (!deepEqual(before, after)) this.changed = MEMBER;
      return;
    }
    const found: Children = { changed: undefined, removed: undefined };
    if (schema.kind === 'list') {
      if (isSameList(before, after)) return;
      const left = indexItems(schema, before);
      const right = indexItems(schema, after);
      for (const [element, item] of left) this.#step(found, element, schema.element, item, right.get(element));
      for (const [element, item] of right) {
        if (!left.has(element)) this.#step(found, element, schema.element, undefined, item);
      }
    } else {
      const left = isObject(before) ? before : EMPTY_OBJECT;
      const right = isObject(after) ? after : EMPTY_OBJECT;
      for (const key in left) {
        const item = left[key];
        const other = Object.hasOwn(right, key) ? right[key] : undefined;
        if (item === other) continue;
        this.#step(found, fieldElement(key), childSchema(schema, key), item, other);
      }
      for (const key in right) {
        const item = right[key];
        if (item === undefined || Object.hasOwn(left, key)) continue;
        this.#step(found, fieldElement(key), childSchema(schema, key), undefined, item);
      }
    }
    this.changed = makeNode(false, found.changed);
    this.removed = makeNode(after === undefined, found.removed);
  }

  #step(found: Children, element: string, inner: ApplySchema | undefined, left: unknown, right: unknown): void {
    if (inner === undefined) return;
    this.compare(inner, left, right);
    if (this.changed !== undefined) {
      found.changed ??= {};
      found.changed[element] = this.changed;
    }
    if (this.removed !== undefined) {
      found.removed ??= {};
      found.removed[element] = this.removed;
    }
  }
}

interface Children {
  changed: Record<string, FieldSet> | undefined;
  removed: Record<string, FieldSet> | undefined;
}

const EMPTY_OBJECT: Readonly<Record<string, unknown>> = Object.freeze({});

/** All of a value that was not there before: the comparison with nothing. */
function addedFields(schema: ApplySchema, value: unknown): FieldSet {
  if (isEmptyContainer(value)) return MEMBER;
  let out: Record<string, FieldSet> | undefined;
  if (isAssociative(schema)) {
    if (schema.element === undefined) return MEMBER;
    for (const [element, item] of indexItems(schema, value)) {
      if (item === undefined) continue;
      out ??= { '.': MEMBER };
      out[element] = addedFields(schema.element, item);
    }
  } else if (isGranular(schema) && isObject(value)) {
    for (const key in value) {
      const inner = childSchema(schema, key);
      const item = value[key];
      if (inner === undefined || item === undefined) continue;
      out ??= { '.': MEMBER };
      out[fieldElement(key)] = addedFields(inner, item);
    }
  }
  return out ?? MEMBER;
}

/** The path elements of fields: few names are written again and again. */
const fieldElements = new Map<string, string>();

function fieldElement(key: string): string {
  const known = fieldElements.get(key);
  if (known !== undefined) return known;
  if (fieldElements.size >= MAX_FIELD_ELEMENTS) fieldElements.clear();
  const element = `f:${key}`;
  fieldElements.set(key, element);
  return element;
}

/** Whether both lists have the same items in the same order: then there is no need to index them. */
function isSameList(before: unknown, after: unknown): boolean {
  return Array.isArray(before) && Array.isArray(after) && deepEqual(before, after);
}
