/** The renderer of a server: its threads do the work, and the server answers others meanwhile. */
import { availableParallelism } from 'node:os';
import { packValues } from '@drydock/charts';
import type { Renderer, RenderJob } from '../releases/renderer.ts';
import { receiveError, type SentJob } from './render-messages.ts';
import { createRenderPool } from './render-pool.ts';

export interface WorkerRendererOptions {
  /** How long the renders of one operation may take together. */
  readonly seconds: number;
  /** Default: one for each processor, at most 4. */
  readonly threads?: number;
  /** MiB of heap for a thread; default 512. */
  readonly memory?: number;
  /** The built script of a thread; default: the one beside this. */
  readonly entry?: URL;
}

export interface WorkerRenderer extends Renderer {
  close(): Promise<void>;
}

/** Beside this both where tsc puts it and in the bundle. */
const ENTRY = new URL('./render-worker.js', import.meta.url);
const MOST_THREADS = 4;
const MEMORY = 512;
const IDLE = 30_000;

export function createWorkerRenderer(options: WorkerRendererOptions): WorkerRenderer {
  const pool = createRenderPool({
    entry: options.entry ?? ENTRY,
    threads: options.threads ?? Math.min(availableParallelism(), MOST_THREADS),
    seconds: options.seconds,
    memory: options.memory ?? MEMORY,
    idle: IDLE,
  });
  return {
    start({ archive, digest }) {
      let left = options.seconds * 1000;
      return {
        async attempt(job) {
          const { answer, milliseconds } = await pool.run({ archive, digest, job: sentJob(job), milliseconds: left });
          left -= milliseconds;
          if ('error' in answer.outcome) throw receiveError(answer.outcome.error);
          return answer.outcome.attempt;
        },
      };
    },
    close: () => pool.close(),
  };
}

function sentJob({ values, defaults, ...job }: RenderJob): SentJob {
  return { ...job, values: packValues(values), defaults: defaults === undefined ? undefined : packValues(defaults) };
}
