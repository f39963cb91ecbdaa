/**
 * Tokens with three of lookahead, and parse errors with Go's places. Follows the token buffer of
 * text/template/parse/parse.go of Go 1.26: an error names the line of the token that was read last.
 */
import type { Lexer } from './lex.ts';
import { describeToken, Token, type TokenType } from './token.ts';

/** A text that does not parse; `message` is Go's, e.g. `template: a.yaml:1: unexpected EOF`. */
export class ParseError extends Error {
  override readonly name = 'ParseError';
  readonly file: string;
  readonly line: number;
  constructor(message: string, where: { readonly file: string; readonly line: number }) {
    super(message);
    this.file = where.file;
    this.line = where.line;
  }
}

const noToken = new Token('EOF', '', 0, 0);

/** The reader of one tree. The trees of one file share the lexer. */
export class TokenReader {
  readonly lexer: Lexer;
  /** The name of the text, for errors. */
  readonly file: string;
  /** The left delimiter of the action that is being parsed. */
  actionStart: Token | undefined;
  private readonly buffer: Token[] = [noToken, noToken, noToken];
  private count = 0;

  constructor(lexer: Lexer, file: string) {
    this.lexer = lexer;
    this.file = file;
  }

  next(): Token {
    if (this.count > 0) this.count--;
    else this.buffer[0] = this.lexer.next();
    return this.buffer[this.count] ?? noToken;
  }

  peek(): Token {
    if (this.count > 0) return this.buffer[this.count - 1] ?? noToken;
    this.count = 1;
    const token = this.lexer.next();
    this.buffer[0] = token;
    return token;
  }

  /** Puts back the token read last. */
  backup(): void {
    this.count++;
  }

  /** Puts back two tokens, of which the second is the one read last. */
  backup2(first: Token): void {
    this.buffer[1] = first;
    this.count = 2;
  }

  /** Puts back three tokens, of which the third is the one read last. */
  backup3(first: Token, second: Token): void {
    this.buffer[1] = second;
    this.buffer[2] = first;
    this.count = 3;
  }

  nextNonSpace(): Token {
    let token = this.next();
    while (token.type === 'space') token = this.next();
    return token;
  }

  peekNonSpace(): Token {
    const token = this.nextNonSpace();
    this.backup();
    return token;
  }

  expect(types: readonly TokenType[], context: string): Token {
    const token = this.nextNonSpace();
    if (!types.includes(token.type)) throw this.unexpected(token, context);
    return token;
  }

  error(message: string): ParseError {
    const { file } = this;
    const line = this.buffer[0]?.line ?? 0;
    return new ParseError(`template: ${file}:${line}: ${message}`, { file, line });
  }

  unexpected(token: Token, context: string): ParseError {
    if (token.type !== 'error') return this.error(`unexpected ${describeToken(token)} in ${context}`);
    let extra = '';
    const line = this.actionStart?.line ?? token.line;
    if (line !== token.line) {
      const where = `${this.file}:${line}`;
      // Not "action in action".
      extra = token.text.endsWith(' action') ? ` started at ${where}` : ` in action started at ${where}`;
    }
    return this.error(token.text + extra);
  }
}
