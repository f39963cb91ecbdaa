/** Go strings are bytes; here a byte that is no part of valid UTF-8 is a lone surrogate U+DC80..U+DCFF. */

/** The bytes of a text. */
export function encodeUtf8(text: string): Uint8Array {
  const out: number[] = [];
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (code >= 0xdc80 && code <= 0xdcff) out.push(code - 0xdc00);
    else if (code < 0x80) out.push(code);
    else if (code < 0x800) out.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) out.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else out.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return Uint8Array.from(out);
}

/** The text of bytes, each invalid byte by itself. */
export function decodeUtf8(bytes: Uint8Array): string {
  let out = '';
  for (let pos = 0; pos < bytes.length; ) {
    const width = characterWidth(bytes, pos);
    if (width === 0) {
      out += String.fromCharCode(0xdc00 + (bytes[pos] ?? 0));
      pos++;
    } else {
      out += UTF8.decode(bytes.subarray(pos, pos + width));
      pos += width;
    }
  }
  return out;
}

const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Bytes of the character at `pos`, or 0 when there is no valid one. */
function characterWidth(bytes: Uint8Array, pos: number): number {
  const first = bytes[pos] ?? 0;
  if (first < 0x80) return 1;
  const width = first >= 0xc2 && first <= 0xdf ? 2 : first >> 4 === 14 ? 3 : first >= 0xf0 && first <= 0xf4 ? 4 : 0;
  for (let k = 1; k < width; k++) if (((bytes[pos + k] ?? 0) & 0xc0) !== 0x80) return 0;
  const second = bytes[pos + 1] ?? 0;
  if ((first === 0xe0 && second < 0xa0) || (first === 0xed && second >= 0xa0)) return 0;
  if ((first === 0xf0 && second < 0x90) || (first === 0xf4 && second >= 0x90)) return 0;
  return width;
}

/** What encoding/json makes of a string: bytes that are not UTF-8 become U+FFFD. */
export function replaceInvalid(text: string): string {
  return /[\ud800-\udfff]/.test(text) ? text.replace(/\p{Surrogate}/gu, '\ufffd') : text;
}
