/**
 * The tokens under the parser's hand, with ANTLR's recovery: a token too many is dropped, one that is missing is
 * thought there, and after anything else parsing goes on where the enclosing rules can.
 */
import { type Token, type TokenKind, tokenize } from './lexer.ts';
import type { Issue } from './source.ts';
import {
  describe,
  formatSet,
  mismatched,
  noAlternative,
  OPERATORS,
  SUFFIXES,
  SyntaxProblem,
  type TokenSet,
  tokenSet,
} from './syntax-errors.ts';

export class TokenStream {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #strange: readonly (readonly [number, number])[];
  readonly #issues: Issue[];
  /** What closes the expressions that we are in, innermost last. */
  readonly #closers: TokenSet[] = [tokenSet('end')];
  #index = 0;
  /** After a problem nothing more is said until a token fits again. */
  #recovering = false;
  #lastRecovery = -1;

  constructor(text: string, issues: Issue[]) {
    this.#text = text;
    const { tokens, strange } = tokenize(text, issues);
    this.#tokens = tokens;
    this.#strange = strange;
    this.#issues = issues;
  }

  get next(): Token {
    return this.peek(0);
  }

  isAt(kind: TokenKind, ahead = 0): boolean {
    return this.peek(ahead).kind === kind;
  }

  /** Takes the next token, whatever it is. */
  take(): Token {
    const token = this.next;
    if (token.kind !== 'end') this.#index += 1;
    this.#recovering = false;
    return token;
  }

  takeIf(kind: TokenKind): Token | undefined {
    return this.isAt(kind) ? this.take() : undefined;
  }

  /** Takes a token of this kind. One too many before it is dropped; where it is missing and the rest fits, so be it. */
  match(kind: TokenKind, follow: TokenSet): Token {
    if (this.isAt(kind)) return this.take();
    if (this.isAt(kind, 1) && !this.isAt('end')) {
      this.#extraneous(tokenSet(kind));
      return this.take();
    }
    const { next } = this;
    if (follow.has(next.kind)) {
      this.#report(next, `missing ${formatSet(tokenSet(kind))} at ${describe(next)}`);
      return { kind, text: '', offset: next.offset };
    }
    throw mismatched(next, tokenSet(kind));
  }

  /** Before alternatives: the next token has to start one of them. */
  sync(expected: TokenSet): void {
    if (expected.has(this.next.kind) || this.#recovering) return;
    if (expected.has(this.peek(1).kind) && !this.isAt('end')) this.#extraneous(expected);
    else throw mismatched(this.next, expected);
  }

  /** In a loop: drops what neither goes on with it nor can follow it. */
  syncLoop(expected: TokenSet): void {
    if (expected.has(this.next.kind) || this.#recovering) return;
    this.#report(this.next, `extraneous input ${describe(this.next)} expecting ${formatSet(expected)}`);
    this.#skip(tokenSet(expected, OPERATORS, ...this.#closers));
  }

  /** What can come after an operand that ends here. */
  afterOperand(): TokenSet {
    return tokenSet(OPERATORS, SUFFIXES, this.#closers.at(-1) ?? tokenSet());
  }

  /** Parses a part that one of these tokens ends. */
  within<T>(closers: TokenSet, parse: () => T): T {
    this.#closers.push(closers);
    try {
      return parse();
    } finally {
      this.#closers.pop();
    }
  }

  /** Runs a rule; after a problem in it skips to what can follow. `suffixes` where an operand may go on after it. */
  rule<T>(parse: () => T, instead: () => T, suffixes = false): T {
    const depth = this.#closers.length;
    try {
      return parse();
    } catch (problem) {
      if (!(problem instanceof SyntaxProblem)) throw problem;
      this.#closers.length = depth;
      if (!this.#recovering) this.#report(problem.token, problem.message);
      this.#skip(tokenSet(OPERATORS, ...(suffixes ? [SUFFIXES] : []), ...this.#closers));
      return instead();
    }
  }

  /** A problem with all text from `start` to the token `ahead` of the next. */
  stuck(start: Token, ahead: number): SyntaxProblem {
    const token = this.peek(ahead);
    const end = token.kind === 'end' ? this.#text.length : token.offset + token.text.length;
    return noAlternative(token, this.#tokenText(start.offset, end));
  }

  /** The text between two places without what was no token. */
  #tokenText(start: number, end: number): string {
    let text = '';
    let position = start;
    for (const [from, to] of this.#strange) {
      if (from < start || from >= end) continue;
      text += this.#text.slice(position, from);
      position = to;
    }
    return text + this.#text.slice(position, end);
  }

  #skip(stop: TokenSet): void {
    if (this.#lastRecovery === this.#index && !this.isAt('end')) this.#index += 1;
    this.#lastRecovery = this.#index;
    while (!stop.has(this.next.kind) && !this.isAt('end')) this.#index += 1;
  }

  #extraneous(expected: TokenSet): void {
    const { next } = this;
    this.#report(next, `extraneous input ${describe(next)} expecting ${formatSet(expected)}`);
    this.take();
  }

  #report(token: Token, message: string): void {
    if (this.#recovering) return;
    this.#recovering = true;
    this.#issues.push({ offset: token.offset, message: `Syntax error: ${message}` });
  }

  /** A token further on; the last one past the end. */
  peek(ahead: number): Token {
    const last = this.#tokens.length - 1;
    return this.#tokens[Math.min(this.#index + ahead, last)] ?? { kind: 'end', text: '<EOF>', offset: 0 };
  }
}
