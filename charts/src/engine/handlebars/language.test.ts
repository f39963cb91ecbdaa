/** Handlebars' own language: each text renders to what the library makes of it. */
import Handlebars from 'handlebars';
import { describe, expect, it } from 'vitest';
import { type Json, render } from './render.testing.ts';

describe('the language, as the library has it', () => {
  const data: Json = {
    name: 'N',
    yes: true,
    no: false,
    zero: 0,
    text: '',
    list: ['a', 'b', 'c'],
    none: [],
    'a b': 'spaced',
    nothing: null,
    map: { k1: 'v1', k2: 'v2' },
    nested: {
      name: 'inner',
      list: [
        { name: 'x', sub: [1, 2] },
        { name: 'y', sub: [] },
      ],
    },
  };
  const partials = {
    part: '<{{name}}{{extra}}>\n',
    lines: 'one\ntwo {{name}}\n\nfour\n',
    layout: 'top\n{{> @partial-block}}\nend\n',
    hole: '[{{> @partial-block}}{{> title}}]',
  };
  const texts = [
    'a {{name}} {{{name}}} {{&name}} {{missing}}{{nested.name}}{{nested.missing.more}}',
    '{{#if yes}}y{{else}}n{{/if}}{{#if no}}y{{else}}n{{/if}}{{#if zero}}y{{else}}n{{/if}}{{#if zero includeZero=true}}y{{/if}}',
    '{{#if text}}y{{else if list}}list{{else}}n{{/if}}{{#if none}}y{{else if no}}z{{else}}n{{/if}}{{#unless no}}u{{/unless}}',
    '{{#each list}}{{@index}} {{@key}} {{@first}} {{@last}}={{this}};{{/each}}{{#each map}}{{@index}}{{@key}}={{.}};{{/each}}',
    '{{#each none}}x{{else}}empty {{name}}{{/each}}{{#each missing}}x{{else}}missing{{/each}}{{#each name}}x{{else}}text{{/each}}',
    '{{#each nested.list}}{{name}}{{../name}}{{../../name}}{{#each sub}}{{this}}{{../name}}{{../../name}}{{@../index}}{{@root.name}}{{/each}}{{/each}}',
    '{{#each nested.list as |item i|}}{{i}} {{item.name}}{{name}}{{#each item.sub as |s|}}{{s}} {{i}} {{item.name}}{{/each}}{{/each}}',
    '{{#with nested}}{{name}}{{../name}}{{#if ../yes}}{{../name}}{{/if}}{{/with}}{{#with nested as |n|}}{{n.name}}{{/with}}{{#with none}}x{{else}}{{name}}{{/with}}',
    '{{#nested}}{{name}}{{/nested}}{{#./list}}{{.}}{{@index}}{{/./list}}{{#yes}}{{name}}{{/yes}}{{^no}}not{{/no}}{{#missing}}x{{^}}none{{/missing}}{{^none}}empty{{/none}}',
    '{{lookup map "k1"}}{{lookup list 1}}{{lookup missing "x"}}{{#with (lookup nested.list 1)}}{{name}}{{/with}}',
    '{{[a b]}}{{this.[a b]}}{{"a b"}}{{nested.list.[0].name}}{{nested.list.0.name}}{{list.length}}{{nested/name}}{{./name}}{{this/name}}',
    'x  {{~name~}}  y {{~#if yes~}} z {{~/if~}} w\n{{~! comment ~}}\n v {{!-- a }} b --}}!',
    'a\n  {{#if yes}}\n    b\n  {{else}}\n    c\n  {{/if}}\nd\n{{! alone }}\ne\n{{#each list}}\n- {{this}}\n{{/each}}\nf',
    'a\n  {{> lines}}\nb {{> part}}|{{> part nested}}|{{> part extra="!"}}|{{> part nested name=list.[0]}}',
    '{{#each nested.list}}\n  {{> part this extra=@index}}\n{{/each}}\n{{> (lookup @root "which")}}',
    '{{#> layout}}\n  body {{name}}\n{{/layout}}|{{#> absent}}default {{name}}{{/absent}}|{{#> layout nested}}{{name}}{{/layout}}',
    '{{#> hole}}{{#*inline "title"}}T{{name}}{{/inline}}B{{/hole}}',
    '{{#*inline "in"}}({{name}}{{x}}){{/inline}}{{> in}}{{> in nested}}{{> in x=1}}{{#each list}}{{> in this}}{{/each}}',
    '{{#if yes}}{{#*inline "part"}}local{{/inline}}{{> part}}{{/if}}{{> part}}',
    '{{{{raw}}}} {{name}} {{#if}} {{{{/raw}}}}\\{{name}} \\\\{{name}}',
    '{{#each list}}{{#if @first}}first{{else}}, {{/if}}{{#unless @last}}{{.}}{{/unless}}{{/each}}',
    '{{#with nested}}{{#each ../list}}{{this}}{{../name}}{{../../name}}{{/each}}{{/with}}{{yes}}{{no}}{{nothing}}{{zero}}',
    '{{#with nested}}{{> part ..}}{{/with}}{{#each map as |v k|}}{{k}}:{{v}}{{#unless @last}},{{/unless}}{{/each}}{{@root.nested.name}}',
  ];

  it.each(texts)('%s', (text) => {
    const library = Handlebars.create();
    library.registerHelper('raw', function raw(this: unknown, options: Handlebars.HelperOptions) {
      return options.fn(this);
    });
    const all = { ...data, which: 'part' };
    const expected = library.compile(text, { noEscape: true })(all, { partials });
    const files = Object.fromEntries(
      Object.entries(partials).map(([name, source]) => [`c/templates/_${name}.hbs`, source]),
    );
    expect(render(text, all, { files })).toBe(expected);
  });
});
