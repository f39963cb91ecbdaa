/**
 * Random values.yaml files. The names are known, and say what is usually under them; what is there is random, and now
 * and then of another kind.
 */
import type { RandomChoices } from './random-source.ts';
import type { Kind } from './template-functions.ts';

/** Paths below `.Values` by the kind of what is usually there. */
export const valuePaths: Readonly<Partial<Record<Kind, readonly string[]>>> = {
  string: ['word', 'text', 'lines', 'digits', 'map.name', 'deep.a.b', 'global.word', 'blank'],
  number: ['int', 'float', 'large', 'negative', 'map.port', 'zero'],
  bool: ['yes', 'no', 'map.enabled'],
  list: ['words', 'numbers', 'mixed', 'maps', 'none', 'deep.list'],
  map: ['map', 'deep', 'deep.a', 'emptyMap', 'global', 'labels'],
  any: ['missing', 'null', 'map.missing', 'mixed', 'sub', 'sub.word', 'large', 'odd'],
};

const strings = [
  ...['web', 'Hello World', '"quoted"', "'single'", '""', 'snake_case_name', 'CamelCaseName', 'kebab-case', 'a,b,c'],
  ...['"1"', '"true"', '"null"', '"0x1F"', '"1e3"', '"010"', '"~"', '"yes"', '"a: b"', '"# no"', '"- x"', '" lead"'],
  ...[
    '"trail "',
    '"line\\nbreak"',
    '"tab\\there"',
    '"é ü ñ"',
    '"日本語"',
    '"😀 smile"',
    '"<b>&amp;</b>"',
    '"\\\\ back"',
  ],
  ...[
    '"{{ .Values.word }}"',
    '"{{ \\"x\\" | upper }}"',
    '"1.2.3"',
    '"2024-02-30"',
    '"%d %s"',
    '"\\x07bell"',
    '"a/b/../c"',
  ],
  ...['"the quick brown fox jumps over the lazy dog and goes on until the line is longer than eighty characters"'],
];
const lines = [
  '|\n    one\n    two\n',
  '|-\n    a: 1\n    b: [x, y]',
  '>\n    folded\n    text\n\n    more',
  '"\\n\\nx\\n"',
];
const numbers = ['0', '1', '-1', '3', '42', '8080', '010', '0x1F', '1_000', '1e3', '1.5', '-2.75', '100000000', '.5'];
const largeNumbers = ['9007199254740993', '1e21', '123456789012345678901234567890', '1e-7', '3.0', '1e6'];
const others = ['null', '~', '', '[]', '{}', 'true', 'off', '2024-01-02', '2024-01-02T03:04:05Z', '!!str 5'];

/** A values.yaml. */
export function randomValues(random: RandomChoices): string {
  const text = (): string => random.pick(strings);
  const number = (): string => random.pick(random.chance(80) ? numbers : largeNumbers);
  const scalar = (): string => random.pick([text, number, () => random.pick(others)])();
  const odd = (usual: () => string): string => (random.chance(98) ? usual() : scalar());
  const flow = (item: () => string): string =>
    `[${Array.from({ length: random.below(5) }, () => item() || '""').join(', ')}]`;
  const key = (): string =>
    random.pick(['a', 'b', 'name', 'x-y', '"a.b/c"', '1', 'true', '"with space"', 'Z', 'constructor']);
  const map = (depth: number): string => {
    const entries = new Map<string, string>();
    for (let i = random.below(4); i > 0; i--) entries.set(key(), nested(depth + 1));
    return `{${[...entries].map(([name, value]) => `${name}: ${value === '' ? 'null' : value}`).join(', ')}}`;
  };
  const nested = (depth: number): string => {
    const choice = random.below(depth > 2 ? 3 : 5);
    if (choice < 3) return scalar();
    return choice === 3 ? flow(() => nested(depth + 1)) : map(depth);
  };
  return [
    `word: ${odd(text)}`,
    `text: ${odd(text)}`,
    `lines: ${odd(() => random.pick(lines))}`,
    `digits: ${odd(() => `"${random.below(200)}"`)}`,
    `blank: ""`,
    `int: ${odd(() => String(random.below(20)))}`,
    `float: ${odd(() => `${random.below(50)}.${random.below(100)}`)}`,
    `large: ${random.pick(largeNumbers)}`,
    `negative: -${random.below(9)}`,
    'zero: 0',
    `"yes": ${odd(() => 'true')}`,
    `"no": ${odd(() => 'false')}`,
    '"null": null',
    `words: ${odd(() => flow(text))}`,
    `numbers: ${odd(() => flow(number))}`,
    `mixed: ${flow(() => nested(0))}`,
    `maps: [${map(1)}, {name: ${text()}, port: ${random.below(100)}}]`,
    'none: []',
    'emptyMap: {}',
    `odd: ${nested(0)}`,
    `labels: {app: ${text()}, "a/b": ${scalar() || 'null'}}`,
    `map: {name: ${text()}, port: ${odd(number) || 'null'}, enabled: ${random.pick(['true', 'false', 'null'])}, a: ${nested(1) || 'null'}}`,
    `deep: {a: {b: ${text()}, c: ${scalar() || 'null'}}, list: ${flow(() => nested(2))}}`,
    `global: {word: ${text()}}`,
    `sub: {word: ${scalar() || 'null'}, extra: ${nested(1) || 'null'}}`,
    '',
  ].join('\n');
}
