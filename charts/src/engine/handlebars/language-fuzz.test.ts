/** Templates made at random render to what the library makes of them. The seed is fixed: a failure stays one. */
import Handlebars from 'handlebars';
import { describe, expect, it } from 'vitest';
import { type Json, render } from './render.testing.ts';

const data: Json = {
  a: 'A',
  b: true,
  c: false,
  // Sorted, since maps come in the order of their keys here.
  e: [],
  l: ['x', 'y'],
  m: { a: 'ma', k: { a: 'mka', l: ['p'] } },
  n: null,
  o: [
    { a: 'o1', l: ['q', 'r'] },
    { a: 'o2', l: [], m: { a: 'om' } },
  ],
};
const partials = {
  p: '<{{a}}|{{@key}}>',
  q: 'q1\n{{#each l}}\n- {{this}}\n{{/each}}\nq2\n',
  w: '({{> @partial-block}})',
};

const paths = [
  'a',
  'b',
  'l',
  'm',
  'm.k',
  'o',
  'e',
  'n',
  'm.a',
  '../a',
  '../m',
  '../../a',
  '@root.m',
  '@root.l',
  'm.k.l',
  'v',
  'v.a',
  'i',
  'o.0.l',
  'this',
  './a',
  'o.[1].m',
];
const texts = [
  '{{a}}',
  '{{m.a}}',
  '{{../a}}',
  '{{@key}}',
  '{{@index}}',
  '{{v.a}}',
  '{{i}}',
  '{{@first}}',
  '{{@root.a}}',
  '{{lookup m "a"}}',
  '{{lookup l 0}}',
  '{{@../key}}',
  '{{{a}}}',
  '{{~a~}}',
  ' {{~! x ~}} ',
];

/** Numbers below a bound, the same for a seed. */
function numbers(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

function program(next: (bound: number) => number, depth: number): string {
  const pick = (list: readonly string[]) => list[next(list.length)] ?? '';
  const space = () => pick(['', ' ', '\n', '\n  ', '\n']);
  // The library adds numbers that stand side by side: text comes first, and between.
  let out = '.';
  for (let count = next(4) + 1; count > 0; count--) {
    const body = () => (depth === 0 ? pick(texts) : program(next, depth - 1));
    const end = space();
    const inverse = next(3) === 0 ? `${space()}{{else}}${end}${body()}` : '';
    const path = pick(paths);
    const tilde = pick(['', '', '', '~']);
    out += pick([
      `${space()},${pick(texts)}`,
      `${space()}{{${tilde}#if ${path}}}${end}${body()}${inverse}${end}{{/if${tilde}}}`,
      `${space()}{{#unless ${path}${tilde}}}${end}${body()}${end}{{${tilde}/unless}}`,
      `${space()}{{#each ${path}}}${end}${body()}${inverse}${end}{{/each}}`,
      `${space()}{{#each ${path} as |v i|}}${end}${body()}${end}{{/each}}`,
      `${space()}{{#with ${path}}}${end}${body()}${inverse}${end}{{/with}}`,
      `${space()}{{#with ${path} as |v|}}${end}${body()}${end}{{/with}}`,
      `${space()}{{#${path === 'this' ? 'm' : path}}}${end}${body()}${end}{{/${path === 'this' ? 'm' : path}}}`,
      `${space()}{{> p}}${end}`,
      `${space()}{{> q ${path}}}${end}`,
      `${space()}{{> p ${path} a="h"}}${end}`,
      `${space()}{{#> w}}${end}${body()}${end}{{/w}}`,
      `${space()}{{#*inline "p"}}${end}I${body()}${end}{{/inline}}${end}`,
    ]);
    out += `${space()};`;
  }
  return out;
}

/** Maps and lists print otherwise in Go, and it has no prototypes: templates that print one tell nothing. */
const isComparable = (text: string) => !/\[object |,/.test(text.replaceAll(/,(?=\S)/g, ''));

describe('templates made at random', () => {
  it('render as the library renders them', () => {
    const library = Handlebars.create();
    const files = Object.fromEntries(
      Object.entries(partials).map(([name, text]) => [`c/templates/_${name}.hbs`, text]),
    );
    let compared = 0;
    for (let seed = 1; seed <= 250; seed++) {
      const text = program(numbers(seed * 7919), 2);
      let expected: string;
      try {
        expected = library.compile(text, { noEscape: true })(data, { partials: { ...partials } });
      } catch {
        continue;
      }
      if (!isComparable(expected)) continue;
      compared++;
      let actual: string;
      try {
        actual = render(text, data, { files });
      } catch (error) {
        actual = String(error);
      }
      expect({ text, seed, out: actual }).toEqual({ text, seed, out: expected });
    }
    expect(compared).toBeGreaterThan(80);
  });
});
