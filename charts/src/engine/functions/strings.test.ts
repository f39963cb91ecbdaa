/** Functions on texts give what Sprig's give; expected texts are those of Helm 4.3. */
import { describe, expect, it } from 'vitest';
import { outcomeOf } from './test-render.ts';

const cases: readonly (readonly [template: string, expected: string])[] = [
  ['{{ trim " \\t a b\\n " }}|{{ trim "" }}', 'a b|'],
  [
    '{{ trimAll "-=" "=-a-b-=" }}|{{ trimPrefix "v" "v1" }}|{{ trimSuffix ".tgz" "a.tgz" }}|{{ trimSuffix "" "a" }}',
    'a-b|1|a|a',
  ],
  ['{{ contains "ell" "hello" }}{{ hasPrefix "he" "hello" }}{{ hasSuffix "lo" "hell" }}', 'truetruefalse'],
  ['{{ replace "a" "bb" "banana" }}|{{ replace "" "-" "né" }}|{{ replace "x" "y" "" }}', 'bbbnbbnbb|-n-é-|'],
  ['{{ repeat 3 "ab" }}|{{ repeat 0 "x" }}|{{ repeat 2 "" }}', 'ababab||'],
  ['{{ repeat -1 "x" }}', 'error calling repeat: strings: negative Repeat count'],
  ['{{ indent 2 "a\\nb\\n" }}|{{ nindent 3 "x" }}|{{ indent 0 "z" }}', '  a\n  b\n  |\n   x|z'],
  ['{{ indent -2 "x" }}', 'error calling indent: strings: negative Repeat count'],
  [
    '{{ quote "a\\"b" 1 nil true "é\\n" }}|{{ squote "a\'b" 2 nil }}|{{ quote }}',
    '"a\\"b" "1" "true" "é\\n"|\'a\'b\' \'2\'|',
  ],
  ['{{ cat "a" nil 1 (list 1 nil) }}|{{ cat }}', 'a 1 [1 <nil>]|'],
  ['{{ join "-" (list 1 "b" nil 2.5 true) }}|{{ join "," "x" }}|{{ join "," nil }}', '1-b-2.5-true|x|'],
  [
    '{{ toString (list 1 "a") }}|{{ toString 1.0 }}|{{ toString nil }}|{{ toStrings (list 1 nil "b") }}',
    '[1 a]|1|<nil>|[1 b]',
  ],
  [
    '{{ splitList "," "a,b,,c" | toJson }}|{{ splitList "" "né" | toJson }}|{{ splitList "," "" | toJson }}',
    '["a","b","","c"]|["n","é"]|[""]',
  ],
  [
    '{{ (split "." "a.b.c")._1 }}|{{ splitn "." 2 "a.b.c" }}|{{ splitn "." 0 "a.b" }}|{{ splitn "" 2 "日本語" }}',
    'b|map[_0:a _1:b.c]|map[]|map[_0:日 _1:本語]',
  ],
  ['{{ plural "one" "many" 1 }}{{ plural "one" "many" 0 }}', 'onemany'],
  ['{{ b64dec "w6k=" | contains (b64dec "w6k=" | trunc 1) }}', 'true'],
  ['{{ hello }}', 'Hello!'],
];

describe('the functions of strings.ts', () => {
  it.each(cases)('render %s as Helm does', (template, expected) => {
    expect(outcomeOf(template)).toBe(expected);
  });
});
