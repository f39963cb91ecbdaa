/**
 * Semantic versions as Masterminds/semver 3.5.0 reads them: a leading v, missing parts and leading zeros are allowed.
 */
import { byteLength, compareStrings } from '../gotemplate/bytes.ts';
import { quote } from '../gotemplate/quote.ts';
import { FunctionError } from './function.ts';

const MAX_BYTES = 256;
const MAX_UINT64 = 2n ** 64n - 1n;

/** A version; `original` is the text that it was read from. */
export interface Version {
  readonly major: bigint;
  readonly minor: bigint;
  readonly patch: bigint;
  readonly prerelease: string;
  readonly metadata: string;
  readonly original: string;
}

/** NewVersion. Throws FunctionError for what is no version. */
export function parseVersion(value: string): Version {
  if (byteLength(value) > MAX_BYTES) {
    throw new FunctionError(`version string is too long (max ${MAX_BYTES} bytes)`);
  }
  const match =
    /^v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/.exec(
      value,
    );
  if (match === null) throw new FunctionError('invalid semantic version');
  const [, major, minor, patch, prerelease = '', metadata = ''] = match;
  const version = {
    major: segment(major),
    minor: segment(minor),
    patch: segment(patch),
    prerelease,
    metadata,
    original: value,
  };
  if (prerelease !== '') validatePrerelease(prerelease);
  return version;
}

/** Throws FunctionError for a pre-release that is none: empty parts, other characters, numbers with leading zeros. */
export function validatePrerelease(prerelease: string): void {
  for (const part of prerelease.split('.')) {
    if (/^0[0-9]+$/.test(part)) throw new FunctionError('version segment starts with 0');
    if (!/^[0-9A-Za-z-]+$/.test(part)) throw new FunctionError('invalid prerelease string');
  }
}

/** The version written whole, without a leading v. */
export function formatVersion(version: Version): string {
  const { major, minor, patch, prerelease, metadata } = version;
  const suffix = (prerelease === '' ? '' : `-${prerelease}`) + (metadata === '' ? '' : `+${metadata}`);
  return `${major}.${minor}.${patch}${suffix}`;
}

/** -1, 0 or 1; metadata does not count, and a pre-release is before its version. */
export function compareVersions(a: Version, b: Version): -1 | 0 | 1 {
  for (const part of ['major', 'minor', 'patch'] as const) {
    if (a[part] !== b[part]) return a[part] < b[part] ? -1 : 1;
  }
  if (a.prerelease === b.prerelease) return 0;
  if (a.prerelease === '') return 1;
  if (b.prerelease === '') return -1;
  return comparePrereleases(a.prerelease, b.prerelease);
}

/** Order of two pre-releases, part by part: numbers before words, what ends first before what goes on. */
export function comparePrereleases(a: string, b: string): -1 | 0 | 1 {
  const [left, right] = [a.split('.'), b.split('.')];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const order = comparePart(left[i] ?? '', right[i] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}

function comparePart(a: string, b: string): -1 | 0 | 1 {
  if (a === b) return 0;
  if (a === '') return -1;
  if (b === '') return 1;
  const [left, right] = [wholeNumber(a), wholeNumber(b)];
  if (left === undefined && right === undefined) return compareStrings(a, b) > 0 ? 1 : -1;
  if (right === undefined) return -1;
  if (left === undefined) return 1;
  return left > right ? 1 : -1;
}

function wholeNumber(part: string): bigint | undefined {
  if (!/^[0-9]+$/.test(part)) return undefined;
  const value = BigInt(part);
  return value > MAX_UINT64 ? undefined : value;
}

function segment(digits: string | undefined): bigint {
  const value = BigInt(digits ?? '0');
  if (value <= MAX_UINT64) return value;
  throw new FunctionError(
    `error parsing version segment: strconv.ParseUint: parsing ${quote(digits ?? '')}: value out of range`,
  );
}
