import { describe, expect, it } from 'vitest';
import { parseIgnoreRules } from './ignore.ts';

const file = { directory: false };
const folder = { directory: true };

describe('.helmignore', () => {
  it('matches a pattern without a slash against the base name, at any depth', () => {
    const ignored = parseIgnoreRules('*.bak\n');
    expect(ignored('a.bak', file)).toBe(true);
    expect(ignored('templates/deep/a.bak', file)).toBe(true);
    expect(ignored('a.bak.yaml', file)).toBe(false);
  });

  it('matches a pattern with a slash against the whole path, and a leading slash against the root', () => {
    const ignored = parseIgnoreRules('ci/*.yaml\n/README.md\n');
    expect(ignored('ci/a.yaml', file)).toBe(true);
    expect(ignored('x/ci/a.yaml', file)).toBe(false);
    expect(ignored('README.md', file)).toBe(true);
    expect(ignored('docs/README.md', file)).toBe(false);
  });

  it('takes a trailing slash to mean folders only', () => {
    const ignored = parseIgnoreRules('.git/\n');
    expect(ignored('.git', folder)).toBe(true);
    expect(ignored('.git', file)).toBe(false);
  });

  it('ignores all that a negated pattern does not match, as Helm does', () => {
    const ignored = parseIgnoreRules('!*.yaml\n');
    expect(ignored('a.yaml', file)).toBe(false);
    expect(ignored('README.md', file)).toBe(true);
  });

  it('skips comments and blank lines, and trims', () => {
    const ignored = parseIgnoreRules('# *.md\n\n   a.txt  \r\n');
    expect(ignored('README.md', file)).toBe(false);
    expect(ignored('a.txt', file)).toBe(true);
  });

  it('always ignores dot files of templates/', () => {
    const ignored = parseIgnoreRules('');
    expect(ignored('templates/.hidden', file)).toBe(true);
    expect(ignored('templates/.', file)).toBe(false);
    expect(ignored('.hidden', file)).toBe(false);
  });

  it('refuses double stars and malformed patterns', () => {
    expect(() => parseIgnoreRules('a/**/b')).toThrow('double-star (**) syntax is not supported');
    expect(() => parseIgnoreRules('[')).toThrow('syntax error in pattern');
  });
});
