/**
 * Chart versions as Helm reads them: github.com/Masterminds/semver/v3 `NewVersion`, which forgives a leading `v` and
 * missing minor and patch numbers. Order is semver 2.0.0's precedence; versions that differ only in build metadata or in
 * spelling, which semver leaves unordered, are ordered by their text, so that every list is the same each time.
 */
export interface ParsedVersion {
  readonly major: string;
  readonly minor: string;
  readonly patch: string;
  /** Identifiers of the pre-release, none for a release. */
  readonly prerelease: readonly string[];
  /** Build metadata without its `+`, empty when there is none. */
  readonly build: string;
}

const pattern =
  /^v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/;

/** Longest version accepted; an OCI tag has room for 128. */
export const maxVersionLength = 120;

/** The parts of a version, or undefined when the text is none. */
export function parseVersion(text: string): ParsedVersion | undefined {
  if (text.length > maxVersionLength) {
    return undefined;
  }
  const match = pattern.exec(text);
  if (match === null) {
    return undefined;
  }
  const [, major = '0', minor = '0', patch = '0', prerelease, build = ''] = match;
  const identifiers = prerelease === undefined ? [] : prerelease.split('.');
  if (identifiers.some((identifier) => /^0[0-9]+$/.test(identifier))) {
    return undefined;
  }
  return { major, minor, patch, prerelease: identifiers, build };
}

export function isPrerelease(version: ParsedVersion): boolean {
  return version.prerelease.length > 0;
}

/**
 * A text whose order by bytes is the order of versions, for an index of a database: numbers carry the count of their
 * digits in front, a release sorts after its pre-releases, a numeric identifier before one with letters, and a shorter
 * list of identifiers before a longer one.
 * `1.2.0-rc.1` gives `00110012001 0-1rc!000011 1.2.0-rc.1`-like text (parts joined without these spaces).
 */
export function versionSortKey(version: ParsedVersion, text: string): string {
  const numbers = `${number(version.major)}${number(version.minor)}${number(version.patch)}`;
  if (version.prerelease.length === 0) {
    return `${numbers}~ ${text}`;
  }
  const identifiers = version.prerelease.map((identifier) =>
    /^[0-9]+$/.test(identifier) ? `0${number(identifier)}` : `1${identifier}`,
  );
  return `${numbers}-${identifiers.join('!')} ${text}`;
}

/** Negative, zero or positive as `left` is before, the same as or after `right`; both must be versions. */
export function compareVersions(left: string, right: string): number {
  const leftKey = sortKeyOf(left);
  const rightKey = sortKeyOf(right);
  return leftKey < rightKey ? -1 : leftKey > rightKey ? 1 : 0;
}

function sortKeyOf(text: string): string {
  const version = parseVersion(text);
  return version === undefined ? text : versionSortKey(version, text);
}

/** Digits without leading zeros behind their count in three digits, so that 9 sorts before 10. */
function number(digits: string): string {
  const significant = digits.replace(/^0+(?=[0-9])/, '');
  return `${String(significant.length).padStart(3, '0')}${significant}`;
}
