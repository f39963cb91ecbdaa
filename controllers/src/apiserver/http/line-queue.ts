/**
 * What goes to a watcher, line by line: while its connection takes no more, lines wait here, and those who never read are
 * dropped before they cost much. Upstream's watch cache ends such watches likewise (cacher/cache_watcher.go, v1.34), and
 * the client begins anew, as after any 410.
 */
import type { ServerResponse } from 'node:http';
import { ApiError } from '../../apimachinery/status.ts';

/** How much may wait for one watcher, beside what was there when it began. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
const MAX_WAITING_LINES = 10_000;
/** And for all of them. */
const MAX_ALL_BYTES = 256 * 1024 * 1024;
/** How long one that was dropped has to take the rest (milliseconds). */
const LAST_WORDS = 10_000;

let allBytes = 0;

function lengthOf(line: Line): number {
  return line.reduce((sum, { length }) => sum + length, 0);
}

/** In pieces. */
export type Line = readonly Buffer[];

export interface LineQueue {
  /** Begins; `first` are lines that are made as the connection takes them, and may be as many as they are. */
  start(first: Iterable<Line>): void;
  push(line: Line): void;
  /** Ends the stream when all is written. */
  end(): void;
  /** Forgets what waits: nobody reads any more. */
  discard(): void;
}

export interface LineQueueOptions {
  /** What the error says. */
  readonly resourceVersion: () => number;
  /** The watcher is dropped: nothing more is to be pushed. */
  readonly onDrop: () => void;
}

export function createLineQueue(response: ServerResponse, { resourceVersion, onDrop }: LineQueueOptions): LineQueue {
  let first: Iterator<Line> | undefined;
  let lines: Line[] = [];
  let next = 0;
  let bytes = 0;
  let state: 'flowing' | 'blocked' | 'ended' = 'blocked';
  let isEnding = false;

  function forget(): void {
    allBytes -= bytes;
    first = undefined;
    lines = [];
    next = 0;
    bytes = 0;
  }

  /** Whether the connection takes more. */
  function write(line: Line): boolean {
    let takesMore = true;
    for (const piece of line) takesMore = response.write(piece);
    return takesMore;
  }

  function take(): Line | undefined {
    const made = first?.next();
    if (made !== undefined && made.done !== true) return made.value;
    first = undefined;
    const line = lines[next];
    if (line === undefined) return undefined;
    next += 1;
    bytes -= lengthOf(line);
    allBytes -= lengthOf(line);
    return line;
  }

  function flow(): void {
    for (let line = take(); line !== undefined; line = take()) {
      if (!write(line)) {
        state = 'blocked';
        return;
      }
    }
    forget();
    state = 'flowing';
    if (isEnding) finish();
  }

  function finish(): void {
    state = 'ended';
    response.end();
  }

  function drop(): void {
    forget();
    state = 'ended';
    const status = new ApiError('Expired', `too old resource version: the watch is behind ${resourceVersion()}`);
    response.end(`${JSON.stringify({ type: 'ERROR', object: status.toStatus() })}\n`);
    setTimeout(() => response.destroy(), LAST_WORDS).unref();
    onDrop();
  }

  response.on('drain', () => {
    if (state === 'blocked') flow();
  });

  return {
    start(given) {
      first = given[Symbol.iterator]();
      flow();
    },
    push(line) {
      if (state === 'ended' || isEnding) return;
      if (state === 'flowing') {
        if (!write(line)) state = 'blocked';
        return;
      }
      lines.push(line);
      bytes += lengthOf(line);
      allBytes += lengthOf(line);
      if (lines.length - next > MAX_WAITING_LINES || bytes > MAX_WAITING_BYTES || allBytes > MAX_ALL_BYTES) drop();
    },
    end() {
      isEnding = true;
      if (state === 'flowing') finish();
    },
    discard() {
      forget();
      state = 'ended';
    },
  };
}
