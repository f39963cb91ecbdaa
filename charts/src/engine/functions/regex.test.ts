// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${name} is how patterns name a group.
/** Patterns are RE2's; matches, templates and errors are those of Go's regexp. */
import { describe, expect, it } from 'vitest';
import { outcomeOf } from './test-render.ts';

const cases: readonly (readonly [template: string, expected: string])[] = [
  [
    '{{ regexMatch "^[a-z]+$" "abc" }} {{ regexMatch "[" "abc" }} {{ regexMatch "(?i)É" "é" }} {{ regexMatch "\\\\p{letter}" "1a" }} {{ regexMatch "^\\\\pl+$" "Ab" }}',
    'true false true true true',
  ],
  ['{{ regexFind "a(b)?" "xab" }}|{{ regexFind "z" "a" }}|{{ regexFind "é." "caféé" }}', 'ab||éé'],
  [
    '{{ regexFindAll "a*" "baac" -1 | toJson }} {{ regexFindAll "." "é😀" -1 | toJson }} {{ regexFindAll "a" "aaa" 2 }} {{ regexFindAll "z" "a" -1 | toJson }}',
    '["","aa",""] ["é","😀"] [a a] null',
  ],
  [
    '{{ regexReplaceAll "(a)(x*)" "-axx-a-" "${2}$1$2w$$" }}|{{ regexReplaceAll "x*" "ab" "-" }}|{{ regexReplaceAll "(?P<n>a)(?P<n>b)?" "ab a" "<${n}>" }}',
    '-xxa$-a$-|-a-b-|<a> <a>',
  ],
  ['{{ regexReplaceAllLiteral "a(x*)b" "-ab-axxb-" "${1}" }}|{{ regexReplaceAll "" "ab" "." }}', '-${1}-${1}-|.a.b.'],
  [
    '{{ regexSplit "a" "banana" -1 | toJson }} {{ regexSplit "" "ab" -1 | toJson }} {{ regexSplit "z+" "pizza" 2 | toJson }} {{ regexSplit "," "a,b" 0 | toJson }} {{ regexSplit "a*" "baac" -1 | toJson }}',
    '["b","n","n",""] ["a","b"] ["pi","a"] null ["b","c"]',
  ],
  ['{{ regexQuoteMeta "1.2*(é)" }}', '1\\.2\\*\\(é\\)'],
  [
    '{{ mustRegexFind "a**" "a" }}',
    'error calling mustRegexFind: error parsing regexp: invalid nested repetition operator: `**`',
  ],
  [
    '{{ regexFind "(?=x)" "x" }}',
    'error calling regexFind: regexp: Compile(`(?=x)`): error parsing regexp: invalid or unsupported Perl syntax: `(?=`',
  ],
  [
    '{{ mustRegexMatch "a\\\\" "a" }}',
    'error calling mustRegexMatch: error parsing regexp: trailing backslash at end of expression: ``',
  ],
  [
    '{{ mustRegexMatch "\\\\p{Old_Italic}" "a" }}',
    'error calling mustRegexMatch: error parsing regexp: invalid character class range: `\\p{Old_Italic}`',
  ],
  ['{{ regexReplaceAll "`" "a" "b" }}', 'a'],
];

describe('the functions of regex.ts', () => {
  it.each(cases)('render %s as Helm does', (template, expected) => {
    expect(outcomeOf(template)).toBe(expected);
  });
});
