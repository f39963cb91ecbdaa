/** Versions and constraints follow Masterminds' rules, not npm's. */
import { describe, expect, it } from 'vitest';
import { outcomeOf } from './test-render.ts';

const cases: readonly (readonly [template: string, expected: string])[] = [
  [
    '{{ semver "v1.2" }} {{ (semver "1.2.3-a.b+c").Prerelease }} {{ (semver "1.2.3+c.d").Metadata }} {{ (semver "v1.2").Original }} {{ (semver "01.2.3").Major }}',
    '1.2.0 a.b c.d v1.2 1',
  ],
  ['{{ semver "1.2.3.4" }}', 'error calling semver: invalid semantic version'],
  ['{{ semver "1.2.3-01" }}', 'error calling semver: version segment starts with 0'],
  [
    '{{ semver "99999999999999999999.0.0" }}',
    'error calling semver: error parsing version segment: strconv.ParseUint: parsing "99999999999999999999": value out of range',
  ],
  [
    '{{ (semver "1.2.3").IncMajor }} {{ (semver "1.2.3-rc").IncPatch }} {{ (semver "1.2.3").SetPrerelease "x" }} {{ (semver "1.2.3").Compare (semver "1.2.3-rc") }} {{ (semver "1.2.3-rc.9").LessThan (semver "1.2.3-rc.10") }}',
    '2.0.0 1.2.3 1.2.3-x 1 true',
  ],
  [
    '{{ range list "1.2.3" "=1.2" "1.x" "!=1.2.3" ">1" ">=1.2.3-0" "<2.0.0" "<=1.2" "~1.2" "~>1" "^1.1" "^0.2" "*" ">=1.0.0, <1.2.0" ">1 <2 || 3" "1.0 - 1.3" "=>1.2" "1.0 - 1.1 || >5" }}{{ semverCompare . "1.2.3" }} {{ end }}',
    'true true true false false true true true true true true false true false false true true false ',
  ],
  [
    '{{ range list ">=1.2.0" ">=1.2.0-0" "^1.2.0-0" "*" "1.2.3-rc.1" "~1.2.3-a" "!=1.2.3-rc.1" }}{{ semverCompare . "1.2.3-rc.1" }} {{ end }}',
    'false true true false true true false ',
  ],
  [
    '{{ range list "^0.0.3" "^0.0" "^0" "~0" "~0.0.0" "0.0.x" }}{{ semverCompare . "0.0.5" }} {{ end }}',
    'false true true true true true ',
  ],
  ['{{ semverCompare "1.2.3.4" "1.2.3" }}', 'error calling semverCompare: improper constraint: "1.2.3.4"'],
  ['{{ semverCompare ">=x.y" "1.2.3" }}', 'error calling semverCompare: improper constraint: ">=x.y"'],
  ['{{ semverCompare "" "1.2.3" }}', 'error calling semverCompare: improper constraint: ""'],
  ['{{ semverCompare "1x" "1.2.3" }}', 'error calling semverCompare: constraint parser error'],
];

describe('the functions of semver.ts', () => {
  it.each(cases)('render %s as Helm does', (template, expected) => {
    expect(outcomeOf(template)).toBe(expected);
  });
});
