import { describe, expect, it } from 'vitest';
import { matchPath } from './path-match.ts';

// The table of Go's path/match_test.go, in spirit: pattern, name, outcome.
const cases: readonly [string, string, boolean | 'error'][] = [
  ['abc', 'abc', true],
  ['*', 'abc', true],
  ['*c', 'abc', true],
  ['a*', 'a', true],
  ['a*', 'ab/c', false],
  ['a*/b', 'abc/b', true],
  ['a*/b', 'a/c/b', false],
  ['a*b*c*d*e*/f', 'axbxcxdxe/f', true],
  ['a*b*c*d*e*/f', 'axbxcxdxexxx/fff', false],
  ['a*b?c*x', 'abxbbxdbxebxczzx', true],
  ['ab[c]', 'abc', true],
  ['ab[b-d]', 'abc', true],
  ['ab[e-g]', 'abc', false],
  ['ab[^c]', 'abc', false],
  ['ab[^e-g]', 'abc', true],
  ['a\\*b', 'a*b', true],
  ['a\\*b', 'ab', false],
  ['a?b', 'a☺b', true],
  ['a[^a]b', 'a☺b', true],
  ['[a-ζ]*', 'α', true],
  ['a?b', 'a/b', false],
  ['a*b', 'a/b', false],
  ['[\\]a]', ']', true],
  ['[x\\-]', '-', true],
  ['[]a]', ']', 'error'],
  ['[-]', '-', 'error'],
  ['[x-]', 'x', 'error'],
  ['[', 'a', 'error'],
  ['[^', 'a', 'error'],
  ['[^bc', 'a', 'error'],
  ['a[', 'a', 'error'],
  ['a[', 'ab', 'error'],
  ['a[', 'x', 'error'],
  ['a/b[', 'x', 'error'],
  ['*x', 'xxx', true],
  ['', '', true],
  ['', 'a', false],
];

describe('matchPath', () => {
  it.each(cases)('%j on %j is %j', (pattern, name, outcome) => {
    if (outcome === 'error') expect(() => matchPath(pattern, name)).toThrow('syntax error in pattern');
    else expect(matchPath(pattern, name)).toBe(outcome);
  });

  it('takes no longer for a pattern of many stars', () => {
    expect(matchPath('*a'.repeat(200), `${'a'.repeat(5000)}b`)).toBe(false);
  });
});
