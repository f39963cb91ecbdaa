import { describe, expect, it } from 'vitest';
import { mergeValueLayers, type ValueLayers } from './layers.ts';
import { formatValues, parseValues, valuesFromJson, valuesToJson } from './values.ts';

function merge(layers: ValueLayers): unknown {
  return valuesToJson(mergeValueLayers(layers));
}

describe('layers of values', () => {
  it('go over one another in the order of Helm, whatever the order they are given in', () => {
    const all: ValueLayers = {
      setLiteral: ['f=literal'],
      setFile: [
        { key: 'e', text: 'file\n' },
        { key: 'f', text: 'x' },
      ],
      setString: ['d=4', 'e=x', 'f=x'],
      set: ['c=3', 'd=x', 'e=x', 'f=x'],
      setJson: ['b=2', 'c=null', 'd=null', 'e=null', 'f=null'],
      files: [{ name: 'v.yaml', text: 'a: 1\nb: x\nc: x\nd: x\ne: x\nf: x\n' }],
    };
    expect(merge(all)).toEqual({ a: 1, b: 2, c: 3, d: '4', e: 'file\n', f: 'literal' });
  });

  it('merge files map by map, the later over the earlier', () => {
    const files = [
      { name: 'a.yaml', text: 'x: {y1: 1, z: 1}\nl: [1, 2]\n' },
      { name: 'b.yaml', text: 'x: {z: 2}\nl: [3]\n---\nx: {w: null}\n' },
    ];
    expect(merge({ files })).toEqual({ x: { y1: 1, z: 2, w: null }, l: [3] });
  });

  it('take an object of JSON as it is', () => {
    expect(merge({ setJson: ['{"a": {"b": 1}}', 'a.c=[1,{"d":null}]', ' {"a": {"b": 2}}'] })).toEqual({
      a: { b: 2, c: [1, { d: null }] },
    });
  });

  it('keep keys that plain objects trip over', () => {
    expect(JSON.stringify(merge({ set: ['__proto__.x=1'], setJson: ['{"__proto__": {"y": 2}}'] }))).toBe(
      '{"__proto__":{"y":2,"x":1}}',
    );
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it.each<[ValueLayers, string]>([
    [
      { files: [{ name: 'v.yaml', text: 'a: b: c' }] },
      'failed to parse v.yaml: cannot unmarshal yaml document: error converting YAML to JSON: yaml: mapping values are not allowed in this context',
    ],
    [
      { files: [{ name: 'v.yaml', text: '---x\n' }] },
      'failed to parse v.yaml: error reading yaml document: invalid Yaml document separator: x',
    ],
    [{ set: ['a'] }, 'failed parsing --set data: key "a" has no value'],
    [{ setString: ['a[x]=1'] }, 'failed parsing --set-string data: '],
    [{ setJson: ['a={'] }, 'failed parsing --set-json data a={'],
    [{ setJson: ['{"a"'] }, 'failed parsing --set-json data JSON: {"a"'],
    [{ setLiteral: ['a'] }, 'failed parsing --set-literal data: key "a" has no value'],
  ])('%j names the flag or the file', (layers, message) => {
    expect(() => mergeValueLayers(layers)).toThrow(message);
  });
});

describe('layers of hostile values', () => {
  const indices = (count: number) => `a${'[0]'.repeat(count)}`;

  it('may not fill lists up without end, one setting or many', () => {
    const message = 'lists are filled up with more than 1000000 items';
    const keys = Array.from({ length: 16 }, (_, n) => `k${n}[65536]=1`);
    expect(() => mergeValueLayers({ set: [keys.join(',')] })).toThrow(message);
    expect(() => mergeValueLayers({ set: keys.slice(0, 8), setString: keys.slice(8) })).toThrow(message);
    expect(mergeValueLayers({ set: keys.slice(0, 15) }).size).toBe(15);
  });

  it('may not be nested without end, however they are given', () => {
    const message = 'value name is nested deeper than 1000 levels';
    for (const key of [indices(100_000), `a${'[0].b'.repeat(20)}${'[0]'.repeat(100_000)}`]) {
      expect(() => mergeValueLayers({ set: [`${key}=1`] })).toThrow(message);
      expect(() => mergeValueLayers({ setLiteral: [`${key}=1`] })).toThrow(message);
    }
    expect(mergeValueLayers({ set: [`${indices(999)}=1`] }).size).toBe(1);
    const json = `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`;
    expect(() => valuesFromJson(JSON.parse(json))).toThrow('values are nested deeper than 1000 levels');
    expect(() => mergeValueLayers({ setJson: [json] })).toThrow('failed parsing --set-json data JSON');
  });

  it('take names of JavaScript for any others', () => {
    const values = mergeValueLayers({ set: ['__proto__.polluted=1', 'constructor.prototype.polluted=1'] });
    expect([...values.keys()]).toEqual(['__proto__', 'constructor']);
    expect(Object.keys(valuesToJson(values))).toEqual(['__proto__', 'constructor']);
    expect('polluted' in {}).toBe(false);
  });
});

describe('values as text', () => {
  it('go to JSON and YAML and back', () => {
    const values = parseValues('a: [1, {b: null}]\nc: "yes"\n', 'v.yaml');
    expect(formatValues(values)).toBe('a:\n- 1\n- b: null\nc: "yes"\n');
    expect(valuesFromJson(valuesToJson(values))).toEqual(values);
  });
});
