import { describe, expect, it } from 'vitest';
import { compileGlob } from './glob.ts';

const cases: readonly [string, string, boolean][] = [
  ['*', 'a.txt', true],
  ['*', 'a/b', false],
  ['**', 'a/b', true],
  ['a/*', 'a/b', true],
  ['a/*', 'a/b/c', false],
  ['a/**', 'a/b/c', true],
  ['a/**.yaml', 'a/b/c.yaml', true],
  ['**/c', 'c', false],
  ['?.txt', 'a.txt', true],
  ['?', '/', false],
  ['[ab].txt', 'b.txt', true],
  ['[!ab].txt', 'b.txt', false],
  ['[a-c]', 'b', true],
  ['[!a-c]', 'b', false],
  ['{a,b*}.txt', 'bcd.txt', true],
  ['{a,b*}.txt', 'c.txt', false],
  ['{a,{b,c}d}', 'cd', true],
  ['\\*', '*', true],
  ['\\*', 'a', false],
  ['{a', 'a', true],
  ['a,b}', 'a,b}', true],
  ['', '', true],
];

describe('compileGlob', () => {
  it.each(cases)('%j on %j is %j', (pattern, name, outcome) => {
    expect(compileGlob(pattern)?.(name)).toBe(outcome);
  });

  it.each(['[', '[]', '[c-a]', '[a-c', '[abc'])('%j is malformed', (pattern) => {
    expect(compileGlob(pattern)).toBeUndefined();
  });

  it('takes no longer for a pattern of many stars', () => {
    expect(compileGlob('**a'.repeat(300))?.('a'.repeat(2000))).toBe(true);
    expect(compileGlob(`${'**a'.repeat(300)}b`)?.('a'.repeat(2000))).toBe(false);
  });
});
