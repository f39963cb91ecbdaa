/** JSON is written and read as Go's encoding/json does it. */
import { describe, expect, it } from 'vitest';
import { outcomeOf } from './test-render.ts';

const cases: readonly (readonly [template: string, expected: string])[] = [
  [
    '{{ toJson (dict "b" "<&>" "a" (list 1 2.5 nil true) "é" "\\u2028\\x01\\t") }}|{{ toRawJson "<&>" }}|{{ toJson 1e21 }} {{ toJson 1e-7 }} {{ toJson 100000.0 }} {{ toJson (b64dec "/w==") }}',
    '{"a":[1,2.5,null,true],"b":"\\u003c\\u0026\\u003e","é":"\\u2028\\u0001\\t"}|"<&>"|1e+21 1e-7 100000 "\\ufffd"',
  ],
  [
    '{{ toPrettyJson (dict "a" (list 1 (dict)) "b" (list) "c" (dict "d" 1)) }}',
    '{\n  "a": [\n    1,\n    {}\n  ],\n  "b": [],\n  "c": {\n    "d": 1\n  }\n}',
  ],
  [
    '{{ toJson (float64 "nan") }}|{{ toJson (semver "1.2.3") }}|{{ toJson (toDate "2006" "2021") }}|{{ toJson (mustToDuration "1s") }}|{{ toJson (rest (list)) }}',
    '|"1.2.3"|"2021-01-01T00:00:00Z"|1000000000|null',
  ],
  ['{{ mustToJson (float64 "inf") }}', 'error calling mustToJson: json: unsupported value: +Inf'],
  ['{{ toRawJson (float64 "nan") }}', 'error calling toRawJson: json: unsupported value: NaN'],
  [
    '{{ fromJson "{\\"a\\": [1, 2.0, {\\"b\\": null}], \\"a b\\": \\"\\\\u00e9\\\\ud83d\\\\ude00\\\\n\\"}" | toJson }}|{{ fromJson "null" | toJson }}|{{ fromJson "{\\"a\\":1,\\"a\\":2}" }}',
    '{"a":[1,2,{"b":null}],"a b":"é😀\\n"}|null|map[a:2]',
  ],
  [
    '{{ (fromJson "[1]").Error }}|{{ (fromJson "{\\"a\\":}").Error }}|{{ (fromJson "{\\"a\\" 1}").Error }}|{{ (fromJson "{").Error }}|{{ (fromJson "tru").Error }}|{{ (fromJson "01").Error }}|{{ (fromJson "{\\"a\\":1e999}").Error }}',
    "json: cannot unmarshal array into Go value of type map[string]interface {}|invalid character '}' looking for beginning of value|invalid character '1' after object key|unexpected end of JSON input|invalid character ' ' in literal true (expecting 'e')|invalid character '1' after top-level value|json: cannot unmarshal number 1e999 into Go value of type float64",
  ],
  [
    '{{ fromJsonArray "[1,[],{}]" | toJson }}|{{ fromJsonArray "{}" }}|{{ fromJsonArray "[1," }}|{{ fromJsonArray "[1 2]" }}|{{ fromJsonArray "[\\"\\\\x\\"]" }}|{{ fromJsonArray "\\"a" }}',
    "[1,[],{}]|[json: cannot unmarshal object into Go value of type []interface {}]|[unexpected end of JSON input]|[invalid character '2' after array element]|[invalid character 'x' in string escape code]|[unexpected end of JSON input]",
  ],
  [
    '{{ fromJson "{\\"b\\": 1e400, \\"a\\": 2}" }}|{{ range $k, $_ := fromJson "{\\"10\\": 1, \\"9\\": 2}" }}{{ $k }} {{ end }}|{{ fromJson "{\\"a\\": \\"\\\\u0031\\"}" }}',
    'map[Error:json: cannot unmarshal number 1e400 into Go value of type float64 a:2 b:<nil>]|10 9 |map[a:1]',
  ],
  ['{{ mustFromJson "\'a\'" }}', "error calling mustFromJson: invalid character '\\'' looking for beginning of value"],
  ['{{ mustFromJson "1 2" }}', "error calling mustFromJson: invalid character '2' after top-level value"],
  [
    '{{ mustFromJson "\\"\\\\ud800\\"" | toRawJson }}|{{ mustFromJson " -0 " }}|{{ fromJson "{\\"__proto__\\": {\\"x\\": 1}}" | toJson }}',
    '"�"|-0|{"__proto__":{"x":1}}',
  ],
];

describe('the functions of json.ts', () => {
  it.each(cases)('render %s as Helm does', (template, expected) => {
    expect(outcomeOf(template)).toBe(expected);
  });
});
