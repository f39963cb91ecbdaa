/**
 * One gzip stream (RFC 1952) out of pieces that were compressed apart, so that a large text of which one piece changed need
 * not be compressed anew. Each piece is raw deflate (RFC 1951) that ends in an empty stored block (zlib's full flush):
 * it is whole bytes, is not marked as the last, and refers to nothing before it, so pieces can stand one behind the other.
 * The check sum of the whole comes from those of the pieces: with P the CRC polynomial over GF(2), the CRC of `ab` is
 * CRC(a)·x^(8·length(b)) + CRC(b) modulo P, and x^(2^n) modulo P is a table.
 */
import { promisify } from 'node:util';
import { constants, deflateRaw } from 'node:zlib';

/** A piece of text with what is needed to join it; compressed when first asked for. */
export interface GzipPiece {
  readonly text: Buffer;
  readonly crc: number;
  deflated(): Promise<Buffer>;
}

const deflate = promisify(deflateRaw);
const polynomial = 0xedb88320;
const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) {
    crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
  }
  return crc >>> 0;
});

/** x^(2^n) modulo P for n = 0 to 31; bit 31 is x^0, as everywhere in this reflected notation. */
const powersOfX: readonly number[] = (() => {
  const powers: number[] = [0x40000000];
  for (let n = 1; n < 32; n += 1) {
    const last = powers[n - 1] ?? 0;
    powers.push(multiply(last, last));
  }
  return powers;
})();

const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
const lastEmptyBlock = Buffer.from([3, 0]);

export function gzipPiece(text: Buffer): GzipPiece {
  let deflated: Promise<Buffer> | undefined;
  return {
    text,
    crc: crc32(text),
    deflated() {
      deflated ??= deflate(text, { level: 6, finishFlush: constants.Z_FULL_FLUSH });
      return deflated;
    },
  };
}

/** The gzip stream of the pieces' text, as buffers in order. */
export async function joinGzip(pieces: readonly GzipPiece[]): Promise<Buffer[]> {
  const buffers: Buffer[] = [header];
  let crc = 0;
  let size = 0;
  for (const piece of pieces) {
    buffers.push(await piece.deflated());
    crc = combineCrc(crc, piece.crc, piece.text.length);
    size += piece.text.length;
  }
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc >>> 0, 0);
  trailer.writeUInt32LE(size % 2 ** 32, 4);
  buffers.push(lastEmptyBlock, trailer);
  return buffers;
}

/** The CRC-32 of the bytes (ISO 3309, as gzip and PNG use it). */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc = (crcTable[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** The CRC-32 of two texts one behind the other, of which the second has `secondLength` bytes. */
export function combineCrc(first: number, second: number, secondLength: number): number {
  let shift = 0x80000000;
  // x^(8·length): the bits of the length choose among x^(2^(n+3)).
  for (let bits = secondLength, n = 3; bits > 0; bits = Math.floor(bits / 2), n += 1) {
    if (bits % 2 === 1) {
      shift = multiply(powersOfX[n % 32] ?? 0, shift);
    }
  }
  return (multiply(shift, first) ^ second) >>> 0;
}

/** The product of two polynomials modulo P. */
function multiply(left: number, right: number): number {
  let product = 0;
  let factor = right;
  for (let bit = 0x80000000; bit !== 0; bit >>>= 1) {
    if ((left & bit) !== 0) {
      product ^= factor;
    }
    factor = factor & 1 ? (factor >>> 1) ^ polynomial : factor >>> 1;
  }
  return product >>> 0;
}
