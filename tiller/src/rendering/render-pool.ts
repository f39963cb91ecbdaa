/**
 * The threads of a server that render: started when there is work, one request at a time each, ended when they take too
 * long and when they have long been idle. What can't be stopped from within (a template has no clock) is stopped here.
 */
import { performance } from 'node:perf_hooks';
import { type ResourceLimits, Worker } from 'node:worker_threads';
import { ChartError } from '@drydock/charts';
import { ReleaseError } from '../releases/release.ts';
import { READY, type RenderAnswer, type RenderRequest, type SentJob } from './render-messages.ts';

export interface RenderPoolOptions {
  /** The script of render-worker.ts. */
  readonly entry: URL;
  /** Threads at most. */
  readonly threads: number;
  /** What a request that is ended for its time is told of. */
  readonly seconds: number;
  /** MiB of a thread's heap. */
  readonly memory: number;
  /** Milliseconds until a thread without work is let go. */
  readonly idle: number;
}

export interface RenderTask {
  readonly digest: string;
  readonly archive: Uint8Array;
  readonly job: SentJob;
  /** Milliseconds until it is ended, from when a thread takes it. */
  readonly milliseconds: number;
}

export interface RenderPool {
  /**
   * Throws ChartError for a task that takes too long or too much memory, and ReleaseError Unavailable where its thread
   * ended otherwise or the pool is closed.
   */
  run(task: RenderTask): Promise<{ readonly answer: RenderAnswer; readonly milliseconds: number }>;
  /** How many threads there are now. */
  readonly size: number;
  close(): Promise<void>;
}

/** As much as the deepest includes that Helm allows need, several times over; only what is used is taken. */
const STACK_MEGABYTES = 16;
/** Charts that a thread keeps: how many, and bytes of their archives. */
const KEPT_CHARTS = 8;
const KEPT_BYTES = 2 * 1024 * 1024;
/** A thread whose heap has grown beyond is let go after its task: V8 gives memory back late. */
const RETIRED_BYTES = 96 * 1024 * 1024;

interface Waiting extends RenderTask {
  resolve(done: { readonly answer: RenderAnswer; readonly milliseconds: number }): void;
  reject(error: Error): void;
}

interface Thread {
  readonly worker: Worker;
  /** Bytes of the charts that it has, least recently used first. */
  readonly charts: Map<string, number>;
  isReady: boolean;
  task: Waiting | undefined;
  /** When the task was begun. */
  began: number;
  /** For the end of the task, or of idleness. */
  timer: NodeJS.Timeout | undefined;
}

export function createRenderPool(options: RenderPoolOptions): RenderPool {
  const threads = new Set<Thread>();
  const queue: Waiting[] = [];
  let isClosed = false;

  function next(): void {
    for (let task = queue[0]; task !== undefined; task = queue[0]) {
      const thread = chooseIdle(threads, task.digest) ?? (threads.size < options.threads ? startThread() : undefined);
      if (thread === undefined) return;
      queue.shift();
      clearTimeout(thread.timer);
      thread.task = task;
      // Keeps the process until it is done.
      thread.worker.ref();
      if (thread.isReady) begin(thread, task);
    }
  }

  function startThread(): Thread {
    const worker = new Worker(options.entry, { execArgv: [], resourceLimits: resourceLimitsOf(options) });
    const thread: Thread = {
      worker,
      charts: new Map(),
      isReady: false,
      task: undefined,
      began: 0,
      timer: undefined,
    };
    threads.add(thread);
    worker.on('message', (message: typeof READY | RenderAnswer) => {
      if (message !== READY) finish(thread, message);
      else {
        thread.isReady = true;
        if (thread.task !== undefined) begin(thread, thread.task);
      }
    });
    worker.on('messageerror', (error) => fail(thread, error));
    worker.on('error', (error) => fail(thread, error));
    worker.on('exit', (code) => fail(thread, new Error(`exit code ${code}`)));
    return thread;
  }

  function begin(thread: Thread, task: Waiting): void {
    thread.began = performance.now();
    thread.timer = setTimeout(() => drop(thread, tooLong(options.seconds)), Math.max(task.milliseconds, 0));
    thread.worker.postMessage(requestOf(thread, task));
  }

  function finish(thread: Thread, answer: RenderAnswer): void {
    const { task } = thread;
    clearTimeout(thread.timer);
    thread.task = undefined;
    task?.resolve({ answer, milliseconds: performance.now() - thread.began });
    if (answer.heapBytes > RETIRED_BYTES) drop(thread);
    else {
      thread.worker.unref();
      thread.timer = setTimeout(() => drop(thread), options.idle).unref();
    }
    next();
  }

  /** A thread that ended by itself. */
  function fail(thread: Thread, error: unknown): void {
    if (!threads.has(thread)) return;
    drop(thread, endOf(error, options));
  }

  /** Ends a thread, and with `error` its task. */
  function drop(thread: Thread, error?: Error): void {
    clearTimeout(thread.timer);
    threads.delete(thread);
    const { task } = thread;
    thread.task = undefined;
    thread.worker.terminate().catch(() => {});
    if (error !== undefined) task?.reject(error);
    if (!isClosed) next();
  }

  return {
    run(task) {
      if (isClosed) return Promise.reject(closed());
      return new Promise((resolve, reject) => {
        queue.push({ ...task, resolve, reject });
        next();
      });
    },
    get size() {
      return threads.size;
    },
    async close() {
      isClosed = true;
      const ends = [...threads].map(({ worker }) => worker.terminate());
      for (const thread of [...threads]) drop(thread, closed());
      for (const task of queue.splice(0)) task.reject(closed());
      await Promise.all(ends);
    },
  };
}

/** One that has the chart, or the one that worked last: the others become idle for long enough to be let go. */
function chooseIdle(threads: ReadonlySet<Thread>, digest: string): Thread | undefined {
  const idle = [...threads].filter(({ task }) => task === undefined);
  return idle.find(({ charts }) => charts.has(digest)) ?? idle.sort((a, b) => b.began - a.began)[0];
}

/** The request to a thread, which keeps the charts that were used last. */
function requestOf({ charts }: Thread, { digest, archive, job }: RenderTask): RenderRequest {
  const isKnown = charts.delete(digest);
  charts.set(digest, archive.byteLength);
  const forget: string[] = [];
  let bytes = [...charts.values()].reduce((sum, each) => sum + each, 0);
  for (const [oldest, size] of charts) {
    if (oldest === digest || (charts.size <= KEPT_CHARTS && bytes <= KEPT_BYTES)) break;
    charts.delete(oldest);
    bytes -= size;
    forget.push(oldest);
  }
  // A copy of its own: cloning a view would send all of the buffer that it is a part of.
  return { digest, forget, job, ...(isKnown ? {} : { archive: new Uint8Array(archive) }) };
}

function resourceLimitsOf({ memory }: RenderPoolOptions): ResourceLimits {
  return { maxOldGenerationSizeMb: memory, maxYoungGenerationSizeMb: 16, stackSizeMb: STACK_MEGABYTES };
}

/** Why a thread ended, for whom it worked. */
function endOf(error: unknown, { memory }: RenderPoolOptions): Error {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new ChartError('RenderFailed', `rendering takes more than ${memory} MiB of memory`);
  }
  const why = error instanceof Error ? error.message : String(error);
  return new ReleaseError('Unavailable', `the thread that renders ended: ${why}`, { cause: error });
}

function tooLong(seconds: number): ChartError {
  return new ChartError('RenderFailed', `rendering takes longer than ${seconds} seconds (--max-render-seconds)`);
}

function closed(): ReleaseError {
  return new ReleaseError('Unavailable', 'the server is closing');
}
