import { describe, expect, it } from 'vitest';
import { GoMap, GoNumber, GoSlice, GoStruct, type GoValue, int64, nilSlice } from '../engine/gotemplate/go-value.ts';
import { emitYaml } from './emit.ts';
import { emitYamlPretty } from './emit-pretty.ts';

function map(entries: Record<string, GoValue>): Map<string, GoValue> {
  return new Map(Object.entries(entries));
}

describe('emitYaml', () => {
  it('writes maps by step of two, lists level with their key', () => {
    const value = map({ a: map({ b: [1, map({ c: 2, d: [3, [4, []]] }), map({})] }), e: null });
    expect(emitYaml(value)).toBe(
      'a:\n  b:\n  - 1\n  - c: 2\n    d:\n    - 3\n    - - 4\n      - []\n  - {}\ne: null\n',
    );
  });

  it('orders keys by the numbers in them, letters last', () => {
    const keys = ['b', 'a10', 'a2', 'a', 'B', 'a-b', 'ab', '10', '9', 'a02', '_x', 'é'];
    expect(emitYaml(new Map(keys.map((key) => [key, 1]))).match(/^.*(?=:)/gm)).toEqual([
      '_x',
      '"9"',
      '"10"',
      'B',
      'a',
      'a-b',
      'a2',
      'a02',
      'a10',
      'ab',
      'b',
      'é',
    ]);
  });

  it.each([
    ['', '""'],
    ['yes', '"yes"'],
    ['null', '"null"'],
    ['1.0', '"1.0"'],
    ['0x1F', '"0x1F"'],
    ['1:30', '"1:30"'],
    ['2001-01-01', '"2001-01-01"'],
    ['2001-13-01', '2001-13-01'],
    ['1.2.3', '1.2.3'],
    ['a: b', "'a: b'"],
    ['a:b', 'a:b'],
    ['a #b', "'a #b'"],
    ['- a', "'- a'"],
    ['-a', '-a'],
    ['---', "'---'"],
    ['*a', "'*a'"],
    ['{{ x }}', "'{{ x }}'"],
    [' a', "' a'"],
    ["it's", "it's"],
    ["'x", "'''x'"],
    ['a\tb', '"a\\tb"'],
    ['😀', '"\\U0001F600"'],
    ['a\u2028b', "'a\u2028  b'"],
    ['\ufeffab', '"\\uFEFF\\x61\\x62"'],
    ['a\nb', '|-\n  a\n  b'],
    ['a\n', '|\n  a'],
    ['a\n\n', '|+\n  a\n'],
    [' a\nb', '|2-\n   a\n  b'],
    ['a \nb', '"a \\nb"'],
    ['a\udcffb', 'a\ufffdb'],
  ])('%j', (text, written) => {
    expect(emitYaml(text)).toBe(`${written}\n`);
  });

  it('folds at the first space beyond column 80', () => {
    const words = 'word '.repeat(30).trim();
    expect(emitYaml(map({ key: words }))).toBe(
      `key: ${'word '.repeat(15)}word\n  ${'word '.repeat(13)}word\n`.replace(/ \n/g, '\n'),
    );
  });

  it('writes long and multi-line keys with a question mark', () => {
    expect(emitYaml(map({ ['k'.repeat(129)]: [1] }))).toBe(`? ${'k'.repeat(129)}\n: - 1\n`);
    expect(emitYaml(map({ 'a\nb': map({ c: 1 }) }))).toBe('? |-\n  a\n  b\n: c: 1\n');
  });

  it.each([
    [1e6, '1000000'],
    [1.5e6, '1500000'],
    [1234567.5, '1.2345675e+06'],
    [1e19, '10000000000000000000'],
    [1e20, '1e+20'],
    [-1e19, '-1e+19'],
    [1e-7, '1e-07'],
    [-0, '0'],
    [0.1, '0.1'],
    [7n, '7'],
    [int64(-5n), '-5'],
    [new GoNumber('float32', 'float32', Math.fround(0.1)), '0.1'],
    [true, 'true'],
    [undefined, 'null'],
    [new Uint8Array([104, 105]), 'aGk='],
    [nilSlice('string'), 'null'],
    [new GoSlice('string', []), '[]'],
    [new GoMap('string', new Map([['a', 'b']])), 'a: b'],
  ] as [GoValue, string][])('%s', (value, written) => {
    expect(emitYaml(value)).toBe(`${written}\n`);
  });

  it('writes structs by their json tags', () => {
    const type = {
      name: '*chart.Dependency',
      pointer: true,
      fields: [
        { name: 'Name', type: 'string', json: 'name' },
        { name: 'Alias', type: 'string', json: 'alias,omitempty' },
        { name: 'Secret', type: 'string', json: '-' },
        { name: 'Plain', type: 'int' },
      ],
      methods: new Map(),
    };
    const fields = new Map<string, GoValue>([
      ['Name', 'db'],
      ['Alias', ''],
      ['Secret', 'x'],
      ['Plain', 1n],
    ]);
    expect(emitYaml(new GoStruct(type, fields))).toBe('Plain: 1\nname: db\n');
  });

  it('refuses what JSON or the reader refuses', () => {
    expect(() => emitYaml([Number.NaN])).toThrow('error marshaling into JSON: json: unsupported value: NaN');
    expect(() => emitYaml('a\x7f')).toThrow('yaml: control characters are not allowed');
    expect(() => emitYaml(map({ ['k'.repeat(1030)]: 1 }))).toThrow("yaml: did not find expected ',' or '}'");
  });

  it('takes a next-line character for a break, as the reader of the JSON does', () => {
    expect(emitYaml('a \x85 b')).toBe('a b\n');
  });

  it('ends at a value that holds itself', () => {
    const value = new Map<string, GoValue>();
    value.set('self', value);
    expect(() => emitYaml(value)).toThrow('encountered a cycle via map[string]interface {}');
  });
});

describe('emitYamlPretty', () => {
  it('indents lists and never folds', () => {
    const words = 'word '.repeat(30).trim();
    expect(emitYamlPretty(map({ a: [map({ b: [1n] }), words] }))).toBe(`a:\n  - b:\n      - 1\n  - ${words}\n`);
  });

  it('writes values as their Go types are', () => {
    expect(emitYamlPretty([1e6, 1000000n, Number.NaN, 'a\tb\nc', '\udcff'])).toBe(
      '- 1e+06\n- 1000000\n- .nan\n- |-\n  a\tb\n  c\n- !!binary /w==\n',
    );
  });

  it('puts letters first after digits', () => {
    expect(emitYamlPretty(map({ a1b: 1n, 'a1-': 2n, 'a-b': 3n, ab: 4n }))).toBe('a-b: 3\na1b: 1\na1-: 2\nab: 4\n');
  });
});
