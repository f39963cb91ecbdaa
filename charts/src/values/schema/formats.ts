/**
 * The formats of strings, with the words for what is wrong. Follows format.go of santhosh-tekuri/jsonschema v6.0.3; a
 * format that is not in the table is not checked.
 */
import { FunctionError } from '../../engine/functions/function.ts';
import { hostnameOf, parseUrl, type Url } from '../../engine/functions/go-url.ts';
import { parseIpAddress } from '../../engine/functions/ip-address.ts';
import { parseByLayout } from '../../engine/functions/time-parse.ts';
import { byteLength } from '../../engine/gotemplate/bytes.ts';
import { quote, quoteRune } from '../../engine/gotemplate/quote.ts';
import { schemaPattern } from './schema-pattern.ts';
import { checkDateTime, checkDuration, checkPeriod, checkTime } from './time-formats.ts';

/** What is wrong with a text; undefined when nothing is. */
export type Format = (text: string) => string | undefined;

/** `regex`: RE2. */
export const regexFormat: Format = (text) => {
  try {
    schemaPattern(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    return error.message;
  }
};

export const formats: ReadonlyMap<string, Format> = new Map<string, Format>([
  ['json-pointer', checkJsonPointer],
  ['relative-json-pointer', checkRelativeJsonPointer],
  ['uuid', checkUuid],
  ['duration', checkDuration],
  ['period', checkPeriod],
  ['ipv4', checkIpv4],
  ['ipv6', checkIpv6],
  ['hostname', checkHostname],
  ['email', checkEmail],
  ['date', checkDate],
  ['time', checkTime],
  ['date-time', checkDateTime],
  ['uri', checkUri],
  ['iri', checkUri],
  ['uri-reference', checkUriReference],
  ['iri-reference', checkUriReference],
  ['uri-template', checkUriTemplate],
  ['semver', checkSemver],
]);

function checkJsonPointer(text: string): string | undefined {
  if (text === '') return undefined;
  if (!text.startsWith('/')) return 'not starting with /';
  return /~(?![01])/.test(text) ? '~ must be followed by 0 or 1' : undefined;
}

function checkRelativeJsonPointer(text: string): string | undefined {
  const digits = /^[0-9]*/.exec(text)?.[0] ?? '';
  if (digits === '') return 'must start with non-negative integer';
  if (digits.length > 1 && digits.startsWith('0')) return 'starts with zero';
  const rest = text.slice(digits.length);
  return rest === '#' ? undefined : checkJsonPointer(rest);
}

function checkUuid(text: string): string | undefined {
  const lengths = [8, 4, 4, 4, 12];
  const groups = text.split('-');
  if (groups.length !== lengths.length) return `must have ${lengths.length} elements`;
  for (const [i, group] of groups.entries()) {
    if (byteLength(group) !== lengths[i]) return `element ${i + 1} must be ${lengths[i]} characters long`;
    const bad = /[^0-9a-fA-F]/u.exec(group)?.[0];
    if (bad !== undefined) return `non-hex character ${quoteCharacter(bad)}`;
  }
  return undefined;
}

function checkIpv4(text: string): string | undefined {
  const groups = text.split('.');
  if (groups.length !== 4) return 'expected four decimals';
  for (const group of groups) {
    if (group.length > 1 && group.startsWith('0')) return 'leading zeros';
    if (!/^[+-]?[0-9]+$/.test(group)) return `strconv.Atoi: parsing ${quote(group)}: invalid syntax`;
    if (Number(group) < 0 || Number(group) > 255) return 'decimal must be between 0 and 255';
  }
  return undefined;
}

function checkIpv6(text: string): string | undefined {
  if (!text.includes(':')) return 'missing colon';
  const address = parseIpAddress(text);
  if ('error' in address) return address.error;
  return address.zone === '' ? undefined : 'zone id is not a part of ipv6 address';
}

function checkHostname(text: string): string | undefined {
  const name = text.endsWith('.') ? text.slice(0, -1) : text;
  if (byteLength(name) > 253) return 'more than 253 characters long';
  for (const label of name.split('.')) {
    if (label === '' || byteLength(label) > 63) return 'label must be 1 to 63 characters long';
    if (label.startsWith('-')) return 'label starts with hyphen';
    if (label.endsWith('-')) return 'label ends with hyphen';
    const bad = /[^a-zA-Z0-9-]/u.exec(label)?.[0];
    if (bad !== undefined) return `invalid character ${quoteCharacter(bad)}`;
  }
  return undefined;
}

function checkEmail(text: string): string | undefined {
  if (byteLength(text) > 254) return 'more than 255 characters long';
  const at = text.lastIndexOf('@');
  if (at < 0) return 'missing @';
  const local = text.slice(0, at);
  const domain = text.slice(at + 1);
  if (byteLength(local) > 64) return 'local part more than 64 characters long';
  if (local.length > 1 && local.startsWith('"') && local.endsWith('"')) {
    if (/[\\"]/.test(local.slice(1, -1))) return 'backslash and quote are not allowed within quoted local part';
  } else {
    if (local.startsWith('.')) return 'starts with dot';
    if (local.endsWith('.')) return 'ends with dot';
    if (local.includes('..')) return 'consecutive dots';
    const bad = /[^a-zA-Z0-9.!#$%&'*+\-/=?^_`{|}~]/u.exec(local)?.[0];
    if (bad !== undefined) return `invalid character ${quoteCharacter(bad)}`;
  }
  if (domain.startsWith('[') && domain.endsWith(']')) {
    const address = domain.slice(1, -1);
    return address.startsWith('IPv6:')
      ? within('invalid ipv6 address', checkIpv6(address.slice(5)))
      : within('invalid ipv4 address', checkIpv4(address));
  }
  return within('invalid domain', checkHostname(domain));
}

/** `what: problem`, when there is one. */
function within(what: string, problem: string | undefined): string | undefined {
  return problem === undefined ? undefined : `${what}: ${problem}`;
}

export function checkDate(text: string): string | undefined {
  const moment = parseByLayout('2006-01-02', text);
  return 'error' in moment ? moment.error : undefined;
}

function parse(text: string): Url | string {
  const url = parseUrl(text);
  if ('error' in url) return url.error;
  const name = hostnameOf(url);
  if (!name.includes(':')) return url;
  if (!url.host.includes('[') || !url.host.includes(']')) return 'ipv6 address not enclosed in brackets';
  return within('invalid ipv6 address', checkIpv6(name)) ?? url;
}

function checkUri(text: string): string | undefined {
  const url = parse(text);
  if (typeof url === 'string') return url;
  return url.scheme === '' ? 'relative url' : undefined;
}

function checkUriReference(text: string): string | undefined {
  if (text.includes('\\')) return 'contains \\';
  const url = parse(text);
  return typeof url === 'string' ? url : undefined;
}

function checkUriTemplate(text: string): string | undefined {
  const url = parse(text);
  if (typeof url === 'string') return url;
  for (const token of url.rawPath.split('/')) {
    let open = false;
    for (const brace of decodeURIComponent(token).match(/[{}]/g) ?? []) {
      if ((brace === '{') === open) return 'nested curly braces';
      open = !open;
    }
    if (open) return 'no matching closing brace';
  }
  return undefined;
}

function checkSemver(text: string): string | undefined {
  const plus = text.indexOf('+');
  const build = plus < 0 ? undefined : text.slice(plus + 1);
  const rest = plus < 0 ? text : text.slice(0, plus);
  if (build === '') return 'build is empty';
  for (const part of build?.split('.') ?? []) {
    const problem = checkIdentifier(part, 'build');
    if (problem !== undefined) return problem;
  }
  const dash = rest.indexOf('-');
  for (const part of dash < 0 ? [] : rest.slice(dash + 1).split('.')) {
    const problem = checkIdentifier(part, 'pre-release');
    if (problem !== undefined) return problem;
    if (/^0[0-9]+$/.test(part)) return 'pre-release numeric identifier starts with zero';
  }
  const numbers = (dash < 0 ? rest : rest.slice(0, dash)).split('.');
  if (numbers.length !== 3) return 'versionCore must have 3 numbers separated by dot';
  for (const [i, name] of ['major', 'minor', 'patch'].entries()) {
    const number = numbers[i] ?? '';
    if (number === '') return `${name} is empty`;
    if (number.length > 1 && number.startsWith('0')) return `${name} starts with zero`;
    if (!/^[0-9]+$/.test(number)) return `${name} contains non-digit`;
  }
  return undefined;
}

function checkIdentifier(part: string, of: string): string | undefined {
  if (part === '') return `${of} identifier is empty`;
  const bad = /[^0-9a-zA-Z-]/u.exec(part)?.[0];
  return bad === undefined ? undefined : `invalid character ${quoteCharacter(bad)} in ${of} identifier`;
}

function quoteCharacter(char: string): string {
  return quoteRune(char.codePointAt(0) ?? 0);
}
