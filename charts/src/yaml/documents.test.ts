import { describe, expect, it } from 'vitest';
import { splitValuesDocuments, splitYamlDocuments } from './documents.ts';

describe('splitYamlDocuments', () => {
  it('drops the rest of a separator line and tells the line of each document', () => {
    expect(splitYamlDocuments('a\nb\n--- !x\nc\n---')).toEqual([
      { text: 'a\nb', line: 0 },
      { text: 'c', line: 3 },
    ]);
  });

  it('leaves dashes inside a line alone', () => {
    expect(splitYamlDocuments('a: ---\n  ---')).toEqual([{ text: 'a: ---\n  ---', line: 0 }]);
  });
});

describe('splitValuesDocuments', () => {
  it('keeps a separator that nothing precedes and takes comments after one', () => {
    expect(splitValuesDocuments('---\na: 1\n--- # next\r\nb: 2')).toEqual(['---\na: 1\n', 'b: 2\n']);
  });

  it('refuses anything else after a separator', () => {
    expect(() => splitValuesDocuments('a: 1\n--- b\n')).toThrow('invalid Yaml document separator: b');
  });
});
