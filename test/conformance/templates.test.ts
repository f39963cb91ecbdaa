/** What comparing a template case says of it. */
import { describe, expect, it } from 'vitest';
import { checkTemplateCase } from './templates.ts';

const loop = { id: 'loop', template: '{{ range 1000 }}x{{ end }}', output: 'x'.repeat(1000) };

describe('a template case', () => {
  it('is equal where output or error are the same', () => {
    expect(checkTemplateCase(loop).isEqual).toBe(true);
    expect(checkTemplateCase({ ...loop, output: 'y' })).toMatchObject({ isEqual: false });
    expect(checkTemplateCase({ ...loop, output: 'y' }).isLimit).toBeUndefined();
  });

  it('tells a limit of the render from an error', () => {
    expect(checkTemplateCase({ ...loop, steps: 100 })).toMatchObject({ isEqual: false, isLimit: true });
    const failing = { id: 'fail', template: '{{ fail "takes more steps" }}', output: '' };
    expect(checkTemplateCase(failing)).toMatchObject({ isEqual: false, isLimit: false });
  });
});
