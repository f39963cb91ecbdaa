/** The values of TOML's scalar tokens, with the error texts of BurntSushi/toml 1.6.0's parser. */
import { type GoNumber, type GoValue, int64 } from '../gotemplate/go-value.ts';
import { quote } from '../gotemplate/quote.ts';
import { timeValue } from './go-time.ts';
import { parseFloatingPoint, parseInteger } from './parse-number.ts';
import { parseByLayout } from './time-parse.ts';
import { fixedZone } from './time-zone.ts';
import { type Token, TomlFault } from './toml-cursor.ts';

/** An integer token as int64. Throws TomlFault. */
export function readInteger(token: Token): GoNumber {
  const { text, line } = token;
  if (!hasGoodUnderscores(text)) {
    throw new TomlFault(`Invalid integer ${quote(text)}: underscores must be surrounded by digits`, line);
  }
  if (hasLeadingZero(text)) throw new TomlFault(`Invalid integer ${quote(text)}: cannot have leading zeroes`, line);
  const value = parseInteger(text, 0);
  if (typeof value === 'bigint') return int64(value);
  throw new TomlFault(`${text} is out of range for int64`, line);
}

/** A float token. Throws TomlFault. */
export function readFloat(token: Token): number {
  const { text, line } = token;
  const parts = text.split(/[.eE]/).filter((part) => part !== '');
  if (!parts.every(hasGoodUnderscores)) {
    throw new TomlFault(`Invalid float ${quote(text)}: underscores must be surrounded by digits`, line);
  }
  if (hasLeadingZero(parts[0] ?? ''))
    throw new TomlFault(`Invalid float ${quote(text)}: cannot have leading zeroes`, line);
  if (/\.(?![0-9])/.test(text)) {
    throw new TomlFault(`Invalid float ${quote(text)}: '.' must be followed by one or more digits`, line);
  }
  const value = parseFloatingPoint(text.replaceAll('_', '').replace(/^[+-]nan$/, 'nan'));
  if (typeof value === 'number') return value;
  if (value === 'range') throw new TomlFault(`${text} is out of range for float64`, line);
  throw new TomlFault(`Invalid float value: ${quote(text)}`, line);
}

function hasLeadingZero(digits: string): boolean {
  return /^0[^box]/.test(digits) || /^[+-]0./.test(digits);
}

function hasGoodUnderscores(digits: string): boolean {
  if (/^[+-]?(nan|inf)$/.test(digits)) return true;
  return /[0-9a-fA-F]$/.test(digits) && !/(^|[^0-9a-fA-F])_/.test(digits);
}

/** Layouts of dates and times, and the zones that mark those without an offset. */
const timeLayouts: readonly (readonly [layout: string, zone: string | undefined])[] = [
  ['2006-01-02T15:04:05.999999999Z07:00', undefined],
  ['2006-01-02T15:04:05.999999999', 'datetime-local'],
  ['2006-01-02', 'date-local'],
  ['15:04:05.999999999', 'time-local'],
  ['2006-01-02T15:04Z07:00', undefined],
  ['2006-01-02T15:04', 'datetime-local'],
  ['15:04', 'time-local'],
];

/** A date, time or both as a time.Time. Throws TomlFault. */
export function readTime(token: Token): GoValue {
  const text = token.text.replaceAll('z', 'Z').replace(/[t ]/g, 'T');
  const fault = new TomlFault(`invalid datetime: ${quote(text)}`, token.line);
  for (const [layout, zone] of timeLayouts) {
    const moment = parseByLayout(layout, text);
    if ('error' in moment) continue;
    // Go takes a single digit where two are asked for; separators must be where the layout has them.
    const fixed = layout.replace(/[.Z].*$/, '');
    if (Array.from(fixed).some((char, i) => !/[0-9]/.test(char) && text[i] !== char)) throw fault;
    return timeValue(zone === undefined ? moment : { ...moment, zone: fixedZone(zone, 0) });
  }
  throw fault;
}

/** A line break right after the opening quotes does not count. */
export function stripFirstBreak(text: string): string {
  return text.replace(/^\r?\n/, '');
}

/** A backslash at the end of a line takes away all space up to the next character. */
export function stripEscapedBreaks(text: string): string {
  return text.replace(/\\(?:\\|[ \t\r\n]+)/g, (found) => (found.includes('\n') ? '' : found));
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['b', '\b'],
  ['t', '\t'],
  ['n', '\n'],
  ['f', '\f'],
  ['r', '\r'],
  ['e', '\x1b'],
  ['"', '"'],
  ['\\', '\\'],
]);

/** A text with its escapes replaced. Throws TomlFault. */
export function replaceEscapes(token: Token, text: string): string {
  return text.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))/gs,
    (_, two?: string, four?: string, eight?: string, char?: string) => {
      const digits = two ?? four ?? eight;
      if (digits === undefined) {
        const plain = escapes.get(char ?? '');
        if (plain === undefined) throw new TomlFault(`invalid escape: '\\${char}'`, token.line);
        return plain;
      }
      const point = Number.parseInt(digits, 16);
      if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) {
        throw new TomlFault(`Escaped character '\\u${digits}' is not valid UTF-8.`, token.line);
      }
      return String.fromCodePoint(point);
    },
  );
}
