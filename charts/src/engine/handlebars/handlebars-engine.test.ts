/** The engine as a whole: the suite of all engines, values and helpers. */
import { describe, expect, it } from 'vitest';
import { describeTemplateEngine } from '../engine.contract.ts';
import { functions } from '../functions/functions.ts';
import type { GoValue } from '../gotemplate/go-value.ts';
import { createHandlebarsEngine } from './handlebars-engine.ts';
import { errorOf, render } from './render.testing.ts';

describeTemplateEngine({
  create: () => createHandlebarsEngine(functions),
  templates: {
    greeting: 'hello {{name}}',
    list: '{{#each items}}{{this}},{{/each}}',
    proto: '{{__proto__}}',
    includes: '[{{> part}}]',
    part: 'part',
    partName: 'c.part',
    unparsable: '{{#if true}}\n{{ ( }}\n{{/if}}',
    failing: '\n\n{{fail "no"}}',
    recursive: '{{include "c/templates/a"}}',
    endless: `${'{{#each (until 1000)}}'.repeat(4)}${'{{/each}}'.repeat(4)}`,
    large: '{{#each (until 1000)}}{{repeat 1000 "x"}}{{/each}}',
  },
});

describe('values', () => {
  it('print as Go prints them', () => {
    expect(render('{{a}} {{b}} {{c}} {{d}} {{e}}', { a: 1e6, b: 1.5, c: [1, 'x'], d: { z: 1, a: 2 }, e: 80 })).toBe(
      '1e+06 1.5 [1 x] map[a:2 z:1] 80',
    );
  });

  it('are not escaped', () => {
    expect(render('{{a}}', { a: '<&"\'>' })).toBe('<&"\'>');
  });

  it('have only fields of their own, whatever JavaScript thinks of the name', () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'size', 'get', 'valueOf'];
    const text = names
      .map(
        (name) =>
          `{{this.${name}}}{{this.${name}.constructor}}{{lookup this "${name}"}}{{lookup list "${name}"}}{{lookup text "${name}"}}`,
      )
      .join('');
    expect(render(text, { list: [], text: 'x' })).toBe('');
    expect(
      render('{{this.constructor}}{{lookup this "__proto__"}}', JSON.parse('{"constructor": "a", "__proto__": "b"}')),
    ).toBe('ab');
  });

  it('come from maps in the order of their keys', () => {
    expect(render('{{#each m}}{{@key}}{{/each}}', { m: { b: 1, a: 1, B: 1 } })).toBe('Bab');
  });

  it('that are empty maps are empty', () => {
    expect(render('{{#if m}}y{{else}}n{{/if}}{{#with m}}y{{else}}n{{/with}}', { m: {} })).toBe('nn');
  });
});

describe('helpers', () => {
  it('are the functions of Go templates, with nested calls in place of pipes', () => {
    expect(
      render('{{upper (trunc 3 name)}}{{default "d" missing}}{{nindent 2 (toYaml m)}}', {
        name: 'abcdef',
        m: { a: [1] },
      }),
    ).toBe('ABCd\n  a:\n  - 1');
  });

  it('take numbers of any type where the value fits', () => {
    expect(
      render(
        '{{trunc n "abcdef"}}{{#if (eq n 3)}}=3{{/if}}{{#if (lt 2 n)}}>2{{/if}}{{#each (until n)}}{{this}}{{/each}}',
        { n: 3 },
      ),
    ).toBe('abc=3>2012');
    expect(errorOf(() => render('{{trunc n "a"}}', { n: 1.5 })).message).toContain(
      'wrong type for value; expected int; got float64',
    );
  });

  it('get named arguments as entries of dict', () => {
    expect(render('{{toJson (dict "a" 1 b=name)}}', { name: 'x' })).toBe('{"a":1,"b":"x"}');
  });

  it('choose by and, or and not', () => {
    expect(render('{{or a b "c"}}{{and "x" a}}{{and "x" "y"}}{{not a}}', { a: '', b: null })).toBe('cytrue');
  });

  it('win over fields of the same name, which this. reaches', () => {
    expect(render('{{#with m}}{{this.title}}{{./title}}{{upper title}}{{/with}}', { m: { title: 't' } })).toBe('ttT');
    expect(errorOf(() => render('{{title}}', { title: 't' })).message).toContain('the field is this.title');
  });

  it('never take the place of @ data or block parameters', () => {
    expect(render('{{#each l as |first index|}}{{@index}}{{@first}}{{first}}{{index}}{{/each}}', { l: ['a'] })).toBe(
      '0truea0',
    );
  });

  it('look up cluster objects by the name of lookupObject', () => {
    const lookup = (...key: string[]) => new Map<string, GoValue>([['found', key.join('/')]]);
    expect(render('{{lookup (lookupObject "v1" "Secret" "ns" "x") "found"}}', {}, { env: { lookup } })).toBe(
      'v1/Secret/ns/x',
    );
  });

  it('say what is missing', () => {
    expect(errorOf(() => render('\n {{required "set a.b" a.b}}')).message).toBe(
      'execution error at (c/templates/a:2:1): set a.b',
    );
    expect(errorOf(() => render('{{nope 1}}')).message).toBe(
      'execution error at (c/templates/a:1:0): missing helper: "nope"',
    );
  });
});
