import { describe, expect, it } from 'vitest';
import { type Limits, TemplateError, type Usage } from '../engine.ts';
import type { GoValue } from '../gotemplate/go-value.ts';
import { renderText } from './test-render.ts';

const small: Limits = { outputBytes: 100_000, steps: 200_000, depth: 1500 };

/** The error of a template that must not get through; its time shows that it did not do what it was asked to. */
function refusal(template: string, limits: Partial<Limits> = {}): string {
  const started = performance.now();
  try {
    renderText(template, { env: { limits: { ...small, ...limits } } });
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    expect(performance.now() - started).toBeLessThan(5000);
    return error.message;
  }
  throw new Error('it rendered');
}

/** `$d` holds 2^40 values, in 40 maps. */
const shared = '{{ $d := dict "x" "y" }}{{ range until 40 }}{{ $d = dict "a" $d "b" $d }}{{ end }}';
const sharedList = '{{ $d := list 1 }}{{ range until 40 }}{{ $d = list $d $d }}{{ end }}';

function counted(steps: number): { usage: Usage; env: { limits: Limits; usage: Usage } } {
  const usage = { steps: 0, outputBytes: 0 };
  return { usage, env: { limits: { ...small, outputBytes: 10_000_000, steps }, usage } };
}

describe('a template that asks for too much', () => {
  it.each([
    ['{{ range 1000000000000 }}{{ end }}', 'takes more than 200000 steps \\(--max-render-steps\\)'],
    ['{{ toString 1 }}{{ range 1000000000 }}{{ end }}', 'takes more than 200000 steps'],
    ['{{ fromToml (print (repeat 200 "a.") "b=1") }}', 'takes more than 200000 steps'],
    ['{{ range 100 }}{{ $_ := snakecase (repeat 500 "Ab") }}{{ end }}', 'takes more than 200000 steps'],
    ['{{ date (repeat 5000 "Jan ") now }}', 'takes more than 200000 steps'],
    ['{{ regexReplaceAll "y" (repeat 1000 "y") (repeat 1000 "$0") }}', 'takes more than 200000 steps'],
    ['{{ split "" (repeat 6000 "y") | len }}', 'takes more than 200000 steps'],
    [`${shared}{{ dict $d 1 | len }}`, 'takes more than 200000 steps'],
    ['{{ range 20 }}{{ $_ := genCA "a" 1 }}{{ end }}', 'takes more than 200000 steps'],
    ['{{ range 20 }}{{ $_ := genPrivateKey "ecdsa" }}{{ end }}', 'takes more than 200000 steps'],
    ['{{ range 9000 }}{{ $_ := randInt 1 9 }}{{ end }}', 'takes more than 200000 steps'],
    ['{{ range 9 }}{{ $_ := repeat 30000 "x" | quote }}{{ end }}', 'takes more than 200000 steps'],
    ['{{ range until 1000000000 }}{{ end }}', 'larger than 100000 bytes'],
    ['{{ untilStep 0 1000000000 1 }}', 'larger than 100000 bytes'],
    ['{{ seq 1 1000000000 }}', 'larger than 100000 bytes'],
    ['{{ repeat 1000000000 "x" }}', 'larger than 100000 bytes'],
    ['{{ indent 1000000000 "x" }}', 'larger than 100000 bytes'],
    ['{{ range until 1000 }}{{ $_ := indent 90000 "x" }}{{ end }}', 'takes more than 200000 steps'],
    ['{{ printf "%999999d" 1 }}', 'larger than 100000 bytes'],
    ['{{ range until 100 }}{{ $_ := printf "%99999d" 1 }}{{ end }}', 'takes more than 200000 steps'],
    ['{{ printf "%.999999f" 1.0 }}', 'larger than 100000 bytes'],
    ['{{ $s := "x" }}{{ range until 60 }}{{ $s = print $s $s }}{{ end }}', 'takes more than 200000 steps'],
    ['{{ $s := "x" }}{{ range until 60 }}{{ $s = cat $s $s }}{{ end }}', 'larger than 100000 bytes'],
    ['{{ $s := "x" }}{{ range until 60 }}{{ $s = printf "%s%s" $s $s }}{{ end }}', 'takes more than 200000 steps'],
    ['{{ $s := "x" }}{{ range until 60 }}{{ $s = replace "x" "xx" $s }}{{ end }}', 'larger than 100000 bytes'],
    ['{{ $l := list 1 }}{{ range until 60 }}{{ $l = concat $l $l }}{{ end }}', 'larger than 100000 bytes'],
    ['{{ $l := list }}{{ range until 9000 }}{{ $l = append $l . }}{{ end }}', 'takes more than 200000 steps'],
    [
      '{{ $s := repeat 90000 "x" }}{{ range until 9000 }}{{ $_ := sha256sum $s }}{{ end }}',
      'takes more than 200000 steps',
    ],
    ['{{ $s := repeat 9000 "a " }}{{ range until 999 }}{{ $_ := upper $s }}{{ end }}', 'takes more than 200000 steps'],
    ['{{ regexFindAll "a.*z|a" (repeat 90000 "a") -1 }}', 'takes more than 200000 steps'],
    ['{{ regexReplaceAll "a.*z|a" (repeat 90000 "a") "" }}', 'takes more than 200000 steps'],
    [
      '{{ range until 9000 }}{{ $_ := regexMatch "(a*)*b" (repeat 9000 "a") }}{{ end }}',
      'takes more than 200000 steps',
    ],
    ['{{ regexMatch "((a{0,30}){0,30}){0,1}$" (repeat 90000 "a") }}', 'takes more than 200000 steps'],
    // What is written counts by what is in it, and by each character.
    [
      '{{ $l := until 2000 }}{{ range 9 }}{{ $_ := toJson $l }}{{ $_ := toRawJson $l }}{{ $_ := toPrettyJson $l }}{{ end }}',
      'takes more than 200000 steps',
    ],
    ['{{ $s := repeat 20000 "a " }}{{ range 2 }}{{ $_ := toYaml $s }}{{ end }}', 'takes more than 200000 steps'],
    [
      '{{ $d := dict "a" (repeat 20000 "a ") }}{{ range 3 }}{{ $_ := toToml $d }}{{ end }}',
      'takes more than 200000 steps',
    ],
    // The end is found without a look at what is before it.
    ['{{ $s := repeat 90000 "a" }}{{ range 20 }}{{ $_ := regexFind "$" $s }}{{ end }}', 'takes more than 200000 steps'],
    // Texts too short for one charge, of patterns with many states.
    [
      '{{ $s := repeat 70 "a" }}{{ range 9 }}{{ $_ := regexMatch ".{1000}" $s }}{{ end }}',
      'takes more than 200000 steps',
    ],
    ['{{ range 2000 }}{{ $_ := regexMatch ".{1000}$" "" }}{{ end }}', 'takes more than 200000 steps'],
    [
      '{{ regexReplaceAll "a" (repeat 300 "a") (repeat 300 "$0$0") }}',
      'larger than 100000 bytes|more than 200000 steps',
    ],
    ['{{ range until 9 }}{{ genPrivateKey "rsa" }}{{ end }}', 'takes more than 200000 steps'],
    ['{{ range until 9 }}{{ genCA "x" 1 }}{{ end }}', 'takes more than 200000 steps'],
    ['{{ range until 9 }}{{ bcrypt "x" }}{{ end }}', 'takes more than 200000 steps'],
    ['{{ range until 9 }}{{ derivePassword 1 "long" "a" "b" "c" }}{{ end }}', 'takes more than 200000 steps'],
    ['{{ randAlphaNum 1000000000 }}', 'larger than 100000 bytes'],
    [
      '{{ range until 9999 }}{{ $_ := tpl (printf "{{ 1 }}%0500d" .) $ }}{{ end }}',
      'takes more than 200000 steps|larger than 100000 bytes',
    ],
    [
      '{{ define "a" }}{{ include "b" . }}{{ include "b" . }}{{ end }}{{ define "b" }}x{{ if lt (len .) 99 }}{{ include "a" (print . "xx") }}{{ end }}{{ end }}{{ include "a" "" }}',
      'takes more than 200000 steps|larger than 100000 bytes',
    ],
    ['{{ $d := dict }}{{ range until 9999 }}{{ $d = dict "a" $d }}{{ end }}', 'takes more than 200000 steps'],
    ['{{ $l := list }}{{ range until 9999 }}{{ $l = list $l . }}{{ end }}', 'takes more than 200000 steps'],
    ['{{ range until 99 }}{{ $_ := fromYaml (repeat 999 "{},") }}{{ end }}', 'takes more than 200000 steps'],
    [
      '{{ range until 9999 }}{{ $_ := regexMatch (printf "(a%d){0,100}" .) "x" }}{{ end }}',
      'takes more than 200000 steps',
    ],
    [`${shared}{{ $d }}`, 'takes more than 200000 steps'],
    [`${shared}{{ print $d }}`, 'takes more than 200000 steps'],
    [`${shared}{{ toYaml $d }}`, 'takes more than 200000 steps'],
    [`${shared}{{ toJson $d }}`, 'takes more than 200000 steps|larger than 100000 bytes'],
    [`${shared}{{ toToml $d }}`, 'takes more than 200000 steps'],
    [`${shared}{{ $_ := deepCopy $d }}`, 'takes more than 200000 steps'],
    [`${shared}{{ $_ := deepEqual $d (deepCopy $d) }}`, 'takes more than 200000 steps'],
    [`${shared}{{ $_ := merge (dict) $d }}{{ printf "%v" $d }}`, 'takes more than 200000 steps'],
    [`${sharedList}{{ $_ := join "," $d }}`, 'takes more than 200000 steps'],
    [`${sharedList}{{ $_ := uniq (list $d $d) }}`, 'takes more than 200000 steps'],
    [`${sharedList}{{ $_ := has 1 $d }}`, 'takes more than 200000 steps'],
  ])('ends: %s', (template, message) => {
    expect(refusal(template)).toMatch(new RegExp(message));
  });

  it.each([
    '{{ $d := dict }}{{ $_ := set $d "a" $d }}{{ $d }}',
    '{{ $d := dict }}{{ $_ := set $d "a" $d }}{{ printf "%v" $d }}',
    '{{ $d := dict }}{{ $_ := set $d "a" $d }}{{ deepCopy $d }}',
    '{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}',
    '{{ define "a" }}{{ tpl "{{ include \\"a\\" . }}" . }}{{ end }}{{ include "a" . }}',
    `{{ ${'('.repeat(9000)}1${')'.repeat(9000)} }}`,
    `{{ ${'('.repeat(90_000)}1${')'.repeat(90_000)} }}`,
    `${'{{ if true }}'.repeat(20_000)}${'{{ end }}'.repeat(20_000)}`,
    `{{ fromYaml "a: ${'['.repeat(20_000)}" | toYaml }}{{ fail "read" }}`,
    `{{ fromJson (repeat 20000 "[") | toYaml }}{{ fail "read" }}`,
    `{{ fromToml (print "a = " (repeat 20000 "[")) | toYaml }}{{ fail "read" }}`,
    `{{ regexMatch (repeat 20000 "(") "x" }}{{ regexFind (repeat 20000 "(a") "x" }}`,
  ])('ends in an error and not at the end of the stack: %s', (template) => {
    expect(refusal(template, { steps: 50_000_000, outputBytes: 1_000_000 })).not.toBe('');
  });

  it.each(['toYaml $d', 'toToml $d', 'deepEqual $d (dict "a" $d)'])('comes to an end with a circle in %s', (call) => {
    const text = renderText(`{{ $d := dict }}{{ $_ := set $d "a" $d }}{{ $_ = ${call} }}done`);
    expect(text).toBe('done');
  });

  it('ends an include of itself where Helm does, after 1000', () => {
    const message = refusal('{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}', { depth: 5000 });
    expect(message).toContain('rendering template has a nested reference name: a: unable to execute template');
  });

  it('takes names that mean something to JavaScript as any other', () => {
    const template = [
      '{{ $d := dict "__proto__" "p" "constructor" "c" }}{{ $_ := set $d "toString" "t" }}',
      '{{ $d.__proto__ }}{{ $d.constructor }}{{ get $d "toString" }}{{ hasKey (dict) "__proto__" }}',
      '{{ toJson (merge (dict) $d) }}{{ (fromJson (toJson $d)).__proto__ }}{{ (fromYaml (toYaml $d)).constructor }}',
      '{{ dict.hasOwnProperty }}{{ .valueOf }}{{ index . "__proto__" }}{{ pick $d "__proto__" | keys | first }}',
      '{{ (fromToml "__proto__ = 1").__proto__ }}{{ dig "constructor" "none" (dict) }}',
    ].join('');
    const text = renderText(template, { data: new Map<string, GoValue>() });
    expect(text).toBe('pctfalse{"__proto__":"p","constructor":"c","toString":"t"}pc' + '__proto__1none');
    expect(({} as Record<string, unknown>).p).toBeUndefined();
  });

  it('charges a match for the characters that it looked at, not for those behind it', () => {
    const usage = { steps: 0, outputBytes: 0 };
    const env = { limits: { outputBytes: 1e6, steps: 1e7, depth: 100 }, usage };
    renderText('{{ $_ := regexReplaceAll "a(b|c)" (repeat 9000 "xx ab ") "$1" }}', { env });
    expect(usage.steps).toBeLessThan(1_000_000);
  });

  it('charges a replacement for its references, not for its other characters', () => {
    const { usage, env } = counted(100_000_000);
    renderText('{{ $_ := regexReplaceAll "a" (repeat 500 "a") (repeat 2000 "b") }}', { env });
    expect(usage.steps).toBeLessThan(1_000_000);
    renderText('{{ $_ := regexReplaceAll "a" (repeat 500 "a") (repeat 1000 "$x") }}', { env });
    expect(usage.steps).toBeGreaterThan(10_000_000);
  });

  it('leaves room for the certificates of real charts, and for dictionaries with all that a chart has', () => {
    const { usage, env } = counted(100_000_000);
    const files = { data: new Map<string, GoValue>([['file', new Uint8Array(100_000)]]) };
    renderText('{{ range 3 }}{{ $_ := genCA "a" 1 }}{{ end }}', { env });
    expect(usage.steps).toBeLessThan(1_000_000);
    renderText('{{ range 100 }}{{ $_ := merge $ (dict "key" "value") }}{{ end }}', { env, ...files });
    expect(usage.steps).toBeLessThan(1_100_000);
    renderText('{{ $_ := dict $ "printed" }}', { env, ...files });
    expect(usage.steps).toBeLessThan(1_200_000);
  });

  it('counts what the files of a chart use together', () => {
    const usage = { steps: 0, outputBytes: 0 };
    const env = { limits: small, usage };
    const template = '{{ range 9000 }}{{ $_ := 1 }}{{ end }}';
    const render = (): string => renderText(template, { env });
    render();
    const once = usage.steps;
    expect(once).toBeGreaterThan(9000);
    render();
    expect(usage.steps).toBe(2 * once);
    expect(() => {
      for (let i = 0; i < 100; i++) render();
    }).toThrow('takes more than 200000 steps');
  });
});
