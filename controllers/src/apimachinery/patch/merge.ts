/**
 * JSON merge patch (RFC 7386): null removes, objects merge, all else replaces.
 */
import { deepCopy, isObject, setKey } from '../json.ts';

/** Answers a new document that shares its unchanged parts with the old one. */
export function applyMergePatch(document: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return deepCopy(patch);
  const out: Record<string, unknown> = {};
  const source = isObject(document) ? document : {};
  for (const key of Object.keys(source)) if (!Object.hasOwn(patch, key)) setKey(out, key, source[key]);
  for (const key of Object.keys(patch)) {
    const value = patch[key];
    if (value === null || value === undefined) continue;
    setKey(out, key, applyMergePatch(Object.hasOwn(source, key) ? source[key] : undefined, value));
  }
  return out;
}
