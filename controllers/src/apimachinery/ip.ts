/**
 * IP addresses and ranges in the form that Kubernetes wants where it is strict (apimachinery's util/validation/ip.go and
 * Go's net/netip, v1.34): no leading zeros, no IPv4 in IPv6, RFC 5952's spelling.
 */

/** The bits of an address, most significant first. */
export interface IpAddress {
  readonly family: 'IPv4' | 'IPv6';
  readonly value: bigint;
}

const BITS = { IPv4: 32, IPv6: 128 } as const;
const MAPPED = 0xffffn;

/** Undefined for what is no address; leading zeros in IPv4 are taken as decimal, as Go once did. */
export function parseIp(text: string): IpAddress | undefined {
  const v4 = parseIpv4(text);
  if (v4 !== undefined) return { family: 'IPv4', value: BigInt(v4) };
  const v6 = parseIpv6(text);
  return v6 === undefined ? undefined : { family: 'IPv6', value: v6 };
}

function parseIpv4(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256 + Number(part);
  }
  return value;
}

function parseIpv6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2 || !text.includes(':')) return undefined;
  const [head, tail] = [groupsOf(halves[0] ?? ''), groupsOf(halves[1] ?? '')];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array<number>(missing).fill(0), ...tail];
  return groups.reduce((value, group) => value * 65_536n + BigInt(group), 0n);
}

function groupsOf(text: string): number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const groups: number[] = [];
  for (const [index, part] of parts.entries()) {
    const v4 = index === parts.length - 1 && part.includes('.') ? parseIpv4(part) : undefined;
    if (v4 !== undefined) groups.push(Math.floor(v4 / 65_536), v4 % 65_536);
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}

/** As Go prints it; an IPv4 address in IPv6 as IPv4. */
export function formatIp({ family, value }: IpAddress): string {
  if (family === 'IPv4' || value >> 32n === MAPPED) {
    return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.');
  }
  const groups = Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 65_535n).toString(16));
  let [start, length] = [-1, 1];
  for (let from = 0; from < 8; from++) {
    let to = from;
    while (groups[to] === '0') to++;
    if (to - from > length) [start, length] = [from, to - from];
  }
  if (start < 0) return groups.join(':');
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`;
}

/** What is wrong with an address where only the canonical form will do (IsValidIP). */
export function ipProblems(text: string): string[] {
  const ip = parseIp(text);
  if (ip === undefined) return ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'];
  if (hasLeadingZeros(text)) return ['must not have leading 0s'];
  if (ip.family === 'IPv6' && ip.value >> 32n === MAPPED) return ['must not be an IPv4-mapped IPv6 address'];
  return formatIp(ip) === text ? [] : [`must be in canonical form ("${formatIp(ip)}")`];
}

export interface IpRange {
  readonly first: IpAddress;
  readonly bits: number;
}

/** Undefined for what is no range; the bits beyond the prefix are dropped. */
export function parseCidr(text: string): IpRange | undefined {
  const [address = '', length = '', more] = text.split('/');
  const ip = parseIp(address);
  if (ip === undefined || more !== undefined || !/^\d{1,3}$/.test(length)) return undefined;
  const bits = Number(length);
  if (bits > BITS[ip.family]) return undefined;
  const rest = BigInt(BITS[ip.family] - bits);
  return { first: { family: ip.family, value: (ip.value >> rest) << rest }, bits };
}

/** Whether every address of a range is in the other. */
export function containsRange(outer: IpRange, inner: IpRange): boolean {
  if (outer.first.family !== inner.first.family || outer.bits > inner.bits) return false;
  const rest = BigInt(BITS[outer.first.family] - outer.bits);
  return outer.first.value >> rest === inner.first.value >> rest;
}

/** What is wrong with a range where only the canonical form will do (IsValidCIDR). */
export function cidrProblems(text: string): string[] {
  const range = parseCidr(text);
  if (range === undefined) return ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'];
  const [address = '', length = ''] = text.split('/');
  if (hasLeadingZeros(address) || /^0\d/.test(length)) return ['must not have leading 0s in IP or prefix length'];
  const { family, value } = range.first;
  if (family === 'IPv6' && value >> 32n === MAPPED) return ['must not have an IPv4-mapped IPv6 address'];
  if (parseIp(address)?.value !== value) return ['must not have bits set beyond the prefix length'];
  const canonical = `${formatIp(range.first)}/${range.bits}`;
  return canonical === text ? [] : [`must be in canonical form ("${canonical}")`];
}

function hasLeadingZeros(address: string): boolean {
  return address.includes('.') && /(?:^|[.:])0\d+(?:\.|$)/.test(address);
}
