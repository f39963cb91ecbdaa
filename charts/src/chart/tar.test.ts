import { describe, expect, it } from 'vitest';
import { readTar, writeTar } from './tar.ts';

const archive = writeTar([
  { name: 'chart/Chart.yaml', data: new TextEncoder().encode('name: chart') },
  { name: `chart/${'ÿ'.repeat(45)}`, data: new Uint8Array(600).fill(255) },
]);

describe('a tape archive', () => {
  it('is read wherever it is in memory', () => {
    const expected = [...readTar(archive)];
    expect(expected.map(({ name, data }) => [name, data.length])).toEqual([
      ['chart/Chart.yaml', 11],
      [`chart/${'ÿ'.repeat(45)}`, 600],
    ]);
    for (const offset of [1, 2, 3]) {
      const moved = new Uint8Array(archive.length + offset);
      moved.set(archive, offset);
      expect([...readTar(moved.subarray(offset))]).toEqual(expected);
    }
  });

  it('is refused where a byte of a header is another', () => {
    for (const at of [0, 107, 156, 257, 511]) {
      const broken = archive.slice();
      broken[at] = (broken[at] ?? 0) ^ 0x80;
      expect(() => [...readTar(broken)], `byte ${at}`).toThrow('archive/tar: invalid tar header');
    }
  });
});
