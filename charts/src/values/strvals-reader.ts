/**
 * The characters of `--set` and its like, piece by piece: keys up to what ends them, indices, values. Follows Helm v4.3's
 * pkg/strvals, as strvals.ts does, which puts the pieces together.
 */
import { ChartError } from '../chart/chart-error.ts';
import { type GoValue, int64 } from '../engine/gotemplate/go-value.ts';
import { quote } from '../engine/gotemplate/quote.ts';
import { takeJsonValue } from './json-prefix.ts';

/** What the flags differ in. Without `value`, values are JSON. */
export interface Grammar {
  /** A backslash takes the next character as it is; commas separate pairs. Else the first value is all the rest. */
  readonly escapes: boolean;
  readonly value?: (written: string) => GoValue;
}

/** Items that lists may be filled up with: `a[65536]=x` makes half a megabyte of a few characters. */
export const MAX_FILLING = 1_000_000;

/** What all settings of one set of values may take together. */
export interface SetBudget {
  /** List items that may still be added in front of those that are set. */
  filling: number;
}

export function createSetBudget(): SetBudget {
  return { filling: MAX_FILLING };
}

/** The place in the text. Reaching the end is no error: Helm stops there. */
export interface Reader {
  readonly text: string;
  readonly grammar: Grammar;
  readonly budget: SetBudget;
  pos: number;
  /** Items being read, one within the other. */
  depth: number;
}

/** Text up to a stop character; `stop` is empty at the end. */
export interface Piece {
  readonly text: string;
  readonly stop: string;
}

export function fail(message: string): never {
  throw new ChartError('InvalidValues', message);
}

export function readUntil(reader: Reader, stops: string): Piece {
  const { text, grammar } = reader;
  let piece = '';
  while (reader.pos < text.length) {
    const char = text.charAt(reader.pos);
    reader.pos++;
    if (stops.includes(char)) return { text: piece, stop: char };
    if (char === '\\' && grammar.escapes) {
      // A backslash at the end stands for nothing.
      const next = text.codePointAt(reader.pos);
      if (next === undefined) break;
      const taken = String.fromCodePoint(next);
      piece += taken;
      reader.pos += taken.length;
    } else {
      piece += char;
    }
  }
  return { text: piece, stop: '' };
}

/** The number up to `]`; undefined at the end of the text. */
export function readIndex(reader: Reader): number | undefined {
  const { text, stop } = readUntil(reader, ']');
  if (stop === '') return undefined;
  const problem = `error parsing index: strconv.Atoi: parsing ${quote(text)}`;
  const digits = /^[+-]?([0-9]+)/.exec(text)?.[1];
  // Go stops at the digit that is too many, before it sees what else is wrong.
  if (digits !== undefined && BigInt(digits) >= 1n << 64n) fail(`${problem}: value out of range`);
  if (!/^[+-]?[0-9]+$/.test(text)) fail(`${problem}: invalid syntax`);
  if (!isInt64(BigInt(text.replace('+', '')))) fail(`${problem}: value out of range`);
  return Number(text);
}

export function readValue(reader: Reader, convert: (written: string) => GoValue): GoValue {
  if (!reader.grammar.escapes) return convert(readUntil(reader, '').text);
  if (reader.pos === reader.text.length) return '';
  if (reader.text.charAt(reader.pos) !== '{') return convert(readUntil(reader, ',').text);
  reader.pos++;
  const list: GoValue[] = [];
  for (;;) {
    const { text, stop } = readUntil(reader, ',}');
    if (stop === '') fail("list must terminate with '}'");
    list.push(convert(text));
    if (stop === '}') break;
  }
  if (reader.text.charAt(reader.pos) === ',') reader.pos++;
  return list;
}

/** One JSON value and the comma after it; nothing at all is null. */
export function readJson(reader: Reader): GoValue {
  if (skipToValue(reader)) return null;
  const taken = takeJsonValue(reader.text.slice(reader.pos));
  if (taken === undefined) fail('invalid JSON value');
  reader.pos += taken.length;
  skipToValue(reader);
  return taken.value;
}

/** Steps over space and one comma. True if there was a comma or the end. */
function skipToValue(reader: Reader): boolean {
  for (; reader.pos < reader.text.length; reader.pos++) {
    const char = reader.text.charAt(reader.pos);
    if (char === ',') {
      reader.pos++;
      return true;
    }
    if (!/[\t-\r \x85\xa0\p{Zs}\u2028\u2029]/u.test(char)) return false;
  }
  return true;
}

export function typedValue(written: string): GoValue {
  // Go's EqualFold takes the long s for an s.
  const folded = written.toLowerCase().replaceAll('ſ', 's');
  if (folded === 'true') return true;
  if (folded === 'false') return false;
  if (folded === 'null') return null;
  if (written === '0') return int64(0n);
  if (/^[+-]?[0-9]+$/.test(written) && !written.startsWith('0')) {
    const value = BigInt(written.replace('+', ''));
    if (isInt64(value)) return int64(value);
  }
  return written;
}

function isInt64(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value;
}
