/**
 * Go's ways with white space and byte order marks, for the texts of a chart's files.
 */

/** Takes a UTF-8 byte order mark off the front, as Helm does for every file of a chart. */
export function withoutByteOrderMark(data: Uint8Array): Uint8Array {
  return data[0] === 0xef && data[1] === 0xbb && data[2] === 0xbf ? data.subarray(3) : data;
}

/** strings.TrimSpace: Unicode's White_Space, which is not what String.trim takes. */
export function trimSpace(text: string): string {
  return trimSpaceLeft(text).replace(trailing, '');
}

/** strings.TrimLeftFunc(text, unicode.IsSpace). */
export function trimSpaceLeft(text: string): string {
  return text.replace(leading, '');
}

const leading = /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;
// Anchored by a look-behind, so that a long run of spaces inside the text is not tried from each of its characters.
const trailing =
  /(?<![\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000])[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/;

/** The same bytes without Buffer's methods, some of which differ from Uint8Array's. */
export function plainBytes(buffer: Uint8Array): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
