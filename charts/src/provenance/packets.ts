/**
 * Cuts a stream of OpenPGP packets (RFC 9580, section 4) where each key begins, so that a key that can't be read does not
 * hide the others of a keyring, and leaves out GnuPG's own notes of trust.
 */
import { ChartError } from '../chart/chart-error.ts';

const SECRET_KEY = 5;
const PUBLIC_KEY = 6;
const TRUST = 12;

/** The packets of each key; what stands before the first key belongs to none. Throws ChartError InvalidKeyring. */
export function splitKeys(data: Uint8Array): Uint8Array[] {
  const keys: Uint8Array[][] = [];
  for (let offset = 0; offset < data.length; ) {
    const { tag, end } = readHeader(data, offset);
    if (tag === PUBLIC_KEY || tag === SECRET_KEY) keys.push([]);
    if (tag !== TRUST) keys.at(-1)?.push(data.subarray(offset, end));
    offset = end;
  }
  return keys.map((packets) => new Uint8Array(Buffer.concat(packets)));
}

function readHeader(data: Uint8Array, offset: number): { readonly tag: number; readonly end: number } {
  const first = byteAt(data, offset);
  if ((first & 0x80) === 0) throw invalid('tag byte does not have MSB set');
  const isNew = (first & 0x40) !== 0;
  const tag = isNew ? first & 0x3f : (first >> 2) & 0x0f;
  const end = isNew ? endOfNew(data, offset + 1) : endOfOld(data, { offset: offset + 1, type: first & 3 });
  if (end > data.length) throw new ChartError('InvalidKeyring', 'unexpected EOF');
  return { tag, end };
}

/** The first format: the length in one, two or four bytes, or all that is left. */
function endOfOld(data: Uint8Array, { offset, type }: { readonly offset: number; readonly type: number }): number {
  if (type === 3) return data.length;
  const size = 2 ** type;
  return offset + size + readNumber(data, { offset, size });
}

/** The second format, where a packet may come in parts. */
function endOfNew(data: Uint8Array, start: number): number {
  for (let offset = start; ; ) {
    const first = byteAt(data, offset);
    if (first < 192) return offset + 1 + first;
    if (first < 224) return offset + 2 + (first - 192) * 256 + byteAt(data, offset + 1) + 192;
    if (first === 255) return offset + 5 + readNumber(data, { offset: offset + 1, size: 4 });
    offset += 1 + 2 ** (first & 0x1f);
  }
}

function readNumber(data: Uint8Array, { offset, size }: { readonly offset: number; readonly size: number }): number {
  let value = 0;
  for (let index = 0; index < size; index += 1) value = value * 256 + byteAt(data, offset + index);
  return value;
}

function byteAt(data: Uint8Array, offset: number): number {
  const byte = data[offset];
  if (byte === undefined) throw new ChartError('InvalidKeyring', 'unexpected EOF');
  return byte;
}

function invalid(reason: string): ChartError {
  return new ChartError('InvalidKeyring', `openpgp: invalid data: ${reason}`);
}
