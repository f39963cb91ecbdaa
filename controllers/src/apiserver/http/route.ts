/**
 * What a URL of the API means (apiserver's endpoints/request RequestInfo, v1.34).
 */
export interface ResourceRoute {
  readonly type: 'resource';
  readonly group: string;
  readonly version: string;
  readonly namespace: string;
  readonly resource: string;
  readonly name: string;
  readonly subresource: string;
  /** What follows the subresource (proxy paths). */
  readonly rest: string;
  /** The deprecated `/watch/` prefix. */
  readonly watch: boolean;
}

export type Route =
  | ResourceRoute
  | { readonly type: 'group-version'; readonly group: string; readonly version: string }
  | { readonly type: 'group'; readonly group: string }
  | { readonly type: 'path'; readonly path: string };

/** Subresources of the namespace itself; anything else behind a namespace's name is a resource in it. */
const OF_NAMESPACES = new Set(['status', 'finalize']);

/** Reads a path, without the query. */
export function parseRoute(path: string): Route {
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decodePart);
  const [first, second, third] = parts;
  if (first === 'api' && second !== undefined) return resourceRoute('', second, parts.slice(2));
  if (first === 'apis' && second !== undefined) {
    return third === undefined ? { type: 'group', group: second } : resourceRoute(second, third, parts.slice(3));
  }
  return { type: 'path', path: `/${parts.join('/')}` };
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function resourceRoute(group: string, version: string, given: readonly string[]): Route {
  let parts = given;
  const watch = parts[0] === 'watch';
  if (watch) parts = parts.slice(1);
  if (parts.length === 0) return { type: 'group-version', group, version };
  let namespace = '';
  if (parts[0] === 'namespaces' && parts.length > 2 && !(parts.length === 3 && OF_NAMESPACES.has(parts[2] ?? ''))) {
    namespace = parts[1] ?? '';
    parts = parts.slice(2);
  }
  const [resource = '', name = '', subresource = '', ...rest] = parts;
  return { type: 'resource', group, version, namespace, resource, name, subresource, rest: rest.join('/'), watch };
}
