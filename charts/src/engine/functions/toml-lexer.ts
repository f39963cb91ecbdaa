/**
 * The tokens of a TOML document, in the order and with the error texts of BurntSushi/toml 1.6.0's lexer. A token is
 * made only when it is asked for, so that a fault is found after all that the reader has to say of what is before it.
 */
import { quoteRune } from '../gotemplate/quote.ts';
import { EOF, isAsciiDigit, isBlank, isBreak, type Token, type TokenKind, TomlCursor } from './toml-cursor.ts';
import { booleanToken, numberOrDateToken, signedToken } from './toml-plain-tokens.ts';
import { multilineRawStringTokens, multilineStringTokens, rawStringTokens, stringTokens } from './toml-text-tokens.ts';
import { isLetter } from './unicode.ts';

const MAX_DEPTH = 500;

/** The tokens of a document, the last of kind `eof`. Throws TomlFault. */
export function* lexToml(text: string): Generator<Token, undefined> {
  yield* new Lexer(text).document();
}

class Lexer {
  private readonly cursor: TomlCursor;
  private depth = 0;

  constructor(input: string) {
    this.cursor = new TomlCursor(input);
  }

  *document(): Generator<Token, undefined> {
    for (;;) {
      const char = this.cursor.next();
      if (isBlank(char) || isBreak(char)) {
        this.cursor.ignore();
        continue;
      }
      if (char === '#') {
        yield* this.comment();
        continue;
      }
      if (char === EOF) return yield this.cursor.token('eof');
      if (char === '[') yield* this.tableHeader();
      else {
        this.cursor.backUp(char);
        yield* this.pair();
      }
      const last = yield* this.endOfItem();
      if (last !== undefined) return yield last;
    }
  }

  /** After a pair or a header: nothing but a comment up to the end of the line. Gives the token of the end. */
  private *endOfItem(): Generator<Token, Token | undefined> {
    for (;;) {
      const char = this.cursor.next();
      if (isBlank(char)) continue;
      if (char === '#') {
        yield* this.comment();
        return undefined;
      }
      if (isBreak(char)) {
        this.cursor.ignore();
        return undefined;
      }
      if (char === EOF) return this.cursor.token('eof');
      this.cursor.fail(
        `expected a top-level item to end with a newline, comment, or EOF, but got ${shown(char)} instead`,
      );
    }
  }

  private *comment(): Generator<Token, undefined> {
    this.cursor.ignore();
    yield this.cursor.token('comment');
    for (;;) {
      const char = this.cursor.next();
      if (!isBreak(char) && char !== EOF) continue;
      this.cursor.backUp(char);
      return yield this.cursor.token('text');
    }
  }

  private *tableHeader(): Generator<Token, undefined> {
    const isList = this.cursor.peek() === '[';
    if (isList) this.cursor.next();
    yield this.cursor.token(isList ? 'tables' : 'table');
    for (;;) {
      this.cursor.skipBlanks();
      const first = this.cursor.peek();
      if (first === ']' || first === EOF)
        this.cursor.fail('unexpected end of table name (table names cannot be empty)');
      if (first === '.') this.cursor.fail('unexpected table separator (table names cannot be empty)');
      yield* this.name(first);
      this.cursor.skipBlanks();
      const char = this.cursor.next();
      if (char === ']') break;
      if (char !== '.') this.cursor.fail(`expected '.' or ']' to end table name, but got ${shown(char)} instead`);
      this.cursor.ignore();
    }
    if (!isList) return yield this.cursor.token('table-end');
    const close = this.cursor.next();
    if (close !== ']')
      this.cursor.fail(`expected end of table array name delimiter ']', but got ${shown(close)} instead`);
    return yield this.cursor.token('tables-end');
  }

  private *name(first: string): Generator<Token, undefined> {
    if (first === '"' || first === "'") {
      this.cursor.ignore();
      this.cursor.next();
      this.cursor.ignore();
      return yield* first === '"' ? stringTokens(this.cursor) : rawStringTokens(this.cursor);
    }
    for (;;) {
      const char = this.cursor.next();
      if (/^[A-Za-z0-9_-]$/.test(char)) continue;
      this.cursor.backUp(char);
      return yield this.cursor.token('text');
    }
  }

  private *pair(): Generator<Token, undefined> {
    this.cursor.skipBlanks();
    const first = this.cursor.peek();
    if (first === '=' || first === EOF) this.cursor.fail("unexpected '=': key name appears blank");
    if (first === '.') this.cursor.fail("unexpected '.': keys cannot start with a '.'");
    yield this.cursor.token('key');
    for (;;) {
      this.cursor.skipBlanks();
      const start = this.cursor.peek();
      if (start === '=' || start === EOF) this.cursor.fail("unexpected '='");
      if (start === '.') this.cursor.fail("unexpected '.'");
      yield* this.name(start);
      this.cursor.skipBlanks();
      const char = this.cursor.next();
      if (char === EOF) this.cursor.fail("unexpected EOF; expected key separator '='");
      if (char === '=') break;
      if (char !== '.') {
        const message = `expected '.' or '=', but got ${shown(char)} instead`;
        if (char === '\n') this.cursor.failOnLineBefore(message);
        this.cursor.fail(message);
      }
      this.cursor.ignore();
    }
    yield this.cursor.token('key-end');
    this.cursor.ignore();
    return yield* this.value();
  }

  private *value(): Generator<Token, undefined> {
    let char = this.cursor.next();
    while (isBlank(char)) {
      this.cursor.ignore();
      char = this.cursor.next();
    }
    if (isAsciiDigit(char)) {
      this.cursor.backUp(char);
      return yield numberOrDateToken(this.cursor);
    }
    switch (char) {
      case '[':
        return yield* this.nested('array', () => this.array());
      case '{':
        return yield* this.nested('inline', () => this.inlineTable());
      case '"':
        if (this.cursor.acceptTwo('"')) return yield* multilineStringTokens(this.cursor);
        this.cursor.ignore();
        return yield* stringTokens(this.cursor);
      case "'":
        if (this.cursor.acceptTwo("'")) return yield* multilineRawStringTokens(this.cursor);
        this.cursor.ignore();
        return yield* rawStringTokens(this.cursor);
      case '.':
        return this.cursor.fail("floats must start with a digit, not '.'");
      case 'i':
      case 'n':
        if (
          (this.cursor.accept('n') && this.cursor.accept('f')) ||
          (this.cursor.accept('a') && this.cursor.accept('n'))
        ) {
          return yield this.cursor.token('float');
        }
        break;
      case '-':
      case '+':
        return yield signedToken(this.cursor);
    }
    if (char !== EOF && isLetter(char)) {
      this.cursor.backUpOne();
      return yield booleanToken(this.cursor);
    }
    if (char === EOF) this.cursor.fail('unexpected EOF; expected value');
    const message = `expected value but found ${shown(char)} instead`;
    return char === '\n' ? this.cursor.failOnLineBefore(message) : this.cursor.fail(message);
  }

  private *nested(kind: TokenKind, read: () => Generator<Token, undefined>): Generator<Token, undefined> {
    if (this.depth >= MAX_DEPTH) this.cursor.fail('values are nested too deep');
    this.depth++;
    this.cursor.ignore();
    yield this.cursor.token(kind);
    yield* read();
    this.depth--;
  }

  private *array(): Generator<Token, undefined> {
    for (let isAfterValue = false; ; ) {
      const char = this.cursor.next();
      if (isBlank(char) || isBreak(char)) this.cursor.ignore();
      else if (char === '#') yield* this.comment();
      else if (char === ']') break;
      else if (isAfterValue) {
        if (char !== ',') {
          this.cursor.fail(`expected a comma (',') or array terminator (']'), but got ${shownOrEnd(char)}`);
        }
        this.cursor.ignore();
        isAfterValue = false;
      } else {
        if (char === ',') this.cursor.fail('unexpected comma');
        this.cursor.backUp(char);
        yield* this.value();
        isAfterValue = true;
      }
    }
    this.cursor.ignore();
    return yield this.cursor.token('array-end');
  }

  private *inlineTable(): Generator<Token, undefined> {
    for (let isAfterValue = false; ; ) {
      const char = this.cursor.next();
      if (isBlank(char) || isBreak(char)) this.cursor.ignore();
      else if (char === '#') yield* this.comment();
      else if (char === '}') break;
      else if (isAfterValue) {
        if (char !== ',') {
          this.cursor.fail(`expected a comma or an inline table terminator '}', but got ${shownOrEnd(char)} instead`);
        }
        this.cursor.ignore();
        this.cursor.skipBlanks();
        isAfterValue = this.cursor.peek() === '}';
      } else {
        if (char === ',') this.cursor.fail('unexpected comma');
        this.cursor.backUp(char);
        yield* this.pair();
        isAfterValue = true;
      }
    }
    this.cursor.ignore();
    return yield this.cursor.token('inline-end');
  }
}

function shown(char: string): string {
  return quoteRune(char.codePointAt(0) ?? 0);
}

function shownOrEnd(char: string): string {
  return char === EOF ? 'end of file' : `'${char}'`;
}
