/** Random texts and numbers come from the render's source: in their alphabets, and again from the same seed. */
import { describe, expect, it } from 'vitest';
import { outcomeOf, renderText, seededRandom } from './test-render.ts';

describe('random functions', () => {
  it.each([
    ['{{ randAlpha 300 }}', /^[A-Za-z]{300}$/],
    ['{{ randAlphaNum 300 }}', /^[A-Za-z0-9]{300}$/],
    ['{{ randNumeric 300 }}', /^[0-9]{300}$/],
    ['{{ randAscii 300 }}', /^[ -~]{300}$/],
    ['{{ randBytes 10 }}', /^[A-Za-z0-9+/]{14}==$/],
    ['{{ uuidv4 }}', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
    ['{{ range until 50 }}{{ randInt 5 7 }}{{ end }}', /^(?=.*5)(?=.*6)[56]{50}$/],
    ['{{ bcrypt "x" }}', /^\$2a\$10\$[./A-Za-z0-9]{53}$/],
    ['{{ htpasswd "u" "p" }}', /^u:\$2a\$10\$/],
    ['{{ randAlpha 0 }}{{ randAlpha -1 }}', /^$/],
  ])('write %s in their alphabet', (template, expected) => {
    expect(renderText(template)).toMatch(expected);
  });

  it('give the same again from the same seed, and others from another', () => {
    const template =
      '{{ randAlphaNum 20 }} {{ shuffle "abcdefghij" }} {{ uuidv4 }} {{ bcrypt "x" }} {{ encryptAES "k" "x" }}';
    const render = (seed: number) => renderText(template, { env: { random: seededRandom(seed) } });
    expect(render(3)).toBe(render(3));
    expect(render(3)).not.toBe(render(4));
  });

  it('shuffle all that was there', () => {
    const shuffled = renderText('{{ shuffle "hello wörld" }}');
    expect([...shuffled].sort().join('')).toBe([...'hello wörld'].sort().join(''));
  });

  it('refuse what cannot be', () => {
    expect(outcomeOf('{{ randInt 5 5 }}')).toBe('error calling randInt: invalid argument to Intn');
    expect(outcomeOf('{{ randBytes -1 }}')).toBe('error calling randBytes: runtime error: makeslice: len out of range');
  });
});
