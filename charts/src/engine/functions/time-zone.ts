/**
 * Time zones by name, as Go's time.LoadLocation: the names of tzdata, told apart by case. Offsets come from Intl,
 * abbreviations from zone-table.ts.
 */
import { zoneAbbreviations } from './zone-table.ts';

/** What clocks show at an instant: seconds east of UTC, and the zone's abbreviation then. */
export interface ZoneTime {
  readonly offset: number;
  readonly abbreviation: string;
}

/** A time zone. `isUtc` is true for UTC itself and the local zone only. */
export interface TimeZone {
  readonly name: string;
  readonly isUtc: boolean;
  /** The offset of a zone that time.FixedZone made, in seconds east of UTC. */
  readonly fixedOffset?: number;
  /** What clocks show at an instant, in seconds since 1970. */
  at(seconds: bigint): ZoneTime;
}

/** UTC, in which a time has no location of its own. */
export const utc: TimeZone = { name: 'UTC', isUtc: true, at: () => ({ offset: 0, abbreviation: 'UTC' }) };

/** The local zone, which is UTC, too: a render does not depend on where it runs. Only fmt can tell them apart. */
export const local: TimeZone = { ...utc };

/** A zone that always has the same offset, as time.FixedZone. */
export function fixedZone(name: string, offset: number): TimeZone {
  return { name, isUtc: false, fixedOffset: offset, at: () => ({ offset, abbreviation: name }) };
}

/** The zone of a name; undefined if there is none. */
export function loadZone(name: string): TimeZone | undefined {
  if (name === '' || name === 'UTC') return utc;
  if (name === 'Local') return local;
  const known = loaded.get(name);
  if (known !== undefined) return known;
  names ??= indexNames();
  const abbreviations = names.get(name);
  if (abbreviations === undefined) return undefined;
  const zone = name === 'Factory' ? fixedZone('-00', 0) : createZone(name, abbreviations);
  loaded.set(name, zone);
  return zone;
}

const loaded = new Map<string, TimeZone>();
let names: ReadonlyMap<string, string> | undefined;

function indexNames(): ReadonlyMap<string, string> {
  return new Map(
    zoneAbbreviations.flatMap(([abbreviations, zones]) => zones.split(' ').map((zone) => [zone, abbreviations])),
  );
}

function createZone(name: string, abbreviations: string): TimeZone {
  const byOffset = new Map(
    abbreviations
      .split(' ')
      .filter((pair) => pair !== '')
      .map((pair) => {
        const colon = pair.indexOf(':');
        return [Number(pair.slice(0, colon)), pair.slice(colon + 1)];
      }),
  );
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return {
    name,
    isUtc: false,
    at: (seconds) => {
      const offset = offsetAt(format, seconds);
      return { offset, abbreviation: byOffset.get(offset) ?? plainAbbreviation(offset) };
    },
  };
}

/** The largest instant of a JavaScript Date, in seconds; a zone's rules do not change that far away. */
const LAST = 8_640_000_000_000n;

function offsetAt(format: Intl.DateTimeFormat, seconds: bigint): number {
  const bounded = seconds > LAST ? LAST : seconds < -LAST ? -LAST : seconds;
  const instant = Number(bounded) * 1000;
  const parts = new Map(format.formatToParts(instant).map((part) => [part.type, part.value]));
  const field = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type));
  const year = parts.get('era') === 'BC' ? 1 - field('year') : field('year');
  // Date.UTC takes years 0 to 99 for 1900 to 1999.
  const local = Date.UTC(2000, field('month') - 1, field('day'), field('hour'), field('minute'), field('second'));
  const inYear = new Date(local).setUTCFullYear(year, field('month') - 1, field('day'));
  return Math.round((inYear - instant) / 1000);
}

/** `+03`, `-0330`; local mean time, before zones, has seconds. */
function plainAbbreviation(offset: number): string {
  if (offset % 60 !== 0) return 'LMT';
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 3600), Math.floor((Math.abs(offset) % 3600) / 60)];
  const digits = String(hours).padStart(2, '0') + (minutes === 0 ? '' : String(minutes).padStart(2, '0'));
  return (offset < 0 ? '-' : '+') + digits;
}

/** The length of what looks like a zone's abbreviation: three capitals, four or five with a final T, `GMT-3`, `+03`. */
export function zoneNameLength(value: string): number {
  if (value.length < 3) return 0;
  if (value.startsWith('ChST') || value.startsWith('MeST')) return 4;
  if (value.startsWith('GMT')) return 3 + signedLength(value.slice(3));
  if (/^[+-]/.test(value)) return signedLength(value);
  const capitals = /^[A-Z]{0,6}/.exec(value)?.[0] ?? '';
  if (capitals.length === 3) return 3;
  if (capitals.length === 4 && (capitals.endsWith('T') || capitals === 'WITA')) return 4;
  return capitals.length === 5 && capitals.endsWith('T') ? 5 : 0;
}

function signedLength(value: string): number {
  const match = /^[+-](\d+)/.exec(value);
  return match !== null && Number(match[1]) <= 23 ? match[0].length : 0;
}
