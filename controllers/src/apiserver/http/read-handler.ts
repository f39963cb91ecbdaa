/**
 * GET of resources: objects, lists in pages, watches.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { badRequest, methodNotSupported } from '../../apimachinery/api-errors.ts';
import { isObject } from '../../apimachinery/json.ts';
import { ApiError } from '../../apimachinery/status.ts';
import type { UserInfo } from '../authentication/user.ts';
import type { Core } from '../core.ts';
import { getObject, listStored, parseSelection } from '../verbs/read.ts';
import type { ResourceRequest } from '../verbs/request.ts';
import { getScale } from '../verbs/scale.ts';
import type { Answer } from './answer.ts';
import { jsonProblem } from './json-syntax.ts';
import { listAnswer } from './list-answer.ts';
import type { Accepted } from './negotiate.ts';
import { booleanOption, checkRevision, type ListOptions, listOptions, notAllowed, revisionProblem } from './options.ts';
import { podLog } from './pod-log.ts';
import { proxyAnswer } from './proxy.ts';
import type { ResourceRoute } from './route.ts';
import { transformObject } from './transform.ts';
import { streamWatch } from './watch-stream.ts';

const DEFAULT_WATCH_SECONDS = 1800;

export interface HandlerContext {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly route: ResourceRoute;
  readonly query: URLSearchParams;
  readonly accept: Accepted;
  readonly user: UserInfo;
}

/** Undefined where a watch is under way. */
export function readResource(core: Core, context: HandlerContext, target: ResourceRequest): Answer | undefined {
  const { query, accept, response, route } = context;
  const { resource, version, subresource } = target;
  const isWatch = route.watch || booleanOption(query, 'watch') === true;
  if (target.name !== '' && !isWatch) {
    if (subresource === 'scale') return { status: 200, body: getScale(core, target) };
    const proxied = proxyAnswer(core, target, route.rest);
    if (proxied !== undefined) return proxied;
    if (subresource === 'log' && resource.resource === 'pods') return podLog(core, target, context);
    const problem = revisionProblem(query.get('resourceVersion') ?? '');
    if (problem !== undefined) throw new ApiError('Unknown', problem);
    return { status: 200, body: transformObject(core, resource, accept, getObject(core, target)) };
  }
  if (!resource.verbs.includes('list')) throw notAllowed();
  const options = listOptions(query, isWatch);
  const names = target.name === '' ? '' : `metadata.name=${target.name}`;
  const fields = [query.get('fieldSelector') ?? '', names].filter((part) => part !== '').join(',');
  const selection = parseSelection(resource, query.get('labelSelector') ?? undefined, fields);
  const namespace = resource.namespaced ? target.namespace || undefined : undefined;
  if (!isWatch) return pagedList(core, context, target, { selection, namespace, options });
  const problem = revisionProblem(options.resourceVersion);
  if (problem !== undefined) throw new ApiError('Unknown', problem);
  if (!resource.verbs.includes('watch'))
    throw methodNotSupported({ group: resource.group, resource: resource.resource }, 'watch');
  streamWatch(core, response, {
    resource,
    version,
    namespace,
    selection,
    resourceVersion: options.resourceVersion,
    timeoutSeconds: Math.max(0, options.timeoutSeconds ?? 0) || DEFAULT_WATCH_SECONDS,
    bookmarks: options.allowWatchBookmarks,
    sendInitialEvents: options.sendInitialEvents,
    isProtobuf: accept.type === 'application/vnd.kubernetes.protobuf',
    transform:
      accept.as === undefined
        ? undefined
        : (object, first) =>
            transformObject(core, resource, accept, object, {
              headers: first,
              include: query.get('includeObject') ?? undefined,
            }),
  });
  return undefined;
}

interface Continue {
  readonly v: string;
  readonly rv: number;
  readonly start: string;
}

interface ListRequest {
  readonly selection: ReturnType<typeof parseSelection>;
  readonly namespace: string | undefined;
  readonly options: ListOptions;
}

function pagedList(
  core: Core,
  { query, accept }: HandlerContext,
  target: ResourceRequest,
  { selection, namespace, options }: ListRequest,
): Answer {
  const { resource } = target;
  const { limit, resourceVersionMatch: match } = options;
  const from = options.continue === '' ? undefined : parseToken(options.continue);
  const asked = revisionOf(options, from !== undefined);
  checkRevision(asked ?? 0, core.store.revision);
  // A page of a revision is of that very one, unless said otherwise.
  const isExact = match === 'Exact' || (match === '' && limit > 0 && asked !== undefined && asked > 0);
  const at = from === undefined ? (isExact ? asked : undefined) : from.rv;
  const revision = at ?? core.store.revision;
  const where = { selection, ...(namespace === undefined ? {} : { namespace }) };
  const stored = listStored(core, resource, at === undefined ? where : { ...where, at });
  const begin = from === undefined ? 0 : stored.findIndex(({ key }) => key > from.start);
  const rest = begin < 0 ? [] : stored.slice(begin);
  const page = limit > 0 ? rest.slice(0, limit) : rest;
  const left = rest.length - page.length;
  const last = page.at(-1);
  const next =
    left > 0 && last !== undefined
      ? Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: last.key })).toString('base64url')
      : undefined;
  return {
    status: 200,
    body: listAnswer(
      core,
      target,
      page.map(({ object }) => object),
      {
        accept,
        revision,
        include: query.get('includeObject') ?? undefined,
        ...(next === undefined ? {} : { continue: next }),
        ...(next !== undefined && selection.labels === undefined && selection.fields.length === 0
          ? { remaining: left }
          : {}),
      },
    ),
  };
}

/** The revision that a list is to be of, or not older than. */
function revisionOf({ resourceVersion }: ListOptions, hasToken: boolean): number | undefined {
  const problem = revisionProblem(resourceVersion);
  if (problem !== undefined && !hasToken) throw badRequest(`invalid resource version: ${problem}`);
  return resourceVersion === '' || hasToken ? undefined : Number(resourceVersion);
}

function parseToken(token: string): Continue {
  const bad = token.search(/[^A-Za-z0-9_-]/);
  const illegal = bad >= 0 ? bad : token.length % 4 === 1 ? token.length - 1 : -1;
  if (illegal >= 0) throw invalidToken(`illegal base64 data at input byte ${illegal}`);
  const text = Buffer.from(token, 'base64url').toString();
  const problem = jsonProblem(text);
  if (problem !== undefined) throw invalidToken(problem);
  const value: unknown = JSON.parse(text);
  if (isContinue(value)) return value;
  throw invalidToken('incorrect encoded start key');
}

function isContinue(value: unknown): value is Continue {
  return isObject(value) && typeof value.rv === 'number' && typeof value.start === 'string';
}

function invalidToken(detail: string): Error {
  return badRequest(`invalid continue token: continue key is not valid: ${detail}`);
}
