/**
 * url(…) and its methods (the apiserver's pkg/cel/library/urls.go), as Go's net/url reads addresses.
 */
import { structType } from '../types.ts';
import { CelError, CelList, EntryMap, type Value } from '../values.ts';
import type { CelFunction } from './function.ts';
import { opaqueKind } from './opaque-values.ts';

interface Url {
  readonly text: string;
  readonly scheme: string;
  readonly host: string;
  /** As written, with escapes. */
  readonly path: string;
  readonly query: string;
}

export const URL_TYPE = structType('kubernetes.URL');
const URLS = opaqueKind<Url>(URL_TYPE, (a, b) => a.text === b.text);

/** url.ParseRequestURI and url.Parse: the address, or Go's text about what is wrong with it. */
export function parseUrl(text: string): Url | string {
  const fail = (why: string): string => `parse ${JSON.stringify(text)}: ${why}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (/[\x00-\x1f\x7f]/.test(text)) return fail('net/url: invalid control character in URL');
  if (text === '') return fail('empty url');
  const [, scheme = '', afterScheme = ''] = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?([\s\S]*)$/.exec(text) ?? [];
  if (text.startsWith(':')) return fail('missing protocol scheme');
  // A request's address has no fragment of its own; url.Parse cuts it off then.
  const withoutFragment = afterScheme.split('#')[0] ?? '';
  const question = withoutFragment.indexOf('?');
  const query = question < 0 ? '' : withoutFragment.slice(question + 1);
  let rest = question < 0 ? withoutFragment : withoutFragment.slice(0, question);
  if (!rest.startsWith('/')) {
    if (scheme === '') return fail('invalid URI for request');
    return { text, scheme: scheme.toLowerCase(), host: '', path: '', query };
  }
  let host = '';
  if (rest.startsWith('//') && (scheme !== '' || !rest.startsWith('///'))) {
    const [, authority = '', path = ''] = /^\/\/([^/]*)([\s\S]*)$/.exec(rest) ?? [];
    host = authority.slice(authority.lastIndexOf('@') + 1);
    const problem = hostProblem(host);
    if (problem !== undefined) return fail(problem);
    rest = path;
  }
  const badEscape = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(rest);
  if (badEscape !== null) return fail(`invalid URL escape ${JSON.stringify(badEscape[0])}`);
  return { text, scheme: scheme.toLowerCase(), host, path: rest, query };
}

function hostProblem(host: string): string | undefined {
  if (host.startsWith('[') && !host.includes(']')) return "missing ']' in host";
  const after = host.startsWith('[') ? host.slice(host.lastIndexOf(']') + 1) : host.slice(host.lastIndexOf(':'));
  const port = host.startsWith('[') || host.includes(':') ? after : '';
  if (port !== '' && !/^:\d*$/.test(port)) return `invalid port ${JSON.stringify(port)} after host`;
  const bad = /[ "<>\\^`{|}]/.exec(host);
  return bad === null ? undefined : `invalid character ${JSON.stringify(bad[0])} in host name`;
}

/** Path characters that Go escapes when they were written plain. */
function escapedPath(path: string): string {
  return path.replace(/[^A-Za-z0-9\-_.~$&+,/:;=@%!'()*]/gu, (char) => encodeURIComponent(char));
}

function queryMap(query: string): Value {
  const values = new Map<string, string[]>();
  for (const pair of query.split('&')) {
    if (pair === '' || pair.includes(';')) continue;
    const equal = pair.indexOf('=');
    const [key, value] = equal < 0 ? [pair, ''] : [pair.slice(0, equal), pair.slice(equal + 1)];
    const [name, text] = [unescapeQuery(key), unescapeQuery(value)];
    if (name === undefined || text === undefined) continue;
    values.set(name, [...(values.get(name) ?? []), text]);
  }
  return new EntryMap([...values].map(([key, list]) => [key, new CelList(list)] as const));
}

function unescapeQuery(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

function ofUrl(name: string, call: (url: Url) => Value): CelFunction {
  return {
    name,
    call: ([value]) => {
      const url = URLS.read(value);
      return url === undefined ? undefined : call(url);
    },
  };
}

export const URL_FUNCTIONS: readonly CelFunction[] = [
  {
    name: 'url',
    call: ([text]) => {
      if (typeof text !== 'string') return undefined;
      const url = parseUrl(text);
      return typeof url === 'string'
        ? new CelError(`URL parse error during conversion from string: ${url}`)
        : URLS.make(url);
    },
  },
  { name: 'isURL', call: ([text]) => (typeof text === 'string' ? typeof parseUrl(text) !== 'string' : undefined) },
  ofUrl('getScheme', ({ scheme }) => scheme),
  ofUrl('getHost', ({ host }) => host),
  ofUrl('getHostname', ({ host }) => host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1')),
  ofUrl('getPort', ({ host }) => /:(\d*)$/.exec(host)?.[1] ?? ''),
  ofUrl('getEscapedPath', ({ path }) => escapedPath(path)),
  ofUrl('getQuery', ({ query }) => queryMap(query)),
];
