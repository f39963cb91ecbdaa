/** What random charts have shown to differ from Helm; each as small as it got. */
import { describe, expect, it } from 'vitest';
import { outcomeOf } from './test-render.ts';

describe('templates that differed from Helm once', () => {
  it.each([
    ['{{ "" | eq 0 4 }}', 'error calling eq: incompatible types for comparison: int and string'],
    ['{{ "a" | eq "b" "c" }}{{ "b" | eq "b" "c" }}', 'falsetrue'],
    ['{{ htmlDate -9223372036854775808 }}', '292277026596-12-04'],
    ['{{ htmlDate 9223372036854775807 }}', '292277026596-12-04'],
    [
      '{{ toDate "2006" "x" | printf "%d" }} {{ toDate "2006" "x" | printf "%t" }}',
      '{0 0 0} {%!t(uint64=0) %!t(int64=0) %!t(*time.Location=<nil>)}',
    ],
    [
      '{{ printf "%t" (toDate "2006 -0700 MST" "2024 +0130 ABC") }}',
      '{%!t(uint64=0) %!t(int64=63839658600) %!t(*time.Location=&{ABC [{ABC 5400 false}] [{-9223372036854775808 0 false false}]  -9223372036854775808 9223372036854775807 0xc000010000})}',
    ],
    ['{{ -9223372036854775808 | date "15:04:05" }}', '15:30:08'],
    [
      '{{ substr 9223372036854775807 7 "$1 $2 $n" }}',
      'error calling substr: runtime error: slice bounds out of range [9223372036854775807:7]',
    ],
    [
      '{{ regexReplaceAll "é\\x80z" "" "" }}',
      'error calling regexReplaceAll: regexp: Compile("é\\x80z"): error parsing regexp: invalid UTF-8: `\udc80z`',
    ],
    ['{{ block "b" . }}\n{{ else }}{{ end }}', 'parse error at (test:1): unexpected {{else}} in block clause'],
  ])('%s', (template, outcome) => {
    expect(outcomeOf(template)).toBe(outcome);
  });
});
