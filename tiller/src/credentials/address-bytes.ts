/** The bytes of an IP address, as certificates hold it: 4 of IPv4, 16 of IPv6. */
import { isIPv4 } from 'node:net';

/** `address` is one that Node's isIP takes; a zone is left out. */
export function addressBytes(address: string): Uint8Array {
  if (isIPv4(address)) return Uint8Array.from(address.split('.').map(Number));
  const plain = address.replace(/%.*$/, '');
  const last = plain.slice(plain.lastIndexOf(':') + 1);
  const [a = 0, b = 0, c = 0, d = 0] = isIPv4(last) ? addressBytes(last) : [];
  const text = isIPv4(last)
    ? `${plain.slice(0, -last.length)}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
    : plain;
  const [head = '', tail] = text.split('::');
  const groups = (part: string | undefined) => (part === undefined || part === '' ? [] : part.split(':'));
  const [before, after] = [groups(head), groups(tail)];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return Uint8Array.from(
    [...before, ...zeros, ...after].flatMap((group) => {
      const value = Number.parseInt(group, 16);
      return [value >> 8, value & 0xff];
    }),
  );
}
