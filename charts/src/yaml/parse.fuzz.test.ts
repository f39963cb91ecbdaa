import { describe, expect, it } from 'vitest';
import { corpusTexts, fuzz, mutatedText } from '../mutations.testing.ts';
import { emitYaml } from './emit.ts';
import { YamlError } from './error.ts';
import { parseYaml } from './parse.ts';

const PIECES = [
  ...[
    '- ',
    ': ',
    ':',
    '\n',
    '\n  ',
    ' ',
    '\t',
    '{',
    '}',
    '[',
    ']',
    ',',
    '"',
    "'",
    ' #',
    '&a ',
    '*a',
    '!!str ',
    '!x ',
    '? ',
  ],
  ...[
    '|',
    '>',
    '|-\n',
    '---\n',
    '...\n',
    '%YAML 1.1\n',
    '<<: *a',
    '~',
    '\\',
    '\\x4',
    '@',
    '\u2028',
    '\x85',
    '\r',
    '\ufeff',
  ],
  ...['\x00', '\udcff', '\ud800', '&a [*a, *a]', '!!binary ', '!!float ', '0x', '1e999', '\n\t- '],
];

describe('any text made of YAML', () => {
  it('is refused with a YamlError, or read as a value that is the same once written and read', {
    timeout: 60_000,
  }, () => {
    fuzz('yaml', mutatedText(corpusTexts('yaml'), PIECES), (text) => {
      let value: ReturnType<typeof parseYaml>;
      let written: string;
      try {
        value = parseYaml(text);
        written = emitYaml(value);
      } catch (error) {
        if (!(error instanceof YamlError)) throw error;
        return;
      }
      expect(parseYaml(written)).toEqual(value);
    });
  });
});
