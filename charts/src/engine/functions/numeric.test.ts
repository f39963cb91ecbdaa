/** Numbers are cast, counted and rounded as in Sprig. */
import { describe, expect, it } from 'vitest';
import { outcomeOf } from './test-render.ts';

const cases: readonly (readonly [template: string, expected: string])[] = [
  [
    '{{ int "0x1F" }} {{ int "010" }} {{ int "1_000" }} {{ int "1.00" }} {{ int "1.5" }} {{ int "x" }} {{ int 2.9 }} {{ int true }} {{ int nil }} {{ int (list) }}',
    '31 8 1000 1 0 0 2 1 0 0',
  ],
  [
    '{{ int 1e30 }} {{ int64 -1e30 }} {{ int "9223372036854775808" }} {{ atoi "9223372036854775808" }} {{ atoi "-7" }} {{ atoi "0x1" }}',
    '-9223372036854775808 -9223372036854775808 0 9223372036854775807 -7 0',
  ],
  [
    '{{ float64 "1e3" }} {{ float64 "inf" }} {{ float64 "0x1p-2" }} {{ float64 "1e400" }} {{ float64 "1_0.5" }} {{ float64 "+nan" }}',
    '1000 +Inf 0.25 0 10.5 0',
  ],
  [
    '{{ add 1 "2" 3.9 }} {{ add1 9223372036854775807 }} {{ sub 1 3 }} {{ mul 3 4 5 }} {{ div 7 2 }} {{ div -7 2 }} {{ mod -7 3 }} {{ add }}',
    '6 -9223372036854775808 -2 60 3 -3 -1 0',
  ],
  ['{{ div 1 0 }}', 'error calling div: runtime error: integer divide by zero'],
  ['{{ mod 1 0.5 }}', 'error calling mod: runtime error: integer divide by zero'],
  [
    '{{ addf 0.1 0.2 }} {{ subf 1 0.9 }} {{ mulf 0.1 3 }} {{ divf 1 3 }} {{ divf -2 3 }} {{ add1f 1.5 }} {{ addf }}',
    '0.3 0.1 0.3 0.3333333333333333 -0.6666666666666667 2.5 0',
  ],
  ['{{ divf 1 0 }}', 'error calling divf: decimal division by 0'],
  ['{{ addf "nan" 1 }}', 'error calling addf: Cannot create a Decimal from NaN'],
  ['{{ max 1 5 3 }} {{ min 4 "2" 9 }} {{ biggest 2 }} {{ maxf 1.5 "inf" }} {{ minf 1 -2.5 }}', '5 2 2 +Inf -2.5'],
  [
    '{{ floor 1.9 }} {{ ceil 1.1 }} {{ ceil -0.5 }} {{ floor "x" }} {{ round 2.675 2 }} {{ round 123.5 -1 }} {{ round 0.4 0 0.3 }} {{ round 1.005 2 }}',
    '1 2 -0 0 2.68 120 1 1',
  ],
  [
    '{{ until 3 }} {{ until -2 }} {{ untilStep 0 10 4 }} {{ untilStep 3 0 -1 }} {{ untilStep 0 5 0 }} {{ untilStep 5 0 1 }}',
    '[0 1 2] [0 -1] [0 4 8] [3 2 1] [] []',
  ],
  [
    '{{ seq 3 }}|{{ seq -1 }}|{{ seq 2 4 }}|{{ seq 1 2 6 }}|{{ seq 5 -2 1 }}|{{ seq 5 2 1 }}|{{ seq }}|{{ seq 1 2 3 4 }}',
    '1 2 3|1 0 -1|2 3 4|1 3 5|5 3 1|||',
  ],
  ['{{ toDecimal "777" }} {{ toDecimal 755 }} {{ toDecimal "8" }}', '511 493 0'],
];

describe('the functions of numeric.ts', () => {
  it.each(cases)('render %s as Helm does', (template, expected) => {
    expect(outcomeOf(template)).toBe(expected);
  });
});
