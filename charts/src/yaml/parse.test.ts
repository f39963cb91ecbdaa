import { describe, expect, it } from 'vitest';
import { YamlError } from './error.ts';
import { parseYaml, parseYamlArray, parseYamlDocuments, parseYamlJson, parseYamlMap } from './parse.ts';

/** Maps as objects, for short expectations. */
function read(text: string): unknown {
  return parseYamlJson(text);
}

function problem(text: string, options = {}): string {
  try {
    parseYaml(text, options);
  } catch (error) {
    if (error instanceof YamlError) return error.message.replace('error converting YAML to JSON: ', '');
    throw error;
  }
  return 'no error';
}

describe('structure', () => {
  it('reads block collections, lists level with their key included', () => {
    expect(read('a:\n- 1\n- b: 2\n  c: [3, {d: 4}]\ne: {}\nf:\n')).toEqual({
      a: [1, { b: 2, c: [3, { d: 4 }] }],
      e: {},
      f: null,
    });
  });

  it('reads nested lists, explicit keys and keys in quotes', () => {
    expect(read("- - a\n  - b\n- ? x\n  : z\n- 'k''s': \"v\\n\"")).toEqual([['a', 'b'], { x: 'z' }, { "k's": 'v\n' }]);
  });

  it('folds lines of plain and quoted scalars', () => {
    expect(read('a: one\n  two\n\n  three\nb: "x \\\n   y\n  z"')).toEqual({ a: 'one two\nthree', b: 'x y z' });
  });

  it('keeps, clips and strips the breaks at the end of block scalars', () => {
    expect(read('a: |\n  x\n\nb: |-\n  x\nc: |+\n  x\n\nd: >\n  x\n  y\n\n   z\n')).toEqual({
      a: 'x\n',
      b: 'x',
      c: 'x\n\n',
      d: 'x y\n\n z\n',
    });
  });

  it('takes the indentation of a block scalar from its indicator', () => {
    expect(read('a: |2\n    x\n')).toEqual({ a: '  x\n' });
  });

  it('reads CRLF, a byte order mark and comments', () => {
    expect(read('\ufeffa: 1 # one\r\n# two\r\nb: x#y\r\n')).toEqual({ a: 1, b: 'x#y' });
  });

  it('reads the first document only, and nothing as null', () => {
    expect(read('--- # first\na: 1\n---\n}')).toEqual({ a: 1 });
    expect(read('')).toBeNull();
    expect(read('# nothing\n')).toBeNull();
  });

  it('keeps keys that mean something to JavaScript', () => {
    const value = parseYamlJson('__proto__: {x: 1}\nconstructor: 2');
    expect(Object.keys(value as object)).toEqual(['__proto__', 'constructor']);
    expect(({} as { x?: number }).x).toBeUndefined();
    expect((parseYaml('__proto__: 1') as Map<string, unknown>).get('__proto__')).toBe(1);
  });
});

describe('scalars', () => {
  it.each([
    ['yes', true],
    ['Off', false],
    ['y', true],
    ['yEs', 'yEs'],
    ['~', null],
    ['Null', null],
    ['nil', 'nil'],
    ['0x1F', 31],
    ['017', 15],
    ['0o17', 15],
    ['08', 8],
    ['0b101', 5],
    ['-0b11', -3],
    ['1_000', 1000],
    ['+12', 12],
    ['1e3', 1000],
    ['.5', 0.5],
    ['1.', 1],
    ['190:20:30', '190:20:30'],
    ['2001-12-14', '2001-12-14'],
    ['1.2.3', '1.2.3'],
    ['-', null],
    ['9007199254740993', 9007199254740992],
    ['18446744073709551615', 18446744073709552000],
    ['1e999', '1e999'],
    ['!!str 1', '1'],
    ['!!float 1', 1],
    ['!!int "7"', 7],
    ['!!binary aGk=', 'hi'],
    ['!!binary /w==', '\ufffd'],
    ['! 1', '1'],
    ['!custom 1', '1'],
    ['"\\x41\\u00e9\\U0001F600\\L"', 'Aé😀\u2028'],
  ])('%s', (text, value) => {
    expect(read(`- ${text}`)).toEqual(text === '-' ? [[null]] : [value]);
  });

  it('makes keys of every type text', () => {
    expect(read('1: a\ntrue: b\n1.50: c\n1e6: d\n0x10: e\n.inf: f')).toEqual({
      1: 'a',
      true: 'b',
      '1.5': 'c',
      '1e+06': 'd',
      16: 'e',
      '.inf': 'f',
    });
  });

  it('tells integers from floats where asked', () => {
    expect(parseYaml('[1, 1.0, 9223372036854775807]', { ints: 'bigint' })).toEqual([1n, 1, 9223372036854775807n]);
  });
});

describe('aliases and merge keys', () => {
  it('copies what an alias stands for', () => {
    const value = parseYaml('a: &x {k: [1]}\nb: *x') as Map<string, Map<string, unknown>>;
    expect(value.get('b')).toEqual(value.get('a'));
    expect(value.get('b')).not.toBe(value.get('a'));
  });

  it('merges in the order of the text, the first of a list winning', () => {
    expect(read('a: &a {x: 1, w: 1}\nb: &b {x: 2, z: 2}\nc:\n  x: 0\n  <<: [*a, *b]\n  z: 9')).toMatchObject({
      c: { x: 1, w: 1, z: 9 },
    });
  });

  it('refuses what is no map, an alias that is not known, and one inside itself', () => {
    expect(problem('<<: 1')).toBe('yaml: map merge requires map or sequence of maps as the value');
    expect(problem('a: *b')).toBe("yaml: unknown anchor 'b' referenced");
    expect(problem('a: &a [*a]')).toBe("yaml: anchor 'a' value contains itself");
  });

  it('refuses an alias bomb', () => {
    let text = 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n';
    for (let i = 1; i < 10; i++)
      text += `a${i}: &a${i} [${Array(10)
        .fill(`*a${i - 1}`)
        .join(', ')}]\n`;
    expect(problem(text)).toBe('yaml: document contains excessive aliasing');
    const long = `a: &a ${'x'.repeat(1_000_000)}\nb: [${'*a,'.repeat(70)}]`;
    expect(problem(long)).toBe('yaml: document contains excessive aliasing');
    expect(problem(`a: &a [&b ${'x'.repeat(1_000_000)}, *b]\nc: [${'*a,'.repeat(35)}]`)).toBe(
      'yaml: document contains excessive aliasing',
    );
    expect(problem(long.replaceAll('*a,*a,', '*a,'))).toBe('no error');
  });
});

describe('errors', () => {
  it.each([
    ['a: b: c', 'yaml: mapping values are not allowed in this context'],
    ['x: 1\na: b: c', 'yaml: line 2: mapping values are not allowed in this context'],
    ['a: {{ .Values.x }}', 'yaml: invalid map key: map[interface {}]interface {}{".Values.x":interface {}(nil)}'],
    ['? [1, "b"]\n: x', 'yaml: invalid map key: []interface {}{1, "b"}'],
    ['~: {a: 1}', 'unsupported map key of type: %!s(<nil>), key: <nil>, value: map[interface {}]interface {}{"a":1}'],
    ['a:\n\t- b', 'yaml: line 2: found character that cannot start any token'],
    ['a: [1\nb: 2', "yaml: line 1: did not find expected ',' or ']'"],
    ['a: "x', 'yaml: found unexpected end of stream'],
    ['a:\n  - b\n c', 'yaml: line 2: did not find expected key'],
    ['a: 1\nb\nc: 2', "yaml: line 3: could not find expected ':'"],
    ['- a\nb: c', "yaml: line 1: did not find expected '-' indicator"],
    ['a: 1\n  b: 2', 'yaml: line 2: mapping values are not allowed in this context'],
    ['a: @x', 'yaml: found character that cannot start any token'],
    ['a: "\\z"', 'yaml: found unknown escape character'],
    ['a: !!int x', 'yaml: cannot decode !!str `x` as a !!int'],
    ['a: !!binary "*"', 'yaml: !!binary value contains invalid base64 data'],
    ['a: !x!y z', 'yaml: found undefined tag handle'],
    ['%YAML 1.2\n---\na', 'yaml: found incompatible YAML document'],
    ['a: \u0001', 'yaml: control characters are not allowed'],
    ['a: \udcff', 'yaml: invalid leading UTF-8 octet'],
    ['a: .inf', 'json: unsupported value: +Inf'],
  ])('%j', (text, message) => {
    expect(problem(text)).toBe(message);
  });

  it('names the place', () => {
    expect(() => parseYaml('a: 1\nb: c: d')).toThrow(expect.objectContaining({ line: 2, column: 5 }));
  });

  it('takes a key twice unless it is to be strict', () => {
    expect(read('a: 1\na: 2')).toEqual({ a: 2 });
    expect(problem('a: 1\na: 2\nb: {1: x, 1: y}', { strict: true })).toBe(
      'yaml: unmarshal errors:\n  line 2: key "a" already set in map\n  line 3: key 1 already set in map',
    );
  });

  it('reports a syntax error before an error of meaning', () => {
    expect(problem('a: !!int x\nb: [')).toBe('yaml: line 2: did not find expected node content');
  });

  it('says what the document should have been', () => {
    const prefix = 'error unmarshaling JSON: while decoding JSON: json: cannot unmarshal';
    expect(() => parseYamlMap('- a')).toThrow(`${prefix} array into Go value of type map[string]interface {}`);
    expect(() => parseYamlMap('5', { goType: 'common.Values' })).toThrow(
      `${prefix} number into Go value of type common.Values`,
    );
    expect(() => parseYamlArray('a: 1')).toThrow(`${prefix} object into Go value of type []interface {}`);
    expect(parseYamlMap('')).toEqual(new Map());
    expect(parseYamlArray('~')).toEqual([]);
  });
});

describe('limits', () => {
  it('ends at the depth', () => {
    expect(problem('['.repeat(5000))).toBe('yaml: exceeded max depth of 1000');
    expect(problem('- '.repeat(5000))).toBe('yaml: exceeded max depth of 1000');
    expect(problem('[[[]]]', { maxDepth: 2 })).toContain('exceeded max depth of 2');
  });

  it('ends at the length', () => {
    expect(problem('abc', { maxLength: 2 })).toBe('yaml: a text of 3 characters is over the limit of 2');
  });

  it('takes time in proportion to the text', () => {
    const text = `a: ${'[x, '.repeat(900)}${'y'.repeat(200_000)}${']'.repeat(900)}\nb: ${'{a: '.repeat(900)}1${'}'.repeat(900)}`;
    const start = performance.now();
    parseYaml(text);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe('parseYamlDocuments', () => {
  it('cuts at lines of dashes and leaves empty documents out', () => {
    expect(parseYamlDocuments('---\na: 1\n--- # two\nb: 2\n---\n\n---\n# nothing\n')).toEqual([{ a: 1 }, { b: 2 }]);
  });

  it('counts lines from the beginning of the whole text', () => {
    expect(() => parseYamlDocuments('a: 1\n---\nb: 2\nc: d: e\n')).toThrow(expect.objectContaining({ line: 4 }));
  });
});
