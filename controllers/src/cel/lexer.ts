/**
 * Text to tokens (cel-go's parser/gen/CEL.g4). What is no token is reported with ANTLR's words and skipped.
 */
import type { Issue } from './source.ts';

export type TokenKind =
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'identifier'
  | 'escaped'
  | 'end'
  | `'${string}'`;

export interface Token {
  /** `'+'` for an operator or a keyword with its text, else a class. */
  readonly kind: TokenKind;
  readonly text: string;
  readonly offset: number;
}

const ESCAPE = String.raw`\\(?:[abfnrtv"'\\?\x60]|[0-3][0-7][0-7]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})`;
const STRINGS = [
  '[rR]"""[^]*?"""',
  "[rR]'''[^]*?'''",
  String.raw`[rR]"[^"\n\r]*"`,
  String.raw`[rR]'[^'\n\r]*'`,
  String.raw`"""(?:${ESCAPE}|[^\\])*?"""`,
  String.raw`'''(?:${ESCAPE}|[^\\])*?'''`,
  String.raw`"(?:${ESCAPE}|[^\\"\n\r])*"`,
  String.raw`'(?:${ESCAPE}|[^\\'\n\r])*'`,
].join('|');
const BLANK = /(?:[\t \r\n\f]+|\/\/[^\n]*)+/y;
const TOKENS: readonly (readonly [TokenKind | undefined, RegExp])[] = [
  ['bytes', new RegExp(`[bB](?:${STRINGS})`, 'y')],
  ['string', new RegExp(STRINGS, 'y')],
  ['double', /\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?/y],
  ['uint', /0x[0-9a-fA-F]+[uU]|\d+[uU]/y],
  ['int', /0x[0-9a-fA-F]+|\d+/y],
  ['identifier', /[A-Za-z_][A-Za-z0-9_]*/y],
  ['escaped', /`[A-Za-z0-9_.\-/ ]+`/y],
  [undefined, /==|!=|<=|>=|&&|\|\||[<>[\]{}().,\-!?:+*/%]/y],
];
const KEYWORDS = new Set(['in', 'true', 'false', 'null']);
/** How far an unfinished token reaches before it turns out to be none. */
const STARTS = [
  new RegExp(
    String.raw`[bB]?(?:"(?:${ESCAPE}|[^\\"\n\r])*\\?[xXuU0-3]?[0-9a-fA-F]*|'(?:${ESCAPE}|[^\\'\n\r])*\\?[xXuU0-3]?[0-9a-fA-F]*)`,
    'y',
  ),
  /`[A-Za-z0-9_.\-/ ]*/y,
  /[=&|]/y,
];

/** All tokens, the last of kind `end`, and the places of what is none. */
export function tokenize(
  text: string,
  issues: Issue[],
): { readonly tokens: readonly Token[]; readonly strange: readonly (readonly [number, number])[] } {
  const tokens: Token[] = [];
  const strange: [number, number][] = [];
  let offset = 0;
  for (;;) {
    offset += matchAt(BLANK, text, offset).length;
    if (offset >= text.length) break;
    const token = tokenAt(text, offset);
    if (token !== undefined) {
      tokens.push(token);
      offset += token.text.length;
      continue;
    }
    const end = skip(text, offset, issues);
    strange.push([offset, end]);
    offset = end;
  }
  tokens.push({ kind: 'end', text: '<EOF>', offset: text.length });
  return { tokens, strange };
}

function tokenAt(text: string, offset: number): Token | undefined {
  for (const [kind, pattern] of TOKENS) {
    const found = matchAt(pattern, text, offset);
    if (found === '') continue;
    const literal = kind === undefined || (kind === 'identifier' && KEYWORDS.has(found));
    return { kind: literal ? `'${found}'` : kind, text: found, offset };
  }
  return undefined;
}

function matchAt(pattern: RegExp, text: string, offset: number): string {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0] ?? '';
}

/** Reports what is no token, with the character that showed it, and answers where to go on. */
function skip(text: string, offset: number, issues: Issue[]): number {
  const reach = Math.max(0, ...STARTS.map((pattern) => matchAt(pattern, text, offset).length));
  const culprit = text.codePointAt(offset + reach);
  const end = offset + reach + (culprit === undefined ? 0 : culprit > 0xffff ? 2 : 1);
  issues.push({
    offset,
    message: `Syntax error: token recognition error at: '${text.slice(offset, end)}'`,
  });
  return end;
}

export function escapeWhitespace(text: string): string {
  return text.replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
}
