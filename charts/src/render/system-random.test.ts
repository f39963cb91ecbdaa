import { describe, expect, test } from 'vitest';
import { systemRandom } from './system-random.ts';

describe('random bytes of the system', () => {
  test.each([0, 1, 16, 4096, 5000])('are as many as asked for: %i', (count) => {
    expect(systemRandom.bytes(count)).toHaveLength(count);
  });

  test('differ each time', () => {
    const texts = Array.from({ length: 100 }, () => Buffer.from(systemRandom.bytes(16)).toString('hex'));
    expect(new Set(texts).size).toBe(100);
  });

  test('have all values', () => {
    expect(new Set(systemRandom.bytes(4096)).size).toBe(256);
  });
});
