/** Literal (`|`) and folded (`>`) block scalars, as libyaml scans them. */
import { isBlank, isBreak, isBreakOrEnd, isDigit, LF, SPACE, TAB } from './characters.ts';
import type { Source } from './source.ts';

/** Reads the block scalar whose indicator is at the current place. `parentIndent` is -1 at the root. */
export function scanBlockScalar(source: Source, parentIndent: number): string {
  const { text } = source;
  const literal = text.charCodeAt(source.pos) === 124;
  source.pos++;
  const header = scanHeader(source);
  skipRestOfLine(source, 'did not find expected comment or line break');

  let indent = 0;
  if (header.increment > 0) indent = parentIndent >= 0 ? parentIndent + header.increment : header.increment;
  let value = '';
  let lastBreak = '';
  let leadingBlank = false;
  const blank = scanIndentation(source, indent, parentIndent);
  indent = blank.indent;
  let breaks = blank.breaks;
  while (source.column === indent && text.charCodeAt(source.pos) !== 0) {
    const startsBlank = isBlank(text.charCodeAt(source.pos));
    if (!literal && lastBreak === '\n' && !leadingBlank && !startsBlank) {
      if (breaks === '') value += ' ';
    } else {
      value += lastBreak;
    }
    value += breaks;
    leadingBlank = startsBlank;
    const end = endOfLine(text, source.pos);
    value += text.slice(source.pos, end);
    source.pos = end;
    lastBreak = isBreak(text.charCodeAt(end)) ? source.readBreak() : '';
    breaks = scanIndentation(source, indent, parentIndent).breaks;
  }
  if (header.chomping !== -1) value += lastBreak;
  if (header.chomping === 1) value += breaks;
  return value;
}

/** The indicators after `|` or `>`: chomping and indentation, in either order. */
function scanHeader(source: Source): { chomping: number; increment: number } {
  let chomping = 0;
  let increment = 0;
  const sign = (): boolean => {
    const code = source.text.charCodeAt(source.pos);
    if (code !== 43 && code !== 45) return false;
    chomping = code === 43 ? 1 : -1;
    source.pos++;
    return true;
  };
  const digit = (): boolean => {
    const code = source.text.charCodeAt(source.pos);
    if (!isDigit(code)) return false;
    if (code === 48) throw source.error('found an indentation indicator equal to 0');
    increment = code - 48;
    source.pos++;
    return true;
  };
  if (sign()) digit();
  else if (digit()) sign();
  return { chomping, increment };
}

/** Steps over blanks, a comment and the break that must follow. */
export function skipRestOfLine(source: Source, problem: string): void {
  const { text } = source;
  while (isBlank(text.charCodeAt(source.pos))) source.pos++;
  if (text.charCodeAt(source.pos) === 35) source.pos = endOfLine(text, source.pos);
  if (!isBreakOrEnd(text.charCodeAt(source.pos))) throw source.error(problem);
  source.skipBreak();
}

/** Where the line that `pos` is on ends. */
export function endOfLine(text: string, start: number): number {
  let pos = start;
  for (; ; pos++) {
    const code = text.charCodeAt(pos);
    if (code === LF || (code < SPACE && isBreakOrEnd(code)) || (code >= 0x85 && isBreak(code))) return pos;
  }
}

const indentation = { indent: 0, breaks: '' };

/** Steps over indentation and empty lines; finds the indentation where `known` is 0. Valid until the next call. */
function scanIndentation(source: Source, known: number, parentIndent: number): { indent: number; breaks: string } {
  const { text } = source;
  let breaks = '';
  let widest = 0;
  for (;;) {
    while ((known === 0 || source.column < known) && text.charCodeAt(source.pos) === SPACE) source.pos++;
    if (source.column > widest) widest = source.column;
    if ((known === 0 || source.column < known) && text.charCodeAt(source.pos) === TAB) {
      throw source.error('found a tab character where an indentation space is expected');
    }
    if (!isBreak(text.charCodeAt(source.pos))) break;
    breaks += source.readBreak();
  }
  indentation.indent = known === 0 ? Math.max(widest, parentIndent + 1, 1) : known;
  indentation.breaks = breaks;
  return indentation;
}
