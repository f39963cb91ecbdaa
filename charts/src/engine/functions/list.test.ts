/** Lists are taken, made and refused as in Sprig. */
import { describe, expect, it } from 'vitest';
import { outcomeOf } from './test-render.ts';

const cases: readonly (readonly [template: string, expected: string])[] = [
  [
    '{{ first (list 1 2) }} {{ last (list 1 2) }} {{ first (list) }} {{ rest (list 1 2 3) }} {{ initial (list 1 2 3) }} {{ rest (list) | toJson }}',
    '1 2  [2 3] [1 2] null',
  ],
  ['{{ first "abc" }}', 'error calling first: Cannot find first on type string'],
  ['{{ last nil }}', 'error calling last: runtime error: invalid memory address or nil pointer dereference'],
  [
    '{{ append (list 1) 2 }} {{ prepend (list 1) 0 }} {{ push (splitList "," "a") 1 }} {{ append (list) nil | toJson }}',
    '[1 2] [0 1] [a 1] [null]',
  ],
  ['{{ append 1 2 }}', 'error calling append: Cannot push on type int'],
  ['{{ concat (list 1) (list) (splitList "," "a,b") }} {{ concat | toJson }}', '[1 a b] null'],
  ['{{ concat (list 1) "x" }}', 'error calling concat: Cannot concat type string as list'],
  [
    '{{ reverse (list 1 2 3) }} {{ compact (list 1 0 "" nil "a" false (list)) }} {{ uniq (list 1 1 1.0 "1" (list 1) (list 1) nil nil) | toJson }}',
    '[3 2 1] [1 a] [1,1,"1",[1],null]',
  ],
  [
    '{{ without (list 1 2 "2" 3) 2 3 }} {{ has 2 (list 1 2) }} {{ has 2.0 (list 1 2) }} {{ has 1 nil }}',
    '[1 2] true false false',
  ],
  ['{{ has 1 "x" }}', 'error calling has: Cannot find has on type string'],
  [
    '{{ slice (list 1 2 3) 1 }} {{ slice (list 1 2 3) 1 2 }} {{ slice (list) 5 }} {{ slice (append (list 1 2 3) 4) 0 6 }} {{ slice (slice (list 1 2 3) 0 1) 0 3 }}',
    '[2 3] [2]  [1 2 3 4 <nil> <nil>] [1 2 3]',
  ],
  [
    '{{ slice (deepCopy (slice (list 1 2 3) 0 1)) 0 3 }} {{ slice (deepCopy (fromToml "[[a]]").a) 0 2 }} {{ slice (slice (slice (list 1 2 3) 0 2) 1) 0 2 }}',
    '[1 <nil> <nil>] [map[] map[]] [2 3]',
  ],
  ['{{ slice (list 1 2 3) 0 4 }}', 'error calling slice: reflect.Value.Slice: slice index out of bounds'],
  ['{{ slice (list 1) -1 }}', 'error calling slice: reflect.Value.Slice: slice index out of bounds'],
  ['{{ chunk 2 (list 1 2 3) }} {{ chunk 5 (list 1) }} {{ chunk 2 (list) | toJson }}', '[[1 2] [3]] [[1]] []'],
  ['{{ chunk 0 (list 1 2) }}', 'error calling chunk: runtime error: makeslice: len out of range'],
  ['{{ chunk -1 (list 1 2) }}', '[]'],
  [
    '{{ sortAlpha (list "b" 10 "a" nil 9) }} {{ sortAlpha "x" }} {{ sortAlpha nil }} {{ $l := splitList "," "b,a" }}{{ $_ := sortAlpha $l }}{{ $l }}',
    '[10 9 a b] [x] [<nil>] [a b]',
  ],
  [
    '{{ default 1 "" }} {{ default 1 0.0 }} {{ default 1 (dict) }} {{ default 1 "x" }} {{ default "d" }} {{ empty nil }} {{ coalesce 0 "" nil 3 }} {{ all 1 0 }} {{ any 0 "a" }} {{ ternary 1 2 true }}',
    '1 1 1 x d true 3 false true 1',
  ],
];

describe('the functions of list.ts', () => {
  it.each(cases)('render %s as Helm does', (template, expected) => {
    expect(outcomeOf(template)).toBe(expected);
  });
});
