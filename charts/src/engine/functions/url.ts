/** Functions on URLs: urlParse, urlJoin. Follows Sprig 3.3.0 over net/url of Go 1.26. */
import { kindOf } from '../gotemplate/go-types.ts';
import type { GoValue } from '../gotemplate/go-value.ts';
import { dictionary, NIL_DEREFERENCE, text } from './arguments.ts';
import { FunctionError, type TemplateFunction } from './function.ts';
import { formatUrl, formatUserinfo, hostnameOf, parseUrl, type Url } from './go-url.ts';

/** urlParse, urlJoin. */
export const urlFunctions: readonly TemplateFunction[] = [
  {
    name: 'urlParse',
    parameters: ['string'],
    result: 'map[string]interface {}',
    call: ([value]) => {
      const url = parsed(text(value), 'unable to parse url');
      return new Map<string, GoValue>([
        ['scheme', url.scheme],
        ['host', url.host],
        ['hostname', hostnameOf(url)],
        ['path', url.path],
        ['query', url.query],
        ['opaque', url.opaque],
        ['fragment', url.fragment],
        ['userinfo', url.user === undefined ? '' : formatUserinfo(url.user)],
      ]);
    },
  },
  {
    name: 'urlJoin',
    parameters: ['map[string]interface {}'],
    result: 'string',
    call: ([dict]) => {
      const entries = dictionary(dict) ?? new Map<string, GoValue>();
      const userinfo = part(entries, 'userinfo');
      return formatUrl({
        scheme: part(entries, 'scheme'),
        host: part(entries, 'host'),
        path: part(entries, 'path'),
        rawPath: '',
        query: part(entries, 'query'),
        forcesQuery: false,
        opaque: part(entries, 'opaque'),
        fragment: part(entries, 'fragment'),
        rawFragment: '',
        omitsHost: false,
        user: userinfo === '' ? undefined : parsed(`proto://${userinfo}@host`, 'unable to parse userinfo in dict').user,
      });
    },
  },
];

function parsed(value: string, fault: string): Url {
  const url = parseUrl(value);
  if ('error' in url) throw new FunctionError(`${fault}: ${url.error}`);
  return url;
}

function part(entries: ReadonlyMap<string, GoValue>, key: string): string {
  if (!entries.has(key)) return '';
  const value = entries.get(key);
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) throw new FunctionError(NIL_DEREFERENCE);
  throw new FunctionError(`unable to parse ${key} key, must be of type string, but ${kindOf(value)} found`);
}
