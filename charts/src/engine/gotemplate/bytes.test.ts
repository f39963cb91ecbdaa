/** Strings as bytes. */
import { describe, expect, it } from 'vitest';
import {
  byteLength,
  compareStrings,
  goBytes,
  goRunes,
  goString,
  normalizeString,
  runeCount,
  sliceBytes,
  sortedKeys,
} from './bytes.ts';

/** Bytes from a small generator with a seed, so that a failure repeats. */
function randomBytes(seed: number, count: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    // Mostly bytes around the borders of UTF-8's ranges.
    const pick = [0x41, 0x7f, 0x80, 0xbf, 0xc2, 0xc3, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0x9f, 0xa0, 0xff, 0x90, 0x8f];
    return pick[(state >>> 16) % pick.length] ?? 0;
  });
}

describe('goString and goBytes', () => {
  it('keep any bytes', () => {
    for (let seed = 1; seed < 300; seed++) {
      const bytes = randomBytes(seed, seed % 23);
      const text = goString(bytes);
      expect(goBytes(text)).toEqual(bytes);
      expect(byteLength(text)).toBe(bytes.length);
      expect(goRunes(text)).toHaveLength(runeCount(text));
    }
  });

  it('make characters of valid UTF-8 and escapes of other bytes', () => {
    expect(goString(new Uint8Array([0xc3, 0xa9, 0xff, 0x41]))).toBe('é\udcffA');
    expect(goString(new Uint8Array([0xed, 0xa0, 0x80]))).toBe('\udced\udca0\udc80');
    expect(goString(new Uint8Array([0xef, 0xbb, 0xbf]))).toBe('\ufeff');
  });

  it('read bytes that joined to a character as that character', () => {
    expect(normalizeString('\udcc3\udca9')).toBe('é');
  });
});

describe('lengths', () => {
  it('count bytes and runes', () => {
    expect([byteLength('aé€😀'), runeCount('aé€😀'), byteLength('\udcff'), runeCount('\udcff')]).toEqual([10, 4, 1, 1]);
  });

  it('cut by bytes, even inside a character', () => {
    expect(sliceBytes('aé', 0, 2)).toBe('a\udcc3');
    expect(sliceBytes('abc', 1, 3)).toBe('bc');
  });

  it('give the replacement character for an invalid byte', () => {
    expect(goRunes('a\udcff')).toEqual([0x61, 0xfffd]);
  });
});

describe('compareStrings', () => {
  it('orders as the bytes do', () => {
    const texts = ['', 'a', 'ab', 'b', 'é', '\udc80', '\udcff', '\uffff', '😀', '\ue000'];
    const byBytes = [...texts].sort((a, b) => Buffer.compare(Buffer.from(goBytes(a)), Buffer.from(goBytes(b))));
    expect([...texts].sort(compareStrings)).toEqual(byBytes);
  });

  it('gives the keys of a map in that order', () => {
    expect(sortedKeys(new Map(['😀', '\uffff', 'b', 'B'].map((key) => [key, 0])))).toEqual(['B', 'b', '\uffff', '😀']);
  });
});
