import { describe, expect, it } from 'vitest';
import { chartFromFiles } from './archive.ts';
import type { Chart } from './chart.ts';
import { formatChart } from './show.ts';

function load(files: Record<string, string>): Chart {
  return chartFromFiles(Object.entries(files).map(([name, text]) => ({ name, data: new TextEncoder().encode(text) })));
}

function loadYaml(text: string): Chart {
  return load({ 'Chart.yaml': text });
}

describe('Chart.yaml', () => {
  it('makes strings of numbers and booleans where strings are wanted, as Go does', () => {
    const { metadata } = loadYaml(
      'apiVersion: v2\nname: 1\nversion: 1\nappVersion: 12345e7\nkeywords: [1, true]\nannotations: {a: 1.50, b: yes, c: null}\n',
    );
    expect(metadata.name).toBe('1');
    expect(metadata.version).toBe('1');
    expect(metadata.appVersion).toBe('1.2345e+11');
    expect(metadata.keywords).toEqual(['1', 'true']);
    expect(metadata.annotations).toEqual(
      new Map([
        ['a', '1.5'],
        ['b', 'true'],
        ['c', ''],
      ]),
    );
  });

  it('counts as apiVersion v1 where none is given', () => {
    expect(loadYaml('name: a\nversion: 1.0.0\n').metadata.apiVersion).toBe('v1');
  });

  it('replaces white space and drops what does not print', () => {
    const { metadata } = loadYaml('name: a\nversion: 1.0.0\ndescription: "a\\tb\\u00a0c\\u200bd"\n');
    expect(metadata.description).toBe('a b cd');
  });

  it.each([
    ['', 'Chart.yaml file is missing', undefined],
    ['version: 1.0.0\n', 'validation: chart.metadata.name is required', ''],
    ['name: a\n', 'validation: chart.metadata.version is required', ''],
    ['name: a\nversion: one\n', 'validation: chart.metadata.version "one" is invalid', ''],
    ['name: ..\nversion: 1.0.0\n', 'validation: chart.metadata.name ".." is not allowed', ''],
    ['name: a/b\nversion: 1.0.0\n', 'validation: chart.metadata.name "a/b" is invalid', ''],
    ['name: a\nversion: 1.0.0\ntype: odd\n', 'validation: chart.metadata.type must be application or library', ''],
    [
      'name: a\nversion: 1.0.0\nmaintainers: [null]\n',
      'validation: maintainers must not contain empty or null nodes',
      '',
    ],
    [
      'name: a\nversion: 1.0.0\ndependencies: [null]\n',
      'validation: dependencies must not contain empty or null nodes',
      '',
    ],
    [
      'name: a\nversion: 1.0.0\ndependencies: [{name: b, alias: "c/d"}]\n',
      'validation: dependency "b" has disallowed characters in the alias',
      '',
    ],
    [
      'name: a\nversion: 1.0.0\ndependencies: [{name: b, alias: "c/d"}, null]\n',
      'validation: dependency "b" has disallowed characters in the alias',
      '',
    ],
    ['name: a\nmaintainers: [null]\n', 'validation: chart.metadata.version is required', ''],
    [
      'name: a\nversion: 1.0.0\ndependencies: [{name: b}, {name: c, alias: b}]\n',
      'validation: more than one dependency with name or alias "b"',
      '',
    ],
    [
      'name: a\nkeywords: x\n',
      'cannot load Chart.yaml: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go struct field Metadata.keywords of type []string',
      '',
    ],
    [
      'dependencies: [{name: [a]}]\n',
      'cannot load Chart.yaml: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go struct field Dependency.dependencies.name of type string',
      '',
    ],
    ['- a\n', 'json: cannot unmarshal array into Go value of type v2.Metadata', ''],
  ])('%j fails with %j', (text, message, present) => {
    expect(() => load(present === undefined ? {} : { 'Chart.yaml': text })).toThrow(message);
  });

  it('names the subchart that is broken', () => {
    const files = { 'Chart.yaml': 'name: a\nversion: 1.0.0\n', 'charts/b/Chart.yaml': 'name: b\n' };
    expect(() => load(files)).toThrow(
      'error unpacking subchart b in a: validation: chart.metadata.version is required',
    );
  });
});

describe('requirements.yaml and locks', () => {
  it('give an apiVersion v1 chart its dependencies, and stay among its files', () => {
    const chart = load({
      'Chart.yaml': 'apiVersion: v1\nname: a\nversion: 1.0.0\n',
      'requirements.yaml':
        'dependencies:\n- name: b\n  version: ~1\n  tags: [x]\n  import-values: [data, {child: c, parent: p}]\n',
      'requirements.lock':
        'digest: sha256:x\ngenerated: 2026-01-02T03:04:05Z\ndependencies: [{name: b, version: 1.0.0}]\n',
    });
    expect(chart.metadata.dependencies).toEqual([
      { name: 'b', version: '~1', tags: ['x'], importValues: ['data', { child: 'c', parent: 'p' }] },
    ]);
    expect(chart.lock?.digest).toBe('sha256:x');
    expect(chart.files.map(({ name }) => name)).toEqual(['requirements.yaml', 'requirements.lock']);
    expect(chart.warnings).toEqual([]);
  });

  it('are warned of in an apiVersion v2 chart', () => {
    const chart = load({
      'Chart.yaml': 'apiVersion: v2\nname: a\nversion: 1.0.0\n',
      'requirements.yaml': 'dependencies: []\n',
    });
    expect(chart.files).toEqual([]);
    expect(chart.warnings[0]).toContain('Dependencies are handled in Chart.yaml since apiVersion "v2"');
  });
});

describe('the time of a lock', () => {
  const generated = (text: string): string | undefined =>
    load({ 'Chart.yaml': 'apiVersion: v2\nname: a\nversion: 1.0.0\n', 'Chart.lock': text }).lock?.generated;

  it.each([
    ['generated: 2020-01-17T16:30:14.2700Z', '2020-01-17T16:30:14.27Z'],
    ['generated: "2020-01-17T16:30:14.1+02:00"', '2020-01-17T16:30:14.1+02:00'],
    ['generated: 2020-01-17T1:30:14,5Z', '2020-01-17T01:30:14.5Z'],
    ['digest: x', '0001-01-01T00:00:00Z'],
    ['generated: null', '0001-01-01T00:00:00Z'],
  ])('of %s is %s', (text, want) => {
    expect(generated(text)).toBe(want);
  });

  it.each([
    [
      '2020-01-17T16:30:14.2Z+02:00"',
      'parsing time "2020-01-17T16:30:14.2Z+02:00\\\\\\"": extra text: "+02:00\\\\\\""',
    ],
    ['2020-01-17', 'parsing time "2020-01-17" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "T"'],
    ['12', 'Time.UnmarshalJSON: input is not a JSON string'],
  ])('cannot be %s', (text, error) => {
    expect(() => generated(`generated: ${text}`)).toThrow(
      `cannot load Chart.lock: error unmarshaling JSON: while decoding JSON: ${error}`,
    );
  });
});

describe('the engine', () => {
  const show = (engine: string): string =>
    new TextDecoder().decode(formatChart(loadYaml(`name: a\nversion: 1.0.0\nengine: ${engine}\n`), 'chart'));

  it('is left out where it is that of Helm, which does not know the field', () => {
    expect(show('gotpl')).toBe('apiVersion: v1\nname: a\nversion: 1.0.0\n\n');
    expect(show('handlebars')).toBe('apiVersion: v1\nengine: handlebars\nname: a\nversion: 1.0.0\n\n');
  });
});

describe('values.yaml', () => {
  it('merges several documents', () => {
    const chart = load({
      'Chart.yaml': 'name: a\nversion: 1.0.0\n',
      'values.yaml': 'a: {b: 1}\nc: 2\n---\na: {d: 3}\n',
    });
    expect(chart.values).toEqual(
      new Map<string, unknown>([
        [
          'a',
          new Map([
            ['b', 1],
            ['d', 3],
          ]),
        ],
        ['c', 2],
      ]),
    );
  });

  it('must be a map', () => {
    expect(() => load({ 'Chart.yaml': 'name: a\nversion: 1.0.0\n', 'values.yaml': '- a\n' })).toThrow(
      'cannot load values.yaml: cannot unmarshal yaml document: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}',
    );
  });
});
