/**
 * GET of a pod's log: which container, which options; the text is the kubelet model's. With `follow`, what comes is sent
 * until the container has ended for good.
 */
import type { ServerResponse } from 'node:http';
import { forbiddenField, invalid, invalidObject } from '../../apimachinery/api-errors.ts';
import { getPath, isObject } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { storageKey } from '../../apimachinery/resource.ts';
import { parseTime } from '../../apimachinery/time.ts';
import type { Core } from '../core.ts';
import type { LogRequest } from '../kubelet-answers.ts';
import { getObject } from '../verbs/read.ts';
import type { ResourceRequest } from '../verbs/request.ts';
import type { Answer } from './answer.ts';
import { booleanOption, integerOption } from './options.ts';
import { checkHasLogs, containerName, containerStatus } from './pod-container.ts';

const HEADERS = { 'Content-Type': 'text/plain' };
/** Of wall time: what a container writes comes with the cluster's clock. */
const LOOK_EVERY = 250;

/** Undefined where the log is being followed. Throws NotFound, BadRequest, Invalid. */
export function podLog(
  core: Core,
  target: ResourceRequest,
  { query, response }: { readonly query: URLSearchParams; readonly response: ServerResponse },
): Answer | undefined {
  const options = logOptions(query, target.name);
  const pod = getObject(core, target);
  const container = containerName(pod, query.get('container') ?? '');
  const request: LogRequest = { namespace: target.namespace, pod: target.name, container, ...options };
  if (String(getPath(pod, ['spec', 'nodeName']) ?? '') === '') return { status: 200, body: '', headers: HEADERS };
  checkHasLogs(pod, container, options.previous);
  const text = core.kubelet?.log(request) ?? '';
  if (booleanOption(query, 'follow') !== true || options.previous) return { status: 200, body: text, headers: HEADERS };
  response.writeHead(200, { ...HEADERS, 'Cache-Control': 'no-cache, private' });
  response.flushHeaders();
  const stop = followLog(core, request, {
    write: (more) => response.write(more),
    end: () => response.end(),
    isFull: () => response.writableLength > MAX_BUFFERED,
  });
  response.on('close', stop);
  return undefined;
}

const MAX_BUFFERED = 1024 * 1024;

export interface LogSink {
  write(text: string): void;
  end(): void;
  /** The reader is slow. */
  isFull(): boolean;
}

/** Sends a log as it grows; answers how to stop. What is limited to begin with is limited no more afterwards. */
export function followLog(core: Core, request: LogRequest, sink: LogSink, skipped = false): () => void {
  const key = storageKey('', 'pods', request.namespace, request.pod);
  const { tailLines: _t, limitBytes, sinceSeconds: _s, sinceTime: _i, ...whole } = request;
  const read = (of: LogRequest): string => core.kubelet?.log(of) ?? '';
  let seen = read(whole);
  let sent = 0;
  const send = (text: string): void => {
    const more = limitBytes === undefined ? text : text.slice(0, limitBytes - sent);
    sent += more.length;
    if (more !== '') sink.write(more);
  };
  if (!skipped) send(read(request));
  const look = (): void => {
    if (sink.isFull()) return;
    const text = read(whole);
    // A container that was started again begins a new log.
    if (text !== seen) send(text.startsWith(seen) ? text.slice(seen.length) : text);
    seen = text;
    const isOver = hasEnded(core.store.get(key)?.object, request.container);
    if (!isOver && (limitBytes === undefined || sent < limitBytes)) return;
    stop();
    sink.end();
  };
  const unsubscribe = core.store.subscribe(key, core.store.revision, () => look());
  const timer = setInterval(look, LOOK_EVERY);
  const stop = (): void => {
    unsubscribe();
    clearInterval(timer);
  };
  timer.unref();
  look();
  return stop;
}

/** Its run has ended, or the pod is gone: a follower of one run is told of no other. */
function hasEnded(pod: KubeObject | undefined, container: string): boolean {
  if (pod === undefined) return true;
  return !isObject(getPath(containerStatus(pod, container), ['state', 'running']));
}

type LogOptions = Omit<LogRequest, 'namespace' | 'pod' | 'container'>;

function logOptions(query: URLSearchParams, name: string): LogOptions {
  const tailLines = integerOption(query, 'tailLines');
  const limitBytes = integerOption(query, 'limitBytes');
  const sinceSeconds = integerOption(query, 'sinceSeconds');
  const since = query.get('sinceTime') ?? '';
  const errors = [
    ...(tailLines !== undefined && tailLines < 0
      ? [invalid('tailLines', tailLines, 'must be greater than or equal to 0')]
      : []),
    ...(limitBytes !== undefined && limitBytes < 1
      ? [invalid('limitBytes', limitBytes, 'must be greater than 0')]
      : []),
    ...(sinceSeconds !== undefined && since !== ''
      ? [forbiddenField('', 'at most one of `sinceTime` or `sinceSeconds` may be specified')]
      : sinceSeconds !== undefined && sinceSeconds < 1
        ? [invalid('sinceSeconds', sinceSeconds, 'must be greater than 0')]
        : []),
  ];
  if (errors.length > 0) throw invalidObject({ group: '', kind: 'PodLogOptions' }, name, errors);
  const sinceTime = parseTime(since);
  return {
    previous: booleanOption(query, 'previous') ?? false,
    timestamps: booleanOption(query, 'timestamps') ?? false,
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
    ...(sinceSeconds === undefined ? {} : { sinceSeconds }),
    ...(Number.isNaN(sinceTime) ? {} : { sinceTime }),
  };
}
