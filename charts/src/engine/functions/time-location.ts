/**
 * What a time.Location holds, as Go prints a time whose methods it does not call: the rules of FixedZone, and nothing
 * but a name for the local zone (Go 1.26).
 */
import { GoNumber, GoStruct, type GoStructType, type GoValue, int64 } from '../gotemplate/go-value.ts';
import type { TimeZone } from './time-zone.ts';

/** The beginning and the end of time. */
const ALPHA = int64(-(2n ** 63n));
const OMEGA = int64(2n ** 63n - 1n);

const zoneType: GoStructType = {
  name: 'time.zone',
  pointer: false,
  fields: [],
  shown: ({ fields }) => fields,
  methods: new Map(),
};
const zonePointerType: GoStructType = { ...zoneType, name: '*time.zone', pointer: true };
const nilZone = new GoStruct({ ...zonePointerType, isNil: true }, new Map());
const transitionType: GoStructType = { ...zoneType, name: 'time.zoneTrans' };

/** The fields of the location of a zone. */
export function storedZone({ name, fixedOffset }: TimeZone): Map<string, GoValue> {
  if (fixedOffset === undefined) {
    return location(name, { zones: [], transitions: [], cache: [int64(0n), int64(0n), nilZone] });
  }
  const zone = new Map<string, GoValue>([
    ['name', name],
    ['offset', BigInt(fixedOffset)],
    ['isDST', false],
  ]);
  const transition = new Map<string, GoValue>([
    ['when', ALPHA],
    ['index', new GoNumber('uint8', 'uint8', 0n)],
    ['isstd', false],
    ['isutc', false],
  ]);
  return location(name, {
    zones: [new GoStruct(zoneType, zone)],
    transitions: [new GoStruct(transitionType, transition)],
    cache: [ALPHA, OMEGA, new GoStruct(zonePointerType, zone)],
  });
}

function location(
  name: string,
  parts: {
    readonly zones: GoValue[];
    readonly transitions: GoValue[];
    readonly cache: readonly [start: GoValue, end: GoValue, zone: GoValue];
  },
): Map<string, GoValue> {
  return new Map<string, GoValue>([
    ['name', name],
    ['zone', parts.zones],
    ['tx', parts.transitions],
    ['extend', ''],
    ['cacheStart', parts.cache[0]],
    ['cacheEnd', parts.cache[1]],
    ['cacheZone', parts.cache[2]],
  ]);
}
