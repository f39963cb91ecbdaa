/** The code of a thread that renders: one request after another, each answered once. Keeps the charts that it was sent. */
import { getHeapStatistics } from 'node:v8';
import { parentPort } from 'node:worker_threads';
import { type Chart, createTemplateCache, loadArchive, type TemplateCache, unpackValues } from '@drydock/charts';
import { attemptRender } from '../releases/render-attempt.ts';
import type { RenderAttempt } from '../releases/renderer.ts';
import { READY, type RenderAnswer, type RenderRequest, sendError } from './render-messages.ts';

interface KnownChart {
  readonly archive: Uint8Array;
  loaded?: { readonly chart: Chart; readonly cache: TemplateCache };
}

const charts = new Map<string, KnownChart>();

function render({ digest, archive, forget, job }: RenderRequest): RenderAttempt {
  for (const each of forget) charts.delete(each);
  if (archive !== undefined) charts.set(digest, { archive });
  const known = charts.get(digest);
  if (known === undefined) throw new Error(`the chart ${digest} was never sent`);
  // One set of templates for each language.
  known.loaded ??= { chart: loadArchive(known.archive), cache: createTemplateCache({ capacity: 2 }) };
  const { chart, cache } = known.loaded;
  const { defaults, values, ...rest } = job;
  const unpacked = {
    ...rest,
    defaults: defaults === undefined ? undefined : unpackValues(defaults),
    values: unpackValues(values),
  };
  return attemptRender(chart, unpacked, cache);
}

function answer(outcome: RenderAnswer['outcome']): void {
  const { total_heap_size, external_memory } = getHeapStatistics();
  const message: RenderAnswer = { outcome, heapBytes: total_heap_size + external_memory };
  parentPort?.postMessage(message);
}

parentPort?.on('message', (request: RenderRequest) => {
  try {
    answer({ attempt: render(request) });
  } catch (error) {
    answer({ error: sendError(error) });
  }
});
parentPort?.postMessage(READY);
