/**
 * The tokens of TOML's strings, with the error texts of BurntSushi/toml 1.6.0's lexer. The opening quotes have been
 * read; a token is the text between the quotes, escapes and all.
 */
import { quote } from '../gotemplate/quote.ts';
import { EOF, isBreak, type Token, type TokenKind, type TomlCursor } from './toml-cursor.ts';

type Tokens = Generator<Token, undefined>;

/** `"..."`: a token of kind `string`, or `escaped` if it has escapes. */
export function* stringTokens(cursor: TomlCursor): Tokens {
  let hasEscape = false;
  for (;;) {
    const char = cursor.next();
    if (char === EOF) cursor.fail(`unexpected EOF; expected '"'`);
    if (isBreak(char)) cursor.failOnLineBefore('strings cannot contain newlines');
    if (char === '\\') {
      skipEscape(cursor);
      hasEscape = true;
    } else if (char === '"') {
      cursor.backUp(char);
      yield cursor.token(hasEscape ? 'escaped' : 'string');
      cursor.next();
      cursor.ignore();
      return;
    }
  }
}

/** `'...'`. */
export function* rawStringTokens(cursor: TomlCursor): Tokens {
  for (;;) {
    const char = cursor.next();
    if (char === EOF) cursor.fail(`unexpected EOF; expected "'"`);
    if (isBreak(char)) cursor.failOnLineBefore('strings cannot contain newlines');
    if (char !== "'") continue;
    cursor.backUp(char);
    yield cursor.token('raw');
    cursor.next();
    cursor.ignore();
    return;
  }
}

/** `"""..."""`. */
export function* multilineStringTokens(cursor: TomlCursor): Tokens {
  cursor.ignore();
  for (;;) {
    const char = cursor.next();
    if (char === EOF) cursor.fail(`unexpected EOF; expected '"""'`);
    if (char === '\\') {
      const escaped = cursor.next();
      if (isBreak(escaped)) continue;
      cursor.backUp(escaped);
      skipEscape(cursor);
    } else if (char === '"' && closes(cursor, '"')) return yield* closed(cursor, 'multiline', '"');
  }
}

/** `'''...'''`. */
export function* multilineRawStringTokens(cursor: TomlCursor): Tokens {
  cursor.ignore();
  for (;;) {
    const char = cursor.next();
    if (char === EOF) cursor.fail(`unexpected EOF; expected "'''"`);
    if (char === "'" && closes(cursor, "'")) return yield* closed(cursor, 'raw-multiline', "'");
  }
}

/** After one quote: true if two more follow and are the last. Up to two quotes may stand before the three. */
function closes(cursor: TomlCursor, mark: '"' | "'"): boolean {
  if (!cursor.acceptTwo(mark)) return false;
  if (cursor.peek() === mark) {
    const text = cursor.current();
    const isEscaped = mark === '"' && text.endsWith(`\\${mark.repeat(5)}`);
    if (text.endsWith(mark.repeat(5)) && !isEscaped) {
      cursor.fail(mark === '"' ? `unexpected '""""""'` : `unexpected "''''''"`);
    }
    cursor.backUp(mark);
    cursor.backUp(mark);
    return false;
  }
  for (let i = 0; i < 3; i++) cursor.backUp(mark);
  return true;
}

function* closed(cursor: TomlCursor, kind: TokenKind, mark: string): Tokens {
  yield cursor.token(kind);
  for (let i = 0; i < 3; i++) cursor.accept(mark);
  cursor.ignore();
}

const hexWidths: ReadonlyMap<string, readonly [number, string]> = new Map([
  ['x', [2, 'two']],
  ['u', [4, 'four']],
  ['U', [8, 'eight']],
]);

/** What follows a backslash. */
function skipEscape(cursor: TomlCursor): void {
  const char = cursor.next();
  if (char !== EOF && 'ebtnfr" \t\\'.includes(char)) return;
  const width = hexWidths.get(char);
  if (width === undefined) {
    const message = `invalid escape in string '\\${char === EOF ? '\0' : char}'`;
    // At the end of the text this one is always said of the line before.
    if (cursor.isAtEnd) cursor.failOnLineBefore(message);
    cursor.fail(message);
  }
  const [digits, name] = width;
  for (let i = 0; i < digits; i++) {
    if (/^[0-9a-fA-F]$/.test(cursor.next())) continue;
    cursor.fail(`expected ${name} hexadecimal digits after '\\${char}', but got ${quote(cursor.current())} instead`);
  }
}
