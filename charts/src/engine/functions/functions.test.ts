/** The table as a whole: which functions there are, and where hostile templates end. */
import { describe, expect, it } from 'vitest';
import { functions } from './functions.ts';
import { outcomeOf, renderText } from './test-render.ts';

/** Sprig's functions, but for env and expandenv, and Helm's. */
const names = `abbrev abbrevboth add add1 add1f addf adler32sum ago all any append atoi b32dec b32enc b64dec b64enc base
  bcrypt biggest buildCustomCert camelcase cat ceil chunk clean coalesce compact concat contains date dateInZone
  dateModify date_in_zone date_modify decryptAES deepCopy deepEqual default derivePassword dict dig dir div divf duration
  durationDays durationHours durationMicroseconds durationMilliseconds durationMinutes durationNanoseconds durationRound
  durationRoundTo durationSeconds durationTruncateTo durationWeeks empty encryptAES ext fail first float64 floor fromJson
  fromJsonArray fromToml fromYaml fromYamlArray genCA genCAWithKey genPrivateKey genSelfSignedCert
  genSelfSignedCertWithKey genSignedCert genSignedCertWithKey get getHostByName has hasKey hasPrefix hasSuffix hello
  htmlDate htmlDateInZone htpasswd include indent initial initials int int64 isAbs join kebabcase keys kindIs kindOf last
  list lookup lower max maxf merge mergeOverwrite min minf mod mul mulf mustAppend mustChunk mustCompact mustDateModify
  mustDeepCopy mustFirst mustFromJson mustHas mustInitial mustLast mustMerge mustMergeOverwrite mustPrepend mustPush
  mustRegexFind mustRegexFindAll mustRegexMatch mustRegexReplaceAll mustRegexReplaceAllLiteral mustRegexSplit mustRest
  mustReverse mustSlice mustToDate mustToDuration mustToJson mustToPrettyJson mustToRawJson mustToToml mustToYaml mustUniq
  mustWithout must_date_modify nindent nospace now omit osBase osClean osDir osExt osIsAbs pick pluck plural prepend push
  quote randAlpha randAlphaNum randAscii randBytes randInt randNumeric regexFind regexFindAll regexMatch regexQuoteMeta
  regexReplaceAll regexReplaceAllLiteral regexSplit repeat replace required rest reverse round semver semverCompare seq
  set sha1sum sha256sum sha512sum shuffle slice snakecase sortAlpha split splitList splitn squote sub subf substr swapcase
  ternary title toDate toDecimal toJson toPrettyJson toRawJson toString toStrings toToml toYaml toYamlPretty tpl trim
  trimAll trimPrefix trimSuffix trimall trunc tuple typeIs typeIsLike typeOf uniq unixEpoch unset until untilStep untitle
  upper urlJoin urlParse uuidv4 values without wrap wrapWith`.split(/\s+/);

describe('the table of functions', () => {
  it('has every function of Sprig and Helm, and no other', () => {
    expect([...functions.keys()].sort()).toEqual([...names].sort());
  });

  it('has no access to the environment', () => {
    expect(outcomeOf('{{ env "HOME" }}')).toContain('function "env" not defined');
  });

  it('reports what is required or made to fail, and is silent about it when linting', () => {
    expect(outcomeOf('{{ required "no name" .name }}')).toContain('no name');
    expect(outcomeOf('{{ required "no name" "" }}')).toContain('no name');
    expect(outcomeOf('{{ fail "stop" }}')).toContain('stop');
    const env = { lintMode: true };
    expect(renderText('{{ required "no name" .name }}{{ fail "stop" }}{{ required "x" 0 }}', { env })).toBe('0');
  });

  it('looks up what the render is given, and no host names unless asked to', () => {
    const lookup = (...args: string[]) => new Map([['found', args.join('/')]]);
    expect(renderText('{{ (lookup "v1" "Pod" "ns" "a").found }}', { env: { lookup } })).toBe('v1/Pod/ns/a');
    expect(renderText('{{ getHostByName "localhost" }}')).toBe('');
    expect(renderText('{{ getHostByName "a" }}', { env: { resolveHost: (name) => `10.${name}` } })).toBe('10.a');
  });
});

describe('hostile templates', () => {
  it.each([
    '{{ repeat 1000000000 "x" }}',
    '{{ repeat 9223372036854775807 "x" }}',
    '{{ until 1000000000 }}',
    '{{ untilStep 0 9223372036854775807 1 }}',
    '{{ seq 1 1000000000 }}',
    '{{ indent 1000000000 "x" }}',
    '{{ nindent 1000000000 "x" }}',
    '{{ randAlphaNum 1000000000 }}',
    '{{ randBytes 1000000000 }}',
    '{{ $s := "xxxxxxxxxx" }}{{ range until 30 }}{{ $s = replace "x" "xx" $s }}{{ end }}',
    '{{ $s := "xxxxxxxxxx" }}{{ range until 30 }}{{ $s = cat $s $s }}{{ end }}',
    '{{ $l := list 1 2 3 }}{{ range until 30 }}{{ $l = concat $l $l }}{{ end }}',
    '{{ regexReplaceAll "a" (repeat 1000 "a") (repeat 20000 "b") }}',
    '{{ regexFindAll "a.*z|a" (repeat 1000000 "a") -1 }}',
    '{{ wrapWith 1 (repeat 10000 "x") (repeat 10000 "y") }}',
    '{{ chunk 1 (until 1000000) }}',
  ])('end in an error before they take the memory: %s', (template) => {
    expect(outcomeOf(template)).toMatch(/the output is larger than 10000000 bytes|takes more than 100000000 steps/);
  });

  it('end where a value holds itself', () => {
    const self = '{{ $d := dict "a" 1 }}{{ $_ := set $d "self" $d }}';
    expect(outcomeOf(`${self}{{ mustToJson $d }}`)).toBe(
      'error calling mustToJson: json: unsupported value: encountered a cycle via map[string]interface {}',
    );
    expect(outcomeOf(`${self}{{ toJson $d }}`)).toBe('');
    expect(outcomeOf(`${self}{{ deepCopy $d }}`)).toMatch(/^error calling deepCopy: /);
    expect(outcomeOf(`${self}{{ toToml $d }}`)).toMatch(/nested too deep/);
    const other = `${self}{{ $e := dict "a" 1 }}{{ $_ := set $e "self" $e }}`;
    expect(outcomeOf(`${other}{{ merge $d $e }}`)).toMatch(/^error calling merge: /);
    expect(outcomeOf(`${other}{{ deepEqual $d $e }}`)).toMatch(/^error calling deepEqual: /);
  });

  it('get no time from patterns that backtrack elsewhere', () => {
    const template =
      '{{ regexMatch "^(a+)+$" (cat (repeat 5000 "a") "!") }}{{ semverCompare (cat (repeat 60 "1    ") "!") "1.0.0" }}';
    expect(outcomeOf(template)).toContain('improper constraint');
  });

  it('cannot reach the prototypes of objects', () => {
    const template =
      '{{ $d := fromJson "{\\"__proto__\\": {\\"x\\": 1}, \\"constructor\\": 2}" }}{{ $m := merge (dict) $d }}{{ get $m "__proto__" }} {{ hasKey (dict) "constructor" }} {{ get (dict) "toString" | quote }} {{ toJson (deepCopy $m) }}';
    expect(renderText(template)).toBe('map[x:1] false "" {"__proto__":{"x":1},"constructor":2}');
  });
});
