/** Templates that mean harm, or that are strictly looked at. */
import { describe, expect, it } from 'vitest';
import { TemplateError } from '../engine.ts';
import { errorOf, render } from './render.testing.ts';

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

describe('what a render may use', () => {
  const limits = { outputBytes: 100_000, steps: 200_000, depth: 1500 };
  const doubled = `${'{{#with (dict a=this b=this)}}'.repeat(40)}BODY${'{{/with}}'.repeat(40)}`;

  it.each([
    '{{#each (until 9000)}}{{#each (until 9000)}}{{/each}}{{/each}}',
    '{{#each (until 999)}}{{#if (sha256sum (repeat 9000 "x"))}}{{/if}}{{/each}}',
    '{{#each (until 999)}}{{#if (regexMatch "(a|b)*c.$" (repeat 9000 "ab"))}}{{/if}}{{/each}}',
    '{{#each (until 9)}}{{genPrivateKey "rsa"}}{{/each}}',
    '{{#each (until 9)}}{{bcrypt "x"}}{{/each}}',
    '{{#each (until 9000)}}{{#if (fromJson (repeat 90 "[1,"))}}{{/if}}{{/each}}',
    ...[
      '{{this}}',
      '{{toYaml this}}',
      '{{toJson this}}',
      '{{quote this}}',
      '{{lookup this this}}',
      '{{> (print this)}}',
    ].map((body) => doubled.replace('BODY', body)),
  ])('ends: %s', (text) => {
    const start = performance.now();
    const { message } = errorOf(() => render(text, { a: 1 }, { env: { limits } }));
    expect(message).toMatch(/takes more than 200000 steps|larger than 100000 bytes/);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it.each([
    '{{#*inline "a"}}{{> a}}{{/inline}}{{> a}}',
    '{{#*inline "a"}}{{include "a" this}}{{/inline}}{{> a}}',
    '{{#*inline "a"}}{{tpl "{{> a}}" this}}{{/inline}}{{> a}}',
    '{{#with (dict t="{{tpl t this}}")}}{{tpl t this}}{{/with}}',
  ])('ends where partials call themselves: %s', (text) => {
    const wide = { outputBytes: 1e6, steps: 1e7, depth: 1e6 };
    expect(errorOf(() => render(text, {}, { env: { limits: wide } })).message).toContain('nested too deeply');
    expect(errorOf(() => render(text, {}, { env: { limits: { ...wide, depth: 30 } } })).message).toMatch(
      /nested more than 30|no partial|could not be found/,
    );
  });

  it('is counted for the files of a chart together', () => {
    const usage = { steps: 0, outputBytes: 0 };
    const once = () => render('{{#each (until 900)}}x{{/each}}', {}, { env: { limits, usage } });
    once();
    const { steps } = usage;
    expect(steps).toBeGreaterThan(900);
    expect(usage.outputBytes).toBe(900);
    once();
    expect(usage).toEqual({ steps: 2 * steps, outputBytes: 1800 });
    expect(
      errorOf(() => {
        for (let i = 0; i < 200; i++) once();
      }).message,
    ).toMatch(/takes more than 200000 steps|larger than 100000 bytes/);
  });
});
