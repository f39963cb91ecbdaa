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

/** Where a word ends that starts, or goes on, at a place. */
export function wordEnd(text: string, position: number): number {
  let end = position;
  while (isAsciiWord(text.charCodeAt(end))) end++;
  if (text.charCodeAt(end) < 0x80 || end >= text.length) return end;
  // Patterns of Unicode's classes take a while to make: only where there is something to test.
  const word = /[\p{L}\p{Nd}_]*/uy;
  word.lastIndex = end;
  return end + (word.exec(text)?.[0].length ?? 0);
}

/** True for a letter, digit or underscore of any script. */
export function isWordAt(text: string, position: number): boolean {
  const code = text.charCodeAt(position);
  if (code < 0x80) return isAsciiWord(code);
  return position < text.length && /^[\p{L}\p{Nd}_]$/u.test(String.fromCodePoint(text.codePointAt(position) ?? 0));
}
