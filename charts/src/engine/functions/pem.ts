/** PEM blocks: base64 between a BEGIN and an END line. Follows Go's encoding/pem. */
import { decodeBase64, encodeBase64 } from './encoding.ts';

/** A block, e.g. of type `CERTIFICATE`. */
export interface PemBlock {
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** The first whole block in a text; what is no block is passed over. */
export function decodePem(text: string): PemBlock | undefined {
  const lines = text.split('\n').map((line) => line.replace(/[ \t\r]+$/, ''));
  let begin = -1;
  let type = '';
  for (const [i, line] of lines.entries()) {
    const start = /^-----BEGIN (.*)-----$/.exec(line);
    if (start !== null) {
      begin = i;
      type = start[1] ?? '';
    } else if (begin >= 0 && line === `-----END ${type}-----`) {
      const bytes = decodeBase64(bodyOf(lines.slice(begin + 1, i)));
      if (typeof bytes !== 'string') return { type, bytes };
      begin = -1;
    }
  }
  return undefined;
}

/** A block as text, in lines of 64 characters. */
export function encodePem(block: PemBlock): string {
  const body = encodeBase64(block.bytes).replace(/.{1,64}/g, '$&\n');
  return `-----BEGIN ${block.type}-----\n${body}-----END ${block.type}-----\n`;
}

/** Headers, `Key: value`, stand before an empty line. */
function bodyOf(lines: readonly string[]): string {
  let start = 0;
  while (lines[start]?.includes(':') === true) start++;
  return lines.slice(start).join('').replace(/[ \t]/g, '');
}
