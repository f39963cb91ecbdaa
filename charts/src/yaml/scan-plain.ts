/** Plain (unquoted) scalars, as libyaml scans them: folding of lines, and the characters that end them. */
import {
  BLANK_OR_END,
  COLON,
  isBlank,
  isBlankOrEnd,
  isBreak,
  LS,
  NEL,
  ORDINARY,
  PS,
  plainClass,
  TAB,
} from './characters.ts';
import type { Source } from './source.ts';

/** `multiline`: a line break was passed, so that a key may start after the scalar. */
export interface PlainScalar {
  value: string;
  multiline: boolean;
}

const result: PlainScalar = { value: '', multiline: false };

/**
 * Reads the plain scalar at the current place. `indent` is the least column of its further lines.
 * The result is valid until the next call.
 */
export function scanPlainScalar(source: Source, options: { indent: number; flow: boolean }): PlainScalar {
  const { text } = source;
  const { indent, flow } = options;
  let value = '';
  let joint = '';
  let multiline = false;
  for (;;) {
    if (source.pos === source.lineStart && atDocumentIndicator(text, source.pos)) break;
    if (text.charCodeAt(source.pos) === 35) break;
    const start = source.pos;
    const end = endOfRun(text, start, flow);
    if (end > start) {
      value += joint + text.slice(start, end);
      joint = '';
      multiline = false;
      source.pos = end;
    }
    const code = text.charCodeAt(end);
    if (!isBlank(code) && !isBreak(code)) break;
    // Blanks: they belong to the scalar if more of it follows on the same line; breaks are folded.
    const blanks = source.pos;
    let first = '';
    let more = '';
    for (;;) {
      const c = text.charCodeAt(source.pos);
      if (isBlank(c)) {
        if (multiline && c === TAB && source.column < indent) {
          throw source.error('found a tab character that violates indentation');
        }
        source.pos++;
      } else if (isBreak(c)) {
        if (!multiline) {
          multiline = true;
          first = source.readBreak();
        } else {
          more += source.readBreak();
        }
      } else {
        break;
      }
    }
    joint = multiline ? foldBreaks(first, more) : text.slice(blanks, source.pos);
    if (!flow && source.column < indent) break;
  }
  result.value = value;
  result.multiline = multiline;
  return result;
}

/** What line breaks between two pieces of text become. */
export function foldBreaks(first: string, more: string): string {
  if (first === '\n') return more === '' ? ' ' : more;
  return first + more;
}

/** `---` or `...` followed by a blank or the end, at `pos`. */
export function atDocumentIndicator(text: string, pos: number): boolean {
  const code = text.charCodeAt(pos);
  return (
    (code === 45 || code === 46) &&
    text.charCodeAt(pos + 1) === code &&
    text.charCodeAt(pos + 2) === code &&
    isBlankOrEnd(text.charCodeAt(pos + 3))
  );
}

/** Where the non-blank characters of a plain scalar that begin at `pos` end. */
function endOfRun(text: string, start: number, flow: boolean): number {
  let pos = start;
  for (; ; pos++) {
    const code = text.charCodeAt(pos);
    if (code < 128) {
      const kind = plainClass[code];
      if (kind === ORDINARY) continue;
      if (kind === BLANK_OR_END) return pos;
      if (kind === COLON) {
        if (isBlankOrEnd(text.charCodeAt(pos + 1))) return pos;
      } else if (flow) {
        return pos;
      }
    } else if (code === NEL || code === LS || code === PS) {
      return pos;
    }
  }
}
