import { describe, it } from 'vitest';
import { TemplateError } from '../engine/engine.ts';
import { functions } from '../engine/functions/functions.ts';
import { createGoTemplateEngine } from '../engine/gotemplate/go-template-engine.ts';
import type { GoValue } from '../engine/gotemplate/go-value.ts';
import { corpusTexts, fuzz, mutatedText } from '../mutations.testing.ts';

const PIECES = [
  ...['{{', '}}', '{{-', '-}}', '{{ ', ' }}', '(', ')', '|', '"', '`', "'", '/*', '*/', ':=', '=', ',', '.', '$', '$x'],
  ...[
    '{{ end }}',
    '{{ else }}',
    '{{ if 1 }}',
    '{{ range . }}',
    '{{ with . }}',
    '{{ define "x" }}',
    '{{ break }}',
    '\n',
  ],
  ...[
    'nil',
    'true',
    '1',
    '0x',
    '1e999',
    "'\\",
    '"\\',
    '.a.b',
    '$.Values',
    'include "x" .',
    'tpl "{{" .',
    '\udc80',
    '\ud800',
  ],
];

const values = new Map<string, GoValue>([
  ['name', 'web'],
  ['list', ['a', 1.5, null]],
  ['map', new Map<string, GoValue>([['a', new Map([['b', true]])]])],
]);

describe('any template', () => {
  it('renders, or is refused with a TemplateError that has a place in it', { timeout: 60_000 }, () => {
    const engine = createGoTemplateEngine(functions);
    const texts = mutatedText(corpusTexts('templates'), PIECES);
    fuzz('templates', texts, (text) => {
      try {
        const templates = engine.compile([{ name: 't', text }]);
        templates.render('t', new Map<string, GoValue>([['Values', values]]), {
          lookup: () => new Map(),
          now: 0,
          random: { bytes: (count) => new Uint8Array(count) },
          limits: { outputBytes: 100_000, steps: 100_000, depth: 200 },
        });
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error;
        const lines = text.split('\n').length;
        if (error.file === 't' && error.line > lines) throw new Error(`line ${error.line} of ${lines}`);
      }
    });
  });
});
