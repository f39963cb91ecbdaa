/**
 * The tokens of TOML's numbers, dates and booleans, with the error texts of BurntSushi/toml 1.6.0's lexer. A token may
 * still be no number: what is in it is checked when it is read.
 */
import { quote, quoteRune } from '../gotemplate/quote.ts';
import { EOF, isAsciiDigit, type Token, type TokenKind, type TomlCursor } from './toml-cursor.ts';

import { isLetter, trimSpace } from './unicode.ts';

const FLOAT_PART = /^[0-9_.\-+eE]$/;
const DATE_PART = /^[0-9\-:Tt .Zz+]$/;

const bases: ReadonlyMap<string, { readonly name: string; readonly digit: RegExp; readonly part: RegExp }> = new Map([
  ['b', { name: 'a binary', digit: /^[01]$/, part: /^[01_]$/ }],
  ['o', { name: 'an octal', digit: /^[0-7]$/, part: /^[0-7_]$/ }],
  ['x', { name: 'a hexadecimal', digit: /^[0-9a-fA-F]$/, part: /^[0-9a-fA-F_]$/ }],
]);

/** A value that begins with a digit. */
export function numberOrDateToken(cursor: TomlCursor): Token {
  if (cursor.next() === '0') {
    const char = cursor.next();
    const base = bases.get(char);
    if (base !== undefined) {
      const next = cursor.peek();
      if (!base.digit.test(next)) cursor.fail(`not ${base.name} number: '${cursor.current()}${next || '\0'}'`);
      return run(cursor, base.part, 'integer');
    }
    if (char === '_') return decimal(cursor);
    if (isFloatMark(char)) return run(cursor, FLOAT_PART, 'float');
    if (!isAsciiDigit(char)) {
      cursor.backUp(char);
      return cursor.token('integer');
    }
  }
  for (;;) {
    const char = cursor.next();
    if (isAsciiDigit(char)) continue;
    if (char === '-' || char === ':') {
      const token = run(cursor, DATE_PART, 'datetime');
      return { ...token, text: trimSpace(token.text) };
    }
    if (char === '_') return decimal(cursor);
    if (isFloatMark(char)) return run(cursor, FLOAT_PART, 'float');
    cursor.backUp(char);
    return cursor.token('integer');
  }
}

/** What follows a sign. */
export function signedToken(cursor: TomlCursor): Token {
  const char = cursor.next();
  if (char === 'i' || char === 'n') {
    const isWord = char === 'i' ? cursor.accept('n') && cursor.accept('f') : cursor.accept('a') && cursor.accept('n');
    if (!isWord) cursor.fail(`invalid float: '${cursor.current()}'`);
    return cursor.token('float');
  }
  if (char === '0') {
    const next = cursor.peek();
    if (bases.has(next)) cursor.fail(`cannot use sign with non-decimal numbers: '${cursor.current()}${next}'`);
  }
  if (char === '.') cursor.fail("floats must start with a digit, not '.'");
  if (!isAsciiDigit(char)) cursor.fail(`expected a digit but got ${quoteRune(char.codePointAt(0) ?? 0)}`);
  return decimal(cursor);
}

/** `true` or `false`; any other word is an error that names it. */
export function booleanToken(cursor: TomlCursor): Token {
  let word = '';
  let char = cursor.next();
  while (char !== EOF && isLetter(char)) {
    word += char;
    char = cursor.next();
  }
  cursor.backUp(char);
  if (word !== 'true' && word !== 'false') cursor.fail(`expected value but found ${quote(word)} instead`);
  return cursor.token('bool');
}

function decimal(cursor: TomlCursor): Token {
  for (;;) {
    const char = cursor.next();
    if (isAsciiDigit(char) || char === '_') continue;
    if (isFloatMark(char)) return run(cursor, FLOAT_PART, 'float');
    cursor.backUp(char);
    return cursor.token('integer');
  }
}

function run(cursor: TomlCursor, part: RegExp, kind: TokenKind): Token {
  let char = cursor.next();
  while (part.test(char)) char = cursor.next();
  cursor.backUp(char);
  return cursor.token(kind);
}

function isFloatMark(char: string): boolean {
  return char === '.' || char === 'e' || char === 'E';
}
