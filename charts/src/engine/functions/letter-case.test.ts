/** Letters and words change case as in Sprig, which maps one rune to one. */
import { describe, expect, it } from 'vitest';
import { outcomeOf } from './test-render.ts';

const cases: readonly (readonly [template: string, expected: string])[] = [
  ['{{ upper "straße ŉ ᾳ" }}|{{ lower "İSTANBUL Σ" }}|{{ upper "héllo" }}', 'STRAßE ŉ ᾼ|istanbul σ|HÉLLO'],
  [
    '{{ title "hello wörld_x it\'s 3rd-rate ǆ" }}|{{ untitle "Hello World ÉA" }}|{{ swapcase "Hello wORLD 1a" }}',
    "Hello Wörld_x It'S 3rd-Rate ǅ|hello world éA|hELLO World 1A",
  ],
  [
    '{{ initials "Ada Lovelace  x" }}|{{ nospace " a b\\tc\\n" }}|{{ initials "Éa b" }}|{{ nospace "é x" }}',
    'ALx|abc|Ãb|Ã©x',
  ],
  [
    '{{ camelcase "http_server" }}|{{ camelcase "_foo-bar baz" }}|{{ camelcase "HTTPServer x" }}|{{ camelcase "--" }}|{{ camelcase "a" }}',
    'HttpServer|_FooBarBaz|HttpserverX|---|A',
  ],
  [
    '{{ snakecase "HTTP20xOK" }}|{{ snakecase "FirstName" }}|{{ snakecase "Duration2m3s" }}|{{ snakecase "Bld4Floor3rd" }}|{{ snakecase "a,-b" }}',
    'http_20x_ok|first_name|duration_2m3s|bld4_floor_3rd|a,-b',
  ],
  [
    '{{ kebabcase "GO PATH" }}|{{ kebabcase "http2xx" }}|{{ kebabcase "日本Go語" }}|{{ kebabcase "" }}',
    'go-path|http-2xx|日本-go-語|',
  ],
];

describe('the functions of letter-case.ts', () => {
  it.each(cases)('render %s as Helm does', (template, expected) => {
    expect(outcomeOf(template)).toBe(expected);
  });
});
