/** What templates give: a table of templates, data and outputs or errors, one row a rule of text/template. */
import { describe, expect, it } from 'vitest';
import { testEnvironment } from '../../engine.contract.ts';
import { TemplateError } from '../../engine.ts';
import { createGoTemplateEngine } from '../go-template-engine.ts';
import { GoMap, GoNamedMap, GoSlice, GoStruct, type GoStructType, type GoValue, method } from '../go-value.ts';
import { testFunctions } from '../test-functions.ts';

const engine = createGoTemplateEngine(testFunctions);

const fileType = {
  name: 'files',
  elem: '[]uint8',
  methods: new Map([
    ['Get', method<GoMap>(['string'], (files, [name]) => (files.entries.has(String(name)) ? 'content' : ''))],
    ['Count', method<GoMap>([], (files) => BigInt(files.entries.size))],
  ]),
};

const versionType: GoStructType = {
  name: '*semver',
  pointer: true,
  fields: [
    { name: 'Major', type: 'string' },
    { name: 'Any', type: 'interface {}' },
    { name: 'hidden', type: 'string' },
  ],
  methods: new Map([['Bump', method<GoStruct>(['int', '...string'], (_version, args) => args.join('+'))]]),
};

const dot: GoValue = new Map<string, GoValue>([
  ['text', 'hello'],
  ['empty', ''],
  ['number', 3],
  ['big', 1e6],
  ['yes', true],
  ['no', false],
  ['nothing', null],
  ['list', ['b', 'a']],
  ['mixed', [1, null, 'x']],
  ['none', []],
  [
    'map',
    new Map<string, GoValue>([
      ['b', 2],
      ['a', 1],
      ['A', 3],
    ]),
  ],
  ['nested', new Map<string, GoValue>([['in', new Map<string, GoValue>([['deep', 'down']])]])],
  ['strings', new GoMap('string', new Map([['k', 'v']]))],
  ['typed', new GoSlice('string', ['p', 'q'])],
  ['bytes', new Uint8Array([104, 105])],
  ['files', new GoNamedMap(fileType, new Map([['a.txt', new Uint8Array([1])]]))],
  [
    'version',
    new GoStruct(
      versionType,
      new Map<string, GoValue>([
        ['Major', '1'],
        ['Any', 5],
        ['hidden', 'x'],
      ]),
    ),
  ],
]);

function render(text: string, strict = false): string {
  return engine.compile([{ name: 't', text }]).render('t', dot, testEnvironment({ strict }));
}

/** The message of the error, without Helm's lines around it. */
function failure(text: string, strict = false): string {
  try {
    return `output ${JSON.stringify(render(text, strict))}`;
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return error.message.replace(/^.*\n {2}executing "t" at /, '').replace('\n    ', ' ');
  }
}

const outputs: readonly (readonly [text: string, output: string])[] = [
  ['plain text }} {', 'plain text }} {'],
  ['a {{- " b " -}} c', 'a b c'],
  ['a{{/* comment */}}b', 'ab'],
  ['a \n{{- /* x */ -}}\n b', 'ab'],
  ['{{ 1 }}{{ -7 }}{{ 0x1F }}{{ 0b101 }}{{ 0o17 }}{{ 017 }}{{ 1_000 }}', '1-731515151000'],
  [
    "{{ 1.5 }} {{ 1e3 }} {{ 0x1p-2 }} {{ 1e+21 }} {{ 'a' }} {{ 1+2i }} {{ 3i }}",
    '1.5 1000 0.25 1e+21 97 (1+2i) (0+3i)',
  ],
  ['{{ "\\u00e9\\t\\x41\\101" }}{{ `a\\n` }}', 'é\tAAa\\n'],
  ['{{ true }}{{ false }}', 'truefalse'],
  ['{{ .text }} {{ .nested.in.deep }} {{ .missing }}', 'hello down '],
  ['{{ .number }} {{ .big }}', '3 1e+06'],
  ['{{ .nothing }}|{{ .mixed }}|{{ .map }}', '|[1 <nil> x]|map[A:3 a:1 b:2]'],
  ['{{ $x := 1 }}{{ $x }}{{ $x = 2 }}{{ $x }}', '12'],
  ['{{ $x := 1 }}{{ if true }}{{ $x := 2 }}{{ $x }}{{ end }}{{ $x }}', '21'],
  ['{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }}', '2'],
  ['{{ with $y := .text }}{{ $y }}{{ . }}{{ end }}', 'hellohello'],
  ['{{ with .empty }}{{ else }}{{ .text }}{{ end }}', 'hello'],
  ['{{ with .empty }}1{{ else with .text }}{{ . }}{{ else }}3{{ end }}', 'hello'],
  ['{{ if .empty }}1{{ else if .no }}2{{ else if .yes }}3{{ else }}4{{ end }}', '3'],
  ['{{ range .list }}{{ . }}{{ $.text }};{{ end }}', 'bhello;ahello;'],
  ['{{ range $v := .list }}{{ $v }}{{ end }}{{ range $i, $v := .list }}{{ $i }}{{ $v }}{{ end }}', 'ba0b1a'],
  ['{{ range $k, $v := .map }}{{ $k }}={{ $v }} {{ end }}', 'A=3 a=1 b=2 '],
  ['{{ range .none }}x{{ else }}none{{ end }}{{ range .missing }}x{{ else }}none{{ end }}', 'nonenone'],
  ['{{ range $v := .none }}x{{ else }}{{ $v }}{{ end }}', '[]'],
  ['{{ range 3 }}{{ . }}{{ end }}{{ range $i := 2 }}{{ $i }}{{ end }}{{ range 0 }}x{{ else }}e{{ end }}', '01201e'],
  ['{{ range int64 2 }}{{ printf "%T" . }} {{ end }}', 'int64 int64 '],
  ['{{ range .bytes }}{{ . }} {{ end }}{{ range .typed }}{{ . }}{{ end }}', '104 105 pq'],
  ['{{ range $i, $v := .list }}{{ if $i }}{{ break }}{{ end }}{{ $v }}{{ end }}', 'b'],
  ['{{ range $i, $v := .list }}{{ if not $i }}{{ continue }}{{ end }}{{ $v }}{{ end }}', 'a'],
  ['{{ range .list }}{{ range $.list }}{{ break }}{{ end }}{{ . }}{{ end }}', 'ba'],
  ['{{ range .list }}{{ range $.none }}{{ else }}{{ break }}{{ end }}{{ . }}{{ end }}', 'ba'],
  ['{{ range .list }}{{ range $.none }}{{ else }}{{ continue }}{{ end }}{{ . }}{{ end }}', ''],
  ['{{ $s := "" }}{{ range $s = .list }}{{ end }}{{ $s }}', 'a'],
  ['{{ $x := 0 }}{{ range .list }}{{ $x = . }}{{ end }}{{ $x }}', 'a'],
  ['{{ define "d" }}[{{ . }}]{{ end }}{{ template "d" .text }}{{ template "d" }}', '[hello][]'],
  ['{{ block "e" .text }}({{ . }}){{ end }}', '(hello)'],
  ['{{ "a" | printf "%s%s" "b" }}{{ .text | upper | printf "%q" }}', 'ba"HELLO"'],
  ['{{ (.nested).in.deep }}{{ (dict "k" (dict "j" 1)).k.j }}', 'down1'],
  ['{{ and 1 0 (broken) }}{{ or 0 "x" (broken) }}{{ and 1 2 }}{{ or 0 "" }}', '0x2'],
  ['{{ 0 | or 1 }}{{ 2 | and 1 }}{{ not .empty }}{{ not (not .yes) }}', '12truetrue'],
  ['{{ if and (eq 1 1) ($x := 5) }}{{ $x }}{{ end }}', '5'],
  ['{{ $x := 1 }}{{ if or true ($x := 5) }}{{ $x }}{{ end }}', '1'],
  ['{{ $x := 1 }}{{ range .list }}{{ if and (eq . "b") ($x := 5) }}{{ $x }}{{ else }}{{ $x }}{{ end }}{{ end }}', '51'],
  ['{{ index .map "a" }}{{ index .list 1 }}{{ index .nested "in" "deep" }}{{ index .map "none" }}', '1adown'],
  ['{{ slice .text 1 3 }}{{ slice .list 1 }}{{ len .text }}{{ len .map }}{{ len "é" }}', 'el[a]532'],
  [
    '{{ eq 1 1 }}{{ eq .text "x" "hello" }}{{ ne 1 2 }}{{ lt 1 2 }}{{ le 2 2 }}{{ gt "b" "a" }}{{ ge 1.5 2.5 }}',
    'truetruetruetruetruetruefalse',
  ],
  ['{{ eq (int64 3) 3 }}{{ eq .nothing nil }}{{ eq .missing .nothing }}', 'truetruetrue'],
  ['{{ html "<a&\'\\"" }}{{ js "<\'\\n" }}{{ urlquery "a b&é" }}', "&lt;a&amp;&#39;&#34;\\u003C\\'\\u000Aa+b%26%C3%A9"],
  ['{{ print 1 2 "a" 3 4 nil }}{{ println "x" 1 }}', '1 2a3 4 <nil>x 1\n'],
  ['{{ .files.Get "a.txt" }}{{ "b" | .files.Get }}{{ .files.Count }}{{ .files.none }}', 'content1[]'],
  ['{{ .version.Major }}{{ .version.Bump 1 "x" "y" }}{{ .version }}', '11+x+y{1 5 x}'],
  ['{{ .strings.k }}{{ .strings.none }}.', 'v.'],
  ['{{ half 3 }}{{ both true 255 }}{{ trunc 2 .text }}{{ .text | trunc 3 }}', '1.5true 255hehel'],
  ['{{ range .mixed }}[{{ . }}]{{ end }}', '[1][][x]'],
];

const errors: readonly (readonly [text: string, message: string])[] = [
  ['{{ nil }}', '<nil>: nil is not a command'],
  ['{{ .text.more }}', "<.text.more>: can't evaluate field more in type interface {}"],
  ['{{ with .text }}{{ .more }}{{ end }}', "<.more>: can't evaluate field more in type string"],
  ['{{ range .list }}{{ .more }}{{ end }}', "<.more>: can't evaluate field more in type interface {}"],
  ['{{ range .typed }}{{ .more }}{{ end }}', "<.more>: can't evaluate field more in type string"],
  ['{{ range $v := .list }}{{ $v.more }}{{ end }}', "<$v.more>: can't evaluate field more in type interface {}"],
  [
    '{{ range $v := .list }}{{ $v = "s" }}{{ $v.more }}{{ end }}',
    "<$v.more>: can't evaluate field more in type string",
  ],
  [
    '{{ range $v := .list }}{{ if eq $v "a" }}{{ $v.more }}{{ end }}{{ $v = "s" }}{{ end }}',
    "<$v.more>: can't evaluate field more in type interface {}",
  ],
  [
    '{{ range $v := .list }}{{ range 1 }}{{ $v.more }}{{ end }}{{ $v = "s" }}{{ end }}',
    "<$v.more>: can't evaluate field more in type interface {}",
  ],
  [
    '{{ range $v := .list }}{{ if eq $v "b" }}{{ $v = "s" }}{{ else }}{{ $v.more }}{{ end }}{{ end }}',
    "<$v.more>: can't evaluate field more in type interface {}",
  ],
  [
    '{{ range $v := .list }}{{ if eq $v "b" }}{{ $v = "s" }}{{ end }}{{ $v.more }}{{ end }}',
    "<$v.more>: can't evaluate field more in type string",
  ],
  [
    '{{ $v := "" }}{{ range $v = .list }}{{ end }}{{ $v.more }}',
    "<$v.more>: can't evaluate field more in type interface {}",
  ],
  [
    '{{ $v := "" }}{{ range $v = .typed }}{{ end }}{{ $v.more }}',
    "<$v.more>: can't evaluate field more in type string",
  ],
  [
    '{{ $v := "" }}{{ range $v = .list }}{{ end }}{{ $v = $v }}{{ $v.more }}',
    "<$v.more>: can't evaluate field more in type string",
  ],
  [
    '{{ range 2 }}{{ $v := "s" }}{{ if . }}{{ $v.more }}{{ end }}{{ range $v = $.list }}{{ end }}{{ end }}',
    "<$v.more>: can't evaluate field more in type string",
  ],
  [
    '{{ if and true ($v := "x") }}{{ range $v = $.list }}{{ end }}{{ $v.more }}{{ end }}',
    "<$v.more>: can't evaluate field more in type interface {}",
  ],
  ['{{ range $k, $v := .map }}{{ $k.more }}{{ end }}', "<$k.more>: can't evaluate field more in type string"],
  ['{{ range .mixed }}{{ if not . }}{{ .x }}{{ end }}{{ end }}', '<.x>: nil pointer evaluating interface {}.x'],
  ['{{ .nothing.x }}', '<.nothing.x>: nil pointer evaluating interface {}.x'],
  ['{{ .version.Nope }}', "<.version.Nope>: can't evaluate field Nope in type interface {}"],
  ['{{ with .version }}{{ .Nope }}{{ end }}', "<.Nope>: can't evaluate field Nope in type *semver"],
  ['{{ .nested.no.where }}', '<.nested.no.where>: nil pointer evaluating interface {}.where'],
  ['{{ .version.hidden }}', '<.version.hidden>: hidden is an unexported field of struct type *semver'],
  ['{{ .version.Any.x }}', "<.version.Any.x>: can't evaluate field x in type interface {}"],
  ['{{ .version.Major.x }}', "<.version.Major.x>: can't evaluate field x in type string"],
  ['{{ .version.Bump }}', '<.version.Bump>: wrong number of args for Bump: want at least 1 got 0'],
  ['{{ .version.Bump "x" }}', '<"x">: expected integer; found "x"'],
  ['{{ .files.Get }}', '<.files.Get>: wrong number of args for Get: want 1 got 0'],
  ['{{ .files.Get 1 }}', '<1>: expected string; found 1'],
  ['{{ .map.a 1 }}', '<.map.a>: a is not a method but has arguments'],
  ['{{ 1 | .version.Major }}', '<.version.Major>: Major has arguments but cannot be invoked as function'],
  ['{{ 1 2 }}', "<1>: can't give argument to non-function 1"],
  ['{{ "x" | .map }}', '<.map>: map is not a method but has arguments'],
  ['{{ $x := 1 }}{{ $x 2 }}', "<$x>: can't give argument to non-function $x"],
  ['{{ upper 1 }}', '<1>: expected string; found 1'],
  ['{{ upper .number }}', '<.number>: wrong type for value; expected string; got float64'],
  ['{{ .number | upper }}', '<upper>: wrong type for value; expected string; got float64'],
  ['{{ upper .nothing }}', '<.nothing>: wrong type for value; expected string; got interface {}'],
  ['{{ upper (.nothing) }}', '<.nothing>: invalid value; expected string'],
  ['{{ upper nil }}', '<nil>: cannot assign nil to string'],
  ['{{ upper }}', '<upper>: wrong number of args for upper: want 1 got 0'],
  ['{{ keys "x" }}', '<"x">: can\'t handle "x" for arg of type map[string]interface {}'],
  ['{{ trunc 1.5 "x" }}', '<1.5>: expected integer; found 1.5'],
  ['{{ half "x" }}', '<"x">: expected float; found "x"'],
  ['{{ both 1 2 }}', '<1>: expected bool; found 1'],
  ['{{ both true -2 }}', '<-2>: expected unsigned integer; found -2'],
  ['{{ 18446744073709551615 }}', '<18446744073709551615>: 18446744073709551615 overflows int'],
  ['{{ range .text }}{{ end }}', "<.text>: range can't iterate over hello"],
  ['{{ range .number }}{{ end }}', "<.number>: range can't iterate over 3"],
  ['{{ range $i, $v := 3 }}{{ end }}', "<3>: can't use 3 to iterate over more than one variable"],
  ['{{ template "none" }}', '<{{template "none"}}>: template "none" not defined'],
  ['{{ if false }}{{ $y := 1 }}{{ else }}{{ $y }}{{ end }}', '<$y>: undefined variable: $y'],
  ['{{ if or true ($y := 1) }}{{ $y }}{{ end }}', '<$y>: undefined variable: $y'],
  ['{{ (print 1) 2 }}', "<(print 1) 2>: can't give argument to non-function print 1"],
  ['{{ (1).x }}', "<1>: can't evaluate field x in type int"],
  ['{{ and }}', '<and>: wrong number of args for and: want at least 1 got 0'],
];

const callErrors: readonly (readonly [text: string, message: string])[] = [
  ['{{ len 3 }}', 'error calling len: len of type int'],
  ['{{ len .nothing }}', 'error calling len: len of nil pointer'],
  ['{{ index .list 5 }}', 'error calling index: index out of range: 5'],
  ['{{ index .list 2 }}', 'error calling index: reflect: slice index out of range'],
  ['{{ index .list "x" }}', 'error calling index: cannot index slice/array with type string'],
  ['{{ index .map 1 }}', 'error calling index: value has type int; should be string'],
  ['{{ index .nothing 1 }}', 'error calling index: index of untyped nil'],
  ['{{ index .map "none" "x" }}', 'error calling index: index of nil pointer'],
  ['{{ eq 1 1.0 }}', 'error calling eq: incompatible types for comparison: int and float64'],
  [
    '{{ eq .map .map }}',
    'error calling eq: non-comparable type map[A:%!s(float64=3) a:%!s(float64=1) b:%!s(float64=2)]: map[string]interface {}',
  ],
  ['{{ lt .list 1 }}', 'error calling lt: invalid type for comparison'],
  ['{{ eq 1 }}', 'error calling eq: missing argument for comparison'],
  ['{{ call .text }}', 'error calling call: non-function .text of type string'],
  ['{{ call nil }}', 'error calling call: call of nil'],
  ['{{ slice .text 3 1 }}', 'error calling slice: invalid slice index: 3 > 1'],
];

describe('templates', () => {
  it.each(outputs)('%s', (text, output) => {
    expect(render(text)).toBe(output);
  });
});

describe('errors of execution', () => {
  it.each(errors)('%s', (text, message) => {
    expect(failure(text)).toBe(message);
  });

  it.each(callErrors)('%s', (text, message) => {
    expect(failure(text)).toContain(message);
  });
});

describe('missingkey=error', () => {
  it('refuses an entry that a map does not have', () => {
    expect(failure('{{ .missing }}', true)).toBe('<.missing>: map has no entry for key "missing"');
  });

  it('refuses a field of no value', () => {
    expect(failure('{{ with $x := (index .map "none") }}{{ else }}{{ $x.y }}{{ end }}', true)).toBe(
      '<$x.y>: nil data; no entry for key "y"',
    );
  });

  it('takes what is there, even nil', () => {
    expect(render('{{ .nothing }}{{ .text }}', true)).toBe('hello');
  });
});

describe('limits', () => {
  it('stop a function before it makes its result', () => {
    expect(failure('{{ fill 100000000000 }}')).toContain('the output is larger than 100000 bytes');
  });

  it('count what include makes, even if it is thrown away', () => {
    const text = '{{ define "x" }}{{ fill 60000 }}{{ end }}{{ $_ := include "x" . }}{{ $_ = include "x" . }}';
    expect(failure(text)).toContain('the output is larger than 100000 bytes');
  });
});
