/**
 * Go's layouts: a text that shows how the reference time, Mon Jan 2 15:04:05 MST 2006, would be written. Splits a layout
 * into its elements and writes times by it. Follows time.Format of Go 1.26.
 */
import type { CivilDay } from './calendar.ts';
import { monthNames, weekdayNames } from './go-duration.ts';

/** An element of a layout, named as it is written there; `fraction0` and `fraction9` are `.000` and `.999`. */
export interface LayoutChunk {
  readonly prefix: string;
  /** Undefined at the end of the layout. */
  readonly element: string | undefined;
  readonly kind: 'text' | 'fraction0' | 'fraction9';
  readonly suffix: string;
}

/** Elements by their first character, longest first. */
const elements: ReadonlyMap<string, readonly string[]> = new Map([
  ['J', ['January', 'Jan']],
  ['M', ['Monday', 'Mon', 'MST']],
  ['0', ['002', '01', '02', '03', '04', '05', '06']],
  ['1', ['15', '1']],
  ['2', ['2006', '2']],
  ['_', ['__2', '_2']],
  ['3', ['3']],
  ['4', ['4']],
  ['5', ['5']],
  ['P', ['PM']],
  ['p', ['pm']],
  ['-', ['-070000', '-07:00:00', '-0700', '-07:00', '-07']],
  ['Z', ['Z070000', 'Z07:00:00', 'Z0700', 'Z07:00', 'Z07']],
]);

/** The text up to the first element of a layout, the element, and the rest. */
export function nextChunk(layout: string): LayoutChunk {
  for (let i = 0; i < layout.length; i++) {
    const first = layout.charAt(i);
    if (first === '.' || first === ',') {
      const digits = /^(0+|9+)(?![0-9])/.exec(layout.slice(i + 1));
      if (digits === null) continue;
      const end = i + 1 + digits[0].length;
      const kind = digits[0].startsWith('0') ? 'fraction0' : 'fraction9';
      return { prefix: layout.slice(0, i), element: layout.slice(i, end), kind, suffix: layout.slice(end) };
    }
    if (layout.startsWith('_2006', i)) {
      return { prefix: layout.slice(0, i + 1), element: '2006', kind: 'text', suffix: layout.slice(i + 5) };
    }
    const element = elements.get(first)?.find((each) => layout.startsWith(each, i));
    if (element === undefined) continue;
    // "Janet" and "Monk" are words.
    if ((element === 'Jan' || element === 'Mon') && /^[a-z]/.test(layout.slice(i + 3))) continue;
    return { prefix: layout.slice(0, i), element, kind: 'text', suffix: layout.slice(i + element.length) };
  }
  return { prefix: layout, element: undefined, kind: 'text', suffix: '' };
}

/** What a layout can show of a time. */
export interface ClockFields extends CivilDay {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nanosecond: number;
  /** Seconds east of UTC. */
  readonly offset: number;
  readonly abbreviation: string;
}

/** A time written by a layout. */
export function formatByLayout(layout: string, time: ClockFields): string {
  let out = '';
  let rest = layout;
  for (;;) {
    const chunk = nextChunk(rest);
    out += chunk.prefix;
    if (chunk.element === undefined) return out;
    out += chunk.kind === 'text' ? formatElement(chunk.element, time) : formatFraction(chunk, time.nanosecond);
    rest = chunk.suffix;
  }
}

function formatElement(element: string, time: ClockFields): string {
  const monthName = monthNames[time.month - 1] ?? '';
  const weekdayName = weekdayNames[time.weekday] ?? '';
  switch (element) {
    case '2006':
      return padded(time.year, 4);
    case '06':
      return padded(Math.max(0, time.year) % 100, 2);
    case 'January':
      return monthName;
    case 'Jan':
      return monthName.slice(0, 3);
    case '1':
      return String(time.month);
    case '01':
      return padded(time.month, 2);
    case 'Monday':
      return weekdayName;
    case 'Mon':
      return weekdayName.slice(0, 3);
    case '2':
      return String(time.day);
    case '_2':
      return String(time.day).padStart(2, ' ');
    case '02':
      return padded(time.day, 2);
    case '__2':
      return String(time.yearDay).padStart(3, ' ');
    case '002':
      return padded(time.yearDay, 3);
    case '15':
      return padded(time.hour, 2);
    case '3':
      return String(time.hour % 12 || 12);
    case '03':
      return padded(time.hour % 12 || 12, 2);
    case '4':
      return String(time.minute);
    case '04':
      return padded(time.minute, 2);
    case '5':
      return String(time.second);
    case '05':
      return padded(time.second, 2);
    case 'PM':
      return time.hour >= 12 ? 'PM' : 'AM';
    case 'pm':
      return time.hour >= 12 ? 'pm' : 'am';
    case 'MST':
      return time.abbreviation === '' ? formatOffset('-0700', time.offset) : time.abbreviation;
    default:
      return element.startsWith('Z') && time.offset === 0 ? 'Z' : formatOffset(element, time.offset);
  }
}

function formatOffset(element: string, offset: number): string {
  const minutes = Math.trunc(offset / 60);
  const size = Math.abs(minutes);
  const colon = element.includes(':') ? ':' : '';
  let out = (minutes < 0 ? '-' : '+') + padded(Math.trunc(size / 60), 2);
  if (element.length > 3) out += colon + padded(size % 60, 2);
  if (element.length > 6) out += colon + padded(Math.abs(offset) % 60, 2);
  return out;
}

function formatFraction(chunk: LayoutChunk, nanosecond: number): string {
  const element = chunk.element ?? '';
  let digits = padded(nanosecond, 9).slice(0, element.length - 1);
  if (chunk.kind === 'fraction9') {
    digits = digits.replace(/0+$/, '');
    if (digits === '') return '';
  }
  return element.charAt(0) + digits.padEnd(chunk.kind === 'fraction0' ? element.length - 1 : 0, '0');
}

/** Digits padded with zeros, after the sign. */
function padded(value: number, width: number): string {
  return (value < 0 ? '-' : '') + String(Math.abs(value)).padStart(width, '0');
}
