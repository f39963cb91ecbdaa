/**
 * ip(…), cidr(…) and their methods (the apiserver's pkg/cel/library/ip.go and cidr.go).
 */
import { opaqueType } from '../types.ts';
import { CelError, type Value } from '../values.ts';
import {
  type Address,
  formatAddress,
  isMapped,
  isV4,
  maskPrefix,
  type Prefix,
  parseAddress,
  parsePrefix,
  prefixContains,
  sameAddress,
} from './addresses.ts';
import type { CelFunction } from './function.ts';
import { opaqueKind } from './opaque-values.ts';

export const IP_TYPE = opaqueType('net.IP');
export const CIDR_TYPE = opaqueType('net.CIDR');
const IP = opaqueKind<Address>(IP_TYPE, sameAddress, ({ bytes }) => bytes.length);
const CIDR = opaqueKind<Prefix>(
  CIDR_TYPE,
  (a, b) => a.bits === b.bits && sameAddress(a.address, b.address),
  ({ bits }) => Math.ceil(bits / 8),
);

function readAddress(text: string): Address | CelError {
  const address = parseAddress(text);
  if (typeof address === 'string')
    return new CelError(`IP Address ${JSON.stringify(text)} parse error during conversion from string: ${address}`);
  if (text.includes('%')) return new CelError(`IP address ${JSON.stringify(text)} with zone value is not allowed`);
  if (isMapped(address)) return new CelError(`IPv4-mapped IPv6 address ${JSON.stringify(text)} is not allowed`);
  return address;
}

const CONVERSION = 'network address parse error during conversion from string: ';

function readPrefix(text: string): Prefix | CelError {
  const prefix = parsePrefix(text);
  if (typeof prefix === 'string') return new CelError(`${CONVERSION}${CONVERSION}${prefix}`);
  if (isMapped(prefix.address))
    return new CelError(`${CONVERSION}IPv4-mapped IPv6 address ${JSON.stringify(text)} is not allowed`);
  return prefix;
}

const isProblem = (value: unknown): value is CelError => value instanceof CelError;

function ofAddress(name: string, call: (address: Address) => Value): CelFunction {
  return {
    name,
    call: ([value]) => {
      const address = IP.read(value);
      return address === undefined ? undefined : call(address);
    },
  };
}

function ofPrefix(name: string, call: (prefix: Prefix) => Value): CelFunction {
  return {
    name,
    call: ([value]) => {
      const prefix = CIDR.read(value);
      return prefix === undefined ? undefined : call(prefix);
    },
  };
}

function addressOf(value: Value | undefined): Address | CelError | undefined {
  return typeof value === 'string' ? readAddress(value) : IP.read(value);
}

function prefixOf(value: Value | undefined): Prefix | CelError | undefined {
  return typeof value === 'string' ? readPrefix(value) : CIDR.read(value);
}

const isUnspecified = ({ bytes }: Address): boolean => bytes.every((byte) => byte === 0);
const isLoopback = (address: Address): boolean =>
  isV4(address)
    ? address.bytes[0] === 127
    : address.bytes.slice(0, 15).every((byte) => byte === 0) && address.bytes[15] === 1;
const isMulticast = (address: Address): boolean =>
  isV4(address) ? ((address.bytes[0] ?? 0) & 0xf0) === 0xe0 : address.bytes[0] === 0xff;
const isLinkLocalUnicast = (address: Address): boolean =>
  isV4(address)
    ? address.bytes[0] === 169 && address.bytes[1] === 254
    : address.bytes[0] === 0xfe && ((address.bytes[1] ?? 0) & 0xc0) === 0x80;
const isLinkLocalMulticast = (address: Address): boolean =>
  isV4(address)
    ? address.bytes[0] === 224 && address.bytes[1] === 0 && address.bytes[2] === 0
    : address.bytes[0] === 0xff && ((address.bytes[1] ?? 0) & 0x0f) === 0x02;
const isGlobalUnicast = (address: Address): boolean =>
  !(isV4(address) && (isUnspecified(address) || address.bytes.every((byte) => byte === 255))) &&
  !isUnspecified(address) &&
  !isLoopback(address) &&
  !isMulticast(address) &&
  !isLinkLocalUnicast(address);

/** string(…) of an address or a CIDR; undefined for anything else. */
export function networkText([value]: readonly Value[]): Value | undefined {
  const address = IP.read(value);
  if (address !== undefined) return formatAddress(address);
  const prefix = CIDR.read(value);
  return prefix === undefined ? undefined : `${formatAddress(prefix.address)}/${prefix.bits}`;
}

export const NETWORK_FUNCTIONS: readonly CelFunction[] = [
  {
    name: 'ip',
    call: ([value]) => {
      const prefix = CIDR.read(value);
      if (prefix !== undefined) return IP.make(prefix.address);
      if (typeof value !== 'string') return undefined;
      const address = readAddress(value);
      return isProblem(address) ? address : IP.make(address);
    },
  },
  {
    name: 'isIP',
    call: ([value]) => (typeof value === 'string' ? !isProblem(readAddress(value)) : undefined),
  },
  {
    name: 'ip.isCanonical',
    call: ([value]) => {
      if (typeof value !== 'string') return undefined;
      const address = readAddress(value);
      return isProblem(address) ? address : formatAddress(address) === value;
    },
  },
  ofAddress('family', (address) => (isV4(address) ? 4n : 6n)),
  ofAddress('isUnspecified', isUnspecified),
  ofAddress('isLoopback', isLoopback),
  ofAddress('isLinkLocalMulticast', isLinkLocalMulticast),
  ofAddress('isLinkLocalUnicast', isLinkLocalUnicast),
  ofAddress('isGlobalUnicast', isGlobalUnicast),
  {
    name: 'cidr',
    call: ([value]) => {
      if (typeof value !== 'string') return undefined;
      const prefix = readPrefix(value);
      return isProblem(prefix) ? prefix : CIDR.make(prefix);
    },
  },
  {
    name: 'isCIDR',
    call: ([value]) => (typeof value === 'string' ? !isProblem(readPrefix(value)) : undefined),
  },
  {
    name: 'containsIP',
    call: ([value, other]) => {
      const prefix = CIDR.read(value);
      const address = addressOf(other);
      if (prefix === undefined || address === undefined) return undefined;
      return isProblem(address) ? new CelError('no such overload') : prefixContains(prefix, address);
    },
  },
  {
    name: 'containsCIDR',
    call: ([value, other]) => {
      const outer = CIDR.read(value);
      const inner = prefixOf(other);
      if (outer === undefined || inner === undefined) return undefined;
      if (isProblem(inner)) return inner;
      return outer.bits <= inner.bits && prefixContains(outer, inner.address);
    },
  },
  ofPrefix('prefixLength', ({ bits }) => BigInt(bits)),
  ofPrefix('masked', (prefix) => CIDR.make(maskPrefix(prefix))),
];
