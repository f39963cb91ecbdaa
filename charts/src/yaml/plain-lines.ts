/** What lines of plain YAML look like, for the quick way through it (block-reader.ts). */

/** What may follow a quoted scalar. */
export const LINE_END = /(?: +#[^\n]*| *)\n/y;
export const SIMPLE_QUOTED = /^(?:"[^"\\]*"|'[^']*')$/;
/** The anchor of a scalar that begins on the same line. */
export const ANCHOR = /^&([A-Za-z0-9_-]+) +(?=["'\w])/;
/** What no plain scalar begins with, beside those that mean something that is read here. */
export const INDICATORS = '\t!%,:?@]`}';
/** A block scalar whose indentation is that of its first line. */
export const BLOCK_START = /[|>][-+]? *\n( +)[^ \t\n]/y;

/** Lines may also break at these. Five searches are faster than one expression. */
const ODD_BREAKS = ['\r', '\x85', '\u2028', '\u2029', '\ufeff'];

/** Whether the reader may be able to read a text. */
export function isPlainText(text: string): boolean {
  // The bytes of a mark of UTF-16 are kept as lone surrogates.
  return (text.charCodeAt(0) & 0xf800) !== 0xd800 && !ODD_BREAKS.some((odd) => text.includes(odd));
}

/** The rest of a line that holds no value. */
export function isNothing(rest: string): boolean {
  return rest === '' || rest.charCodeAt(0) === 35;
}

const blankTexts: string[] = [];

/** Spaces, for comparing. */
export function blanks(count: number): string {
  blankTexts[count] ??= ' '.repeat(count);
  return blankTexts[count] ?? '';
}

/** Lines of a block scalar, by how far they are indented. */
const blockLines: RegExp[] = [];
const NO_LINE = /(?!)/y;

/** Where the lines end that are blank or indented by `width`. */
export function endOfBlock(text: string, start: number, width: number): number {
  blockLines[width] ??= new RegExp(`(?:(?: {${width}}[^\\n]*| *)\\n){1,64}`, 'y');
  const lines = blockLines[width] ?? NO_LINE;
  let pos = start;
  for (;;) {
    lines.lastIndex = pos;
    if (!lines.test(text)) return pos;
    pos = lines.lastIndex;
  }
}

const SIMPLE_LIST =
  /^\[ *(?:"[^"\\]*"|'[^']*'|[A-Za-z0-9_/][\w./@-]*)(?: *, *(?:"[^"\\]*"|'[^']*'|[A-Za-z0-9_/][\w./@-]*))* *\]$/;
const LIST_ITEMS = /"[^"]*"|'[^']*'|[A-Za-z0-9_/][\w./@-]*/g;
/** A longer list may take too much of the expression's stack. */
const MAX_LIST = 1000;

/** The items of a flow list that are one word or quoted without escapes each; undefined for any other text. */
export function simpleListItems(text: string): readonly string[] | undefined {
  if (text.length > MAX_LIST || !SIMPLE_LIST.test(text)) return undefined;
  return text.match(LIST_ITEMS) ?? [];
}
