/**
 * Go's quoting of strings and characters, and its reverse. Follows strconv of Go 1.26: Quote, QuoteToASCII, QuoteRune,
 * CanBackquote, Unquote, UnquoteChar, IsPrint.
 */
import { goBytes, goString } from './bytes.ts';

/** What Go's `errors.New("invalid syntax")` of strconv is here. */
export const INVALID_SYNTAX = 'invalid syntax';

/** strconv.IsPrint: letters, marks, numbers, punctuation, symbols and the ASCII space. */
export function isPrint(point: number): boolean {
  if (point < 0x7f) return point >= 0x20;
  if (point < 0xa1) return false;
  if (point >= 0xd800 && point <= 0xdfff) return false;
  if (point > 0x10ffff || point === 0xad) return false;
  // A pattern of Unicode's classes takes a while to make: only where there is something to test.
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(String.fromCodePoint(point));
}

/** A double-quoted Go string; `ascii` escapes all that is not ASCII, as `%+q`. */
export function quote(text: string, options: { readonly ascii?: boolean } = {}): string {
  return quoteWith(text, '"', options.ascii ?? false);
}

/** A single-quoted Go character; what is not a valid rune is U+FFFD. */
export function quoteRune(point: number, options: { readonly ascii?: boolean } = {}): string {
  const valid = point >= 0 && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
  return quoteWith(String.fromCodePoint(valid ? point : 0xfffd), "'", options.ascii ?? false);
}

/** True if a string can be written between backquotes: one line, no control character but tab. */
export function canBackquote(text: string): boolean {
  for (const char of text) {
    const point = char.codePointAt(0) ?? 0;
    if (point > 0xffff) continue;
    if (point === 0xfeff || (point >= 0xd800 && point <= 0xdfff)) return false;
    if ((point < 0x20 && point !== 9) || point === 0x60 || point === 0x7f) return false;
  }
  return true;
}

const escapes: ReadonlyMap<number, string> = new Map([
  [7, '\\a'],
  [8, '\\b'],
  [12, '\\f'],
  [10, '\\n'],
  [13, '\\r'],
  [9, '\\t'],
  [11, '\\v'],
]);

function quoteWith(text: string, mark: string, ascii: boolean): string {
  let out = mark;
  for (const char of text) {
    const point = char.codePointAt(0) ?? 0;
    if (point >= 0xdc80 && point <= 0xdcff) out += `\\x${(point & 0xff).toString(16)}`;
    else out += quoteChar(char, point, mark, ascii);
  }
  return out + mark;
}

function quoteChar(char: string, point: number, mark: string, ascii: boolean): string {
  if (char === mark || char === '\\') return `\\${char}`;
  if (ascii ? point < 0x80 && isPrint(point) : isPrint(point)) return char;
  const short = escapes.get(point);
  if (short !== undefined) return short;
  if (point < 0x20 || point === 0x7f) return `\\x${point.toString(16).padStart(2, '0')}`;
  if (point >= 0xd800 && point <= 0xdfff) return '\\ufffd';
  if (point < 0x10000) return `\\u${point.toString(16).padStart(4, '0')}`;
  return `\\U${point.toString(16).padStart(8, '0')}`;
}

/** The string that a quoted literal ("...", `...` or '.') stands for; undefined if it is malformed. */
export function unquote(literal: string): string | undefined {
  const mark = literal[0];
  if (literal.length < 2 || mark === undefined || literal.at(-1) !== mark) return undefined;
  const body = literal.slice(1, -1);
  if (mark === '`') return body.includes('`') ? undefined : body.replaceAll('\r', '');
  if (mark !== '"' && mark !== "'") return undefined;
  if (body.includes('\n')) return undefined;
  if (mark === '"' && !body.includes('\\') && !body.includes('"')) return body;
  let out = '';
  let hasBytes = false;
  let rest = body;
  let count = 0;
  while (rest !== '') {
    const char = unquoteChar(rest, mark);
    if (char === undefined) return undefined;
    out += char.text;
    hasBytes ||= char.isByte;
    rest = rest.slice(char.length);
    count++;
  }
  if (mark === "'" && count !== 1) return undefined;
  // Bytes written as \x.. may make valid UTF-8 together.
  return hasBytes ? goString(goBytes(out)) : out;
}

/** One character of a literal's body. */
export interface UnquotedChar {
  readonly text: string;
  /** The rune, or the byte of an \x or octal escape. */
  readonly point: number;
  readonly isByte: boolean;
  /** UTF-16 units of the literal taken. */
  readonly length: number;
}

const simpleEscapes: ReadonlyMap<string, number> = new Map([
  ['a', 7],
  ['b', 8],
  ['f', 12],
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['v', 11],
  ['\\', 0x5c],
]);

/** Reads one character or escape at the start of a literal's body; undefined if it is malformed. */
export function unquoteChar(body: string, mark: string): UnquotedChar | undefined {
  const point = body.codePointAt(0);
  if (point === undefined) return undefined;
  const first = String.fromCodePoint(point);
  if (first === mark && (mark === '"' || mark === "'")) return undefined;
  if (first !== '\\') {
    const isLone = point >= 0xd800 && point <= 0xdfff;
    return { text: first, point: isLone ? 0xfffd : point, isByte: isLone, length: first.length };
  }
  const code = body[1];
  if (code === undefined) return undefined;
  const simple = simpleEscapes.get(code);
  if (simple !== undefined) return charOf(simple, 2);
  if (code === "'" || code === '"') return code === mark ? charOf(code.charCodeAt(0), 2) : undefined;
  if (code === 'x') return hexEscape(body, 2);
  if (code === 'u') return hexEscape(body, 4);
  if (code === 'U') return hexEscape(body, 8);
  if (code >= '0' && code <= '7') {
    const digits = body.slice(1, 4);
    if (!/^[0-7]{3}$/.test(digits)) return undefined;
    const value = Number.parseInt(digits, 8);
    return value > 255 ? undefined : byteOf(value, 4);
  }
  return undefined;
}

function hexEscape(body: string, width: number): UnquotedChar | undefined {
  const digits = body.slice(2, 2 + width);
  if (digits.length !== width || !/^[0-9a-fA-F]+$/.test(digits)) return undefined;
  const value = Number.parseInt(digits, 16);
  if (width === 2) return byteOf(value, 4);
  if (value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return undefined;
  return charOf(value, 2 + width);
}

function charOf(point: number, length: number): UnquotedChar {
  return { text: String.fromCodePoint(point), point, isByte: false, length };
}

function byteOf(value: number, length: number): UnquotedChar {
  const text = value < 0x80 ? String.fromCharCode(value) : String.fromCharCode(0xdc00 | value);
  return { text, point: value, isByte: value >= 0x80, length };
}
