/**
 * URLs taken apart and put together as Go's net/url does, which is not the WHATWG way: nothing is normalized but the
 * case of the scheme, and errors have Go's texts. Follows net/url of Go 1.26.
 */
import { goBytes, goString } from '../gotemplate/bytes.ts';
import { quote } from '../gotemplate/quote.ts';
import { parseIpAddress } from './ip-address.ts';

/** User and password, unescaped. */
export interface Userinfo {
  readonly username: string;
  readonly password: string | undefined;
}

/** The parts of a URL, unescaped but for query and opaque; `raw...` are escaped forms that differ from Go's own. */
export interface Url {
  readonly scheme: string;
  readonly opaque: string;
  readonly user: Userinfo | undefined;
  readonly host: string;
  readonly path: string;
  readonly rawPath: string;
  readonly query: string;
  readonly forcesQuery: boolean;
  readonly fragment: string;
  readonly rawFragment: string;
  readonly omitsHost: boolean;
}

/** url.Parse: the parts, or the text of Go's error. */
export function parseUrl(value: string): Url | { readonly error: string } {
  const hash = value.indexOf('#');
  const front = hash < 0 ? value : value.slice(0, hash);
  const rawFragment = hash < 0 ? '' : value.slice(hash + 1);
  let shown = front;
  try {
    const url = parseFront(front);
    if (rawFragment === '') return url;
    shown = value;
    const fragment = unescapePart(rawFragment, 'fragment');
    return { ...url, fragment, rawFragment: escapePart(fragment, 'fragment') === rawFragment ? '' : rawFragment };
  } catch (error) {
    if (!(error instanceof UrlFault)) throw error;
    return { error: `parse ${quote(shown)}: ${error.message}` };
  }
}

/** URL.String. */
export function formatUrl(url: Url): string {
  let out = url.scheme === '' ? '' : `${url.scheme}:`;
  if (url.opaque !== '') out += url.opaque;
  else {
    const hasAuthority = url.scheme !== '' || url.host !== '' || url.user !== undefined;
    if (hasAuthority && !(url.omitsHost && url.host === '' && url.user === undefined)) {
      if (url.host !== '' || url.path !== '' || url.user !== undefined) out += '//';
      if (url.user !== undefined) out += `${formatUserinfo(url.user)}@`;
      out += escapePart(url.host, 'host');
    }
    const path = chosen(url.path, url.rawPath, 'path');
    if (path !== '' && !path.startsWith('/') && url.host !== '') out += '/';
    // A first segment with a colon would be read as a scheme.
    if (out === '' && (path.split('/')[0] ?? '').includes(':')) out += './';
    out += path;
  }
  if (url.forcesQuery || url.query !== '') out += `?${url.query}`;
  if (url.fragment !== '') out += `#${chosen(url.fragment, url.rawFragment, 'fragment')}`;
  return out;
}

/** Userinfo.String. */
export function formatUserinfo(user: Userinfo): string {
  const name = escapePart(user.username, 'userinfo');
  return user.password === undefined ? name : `${name}:${escapePart(user.password, 'userinfo')}`;
}

/** URL.Hostname: the host without port and brackets. */
export function hostnameOf(url: Url): string {
  let host = url.host;
  const colon = host.lastIndexOf(':');
  if (colon >= 0 && isPort(host.slice(colon))) host = host.slice(0, colon);
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}

class UrlFault extends Error {}

type Part = 'path' | 'host' | 'zone' | 'userinfo' | 'fragment';

const ALWAYS = 'A-Za-z0-9\\-_.~';

/** Bytes that a part may hold as they are. */
const plainBytes: ReadonlyMap<Part, RegExp> = new Map([
  ['path', new RegExp(`[${ALWAYS}$&+,/:;=@]`)],
  ['host', new RegExp(`[${ALWAYS}!$&'()*+,;=:\\[\\]<>"]`)],
  ['zone', new RegExp(`[${ALWAYS}!$&'()*+,;=:\\[\\]<>"]`)],
  ['userinfo', new RegExp(`[${ALWAYS}$&+,;=]`)],
  ['fragment', new RegExp(`[${ALWAYS}$&+,/:;=?@!()*]`)],
]);

function parseFront(value: string): Url {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what Go refuses.
  if (/[\u0000-\u001f\u007f]/.test(value)) throw new UrlFault('net/url: invalid control character in URL');
  const empty: Url = {
    scheme: '',
    opaque: '',
    user: undefined,
    host: '',
    path: '',
    rawPath: '',
    query: '',
    forcesQuery: false,
    fragment: '',
    rawFragment: '',
    omitsHost: false,
  };
  if (value === '*') return { ...empty, path: '*' };
  if (value.startsWith(':')) throw new UrlFault('missing protocol scheme');
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(value)?.[1];
  let rest = scheme === undefined ? value : value.slice(scheme.length + 1);
  const question = rest.indexOf('?');
  const query = question < 0 ? '' : rest.slice(question + 1);
  const forcesQuery = question >= 0 && query === '';
  if (question >= 0) rest = rest.slice(0, question);
  const url = { ...empty, scheme: scheme?.toLowerCase() ?? '', query, forcesQuery };
  if (!rest.startsWith('/')) {
    if (url.scheme !== '') return { ...url, opaque: rest };
    if ((rest.split('/')[0] ?? '').includes(':')) {
      throw new UrlFault('first path segment in URL cannot contain colon');
    }
  }
  let authority: { user: Userinfo | undefined; host: string } = { user: undefined, host: '' };
  if ((url.scheme !== '' || !rest.startsWith('///')) && rest.startsWith('//')) {
    const end = rest.indexOf('/', 2);
    authority = parseAuthority(url.scheme, end < 0 ? rest.slice(2) : rest.slice(2, end));
    rest = end < 0 ? '' : rest.slice(end);
    const path = unescapePart(rest, 'path');
    return { ...url, ...authority, path, rawPath: escapePart(path, 'path') === rest ? '' : rest };
  }
  const path = unescapePart(rest, 'path');
  const omitsHost = url.scheme !== '' && rest.startsWith('/');
  return { ...url, path, rawPath: escapePart(path, 'path') === rest ? '' : rest, omitsHost };
}

function parseAuthority(scheme: string, authority: string): { user: Userinfo | undefined; host: string } {
  const at = authority.lastIndexOf('@');
  const host = parseHost(scheme, authority.slice(at + 1));
  if (at < 0) return { user: undefined, host };
  const userinfo = authority.slice(0, at);
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(userinfo)) throw new UrlFault('net/url: invalid userinfo');
  const colon = userinfo.indexOf(':');
  if (colon < 0) return { user: { username: unescapePart(userinfo, 'userinfo'), password: undefined }, host };
  const username = unescapePart(userinfo.slice(0, colon), 'userinfo');
  return { user: { username, password: unescapePart(userinfo.slice(colon + 1), 'userinfo') }, host };
}

function parseHost(scheme: string, host: string): string {
  const open = host.lastIndexOf('[');
  if (open > 0) throw new UrlFault('invalid IP-literal');
  if (open === 0) return parseBracketed(host);
  const colon = host.indexOf(':');
  if (colon >= 0) {
    // Only http is strict about more colons: databases list hosts with ports.
    const port = host.slice(scheme === 'http' || scheme === 'https' ? colon : host.lastIndexOf(':'));
    if (!isPort(port)) throw new UrlFault(`invalid port ${quote(port)} after host`);
  }
  return unescapePart(host, 'host');
}

function parseBracketed(host: string): string {
  const close = host.lastIndexOf(']');
  if (close < 0) throw new UrlFault("missing ']' in host");
  const port = host.slice(close + 1);
  if (!isPort(port)) throw new UrlFault(`invalid port ${quote(port)} after host`);
  const literal = host.slice(1, close);
  const zone = literal.indexOf('%25');
  const name =
    zone < 0
      ? unescapePart(literal, 'host')
      : unescapePart(literal.slice(0, zone), 'host') + unescapePart(literal.slice(zone), 'zone');
  const address = parseIpAddress(name);
  if ('error' in address) throw new UrlFault(`invalid host: ${address.error}`);
  if (address.bytes.length === 4) throw new UrlFault('invalid IP-literal');
  return `[${name}]${port}`;
}

function isPort(port: string): boolean {
  return port === '' || /^:[0-9]*$/.test(port);
}

function unescapePart(value: string, part: Part): string {
  const isHost = part === 'host' || part === 'zone';
  for (let i = 0; i < value.length; i++) {
    const char = value.charAt(i);
    if (char === '%') {
      checkEscape(escapeAt(value, i), part);
      i += 2;
    } else if (isHost && char < '\x80' && plainBytes.get(part)?.test(char) === false) {
      throw new UrlFault(`invalid character ${quote(char)} in host name`);
    }
  }
  if (!value.includes('%')) return value;
  const bytes = goBytes(value);
  const out: number[] = [];
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] === 0x25) {
      out.push(Number.parseInt(String.fromCharCode(bytes[i + 1] ?? 0, bytes[i + 2] ?? 0), 16));
      i += 2;
    } else out.push(bytes[i] ?? 0);
  }
  return goString(Uint8Array.from(out));
}

/** The three bytes that Go takes for the escape, or what there is of them. */
function escapeAt(value: string, index: number): string {
  return goString(goBytes(value.slice(index, index + 3)).slice(0, 3));
}

function checkEscape(escaped: string, part: Part): void {
  const fault = () => new UrlFault(`invalid URL escape ${quote(escaped)}`);
  if (!/^%[0-9a-fA-F]{2}$/.test(escaped)) throw fault();
  const byte = Number.parseInt(escaped.slice(1), 16);
  if (escaped === '%25') return;
  // A host may only escape what is not ASCII; a zone only what a host may hold, and spaces.
  if (part === 'host' && byte < 0x80) throw fault();
  if (part === 'zone' && byte !== 0x20 && !isPlain(byte, 'host')) throw fault();
}

function escapePart(value: string, part: Part): string {
  let out = '';
  for (const byte of goBytes(value)) {
    out += isPlain(byte, part) ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

function isPlain(byte: number, part: Part): boolean {
  return byte < 0x80 && (plainBytes.get(part)?.test(String.fromCharCode(byte)) ?? false);
}

/** The escaped form that was given, if it is one of the text; else Go's own. */
function chosen(value: string, raw: string, part: 'path' | 'fragment'): string {
  if (raw !== '' && isValidEncoded(raw, part)) return raw;
  return part === 'path' && value === '*' ? '*' : escapePart(value, part);
}

function isValidEncoded(raw: string, part: 'path' | 'fragment'): boolean {
  return Array.from(goBytes(raw)).every(
    (byte) => isPlain(byte, part) || "!$&'()*+,;=:@[]%".includes(String.fromCharCode(byte)),
  );
}
