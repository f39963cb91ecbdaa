/**
 * The aggregated discovery document (apiserver's endpoints/discovery/aggregated, v1.34), for clients that ask for it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Core } from '../core.ts';
import { aggregatedDiscovery } from '../discovery.ts';
import { hashOf } from '../openapi/custom-document.ts';
import { type MediaRange, matches } from './negotiate.ts';
import { sendBytes, singleHeader } from './write-answer.ts';

const FORM = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

export interface DiscoveryRequest {
  readonly ranges: readonly MediaRange[];
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Answers where the document comes first in what the client accepts; else false. */
export function answerAggregated(
  core: Core,
  coreGroup: boolean,
  { ranges, request, response }: DiscoveryRequest,
): boolean {
  if (!isAskedFor(ranges)) return false;
  const bytes = Buffer.from(`${JSON.stringify(aggregatedDiscovery(core, coreGroup))}\n`);
  const tag = `"${hashOf(bytes)}"`;
  const headers = { ETag: tag, Vary: 'Accept', 'Cache-Control': 'public' };
  if (singleHeader(request.headers['if-none-match']) === tag) {
    response.writeHead(304, headers);
    response.end();
  } else sendBytes(request, response, { status: 200, bytes, headers: { ...headers, 'Content-Type': FORM } });
  return true;
}

function isAskedFor(ranges: readonly MediaRange[]): boolean {
  for (const { type, parameters } of ranges) {
    if (!matches(type, 'application/json')) continue;
    const [as, group, version] = ['as', 'g', 'v'].map((name) => parameters.get(name));
    if (as === 'APIGroupDiscoveryList' && group === 'apidiscovery.k8s.io' && version === 'v2') return true;
    if (as === undefined && group === undefined && version === undefined) return false;
  }
  return false;
}
