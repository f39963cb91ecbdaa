import { parseValues } from '@drydock/charts';
import { describe, expect, it } from 'vitest';
import { printJsonPath } from './json-path.ts';

const values = parseValues(
  `
a: 1
s: x<y
m: {b: 2, a: [1, 2, 3]}
x.y: dot
big: 10000000
list:
  - {name: one, size: 1, extra: yes}
  - {name: two, size: 2}
  - {name: three, size: 3}
`,
  'values.yaml',
);

describe('JSONPath templates', () => {
  // What helm show values --jsonpath printed.
  it.each([
    ['{.a} and {.s}', '1 and x<y'],
    ['{.m}', '{"a":[1,2,3],"b":2}'],
    ['{.s}{"\\t"}', 'x<y\t'],
    ['{.list[0]}', '{"extra":true,"name":"one","size":1}'],
    ['{.list[*].name}', 'one two three'],
    ['{.list[-1].name}', 'three'],
    ['{.list[0:2].name}', 'one two'],
    ['{.list[::2].name}', 'one three'],
    ['{.list[0,2].name}', 'one three'],
    ['{.list[?(@.name=="two")].size}', '2'],
    ['{.list[?(@.size>1.5)].name}', 'two three'],
    ['{.list[?(@.size>1)].name}', ''],
    ['{.list[?(@.extra)].name}', 'one'],
    ['{range .list[*]}{.name}={.size};{end}done', 'one=1;two=2;three=3;done'],
    ["{['x.y']}", ''],
    ['{.x\\.y}', 'dot'],
    ['{..name}', 'one two three'],
    ['{$.m.b}', '2'],
    ['{.big}', '1e+07'],
    ['{.nowhere}', ''],
    ['{.list[9]}', ''],
    ['no path', 'no path'],
  ])('%s', (template, text) => {
    expect(printJsonPath(template, values)).toBe(text);
  });

  it.each([
    ['{.a', 'unclosed action'],
    ['{.list[a]}', 'invalid array index a'],
    ['{#}', "unrecognized character in action: U+0023 '#'"],
    ['{.list[?(@.a', 'unterminated filter'],
  ])('%s is no template', (template, reason) => {
    expect(() => printJsonPath(template, values)).toThrow(`error parsing jsonpath ${template}: ${reason}`);
  });
});
