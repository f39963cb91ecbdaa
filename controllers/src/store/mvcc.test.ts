import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../apimachinery/object.ts';
import { createMvccStore, restoreMvccStore } from './mvcc.ts';
import { describeObjectStore } from './object-store.contract.ts';
import { OrderedTree } from './ordered-tree.ts';

describeObjectStore('the store in memory', () => createMvccStore({ freeze: true }));
describeObjectStore('a fork of a store in memory', () => createMvccStore({ freeze: true }).fork());

const object = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });

describe('the store in memory', () => {
  test('a snapshot gives the same content, revision and resourceVersions back', () => {
    const store = createMvccStore();
    store.put('//a//x', object('x'), 'absent');
    store.put('//a//y', object('y'), 'absent');
    const copy = restoreMvccStore(JSON.parse(JSON.stringify(store.snapshot())));
    expect(copy.revision).toBe(store.revision);
    expect(copy.list('')).toEqual(store.list(''));
    expect(() => [...copy.changes(1)]).toThrow('too old resource version');
  });

  test('old history is forgotten by itself', () => {
    const store = createMvccStore({ history: 1000 });
    let revision: number | 'absent' = 'absent';
    for (let i = 0; i < 5000; i += 1) revision = store.put('//a//x', object('x'), revision).revision;
    expect(store.compactedRevision).toBeGreaterThan(2900);
    expect([...store.changes(store.revision - 900)].length).toBe(900);
  });

  test('what is stored can not be changed when it freezes', () => {
    const store = createMvccStore({ freeze: true });
    const stored = store.put('//a//x', object('x'), 'absent');
    expect(() => Object.assign(stored.object.metadata, { name: 'other' })).toThrow(TypeError);
  });
});

describe('an ordered tree', () => {
  test('agrees with a sorted map under thousands of random writes, and copies stay apart', () => {
    let seed = 7;
    const random = () => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed / 2147483648;
    };
    let tree = new OrderedTree<number>();
    let model = new Map<string, number>();
    const kept: [OrderedTree<number>, Map<string, number>][] = [];
    for (let i = 0; i < 30_000; i += 1) {
      const key = `k${Math.floor(random() * 3000)}`;
      if (random() < 0.45) expect(tree.delete(key)).toBe(model.delete(key));
      else {
        tree.set(key, i);
        model.set(key, i);
      }
      if (i % 5000 === 0) {
        kept.push([tree.copy(), new Map(model)]);
        if (i % 10_000 === 0) {
          const next = tree.copy();
          kept.push([tree, model]);
          tree = next;
          model = new Map(model);
        }
      }
    }
    for (const [copy, expected] of [...kept, [tree, model] as const]) {
      const sorted = [...expected].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
      expect(copy.scan('')).toEqual(sorted);
      expect(copy.size).toBe(expected.size);
      expect(copy.scan('k12').length).toBe([...expected.keys()].filter((k) => k.startsWith('k12')).length);
    }
  });

  test('a scan can begin after a key', () => {
    const tree = new OrderedTree<string>();
    for (const key of ['a/1', 'a/2', 'a/3', 'b/1']) tree.set(key, key);
    expect(tree.scan('a/', 'a/1')).toEqual(['a/2', 'a/3']);
    expect(tree.scan('a/', 'a/15')).toEqual(['a/2', 'a/3']);
  });
});
