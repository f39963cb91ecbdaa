import { describe, expect, it } from 'vitest';
import { chartFromFiles } from '../chart/archive.ts';
import { chartTree } from './chart-tree.ts';
import { coalesceTree, type Warn } from './coalesce.ts';
import { processDependencies } from './dependencies.ts';
import { readValues, valuesToJson } from './values.ts';

/** The coalesced values of a chart made of texts, and what was warned of. */
function coalesce(files: Record<string, string>, given = ''): { values: unknown; warnings: string[] } {
  const chart = chartFromFiles(
    Object.entries({ 'Chart.yaml': 'apiVersion: v2\nname: top\nversion: 1.0.0\n', ...files }).map(([name, text]) => ({
      name,
      data: new TextEncoder().encode(text),
    })),
  );
  const warnings = new Set<string>();
  const warn: Warn = ({ message, attributes = {} }) => warnings.add([message, ...Object.values(attributes)].join(' '));
  const root = chartTree(chart);
  const values = readValues(given);
  processDependencies(root, values, warn);
  return {
    values: valuesToJson(coalesceTree(root, values, warn)),
    warnings: [...warnings],
  };
}

const sub = { 'charts/sub/Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 1.0.0\n' };
const second = { 'charts/second/Chart.yaml': 'apiVersion: v2\nname: second\nversion: 2.1.0\n' };

function topWith(dependencies: string): Record<string, string> {
  return { 'Chart.yaml': `apiVersion: v2\nname: top\nversion: 1.0.0\ndependencies:\n${dependencies}` };
}

describe('coalescing values', () => {
  it('puts given values over defaults, map by map; lists are replaced', () => {
    const { values } = coalesce({ 'values.yaml': 'a: {b: 1, c: [1, 2]}\nd: 4\n' }, 'a: {c: [3]}\ne: 5\n');
    expect(values).toEqual({ a: { b: 1, c: [3] }, d: 4, e: 5 });
  });

  it('takes out a default by null, at any depth, and keeps a null that hides nothing within a map', () => {
    const { values } = coalesce(
      { 'values.yaml': 'a: {b: {c: 1, d: 2}}\ne: 5\n' },
      'a: {b: {c: null, x: null}}\ne: null\n',
    );
    expect(values).toEqual({ a: { b: { d: 2, x: null } } });
  });

  it('drops defaults that are null', () => {
    expect(coalesce({ 'values.yaml': 'a: null\nb: {c: null, d: 1}\n' }).values).toEqual({ b: { d: 1 } });
  });

  it('scopes values to subcharts under their names, the parent over the subchart', () => {
    const { values } = coalesce(
      { ...sub, 'charts/sub/values.yaml': 'a: 1\nb: 2\n', 'values.yaml': 'sub: {b: 3}\n' },
      'sub: {c: 4}\n',
    );
    expect(values).toEqual({ sub: { a: 1, b: 3, c: 4, global: {} } });
  });

  it('takes out a default of a subchart by null', () => {
    const { values } = coalesce({ ...sub, 'charts/sub/values.yaml': 'a: {x: 1, z: 2}\n' }, 'sub: {a: {x: null}}\n');
    expect(values).toEqual({ sub: { a: { z: 2 }, global: {} } });
  });

  it('takes out a default of a subchart by a null in the defaults of its parent', () => {
    const { values } = coalesce({
      ...sub,
      'charts/sub/values.yaml': 'a: {x: 1, z: 2}\nb: 1\n',
      'values.yaml': 'sub: {a: {x: null}, b: null}\n',
    });
    expect(values).toEqual({ sub: { a: { x: 1, z: 2 }, b: 1, global: {} } });
  });

  it('hands globals down, the parent over the subchart', () => {
    const { values } = coalesce({
      ...sub,
      'values.yaml': 'global: {a: 1, m: {x: 1}}\n',
      'charts/sub/values.yaml': 'global: {a: 2, b: 3, m: {x: 2, z: 3}}\n',
    });
    expect(values).toEqual({
      global: { a: 1, m: { x: 1 } },
      sub: { global: { a: 1, b: 3, m: { x: 1, z: 3 } } },
    });
  });

  it('warns of a table where there is none and the other way round', () => {
    const { values, warnings } = coalesce(
      { 'values.yaml': 'a: 1\nb: {c: {d: 1}, e: 2}\n' },
      'a: {x: 1}\nb: {c: 5, e: {f: 1}}\n',
    );
    expect(values).toEqual({ a: { x: 1 }, b: { c: 5, e: { f: 1 } } });
    expect(warnings).toEqual([
      'warning: skipped value for top.a: Not a table.',
      'warning: cannot overwrite table with non table for top.b.c (map[d:1])',
      'warning: destination for top.b.e is a table. Ignoring non-table value (2)',
    ]);
  });

  it('refuses a value for a subchart that is no table', () => {
    expect(() => coalesce(sub, 'sub: text\n')).toThrow('type mismatch on sub: %!t(string=text)');
  });

  it('keeps keys that plain objects trip over', () => {
    const { values } = coalesce({ 'values.yaml': '__proto__: {polluted: 1}\nconstructor: 2\n' });
    expect(JSON.stringify(values)).toBe('{"__proto__":{"polluted":1},"constructor":2}');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('does not change what was given nor the chart', () => {
    const files = { ...sub, 'values.yaml': 'a: {b: 1}\n', 'charts/sub/values.yaml': 'c: {d: 1}\n' };
    expect(coalesce(files, 'a: {b: null}\n')).toEqual(coalesce(files, 'a: {b: null}\n'));
  });
});

describe('dependencies', () => {
  it('are off where a condition says so, and the first condition that is a boolean decides', () => {
    const files = { ...topWith('- {name: sub, version: 1.x, condition: "x.flag,sub.enabled"}\n'), ...sub };
    expect(coalesce(files, 'sub: {enabled: false}\n').values).toEqual({ sub: { enabled: false } });
    expect(coalesce(files, 'x: {flag: true}\nsub: {enabled: false}\n').values).toHaveProperty('sub.global');
    expect(coalesce(files, 'sub: {enabled: "no"}\n').warnings).toEqual(['returned non-bool value sub.enabled sub']);
  });

  it('are off where a tag is false and none is true; a condition overrules tags', () => {
    const files = { ...topWith('- {name: sub, version: 1.x, tags: [a, b], condition: sub.enabled}\n'), ...sub };
    expect(coalesce(files, 'tags: {a: false}\n').values).toEqual({ tags: { a: false } });
    expect(coalesce(files, 'tags: {a: false, b: true}\n').values).toHaveProperty('sub.global');
    expect(coalesce(files, 'tags: {a: false}\nsub: {enabled: true}\n').values).toHaveProperty('sub.global');
  });

  it('are looked up with the names of the charts on the way for a subchart', () => {
    const files = {
      ...topWith('- {name: sub, version: 1.x}\n'),
      'charts/sub/Chart.yaml':
        'apiVersion: v2\nname: sub\nversion: 1.0.0\ndependencies:\n- {name: leaf, version: 1.x, condition: leaf.enabled}\n',
      'charts/sub/charts/leaf/Chart.yaml': 'apiVersion: v2\nname: leaf\nversion: 1.0.0\n',
      'charts/sub/values.yaml': 'leaf: {enabled: true}\n',
    };
    expect(coalesce(files).values).toHaveProperty('sub.leaf.global');
    expect(coalesce(files, 'sub: {leaf: {enabled: false}}\n').values).not.toHaveProperty('sub.leaf.global');
  });

  it('render one chart several times under aliases, each with values of its own', () => {
    const files = {
      ...topWith('- {name: sub, version: 1.x, alias: one}\n- {name: sub, version: 1.x, alias: two}\n'),
      ...sub,
      'charts/sub/values.yaml': 'a: 1\n',
    };
    expect(coalesce(files, 'two: {a: 2}\n').values).toEqual({ one: { a: 1, global: {} }, two: { a: 2, global: {} } });
  });

  it('leave out a chart of another version, but keep charts that are not declared', () => {
    const files = { ...topWith('- {name: sub, version: 2.x}\n'), ...sub, ...second };
    expect(coalesce(files).values).toEqual({ second: { global: {} }, sub: { global: {} } });
  });

  it('import values that a subchart exports, and from paths; the parent wins', () => {
    const files = {
      ...topWith('- {name: sub, version: 1.x, import-values: [data, {child: deep.inner, parent: there}, absent]}\n'),
      ...sub,
      'charts/sub/values.yaml': 'exports: {data: {a: 1, b: 2}}\ndeep: {inner: {c: 3}}\n',
      'values.yaml': 'b: mine\n',
    };
    const { values, warnings } = coalesce(files);
    expect(values).toMatchObject({ a: 1, b: 'mine', there: { c: 3 } });
    expect(warnings).toEqual(['ImportValues missing table "absent" is not a table']);
  });
});
