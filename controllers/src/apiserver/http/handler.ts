/**
 * Kubernetes' HTTP API as a plain handler of node's http types; whoever mounts it strips the prefix of the path. It reads
 * the request, calls a verb and writes what comes back; all rules are the verbs'.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError } from '../../apimachinery/status.ts';
import { type RemoteGroupVersion, remoteGroupVersion } from '../aggregation/remote-services.ts';
import type { ApiServer } from '../apiserver.ts';
import { OWNER, type Peer } from '../authentication/authenticate.ts';
import { ISSUER } from '../authentication/service-account-tokens.ts';
import type { Core } from '../core.ts';
import { coreVersions, groupList, groupOf, isBuiltInGroup, isServed, resourceList } from '../discovery.ts';
import { admitRequest } from './access.ts';
import type { Answer } from './answer.ts';
import { answerAggregated } from './discovery-handler.ts';
import { HEALTH_PATHS, healthText } from './health.ts';
import { type Accepted, ALL_TYPES, type MediaRange, negotiate, PLAIN, parseAccept } from './negotiate.ts';
import { answerOpenApi } from './openapi-handler.ts';
import { handleResource } from './resource-handler.ts';
import { parseRoute, type ResourceRoute, type Route } from './route.ts';
import { send, sendError, sendText, singleHeader } from './write-answer.ts';

/** `peer` is what is known of the sender by the way that the request came; default: its owner. */
export type HttpHandler = (request: IncomingMessage, response: ServerResponse, peer?: Peer) => void;

export interface HttpOptions {
  /** What /version says. Default v1.34.2. */
  readonly gitVersion?: string;
}

/** The handler of one cluster. */
export function createHttpHandler(server: ApiServer, options: HttpOptions = {}): HttpHandler {
  return (request, response, peer = OWNER) => {
    handle(server, options, { request, response, peer }).catch((error: unknown) => {
      if (!response.headersSent) sendError(request, response, error, formOfErrors(request));
      else response.destroy();
    });
  };
}

/** Errors go out in the form that the client asked for, or as JSON where that can't be. */
function formOfErrors(request: IncomingMessage): Accepted {
  try {
    return negotiate(parseAccept(singleHeader(request.headers.accept)), { types: ALL_TYPES, transforms: [] });
  } catch {
    return PLAIN;
  }
}

/** A plain text answer. */
interface TextAnswer {
  readonly status: number;
  readonly text: string;
}

/** What goes out, and in which form. */
interface FormedAnswer {
  readonly answer: Answer;
  readonly accept: Accepted;
}

const NOT_FOUND: TextAnswer = { status: 404, text: '404 page not found\n' };

async function handle(
  server: ApiServer,
  options: HttpOptions,
  { request, response, peer }: { request: IncomingMessage; response: ServerResponse; peer: Peer },
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://cluster');
  const ranges = parseAccept(singleHeader(request.headers.accept));
  const answer = await answerOf(server, options, { url, ranges, request, response, peer });
  if (answer === undefined) return;
  if ('text' in answer) sendText(response, answer.status, answer.text);
  else send(request, response, answer.answer, answer.accept);
}

interface ParsedRequest {
  readonly url: URL;
  readonly ranges: readonly MediaRange[];
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly peer: Peer;
}

/** Undefined where the response is already under way. */
async function answerOf(
  server: ApiServer,
  options: HttpOptions,
  parsed: ParsedRequest,
): Promise<FormedAnswer | TextAnswer | undefined> {
  const { url, ranges, request, response, peer } = parsed;
  const { core } = server;
  const route = parseRoute(url.pathname);
  const user = admitRequest(core, { request, url, route, peer });
  if (route.type === 'path') return pathAnswer(server, options, route.path, parsed);
  const remote = remoteOf(core, route);
  if (remote?.isAvailable === false) return { status: 503, text: 'service unavailable\n' };
  if (route.type === 'resource') {
    if (!isRouted(core, route, request.method ?? 'GET')) return NOT_FOUND;
    return handleResource(core, { request, response, route, query: url.searchParams, ranges, user });
  }
  const document = route.type === 'group' ? groupOf(core, route.group) : resourceList(core, route.group, route.version);
  if (document !== undefined) return formed(ranges, { status: 200, body: document });
  if (route.type === 'group' || !isBuiltInGroup(route.group)) return NOT_FOUND;
  throw new ApiError('NotFound', 'the server could not find the requested resource', {});
}

/** The server of others that a route belongs to, if the cluster does not serve it itself. */
function remoteOf(core: ApiServer['core'], route: Route): RemoteGroupVersion | undefined {
  if (route.type !== 'resource' && route.type !== 'group-version') return undefined;
  const { group, version } = route;
  return isServed(core, group, version) ? undefined : remoteGroupVersion(core, group, version);
}

/** What is not there gets a Status in a group of Kubernetes' own; the handler of custom resources knows nothing of it. */
function isRouted(core: ApiServer['core'], route: ResourceRoute, method: string): boolean {
  if (isBuiltInGroup(route.group)) return true;
  const resource = core.resources.lookup(route.group, route.version, route.resource);
  if (resource === undefined) return false;
  const isOfAll = resource.namespaced && route.namespace === '';
  return !isOfAll || (route.name === '' && ['GET', 'HEAD'].includes(method));
}

/** A document that is served in every form. Throws NotAcceptable. */
function formed(ranges: readonly MediaRange[], answer: Answer, types = ALL_TYPES): FormedAnswer {
  return { answer, accept: negotiate(ranges, { types, transforms: [], representations: types }) };
}

async function pathAnswer(
  server: ApiServer,
  options: HttpOptions,
  path: string,
  { ranges, request, response, url }: ParsedRequest,
): Promise<FormedAnswer | TextAnswer | undefined> {
  const { core } = server;
  if (path === '/api' || path === '/apis') {
    if (answerAggregated(core, path === '/api', { ranges, request, response })) return undefined;
    return formed(ranges, {
      status: 200,
      body: path === '/api' ? coreVersions(request.headers.host ?? '') : groupList(core),
    });
  }
  if (path === '/version') {
    return formed(ranges, { status: 200, body: versionInfo(options.gitVersion ?? 'v1.34.2') }, ['application/json']);
  }
  if (path === '/.well-known/openid-configuration') {
    return formed(ranges, { status: 200, body: issuerDocument(core, request) }, ['application/json']);
  }
  if (path === '/openid/v1/jwks') {
    const headers = { 'Content-Type': 'application/jwk-set+json' };
    return formed(ranges, { status: 200, body: core.authority.keySet, headers }, ['application/json']);
  }
  if (HEALTH_PATHS.has(path)) return { status: 200, text: healthText(path, url.searchParams) };
  if (path === '/openapi/v2' || path === '/openapi/v3' || path.startsWith('/openapi/v3/')) {
    await answerOpenApi(core, path, { ranges, request, response, hash: url.searchParams.get('hash') ?? '' });
    return undefined;
  }
  if (path === '/') return formed(ranges, { status: 200, body: { paths: knownPaths(core) } }, ['application/json']);
  return NOT_FOUND;
}

/** What a person finds at the root. */
function knownPaths(core: ApiServer['core']): readonly string[] {
  const groups = core.resources.groups().flatMap(({ group, versions }) => {
    const root = group === '' ? '/api' : `/apis/${group}`;
    return [root, ...versions.map((version) => `${root}/${version}`)];
  });
  return [...new Set([...groups, '/apis', ...HEALTH_PATHS, '/openapi/v2', '/openapi/v3', '/version'])].sort();
}

/** Who issues the tokens of service accounts, for those who check them elsewhere (OpenID Connect Discovery). */
function issuerDocument({ authority }: Core, request: IncomingMessage): object {
  return {
    issuer: ISSUER,
    jwks_uri: `https://${request.headers.host ?? ''}/openid/v1/jwks`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [authority.tokenAlgorithm],
  };
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
