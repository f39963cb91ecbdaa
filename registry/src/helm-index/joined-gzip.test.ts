/** Gzip streams joined from pieces, read back by zlib, which checks the sums. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { combineCrc, crc32, gzipPiece, joinGzip } from './joined-gzip.ts';

function textOf(length: number, seed: number): Buffer {
  let state = seed;
  return Buffer.from(
    Uint8Array.from({ length }, () => {
      state = (state * 1103515245 + 12345) % 2147483648;
      return 97 + (state % 23);
    }),
  );
}

describe('joinGzip', () => {
  test.each([
    [[]],
    [[0]],
    [[5]],
    [[0, 1, 0, 2]],
    [[70_000, 3, 130_000, 0, 65_536]],
    [Array.from({ length: 300 }, (_, index) => index * 7)],
  ])('gives one stream that unfolds to the pieces of %j bytes', async (lengths) => {
    const texts = lengths.map((length, index) => textOf(length, index + 1));
    const joined = Buffer.concat(await joinGzip(texts.map(gzipPiece)));
    expect(gunzipSync(joined).equals(Buffer.concat(texts))).toBe(true);
  });

  test('compresses a text of many lines nearly as well in pieces as whole', async () => {
    const lines = Array.from({ length: 2000 }, (_, index) => `  - name: chart-${index}\n    version: 1.${index}.0\n`);
    const pieces = Array.from({ length: 20 }, (_, index) =>
      gzipPiece(Buffer.from(lines.slice(index * 100, index * 100 + 100).join(''))),
    );
    const joined = Buffer.concat(await joinGzip(pieces));
    expect(joined.length).toBeLessThan(gzipSync(lines.join('')).length * 1.5);
  });
});

describe('crc32', () => {
  test('has the check value of the algorithm', () => {
    expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926);
    expect(crc32(Buffer.alloc(0))).toBe(0);
  });

  test('of two texts is combined from those of each', () => {
    const whole = textOf(100_003, 9);
    for (const at of [0, 1, 2, 255, 256, 4096, 65_537, 100_002, 100_003]) {
      const [first, second] = [whole.subarray(0, at), whole.subarray(at)];
      expect(combineCrc(crc32(first), crc32(second), second.length)).toBe(crc32(whole));
    }
  });
});
