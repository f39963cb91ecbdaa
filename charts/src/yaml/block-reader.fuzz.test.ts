import { describe, expect, it } from 'vitest';
import { corpusTexts, fuzz, mutatedText } from '../mutations.testing.ts';
import { YamlError } from './error.ts';
import { parseYaml, parseYamlByGrammar, parseYamlHead } from './parse.ts';

const PIECES = [
  ...['- ', '-', ': ', ':', '\n', '\n  ', '\n    ', ' ', '   ', '\t', '{}', '[]', '{a: b}', '[a, "b"]', ',', '[', '}'],
  ...['"', "'", '""', "''", ' #', '# x\n', '\n\n', '\n   \n', '\n#\n', '&a ', '*a', '!!str ', '? ', '\\n', '\\'],
  ...['|', '>', '|-\n', '>-\n', '|+\n', '|2\n', '---\n', '...\n', '<<: *a', '~', 'null: ', '.inf', '-.nan', 'yes: no'],
  ...[
    'a:\n- b\n',
    '- - a\n',
    'a: b\n',
    '"a": b\n',
    'k: |\n  x\n',
    'k:\n  - a: 1\n    b: 2\n',
    '99999999999999999999: 1',
  ],
  ...['\r', '\x85', '\u2028', '\ufeff', '\x01', '😀', '\udcff', 'é', '__proto__: 1\n', '0x1F', '1_000', '%', '@'],
];

const TEXTS = [
  ...corpusTexts('yaml'),
  '{}',
  'a: &x 1\nb: [&x 2]\nc: *x\nd: &y {}\ne: *y\n',
  '# A comment.\n---\n[a, "b", {c: d}] # and more\n',
  `# A comment.

apiVersion: v1
kind: ConfigMap
metadata:
  name: first   # the name
  labels: {}
  annotations:
    "helm.sh/hook": pre-install
    'single': 'it''s'
    long: some words
      over lines

      and paragraphs
data:
  script: |
    #!/bin/sh

      echo "hello"
  folded: >-
    a
    b
list:
- name: one
  args: ["a", 'b', {c: d}]

- name: two
  nested:
    - - deep
    -
      also: "a \\"quoted\\" text
        over lines"
    - plain: http://example.com:80/#x # note: a comment
resources:
  {}
port: &port http # named
probe:
  - *port
  - path: &path "/"
    port: *port
    again: *path
below:
  one:
    null
  two: # a comment
    'it''s'
  three:
    some words
    over lines
  list:
    -
      [ReadWriteOnce, "b", 'c', 1.5, true ]
    -
      |
        text
empty:
last: |
  no line break at the end`,
];

describe('the quick way through plain blocks', () => {
  it('gives the value or the error that the whole grammar gives', { timeout: 60_000 }, () => {
    fuzz(
      'blocks',
      mutatedText(TEXTS, PIECES),
      (text) => {
        const expected = outcomeOf(() => parseYamlByGrammar(text));
        expect(outcomeOf(() => parseYaml(text))).toEqual(expected);
        expect(outcomeOf(() => pick(parseYamlHead(text, isWanted)))).toEqual(outcomeOf(() => pick(expected)));
      },
      3000,
    );
  });
});

function isWanted(key: string): boolean {
  return key === 'metadata' || key === 'kind';
}

/** What is left of a value where only some keys are asked for. */
function pick(value: unknown): unknown {
  if (value instanceof YamlError) throw value;
  return value instanceof Map ? new Map([...value].filter(([key]) => isWanted(key))) : value;
}

function outcomeOf(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof YamlError) return error;
    throw error;
  }
}
