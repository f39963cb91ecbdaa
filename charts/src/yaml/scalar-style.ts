/** Which styles a text can be written in: libyaml's analysis, and go-yaml's choice of what must be quoted. */
import { isBlank, isBreak } from './characters.ts';
import { resolvePlain } from './resolve.ts';

export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal';

export interface StyleContext {
  /** A key on the line of its value. */
  readonly simpleKey: boolean;
  /** Tabs do not hinder a block scalar (go-yaml 3). */
  readonly tabsInBlocks: boolean;
}

/** The style go-yaml writes a string in. */
export function chooseStyle(text: string, context: StyleContext): ScalarStyle {
  if (text === '') return 'double';
  const traits = analyze(text);
  if (text.includes('\n')) {
    const blocked =
      (traits & (TRAILING_SPACE | SPACE_BREAK | SPECIAL)) !== 0 || ((traits & TABS) !== 0 && !context.tabsInBlocks);
    return blocked || context.simpleKey ? 'double' : 'literal';
  }
  if (mustQuote(text)) return 'double';
  if ((traits & NOT_PLAIN) === 0) return 'plain';
  if ((traits & (BREAK_SPACE | SPACE_BREAK | SPECIAL | TABS)) !== 0) return 'double';
  return context.simpleKey && (traits & LINE_BREAKS) !== 0 ? 'double' : 'single';
}

/** True when the text would be read as something else than a string, by any YAML 1.1 reader. */
function mustQuote(text: string): boolean {
  return resolvePlain(text) !== undefined || isBase60(text);
}

const BASE60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;

function isBase60(text: string): boolean {
  const first = text.charCodeAt(0);
  if (!(first === 43 || first === 45 || (first >= 48 && first <= 57)) || !text.includes(':')) return false;
  return BASE60.test(text);
}

const INDICATORS = 1;
const LINE_BREAKS = 2;
const SPECIAL = 4;
const TABS = 8;
const EDGE_SPACE = 16;
const TRAILING_SPACE = 32;
const BREAK_SPACE = 64;
const SPACE_BREAK = 128;
const NOT_PLAIN = INDICATORS | LINE_BREAKS | SPECIAL | TABS | EDGE_SPACE | TRAILING_SPACE | BREAK_SPACE | SPACE_BREAK;

/** First characters that a plain scalar cannot have. */
const FIRST = '#,[]{}&*!|>\'"%@`';

/** True when the text holds a line break of any kind. */
export function isMultiline(text: string): boolean {
  return /[\n\r\x85\u2028\u2029]/.test(text);
}

function analyze(text: string): number {
  const { length } = text;
  let traits = startsLikeMarker(text) ? INDICATORS : 0;
  let previousSpace = false;
  let previousBreak = false;
  let afterBlank = true;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x20 && code < 0x7f) {
      // Visible ASCII: only a few of them matter.
      if (i === 0 ? startsIndicator(text, code) : isIndicator(text, i, afterBlank)) traits |= INDICATORS;
      previousSpace = false;
      previousBreak = false;
      afterBlank = false;
    } else if (code === 0x20) {
      if (i === 0) traits |= EDGE_SPACE;
      if (i === length - 1) traits |= TRAILING_SPACE;
      if (previousBreak) traits |= BREAK_SPACE;
      previousSpace = true;
      previousBreak = false;
      afterBlank = true;
    } else {
      if (code === 9) traits |= TABS;
      else if (!isPrintable(code)) traits |= SPECIAL;
      const breaks = isBreak(code);
      if (breaks) {
        traits |= LINE_BREAKS;
        if (previousSpace) traits |= SPACE_BREAK;
      }
      previousSpace = false;
      previousBreak = breaks;
      afterBlank = breaks || code === 9 || code === 0;
    }
  }
  return traits;
}

function startsLikeMarker(text: string): boolean {
  return text.startsWith('---') || text.startsWith('...');
}

function startsIndicator(text: string, code: number): boolean {
  if (code === 63 || code === 58 || code === 45) return endsWord(text, 1);
  return FIRST.includes(String.fromCharCode(code));
}

function isIndicator(text: string, at: number, afterBlank: boolean): boolean {
  const code = text.charCodeAt(at);
  if (code === 58) return endsWord(text, at + 1);
  return code === 35 && afterBlank;
}

function endsWord(text: string, at: number): boolean {
  return at >= text.length || isBlank(text.charCodeAt(at));
}

/** libyaml's notion: what is beyond the Basic Multilingual Plane is not. */
export function isPrintable(code: number): boolean {
  if (code < 0x7f) return code >= 0x20 || code === 10;
  return (code >= 0xa0 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd && code !== 0xfeff);
}
