/**
 * Letters and spaces as Go's unicode package knows them: one rune to one rune (JavaScript's case mappings may give
 * several characters), and Go's set of spaces. Follows unicode and strings of Go 1.26.
 *
 * Patterns of Unicode's classes take a while to make, so they are made where something is tested.
 */

const space = /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/;
const outerSpace =
  /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+|[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/g;

/** unicode.IsUpper, for one character. */
export function isUpper(char: string): boolean {
  return /^\p{Lu}$/u.test(char);
}

/** unicode.IsLower, for one character. */
export function isLower(char: string): boolean {
  return /^\p{Ll}$/u.test(char);
}

/** unicode.IsTitle, for one character. */
export function isTitle(char: string): boolean {
  return /^\p{Lt}$/u.test(char);
}

/** unicode.IsLetter, for one character. */
export function isLetter(char: string): boolean {
  return /^\p{L}$/u.test(char);
}

/** unicode.IsNumber, for one character. */
export function isNumber(char: string): boolean {
  return /^\p{N}$/u.test(char);
}

/** unicode.IsDigit, for one character. */
export function isDigit(char: string): boolean {
  return /^\p{Nd}$/u.test(char);
}

/** unicode.IsPunct, for one character. */
export function isPunctuation(char: string): boolean {
  return /^\p{P}$/u.test(char);
}

/** unicode.IsSpace, for one character. */
export function isSpace(char: string): boolean {
  return space.test(char);
}

/** strings.TrimSpace. */
export function trimSpace(text: string): string {
  // Most texts need no pattern: ends that are ASCII and no space.
  const first = text.charCodeAt(0);
  const last = text.charCodeAt(text.length - 1);
  if (first > 0x20 && first < 0x80 && last > 0x20 && last < 0x80) return text;
  let start = 0;
  let end = text.length;
  while (start < end && space.test(text.charAt(start))) start++;
  while (end > start && space.test(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

/** strings.Fields: the words between spaces. */
export function fields(text: string): string[] {
  return text
    .replace(outerSpace, '')
    .split(/[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/)
    .filter((word) => word !== '');
}

/** unicode.ToUpper, for one character. */
export function upperOf(char: string): string {
  const point = char.codePointAt(0) ?? 0;
  // Greek with iota subscript: JavaScript writes the iota out, Go has one rune for it.
  if (point >= 0x1f80 && point <= 0x1faf) return String.fromCodePoint(point | 8);
  if (point === 0x1fb3 || point === 0x1fc3 || point === 0x1ff3) return String.fromCodePoint(point + 9);
  return single(char.toUpperCase(), char);
}

/** unicode.ToLower, for one character. */
export function lowerOf(char: string): string {
  return char === '\u0130' ? 'i' : single(char.toLowerCase(), char);
}

const titleForms: ReadonlyMap<string, string> = new Map(
  ['\u01c4\u01c5\u01c6', '\u01c7\u01c8\u01c9', '\u01ca\u01cb\u01cc', '\u01f1\u01f2\u01f3'].flatMap((forms) =>
    [...forms].map((form) => [form, forms.charAt(1)] as const),
  ),
);

/** unicode.ToTitle, for one character. */
export function titleOf(char: string): string {
  const point = char.codePointAt(0) ?? 0;
  if (point >= 0x10d0 && point <= 0x10ff) return char;
  return titleForms.get(char) ?? upperOf(char);
}

/** strings.ToUpper. */
export function toUpper(text: string): string {
  return mapRunes(text, upperOf, asciiToUpper);
}

/** strings.ToLower. */
export function toLower(text: string): string {
  return mapRunes(text, lowerOf, asciiToLower);
}

/** string([]rune(text)): a byte that is not valid UTF-8 becomes U+FFFD. */
export function runesOf(text: string): string[] {
  return Array.from(text, (char) => (isLoneByte(char) ? '\ufffd' : char));
}

/** True for the escape of a byte that is not valid UTF-8. */
export function isLoneByte(char: string): boolean {
  return char.length === 1 && char >= '\udc80' && char <= '\udcff';
}

function mapRunes(text: string, map: (char: string) => string, mapAscii: (text: string) => string): string {
  if (/^[\0-\x7f]*$/.test(text)) return mapAscii(text);
  let out = '';
  for (const char of text) out += isLoneByte(char) ? '\ufffd' : map(char);
  return out;
}

function asciiToUpper(text: string): string {
  return text.toUpperCase();
}

function asciiToLower(text: string): string {
  return text.toLowerCase();
}

function single(mapped: string, original: string): string {
  return mapped.length === 1 || (mapped.length === 2 && (mapped.codePointAt(0) ?? 0) > 0xffff) ? mapped : original;
}
