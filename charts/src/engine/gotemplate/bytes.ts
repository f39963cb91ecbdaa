/**
 * Go's view of a string, bytes, for JavaScript strings. A byte that is not part of valid UTF-8 is kept as one of the
 * lone surrogates U+DC80..U+DCFF, so that every Go string has a JavaScript string and back. Decoding follows Go's
 * unicode/utf8: each byte that does not start a valid sequence is an error of width one.
 */

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The UTF-8 bytes of a string; escapes become the bytes that they stand for. */
export function goBytes(text: string): Uint8Array {
  // Without lone surrogates, so without escapes.
  if (text.isWellFormed()) return encoder.encode(text);
  const out = new Uint8Array(text.length * 3);
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) {
      out[length++] = unit;
    } else if (isEscape(unit)) {
      out[length++] = unit & 0xff;
    } else {
      const point = text.codePointAt(i) ?? 0xfffd;
      if (point > 0xffff) i++;
      length += encoder.encodeInto(String.fromCodePoint(point), out.subarray(length)).written;
    }
  }
  return out.slice(0, length);
}

/** The string of some bytes; what is not valid UTF-8 becomes escapes. */
export function goString(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    return decodeLossless(bytes);
  }
}

/** Length in bytes, as Go's `len`. */
export function byteLength(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) length += 1;
    else if (unit >= 0xd800 && unit < 0xdc00 && isLowSurrogate(text.charCodeAt(i + 1))) {
      length += 2;
      i++;
    } else if (!isEscape(unit)) length += 2;
  }
  return length;
}

/** Number of runes, as Go's utf8.RuneCountInString. */
export function runeCount(text: string): number {
  let count = text.length;
  for (let i = 0; i + 1 < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit < 0xdc00 && isLowSurrogate(text.charCodeAt(i + 1))) {
      count--;
      i++;
    }
  }
  return count;
}

/** The runes as code points, as Go's `range` over a string gives them: U+FFFD for each invalid byte. */
export function goRunes(text: string): number[] {
  const runes: number[] = [];
  for (const char of text) {
    const point = char.codePointAt(0) ?? 0;
    runes.push(point >= 0xd800 && point <= 0xdfff ? 0xfffd : point);
  }
  return runes;
}

/** s[start:end] in bytes. A cut inside a rune leaves escapes. */
export function sliceBytes(text: string, start: number, end: number): string {
  if (isAscii(text)) return text.slice(start, end);
  return goString(goBytes(text).subarray(start, end));
}

/** True if all is ASCII, where bytes, runes and UTF-16 units are the same. */
export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x80) return false;
  return true;
}

/** Joins escapes that together are valid UTF-8 (`"\xc3" + "\xa9"` is `é` in Go). */
export function normalizeString(text: string): string {
  return text.isWellFormed() ? text : goString(goBytes(text));
}

/** Order of the bytes, as Go compares strings: negative, zero or positive. */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left === right) continue;
    // UTF-16 order is byte order but where a surrogate meets a unit above the surrogates, or an escape.
    if (left < 0xd800 && right < 0xd800) return left - right;
    return compareBytes(goBytes(a), goBytes(b));
  }
  return a.length - b.length;
}

/** The keys of a map in Go's order. */
export function sortedKeys(map: ReadonlyMap<string, unknown>): string[] {
  const keys = [...map.keys()];
  for (let i = 1; i < keys.length; i++) {
    if (compareStrings(keys[i - 1] ?? '', keys[i] ?? '') > 0) return keys.sort(compareStrings);
  }
  return keys;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function isEscape(unit: number): boolean {
  return unit >= 0xdc80 && unit <= 0xdcff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}

function decodeLossless(bytes: Uint8Array): string {
  let out = '';
  let i = 0;
  while (i < bytes.length) {
    const width = sequenceWidth(bytes, i);
    if (width === 0) {
      out += String.fromCharCode(0xdc00 | (bytes[i] ?? 0));
      i++;
    } else {
      // Take the whole valid run at once.
      let end = i + width;
      for (let next = sequenceWidth(bytes, end); next > 0; next = sequenceWidth(bytes, end)) end += next;
      out += decoder.decode(bytes.subarray(i, end));
      i = end;
    }
  }
  return out;
}

/** The width of the valid sequence at i; 0 if there is none or at the end. */
function sequenceWidth(bytes: Uint8Array, i: number): number {
  const first = bytes[i];
  if (first === undefined) return 0;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const width = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const second = bytes[i + 1] ?? 0;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let k = 2; k < width; k++) if (((bytes[i + k] ?? 0) & 0xc0) !== 0x80) return 0;
  return width;
}
