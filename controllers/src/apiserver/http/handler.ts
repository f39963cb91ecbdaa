/**
 * Kubernetes' HTTP API as a plain handler of node's http types; whoever mounts it strips the prefix of the path. It reads
 * the request, calls a verb and writes what comes back; all rules are the verbs'.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { stringify as stringifyYaml } from 'yaml';
import { ApiError } from '../../apimachinery/status.ts';
import type { ApiServer } from '../apiserver.ts';
import { aggregatedDiscovery, coreVersions, groupList, groupOf, isKnownGroup, resourceList } from '../discovery.ts';
import { openApiV2, openApiV3Document, openApiV3Index } from '../openapi.ts';
import type { Answer } from './answer.ts';
import { type Accepted, negotiate } from './negotiate.ts';
import { handleResource } from './resource-handler.ts';
import { parseRoute } from './route.ts';

export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => void;

export interface HttpOptions {
  /** What /version says. Default v1.34.2. */
  readonly gitVersion?: string;
}

const HEALTH = new Set([
  '/healthz',
  '/livez',
  '/readyz',
  '/healthz/ping',
  '/livez/ping',
  '/readyz/ping',
  '/healthz/etcd',
]);

/** The handler of one cluster. */
export function createHttpHandler(server: ApiServer, options: HttpOptions = {}): HttpHandler {
  return (request, response) => {
    handle(server, options, request, response).catch((error: unknown) => {
      if (!response.headersSent) sendError(request, response, error);
      else response.destroy();
    });
  };
}

/** A plain text answer. */
interface TextAnswer {
  readonly status: number;
  readonly text: string;
}

const NOT_FOUND: TextAnswer = { status: 404, text: '404 page not found\n' };

async function handle(
  server: ApiServer,
  options: HttpOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://cluster');
  const accept = negotiate(singleHeader(request.headers.accept));
  const answer = await answerOf(server, options, { url, accept, request, response });
  if (answer === undefined) return;
  if ('text' in answer) sendText(response, answer.status, answer.text);
  else send(response, answer, accept);
}

interface ParsedRequest {
  readonly url: URL;
  readonly accept: Accepted;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Undefined where the response is already under way. */
async function answerOf(
  server: ApiServer,
  options: HttpOptions,
  parsed: ParsedRequest,
): Promise<Answer | TextAnswer | undefined> {
  const { url, accept, request, response } = parsed;
  const { core } = server;
  const route = parseRoute(url.pathname);
  if (route.type === 'path') return pathAnswer(server, options, route.path, parsed);
  if (route.type === 'resource') {
    if (!isKnownGroup(core, route.group)) return NOT_FOUND;
    return handleResource(core, { request, response, route, query: url.searchParams, accept });
  }
  const document = route.type === 'group' ? groupOf(core, route.group) : resourceList(core, route.group, route.version);
  return document === undefined ? NOT_FOUND : { status: 200, body: document };
}

function pathAnswer(
  server: ApiServer,
  options: HttpOptions,
  path: string,
  { accept, request }: ParsedRequest,
): Answer | TextAnswer {
  const { core } = server;
  if (path === '/api' || path === '/apis') {
    if (accept.as === 'APIGroupDiscoveryList') {
      const version = accept.version ?? 'v2';
      const type = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
      const body = { ...aggregatedDiscovery(core, path === '/api'), apiVersion: `apidiscovery.k8s.io/${version}` };
      return { status: 200, body, headers: { 'Content-Type': type, Vary: 'Accept' } };
    }
    const body = path === '/api' ? coreVersions(request.headers.host ?? '') : groupList(core);
    return { status: 200, body, headers: { Vary: 'Accept' } };
  }
  if (path === '/version') return { status: 200, body: versionInfo(options.gitVersion ?? 'v1.34.2') };
  if (HEALTH.has(path)) return { status: 200, text: 'ok' };
  if (path === '/openapi/v3') return { status: 200, body: openApiV3Index(core) };
  if (path === '/openapi/v2') return { status: 200, body: openApiV2(core) };
  if (path.startsWith('/openapi/v3/')) {
    const document = openApiV3Document(core, path.slice('/openapi/v3/'.length));
    return document === undefined ? NOT_FOUND : { status: 200, body: document };
  }
  if (path === '/') return { status: 200, body: { paths: ['/api', '/apis', '/healthz', '/openapi/v3', '/version'] } };
  return NOT_FOUND;
}

function versionInfo(gitVersion: string): object {
  const [major = '1', minor = '34'] = gitVersion.slice(1).split('.');
  return {
    major,
    minor,
    emulationMajor: major,
    emulationMinor: minor,
    minCompatibilityMajor: major,
    minCompatibilityMinor: String(Number(minor) - 1),
    gitVersion,
    gitCommit: '8cc511e399b929453cd98ae65b419c3cc227ec79',
    gitTreeState: 'clean',
    buildDate: '2025-11-11T19:04:16Z',
    goVersion: 'go1.24.9',
    compiler: 'gc',
    platform: 'linux/amd64',
  };
}

export function singleHeader(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' || value === undefined ? value : value.join(',');
}

export function send(response: ServerResponse, { status, body, headers = {} }: Answer, accept: Accepted): void {
  const text =
    typeof body === 'string'
      ? body
      : accept.type === 'application/yaml'
        ? stringifyYaml(body)
        : `${JSON.stringify(body)}\n`;
  const bytes = Buffer.from(text);
  response.writeHead(status, {
    'Content-Type': accept.type,
    'Cache-Control': 'no-cache, private',
    'Content-Length': bytes.length,
    ...headers,
  });
  response.end(bytes);
}

export function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' });
  response.end(text);
}

function sendError(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  const failure =
    error instanceof ApiError
      ? error
      : new ApiError(
          'InternalError',
          `Internal error occurred: ${error instanceof Error ? error.message : String(error)}`,
        );
  const retry = failure.details?.retryAfterSeconds;
  // What is left of a body that was too large is not read.
  const close = failure.reason === 'RequestEntityTooLarge' && !request.complete;
  send(
    response,
    {
      status: failure.code,
      body: failure.toStatus(),
      headers: {
        ...(retry === undefined ? {} : { 'Retry-After': String(retry) }),
        ...(close ? { Connection: 'close' } : {}),
      },
    },
    { type: 'application/json', as: undefined, group: undefined, version: undefined },
  );
}
