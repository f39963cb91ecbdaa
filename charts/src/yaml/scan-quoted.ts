/** Single- and double-quoted scalars, as libyaml scans them: escapes, and folding of lines. */
import { hexValue, isBlank, isBreak, TAB } from './characters.ts';
import { atDocumentIndicator, foldBreaks } from './scan-plain.ts';
import type { Source } from './source.ts';

const SINGLE = 39;
const DOUBLE = 34;
const BACKSLASH = 92;

/** Reads the quoted scalar whose opening quote is at the current place. */
export function scanQuotedScalar(source: Source): string {
  const { text } = source;
  const quote = text.charCodeAt(source.pos);
  source.pos++;
  let value = '';
  for (;;) {
    if (source.pos === source.lineStart && atDocumentIndicator(text, source.pos)) {
      throw source.error('found unexpected document indicator');
    }
    const start = source.pos;
    const end = endOfRun(text, start, quote);
    if (end > start) value += text.slice(start, end);
    source.pos = end;
    const code = text.charCodeAt(end);
    if (code === quote) {
      if (quote === SINGLE && text.charCodeAt(end + 1) === SINGLE) {
        value += "'";
        source.pos += 2;
        continue;
      }
      source.pos++;
      return value;
    }
    if (code === 0) {
      source.checkEnd();
      throw source.error('found unexpected end of stream');
    }
    if (code === BACKSLASH) {
      if (!isBreak(text.charCodeAt(end + 1))) {
        value += scanEscape(source);
        continue;
      }
      source.pos++;
      source.skipBreak();
      value += skipBlankLines(source);
      continue;
    }
    value += scanBlanks(source);
  }
}

/** Where the characters that stand for themselves end. */
function endOfRun(text: string, start: number, quote: number): number {
  let pos = start;
  for (; ; pos++) {
    const code = text.charCodeAt(pos);
    if (code === quote || code <= 32 || (code === BACKSLASH && quote === DOUBLE)) {
      // A space inside a line is ordinary; only blanks before a break matter.
      if (code === 32 && text.charCodeAt(pos + 1) > 32 && !isBreak(text.charCodeAt(pos + 1))) continue;
      return pos;
    }
    if (code >= 0x85 && isBreak(code)) return pos;
  }
}

/** Blanks and breaks: kept as they are within a line, folded otherwise. */
function scanBlanks(source: Source): string {
  const { text } = source;
  const start = source.pos;
  while (isBlank(text.charCodeAt(source.pos))) source.pos++;
  if (!isBreak(text.charCodeAt(source.pos))) return text.slice(start, source.pos);
  const first = source.readBreak();
  return foldBreaks(first, skipBlankLines(source));
}

/** Steps over blanks and breaks at the beginning of a line, and returns the breaks. */
function skipBlankLines(source: Source): string {
  const { text } = source;
  let breaks = '';
  for (;;) {
    const code = text.charCodeAt(source.pos);
    if (isBlank(code)) source.pos++;
    else if (isBreak(code)) breaks += source.readBreak();
    else return breaks;
  }
}

const ESCAPES: ReadonlyMap<number, string> = new Map<number, string>([
  [48, '\0'],
  [97, '\x07'],
  [98, '\b'],
  [116, '\t'],
  [TAB, '\t'],
  [110, '\n'],
  [118, '\v'],
  [102, '\f'],
  [114, '\r'],
  [101, '\x1b'],
  [32, ' '],
  [DOUBLE, '"'],
  [SINGLE, "'"],
  [BACKSLASH, '\\'],
  [78, '\x85'],
  [95, '\xa0'],
  [76, '\u2028'],
  [80, '\u2029'],
]);

function scanEscape(source: Source): string {
  const { text } = source;
  const code = text.charCodeAt(source.pos + 1);
  const simple = ESCAPES.get(code);
  if (simple !== undefined) {
    source.pos += 2;
    return simple;
  }
  const digits = code === 120 ? 2 : code === 117 ? 4 : code === 85 ? 8 : 0;
  if (code === 0) source.checkEnd();
  if (digits === 0) throw source.error('found unknown escape character');
  source.pos += 2;
  let value = 0;
  for (let k = 0; k < digits; k++) {
    const digit = hexValue(text.charCodeAt(source.pos + k));
    if (digit < 0) throw source.error('did not find expected hexdecimal number');
    value = value * 16 + digit;
  }
  if ((value >= 0xd800 && value <= 0xdfff) || value > 0x10ffff) {
    throw source.error('found invalid Unicode character escape code');
  }
  source.pos += digits;
  return String.fromCodePoint(value);
}
