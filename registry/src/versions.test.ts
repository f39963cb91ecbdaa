/** The order and grammar of versions. */
import { describe, expect, test } from 'vitest';
import { compareVersions, parseVersion } from './versions.ts';

describe('parseVersion', () => {
  test.each(['1.2.3', 'v1.2.3', '1', '1.2', '0.0.0', '1.0.0-alpha.1', '1.0.0+build.5', '1.0.0-rc-1.x.7+a-b.c', 'v2'])(
    'reads %s',
    (text) => {
      expect(parseVersion(text)).toBeDefined();
    },
  );

  test.each([
    '',
    'latest',
    '1.2.3.4',
    '1.2.x',
    '-1',
    '1.0.0-',
    '1.0.0+',
    '1.0.0-a..b',
    '1.0.0-01',
    ' 1.0.0',
    '1.0.0\n',
    '../1.0.0',
    'V1.0.0',
    '1.0.0_1',
    `1.0.0-${'a'.repeat(200)}`,
    '１.0.0',
  ])('refuses %j', (text) => {
    expect(parseVersion(text)).toBeUndefined();
  });
});

describe('compareVersions', () => {
  test('orders as semver 2.0.0 does in its own example, and numbers by size', () => {
    const ordered = [
      '0.9.0',
      '0.10.0',
      '1.0.0-1',
      '1.0.0-2',
      '1.0.0-10',
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-alpha-1',
      '1.0.0-beta',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0-rc.1',
      '1.0.0',
      '1.0.1',
      '1.2.0',
      '1.10.0',
      '2.0.0',
      '10.0.0',
      '99999999999999999999.0.0',
    ];
    const shuffled = ordered.map((version, index) => ({ version, at: (index * 7) % ordered.length }));
    shuffled.sort((left, right) => left.at - right.at);
    expect(shuffled.map(({ version }) => version).sort(compareVersions)).toEqual(ordered);
  });

  test('orders what semver calls equal by text, so that no two spellings are the same', () => {
    expect(compareVersions('1.0.0+a', '1.0.0+b')).toBeLessThan(0);
    expect(compareVersions('1.0.0', '1.0.0+a')).toBeLessThan(0);
    expect(compareVersions('v1.0.0', '1.0.0')).not.toBe(0);
    expect(compareVersions('1.0.0', '1.0.0')).toBe(0);
  });
});
