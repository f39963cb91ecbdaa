/** Texts that parse, and the errors of those that do not: Go's own texts. */
import { describe, expect, it } from 'vitest';
import { nodeText } from './node.ts';
import { parseTemplate } from './parse.ts';
import { ParseError } from './token-reader.ts';

const functions = new Set(['print', 'printf', 'and', 'x', 'len']);

function parse(text: string) {
  return parseTemplate('t', text, (name) => functions.has(name));
}

function failure(text: string): string {
  try {
    parse(text);
    return 'parsed';
  } catch (error) {
    if (error instanceof ParseError) return error.message;
    throw error;
  }
}

describe('a parsed text', () => {
  it.each([
    ['a{{ .x.y | printf "%s"  1 }}b', 'a{{.x.y | printf "%s" 1}}b'],
    ['{{ $x, $y := 1 }}', 'error'],
    ['{{range $i, $e := .l}}{{$e}}{{else}}e{{end}}', '{{range $i, $e := .l}}{{$e}}{{else}}e{{end}}'],
    ['{{if .a}}1{{else if .b}}2{{end}}', '{{if .a}}1{{else}}{{if .b}}2{{end}}{{end}}'],
    ['{{with .a}}1{{else with .b}}2{{end}}', '{{with .a}}1{{else}}{{with .b}}2{{end}}{{end}}'],
    ['{{template "a" .}}{{template `b`}}', '{{template "a" .}}{{template "b"}}'],
    ['{{block "n" .x}}in{{end}}', '{{template "n" .x}}'],
    ['{{(print .a).b.c (and 1 (x)) }}', '{{(print .a).b.c (and 1 (x))}}'],
    ['{{$.a.b}}{{$}}{{.}}{{nil | print}}', '{{$.a.b}}{{$}}{{.}}{{nil | print}}'],
    ['{{ $x = 1 }}', '{{$x = 1}}'],
    ['{{range .a}}{{break}}{{continue}}{{end}}', '{{range .a}}{{break}}{{continue}}{{end}}'],
    ['{{- 1 -}} {{- /* c */ -}} x', '{{1}}x'],
    ["{{'a'}}{{0x1_0}}{{1.5e3}}{{1+2i}}", "{{'a'}}{{0x1_0}}{{1.5e3}}{{1+2i}}"],
  ])('%s', (text, shown) => {
    if (shown === 'error') expect(failure(text)).not.toBe('parsed');
    else expect(nodeText(parse(text).main)).toBe(shown);
  });

  it('has its definitions by name', () => {
    const { main, definitions } = parse('a{{define "x"}}1{{end}}b{{define "y"}} {{end}}{{define "x"}} {{end}}');
    expect(nodeText(main)).toBe('ab');
    expect([...definitions].map(([name, tree]) => [name, nodeText(tree)])).toEqual([
      ['x', '1'],
      ['y', ' '],
    ]);
  });
});

describe('a text that does not parse', () => {
  it.each([
    ['{{', 't:1: unclosed action'],
    ['\n{{ 1', 't:2: unclosed action'],
    ['{{ 1\n2', 't:2: unclosed action started at t:1'],
    ['{{ "a', 't:1: unterminated quoted string'],
    ["{{ 'a", 't:1: unterminated character constant'],
    ['{{ `a', 't:1: unterminated raw quoted string'],
    ['{{/* a', 't:1: unclosed comment'],
    ['{{/* a */ }}', 't:1: comment ends before closing delimiter'],
    ['{{ (1 }}', 't:1: unclosed left paren'],
    ['{{ 1) }}', 't:1: unexpected right paren'],
    ['{{ : }}', 't:1: expected :='],
    ['{{ 1x }}', 't:1: bad number syntax: "1x"'],
    ['{{ 1+2 }}', 't:1: bad number syntax: "1+2"'],
    ['{{ 1_ }}', 't:1: illegal number syntax: "1_"'],
    ['{{ 089 }}', 't:1: integer overflow: "089"'],
    ["{{ 'ab' }}", "t:1: malformed character constant: 'ab'"],
    ["{{ '\\q' }}", 't:1: invalid syntax'],
    ['{{ "\\q" }}', 't:1: invalid syntax'],
    ['{{ .a+ }}', "t:1: bad character U+002B '+'"],
    ['{{ \x01 }}', 't:1: unrecognized character in action: U+0001'],
    ['{{ é# }}', "t:1: bad character U+0023 '#'"],
    ['{{ nope }}', 't:1: function "nope" not defined'],
    ['{{ $x }}', 't:1: undefined variable "$x"'],
    ['{{if 1}}{{$x := 1}}{{end}}{{$x}}', 't:1: undefined variable "$x"'],
    ['{{}}', 't:1: missing value for command'],
    ['{{if}}{{end}}', 't:1: missing value for if'],
    ['{{ | print }}', 't:1: unexpected "|" in command'],
    ['{{ 1 | 2 }}', 't:1: non executable command in pipeline stage 2'],
    ['{{ print | | print }}', 't:1: unexpected "|" in command'],
    ['{{ print | = }}', 't:1: unexpected "=" in command'],
    ['{{ 1.x }}', 't:1: bad number syntax: "1.x"'],
    ['{{ "a".x }}', 't:1: unexpected . after term "\\"a\\""'],
    ['{{ nil.x }}', 't:1: unexpected . after term "nil"'],
    ['{{if 1}}', 't:1: unexpected EOF'],
    ['{{end}}', 't:1: unexpected {{end}}'],
    ['{{else}}', 't:1: unexpected {{else}}'],
    ['{{if 1}}{{else}}{{else}}{{end}}', 't:1: expected end; found {{else}}'],
    ['{{if 1}}{{define "x"}}{{end}}{{end}}', 't:1: unexpected <define> in command'],
    ['{{break}}', 't:1: {{break}} outside {{range}}'],
    ['{{range .}}{{block "b" .}}{{continue}}{{end}}{{end}}', 't:1: {{continue}} outside {{range}}'],
    ['{{break 1}}', 't:1: unexpected "1" in {{break}}'],
    ['{{range $i, 1 := .}}{{end}}', 't:1: range can only initialize variables'],
    ['{{range $i, $j, $k := .}}{{end}}', 't:1: too many declarations in range'],
    ['{{$a, $b := 1}}', 't:1: too many declarations in command'],
    ['{{template}}', 't:1: unexpected "}}" in template clause'],
    ['{{template .x}}', 't:1: unexpected ".x" in template clause'],
    ['{{define}}{{end}}', 't:1: unexpected "}}" in define clause'],
    ['{{define "a" "b"}}{{end}}', 't:1: unexpected "\\"b\\"" in define clause'],
    ['{{define "a"}}{{else}}{{end}}', 't:1: unexpected {{else}} in define clause'],
    ['{{define "a"}}x{{end}}{{define "a"}}y{{end}}', 't:1: template: multiple definition of template "a"'],
    ['{{block "a"}}{{end}}', 't:1: missing value for block clause'],
    ['{{ print "a long string, longer" = 1 }}', 't:1: unexpected "=" in operand'],
    ['{{ 1 ( }}', 't:1: unclosed left paren'],
    ['{{if .a}}\n\n{{else\n1}}{{end}}', 't:4: unexpected "1" in else'],
  ])('%j', (text, message) => {
    expect(failure(text)).toBe(`template: ${message}`);
  });

  it('is refused when it nests deeper than the stack', () => {
    expect(failure(`{{ ${'('.repeat(50_000)}`)).toContain('max expression depth exceeded');
    expect(failure('{{if 1}}'.repeat(50_000))).toContain('max expression depth exceeded');
  });
});

describe('any text', () => {
  const parts = [
    '{{',
    '}}',
    '{{-',
    ' -}}',
    '"',
    '`',
    "'",
    '\\',
    '.',
    '$',
    '$x',
    ':=',
    '=',
    '|',
    '(',
    ')',
    ',',
    ' ',
    '\n',
    '/*',
    '*/',
    'if',
    'else',
    'end',
    'range',
    'with',
    'define',
    'block',
    'template',
    'break',
    'continue',
    'nil',
    'true',
    'print',
    'x',
    '0x',
    '1',
    '_',
    'e',
    'i',
    '+',
    '-',
    'é',
    '😀',
    '\ud83d',
    '\udcff',
    '\0',
    '#',
    '%',
  ];

  /** A text of parts, by a generator with a seed: a failure names the seed that repeats it. */
  function randomText(seed: number): string {
    let state = seed;
    const next = (below: number) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 8) % below;
    };
    return Array.from({ length: 1 + next(40) }, () => parts[next(parts.length)]).join('');
  }

  it('parses or is refused with a ParseError that names a line of it', () => {
    for (let seed = 1; seed <= 20_000; seed++) {
      const text = randomText(seed);
      try {
        expect(typeof nodeText(parse(text).main)).toBe('string');
      } catch (error) {
        if (!(error instanceof ParseError)) throw new Error(`seed ${seed}: ${JSON.stringify(text)}`, { cause: error });
        expect(error.line).toBeGreaterThanOrEqual(1);
        expect(error.line).toBeLessThanOrEqual(text.split('\n').length);
      }
    }
  });

  it('parses again to what its tree shows', () => {
    for (let seed = 1; seed <= 5000; seed++) {
      const text = `{{${randomText(seed)}}}`;
      let shown: string;
      try {
        shown = nodeText(parse(text).main);
      } catch {
        continue;
      }
      expect(nodeText(parse(shown).main)).toBe(shown);
    }
  });
});
