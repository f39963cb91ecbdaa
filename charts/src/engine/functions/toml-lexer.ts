/**
 * The tokens of a TOML document, in the order and with the error texts of BurntSushi/toml 1.6.0's lexer. A token is
 * made only when it is asked for, so that a fault is found after all that the reader has to say of what is before it.
 */
import { goBytes } from '../gotemplate/bytes.ts';
import { quote, quoteRune } from '../gotemplate/quote.ts';
import { isLetter, isLoneByte, trimSpace } from './unicode.ts';

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

const MAX_DEPTH = 500;
const EOF = '';

/** The tokens of a document, the last of kind `eof`. Throws TomlFault. */
export function* lexToml(text: string): Generator<Token, undefined> {
  yield* new Lexer(text).document();
}

class Lexer {
  private readonly input: string;
  private start = 0;
  private at = 0;
  private line = 1;
  private isAtEnd = false;
  private hasEscape = false;
  private depth = 0;

  constructor(input: string) {
    this.input = input;
  }

  *document(): Generator<Token, undefined> {
    for (;;) {
      const char = this.next();
      if (isBlank(char) || isBreak(char)) {
        this.ignore();
        continue;
      }
      if (char === '#') {
        yield* this.comment();
        continue;
      }
      if (char === EOF) return yield this.token('eof');
      if (char === '[') yield* this.tableHeader();
      else {
        this.backUp(char);
        yield* this.pair();
      }
      const last = yield* this.endOfItem();
      if (last !== undefined) return yield last;
    }
  }

  /** After a pair or a header: nothing but a comment up to the end of the line. Gives the token of the end. */
  private *endOfItem(): Generator<Token, Token | undefined> {
    for (;;) {
      const char = this.next();
      if (isBlank(char)) continue;
      if (char === '#') {
        yield* this.comment();
        return undefined;
      }
      if (isBreak(char)) {
        this.ignore();
        return undefined;
      }
      if (char === EOF) return this.token('eof');
      this.fail(`expected a top-level item to end with a newline, comment, or EOF, but got ${shown(char)} instead`);
    }
  }

  private *comment(): Generator<Token, undefined> {
    this.ignore();
    yield this.token('comment');
    for (;;) {
      const char = this.next();
      if (!isBreak(char) && char !== EOF) continue;
      this.backUp(char);
      return yield this.token('text');
    }
  }

  private *tableHeader(): Generator<Token, undefined> {
    const isList = this.peek() === '[';
    if (isList) this.next();
    yield this.token(isList ? 'tables' : 'table');
    for (;;) {
      this.skipBlanks();
      const first = this.peek();
      if (first === ']' || first === EOF) this.fail('unexpected end of table name (table names cannot be empty)');
      if (first === '.') this.fail('unexpected table separator (table names cannot be empty)');
      yield* this.name(first);
      this.skipBlanks();
      const char = this.next();
      if (char === ']') break;
      if (char !== '.') this.fail(`expected '.' or ']' to end table name, but got ${shown(char)} instead`);
      this.ignore();
    }
    if (!isList) return yield this.token('table-end');
    const close = this.next();
    if (close !== ']') this.fail(`expected end of table array name delimiter ']', but got ${shown(close)} instead`);
    return yield this.token('tables-end');
  }

  private *name(first: string): Generator<Token, undefined> {
    if (first === '"' || first === "'") {
      this.ignore();
      this.next();
      this.ignore();
      return yield* first === '"' ? this.string() : this.rawString();
    }
    for (;;) {
      const char = this.next();
      if (/^[A-Za-z0-9_-]$/.test(char)) continue;
      this.backUp(char);
      return yield this.token('text');
    }
  }

  private *pair(): Generator<Token, undefined> {
    this.skipBlanks();
    const first = this.peek();
    if (first === '=' || first === EOF) this.fail("unexpected '=': key name appears blank");
    if (first === '.') this.fail("unexpected '.': keys cannot start with a '.'");
    yield this.token('key');
    for (;;) {
      this.skipBlanks();
      const start = this.peek();
      if (start === '=' || start === EOF) this.fail("unexpected '='");
      if (start === '.') this.fail("unexpected '.'");
      yield* this.name(start);
      this.skipBlanks();
      const char = this.next();
      if (char === EOF) this.fail("unexpected EOF; expected key separator '='");
      if (char === '=') break;
      if (char !== '.') {
        const message = `expected '.' or '=', but got ${shown(char)} instead`;
        if (char === '\n') this.failOnLineBefore(message);
        this.fail(message);
      }
      this.ignore();
    }
    yield this.token('key-end');
    this.ignore();
    return yield* this.value();
  }

  private *value(): Generator<Token, undefined> {
    let char = this.next();
    while (isBlank(char)) {
      this.ignore();
      char = this.next();
    }
    if (isDigit(char)) {
      this.backUp(char);
      return yield this.numberOrDate();
    }
    switch (char) {
      case '[':
        return yield* this.nested('array', () => this.array());
      case '{':
        return yield* this.nested('inline', () => this.inlineTable());
      case '"':
        if (this.acceptTwo('"')) return yield* this.multilineString();
        this.ignore();
        return yield* this.string();
      case "'":
        if (this.acceptTwo("'")) return yield* this.multilineRawString();
        this.ignore();
        return yield* this.rawString();
      case '.':
        return this.fail("floats must start with a digit, not '.'");
      case 'i':
      case 'n':
        if ((this.accept('n') && this.accept('f')) || (this.accept('a') && this.accept('n'))) {
          return yield this.token('float');
        }
        break;
      case '-':
      case '+':
        return yield this.signedNumber();
    }
    if (char !== EOF && isLetter(char)) {
      this.backUp(this.input.slice(0, this.at).at(-1) ?? '');
      return yield this.bool();
    }
    if (char === EOF) this.fail('unexpected EOF; expected value');
    const message = `expected value but found ${shown(char)} instead`;
    return char === '\n' ? this.failOnLineBefore(message) : this.fail(message);
  }

  private *nested(kind: TokenKind, read: () => Generator<Token, undefined>): Generator<Token, undefined> {
    if (this.depth >= MAX_DEPTH) this.fail('values are nested too deep');
    this.depth++;
    this.ignore();
    yield this.token(kind);
    yield* read();
    this.depth--;
  }

  private *array(): Generator<Token, undefined> {
    for (let isAfterValue = false; ; ) {
      const char = this.next();
      if (isBlank(char) || isBreak(char)) this.ignore();
      else if (char === '#') yield* this.comment();
      else if (char === ']') break;
      else if (isAfterValue) {
        if (char !== ',') {
          this.fail(`expected a comma (',') or array terminator (']'), but got ${shownOrEnd(char)}`);
        }
        this.ignore();
        isAfterValue = false;
      } else {
        if (char === ',') this.fail('unexpected comma');
        this.backUp(char);
        yield* this.value();
        isAfterValue = true;
      }
    }
    this.ignore();
    return yield this.token('array-end');
  }

  private *inlineTable(): Generator<Token, undefined> {
    for (let isAfterValue = false; ; ) {
      const char = this.next();
      if (isBlank(char) || isBreak(char)) this.ignore();
      else if (char === '#') yield* this.comment();
      else if (char === '}') break;
      else if (isAfterValue) {
        if (char !== ',') {
          this.fail(`expected a comma or an inline table terminator '}', but got ${shownOrEnd(char)} instead`);
        }
        this.ignore();
        this.skipBlanks();
        isAfterValue = this.peek() === '}';
      } else {
        if (char === ',') this.fail('unexpected comma');
        this.backUp(char);
        yield* this.pair();
        isAfterValue = true;
      }
    }
    this.ignore();
    return yield this.token('inline-end');
  }

  private *string(): Generator<Token, undefined> {
    for (;;) {
      const char = this.next();
      if (char === EOF) this.fail(`unexpected EOF; expected '"'`);
      if (isBreak(char)) this.failOnLineBefore('strings cannot contain newlines');
      if (char === '\\') this.escape();
      else if (char === '"') {
        this.backUp(char);
        const token = this.token(this.hasEscape ? 'escaped' : 'string');
        this.hasEscape = false;
        yield token;
        this.next();
        this.ignore();
        return;
      }
    }
  }

  private *rawString(): Generator<Token, undefined> {
    for (;;) {
      const char = this.next();
      if (char === EOF) this.fail(`unexpected EOF; expected "'"`);
      if (isBreak(char)) this.failOnLineBefore('strings cannot contain newlines');
      if (char !== "'") continue;
      this.backUp(char);
      yield this.token('raw');
      this.next();
      this.ignore();
      return;
    }
  }

  private *multilineString(): Generator<Token, undefined> {
    this.ignore();
    for (;;) {
      const char = this.next();
      if (char === EOF) this.fail(`unexpected EOF; expected '"""'`);
      if (char === '\\') {
        const escaped = this.next();
        if (isBreak(escaped)) continue;
        this.backUp(escaped);
        this.escape();
      } else if (char === '"' && this.closes('"')) {
        this.hasEscape = false;
        return yield* this.closed('multiline', '"');
      }
    }
  }

  private *multilineRawString(): Generator<Token, undefined> {
    this.ignore();
    for (;;) {
      const char = this.next();
      if (char === EOF) this.fail(`unexpected EOF; expected "'''"`);
      if (char === "'" && this.closes("'")) return yield* this.closed('raw-multiline', "'");
    }
  }

  /** After one quote: true if two more follow and are the last. Up to two quotes may stand before the three. */
  private closes(mark: '"' | "'"): boolean {
    if (!this.accept(mark)) return false;
    if (!this.accept(mark)) {
      this.backUp(mark);
      return false;
    }
    if (this.peek() === mark) {
      const text = this.input.slice(this.start, this.at);
      const isEscaped = mark === '"' && text.endsWith(`\\${mark.repeat(5)}`);
      if (text.endsWith(mark.repeat(5)) && !isEscaped) {
        this.fail(mark === '"' ? `unexpected '""""""'` : `unexpected "''''''"`);
      }
      this.backUp(mark);
      this.backUp(mark);
      return false;
    }
    for (let i = 0; i < 3; i++) this.backUp(mark);
    return true;
  }

  private *closed(kind: TokenKind, mark: string): Generator<Token, undefined> {
    yield this.token(kind);
    for (let i = 0; i < 3; i++) if (this.next() !== mark) return;
    this.ignore();
  }

  private escape(): void {
    this.hasEscape = true;
    const char = this.next();
    if (char !== EOF && 'ebtnfr" \t\\'.includes(char)) return;
    const width = hexWidths.get(char);
    if (width === undefined) {
      const message = `invalid escape in string '\\${char === EOF ? '\0' : char}'`;
      if (this.isAtEnd) this.failOnLineBefore(message);
      throw new TomlFault(message, this.line);
    }
    const [digits, name] = width;
    for (let i = 0; i < digits; i++) {
      if (!/^[0-9a-fA-F]$/.test(this.next())) {
        const got = quote(this.input.slice(this.start, this.at));
        this.fail(`expected ${name} hexadecimal digits after '\\${char}', but got ${got} instead`);
      }
    }
  }

  private numberOrDate(): Token {
    const first = this.next();
    if (first === '0') {
      const char = this.next();
      const base = bases.get(char);
      if (base !== undefined) {
        const next = this.peek();
        if (!base.digit.test(next)) {
          this.fail(`not ${base.name} number: '${this.input.slice(this.start, this.at)}${next || '\0'}'`);
        }
        return this.run(new RegExp(`${base.digit.source.slice(0, -1)}|_)$`), 'integer');
      }
      if (char === '_') return this.decimal();
      if (char === '.' || char === 'e' || char === 'E') return this.run(/^[0-9_.\-+eE]$/, 'float');
      if (!isDigit(char)) {
        this.backUp(char);
        return this.token('integer');
      }
    }
    for (;;) {
      const char = this.next();
      if (isDigit(char)) continue;
      if (char === '-' || char === ':') return this.run(/^[0-9\-:Tt .Zz+]$/, 'datetime');
      if (char === '_') return this.decimal();
      if (char === '.' || char === 'e' || char === 'E') return this.run(/^[0-9_.\-+eE]$/, 'float');
      this.backUp(char);
      return this.token('integer');
    }
  }

  private signedNumber(): Token {
    const char = this.next();
    if (char === 'i' || char === 'n') {
      const isWord = char === 'i' ? this.accept('n') && this.accept('f') : this.accept('a') && this.accept('n');
      if (!isWord) this.fail(`invalid float: '${this.input.slice(this.start, this.at)}'`);
      return this.token('float');
    }
    if (char === '0') {
      const next = this.peek();
      if (bases.has(next)) {
        this.fail(`cannot use sign with non-decimal numbers: '${this.input.slice(this.start, this.at)}${next}'`);
      }
    }
    if (char === '.') this.fail("floats must start with a digit, not '.'");
    if (!isDigit(char)) this.fail(`expected a digit but got ${shown(char)}`);
    return this.decimal();
  }

  private decimal(): Token {
    for (;;) {
      const char = this.next();
      if (isDigit(char) || char === '_') continue;
      if (char === '.' || char === 'e' || char === 'E') return this.run(/^[0-9_.\-+eE]$/, 'float');
      this.backUp(char);
      return this.token('integer');
    }
  }

  private run(part: RegExp, kind: TokenKind): Token {
    let char = this.next();
    while (part.test(char)) char = this.next();
    this.backUp(char);
    const token = this.token(kind);
    return kind === 'datetime' ? { ...token, text: trimSpace(token.text) } : token;
  }

  private bool(): Token {
    let word = '';
    let char = this.next();
    while (char !== EOF && isLetter(char)) {
      word += char;
      char = this.next();
    }
    this.backUp(char);
    if (word !== 'true' && word !== 'false') this.fail(`expected value but found ${quote(word)} instead`);
    return this.token('bool');
  }

  /** The next character, '' at the end. Control characters and bytes that are no UTF-8 are faults. */
  private next(): string {
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
  private backUp(char: string): void {
    if (this.isAtEnd) {
      this.isAtEnd = false;
      return;
    }
    this.at -= char.length;
    if (char === '\n') this.line--;
  }

  private peek(): string {
    const char = this.next();
    this.backUp(char);
    return char;
  }

  private accept(wanted: string): boolean {
    const char = this.next();
    if (char === wanted) return true;
    this.backUp(char);
    return false;
  }

  private acceptTwo(mark: string): boolean {
    if (!this.accept(mark)) return false;
    if (this.accept(mark)) return true;
    this.backUp(mark);
    return false;
  }

  private skipBlanks(): void {
    let char = this.next();
    while (isBlank(char)) char = this.next();
    this.backUp(char);
    this.ignore();
  }

  private ignore(): void {
    this.start = this.at;
  }

  private token(kind: TokenKind): Token {
    const token = { kind, text: this.input.slice(this.start, this.at), line: this.line };
    this.start = this.at;
    return token;
  }

  /** At the end of the text the line is that of the last character. */
  private fail(message: string): never {
    const isAfterBreak = this.isAtEnd && this.input[this.at - 1] === '\n';
    throw new TomlFault(message, isAfterBreak ? this.line - 1 : this.line);
  }

  private failOnLineBefore(message: string): never {
    throw new TomlFault(message, this.line - 1);
  }
}

const hexWidths: ReadonlyMap<string, readonly [number, string]> = new Map([
  ['x', [2, 'two']],
  ['u', [4, 'four']],
  ['U', [8, 'eight']],
]);

const bases: ReadonlyMap<string, { readonly name: string; readonly digit: RegExp }> = new Map([
  ['b', { name: 'a binary', digit: /^([01])$/ }],
  ['o', { name: 'an octal', digit: /^([0-7])$/ }],
  ['x', { name: 'a hexadecimal', digit: /^([0-9a-fA-F])$/ }],
]);

function hex(value: number): string {
  return value.toString(16).padStart(2, '0');
}

function shown(char: string): string {
  return quoteRune(char.codePointAt(0) ?? 0);
}

function shownOrEnd(char: string): string {
  return char === EOF ? 'end of file' : `'${char}'`;
}

function isBlank(char: string): boolean {
  return char === ' ' || char === '\t';
}

function isBreak(char: string): boolean {
  return char === '\n' || char === '\r';
}

function isDigit(char: string): boolean {
  return char >= '0' && char <= '9';
}
