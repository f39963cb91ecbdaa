/** Dictionaries are read, changed and merged as in Sprig. */
import { describe, expect, it } from 'vitest';
import { outcomeOf } from './test-render.ts';

const cases: readonly (readonly [template: string, expected: string])[] = [
  [
    '{{ dict "b" 1 "a" nil "c" }} {{ dict 1 2 nil 3 }} {{ get (dict "a" 1) "b" | quote }} {{ hasKey (dict "a" nil) "a" }}',
    'map[a:<nil> b:1 c:] map[1:2 <nil>:3] "" true',
  ],
  [
    '{{ $d := dict "a" 1 }}{{ $_ := set $d "b" 2 }}{{ $_ := unset $d "a" }}{{ $d }} {{ pick (dict "a" 1 "b" 2) "a" "z" }} {{ omit (dict "a" 1 "b" 2) "a" }}',
    'map[b:2] map[a:1] map[b:2]',
  ],
  ['{{ set nil "a" 1 }}', 'error calling set: assignment to entry in nil map'],
  [
    '{{ keys (dict "b" 1) (dict "a" 1) | sortAlpha }} {{ values (dict "a" 1) }} {{ pluck "a" (dict "a" 1) (dict "b" 2) (dict "a" nil) | toJson }}',
    '[a b] [1] [1,null]',
  ],
  [
    '{{ merge (dict "a" 1 "b" 0 "m" (dict "x" 1)) (dict "a" 2 "b" 3 "m" (dict "y" 2) "l" (list 1)) | toJson }}',
    '{"a":1,"b":3,"l":[1],"m":{"x":1,"y":2}}',
  ],
  [
    '{{ mergeOverwrite (dict "a" 1 "m" (dict "x" 1) "l" (list 1 2)) (dict "a" "" "m" (dict "x" 2 "y" nil) "l" (list 3)) | toJson }}',
    '{"a":"","l":[3],"m":{"x":2,"y":null}}',
  ],
  [
    '{{ merge (dict "m" "text" "e" (dict)) (dict "m" (dict "x" 1) "e" (dict "y" 1)) | toJson }}|{{ mergeOverwrite (dict "m" "text") (dict "m" (dict "x" 1)) | toJson }}',
    '{"e":{"y":1},"m":"text"}|{"m":{"x":1}}',
  ],
  [
    '{{ $s := dict "m" (dict "x" 1) }}{{ $t := merge (dict) $s }}{{ $_ := set $t.m "y" 2 }}{{ $s }}|{{ merge nil (dict "a" 1) }}',
    'map[m:map[x:1 y:2]]|map[a:1]',
  ],
  ['{{ dig "a" "b" "none" (dict "a" (dict "b" 1)) }} {{ dig "a" "z" "none" (dict "a" (dict)) }}', '1 none'],
  [
    '{{ dig "a" "b" 1 (dict "a" 5) }}',
    'error calling dig: interface conversion: interface {} is int, not map[string]interface {}',
  ],
  ['{{ dig "a" 1 nil }}', 'error calling dig: interface conversion: interface {} is nil, not map[string]interface {}'],
  ['{{ dig "a" (dict) }}', 'error calling dig: dig needs at least three arguments'],
  [
    '{{ $d := dict "l" (list 1) }}{{ $c := deepCopy $d }}{{ $_ := set $c "x" 1 }}{{ $d }} {{ deepCopy (semver "1.2.3") }}',
    'map[l:[1]] 0.0.0',
  ],
  ['{{ deepCopy nil }}', 'error calling deepCopy: reflect: call of reflect.Value.Type on zero Value'],
  [
    '{{ deepEqual (list 1 (dict "a" nil)) (list 1 (dict "a" nil)) }} {{ deepEqual 1 1.0 }} {{ deepEqual (list) (rest (list)) }}',
    'true false false',
  ],
  [
    '{{ typeOf (dict) }} {{ typeOf nil }} {{ kindOf (list) }} {{ kindOf nil }} {{ typeIs "int" 1 }} {{ kindIs "map" (dict) }} {{ typeIsLike "semver.Version" (semver "1.2.3") }}',
    'map[string]interface {} <nil> slice invalid true true true',
  ],
];

describe('the functions of dict.ts', () => {
  it.each(cases)('render %s as Helm does', (template, expected) => {
    expect(outcomeOf(template)).toBe(expected);
  });
});
