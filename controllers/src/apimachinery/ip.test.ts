import { describe, expect, test } from 'vitest';
import { cidrProblems, containsRange, formatIp, ipProblems, parseCidr, parseIp } from './ip.ts';

describe('an IP address', () => {
  test.each([
    ['10.0.0.1', '10.0.0.1'],
    ['fe80:0:0:0:42:1dff:fe84:f9e2', 'fe80::42:1dff:fe84:f9e2'],
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['2001:DB8:0:1:0:0:0:1', '2001:db8:0:1::1'],
    ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
    ['::ffff:10.1.2.3', '10.1.2.3'],
  ])('%s is printed as Go prints it', (text, printed) => {
    const ip = parseIp(text);
    expect(ip === undefined ? undefined : formatIp(ip)).toBe(printed);
  });

  test.each(['', '1.2.3', '1.2.3.256', '1.2.3.4.5', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', 'x', '12345::'])(
    '%j is none',
    (text) => expect(parseIp(text)).toBeUndefined(),
  );

  test('has to be canonical where Kubernetes is strict', () => {
    expect(ipProblems('fe80::42:1dff:fe84:f9e2')).toEqual([]);
    expect(ipProblems('255.255.255.255')).toEqual([]);
    expect(ipProblems('a')).toEqual(['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']);
    expect(ipProblems('10.0.0.01')).toEqual(['must not have leading 0s']);
    expect(ipProblems('::ffff:1.2.3.4')).toEqual(['must not be an IPv4-mapped IPv6 address']);
    expect(ipProblems('FE80::1')).toEqual(['must be in canonical form ("fe80::1")']);
  });
});

describe('a range of addresses', () => {
  test('has to be canonical where Kubernetes is strict', () => {
    expect(cidrProblems('10.96.0.0/16')).toEqual([]);
    expect(cidrProblems('2001:db8::/64')).toEqual([]);
    expect(cidrProblems('10.0.0.0/33')).toEqual(['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']);
    expect(cidrProblems('10.0.0.0/08')).toEqual(['must not have leading 0s in IP or prefix length']);
    expect(cidrProblems('10.0.0.1/8')).toEqual(['must not have bits set beyond the prefix length']);
    expect(cidrProblems('2001:DB8::/32')).toEqual(['must be in canonical form ("2001:db8::/32")']);
  });

  test('holds the ranges within it', () => {
    const contains = (outer: string, inner: string) => {
      const [a, b] = [parseCidr(outer), parseCidr(inner)];
      return a !== undefined && b !== undefined && containsRange(a, b);
    };
    expect(contains('10.0.0.0/8', '10.96.0.0/16')).toBe(true);
    expect(contains('10.96.0.0/16', '10.0.0.0/8')).toBe(false);
    expect(contains('10.0.0.0/8', '11.0.0.0/16')).toBe(false);
    expect(contains('0.0.0.0/0', '2001:db8::/32')).toBe(false);
    expect(contains('0.0.0.0/0', '1.2.3.4/32')).toBe(true);
  });
});
