/** The cache of parsed texts. */
import { describe, expect, it } from 'vitest';
import { parseTemplate } from '../parse.ts';
import { compileTree } from './compile.ts';
import { TemplateFileCache } from './template-file.ts';

function cacheOf(capacity: number) {
  const parsed: string[] = [];
  const cache = new TemplateFileCache(
    {
      parse(name, text) {
        parsed.push(text);
        return parseTemplate(name, text, () => true);
      },
      compile: (tree) => compileTree(tree, new Map()),
    },
    capacity,
  );
  return { cache, parsed };
}

describe('the cache of template files', () => {
  it('parses a text once, whatever it is called', () => {
    const { cache, parsed } = cacheOf(1000);
    expect(cache.get('a', '{{ 1 }}')).toBe(cache.get('b', '{{ 1 }}'));
    expect(parsed).toEqual(['{{ 1 }}']);
  });

  it('compiles a definition once', () => {
    const file = cacheOf(1000).cache.get('a', '{{ define "x" }}1{{ end }}');
    expect(file.program('x')).toBe(file.program('x'));
    expect([file.isEmpty('x'), file.isEmpty(undefined)]).toEqual([false, true]);
  });

  it('forgets the texts that were not used for longest, and parses them again when they are', () => {
    const { cache, parsed } = cacheOf(20);
    const texts = ['{{ 1 }}', '{{ 2 }}', '{{ 3 }}', '{{ 4 }}', '{{ 5 }}', '{{ 6 }}'];
    const files = texts.map((text) => cache.get('a', text));
    expect(parsed).toEqual(texts);
    expect(files[5]?.program(undefined)).toBeDefined();
    expect(parsed).toHaveLength(6);
    expect(files[0]?.program(undefined)).toBeDefined();
    expect(parsed.slice(6)).toEqual(['{{ 1 }}']);
  });

  it('keeps a text that is larger than the cache while it is used', () => {
    const { cache } = cacheOf(1);
    expect(cache.get('a', '{{ 1 }}{{ 2 }}').program(undefined)).toBeDefined();
  });
});
