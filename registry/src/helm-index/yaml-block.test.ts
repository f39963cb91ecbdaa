/** Which texts stand plain in the index, and that no other can be taken for something else. */
import { describe, expect, test } from 'vitest';
import { formatYamlBlock, formatYamlScalar } from './yaml-block.ts';

describe('formatYamlScalar', () => {
  test.each(['web', '1.2.3', 'v1.2.3-rc.1+b', 'https://example.com/a', 'Ada L', 'a/b', 'ab'.repeat(32), 'e5', 'a-b_c'])(
    'leaves %s plain',
    (text) => {
      expect(formatYamlScalar(text)).toBe(text);
    },
  );

  test.each([
    '',
    ' a',
    'a ',
    'yes',
    'NO',
    'null',
    '~',
    'true',
    '1.2',
    '12',
    '0x1f',
    '1e3',
    '1:30',
    'a: b',
    'a:',
    'a #b',
    '#a',
    '- a',
    '*a',
    '&a',
    '!a',
    '%a',
    '@a',
    '{a}',
    '[a]',
    '"a"',
    "'a'",
    '|',
    '>',
    '?',
    '=',
    '<<',
    '2026-01-02',
    '.5',
    '-1',
    '12'.repeat(32),
    '1234567890e1234567890123456789012345678901234567890123456789012',
    'a\nb',
    'a\tb',
    'ä',
    '---',
    'a::',
  ])('quotes %j', (text) => {
    const written = formatYamlScalar(text);
    expect([written[0], JSON.parse(written)]).toEqual(['"', text]);
  });

  test('escapes what YAML does not print, and what is no character', () => {
    expect(formatYamlScalar('a\u007f\u0085\u2028\ufeff')).toBe('"a\\u007f\\u0085\\u2028\\ufeff"');
    expect(formatYamlScalar('a\ud800b😀')).toBe('"a\ufffdb😀"');
  });
});

describe('formatYamlBlock', () => {
  test('announces a key too long to be read otherwise', () => {
    const key = 'k'.repeat(1100);
    expect(formatYamlBlock({ a: { [key]: 'v' } }, 2)).toBe(`  a:\n    ? ${key}\n    : v\n`);
  });

  test('keeps keys as __proto__ and lists in lists', () => {
    expect(formatYamlBlock(JSON.parse('{"__proto__": {"a": [["x"], []]}}'), 0)).toBe(
      '"__proto__":\n  a:\n  - \n    - x\n  - []\n',
    );
  });
});
