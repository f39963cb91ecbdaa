/**
 * Versions and constraints: semver, semverCompare. Follows Masterminds/semver 3.5.0, whose grammar and rules for
 * pre-releases, wildcards and ranges are not npm's.
 */
import { GoNumber, GoStruct, type GoStructType, type GoValue, method } from '../gotemplate/go-value.ts';
import { struct, text } from './arguments.ts';
import { FunctionError, type TemplateFunction } from './function.ts';
import { checkConstraints, parseConstraints } from './semver-constraints.ts';
import { compareVersions, formatVersion, parseVersion, type Version, validatePrerelease } from './semver-version.ts';

/** semver, semverCompare. */
export const semverFunctions: readonly TemplateFunction[] = [
  {
    name: 'semver',
    parameters: ['string'],
    result: '*semver.Version',
    call: ([version]) => versionValue(parseVersion(text(version)), versionType),
  },
  {
    name: 'semverCompare',
    parameters: ['string', 'string'],
    result: 'bool',
    call: ([constraint, version]) => checkConstraints(parseConstraints(text(constraint)), parseVersion(text(version))),
  },
];

const MAX_UINT64 = 2n ** 64n - 1n;

/** Methods of a version itself; those that need a pointer to one follow. */
const valueMethods: GoStructType['methods'] = new Map([
  ['Major', method([], (self: GoStruct) => uint64(native(self).major))],
  ['Minor', method([], (self: GoStruct) => uint64(native(self).minor))],
  ['Patch', method([], (self: GoStruct) => uint64(native(self).patch))],
  ['Prerelease', method([], (self: GoStruct) => native(self).prerelease)],
  ['Metadata', method([], (self: GoStruct) => native(self).metadata)],
  ['String', method([], (self: GoStruct) => formatVersion(native(self)))],
  ['IncMajor', method([], (self: GoStruct) => next(native(self), 'major'))],
  ['IncMinor', method([], (self: GoStruct) => next(native(self), 'minor'))],
  ['IncPatch', method([], (self: GoStruct) => next(native(self), 'patch'))],
  ['SetPrerelease', method(['string'], (self: GoStruct, [value]) => withPrerelease(native(self), text(value)))],
  ['SetMetadata', method(['string'], (self: GoStruct, [value]) => withMetadata(native(self), text(value)))],
]);

const pointerMethods: GoStructType['methods'] = new Map([
  ...valueMethods,
  ['Original', method([], (self: GoStruct) => native(self).original)],
  ['Compare', comparison((order) => BigInt(order))],
  ['Equal', comparison((order) => order === 0)],
  ['LessThan', comparison((order) => order < 0)],
  ['LessThanEqual', comparison((order) => order <= 0)],
  ['GreaterThan', comparison((order) => order > 0)],
  ['GreaterThanEqual', comparison((order) => order >= 0)],
]);

const zero: Version = { major: 0n, minor: 0n, patch: 0n, prerelease: '', metadata: '', original: '' };

const versionType: GoStructType = {
  name: '*semver.Version',
  pointer: true,
  fields: [],
  methods: pointerMethods,
  format: (self) => formatVersion(native(self)),
  toJson: (self) => formatVersion(native(self)),
  shown: (self) => {
    const { major, minor, patch, prerelease, metadata, original } = native(self);
    return new Map<string, GoValue>([
      ['major', uint64(major)],
      ['minor', uint64(minor)],
      ['patch', uint64(patch)],
      ['pre', prerelease],
      ['metadata', metadata],
      ['original', original],
    ]);
  },
  zeroNative: zero,
};

/** What the methods that make a new version give: not a pointer. */
const versionStructType: GoStructType = {
  ...versionType,
  name: 'semver.Version',
  pointer: false,
  methods: valueMethods,
};

function versionValue(version: Version, type: GoStructType): GoStruct {
  return new GoStruct(type, new Map(), version);
}

function native(value: GoStruct): Version {
  // Only versionValue makes structs of these types.
  return value.native as Version;
}

function uint64(value: bigint): GoNumber {
  return new GoNumber('uint64', 'uint64', value);
}

function comparison(result: (order: number) => GoValue) {
  return method(['*semver.Version'], (self: GoStruct, [other]) =>
    result(compareVersions(native(self), native(struct(other)))),
  );
}

function next(version: Version, part: 'major' | 'minor' | 'patch'): GoStruct {
  const changed = { ...version, prerelease: '', metadata: '' };
  // A pre-release of a patch is before it.
  if (part !== 'patch' || version.prerelease === '') {
    if (version[part] === MAX_UINT64) throw new FunctionError(`${part} version increment would overflow uint64`);
    changed[part] = version[part] + 1n;
  }
  if (part !== 'patch') changed.patch = 0n;
  if (part === 'major') changed.minor = 0n;
  return changedValue(version, changed);
}

function withPrerelease(version: Version, prerelease: string): GoStruct {
  if (prerelease !== '') validatePrerelease(prerelease);
  return changedValue(version, { ...version, prerelease });
}

function withMetadata(version: Version, metadata: string): GoStruct {
  if (metadata !== '' && !/^[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*$/.test(metadata)) {
    throw new FunctionError('invalid metadata string');
  }
  return changedValue(version, { ...version, metadata });
}

function changedValue(before: Version, after: Version): GoStruct {
  const prefix = before.original.startsWith('v') ? 'v' : '';
  return versionValue({ ...after, original: prefix + formatVersion(after) }, versionStructType);
}
