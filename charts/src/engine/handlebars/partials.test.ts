/** include, tpl and partials. */
import { describe, expect, it } from 'vitest';
import { testEnvironment } from '../engine.contract.ts';
import { engine, errorOf, render } from './render.testing.ts';

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
