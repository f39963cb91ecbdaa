/**
 * What Helm's lint takes for a mail address and a URL: govalidator's IsEmail, IsURL and IsRequestURL, as RE2 patterns,
 * so that no text can make one run away.
 */
import { parseUrl } from '../engine/functions/go-url.ts';
import { re2Module } from '../engine/functions/lazy-modules.ts';
import { byteLength, runeCount } from '../engine/gotemplate/bytes.ts';

const UNICODE = '\\x{00A0}-\\x{D7FF}\\x{F900}-\\x{FDCF}\\x{FDF0}-\\x{FFEF}';
const ATOM = `[a-zA-Z0-9!#$%&'*+\\-/=?^_\`{|}~${UNICODE}]+`;
const FOLD = '(?:(?:[ \\t]*\\r\\n)?[ \\t]+)?';
const TEXT = `[\\x01-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f\\x21\\x23-\\x5b\\x5d-\\x7e${UNICODE}]`;
const ESCAPED = `\\([\\x01-\\x09\\x0b\\x0c\\x0d-\\x7f]|[${UNICODE}]`;
// As upstream has it, which wants a quotation mark before each character.
const QUOTED = `(?:"${FOLD}(?:${TEXT}|${ESCAPED}))*${FOLD}"`;
const LETTER = `[a-zA-Z${UNICODE}]`;
const ALNUM = `[a-zA-Z0-9${UNICODE}]`;
const LABEL = `(?:${ALNUM}|${ALNUM}[a-zA-Z0-9\\-._~${UNICODE}]*${ALNUM})`;
const TOP = `(?:${LETTER}|${LETTER}[a-zA-Z0-9\\-_~${UNICODE}]*${LETTER})`;
const MAIL = `^(?:${ATOM}(?:\\.${ATOM})*|${QUOTED})@(?:${LABEL}\\.)+${TOP}\\.?$`;

const BYTE = '(?:25[0-5]|(?:2[0-4]|1?[0-9])?[0-9])';
const V4 = `(?:${BYTE}\\.){3}${BYTE}`;
const HEX = '[0-9a-fA-F]{1,4}';
const V6 = [
  `(?:${HEX}:){7}${HEX}`,
  `(?:${HEX}:){1,7}:`,
  ...[1, 2, 3, 4, 5, 6].map((after) => `(?:${HEX}:){1,${7 - after}}(?::${HEX}){1,${after}}`),
  `:(?:(?::${HEX}){1,7}|:)`,
  'fe80:(?::[0-9a-fA-F]{0,4}){0,4}%[0-9a-zA-Z]+',
  `::(?:ffff(?::0{1,4})?:)?${V4}`,
  `(?:${HEX}:){1,4}:${V4}`,
].join('|');
const FIRST = '(?:[1-9]\\d?|1\\d\\d|2[01]\\d|22[0-3]|24\\d|25[0-5])';
const NEXT = '(?:\\d{1,2}|1\\d\\d|2[0-4]\\d|25[0-5])';
const LAST = '(?:[0-9]\\d?|1\\d\\d|2[0-4]\\d|25[0-5])';
const WORD = '[a-zA-Z\\x{00a1}-\\x{ffff}0-9]';
const SUBDOMAIN = '(?:www\\.|[a-zA-Z0-9]+(?:[-_.]?[a-zA-Z0-9])*[a-zA-Z0-9]\\.[a-zA-Z0-9]+)';
const HYPHENATED = '[a-zA-Z0-9](?:[a-zA-Z0-9\\-_]+)?[a-zA-Z0-9](?:[-.][a-zA-Z0-9]+)*';
const NAME = `(?:${HYPHENATED}|${SUBDOMAIN}?)?(?:${WORD}+-?-?)*${WORD}+(?:\\.[a-zA-Z\\x{00a1}-\\x{ffff}]+)?`;
const HOST = `(?:${FIRST}(?:\\.${NEXT}){2}\\.${LAST}|\\[(?:${V6})\\]|${NAME})`;
const URL = `^(?:(?:ftp|tcp|udp|wss?|https?)://)?(?:\\S+(?::\\S*)?@)?${HOST}\\.?(?::\\d{1,5})?(?:[/?#]\\S*)?$`;

/** IsEmail. */
export function isMail(text: string): boolean {
  return matches(MAIL, text);
}

/** IsURL: with or without a scheme; at most 2083 characters. */
export function isUrl(text: string): boolean {
  if (runeCount(text) >= 2083 || byteLength(text) <= 3 || text.startsWith('.')) return false;
  const url = parseUrl(text.includes(':') && !text.includes('://') ? `http://${text}` : text);
  if ('error' in url || url.host.startsWith('.')) return false;
  if (url.host === '' && url.path !== '' && !url.path.includes('.')) return false;
  return matches(URL, text);
}

/** IsRequestURL: what Go's url.ParseRequestURI takes, with a scheme. A `#` has no meaning there. */
export function isRequestUrl(text: string): boolean {
  const url = parseUrl(text.replaceAll('#', '%23'));
  return !('error' in url) && url.scheme !== '';
}

const compiled = new Map<string, { test(text: string): boolean }>();

function matches(source: string, text: string): boolean {
  let pattern = compiled.get(source);
  if (pattern === undefined) {
    const expression = re2Module().RE2JS.compile(source);
    pattern = { test: (value) => expression.matcher(value).find() };
    compiled.set(source, pattern);
  }
  return pattern.test(text);
}
