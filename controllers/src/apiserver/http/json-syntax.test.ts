import { describe, expect, test } from 'vitest';
import { isTooDeep, jsonProblem, MAX_DEPTH } from './json-syntax.ts';

describe('malformed JSON', () => {
  test.each([
    ['', 'unexpected end of JSON input'],
    ['{"metadata":', 'unexpected end of JSON input'],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 2}', "invalid character '2' after object key:value pair"],
    ['[1 2]', "invalid character '2' after array element"],
    ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
    ['nul', 'unexpected end of JSON input'],
    ['nulx', "invalid character 'x' in literal null (expecting 'l')"],
    ['1.x', "invalid character 'x' after decimal point in numeric literal"],
    ['"\\q"', "invalid character 'q' in string escape code"],
    ['"\n"', "invalid character '\\n' in string literal"],
    ['{} {}', "invalid character '{' after top-level value"],
    ['ä', "invalid character 'Ã' looking for beginning of value"],
  ])('%j is told of as Go does', (text, problem) => {
    expect(jsonProblem(text)).toBe(problem);
  });

  test.each(['{}', '[]', ' {"a":[1,2.5e-3,{"b":null}],"c":"\\u00e4"} ', '0', 'true', '-1'])('%j is none', (text) => {
    expect(jsonProblem(text)).toBeUndefined();
  });

  test('deep nesting is told from many values', () => {
    expect(isTooDeep('['.repeat(MAX_DEPTH + 1) + ']'.repeat(MAX_DEPTH + 1))).toBe(true);
    expect(isTooDeep(`[${'[],'.repeat(MAX_DEPTH)}[]]`)).toBe(false);
  });
});
