/**
 * The JSON of stored objects, written once: a revision never changes, so that lists, pages and all watchers of a change
 * send the same bytes. What was not asked for in a while is forgotten.
 */
import type { KubeObject } from '../../apimachinery/object.ts';
import { formatGroupVersion } from '../../apimachinery/resource.ts';
import { encodeObject } from '../codec.ts';
import type { Resource } from '../resources/resource.ts';

/** How many bytes a generation holds; there are two at most. */
const GENERATION_BYTES = 64 * 1024 * 1024;

let young = new WeakMap<KubeObject, Buffer>();
let old = new WeakMap<KubeObject, Buffer>();
let youngBytes = 0;

/** The object's fields but kind and apiVersion, without the opening brace: `"metadata":{...},"spec":{...}}`. */
function restOf(object: KubeObject): Buffer {
  const { apiVersion: _version, kind: _kind, ...rest } = object;
  return Buffer.from(JSON.stringify(rest)).subarray(1);
}

function keptRestOf(object: KubeObject): Buffer {
  const known = young.get(object);
  if (known !== undefined) return known;
  const bytes = old.get(object) ?? restOf(object);
  if (youngBytes > GENERATION_BYTES) {
    old = young;
    young = new WeakMap();
    youngBytes = 0;
  }
  young.set(object, bytes);
  youngBytes += bytes.length;
  return bytes;
}

/** A stored object in a version that is served. What had to be converted is written each time. */
function servedRestOf(resource: Resource, version: string, object: KubeObject): Buffer {
  const served = encodeObject(resource, version, object);
  return served === object ? keptRestOf(object) : restOf(served);
}

/** How the whole object begins, up to its other fields. */
function headOf(resource: Resource, version: string, kind = resource.kind): string {
  const apiVersion = formatGroupVersion({ group: resource.group, version });
  return `{"kind":${JSON.stringify(kind)},"apiVersion":${JSON.stringify(apiVersion)},`;
}

/** Bytes of an object that is stored, but for its kind. */
export function encodedLength(object: KubeObject): number {
  return keptRestOf(object).length;
}

/** An object as it is answered. It must stay as it is. */
export function encodeWhole(object: KubeObject): Buffer {
  const { kind, apiVersion } = object;
  const head = `{"kind":${JSON.stringify(kind)},"apiVersion":${JSON.stringify(apiVersion)},`;
  return Buffer.concat([Buffer.from(head), keptRestOf(object), NEW_LINE]);
}

const NEW_LINE = Buffer.from('\n');
const LINE_END = Buffer.from('}\n');
const COMMA = Buffer.from(',');
const BRACE = Buffer.from('{');

export interface WatchedObject {
  readonly resource: Resource;
  readonly version: string;
  readonly type: string;
  /** As it is stored, or was. */
  readonly object: KubeObject;
}

/** Watchers are told of a change one after the other: the line is that of the one before. */
let last: { readonly watched: WatchedObject; readonly line: readonly Buffer[] } | undefined;

/** What is larger is not copied into a line for each watcher. */
const MAX_COPIED = 16 * 1024;

/** The line of a watch, in pieces: large objects are the same bytes for all. */
export function encodeWatchEvent(watched: WatchedObject): readonly Buffer[] {
  const { resource, version, type, object } = watched;
  const before = last?.watched;
  if (
    last !== undefined &&
    before?.object === object &&
    before.type === type &&
    before.version === version &&
    before.resource === resource
  )
    return last.line;
  const head = Buffer.from(`{"type":"${type}","object":${headOf(resource, version)}`);
  const pieces = [head, servedRestOf(resource, version, object), LINE_END];
  const line = (pieces[1]?.length ?? 0) > MAX_COPIED ? pieces : [Buffer.concat(pieces)];
  last = { watched, line };
  return line;
}

/** A list of stored objects, whole. Items of built-in kinds don't repeat their kind; those of custom resources do. */
export function encodeList(
  resource: Resource,
  version: string,
  { metadata, stored }: { readonly metadata: object; readonly stored: readonly KubeObject[] },
): Buffer {
  const head = headOf(resource, version, `${resource.kind}List`);
  const parts: Buffer[] = [Buffer.from(`${head}"metadata":${JSON.stringify(metadata)},"items":[`)];
  const item = resource.custom ? Buffer.from(headOf(resource, version)) : BRACE;
  stored.forEach((object, index) => {
    if (index > 0) parts.push(COMMA);
    parts.push(item, servedRestOf(resource, version, object));
  });
  parts.push(Buffer.from(']}\n'));
  return Buffer.concat(parts);
}
