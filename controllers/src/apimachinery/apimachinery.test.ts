import { describe, expect, test } from 'vitest';
import { deepCopy, deepEqual, setKey } from './json.ts';
import {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  formatQuantity,
  milliValue,
  parseQuantity,
  wholeValue,
} from './quantity.ts';
import { formatLabelSelector, labelSelectorOf, parseFieldSelector, parseLabelSelector } from './selector.ts';

describe('quantities', () => {
  test.each([
    ['1000m', '1'],
    ['0.5', '500m'],
    ['1024Mi', '1Gi'],
    ['1536Mi', '1536Mi'],
    ['1.5Gi', '1536Mi'],
    ['512', '512'],
    ['0.1Gi', '107374182400m'],
    ['100k', '100k'],
    ['1e3', '1e3'],
    ['1E3', '1e3'],
    ['12e6', '12e6'],
    ['1000000', '1M'],
    ['1E', '1E'],
    ['0', '0'],
    ['0Mi', '0'],
    ['-1', '-1'],
    ['.5', '500m'],
    ['5.', '5'],
    ['1n', '1n'],
    ['0.1n', '1n'],
    ['512Ki', '512Ki'],
    ['0.5Ki', '512'],
    ['100000', '100k'],
    ['1023Ki', '1023Ki'],
  ])('%s is written %s', (text, expected) => {
    expect(canonicalQuantity(text)).toBe(expected);
  });

  test.each(['', 'a', '1x', '1 Gi', '--1', '1e', '1mi', '.'])('%j is refused', (text) => {
    expect(() => parseQuantity(text)).toThrow('quantities must match the regular expression');
  });

  test('they compare and add exactly', () => {
    expect(compareQuantities(parseQuantity('1'), parseQuantity('1000m'))).toBe(0);
    expect(compareQuantities(parseQuantity('1Gi'), parseQuantity('1G'))).toBe(1);
    expect(formatQuantity(addQuantities(parseQuantity('100m'), parseQuantity('0.9')))).toBe('1');
    expect(milliValue(parseQuantity('0.0001'))).toBe(1);
    expect(wholeValue(parseQuantity('1Ki'))).toBe(1024);
    expect(wholeValue(parseQuantity('1500m'))).toBe(2);
  });
});

describe('label selectors', () => {
  const labels = { app: 'web', tier: 'front', n: '5' };
  test.each([
    ['', true],
    ['app=web', true],
    ['app==web,tier=front', true],
    ['app!=web', false],
    ['other!=web', true],
    ['app in (web, db)', true],
    ['app notin (web)', false],
    ['other notin (web)', true],
    ['app', true],
    ['!app', false],
    ['!other', true],
    ['n>4', true],
    ['n<5', false],
    ['app=', false],
  ])('%j matches: %s', (text, expected) => {
    expect(parseLabelSelector(text).matches(labels)).toBe(expected);
  });

  test.each(['a=b,', 'a in b', 'a in (b', '=b', 'a b', 'a>x'])('%j is refused', (text) => {
    expect(() => parseLabelSelector(text)).toThrow('unable to parse requirement');
  });

  test('an absent one matches nothing, an empty one everything', () => {
    expect(labelSelectorOf(undefined).matches({})).toBe(false);
    expect(labelSelectorOf({}).matches({})).toBe(true);
  });

  test('one of a spec is written with sorted keys', () => {
    const spec = { matchLabels: { b: '1' }, matchExpressions: [{ key: 'a', operator: 'In', values: ['y', 'x'] }] };
    expect(formatLabelSelector(spec)).toBe('a in (x,y),b=1');
  });

  test('prototype keys are no labels', () => {
    expect(parseLabelSelector('constructor').matches({})).toBe(false);
    expect(parseLabelSelector('__proto__').matches({})).toBe(false);
  });
});

describe('field selectors', () => {
  test('have equality only, and escapes', () => {
    expect(parseFieldSelector('metadata.name=a,status.phase!=Running,x==1\\,2')).toEqual([
      { field: 'metadata.name', operator: '=', value: 'a' },
      { field: 'status.phase', operator: '!=', value: 'Running' },
      { field: 'x', operator: '=', value: '1,2' },
    ]);
    expect(() => parseFieldSelector('abc')).toThrow('invalid selector');
  });
});

describe('plain JSON', () => {
  test('__proto__ is a key like any other', () => {
    const value = JSON.parse('{"__proto__": {"a": 1}, "b": [1, {"c": null}]}');
    const copy = deepCopy(value);
    expect(JSON.stringify(copy)).toBe(JSON.stringify(value));
    expect(deepEqual(copy, value)).toBe(true);
    expect(({} as Record<string, unknown>).a).toBeUndefined();
    const target: Record<string, unknown> = {};
    setKey(target, '__proto__', 1);
    expect(Object.keys(target)).toEqual(['__proto__']);
  });

  test('equality sees what is missing on either side', () => {
    expect(deepEqual({ a: 1 }, { a: 1, b: 2 })).toBe(false);
    expect(deepEqual({ a: 1, b: 2 }, { a: 1 })).toBe(false);
    expect(deepEqual({ a: 1, b: undefined }, { a: 1 })).toBe(true);
    expect(deepEqual([1], { 0: 1 })).toBe(false);
    expect(deepEqual({ a: null }, { a: undefined })).toBe(false);
  });
});
