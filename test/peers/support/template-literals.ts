/**
 * What random templates write where a function wants an argument of a kind.
 */
import type { Kind } from './template-functions.ts';

/** Operands that fit, by kind. */
// biome-ignore format: a table
export const literals: Readonly<Record<Kind, readonly string[]>> = {
  any: ['1', '"x"', 'true', '$.Values', '-3', '1.5', "'a'", '`raw`', '0x10', '1e3', '0b11', '0o17', '1_000'],
  bool: ['true', 'false', '(empty .)', '(not true)'],
  constraint: ['">=1.0.0"', '"^1.2"', '"~1.2.3"', '"1.x"', '">1 <3 || =4.0.0"', '"1.0 - 2.0"', '"!=1.2.3"', '">=1.2.0-0"', '"*"'],
  date: ['"2024-02-29"', '"2024-02-30"', '"10:11:12"', '"Mon, 02 Jan 2006"', '"2020-01-02T03:04:05Z"', '""'],
  duration: ['"1h30m"', '"90s"', '"-2.5h"', '"1d"', '"100ms"', '3600', '"5"', '1.5', '"1us"', '"x"'],
  encoded: ['"aGVsbG8="', '"NBSWY3DP"', '"not base64!"', '""', '"aGVsbG8"', '"/+8="'],
  format: ['"%v"'],
  fresh: ['(dict)', '(dict "a" 1)', '(dict "a" (dict "b" 1))', '(dict "name" "x")', '(deepCopy $.Values.map)', '(deepCopy $.Values.deep)'],
  int: ['-9223372036854775808', '9223372036854775807', '0', '1', '2', '3', '-1', '7', '42', '1000', '(int $.Values.int)', '(len $.Values.words)'],
  json: ['`{"a": 1, "b": [true, null]}`', '`[1, "x", {}]`', '`{"a": 1e3, "a": 2}`', '`{bad`', '`"text"`', '`{"n": 12345678901234567890}`', '`{"\\u00e9": "\\ud83d\\ude00 \\ud800"}`', '`{"a": 1} x`'],
  key: ['"a"', '"b"', '"name"', '"missing"', '"x-y"', '"constructor"', '"__proto__"', '""'],
  kindname: ['"string"', '"int"', '"float64"', '"map"', '"slice"', '"bool"', '"invalid"', '"[]interface {}"', '"map[string]interface {}"', '"struct"'],
  layout: ['"2006-01-02"', '"Jan _2 15:04:05.000 2006"', '"Monday, 02-Jan-06 MST"', '"15:04:05 -0700"', '"2006-01-02T15:04:05Z07:00"', '"002 3PM"'],
  list: ['(list 1 2 3)', '(list "b" "a" "c" "a")', '(list)', '(tuple "x" 1 true nil)', '(until 3)', '(list 1.5 "" 0 false)', '(splitList "," "a,b")', '(list (list 1) (dict "a" 1) nil)'],
  map: ['(dict "a" 1 "b" "x")', '(dict)', '(dict "a" (dict "b" 2))', '(dict "name" nil)', '(urlParse "http://h")', '$.Values', '(dict "x-y" (list 1))', '$.Values.map', '(dict 1 2 "a" $.Values.map)'],
  number: ['0', '1', '2', '3', '-1', '7', '42', '1.5', '-0.5', '1000000', '2147483648', '0x1F', '"5"', '9223372036854775807', '-9223372036854775808'],
  one: ['1', '2', '3', '10'],
  path: ['"/a/b.txt"', '"a/../b"', '""', '"."', '"/"', '"a//b/"', '"../x.tar.gz"', '"C:\\\\x"'],
  pattern: ['"a+"', '"[a-z]+"', '"(\\\\w+) (\\\\w+)"', '"^.*$"', '""', '"(?i)HELLO"', '"x*"', '"(?P<n>[0-9])"', '"\\\\bo"', '"[[:alpha:]]{2,3}"', '"é|日"', '"(?s)."', '"a|ab|abc"', '"[^a-c\\\\s]"', '"(?m)^"', '"\\\\pL+?"', '"(a)|(b)"'],
  size: ['0', '1', '2', '3', '5', '-1', '7', '4'],
  string: ['"hello"', '"Hello World"', '""', '"a-b_c d"', '"x,y"', '`back\\quote`', '"tab\\tnew\\nline"', '"é日😀"', '"\\x00\\xff"', '" pad "', '"$1 $2 $n"', '"%v"', '","', '"a"', '"<&>\'"', '"\\u00e9\\x80z"'],
  toml: ['"a = 1\\n[t]\\nb = \\"x\\"\\n"', '"bad ="', '"d = 2024-01-02\\n"', '"[[a]]\\nx=1.5\\n"'],
  url: ['"https://u:p@h:80/p?q=1#f"', '"mailto:a@b"', '"/only/path"', '"http://[::1]:8080"', '"//h/p"', '"http://h/%41?a=%20"'],
  version: ['"1.2.3"', '"v1.2"', '"1.2.3-alpha.1+build"', '"2"', '$.Capabilities.KubeVersion.Version', '"1.10.0"'],
  yaml: ['"a: 1\\nb: [x, y]\\n"', '"- 1\\n- x: y\\n"', '"a: &x 1\\nb: *x\\n"', '"{"', '"yes: no\\n"', '"a: |\\n  t\\n"', '"a: 1\\na: 2\\n"', '"? x\\n: y"', '"a: 0o17\\nb: 1e3\\nc: 12:30:45\\n"'],
  zero: ['0', '(int 0)', '(int64 "0")'],
};

/** Operands with which most functions fail. */
// biome-ignore format: a table
export const riskyOperands: readonly string[] = [
  'nil', '2i', '.a', '.name', '.b.c', '$.Values.missing.more', '$.Values.word.missing', '$.Release.Nothing', '.Chart.Nothing',
  '"(bad"', '"bad"', '"1.2.3.4"', '"01.2.3"', '"::bad"', '"a b"',
];

/** What Helm's own objects have, from the top. */
// biome-ignore format: a table
export const objectPaths: readonly string[] = [
  '$.Release.Name', '$.Release.Namespace', '$.Release.IsInstall', '$.Release.Revision', '$.Release.Service', '$.Release',
  '$.Chart.Name', '$.Chart.Version', '$.Chart.AppVersion', '$.Chart.Keywords', '$.Chart.Type', '$.Chart.IsRoot', '$.Chart.Maintainers',
  '$.Template.Name', '$.Template.BasePath', '$.Template', '$.Capabilities.KubeVersion.Minor', '$.Capabilities.KubeVersion',
  '($.Capabilities.APIVersions.Has "apps/v1")', '($.Files.Get "config.txt")', '($.Files.Get "none")', '($.Files.Lines "config.txt")',
  '($.Files.Glob "*.txt").AsConfig', '($.Files.Glob "conf*").AsSecrets', '($.Values.AsMap | toJson)',
];
