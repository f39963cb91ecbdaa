/**
 * The values of literals: quotes and escapes (cel-go's parser/unescape.go), numbers in 64 bits.
 */
import { Uint } from './values.ts';

const MAX_INT = 2n ** 63n - 1n;
const MAX_UINT = 2n ** 64n - 1n;
const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** What an int literal stands for; undefined beyond 64 bits. */
export function parseInt64(text: string, negative: boolean): bigint | undefined {
  const value = BigInt(text);
  if (value > (negative ? MAX_INT + 1n : MAX_INT)) return undefined;
  return negative ? -value : value;
}

/** What a uint literal with its `u` stands for; undefined beyond 64 bits. */
export function parseUint64(text: string): Uint | undefined {
  const value = BigInt(text.slice(0, -1));
  return value > MAX_UINT ? undefined : new Uint(value);
}

/** The text of a string literal, or what is wrong with it. */
export function unquote(literal: string): { readonly text: string } | { readonly problem: string } {
  const { body, raw } = bodyOf(literal);
  if (raw || !body.includes('\\')) return { text: body };
  let text = '';
  for (let index = 0; index < body.length; ) {
    const char = body.charAt(index);
    if (char !== '\\') {
      text += char;
      index += 1;
      continue;
    }
    const { value, length } = escapeAt(body, index);
    if (length > 2 && !isScalar(value)) return { problem: 'invalid unicode code point' };
    text += String.fromCodePoint(value);
    index += length;
  }
  return { text };
}

/** The bytes of a literal without its `b`: text in UTF-8, escapes of \x and of octal digits as single bytes. */
export function unquoteBytes(literal: string): { readonly bytes: Uint8Array } | { readonly problem: string } {
  const { body, raw } = bodyOf(literal);
  if (raw) return { bytes: Buffer.from(body) };
  const parts: Uint8Array[] = [];
  for (let index = 0; index < body.length; ) {
    if (body.charAt(index) !== '\\') {
      const end = body.indexOf('\\', index);
      const stop = end < 0 ? body.length : end;
      parts.push(Buffer.from(body.slice(index, stop)));
      index = stop;
      continue;
    }
    if (/[uU]/.test(body.charAt(index + 1))) return { problem: 'unable to unescape string' };
    const { value, length } = escapeAt(body, index);
    parts.push(Uint8Array.of(value & 0xff));
    index += length;
  }
  return { bytes: Buffer.concat(parts) };
}

function bodyOf(literal: string): { readonly body: string; readonly raw: boolean } {
  const raw = /^[rR]/.test(literal);
  const quoted = (raw ? literal.slice(1) : literal).replaceAll('\r\n', '\n').replaceAll('\r', '\n');
  const width = /^("""|''')/.test(quoted) && quoted.length >= 6 ? 3 : 1;
  return { body: quoted.slice(width, -width), raw };
}

function isScalar(value: number): boolean {
  return value <= 0x10ffff && !(value >= 0xd800 && value <= 0xdfff);
}

/** The lexer lets only whole escapes through. */
function escapeAt(body: string, index: number): { readonly value: number; readonly length: number } {
  const letter = body.charAt(index + 1);
  const simple = SIMPLE[letter];
  if (simple !== undefined) return { value: simple.charCodeAt(0), length: 2 };
  const digits = { x: 2, X: 2, u: 4, U: 8 }[letter];
  if (digits !== undefined)
    return { value: Number.parseInt(body.slice(index + 2, index + 2 + digits), 16), length: 2 + digits };
  if (letter >= '0' && letter <= '3') return { value: Number.parseInt(body.slice(index + 1, index + 4), 8), length: 4 };
  return { value: letter.charCodeAt(0), length: 2 };
}
