import { describe, expect, it } from 'vitest';
import type { GoValue } from '../engine/gotemplate/go-value.ts';
import { emitYaml } from './emit.ts';
import { YamlError } from './error.ts';
import { parseYaml } from './parse.ts';

/** Repeatable numbers: mulberry32. */
function randomSource(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const PIECES = [
  ...['- ', ': ', ':', '\n', '\n  ', ' ', '\t', '{', '}', '[', ']', ',', '"', "'", ' #', '&a ', '*a', '!!str ', '!x '],
  ...['|', '>', '|-\n', '? ', '---\n', '...\n', '%YAML 1.1\n', '%TAG ! x\n', '<<: *a', '~', 'yes', '0x1F', '.inf'],
  ...['\\', '\\x41', '@', 'é', '😀', '\u2028', '\x85', '\r', 'a', 'b: 1', '- - ', '\ufeff', '\x01', '\udcff', '\ud800'],
];

describe('any text', () => {
  it('is read or refused with a YamlError', () => {
    const random = randomSource(1);
    let refused = 0;
    for (let i = 0; i < 20_000; i++) {
      let text = '';
      for (let k = random(20); k >= 0; k--) text += PIECES[random(PIECES.length)];
      try {
        parseYaml(text, { strict: random(2) === 0 });
      } catch (error) {
        if (!(error instanceof YamlError)) throw new Error(`on ${JSON.stringify(text)}`, { cause: error });
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(1000);
    expect(refused).toBeLessThan(19_000);
  });
});

describe('any value', () => {
  const BITS = [
    'a',
    ' ',
    '\n',
    '\t',
    ': ',
    '#',
    '- ',
    "'",
    '"',
    '\\',
    '1',
    '.',
    'true',
    '~',
    'é',
    '\u2028',
    '😀',
    'word ',
  ];

  function randomText(random: (below: number) => number): string {
    let text = '';
    for (let k = random(random(6) === 0 ? 60 : 6); k > 0; k--) text += BITS[random(BITS.length)];
    return text;
  }

  function randomValue(random: (below: number) => number, depth: number): GoValue {
    switch (random(depth > 4 ? 5 : 7)) {
      case 0:
        return random(1_000_000) / 8;
      case 1:
        return random(2) === 0;
      case 2:
        return null;
      case 3:
      case 4:
        return randomText(random);
      case 5:
        return Array.from({ length: random(4) }, () => randomValue(random, depth + 1));
      default:
        return new Map(
          Array.from({ length: random(5) }, () => [randomText(random), randomValue(random, depth + 1)] as const),
        );
    }
  }

  it('is the same once written and read', () => {
    const random = randomSource(2);
    for (let i = 0; i < 5000; i++) {
      const value = randomValue(random, 0);
      expect(parseYaml(emitYaml(value))).toEqual(value);
    }
  });
});
