/**
 * Who asks for what, and may they: the first look at every request (apiserver's endpoints/request/requestinfo.go and
 * endpoints/filters, v1.34).
 */
import type { IncomingMessage } from 'node:http';
import { authenticate, impersonate, type Peer } from '../authentication/authenticate.ts';
import type { UserInfo } from '../authentication/user.ts';
import { type Attributes, forbiddenAccess } from '../authorization/attributes.ts';
import { decide } from '../authorization/authorizer.ts';
import type { Core } from '../core.ts';
import type { ResourceRoute, Route } from './route.ts';

/** The user whose rights count. Throws Unauthorized, Forbidden. */
export function admitRequest(
  core: Core,
  {
    request,
    url,
    route,
    peer,
  }: {
    readonly request: IncomingMessage;
    readonly url: URL;
    readonly route: Route;
    readonly peer: Peer;
  },
): UserInfo {
  const sender = authenticate(core, request.headers, peer);
  const user = asksToImpersonate(request) ? impersonate(core, request.headersDistinct, sender) : sender;
  if (!core.enforcesRbac) return user;
  const attributes = attributesOf(user, { method: request.method ?? 'GET', url, route });
  const { allowed, reason } = decide(core, attributes);
  if (!allowed) throw forbiddenAccess(attributes, reason);
  return user;
}

/** Few requests do: the others are spared the second reading of their headers. */
function asksToImpersonate({ headers }: IncomingMessage): boolean {
  for (const name in headers) if (name.startsWith('impersonate-')) return true;
  return false;
}

const VERBS: Readonly<Record<string, string>> = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

function attributesOf(
  user: UserInfo,
  { method, url, route }: { readonly method: string; readonly url: URL; readonly route: Route },
): Attributes {
  if (route.type !== 'resource') return { user, verb: method.toLowerCase(), path: decodePath(url.pathname) };
  const { group, version, resource, subresource } = route;
  // A namespace is in itself.
  const namespace = group === '' && resource === 'namespaces' ? route.name : route.namespace;
  const { verb, name } = verbOf(method, route, url.searchParams);
  return { user, verb, group, version, resource, subresource, namespace, name };
}

/** As Go has it in URL.Path. */
function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** A get without a name is a list or a watch, which may be of one name by its field selector. */
function verbOf(
  method: string,
  { name, watch }: ResourceRoute,
  query: URLSearchParams,
): { readonly verb: string; readonly name: string } {
  if (watch) return { verb: 'watch', name };
  const verb = VERBS[method] ?? '';
  if (name !== '' || (verb !== 'get' && verb !== 'delete')) return { verb, name };
  if (verb === 'delete') return { verb: 'deletecollection', name };
  const asked = query.get('watch');
  const isWatch = asked !== null && asked !== 'false' && asked !== '0';
  const only = (query.get('fieldSelector') ?? '')
    .split(',')
    .map((term) => /^metadata\.name==?([^=]+)$/.exec(term)?.[1])
    .find((value) => value !== undefined);
  return { verb: isWatch ? 'watch' : 'list', name: only ?? '' };
}
