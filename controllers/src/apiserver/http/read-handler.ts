/**
 * GET of resources: objects, lists in pages, watches.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { badRequest, methodNotSupported } from '../../apimachinery/api-errors.ts';
import type { UserInfo } from '../authentication/user.ts';
import type { Core } from '../core.ts';
import { getObject, listStored, parseSelection } from '../verbs/read.ts';
import type { ResourceRequest } from '../verbs/request.ts';
import { getScale } from '../verbs/scale.ts';
import type { Answer } from './answer.ts';
import { listAnswer } from './list-answer.ts';
import type { Accepted } from './negotiate.ts';
import { podLog } from './pod-log.ts';
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
  if (target.name !== '' && !route.watch && query.get('watch') !== 'true' && query.get('watch') !== '1') {
    if (subresource === 'scale') return { status: 200, body: getScale(core, target) };
    if (subresource === 'log' && resource.resource === 'pods') return podLog(core, target, query);
    return { status: 200, body: transformObject(core, resource, accept, getObject(core, target)) };
  }
  if (!resource.verbs.includes('list'))
    throw methodNotSupported({ group: resource.group, resource: resource.resource }, 'list');
  const names = target.name === '' ? '' : `metadata.name=${target.name}`;
  const fields = [query.get('fieldSelector') ?? '', names].filter((part) => part !== '').join(',');
  const selection = parseSelection(resource, query.get('labelSelector') ?? undefined, fields);
  const namespace = resource.namespaced ? target.namespace || undefined : undefined;
  const watching = route.watch || ['true', '1'].includes(query.get('watch') ?? '');
  if (!watching) return pagedList(core, context, target, { selection, namespace });
  if (!resource.verbs.includes('watch'))
    throw methodNotSupported({ group: resource.group, resource: resource.resource }, 'watch');
  const initial = query.get('sendInitialEvents');
  streamWatch(core, response, {
    resource,
    version,
    namespace,
    selection,
    resourceVersion: query.get('resourceVersion') ?? '',
    timeoutSeconds: Number(query.get('timeoutSeconds') ?? DEFAULT_WATCH_SECONDS) || DEFAULT_WATCH_SECONDS,
    bookmarks: ['true', '1'].includes(query.get('allowWatchBookmarks') ?? ''),
    sendInitialEvents: initial === null ? undefined : initial === 'true',
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

function pagedList(
  core: Core,
  { query, accept }: HandlerContext,
  target: ResourceRequest,
  { selection, namespace }: { selection: ReturnType<typeof parseSelection>; namespace: string | undefined },
): Answer {
  const { resource } = target;
  const token = query.get('continue') ?? '';
  const limit = Number(query.get('limit') ?? 0) || 0;
  const from = token === '' ? undefined : parseToken(token);
  const match = query.get('resourceVersionMatch');
  const exact = match === 'Exact' ? Number(query.get('resourceVersion')) : undefined;
  const at = from === undefined ? exact : from.rv;
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

function parseToken(token: string): Continue {
  try {
    const value = JSON.parse(Buffer.from(token, 'base64url').toString()) as Continue;
    if (typeof value.rv === 'number' && typeof value.start === 'string') return value;
  } catch {
    // falls through to the answer for all that is no token
  }
  throw badRequest('continue key is not valid: invalid continue key');
}
