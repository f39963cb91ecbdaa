/**
 * Watches over HTTP (apiserver's endpoints/handlers/watch.go, v1.34): one JSON document a line, from a revision on;
 * bookmarks; a stream that the client does not read is closed before it grows.
 */
import type { ServerResponse } from 'node:http';
import type { KubeObject } from '../../apimachinery/object.ts';
import { formatGroupVersion } from '../../apimachinery/resource.ts';
import { ApiError } from '../../apimachinery/status.ts';
import type { Change } from '../../store/object-store.ts';
import { encodeObject } from '../codec.ts';
import type { Core } from '../core.ts';
import { prefixOf, type Resource } from '../resources/resource.ts';
import { isSelected, listStored, type Selection } from '../verbs/read.ts';

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
  /** How an object is written: whole, as a table, or as metadata only. */
  readonly transform: (object: KubeObject, first: boolean) => unknown;
}

const MAX_BUFFERED = 16 * 1024 * 1024;
const BOOKMARK_INTERVAL = 60_000;

/** Answers when the stream has begun; throws Expired before that. */
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
  const lines: string[] = [];
  let started = false;
  let stop = (): void => {};
  let first = true;
  const write = (type: string, object: unknown): void => {
    const line = `${JSON.stringify({ type, object })}\n`;
    if (!started) {
      lines.push(line);
      return;
    }
    response.write(line);
    if (response.writableLength > MAX_BUFFERED) {
      stop();
      response.destroy();
    }
  };
  const send = (type: string, object: KubeObject): void => {
    const encoded = encodeObject(resource, version, object);
    write(type, transform(encoded, first));
    first = false;
  };
  const bookmark = (annotations?: Readonly<Record<string, string>>): void => {
    write('BOOKMARK', {
      kind: resource.kind,
      apiVersion: formatGroupVersion({ group: resource.group, version }),
      metadata: {
        resourceVersion: String(core.store.revision),
        creationTimestamp: null,
        ...(annotations === undefined ? {} : { annotations }),
      },
    });
  };
  if (initial) {
    const stored = listStored(core, resource, { selection, ...(namespace === undefined ? {} : { namespace }) });
    for (const { object } of stored) send('ADDED', object);
    if (options.sendInitialEvents === true && options.bookmarks) bookmark({ 'k8s.io/initial-events-end': 'true' });
  }
  const unsubscribe = core.store.subscribe(prefix, since, (change) => {
    const type = eventType(resource, selection, change);
    if (type !== undefined) send(type, change.object);
  });
  const limit = setTimeout(() => finish(), options.timeoutSeconds * 1000);
  const beat = options.bookmarks ? setInterval(() => bookmark(), BOOKMARK_INTERVAL) : undefined;
  limit.unref();
  beat?.unref();
  stop = () => {
    unsubscribe();
    clearTimeout(limit);
    clearInterval(beat);
  };
  const finish = (): void => {
    stop();
    response.end();
  };
  response.on('close', stop);
  response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache, private' });
  response.flushHeaders();
  started = true;
  if (lines.length > 0) response.write(lines.join(''));
}

/** What a change is to this watcher: an object that leaves the selection is DELETED to it. */
function eventType(resource: Resource, selection: Selection, change: Change): Change['type'] | undefined {
  const now = change.type !== 'DELETED' && isSelected(resource, selection, change.object);
  const before = change.previous !== undefined && isSelected(resource, selection, change.previous);
  if (now) return before ? 'MODIFIED' : 'ADDED';
  return before ? 'DELETED' : undefined;
}
