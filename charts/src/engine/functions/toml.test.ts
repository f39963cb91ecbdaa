/** TOML is written and read as BurntSushi's library does it. */
import { describe, expect, it } from 'vitest';
import { outcomeOf } from './test-render.ts';

const cases: readonly (readonly [template: string, expected: string])[] = [
  [
    '{{ toToml (dict "b" 1 "a" (dict "z" 1.0 "y" (list 1 "x" (dict "k" nil "j" 2))) "l" (list (dict "n" 1) (dict)) "n" nil "q k" "a\\"b\\n") }}',
    'b = 1\n"q k" = "a\\"b\\n"\n\n[a]\n  y = [1, "x", {j = 2, }]\n  z = 1.0\n\n[[l]]\n  n = 1\n\n[[l]]\n',
  ],
  [
    '{{ toToml (list 1 (list)) }}|{{ toToml (dict "f" 1e21 "g" 0.5 "d" (mustToDuration "1m") "v" (semver "1.2") "e" (list)) }}',
    '[1, []]|d = "1m0s"\ne = []\nf = 1e+21\ng = 0.5\nv = "1.2.0"\n',
  ],
  [
    '{{ toToml (dict "a" (list nil)) }}|{{ toToml (list (dict)) }}|{{ toToml "x" }}',
    'toml: cannot encode array with nil element|toml: top-level values must be Go maps or structs|"x"',
  ],
  ['{{ toToml nil }}', 'error calling toToml: reflect: call of reflect.Value.Type on zero Value'],
  ['{{ mustToToml (dict "a" (list 1 nil)) }}', 'error calling mustToToml: toml: cannot encode array with nil element'],
  [
    '{{ fromToml "a = 1\\nb = 1.5\\nc = \\"x\\\\u00e9\\"\\nd = [1, [2]]\\ne = {f = true}\\n[t.u]\\nv = \'raw\\\\n\'\\n[[x]]\\ny = 1\\n[[x]]\\n[x.z]\\nw = 0x1F" | toJson }}',
    '{"a":1,"b":1.5,"c":"xé","d":[1,[2]],"e":{"f":true},"t":{"u":{"v":"raw\\\\n"}},"x":[{"y":1},{"z":{"w":31}}]}',
  ],
  [
    '{{ fromToml "a = 1979-05-27T07:32:00-08:00\\nb = 1979-05-27\\nc = 07:32:00.5\\nd = 1979-05-27 07:32:00" | toToml }}|{{ (fromToml "b = 1979-05-27").b }}',
    'a = 1979-05-27T07:32:00-08:00\nb = 1979-05-27\nc = 07:32:00.5\nd = 1979-05-27T07:32:00\n|1979-05-27 00:00:00 +0000 date-local',
  ],
  [
    '{{ fromToml "a = \\"\\"\\"\\nx \\\\\\n   y\\"\\"\\"\\"\\"\\nb = \'\'\'\\n\'it\'\'s\'\'\'\\nc.d = 1\\nc.e = 2\\n\\"q k\\" = inf" | toToml }}',
    'a = "x y\\"\\""\nb = "\'it\'\'s"\n"q k" = inf\n\n[c]\n  d = 1\n  e = 2\n',
  ],
  [
    '{{ range list "a" "a =" "a = 1 b" "a = 1\\na = 2" "[t" "[]" "= 1" "a = [1, " "a = [1 2]" "a = {b = 1" "a = \\"x" "a = \\"\\\\q\\"" "a = 01" "a = 1__0" "a = 1." "a = 9223372036854775808" "a = yes" "[a]\\n[a]" "a = 1\\n[a.b]" "[[a]]\\n[a]" "a = 1979-13-01" "a = \\"\\\\ud800\\"" "\\n\\na = .5" "a = +" "é = 1" "a = 0b2" }}{{ (fromToml .).Error }}\n{{ end }}',
    "toml: line 1: unexpected EOF; expected key separator '='\ntoml: line 1 (last key \"a\"): unexpected EOF; expected value\ntoml: line 1: expected a top-level item to end with a newline, comment, or EOF, but got 'b' instead\ntoml: line 2 (last key \"a\"): Key 'a' has already been defined.\ntoml: line 1: expected '.' or ']' to end table name, but got '\\x00' instead\ntoml: line 1: unexpected end of table name (table names cannot be empty)\ntoml: line 1: unexpected '=': key name appears blank\ntoml: line 1 (last key \"a\"): unexpected EOF; expected value\ntoml: line 1 (last key \"a\"): expected a comma (',') or array terminator (']'), but got '2'\ntoml: line 1 (last key \"a.b\"): expected a comma or an inline table terminator '}', but got end of file instead\ntoml: line 1 (last key \"a\"): unexpected EOF; expected '\"'\ntoml: line 1 (last key \"a\"): invalid escape in string '\\q'\ntoml: line 1 (last key \"a\"): Invalid integer \"01\": cannot have leading zeroes\ntoml: line 1 (last key \"a\"): Invalid integer \"1__0\": underscores must be surrounded by digits\ntoml: line 1 (last key \"a\"): Invalid float \"1.\": '.' must be followed by one or more digits\ntoml: line 1 (last key \"a\"): 9223372036854775808 is out of range for int64\ntoml: line 1 (last key \"a\"): expected value but found \"yes\" instead\ntoml: line 2: Key 'a' has already been defined.\ntoml: line 2: Key 'a' was already created as a hash.\ntoml: line 2: Key 'a' has already been defined.\ntoml: line 1 (last key \"a\"): invalid datetime: \"1979-13-01\"\ntoml: line 1 (last key \"a\"): Escaped character '\\ud800' is not valid UTF-8.\ntoml: line 3 (last key \"a\"): floats must start with a digit, not '.'\ntoml: line 1 (last key \"a\"): expected a digit but got '\\x00'\ntoml: line 1: expected '.' or '=', but got 'é' instead\ntoml: line 1 (last key \"a\"): not a binary number: '0b2'\n",
  ],
  ['{{ typeOf (fromToml "a = 1").a }} {{ typeOf (fromToml "[[a]]").a }}', 'int64 []map[string]interface {}'],
  [
    '{{ slice (fromToml "a = [7]").a 0 2 }} {{ slice (fromToml "a = [1, 2, 3]").a 0 4 }} {{ slice (fromToml "[[a]]\\nb = 1").a 0 4 }} {{ slice (fromToml (repeat 5 "[[a]]\\n")).a 4 8 }}',
    '[7 <nil>] [1 2 3 <nil>] [map[b:1] map[] map[] map[]] [map[] map[] map[] map[]]',
  ],
  ['{{ slice (fromToml "a = [7]").a 0 3 }}', 'error calling slice: reflect.Value.Slice: slice index out of bounds'],
];

describe('the functions of toml.ts', () => {
  it.each(cases)('render %s as Helm does', (template, expected) => {
    expect(outcomeOf(template)).toBe(expected);
  });
});
