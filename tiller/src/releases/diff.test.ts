import { expect, test } from 'vitest';
import { changedFields } from './diff.ts';

test('equal values have no changes', () => {
  expect(changedFields({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toEqual([]);
});

test('names each field that changed, came or went', () => {
  expect(changedFields({ a: { b: 1, c: 2 }, d: 1 }, { a: { b: 1, c: 3 }, e: true })).toEqual([
    { path: 'a.c', before: 2, after: 3 },
    { path: 'd', before: 1 },
    { path: 'e', after: true },
  ]);
});

test('compares items that have names by name', () => {
  const before = { containers: [{ name: 'app', image: 'a:1' }] };
  const after = {
    containers: [
      { name: 'proxy', image: 'p:1' },
      { name: 'app', image: 'a:2' },
    ],
  };
  expect(changedFields(before, after)).toEqual([
    { path: 'containers[app].image', before: 'a:1', after: 'a:2' },
    { path: 'containers[proxy]', after: { name: 'proxy', image: 'p:1' } },
  ]);
});

test('an order that changed alone is a change', () => {
  expect(changedFields({ e: [{ name: 'a' }, { name: 'b' }] }, { e: [{ name: 'b' }, { name: 'a' }] })).toEqual([
    { path: 'e', before: ['a', 'b'], after: ['b', 'a'] },
  ]);
});

test('compares other lists by position', () => {
  expect(changedFields({ args: ['a', 'b'] }, { args: ['a', 'c', 'd'] })).toEqual([
    { path: 'args[1]', before: 'b', after: 'c' },
    { path: 'args[2]', after: 'd' },
  ]);
});

test('quotes keys that are not words, and is not fooled by inherited names', () => {
  const after = JSON.parse('{"app.kubernetes.io/name": "x", "__proto__": {"y": 1}, "constructor": 1}');
  expect(changedFields({}, after).map(({ path }) => path)).toEqual([
    '__proto__',
    '["app.kubernetes.io/name"]',
    'constructor',
  ]);
});
