/**
 * Watches over HTTP (apiserver's endpoints/handlers/watch.go, v1.34): one JSON document a line, from a revision on;
 * bookmarks; a stream that the client does not read is closed before it grows.
 */
import type { ServerResponse } from 'node:http';
import type { KubeObject } from '../../apimachinery/object.ts';
import { formatGroupVersion } from '../../apimachinery/resource.ts';
import { ApiError, isApiError } from '../../apimachinery/status.ts';
import type { Change } from '../../store/object-store.ts';
import { encodeObject } from '../codec.ts';
import type { Core } from '../core.ts';
import { prefixOf, type Resource } from '../resources/resource.ts';
import { encodeWatchFrame } from '../schema/watch-frame.ts';
import { isSelected, listStored, type Selection } from '../verbs/read.ts';
import { encodeWatchEvent } from './encoded.ts';
import { createLineQueue, type Line } from './line-queue.ts';

export interface WatchOptions {
  readonly resource: Resource;
  readonly version: string;
  readonly namespace: string | undefined;
  readonly selection: Selection;
  readonly resourceVersion: string;
  readonly timeoutSeconds: number;
  readonly bookmarks: boolean;
  /** WatchList: what is there first, then a bookmark that says so. */
  readonly sendInitialEvents: boolean | undefined;
  /** How an object is written: as a table, or as metadata only; undefined: whole. */
  readonly transform: ((object: KubeObject, first: boolean) => unknown) | undefined;
  /** Events are protobuf, not JSON. */
  readonly isProtobuf: boolean;
}

const BOOKMARK_INTERVAL = 60_000;
const CACHING = { 'Cache-Control': 'no-cache, private' };
const JSON_HEADERS = { 'Content-Type': 'application/json', ...CACHING };
const PROTOBUF_HEADERS = { 'Content-Type': 'application/vnd.kubernetes.protobuf;stream=watch', ...CACHING };

/** Answers when the stream has begun. A version that is gone is told within the stream (storage/cacher/cacher.go). */
export function streamWatch(core: Core, response: ServerResponse, options: WatchOptions): void {
  const { resource, version, namespace, selection, transform } = options;
  const prefix = prefixOf(resource, namespace);
  const start = Number(options.resourceVersion === '' ? 0 : options.resourceVersion);
  if (!Number.isInteger(start) || start < 0)
    throw new ApiError('BadRequest', `invalid resource version: ${options.resourceVersion}`);
  const initial = options.sendInitialEvents ?? start === 0;
  if (!initial && start > core.store.revision) {
    throw new ApiError('Timeout', `Too large resource version: ${start}, current: ${core.store.revision}`, {
      retryAfterSeconds: 1,
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    });
  }
  const since = initial || start === 0 ? core.store.revision : start;
  const lines = createLineQueue(response, { resourceVersion: () => core.store.revision, onDrop: () => stop() });
  let stop = (): void => {};
  let first = true;
  const headers = options.isProtobuf ? PROTOBUF_HEADERS : JSON_HEADERS;
  const plainLine = options.isProtobuf ? protobufLine : textLine;
  const lineOf = (type: string, object: KubeObject): Line => {
    if (transform === undefined && !options.isProtobuf) return encodeWatchEvent({ resource, version, type, object });
    const served = encodeObject(resource, version, object);
    const transformed = transform === undefined ? served : transform(served, first);
    first = false;
    return plainLine(type, transformed);
  };
  const bookmark = (revision: number, annotations?: Readonly<Record<string, string>>): Line => {
    const object: KubeObject = {
      kind: resource.kind,
      apiVersion: formatGroupVersion({ group: resource.group, version }),
      metadata: {
        resourceVersion: String(revision),
        ...(annotations === undefined ? { creationTimestamp: null } : { creationTimestamp: null, annotations }),
      },
    };
    return plainLine('BOOKMARK', transform === undefined ? object : transform(object, false));
  };
  const changeLine = (change: Change): Line | undefined => {
    const type = eventType(resource, selection, change);
    return type === undefined ? undefined : lineOf(type, change.object);
  };
  function* firstLines(changes: readonly Change[]): Iterable<Line> {
    for (const change of changes) {
      const line = changeLine(change);
      if (line !== undefined) yield line;
    }
    if (there === undefined) return;
    for (const { object } of there) yield lineOf('ADDED', object);
    if (options.sendInitialEvents === true && options.bookmarks)
      yield bookmark(since, { 'k8s.io/initial-events-end': 'true' });
  }
  const there = initial
    ? listStored(core, resource, { selection, ...(namespace === undefined ? {} : { namespace }) })
    : undefined;
  const past = pastChanges(core, since, prefix);
  if (isApiError(past)) {
    response.writeHead(200, headers);
    response.end(Buffer.concat(plainLine('ERROR', past.toStatus())));
    return;
  }
  const unsubscribe = core.store.subscribe(prefix, core.store.revision, (change) => {
    const line = changeLine(change);
    if (line !== undefined) lines.push(line);
  });
  const limit = setTimeout(() => finish(), options.timeoutSeconds * 1000);
  const beat = options.bookmarks
    ? setInterval(() => lines.push(bookmark(core.store.revision)), BOOKMARK_INTERVAL)
    : undefined;
  limit.unref();
  beat?.unref();
  stop = () => {
    unsubscribe();
    clearTimeout(limit);
    clearInterval(beat);
  };
  const finish = (): void => {
    stop();
    lines.end();
  };
  response.on('close', () => {
    stop();
    lines.discard();
  });
  response.writeHead(200, headers);
  response.flushHeaders();
  lines.start(firstLines(past));
}

/** Those since a revision; Expired where they are no longer known. */
function pastChanges(core: Core, since: number, prefix: string): readonly Change[] | ApiError {
  if (since >= core.store.revision) return [];
  try {
    return [...core.store.changes(since, prefix)];
  } catch (error) {
    if (isApiError(error, 'Expired')) return error;
    throw error;
  }
}

function textLine(type: string, object: unknown): Line {
  return [Buffer.from(`${JSON.stringify({ type, object })}\n`)];
}

function protobufLine(type: string, object: unknown): Line {
  return [Buffer.from(encodeWatchFrame(type, object) ?? [])];
}

/** What a change is to this watcher: an object that leaves the selection is DELETED to it. */
function eventType(resource: Resource, selection: Selection, change: Change): Change['type'] | undefined {
  const now = change.type !== 'DELETED' && isSelected(resource, selection, change.object);
  const before = change.previous !== undefined && isSelected(resource, selection, change.previous);
  if (now) return before ? 'MODIFIED' : 'ADDED';
  return before ? 'DELETED' : undefined;
}
