/**
 * base64 and base32. Follows Go's encoding/base64 and base32 with their standard alphabets: line breaks are skipped,
 * padding is required, and Sprig gives the text of an error as the result.
 */
import { goBytes, goString } from '../gotemplate/bytes.ts';
import { text } from './arguments.ts';
import type { TemplateFunction } from './function.ts';

/** b64enc, b64dec, b32enc, b32dec. */
export const encodingFunctions: readonly TemplateFunction[] = [
  {
    name: 'b64enc',
    parameters: ['string'],
    result: 'string',
    call: ([value], context) => {
      const bytes = goBytes(text(value));
      context.spend(bytes.length * 1.34);
      return encodeBase64(bytes);
    },
  },
  { name: 'b64dec', parameters: ['string'], result: 'string', call: ([value]) => decoded(decodeBase64(text(value))) },
  {
    name: 'b32enc',
    parameters: ['string'],
    result: 'string',
    call: ([value], context) => {
      const bytes = goBytes(text(value));
      context.spend(bytes.length * 1.6);
      return encodeBase32(bytes);
    },
  },
  { name: 'b32dec', parameters: ['string'], result: 'string', call: ([value]) => decoded(decodeBase32(text(value))) },
];

/** Standard base64 with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** The bytes of standard base64, or the text of Go's error. */
export function decodeBase64(value: string): Uint8Array | string {
  const source = goBytes(value);
  let end = source.length;
  let digits = 0;
  let i = 0;
  const skipBreaks = () => {
    while (i < end && (source[i] === 10 || source[i] === 13)) i++;
  };
  const corrupt = (at: number) => `illegal base64 data at input byte ${at}`;
  for (skipBreaks(); i < end; skipBreaks()) {
    const byte = source[i] ?? 0;
    if (isBase64(byte)) {
      digits++;
      i++;
      continue;
    }
    if (byte !== PAD || digits % 4 < 2) return corrupt(i);
    const padEnd = digits % 4 === 2 ? 2 : 1;
    for (let pad = 0; pad < padEnd; pad++) {
      skipBreaks();
      if (i === end) return corrupt(end);
      if (source[i] !== PAD) return corrupt(i - 1);
      i++;
    }
    skipBreaks();
    if (i < end) return corrupt(i);
    digits = 0;
    end = i;
  }
  if (digits % 4 !== 0) return corrupt(source.length - (digits % 4));
  return new Uint8Array(Buffer.from(value, 'base64'));
}

const PAD = 0x3d;
const alphabet32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function decoded(result: Uint8Array | string): string {
  return typeof result === 'string' ? result : goString(result);
}

function isBase64(byte: number): boolean {
  const isLetter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
  return isLetter || (byte >= 0x30 && byte <= 0x39) || byte === 0x2b || byte === 0x2f;
}

function encodeBase32(bytes: Uint8Array): string {
  let out = '';
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += alphabet32[(held >> bits) & 31];
    }
  }
  if (bits > 0) out += alphabet32[(held << (5 - bits)) & 31];
  return out.padEnd(Math.ceil(out.length / 8) * 8, '=');
}

/** The bytes of standard base32, or the text of Go's error. */
function decodeBase32(value: string): Uint8Array | string {
  const source = Array.from(goBytes(value)).filter((byte) => byte !== 10 && byte !== 13);
  const out: number[] = [];
  const corrupt = (at: number) => `illegal base32 data at input byte ${at}`;
  for (let start = 0; start < source.length; start += 8) {
    const digits: number[] = [];
    for (let j = 0; j < 8; j++) {
      const at = start + j;
      const byte = source[at];
      if (byte === undefined) return corrupt(source.length - j);
      if (byte === PAD && j >= 2 && source.length - at - 1 < 8) {
        // The last group: all that is left must be padding.
        if (source.length - at - 1 + j < 7) return corrupt(source.length);
        for (let k = 0; k < 7 - j; k++) {
          const pad = source[at + 1 + k];
          if (pad !== undefined && pad !== PAD) return corrupt(at + k);
        }
        if (j === 3 || j === 6) return corrupt(at);
        out.push(...groupBytes(digits));
        return Uint8Array.from(out);
      }
      const digit = alphabet32.indexOf(String.fromCharCode(byte));
      if (digit < 0) return corrupt(at);
      digits.push(digit);
    }
    out.push(...groupBytes(digits));
  }
  return Uint8Array.from(out);
}

/** The whole bytes in up to eight digits of five bits. */
function groupBytes(digits: readonly number[]): number[] {
  const bytes: number[] = [];
  let held = 0;
  let bits = 0;
  for (const digit of digits) {
    held = ((held << 5) | digit) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 0xff);
    }
  }
  return bytes;
}
