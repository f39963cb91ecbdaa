/**
 * The formats of strings that are checked in custom resources (go-openapi's strfmt, as apiextensions uses it in v1.34);
 * others say nothing.
 */
type Check = (value: string) => boolean;

const byte = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const IPV4 = new RegExp(`^${byte}(?:\\.${byte}){3}$`);
const DURATION =
  /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)\s*(?:nanoseconds?|nanos?|ns|microseconds?|micros?|us|µs|μs|milliseconds?|millis?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|hs|h|days?|d|weeks?|wks?|w)(?:\s*(?:\d+(?:\.\d*)?|\.\d+)\s*(?:ns|us|µs|ms|s|m|h|d|w|[a-z]+))*$/i;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:[.,]\d+)?(?:[Zz]|[+-]\d{2}:?\d{2})$/;

const CHECKS = new Map<string, Check>([
  ['date', (value) => /^\d{4}-\d{2}-\d{2}$/.test(value) && isDate(value)],
  ['date-time', (value) => DATE_TIME.test(value) && isDate(value.slice(0, 10))],
  ['datetime', (value) => DATE_TIME.test(value) && isDate(value.slice(0, 10))],
  ['duration', (value) => DURATION.test(value) || value === '0'],
  ['ipv4', (value) => IPV4.test(value)],
  ['ipv6', isIpv6],
  ['cidr', isCidr],
  ['mac', (value) => /^(?:[0-9a-f]{2}([:-]))(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}$/i.test(value)],
  ['uuid', (value) => /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(value)],
  ['uuid3', (value) => /^[0-9a-f]{8}-?[0-9a-f]{4}-?3[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(value)],
  ['uuid4', (value) => /^[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$/i.test(value)],
  ['uuid5', (value) => /^[0-9a-f]{8}-?[0-9a-f]{4}-?5[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$/i.test(value)],
  ['email', (value) => /^[^\s@<>]+@[^\s@<>]+$/.test(value)],
  ['hostname', isHostname],
  ['uri', isUri],
  ['byte', (value) => /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value)],
  ['bsonobjectid', (value) => /^[0-9a-f]{24}$/i.test(value)],
  ['hexcolor', (value) => /^#?(?:[0-9a-f]{3}|[0-9a-f]{6})$/i.test(value)],
]);

/** Whether a value is of a format; true for formats that are not known. */
export function hasFormat(format: string, value: string): boolean {
  return CHECKS.get(format)?.(value) ?? true;
}

function isDate(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
  const days = [
    31,
    (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28,
    31,
    30,
    31,
    30,
    31,
    31,
    30,
    31,
    30,
    31,
  ];
  return month >= 1 && month <= 12 && day >= 1 && day <= (days[month - 1] ?? 0);
}

function isIpv6(value: string): boolean {
  const halves = value.split('::');
  if (halves.length > 2 || !value.includes(':')) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1) ?? '';
  const size = groups.length + (IPV4.test(last) ? 1 : 0);
  const fits = groups.every(
    (group, index) => /^[0-9a-f]{1,4}$/i.test(group) || (index === groups.length - 1 && IPV4.test(group)),
  );
  return fits && (halves.length === 2 ? size < 8 : size === 8);
}

function isCidr(value: string): boolean {
  const [address = '', length = ''] = value.split('/');
  if (!/^\d{1,3}$/.test(length)) return false;
  return IPV4.test(address) ? Number(length) <= 32 : isIpv6(address) && Number(length) <= 128;
}

function isHostname(value: string): boolean {
  if (value.length > 255 || value === '') return false;
  return value
    .replace(/\.$/, '')
    .split('.')
    .every((label) => label.length <= 63 && /^[\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?$/u.test(label));
}

function isUri(value: string): boolean {
  return /^(?:[a-z][a-z0-9+.-]*:|\/)[^\s]*$/i.test(value) && !/%(?![0-9a-f]{2})/i.test(value);
}
