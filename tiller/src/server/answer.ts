/**
 * How an operation is answered: as one JSON body when it is over, or, for `Accept: application/x-ndjson`, as lines while
 * it runs. A client that goes away does not stop an operation: half-done is worse than unwatched.
 */
import type { Request, Response } from 'express';
import { OnlyRendered } from '../releases/post-render.ts';
import type { Observe } from '../releases/progress.ts';
import type { RenderedAnswer, StreamLine } from './api.ts';
import { objectAnswer } from './details.ts';
import { answerError } from './errors.ts';

export async function answerOperation(
  exchange: { readonly request: Request; readonly response: Response; readonly status?: number },
  run: (observe: Observe | undefined) => Promise<unknown>,
): Promise<void> {
  const { request, response } = exchange;
  if (!(request.headers.accept ?? '').includes('application/x-ndjson')) {
    const result = await runOrRender(() => run(undefined));
    response.status(exchange.status ?? 200).json(result);
    return;
  }
  response.status(200).setHeader('Content-Type', 'application/x-ndjson');
  const write = (line: StreamLine) => {
    if (!response.destroyed) response.write(`${JSON.stringify(line)}\n`);
  };
  try {
    const observe: Observe = (progress) => {
      const object = progress.object === undefined ? {} : { object: objectAnswer(progress.object) };
      write({ type: 'progress', progress: { ...progress, ...object } });
    };
    const result = await runOrRender(() => run(observe));
    write({ type: 'result', result });
  } catch (error) {
    write({ type: 'error', error: answerError(error).body });
  }
  response.end();
}

/** A first request with a post-renderer is answered with what was rendered. */
async function runOrRender(run: () => Promise<unknown>): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof OnlyRendered)) throw error;
    const answer: RenderedAnswer = { rendered: error.rendered };
    return answer;
  }
}
