import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { compileSmall, isSmallText } from './regex-small.ts';

/** The places of the first match by re2js. */
function expected(expression: RE2JS, text: string, position: number): number[] | undefined {
  const matcher = expression.matcher(text);
  if (!matcher.find(position)) return undefined;
  return Array.from({ length: expression.groupCount() + 1 }, (_, i) => [matcher.start(i), matcher.end(i)]).flat();
}

const token = fc.constantFrom(
  ...[
    'a',
    'b',
    '-',
    '0',
    ':',
    '.',
    '\\d',
    '\\w',
    '\\W',
    '\\D',
    '\\.',
    '\\-',
    '^',
    '$',
    '|',
    '(',
    ')',
    '()',
    '(a',
    'b)',
  ],
  ...['*', '+', '?', '*?', '{2}', '[ab]', '[^a]', '[a-c]', '[^a-z\\d\\-]', '[-b]', '[b-]', '[0-9-a]', '[]a]', '[b-a]'],
  ...['[\\w.]', '[^\\w]', '(-?a)+', '(a|b)', '(a|ab)(c|bcd)', '(?:a)', '[[:alpha:]]', '\\s', '\\b', ']', '}', '{'],
  ...['(-?[^a-z\\d\\-])+-?', '-r\\d+$', 'é', '\\pL', '\\z', '[a-z-9]', '[+--]', '[$-&]', '(a*)b', '(a?)', '\\_'],
);
const text = fc.string({
  unit: fc.constantFrom('a', 'b', 'c', '-', '0', '9', ':', '.', '_', '\n', ' ', 'Z'),
  maxLength: 12,
});

describe('a small pattern', () => {
  it('matches where re2js does, and is left to it where it is none', () => {
    let small = 0;
    const parts = fc.array(token, { minLength: 1, maxLength: 7 });
    fc.assert(
      fc.property(parts, text, fc.nat({ max: 12 }), (tokens, value, start) => {
        const source = tokens.join('');
        const compiled = compileSmall(source);
        if (compiled === undefined) return;
        small++;
        const position = Math.min(start, value.length);
        const expression = RE2JS.compile(source);
        expect(compiled.groups).toBe(expression.groupCount());
        expect(compiled.find(value, position)).toEqual(expected(expression, value, position));
      }),
      { numRuns: Number(process.env.SMALL_RUNS ?? 3000) },
    );
    expect(small).toBeGreaterThan(300);
  });

  it.each(['-r\\d+$|sha256:', '[^A-Za-z0-9]+$', '(-?[^a-z\\d\\-])+-?', '^[A-Za-z_][-A-Za-z0-9._]*$', '\\W'])(
    'is %s',
    (source) => {
      expect(compileSmall(source)).toBeDefined();
    },
  );

  it.each(['(a*)*', 'a{3}', '(?i)a', 'a+?', '[[:alpha:]]', '\\s', 'é', '', 'a|', '()', '(a', 'a)', '[b-a]', '\\pL'])(
    'is not %s',
    (source) => {
      expect(compileSmall(source)).toBeUndefined();
    },
  );

  it('takes no longer for a pattern that makes others try for ever', () => {
    const pattern = compileSmall('((a+)+)+$');
    expect(pattern?.find(`${'a'.repeat(63)}b`, 0)).toBeUndefined();
  });

  it('is for short ASCII texts', () => {
    expect(isSmallText('a'.repeat(64))).toBe(true);
    expect(isSmallText('a'.repeat(65))).toBe(false);
    expect(isSmallText('é')).toBe(false);
  });
});
