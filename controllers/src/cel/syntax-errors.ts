/**
 * What ANTLR says of tokens that don't fit, and the sets of tokens that it names (its default error strategy, with
 * cel-go's grammar).
 */
import { escapeWhitespace, type Token, type TokenKind } from './lexer.ts';

/** In the order of the grammar: sets are written so. */
const ORDER: readonly TokenKind[] = [
  'end',
  "'=='",
  "'!='",
  "'in'",
  "'<'",
  "'<='",
  "'>='",
  "'>'",
  "'&&'",
  "'||'",
  "'['",
  "']'",
  "'{'",
  "'}'",
  "'('",
  "')'",
  "'.'",
  "','",
  "'-'",
  "'!'",
  "'?'",
  "':'",
  "'+'",
  "'*'",
  "'/'",
  "'%'",
  "'true'",
  "'false'",
  "'null'",
  'double',
  'int',
  'uint',
  'string',
  'bytes',
  'identifier',
  'escaped',
];
const NAMES: Readonly<Record<string, string>> = {
  end: '<EOF>',
  double: 'NUM_FLOAT',
  int: 'NUM_INT',
  uint: 'NUM_UINT',
  string: 'STRING',
  bytes: 'BYTES',
  identifier: 'IDENTIFIER',
  escaped: 'ESC_IDENTIFIER',
};

export type TokenSet = ReadonlySet<TokenKind>;

export const tokenSet = (...kinds: readonly (TokenKind | TokenSet)[]): TokenSet =>
  new Set(kinds.flatMap((kind) => (typeof kind === 'string' ? [kind] : [...kind])));

/** What an operand may start with, but signs. */
export const MEMBER_STARTS = tokenSet(
  "'['",
  "'{'",
  "'('",
  "'.'",
  "'-'",
  "'true'",
  "'false'",
  "'null'",
  'double',
  'int',
  'uint',
  'string',
  'bytes',
  'identifier',
);
export const EXPR_STARTS = tokenSet(MEMBER_STARTS, "'!'");
export const RELATIONS = tokenSet("'=='", "'!='", "'in'", "'<'", "'<='", "'>='", "'>'");
export const OPERATORS = tokenSet(RELATIONS, "'+'", "'-'", "'*'", "'/'", "'%'", "'&&'", "'||'", "'?'");
export const SUFFIXES = tokenSet("'.'", "'['");

export function formatSet(set: TokenSet): string {
  const names = ORDER.filter((kind) => set.has(kind)).map((kind) => NAMES[kind] ?? kind);
  return names.length === 1 ? (names[0] ?? '') : `{${names.join(', ')}}`;
}

export function describe(token: Token): string {
  return `'${escapeWhitespace(token.text)}'`;
}

/** Thrown within a rule of the grammar and caught at its end: parsing goes on after what can follow it. */
export class SyntaxProblem {
  readonly token: Token;
  readonly message: string;

  constructor(token: Token, message: string) {
    this.token = token;
    this.message = message;
  }
}

export function mismatched(token: Token, expected: TokenSet): SyntaxProblem {
  return new SyntaxProblem(token, `mismatched input ${describe(token)} expecting ${formatSet(expected)}`);
}

/** Where no alternative of the grammar goes on after `text`. A reserved word in place of a name is told as such. */
export function noAlternative(token: Token, text: string): SyntaxProblem {
  const reserved = /^.(true|false|null)$/s.exec(text);
  return new SyntaxProblem(
    token,
    reserved === null
      ? `no viable alternative at input '${escapeWhitespace(text)}'`
      : `mismatched input '${reserved[1]}' expecting IDENTIFIER`,
  );
}
