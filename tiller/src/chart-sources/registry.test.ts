import { expect, test } from 'vitest';
import { chooseVersion } from './registry.ts';

const VERSIONS = ['2.0.0-rc.1', '1.10.0', '1.9.3', '1.2.0', '0.1.0+build.5'];

test('without a range, the latest release counts', () => {
  expect(chooseVersion(VERSIONS, undefined)).toBe('1.10.0');
  expect(chooseVersion(VERSIONS, '')).toBe('1.10.0');
});

test('an exact version is taken as it is written', () => {
  expect(chooseVersion(VERSIONS, '2.0.0-rc.1')).toBe('2.0.0-rc.1');
  expect(chooseVersion(VERSIONS, '0.1.0+build.5')).toBe('0.1.0+build.5');
});

test('ranges are those that Helm users write', () => {
  expect(chooseVersion(VERSIONS, '~1.9')).toBe('1.9.3');
  expect(chooseVersion(VERSIONS, '>=1.0.0, <1.10.0')).toBe('1.9.3');
  expect(chooseVersion(VERSIONS, '1.2.x')).toBe('1.2.0');
  expect(chooseVersion(VERSIONS, '>0.0.0-0')).toBe('1.10.0');
  expect(chooseVersion(VERSIONS, '^3')).toBeUndefined();
  expect(chooseVersion(VERSIONS, 'not a range')).toBeUndefined();
});
