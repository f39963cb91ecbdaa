/** Quoting and its reverse. */
import { describe, expect, it } from 'vitest';
import { canBackquote, quote, quoteRune, unquote } from './quote.ts';

describe('quote', () => {
  it.each([
    ['plain', '"plain"'],
    ['a"b\\c', '"a\\"b\\\\c"'],
    ["it's", '"it\'s"'],
    ['\x07\b\f\n\r\t\v\0\x7f', '"\\a\\b\\f\\n\\r\\t\\v\\x00\\x7f"'],
    ['é😀', '"é😀"'],
    ['\u200b\ufeff\u00ad\u00a0', '"\\u200b\\ufeff\\u00ad\\u00a0"'],
    ['\u{e0001}', '"\\U000e0001"'],
    ['\udcff', '"\\xff"'],
  ])('%j', (text, quoted) => {
    expect(quote(text)).toBe(quoted);
    expect(unquote(quoted)).toBe(text);
  });

  it('can keep to ASCII', () => {
    expect(quote('é😀\n', { ascii: true })).toBe('"\\u00e9\\U0001f600\\n"');
  });

  it('quotes a character', () => {
    expect(["'".charCodeAt(0), 0x22, 0xd800, -1].map((point) => quoteRune(point))).toEqual([
      "'\\''",
      "'\"'",
      "'�'",
      "'�'",
    ]);
  });
});

describe('unquote', () => {
  it.each([
    ['`a\\n\r\n`', 'a\\n\n'],
    ['"\\x41\\101\\u0041\\U00000041"', 'AAAA'],
    ['"\\xc3\\xa9"', 'é'],
    ['"\\xff"', '\udcff'],
    ["'a'", 'a'],
    ['""', ''],
  ])('%s', (literal, text) => {
    expect(unquote(literal)).toBe(text);
  });

  it.each(['', '"', '"a', '"\\q"', '"\\x4"', '"\\u12"', '"\\ud800"', '"\\400"', "'ab'", '"a\nb"', '"\\\'"', '`a`b`'])(
    'refuses %j',
    (literal) => {
      expect(unquote(literal)).toBeUndefined();
    },
  );
});

describe('canBackquote', () => {
  it('takes one line without control characters', () => {
    expect(['a b\t"é😀', 'a`', 'a\n', '\x7f', '\ufeff', '\udcff'].map(canBackquote)).toEqual([
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});
