/**
 * Ranges of chart versions and their order, as Masterminds/semver 3.5 has them: what repositories, registries and lock
 * files are searched with.
 */
import { FunctionError } from '../engine/functions/function.ts';
import { checkConstraints, parseConstraints } from '../engine/functions/semver-constraints.ts';
import { compareVersions, parseVersion, type Version } from '../engine/functions/semver-version.ts';
import { ChartError } from './chart-error.ts';

export interface VersionRange {
  /** False as well for what is no version. */
  includes(version: string): boolean;
}

/** Reads a range, e.g. `^1.2` or `>=1, <3`. Throws ChartError InvalidValues with Masterminds' words. */
export function parseVersionRange(range: string): VersionRange {
  try {
    const constraints = parseConstraints(range);
    return {
      includes(version) {
        const parsed = readVersion(version);
        return parsed !== undefined && checkConstraints(constraints, parsed);
      },
    };
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    throw new ChartError('InvalidValues', error.message, {}, error);
  }
}

/** Newest first; what is no version comes last. Stable: versions that differ in build metadata keep their order. */
export function sortVersions<T>(items: readonly T[], versionOf: (item: T) => string): T[] {
  const read = items.map((item) => ({ item, version: readVersion(versionOf(item)) }));
  read.sort((a, b) => {
    if (a.version === undefined || b.version === undefined) {
      return Number(a.version === undefined) - Number(b.version === undefined);
    }
    return compareVersions(b.version, a.version);
  });
  return read.map(({ item }) => item);
}

/** Whether two texts are the same version (`1.2` is `1.2.0`); texts that are no version must be the same text. */
export function isSameVersion(a: string, b: string): boolean {
  const first = readVersion(a);
  if (first === undefined) return a === b;
  const second = readVersion(b);
  return second !== undefined && compareVersions(first, second) === 0;
}

/** StrictNewVersion: three parts, no leading v, no leading zeros. */
export function isStrictVersion(text: string): boolean {
  const parts = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:[-+].+)?$/.test(text);
  return parts && readVersion(text) !== undefined;
}

function readVersion(text: string): Version | undefined {
  try {
    return parseVersion(text);
  } catch (error) {
    if (error instanceof FunctionError) return undefined;
    throw error;
  }
}
