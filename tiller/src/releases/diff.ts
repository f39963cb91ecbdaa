/**
 * What differs between two JSON values, field by field. Lists whose items have unique names are compared by name, as
 * the API merges them, so that an item put in front is one change and not many.
 */
export interface FieldChange {
  /** e.g. `spec.template.spec.containers[app].image` */
  readonly path: string;
  /** Absent: was not there. */
  readonly before?: unknown;
  /** Absent: is gone. */
  readonly after?: unknown;
}

/** All changed fields, in the order of the keys. Depth is that of the values, which the API limits. */
export function changedFields(before: unknown, after: unknown): readonly FieldChange[] {
  const changes: FieldChange[] = [];
  compare(before, after, { path: '', changes });
  return changes;
}

interface Walk {
  readonly path: string;
  readonly changes: FieldChange[];
}

function compare(before: unknown, after: unknown, walk: Walk): void {
  if (Object.is(before, after)) return;
  if (isRecord(before) && isRecord(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    for (const name of [...names].sort()) {
      compare(own(before, name), own(after, name), { path: fieldPath(walk.path, name), changes: walk.changes });
    }
    return;
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    compareLists(before, after, walk);
    return;
  }
  walk.changes.push({
    path: walk.path === '' ? '.' : walk.path,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  });
}

function compareLists(before: readonly unknown[], after: readonly unknown[], walk: Walk): void {
  const oldByName = byName(before);
  const newByName = byName(after);
  if (oldByName !== undefined && newByName !== undefined) {
    const count = walk.changes.length;
    for (const name of new Set([...oldByName.keys(), ...newByName.keys()])) {
      compare(oldByName.get(name), newByName.get(name), { path: `${walk.path}[${name}]`, changes: walk.changes });
    }
    const moved = [...oldByName.keys()].join('\n') !== [...newByName.keys()].join('\n');
    if (moved && walk.changes.length === count) {
      walk.changes.push({ path: walk.path, before: [...oldByName.keys()], after: [...newByName.keys()] });
    }
    return;
  }
  for (let index = 0; index < Math.max(before.length, after.length); index += 1) {
    compare(before[index], after[index], { path: `${walk.path}[${index}]`, changes: walk.changes });
  }
}

/** The items by name, or undefined unless each is an object with a name of its own. */
function byName(items: readonly unknown[]): ReadonlyMap<string, unknown> | undefined {
  const named = new Map<string, unknown>();
  for (const item of items) {
    const name = isRecord(item) ? own(item, 'name') : undefined;
    if (typeof name !== 'string' || named.has(name)) return undefined;
    named.set(name, item);
  }
  return named;
}

function fieldPath(parent: string, name: string): string {
  const step = /^[A-Za-z0-9_-]+$/.test(name) ? name : `["${name}"]`;
  if (parent === '') return step;
  return step.startsWith('[') ? `${parent}${step}` : `${parent}.${step}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function own(record: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
