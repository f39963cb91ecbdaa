/** YAML goes through the charts' own reader and writers. */
import { describe, expect, it } from 'vitest';
import { outcomeOf } from './test-render.ts';

const cases: readonly (readonly [template: string, expected: string])[] = [
  [
    '{{ toYaml (dict "b" 1 "a" (list "x" "yes" nil)) }}|{{ toYaml "" }}|{{ toYamlPretty (dict "a" (list (dict "b" 1))) }}|{{ toYaml (float64 "nan") }}',
    'a:\n- x\n- "yes"\n- null\nb: 1|""|a:\n  - b: 1|',
  ],
  [
    '{{ mustToYaml (float64 "nan") }}',
    'error calling mustToYaml: error marshaling into JSON: json: unsupported value: NaN',
  ],
  [
    '{{ fromYaml "a: [1, x]\\nb: {c: true}" | toJson }}|{{ fromYaml "" | toJson }}|{{ (fromYaml "- a").Error }}|{{ (fromYaml "a: [").Error }}',
    '{"a":[1,"x"],"b":{"c":true}}|{}|error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}|error converting YAML to JSON: yaml: line 1: did not find expected node content',
  ],
  [
    '{{ fromYamlArray "- 1\\n- a: b" | toJson }}|{{ fromYamlArray "a: 1" }}',
    '[1,{"a":"b"}]|[error unmarshaling JSON: while decoding JSON: json: cannot unmarshal object into Go value of type []interface {}]',
  ],
];

describe('the functions of yaml.ts', () => {
  it.each(cases)('render %s as Helm does', (template, expected) => {
    expect(outcomeOf(template)).toBe(expected);
  });
});
