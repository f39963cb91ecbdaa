/** The characters of actions: spaces, and what words are made of. Follows text/template/parse/lex.go of Go 1.26. */

/** The spaces that trim markers trim and that separate arguments. */
export function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x09 || code === 0x0d;
}

/** An ASCII letter, digit or underscore. */
export function isAsciiWord(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || (code >= 0x30 && code <= 0x39) || code === 0x5f
  );
}
