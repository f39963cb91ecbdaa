/**
 * The JSON of stored objects, written once: a revision never changes, so that lists, pages and all watchers of a change
 * send the same bytes. What was not asked for in a while is forgotten.
 */
import { formatGroupVersion } from '../../apimachinery/resource.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import type { Resource } from '../resources/resource.ts';

/** How many bytes a generation holds; there are two at most. */
const GENERATION_BYTES = 64 * 1024 * 1024;

let young = new WeakMap<KubeObject, Buffer>();
let old = new WeakMap<KubeObject, Buffer>();
let youngBytes = 0;

/** The object's fields but kind and apiVersion, without the opening brace: `"metadata":{...},"spec":{...}}`. */
function restOf(object: KubeObject): Buffer {
  const known = young.get(object);
  if (known !== undefined) return known;
  let bytes = old.get(object);
  if (bytes === undefined) {
    const { apiVersion: _version, kind: _kind, ...rest } = object;
    bytes = Buffer.from(JSON.stringify(rest)).subarray(1);
  }
  if (youngBytes > GENERATION_BYTES) {
    old = young;
    young = new WeakMap();
    youngBytes = 0;
  }
  young.set(object, bytes);
  youngBytes += bytes.length;
  return bytes;
}

/** How the whole object begins, up to its other fields. */
function headOf({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): string {
  return `{"kind":${JSON.stringify(kind)},"apiVersion":${JSON.stringify(apiVersion)},`;
}

/** A line of a watch about an object that is stored, or was. */
export function encodeWatchEvent(type: string, object: KubeObject): Buffer {
  const head = Buffer.from(`{"type":"${type}","object":${headOf(object)}`);
  return Buffer.concat([head, restOf(object), LINE_END]);
}

const LINE_END = Buffer.from('}\n');
const COMMA = Buffer.from(',');
const BRACE = Buffer.from('{');

/** A list of stored objects, whole. Items of built-in kinds don't repeat their kind; those of custom resources do. */
export function encodeList(
  resource: Resource,
  version: string,
  { metadata, objects }: { readonly metadata: object; readonly objects: readonly KubeObject[] },
): Buffer {
  const apiVersion = formatGroupVersion({ group: resource.group, version });
  const head = headOf({ apiVersion, kind: `${resource.kind}List` });
  const parts: Buffer[] = [Buffer.from(`${head}"metadata":${JSON.stringify(metadata)},"items":[`)];
  const item = resource.custom ? Buffer.from(headOf({ apiVersion, kind: resource.kind })) : BRACE;
  for (const object of objects) {
    if (parts.length > 1) parts.push(COMMA);
    parts.push(item, restOf(object));
  }
  parts.push(Buffer.from(']}\n'));
  return Buffer.concat(parts);
}
