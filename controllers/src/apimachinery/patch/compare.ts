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
    let changed: Record<string, FieldSet> | undefined;
    let removed: Record<string, FieldSet> | undefined;
    const step = (element: string, inner: ApplySchema | undefined, left: unknown, right: unknown): void => {
      if (inner === undefined) return;
      this.compare(inner, left, right);
      if (this.changed !== undefined) {
        changed ??= {};
        changed[element] = this.changed;
      }
      if (this.removed !== undefined) {
        removed ??= {};
        removed[element] = this.removed;
      }
    };
    if (schema.kind === 'list') {
      if (isSameList(before, after)) return;
      const left = indexItems(schema, before);
      const right = indexItems(schema, after);
      for (const [element, item] of left) step(element, schema.element, item, right.get(element));
      for (const [element, item] of right) if (!left.has(element)) step(element, schema.element, undefined, item);
    } else {
      const left = isObject(before) ? before : {};
      const right = isObject(after) ? after : {};
      for (const key in left) {
        const item = left[key];
        const other = Object.hasOwn(right, key) ? right[key] : undefined;
        if (item === other) continue;
        step(fieldElement(key), childSchema(schema, key), item, other);
      }
      for (const key in right) {
        if (right[key] === undefined || Object.hasOwn(left, key)) continue;
        step(fieldElement(key), childSchema(schema, key), undefined, right[key]);
      }
    }
    this.changed = makeNode(false, changed);
    this.removed = makeNode(after === undefined, removed);
  }
}

/** All of a value that was not there before: the comparison with nothing. */
function addedFields(schema: ApplySchema, value: unknown): FieldSet {
  if (isEmptyContainer(value)) return MEMBER;
  let out: Record<string, FieldSet> | undefined;
  const add = (element: string, inner: ApplySchema | undefined, item: unknown): void => {
    if (inner === undefined || item === undefined) return;
    out ??= { '.': MEMBER };
    out[element] = addedFields(inner, item);
  };
  if (isAssociative(schema)) {
    for (const [element, item] of indexItems(schema, value)) add(element, schema.element, item);
  } else if (isGranular(schema) && isObject(value)) {
    for (const key in value) add(fieldElement(key), childSchema(schema, key), value[key]);
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
