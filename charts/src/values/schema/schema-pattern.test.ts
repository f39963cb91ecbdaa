import { describe, expect, it } from 'vitest';
import { FunctionError } from '../../engine/functions/function.ts';
import { patternOf } from '../../engine/functions/regex-pattern.ts';
import { schemaPattern } from './schema-pattern.ts';

describe('a pattern of a schema', () => {
  it('is in the texts that RE2 finds it in', () => {
    const patterns = [
      '[a-zA-Z0-9]{1,64}',
      '^[a-z0-9.-]+$',
      '^\\d{2}$',
      'a-b',
      '^$',
      '',
      '[\\w./-]*',
      '^x?$',
      '0{2,}',
      '^\\.',
    ];
    const others = ['^(a|b)$', '[^a]', '.', '\\s', 'a+b+', '(?i)a', '[[:alpha:]]', '\\pL', 'é'];
    const texts = [
      '',
      'a',
      'a-b',
      'x',
      'b\n',
      'a\n',
      '12',
      '12\n',
      'é',
      '\u{1f600}',
      '\udc80',
      '.a',
      '000',
      'a'.repeat(2000),
    ];
    for (const source of [...patterns, ...others]) {
      for (const text of texts) {
        const found = patternOf(source, 'must').expression().matcher(text).find();
        expect([source, text, schemaPattern(source).isIn(text)]).toEqual([source, text, found]);
      }
    }
  });

  it('is refused where RE2 refuses it', () => {
    for (const source of ['[z-a]', 'a{2,1}', '(', 'a**', '[]', '\\', 'a{1001}', '(?=a)', '[\\d-z', '*a', '\\y']) {
      expect(() => patternOf(source, 'must')).toThrow();
      let error: unknown;
      try {
        schemaPattern(source);
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toBeInstanceOf(FunctionError);
    }
  });
});
