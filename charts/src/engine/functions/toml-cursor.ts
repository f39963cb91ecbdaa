/**
 * A place in a TOML document, character by character, as BurntSushi/toml 1.6.0's lexer keeps it: which line it is on,
 * where the current token began, and what it says of characters that may not be there.
 */
import { goBytes } from '../gotemplate/bytes.ts';
import { isLoneByte } from './unicode.ts';

export type TokenKind =
  | 'eof'
  | 'text'
  | 'string'
  | 'escaped'
  | 'raw'
  | 'multiline'
  | 'raw-multiline'
  | 'bool'
  | 'integer'
  | 'float'
  | 'datetime'
  | 'array'
  | 'array-end'
  | 'table'
  | 'table-end'
  | 'tables'
  | 'tables-end'
  | 'key'
  | 'key-end'
  | 'comment'
  | 'inline'
  | 'inline-end';

/** A token; `line` is where it ends, from 1. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly line: number;
}

/** What is no TOML. */
export class TomlFault extends Error {
  readonly line: number;
  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

/** What next() gives at the end of the document. */
export const EOF = '';

export class TomlCursor {
  /** Past the end: next() gave EOF, and was not taken back. */
  isAtEnd = false;
  private readonly input: string;
  private start = 0;
  private at = 0;
  private line = 1;

  constructor(input: string) {
    this.input = input;
  }

  /** The next character, '' at the end. Throws TomlFault for control characters and bytes that are no UTF-8. */
  next(): string {
    const point = this.input.codePointAt(this.at);
    if (point === undefined) {
      this.isAtEnd = true;
      return EOF;
    }
    const char = String.fromCodePoint(point);
    if (char === '\n') this.line++;
    if (isLoneByte(char)) throw new TomlFault(`invalid UTF-8 byte: 0x${hex(goBytes(char)[0] ?? 0)}`, this.line);
    const isControl = (char < ' ' && char !== '\t' && char !== '\n' && char !== '\r') || char === '\x7f';
    if (isControl || (char === '\r' && this.input[this.at + 1] !== '\n')) {
      throw new TomlFault(`TOML files cannot contain control characters: '0x${hex(point)}'`, this.line);
    }
    this.at += char.length;
    return char;
  }

  /** Steps back over a character that next() gave. */
  backUp(char: string): void {
    if (this.isAtEnd) {
      this.isAtEnd = false;
      return;
    }
    this.at -= char.length;
    if (char === '\n') this.line--;
  }

  /** Steps back over whatever character is before. */
  backUpOne(): void {
    this.backUp(Array.from(this.input.slice(Math.max(0, this.at - 2), this.at)).at(-1) ?? '');
  }

  peek(): string {
    const char = this.next();
    this.backUp(char);
    return char;
  }

  accept(wanted: string): boolean {
    const char = this.next();
    if (char === wanted) return true;
    this.backUp(char);
    return false;
  }

  /** Two more of a character, or none. */
  acceptTwo(mark: string): boolean {
    if (!this.accept(mark)) return false;
    if (this.accept(mark)) return true;
    this.backUp(mark);
    return false;
  }

  skipBlanks(): void {
    let char = this.next();
    while (isBlank(char)) char = this.next();
    this.backUp(char);
    this.ignore();
  }

  /** The next token begins here. */
  ignore(): void {
    this.start = this.at;
  }

  /** The text of the token so far. */
  current(): string {
    return this.input.slice(this.start, this.at);
  }

  /** The token that ends here. */
  token(kind: TokenKind): Token {
    const token = { kind, text: this.current(), line: this.line };
    this.start = this.at;
    return token;
  }

  /** Throws TomlFault; at the end of the text its line is that of the last character. */
  fail(message: string): never {
    const isAfterBreak = this.isAtEnd && this.input[this.at - 1] === '\n';
    throw new TomlFault(message, isAfterBreak ? this.line - 1 : this.line);
  }

  /** Throws TomlFault for what was wrong before the line break that has been read. */
  failOnLineBefore(message: string): never {
    throw new TomlFault(message, this.line - 1);
  }
}

/** A space or a tab. */
export function isBlank(char: string): boolean {
  return char === ' ' || char === '\t';
}

/** Part of a line break. */
export function isBreak(char: string): boolean {
  return char === '\n' || char === '\r';
}

/** 0 to 9. */
export function isAsciiDigit(char: string): boolean {
  return char >= '0' && char <= '9';
}

function hex(value: number): string {
  return value.toString(16).padStart(2, '0');
}
