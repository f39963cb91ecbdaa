/** The engine as a whole: the suite of all engines, Handlebars' own language against the library, and what is ours. */
import Handlebars from 'handlebars';
import { describe, expect, it } from 'vitest';
import { describeTemplateEngine, testEnvironment } from '../engine.contract.ts';
import { type RenderEnvironment, TemplateError } from '../engine.ts';
import { functions } from '../functions/functions.ts';
import type { GoValue } from '../gotemplate/go-value.ts';
import { createHandlebarsEngine } from './handlebars-engine.ts';

const engine = createHandlebarsEngine(functions);

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

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

function goValue(value: Json): GoValue {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(goValue);
  return new Map(Object.entries(value).map(([key, item]) => [key, goValue(item)]));
}

function render(
  text: string,
  data: Json = {},
  options: { files?: Record<string, string>; env?: Partial<RenderEnvironment> } = {},
) {
  const sources = Object.entries({ 'c/templates/a': text, ...options.files }).map(([name, source]) => ({
    name,
    text: source,
  }));
  return engine.compile(sources).render('c/templates/a', goValue(data), testEnvironment(options.env));
}

function errorOf(action: () => unknown): TemplateError {
  try {
    action();
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

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

describe('include and tpl', () => {
  const files = {
    'c/templates/_p.hbs': 'p:{{name}}\n',
    'c/templates/_defs.hbs': '{{#*inline "c.labels"}}\napp: {{name}}\n{{/inline}}',
  };

  it('give the text of a partial, with the context or another', () => {
    expect(
      render('{{nindent 2 (trim (include "p"))}}{{include "p" m}}', { name: 'a', m: { name: 'b' } }, { files }),
    ).toBe('\n  p:ap:b\n');
  });

  it('find partials that are defined at the top of a partial file', () => {
    expect(render('{{> c.labels}}{{trim (include "c.labels" this)}}', { name: 'a' }, { files })).toBe('app: a\napp: a');
  });

  it('render texts of values', () => {
    expect(
      render(
        '{{tpl t}}|{{tpl t m}}|{{tpl "{{> p}}"}}',
        { name: 'a', t: '{{name}}{{@root.name}}', m: { name: 'b' } },
        { files },
      ),
    ).toBe('aa|bb|p:a\n');
  });

  it('report errors in such texts at their call', () => {
    const error = errorOf(() => render('\n{{tpl "x\n{{fail \'no\'}}"}}'));
    expect(error).toMatchObject({ file: 'c/templates/a', line: 2, frame: ['c/templates/a', 'tpl'] });
    expect(error.message).toBe('execution error at (tpl in c/templates/a:2:0): no\n  called at c/templates/a:2:0');
    expect(errorOf(() => render('{{tpl "{{"}}')).message).toContain('cannot parse template "{{"');
  });
});

describe('partials', () => {
  const at = (files: Record<string, string>, name: string) =>
    engine
      .compile(Object.entries(files).map(([file, text]) => ({ name: file, text })))
      .render(name, new Map(), testEnvironment());

  it('are found in the own chart first, then in those above, then by the name of a chart', () => {
    const files = {
      'top/templates/_x.hbs': 'top x',
      'top/templates/_y.hbs': 'top y',
      'top/charts/sub/templates/_x.hbs': 'sub x',
      'top/templates/a.yaml.hbs': '{{> x}}, {{> sub.x}}',
      'top/charts/sub/templates/b.yaml.hbs': '{{> x}}, {{> y}}, {{> top.x}}',
    };
    expect(at(files, 'top/templates/a.yaml.hbs')).toBe('top x, sub x');
    expect(at(files, 'top/charts/sub/templates/b.yaml.hbs')).toBe('sub x, top y, top x');
  });

  it('in folders have the folder in their name', () => {
    expect(
      at({ 'c/templates/pods/_spec.hbs': 'spec', 'c/templates/a.hbs': '{{> pods/spec}}' }, 'c/templates/a.hbs'),
    ).toBe('spec');
  });

  it('are named in errors, with the way to them', () => {
    const files = { 'c/templates/_x.hbs': '\n{{upper 1}}', 'c/templates/a.hbs': 'a\n {{> x}}' };
    const error = errorOf(() => at(files, 'c/templates/a.hbs'));
    expect(error).toMatchObject({ file: 'c/templates/_x.hbs', line: 2, column: 0, frame: ['c/templates/a.hbs', 'x'] });
    expect(error.message).toBe(
      'execution error at (c/templates/_x.hbs:2:0): error calling upper: wrong type for value; expected string; got int\n  called at c/templates/a.hbs:2:1',
    );
    expect(errorOf(() => at({ 'c/templates/a.hbs': '{{> none}}' }, 'c/templates/a.hbs')).message).toContain(
      'the partial none could not be found',
    );
  });
});

describe('hostile templates', () => {
  it.each([
    ['blocks', '{{#if a}}'.repeat(5000)],
    ['else if', `{{#if a}}${'{{else if b}}'.repeat(5000)}{{/if}}`],
    ['subexpressions', `{{a ${'(b '.repeat(5000)}`],
    ['partial blocks', '{{#> a}}'.repeat(5000)],
    ['inline', '{{#*inline "a"}}'.repeat(5000)],
  ])('nested without end are refused: %s', (_name, text) => {
    const start = performance.now();
    expect(() => render(text)).toThrow(TemplateError);
    expect(performance.now() - start).toBeLessThan(3000);
  });

  it('cannot fill memory by the indentation of partials', () => {
    const files = { 'c/templates/_x.hbs': '{{> y}}', 'c/templates/_y.hbs': `${'\n'.repeat(2000)}` };
    expect(errorOf(() => render(`${' '.repeat(2000)}{{> x}}\n`, {}, { files })).message).toContain('100000 bytes');
  });

  it('have no other decorator than inline, and no function as a block', () => {
    expect(errorOf(() => render('{{* foo}}')).message).toContain('the only decorator');
    expect(errorOf(() => render('{{#upper "a"}}{{/upper}}')).message).toContain('upper is no block helper');
    expect(errorOf(() => render('{{if a}}')).message).toContain('if is a block helper');
  });
});

describe('strict mode', () => {
  it('refuses names that nothing has', () => {
    expect(errorOf(() => render('{{a.b}}', { a: {} }, { env: { strict: true } })).message).toContain(
      'nothing has the name "b" in a.b',
    );
    expect(render('{{a.b}}', { a: { b: '' } }, { env: { strict: true } })).toBe('');
  });
});
