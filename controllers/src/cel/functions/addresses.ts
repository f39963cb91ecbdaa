/**
 * IP addresses and CIDRs as Go's net/netip reads and writes them.
 */

export interface Address {
  /** 4 or 16 bytes. */
  readonly bytes: readonly number[];
}

/** The address, or netip's text about what is wrong with it. */
export function parseAddress(text: string): Address | string {
  const fail = (why: string, at?: string): string =>
    `ParseAddr(${JSON.stringify(text)}): ${why}${at === undefined ? '' : ` (at ${JSON.stringify(at)})`}`;
  for (const char of text) {
    if (char === '.') return parseV4(text, fail);
    if (char === ':') return parseV6(text, fail);
    if (char === '%') return fail('missing IPv6 address');
  }
  return fail('unable to parse IP');
}

type Fail = (why: string, at?: string) => string;

function parseV4(text: string, fail: Fail): Address | string {
  const bytes: number[] = [];
  let value = 0;
  let digits = 0;
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charAt(index);
    if (char >= '0' && char <= '9') {
      if (digits === 1 && value === 0) return fail('IPv4 field has octet with leading zero');
      value = value * 10 + Number(char);
      digits += 1;
      if (value > 255) return fail('IPv4 field has value >255');
    } else if (char === '.') {
      if (index === 0 || index === text.length - 1 || text.charAt(index - 1) === '.')
        return fail('IPv4 field must have at least one digit', text.slice(index));
      if (bytes.length === 3) return fail('IPv4 address too long');
      bytes.push(value);
      value = 0;
      digits = 0;
    } else return fail('unexpected character', text.slice(index));
  }
  if (bytes.length < 3) return fail('IPv4 address too short');
  return { bytes: [...bytes, value] };
}

function parseV6(whole: string, fail: Fail): Address | string {
  let rest = whole;
  const zone = rest.indexOf('%');
  if (zone >= 0) {
    if (zone === rest.length - 1) return fail('zone must be a non-empty string');
    rest = rest.slice(0, zone);
  }
  const bytes: number[] = [];
  let ellipsis = -1;
  if (rest.startsWith('::')) {
    ellipsis = 0;
    rest = rest.slice(2);
    if (rest === '') return { bytes: Array.from({ length: 16 }, () => 0) };
  }
  while (bytes.length < 16) {
    const hex = /^[0-9a-fA-F]*/.exec(rest)?.[0] ?? '';
    if (hex === '') return fail('each colon-separated field must have at least one digit', rest);
    if (hex.length > 4) return fail('each group must have 4 or fewer digits', rest);
    if (rest.charAt(hex.length) === '.') {
      if (ellipsis < 0 && bytes.length !== 12)
        return fail('embedded IPv4 address must replace the final 2 fields of the address', rest);
      if (bytes.length + 4 > 16)
        return fail('too many hex fields to fit an embedded IPv4 at the end of the address', rest);
      const tail = parseV4(rest, fail);
      if (typeof tail === 'string') return tail;
      bytes.push(...tail.bytes);
      rest = '';
      break;
    }
    const value = Number.parseInt(hex, 16);
    bytes.push(value >> 8, value & 255);
    rest = rest.slice(hex.length);
    if (rest === '') break;
    if (!rest.startsWith(':')) return fail('unexpected character, want colon', rest);
    if (rest.length === 1) return fail('colon must be followed by more characters', rest);
    rest = rest.slice(1);
    if (rest.startsWith(':')) {
      if (ellipsis >= 0) return fail('multiple :: in address', rest);
      ellipsis = bytes.length;
      rest = rest.slice(1);
      if (rest === '') break;
    }
  }
  if (rest !== '') return fail('trailing garbage after address', rest);
  if (bytes.length < 16) {
    if (ellipsis < 0) return fail('address string too short');
    bytes.splice(ellipsis, 0, ...Array.from({ length: 16 - bytes.length }, () => 0));
  } else if (ellipsis >= 0) return fail('the :: must expand to at least one field of zeros');
  return { bytes };
}

export const isV4 = ({ bytes }: Address): boolean => bytes.length === 4;

/** ::ffff:1.2.3.4 */
export function isMapped({ bytes }: Address): boolean {
  return (
    bytes.length === 16 && bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255
  );
}

export function formatAddress(address: Address): string {
  const { bytes } = address;
  if (isV4(address)) return bytes.join('.');
  if (isMapped(address)) return `::ffff:${bytes.slice(12).join('.')}`;
  const groups = Array.from({ length: 8 }, (_, index) => ((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0));
  let [best, length] = [-1, 1];
  for (let start = 0; start < 8; start += 1) {
    let end = start;
    while (end < 8 && groups[end] === 0) end += 1;
    if (end - start > length) [best, length] = [start, end - start];
  }
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  return best < 0 ? hex(groups) : `${hex(groups.slice(0, best))}::${hex(groups.slice(best + length))}`;
}

export interface Prefix {
  readonly address: Address;
  readonly bits: number;
}

/** The prefix, or netip's text about what is wrong with it. */
export function parsePrefix(text: string): Prefix | string {
  const fail = (why: string): string => `netip.ParsePrefix(${JSON.stringify(text)}): ${why}`;
  const slash = text.lastIndexOf('/');
  if (slash < 0) return fail("no '/'");
  const address = parseAddress(text.slice(0, slash));
  if (typeof address === 'string') return fail(address);
  if (text.slice(0, slash).includes('%')) return fail('IPv6 zones cannot be present in a prefix');
  const length = text.slice(slash + 1);
  if (!/^\d+$/.test(length) || (length.length > 1 && !/^[1-9]/.test(length)))
    return fail(`bad bits after slash: ${JSON.stringify(length)}`);
  const bits = Number(length);
  return bits > 8 * address.bytes.length ? fail('prefix length out of range') : { address, bits };
}

export function maskPrefix({ address, bits }: Prefix): Prefix {
  const bytes = address.bytes.map((byte, index) => {
    const kept = Math.max(0, Math.min(8, bits - 8 * index));
    return byte & (0xff00 >> kept) & 0xff;
  });
  return { address: { bytes }, bits };
}

export function prefixContains({ address, bits }: Prefix, other: Address): boolean {
  if (address.bytes.length !== other.bytes.length) return false;
  const masked = maskPrefix({ address: other, bits });
  return sameAddress(masked.address, maskPrefix({ address, bits }).address);
}

export function sameAddress(a: Address, b: Address): boolean {
  return a.bytes.length === b.bytes.length && a.bytes.every((byte, index) => byte === b.bytes[index]);
}
