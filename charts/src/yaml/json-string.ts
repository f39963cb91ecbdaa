/** Strings as encoding/json (Go 1.26) writes them. */
import { normalizeString } from '../engine/gotemplate/bytes.ts';

/** A string as JSON: `<`, `>`, `&`, LS and PS are escaped too. */
export function quoteJson(text: string): string {
  const quoted = JSON.stringify(replaceInvalid(text));
  return quoted.replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** What a string is once through JSON: each byte that is not UTF-8 becomes U+FFFD. */
export function replaceInvalid(text: string): string {
  return /[\ud800-\udfff]/.test(text) ? normalizeString(text).replace(/\p{Surrogate}/gu, '\ufffd') : text;
}
