/**
 * The text being read, with the place in it. Like libyaml's reader it refuses control characters and bytes that are
 * not UTF-8, in pieces of 512 bytes: a syntax error in an earlier piece is reported before a bad byte in a later one.
 */
import { goBytes, normalizeString } from '../engine/gotemplate/bytes.ts';
import { CR, isBreak, LF, LS, PS } from './characters.ts';
import { YamlError } from './error.ts';

/** Without `line`, the text has a problem as a whole. */
export class Source {
  /** The text, ended by NUL characters. */
  readonly text: string;
  pos = 0;
  /** From 0. */
  line = 0;
  /** Where the current line begins: the column is `pos - lineStart`. */
  lineStart = 0;
  /** What the reader says where `text` was cut short; undefined when the text is whole. */
  private readonly problem: string | undefined;
  private readonly hasSurrogates: boolean;

  constructor(input: string) {
    const decoded = decodeUtf16(input);
    let { text } = decoded;
    const marked = text.charCodeAt(0) === 0xfeff;
    if (marked) text = text.slice(1);
    this.hasSurrogates = false;
    this.problem = decoded.problem;
    if (SUSPECT.test(text)) {
      this.hasSurrogates = true;
      text = normalizeString(text);
      if (FORBIDDEN.test(text) || !text.isWellFormed()) {
        const found = findForbidden(text, marked ? 3 : 0);
        text = text.slice(0, found.cut);
        this.problem = found.problem;
      }
    }
    this.text = `${text}\0\0\0\0`;
    // A second mark is skipped too, but counts as a column.
    if (text.charCodeAt(0) === 0xfeff) this.pos = 1;
  }

  /** Where the text ends. */
  get end(): number {
    return this.text.length - 4;
  }

  /** Nothing of the text was refused. */
  get isWhole(): boolean {
    return this.problem === undefined;
  }

  get column(): number {
    return this.pos - this.lineStart;
  }

  /** Characters between two places, as Go counts them. */
  distance(from: number, to: number): number {
    if (!this.hasSurrogates || to - from <= 1024) return to - from;
    let count = 0;
    for (let i = from; i < to; i++) if ((this.text.charCodeAt(i) & 0xfc00) !== 0xdc00) count++;
    return count;
  }

  /** Steps over the line break at the current place, if there is one. */
  skipBreak(): void {
    const code = this.text.charCodeAt(this.pos);
    if (!isBreak(code)) return;
    this.pos += code === CR && this.text.charCodeAt(this.pos + 1) === LF ? 2 : 1;
    this.line++;
    this.lineStart = this.pos;
  }

  /** Steps over a line break and returns what it stands for: LS and PS stay what they are, the others are LF. */
  readBreak(): string {
    const code = this.text.charCodeAt(this.pos);
    this.skipBreak();
    return code === LS ? '\u2028' : code === PS ? '\u2029' : '\n';
  }

  /** Throws the reader's own error when the end that was met is where the text was cut. */
  checkEnd(): void {
    if (this.problem !== undefined) throw new YamlError(`yaml: ${this.problem}`);
  }

  /** An error of the scanner at the current place. Go leaves out the line when it is the first. */
  error(problem: string): YamlError {
    // An error right at the cut comes from the cut.
    if (this.pos + READ_AHEAD >= this.text.length) this.checkEnd();
    const where = this.line === 0 ? '' : `line ${this.line + 1}: `;
    return new YamlError(`yaml: ${where}${problem}`, this.line + 1, this.column + 1);
  }
}

/** What the scanner looks at beyond its place, and the NULs at the end. */
const READ_AHEAD = 12;

/** Anything that may be forbidden: the exact test is slower. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const SUSPECT = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/;

/** A text that begins with the bytes of a UTF-16 mark is UTF-16. It ends with the piece before what is wrong with it. */
function decodeUtf16(input: string): { text: string; problem?: string } {
  const first = input.charCodeAt(0);
  const second = input.charCodeAt(1);
  const little = first === 0xdcff && second === 0xdcfe;
  if (!little && !(first === 0xdcfe && second === 0xdcff)) return { text: input };
  const bytes = goBytes(input);
  let text = '';
  let high = false;
  for (let i = 2; i < bytes.length; i += 2) {
    const a = bytes[i] ?? 0;
    const b = bytes[i + 1] ?? 0;
    const unit = little ? a | (b << 8) : b | (a << 8);
    const isLow = (unit & 0xfc00) === 0xdc00;
    let problem: string | undefined;
    if (i + 1 === bytes.length) problem = high ? 'incomplete UTF-16 surrogate pair' : 'incomplete UTF-16 character';
    else if (high !== isLow) problem = high ? 'expected low surrogate area' : 'unexpected low surrogate area';
    if (problem !== undefined) return { text: text.slice(0, Math.max(0, ((i - (i % PIECE)) >> 1) - 1)), problem };
    high = (unit & 0xfc00) === 0xd800;
    text += String.fromCharCode(unit);
  }
  return high ? { text: text.slice(0, -1), problem: 'incomplete UTF-16 surrogate pair' } : { text };
}

const PIECE = 512;

/** Where in the text the piece begins that holds the first forbidden character, and what is wrong with it. */
function findForbidden(text: string, markBytes: number): { cut: number; problem: string } {
  const bytes = goBytes(text);
  let start = 0;
  let end = Math.min(PIECE - markBytes, bytes.length);
  let cut = 0;
  for (;;) {
    let pos = start;
    let units = 0;
    while (pos < end) {
      const decoded = decodeCharacter(bytes, pos, end);
      if (decoded === undefined) break;
      if (typeof decoded === 'string') return { cut, problem: decoded };
      units += decoded === 4 ? 2 : 1;
      pos += decoded;
    }
    cut += units;
    if (end === bytes.length) return { cut, problem: 'incomplete UTF-8 octet sequence' };
    start = pos;
    end = Math.min(pos + PIECE, bytes.length);
  }
}

/** The width of the character at `pos`, undefined when the piece ends inside it, or the problem with it. */
function decodeCharacter(bytes: Uint8Array, pos: number, end: number): number | string | undefined {
  const octet = bytes[pos] ?? 0;
  const width = octet < 0x80 ? 1 : octet >> 5 === 6 ? 2 : octet >> 4 === 14 ? 3 : octet >> 3 === 30 ? 4 : 0;
  if (width === 0) return 'invalid leading UTF-8 octet';
  if (pos + width > end) return undefined;
  let value = width === 1 ? octet : octet & (0x7f >> width);
  for (let k = 1; k < width; k++) {
    const next = bytes[pos + k] ?? 0;
    if ((next & 0xc0) !== 0x80) return 'invalid trailing UTF-8 octet';
    value = (value << 6) | (next & 0x3f);
  }
  const least = [0, 0, 0x80, 0x800, 0x10000][width] ?? 0;
  if (value < least) return 'invalid length of a UTF-8 sequence';
  if ((value >= 0xd800 && value <= 0xdfff) || value > 0x10ffff) return 'invalid Unicode character';
  const allowed =
    value === 9 ||
    value === 10 ||
    value === 13 ||
    (value >= 0x20 && value <= 0x7e) ||
    value === 0x85 ||
    (value >= 0xa0 && value <= 0xfffd) ||
    value >= 0x10000;
  return allowed ? width : 'control characters are not allowed';
}
