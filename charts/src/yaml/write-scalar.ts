/**
 * Writes the characters of a scalar in each style, as libyaml's emitter does: folding at the first space beyond
 * the width, escapes, block scalar hints.
 */
import { isBreak, SPACE } from './characters.ts';
import { isPrintable } from './scalar-style.ts';

export interface ScalarPlace {
  /** Where the scalar begins, and its further lines begin. */
  readonly column: number;
  readonly indent: number;
  /** The column beyond which a space becomes a line break; Infinity for none. */
  readonly width: number;
}

/** Text without quotes. */
export function writePlain(text: string, place: ScalarPlace): string {
  if (place.column + text.length <= place.width || !text.includes(' ')) return text;
  return fold(text, place, '');
}

/** Text within single quotes. */
export function writeSingleQuoted(text: string, place: ScalarPlace): string {
  const inner = { ...place, column: place.column + 1 };
  return `'${fold(text, inner, "'")}'`;
}

/** Plain and single-quoted text: a lone space beyond the width becomes a break, quotes are doubled. */
function fold(text: string, place: ScalarPlace, quote: string): string {
  const margin = ' '.repeat(place.indent);
  let out = '';
  let { column } = place;
  let spaces = false;
  let breaks = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === SPACE) {
      const inside = quote === '' || (i > 0 && i < text.length - 1);
      if (!spaces && column > place.width && inside && text.charCodeAt(i + 1) !== SPACE) {
        out += `\n${margin}`;
        column = place.indent;
      } else {
        out += ' ';
        column++;
      }
      spaces = true;
    } else if (isBreak(code)) {
      out += text[i];
      column = 0;
      breaks = true;
    } else {
      if (breaks) {
        out += ' '.repeat(Math.max(0, place.indent - column));
        column = Math.max(column, place.indent);
      }
      if (quote !== '' && text[i] === quote) {
        out += quote;
        column++;
      }
      out += text[i];
      column++;
      spaces = false;
      breaks = false;
    }
  }
  return out;
}

const ESCAPES: ReadonlyMap<number, string> = new Map([
  [0, '0'],
  [7, 'a'],
  [8, 'b'],
  [9, 't'],
  [10, 'n'],
  [11, 'v'],
  [12, 'f'],
  [13, 'r'],
  [27, 'e'],
  [34, '"'],
  [92, '\\'],
  [0x85, 'N'],
  [0xa0, '_'],
  [0x2028, 'L'],
  [0x2029, 'P'],
]);

/** Text within double quotes. */
export function writeDoubleQuoted(text: string, place: ScalarPlace): string {
  const margin = ' '.repeat(place.indent);
  // libyaml looks for a byte order mark at the beginning of the text, whatever character it is at.
  const all = text.charCodeAt(0) === 0xfeff;
  let out = '"';
  let column = place.column + 1;
  let spaces = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (all || !isPrintable(code) || isBreak(code) || code === 34 || code === 92) {
      const point = text.codePointAt(i) ?? code;
      if (point > 0xffff) i++;
      const written = escapeCode(point);
      out += written;
      column += written.length;
      spaces = false;
    } else if (code === SPACE) {
      if (!spaces && column > place.width && i > 0 && i < text.length - 1) {
        out += `\n${margin}`;
        column = place.indent;
        if (text.charCodeAt(i + 1) === SPACE) {
          out += '\\';
          column++;
        }
      } else {
        out += ' ';
        column++;
      }
      spaces = true;
    } else {
      out += text[i];
      column++;
      spaces = false;
    }
  }
  return `${out}"`;
}

function escapeCode(point: number): string {
  const short = ESCAPES.get(point);
  if (short !== undefined) return `\\${short}`;
  const hex = point.toString(16).toUpperCase();
  if (point <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return point <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

/** Text as a literal block: indicator, hints and lines. Ends in a break only if the text does. */
export function writeLiteral(text: string, indent: number, bestIndent: number): string {
  const margin = ' '.repeat(indent);
  let out = '|';
  const first = text.charCodeAt(0);
  if (first === SPACE || isBreak(first)) out += String(bestIndent);
  const last = text.charCodeAt(text.length - 1);
  if (!isBreak(last)) out += '-';
  else if (text.length === 1 || isBreak(text.charCodeAt(text.length - 2))) out += '+';
  out += '\n';
  let start = 0;
  for (let i = 0; i <= text.length; i++) {
    if (i < text.length && !isBreak(text.charCodeAt(i))) continue;
    if (i > start) out += margin + text.slice(start, i);
    if (i < text.length) out += text[i];
    start = i + 1;
  }
  return out;
}
