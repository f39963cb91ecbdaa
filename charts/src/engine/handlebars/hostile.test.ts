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
