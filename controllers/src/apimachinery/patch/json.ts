/**
 * JSON patch (RFC 6902) as apiserver applies it with evanphx/json-patch v4: all operations or none.
 */

import { deepCopy, deepEqual, getKey, isObject, setKey } from '../json.ts';
import { ApiError } from '../status.ts';

/** Upstream's limit of operations in one patch. */
export const MAX_JSON_PATCH_OPERATIONS = 10_000;
/** A patch may copy its target into itself: upstream bounds the JSON of what it copies, in bytes. */
const MAX_COPIED_BYTES = 3 * 1024 * 1024;

type Container = Record<string, unknown> | unknown[];

/** Answers a new document. Throws BadRequest for a malformed patch, Invalid where it can't be applied. */
export function applyJsonPatch(document: unknown, patch: readonly unknown[]): unknown {
  if (patch.length > MAX_JSON_PATCH_OPERATIONS) {
    throw new ApiError(
      'RequestEntityTooLarge',
      `The allowed maximum operations in a JSON patch is ${MAX_JSON_PATCH_OPERATIONS}, got ${patch.length}`,
    );
  }
  const holder: Record<string, unknown> = { root: deepCopy(document) };
  let copied = 0;
  for (const entry of patch) {
    if (!isObject(entry) || typeof entry.op !== 'string' || typeof entry.path !== 'string') {
      throw new ApiError('BadRequest', 'json patch: an operation needs op and path');
    }
    const path = parsePointer(entry.path);
    switch (entry.op) {
      case 'add':
        add(holder, path, deepCopy(entry.value ?? null), entry);
        break;
      case 'remove':
        remove(holder, path, entry);
        break;
      case 'replace':
        if (lookup(holder, path) === undefined) {
          throw unprocessable(`replace operation does not apply: doc is missing key: ${entry.path}: missing value`);
        }
        remove(holder, path, entry);
        add(holder, path, deepCopy(entry.value ?? null), entry);
        break;
      case 'move':
      case 'copy': {
        const from = parsePointer(String(entry.from ?? ''));
        const value = lookup(holder, from);
        if (value === undefined) {
          throw unprocessable(
            `${entry.op} operation does not apply: doc is missing from path: ${String(entry.from)}: missing value`,
          );
        }
        if (entry.op === 'move') {
          if (isWithin(path, from)) throw unprocessable(`move operation does not apply: ${entry.path} is in itself`);
          remove(holder, from, entry);
          add(holder, path, value, entry);
          break;
        }
        copied += Buffer.byteLength(JSON.stringify(value));
        if (copied > MAX_COPIED_BYTES) {
          throw unprocessable(
            `Unable to complete the copy, the accumulated size increase of copy is ${copied}, exceeding the limit ${MAX_COPIED_BYTES}`,
          );
        }
        add(holder, path, deepCopy(value), entry);
        break;
      }
      case 'test':
        if (!deepEqual(lookup(holder, path) ?? null, entry.value ?? null)) {
          throw unprocessable(`testing value ${entry.path} failed: test failed`);
        }
        break;
      default:
        throw new ApiError('BadRequest', `json patch: unknown operation ${JSON.stringify(entry.op)}`);
    }
  }
  return holder.root;
}

function unprocessable(message: string): ApiError {
  return new ApiError('Invalid', `the server rejected our request due to an error in our request: ${message}`, {
    causes: [],
  });
}

function parsePointer(text: string): string[] {
  if (text === '') return ['root'];
  return [
    'root',
    ...text
      .split('/')
      .slice(1)
      .map((part) => part.replace(/~1/g, '/').replace(/~0/g, '~')),
  ];
}

function lookup(holder: Container, path: readonly string[]): unknown {
  let value: unknown = holder;
  for (const part of path) {
    if (Array.isArray(value)) value = /^(0|[1-9]\d*)$/.test(part) ? value[Number(part)] : undefined;
    else value = isObject(value) ? getKey(value, part) : undefined;
  }
  return value;
}

function parentOf(
  holder: Container,
  path: readonly string[],
  { op, path: text }: Readonly<Record<string, unknown>>,
): Container {
  const parent = lookup(holder, path.slice(0, -1));
  if (path.length === 1) return holder;
  if (typeof parent !== 'object' || parent === null) {
    throw unprocessable(
      `${String(op)} operation does not apply: doc is missing path: ${JSON.stringify(text)}: missing value`,
    );
  }
  return parent as Container;
}

function add(
  holder: Container,
  path: readonly string[],
  value: unknown,
  entry: Readonly<Record<string, unknown>>,
): void {
  const parent = parentOf(holder, path, entry);
  const key = path.at(-1) ?? '';
  if (!Array.isArray(parent)) setKey(parent, key, value);
  else if (key === '-') parent.push(value);
  else {
    const index = Number(key);
    if (!/^-?\d+$/.test(key) || index < 0 || index > parent.length) {
      throw unprocessable(
        `${String(entry.op)} operation does not apply: index ${key} is out of range: invalid index referenced`,
      );
    }
    parent.splice(index, 0, value);
  }
}

function remove(holder: Container, path: readonly string[], entry: Readonly<Record<string, unknown>>): void {
  const parent = parentOf(holder, path, entry);
  const key = path.at(-1) ?? '';
  if (Array.isArray(parent)) {
    const index = Number(key);
    if (!/^\d+$/.test(key) || index >= parent.length) {
      throw unprocessable(
        `${String(entry.op)} operation does not apply: error in remove for path: '${String(entry.path)}': Unable to access invalid index: ${key}: invalid index referenced`,
      );
    }
    parent.splice(index, 1);
  } else {
    if (!Object.hasOwn(parent, key)) {
      throw unprocessable(
        `remove operation does not apply: error in remove for path: '${String(entry.path)}': Unable to remove nonexistent key: ${key}: missing value`,
      );
    }
    delete parent[key];
  }
}

/** Whether a path leads to a part of what another leads to. */
function isWithin(path: readonly string[], other: readonly string[]): boolean {
  return path.length > other.length && other.every((part, index) => part === path[index]);
}
