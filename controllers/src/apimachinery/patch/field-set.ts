/**
 * Sets of field paths, in the form in which managedFields carries them (FieldsV1; structured-merge-diff v6's fieldpath).
 * A node's keys are path elements: `f:name` a field, `k:{…}` a list item by its keys, `v:…` an item of a set. `{}` is a
 * member without children; `.` marks a member that has children.
 */
export interface FieldSet {
  readonly [element: string]: FieldSet;
}

export const EMPTY_SET: FieldSet = Object.freeze({});
const MEMBER: FieldSet = EMPTY_SET;

export function isEmptySet(set: FieldSet): boolean {
  for (const _ in set) return false;
  return true;
}

/** Whether a node stands for itself, not only for what is below it. */
export function isMember(node: FieldSet): boolean {
  return node['.'] !== undefined || isEmptySet(node);
}

/** A node from its membership and its children; undefined when it has neither. */
export function makeNode(member: boolean, children: Record<string, FieldSet> | undefined): FieldSet | undefined {
  if (children === undefined || isEmptySet(children)) return member ? MEMBER : undefined;
  return member ? { '.': MEMBER, ...children } : children;
}

export function unionSets(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmptySet(a)) return b;
  if (isEmptySet(b)) return a;
  const out: Record<string, FieldSet> = { ...a };
  for (const key in b) {
    const left = a[key];
    const right = b[key] as FieldSet;
    out[key] = left === undefined || key === '.' ? right : unionNodes(left, right);
  }
  return out;
}

function unionNodes(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b) return a;
  const member = isMember(a) || isMember(b);
  const { '.': _a, ...left } = a;
  const { '.': _b, ...right } = b;
  return makeNode(member, unionSets(left, right) as Record<string, FieldSet>) ?? MEMBER;
}

/** The members of `a` that are not members of `b`: `a` itself where they have no path in common. */
export function subtractSets(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmptySet(b) || isApart(a, b)) return a;
  const out: Record<string, FieldSet> = {};
  for (const key in a) {
    if (key === '.') continue;
    const left = a[key] as FieldSet;
    const right = b[key];
    const node =
      right === undefined
        ? left
        : makeNode(isMember(left) && !isMember(right), subtractSets(left, right) as Record<string, FieldSet>);
    if (node !== undefined) out[key] = node;
  }
  return out;
}

/** Whether nothing of `b` is on the way to a member of `a`. */
function isApart(a: FieldSet, b: FieldSet): boolean {
  if (Object.hasOwn(a, '.')) return false;
  for (const key in b) {
    const left = a[key];
    const right = b[key] as FieldSet;
    if (left !== undefined && (isMember(left) || isMember(right) || !isApart(left, right))) return false;
  }
  return true;
}

export function intersectSets(a: FieldSet, b: FieldSet): FieldSet {
  const out: Record<string, FieldSet> = {};
  for (const key in a) {
    const right = b[key];
    if (key === '.' || right === undefined) continue;
    const left = a[key] as FieldSet;
    const node = makeNode(isMember(left) && isMember(right), intersectSets(left, right) as Record<string, FieldSet>);
    if (node !== undefined) out[key] = node;
  }
  return out;
}

/** Also the fields on the way to each member, as far as they are fields (EnsureNamedFieldsAreMembers). */
export function withNamedParents(set: FieldSet): FieldSet {
  const out: Record<string, FieldSet> = {};
  for (const key in set) {
    if (key === '.') continue;
    const node = set[key] as FieldSet;
    const children = withNamedParents(node) as Record<string, FieldSet>;
    out[key] = makeNode(isMember(node) || key.startsWith('f:'), children) ?? MEMBER;
  }
  return out;
}

/** Every member with its path of elements: those of a level in order, then what is below it (Set.Iterate). */
export function* membersOf(set: FieldSet, path: readonly string[] = []): Iterable<readonly string[]> {
  const keys = Object.keys(set)
    .filter((key) => key !== '.')
    .sort();
  for (const key of keys) if (isMember(set[key] as FieldSet)) yield [...path, key];
  for (const key of keys) yield* membersOf(set[key] as FieldSet, [...path, key]);
}

/** A path as the API's conflict messages show it: `.spec.containers[name="web"].image`. */
export function formatPath(path: readonly string[]): string {
  return path
    .map((element) => {
      const rest = element.slice(2);
      if (element.startsWith('f:')) return `.${rest}`;
      if (element.startsWith('v:')) return `[=${rest}]`;
      if (element.startsWith('i:')) return `[${rest}]`;
      const keys = JSON.parse(rest) as Record<string, unknown>;
      return `[${Object.keys(keys)
        .sort()
        .map((key) => `${key}=${JSON.stringify(keys[key])}`)
        .join(',')}]`;
    })
    .join('');
}
