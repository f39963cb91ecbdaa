/** The quick way through a text: the parser's trees, or none. */
import { describe, expect, it } from 'vitest';
import { corpusTexts, fuzz, mutatedText } from '../../mutations.testing.ts';
import { type ListNode, nodeText, type ParsedText } from './node.ts';
import { parseTemplate } from './parse.ts';
import { PlainActions } from './plain-action.ts';
import { skimTemplate } from './skim.ts';
import { ParseError } from './token-reader.ts';

const functions = new Set(['print', 'printf', 'and', 'or', 'x', 'len', 'include', 'tpl', 'quote', 'default']);
const hasFunction = (name: string) => functions.has(name);
const actions = new PlainActions(hasFunction);

/** All that a tree says, with the places of its nodes; those of lists are nobody's. */
function shown(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(shown);
  if (typeof node !== 'object' || node === null) return node;
  const { type, position, name, text, idents, quoted, number, value, node: base, fields } = node as never;
  const { pipe, list, elseList, nodes, isAssign, declarations, commands, args } = node as never;
  const parts = [pipe, list, elseList, nodes, declarations, commands, args, base].map(shown);
  return [type, type === 'list' ? 0 : position, name, text, idents, quoted, number, value, fields, isAssign, parts];
}

function everything({ main, definitions }: ParsedText): unknown {
  return [shown(main), [...definitions].map(([name, tree]: [string, ListNode]) => [name, shown(tree)])];
}

const PIECES = [
  ...[
    '{{',
    '}}',
    '{{- ',
    ' -}}',
    '(',
    ')',
    '|',
    '"',
    '`',
    "'",
    '/*',
    '*/',
    ' := ',
    '=',
    ',',
    '.',
    '.5',
    '$',
    '$x',
    ' ',
  ],
  ...['{{ end }}', '{{ else }}', '{{else if .a}}', '{{ if }}', '{{ range $i, $e := .l }}', '{{ define "x" }}', '\n'],
  ...[
    '{{ template "x" . }}',
    '{{ break }}',
    'nil',
    'true',
    '1',
    '-',
    '+',
    'print',
    '_',
    'é',
    '\\',
    '{',
    '}',
    '\v',
    '@',
  ],
];

describe('a text that is skimmed', () => {
  it.each([
    'a{{ .x.y | printf "%s"  1 -}}  b {{- /* c */ -}} d {{/* e */}}',
    '{{- range $i, $e := .l }}{{ $e.a }}{{ else }}{{ $i }}e{{ end }}',
    '{{if .a}}1{{else if $x := .b}}{{ $x }}2{{else}}3{{end}}{{with .a}}1{{else with .b}}2{{end}}',
    '{{template "a" .}}{{template `b`}}{{ define "a" }}{{ (print .a).b.c (and 1 (x)) }}{{ end }}{{ define "a" }} {{ end }}',
    '{{ $a := "}}" }}{{ $a = `{{ }}` }}{{ $.a }}{{ nil | print }}{{ -1.5 }}',
  ])('has the trees of the parser: %s', (text) => {
    const skimmed = skimTemplate(text, actions);
    expect(skimmed && everything(skimmed)).toEqual(everything(parseTemplate('t', text, hasFunction)));
  });

  it.each([
    ...['{{ if }} .x }}', '{{ "a" "b" | 1 }}', '{{ $x=1 }}', '{{ "a"."b" }}', '{{ "a".b }}', '{{ .a.5 }}', '{{ 08 }}'],
    ...['{{ nope }}', '{{ $x }}', '{{ if .a }}{{ $x := 1 }}{{ end }}{{ $x }}', '{{ end }}', '{{ if .a }}', '{{ a'],
    ...['{{ define "x" }}{{ define "y" }}{{ end }}{{ end }}', '{{ else }}', '{{ if 1 }}{{ else }}{{ else }}{{ end }}'],
    ...[
      '{{ define "x" }}1{{ end }}{{ define "x" }}2{{ end }}',
      '{{ "\\\'" }}',
      '{{ () }}',
      '{{ (1 }}',
      '{{ 1) }}',
      '{{}}',
    ],
    ...[
      '{{ range .a }}{{ else range .b }}{{ end }}',
      '{{ $a, $b := .l }}',
      '{{ .a -}',
      '{{ 1 -}}x{{/* */ }}',
      '{{-1}}{{ =1 }}',
    ],
  ])('is none that the parser refuses: %s', (text) => {
    expect(() => parseTemplate('t', text, hasFunction)).toThrow(ParseError);
    expect(skimTemplate(text, actions)).toBeUndefined();
  });

  it('is left to the parser where it nests deeply or defines anew', () => {
    for (const text of [
      '{{if 1}}'.repeat(200) + '{{end}}'.repeat(200),
      '{{block "a" .}}{{end}}',
      '{{0x1}}',
      "{{'a'}}",
    ]) {
      expect(skimTemplate(text, actions)).toBeUndefined();
      expect(nodeText(parseTemplate('t', text, hasFunction).main)).not.toBe('');
    }
  });

  it('takes no more than the parser does, whatever the text', { timeout: 60_000 }, () => {
    fuzz('templates', mutatedText(corpusTexts('templates'), PIECES), (text) => {
      const skimmed = skimTemplate(text, new PlainActions(hasFunction));
      if (skimmed !== undefined) expect(everything(skimmed)).toEqual(everything(parseTemplate('t', text, hasFunction)));
    });
  });
});
