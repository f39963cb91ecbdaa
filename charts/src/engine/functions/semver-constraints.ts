/**
 * Constraints on versions: `>=1.2 <2 || ^3`, `1.2 - 1.4`, `~1.2`, `1.x`. Follows Masterminds/semver 3.5.0. The texts are
 * user input: the patterns below have one way to match at every place, and the length is bounded.
 */
import { byteLength } from '../gotemplate/bytes.ts';
import { quote } from '../gotemplate/quote.ts';
import { FunctionError } from './function.ts';
import { comparePrereleases, compareVersions, parseVersion, type Version } from './semver-version.ts';

const MAX_BYTES = 512;
const MAX_GROUPS = 32;

/** One comparison. `minorOpen` and `patchOpen` say that the part was left out or a wildcard. */
interface Constraint {
  readonly operator: string;
  readonly version: Version;
  readonly isOpen: boolean;
  readonly minorOpen: boolean;
  readonly patchOpen: boolean;
}

/** Alternatives of constraints that must all hold. */
export type Constraints = readonly (readonly Constraint[])[];

const WS = '[\\t\\n\\f\\r ]';
const PART = '[0-9|xX*]+';
const NAMES = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*';
const VERSION = `v?${PART}(?:\\.${PART})?(?:\\.${PART})?(?:-${NAMES})?(?:\\+${NAMES})?`;
const OPERATOR = '!=|>=|=>|<=|=<|~>|=|>|<|~|\\^';
const ITEM = `(?:(?:${OPERATOR})${WS}*)?${VERSION}`;

const partsPattern = new RegExp(
  `^(${OPERATOR})?${WS}*(v?(${PART})(\\.${PART})?(\\.${PART})?(?:-(${NAMES}))?(?:\\+${NAMES})?)$`,
);

/** What constraints of more than one comparison are read with; made for the first of them. */
interface Patterns {
  readonly group: RegExp;
  readonly item: RegExp;
  readonly range: RegExp;
}

let patterns: Patterns | undefined;

function makePatterns(): Patterns {
  return {
    group: new RegExp(`^${WS}*${ITEM}(?:(?:${WS}*,${WS}*|${WS}+)${ITEM})*${WS}*$`),
    item: new RegExp(ITEM, 'g'),
    range: new RegExp(`${WS}*(${VERSION})${WS}+-${WS}+(${VERSION})${WS}*`, 'g'),
  };
}

/** NewConstraint. Throws FunctionError for what is no constraint. */
export function parseConstraints(value: string): Constraints {
  if (byteLength(value) > MAX_BYTES) {
    throw new FunctionError(`constraint string is too long (max ${MAX_BYTES} bytes)`);
  }
  const single = value.includes('||') ? null : partsPattern.exec(value);
  if (single !== null) return [[toConstraint(single)]];
  patterns ??= makePatterns();
  const { group: groupPattern, item: itemPattern, range } = patterns;
  const groups = rewriteRanges(value, range).split('||');
  if (groups.length > MAX_GROUPS) throw new FunctionError(`too many constraint groups (max ${MAX_GROUPS})`);
  return groups.map((group) => {
    if (!groupPattern.test(group)) throw new FunctionError(`improper constraint: ${quote(group)}`);
    return (group.match(itemPattern) ?? [group]).map(parseConstraint);
  });
}

/** True if a version meets all constraints of a group. A pre-release is only met by a group that names one. */
export function checkConstraints(constraints: Constraints, version: Version): boolean {
  return constraints.some((group) => {
    const allowsPrerelease = group.some((constraint) => constraint.version.prerelease !== '');
    if (version.prerelease !== '' && !allowsPrerelease) return false;
    return group.every((constraint) => checks.get(constraint.operator)?.(version, constraint) ?? false);
  });
}

/** `1.2 - 1.4` is `>= 1.2, <= 1.4`. Each is replaced where its text first stands, which may be elsewhere. */
function rewriteRanges(value: string, rangePattern: RegExp): string {
  let out = value;
  for (const [range, low, high] of value.matchAll(rangePattern)) out = out.replace(range, `>= ${low}, <= ${high} `);
  return out;
}

function parseConstraint(item: string): Constraint {
  const match = partsPattern.exec(item);
  if (match === null) throw new FunctionError(`improper constraint: ${quote(item)}`);
  return toConstraint(match);
}

/** The constraint that partsPattern found. */
function toConstraint(match: RegExpExecArray): Constraint {
  const [, operator = '', written = '', major = '', minor = '', patch = '', prerelease] = match;
  const suffix = prerelease === undefined ? '' : `-${prerelease}`;
  const anyMajor = isWildcard(major);
  const minorOpen = !anyMajor && isWildcard(minor.slice(1));
  const patchOpen = !anyMajor && !minorOpen && isWildcard(patch.slice(1));
  let full = written;
  if (anyMajor) full = `0.0.0${suffix}`;
  else if (minorOpen) full = `${major}.0.0${suffix}`;
  else if (patchOpen) full = `${major}${minor}.0${suffix}`;
  return { operator, version: readVersion(full), isOpen: anyMajor || minorOpen || patchOpen, minorOpen, patchOpen };
}

function readVersion(value: string): Version {
  try {
    return parseVersion(value);
  } catch {
    throw new FunctionError('constraint parser error');
  }
}

function isWildcard(part: string): boolean {
  return part === '' || part === 'x' || part === 'X' || part === '*';
}

type Check = (version: Version, constraint: Constraint) => boolean;

const checks: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['', equals],
  ['=', equals],
  ['!=', differs],
  ['>', isGreater],
  ['<', (version, { version: bound }) => compareVersions(version, bound) < 0],
  ['>=', (version, { version: bound }) => compareVersions(version, bound) >= 0],
  ['=>', (version, { version: bound }) => compareVersions(version, bound) >= 0],
  ['<=', isAtMost],
  ['=<', isAtMost],
  ['~', isTilde],
  ['~>', isTilde],
  ['^', isCaret],
]);

function equals(version: Version, constraint: Constraint): boolean {
  return constraint.isOpen ? isTilde(version, constraint) : compareVersions(version, constraint.version) === 0;
}

function differs(version: Version, constraint: Constraint): boolean {
  const bound = constraint.version;
  if (!constraint.isOpen) return compareVersions(version, bound) !== 0;
  if (bound.major !== version.major) return true;
  if (constraint.minorOpen) return false;
  if (bound.minor !== version.minor) return true;
  if (constraint.patchOpen) return comparePrereleases(version.prerelease, bound.prerelease) !== 0;
  if (bound.patch !== version.patch) return true;
  return compareVersions(version, bound) !== 0;
}

/** `>11` is met by 12.0, not by 11.1; `>11.1` by 11.2, not by 11.1.1. */
function isGreater(version: Version, constraint: Constraint): boolean {
  const bound = constraint.version;
  if (!constraint.isOpen) return compareVersions(version, bound) > 0;
  if (version.major !== bound.major) return version.major > bound.major;
  if (constraint.minorOpen) return false;
  if (constraint.patchOpen) return version.minor > bound.minor;
  return compareVersions(version, bound) > 0;
}

function isAtMost(version: Version, constraint: Constraint): boolean {
  const bound = constraint.version;
  if (!constraint.isOpen) return compareVersions(version, bound) <= 0;
  if (version.major > bound.major) return false;
  return !(version.major === bound.major && version.minor > bound.minor && !constraint.minorOpen);
}

/** `~1.2.3` is >=1.2.3 <1.3; `~1` is >=1 <2; `~0.0.0` and `~*` are all. */
function isTilde(version: Version, constraint: Constraint): boolean {
  const bound = constraint.version;
  if (compareVersions(version, bound) < 0) return false;
  const isZero = bound.major === 0n && bound.minor === 0n && bound.patch === 0n;
  if (isZero && !constraint.minorOpen && !constraint.patchOpen) return true;
  if (version.major !== bound.major) return false;
  return version.minor === bound.minor || constraint.minorOpen;
}

/** `^1.2.3` is >=1.2.3 <2; `^0.2.3` is >=0.2.3 <0.3; `^0.0.3` is 0.0.3. */
function isCaret(version: Version, constraint: Constraint): boolean {
  const bound = constraint.version;
  if (compareVersions(version, bound) < 0) return false;
  if (bound.major > 0n || constraint.minorOpen) return version.major === bound.major;
  if (version.major > 0n) return false;
  if (bound.minor > 0n || constraint.patchOpen) return version.minor === bound.minor;
  if (version.minor > 0n) return false;
  return version.patch === bound.patch;
}
