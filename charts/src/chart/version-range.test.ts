import { describe, expect, it } from 'vitest';
import { isSameVersion, isStrictVersion, parseVersionRange, sortVersions } from './version-range.ts';

describe('ranges of versions', () => {
  it.each([
    ['^1.2', '1.9.0', true],
    ['^1.2', '2.0.0', false],
    ['~1.2', '1.2.9', true],
    ['>=1.0.0, <2', '1.5.0', true],
    ['1.x || 3.x', '3.1.0', true],
    ['*', '1.0.0-rc.1', false],
    ['>0.0.0-0', '1.0.0-rc.1', true],
    ['*', 'not a version', false],
  ])('%s with %s is %s', (range, version, expected) => {
    expect(parseVersionRange(range).includes(version)).toBe(expected);
  });

  it('refuses what is no range in the words of Masterminds', () => {
    expect(() => parseVersionRange('nonsense')).toThrow('improper constraint: "nonsense"');
  });
});

it('sorts the newest first, pre-releases after their version, and what is no version last', () => {
  const versions = ['junk', '1.0.0', '1.10.0', '1.10.0-rc.1', 'v1.9', '1.0.0+build'];
  expect(sortVersions(versions, (version) => version)).toEqual([
    '1.10.0',
    '1.10.0-rc.1',
    'v1.9',
    '1.0.0',
    '1.0.0+build',
    'junk',
  ]);
});

it('compares versions that are written in different ways', () => {
  expect(isSameVersion('1.2', 'v1.2.0')).toBe(true);
  expect(isSameVersion('1.2.0', '1.2.1')).toBe(false);
  expect(isSameVersion('latest', 'latest')).toBe(true);
  expect(isSameVersion('1.2.0', 'latest')).toBe(false);
});

it('knows strict versions', () => {
  expect(['1.2.3', '1.2.3-rc.1+b', 'v1.2.3', '1.2', '01.2.3', 'latest'].map(isStrictVersion)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});
