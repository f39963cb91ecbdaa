/**
 * Semantic versions and quantities (the apiserver's pkg/cel/library/semverlib.go and quantity.go).
 */
import { compareQuantities, QUANTITY_ERROR, type Quantity, tryParseQuantity } from '../../apimachinery/quantity.ts';
import { structType } from '../types.ts';
import { CelError, type Value } from '../values.ts';
import type { CelFunction } from './function.ts';
import { opaqueKind } from './opaque-values.ts';

interface Version {
  /** Major, minor, patch. */
  readonly numbers: readonly bigint[];
  readonly pre: readonly string[];
}

export const SEMVER_TYPE = structType('kubernetes.Semver');
export const QUANTITY_TYPE = structType('kubernetes.Quantity');
const SEMVER = opaqueKind<Version>(SEMVER_TYPE, (a, b) => compareVersions(a, b) === 0);
const QUANTITY = opaqueKind<Quantity>(QUANTITY_TYPE, (a, b) => a.nano === b.nano);
const NANO = 1_000_000_000n;
const MAX_INT = 2n ** 63n - 1n;
const PARTS = ['Major', 'Minor', 'Patch'];

/** blang/semver's Parse, with its texts. */
function parseVersion(text: string): Version | string {
  if (text === '') return 'Version string empty';
  const parts = text.split('.');
  if (parts.length < 3) return 'No Major.Minor.Patch elements found';
  const [major = '', minor = '', ...rest] = parts;
  let patch = rest.join('.');
  let build: string[] = [];
  let pre: string[] = [];
  const plus = patch.indexOf('+');
  if (plus >= 0) {
    build = patch.slice(plus + 1).split('.');
    patch = patch.slice(0, plus);
  }
  const dash = patch.indexOf('-');
  if (dash >= 0) {
    pre = patch.slice(dash + 1).split('.');
    patch = patch.slice(0, dash);
  }
  const numbers: bigint[] = [];
  for (const [index, part] of [major, minor, patch].entries()) {
    const name = PARTS[index] ?? '';
    if (!/^\d*$/.test(part))
      return `Invalid character(s) found in ${name.toLowerCase()} number ${JSON.stringify(part)}`;
    if (/^0\d/.test(part)) return `${name} number must not contain leading zeroes ${JSON.stringify(part)}`;
    if (part === '') return `strconv.ParseUint: parsing "": invalid syntax`;
    numbers.push(BigInt(part));
  }
  for (const part of pre) {
    if (part === '') return 'Prerelease is empty';
    if (/^\d+$/.test(part)) {
      if (/^0\d/.test(part))
        return `Numeric PreRelease version must not contain leading zeroes ${JSON.stringify(part)}`;
    } else if (!/^[0-9A-Za-z-]+$/.test(part)) return `Invalid character(s) found in prerelease ${JSON.stringify(part)}`;
  }
  for (const part of build) {
    if (part === '') return 'Build meta data is empty';
    if (!/^[0-9A-Za-z-]+$/.test(part)) return `Invalid character(s) found in build meta data ${JSON.stringify(part)}`;
  }
  return { numbers, pre };
}

/** `v1.02` as 1.2.0. */
function normalizeVersion(text: string): Version | string {
  const [major = '', minor, ...rest] = text.replace(/^v/, '').split('.');
  const given = minor === undefined ? [major] : rest.length === 0 ? [major, minor] : [major, minor, rest.join('.')];
  const parts = given.map((part) => {
    if (part.length <= 1) return part;
    const trimmed = part.replace(/^0+/, '');
    return /^\d/.test(trimmed) ? trimmed : `0${trimmed}`;
  });
  if (parts.length < 3 && /[+-]/.test(parts.at(-1) ?? ''))
    return 'short version cannot contain PreRelease/Build meta data';
  while (parts.length < 3) parts.push('0');
  return parseVersion(parts.join('.'));
}

function compareVersions(a: Version, b: Version): number {
  for (const [index, number] of a.numbers.entries()) {
    const other = b.numbers[index] ?? 0n;
    if (number !== other) return number < other ? -1 : 1;
  }
  if (a.pre.length === 0 || b.pre.length === 0) return Math.sign(b.pre.length - a.pre.length);
  for (let index = 0; index < a.pre.length && index < b.pre.length; index += 1) {
    const order = comparePre(a.pre[index] ?? '', b.pre[index] ?? '');
    if (order !== 0) return order;
  }
  return Math.sign(a.pre.length - b.pre.length);
}

function comparePre(a: string, b: string): number {
  const [left, right] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (left && right) return BigInt(a) === BigInt(b) ? 0 : BigInt(a) < BigInt(b) ? -1 : 1;
  if (left !== right) return left ? -1 : 1;
  return a === b ? 0 : a < b ? -1 : 1;
}

function readVersion(text: Value | undefined, normalize: Value | undefined): Version | string | undefined {
  if (typeof text !== 'string' || (normalize !== undefined && typeof normalize !== 'boolean')) return undefined;
  return normalize === true ? normalizeVersion(text) : parseVersion(text);
}

function part(name: string, index: number): CelFunction {
  return { name, call: ([value]) => SEMVER.read(value)?.numbers[index] };
}

function comparison(name: string, answer: (order: number) => Value): CelFunction {
  return {
    name,
    call: ([a, b]) => {
      const [left, right] = [SEMVER.read(a), SEMVER.read(b)];
      if (left !== undefined && right !== undefined) return answer(compareVersions(left, right));
      const [first, second] = [QUANTITY.read(a), QUANTITY.read(b)];
      if (first === undefined || second === undefined) return undefined;
      return answer(Math.sign(compareQuantities(first, second)));
    },
  };
}

function sum(name: string, sign: bigint): CelFunction {
  return {
    name,
    call: ([a, b]) => {
      const left = QUANTITY.read(a);
      const right = typeof b === 'bigint' ? b * NANO : QUANTITY.read(b)?.nano;
      if (left === undefined || right === undefined) return undefined;
      return QUANTITY.make({ ...left, nano: left.nano + sign * right });
    },
  };
}

function integerOf({ nano }: Quantity): bigint | undefined {
  const whole = nano / NANO;
  return nano % NANO === 0n && whole <= MAX_INT && whole >= -MAX_INT ? whole : undefined;
}

export const VERSION_FUNCTIONS: readonly CelFunction[] = [
  {
    name: 'semver',
    call: ([text, normalize]) => {
      const version = readVersion(text, normalize);
      if (version === undefined) return undefined;
      return typeof version === 'string' ? new CelError(version) : SEMVER.make(version);
    },
  },
  {
    name: 'isSemver',
    call: ([text, normalize]) => {
      const version = readVersion(text, normalize);
      return version === undefined ? undefined : typeof version !== 'string';
    },
  },
  part('major', 0),
  part('minor', 1),
  part('patch', 2),
  comparison('isGreaterThan', (order) => order > 0),
  comparison('isLessThan', (order) => order < 0),
  comparison('compareTo', (order) => BigInt(order)),
  {
    name: 'quantity',
    call: ([text]) => {
      if (typeof text !== 'string') return undefined;
      const quantity = tryParseQuantity(text);
      if (quantity !== undefined) return QUANTITY.make(quantity);
      const sound = /^[+-]?(?:\d+\.?\d*|\.\d+)[eEinumkKMGTP]*[-+]?\d*$/.test(text);
      return new CelError(sound ? "unable to parse quantity's suffix" : QUANTITY_ERROR);
    },
  },
  {
    name: 'isQuantity',
    call: ([text]) => (typeof text === 'string' ? tryParseQuantity(text) !== undefined : undefined),
  },
  {
    name: 'sign',
    call: ([value]) => {
      const quantity = QUANTITY.read(value);
      return quantity === undefined ? undefined : quantity.nano < 0n ? -1n : quantity.nano > 0n ? 1n : 0n;
    },
  },
  {
    name: 'isInteger',
    call: ([value]) => {
      const quantity = QUANTITY.read(value);
      return quantity === undefined ? undefined : integerOf(quantity) !== undefined;
    },
  },
  {
    name: 'asInteger',
    call: ([value]) => {
      const quantity = QUANTITY.read(value);
      if (quantity === undefined) return undefined;
      return integerOf(quantity) ?? new CelError('cannot convert value to integer');
    },
  },
  {
    name: 'asApproximateFloat',
    call: ([value]) => {
      const quantity = QUANTITY.read(value);
      return quantity === undefined ? undefined : Number(quantity.nano) / 1e9;
    },
  },
  sum('add', 1n),
  sum('sub', -1n),
];
