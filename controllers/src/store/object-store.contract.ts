/**
 * What every ObjectStore does: each sentence of the port's comments as a test. Implementations run the whole suite.
 */
import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../apimachinery/object.ts';
import { isApiError } from '../apimachinery/status.ts';
import type { Change, ObjectStore } from './object-store.ts';

function object(name: string, value = ''): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'ns' }, data: { value } };
}

const key = (name: string): string => `//configmaps/ns/${name}`;

export function describeObjectStore(name: string, create: () => ObjectStore): void {
  describe(name, () => {
    test('each write counts the revision up by one and is the resourceVersion of the object', () => {
      const store = create();
      const start = store.revision;
      const first = store.put(key('a'), object('a'), 'absent');
      const second = store.put(key('b'), object('b'), 'absent');
      expect([first.revision, second.revision]).toEqual([start + 1, start + 2]);
      expect(second.object.metadata.resourceVersion).toBe(String(start + 2));
      expect(store.get(key('b'))).toEqual(second);
      expect(store.get(key('c'))).toBeUndefined();
    });

    test('a write that expects another revision is a Conflict and changes nothing', () => {
      const store = create();
      const first = store.put(key('a'), object('a'), 'absent');
      const second = store.put(key('a'), object('a', '2'), first.revision);
      for (const write of [
        () => store.put(key('a'), object('a', '3'), first.revision),
        () => store.put(key('a'), object('a', '3'), 'absent'),
        () => store.put(key('x'), object('x'), 7),
        () => store.delete(key('a'), first.revision),
        () => store.delete(key('x'), 7),
      ]) {
        expect(write).toThrow(expect.objectContaining({ reason: 'Conflict' }));
      }
      expect(store.get(key('a'))).toEqual(second);
      expect(store.revision).toBe(second.revision);
    });

    test('the object passed in is not changed', () => {
      const store = create();
      const given = Object.freeze(object('a'));
      store.put(key('a'), given, 'absent');
      expect(given.metadata.resourceVersion).toBeUndefined();
    });

    test('a list has the keys under its prefix in key order, now and in the past', () => {
      const store = create();
      for (const name of ['c', 'a', 'b']) store.put(key(name), object(name), 'absent');
      store.put('//configmaps/other/a', object('a'), 'absent');
      const at = store.revision;
      store.delete(key('b'), store.get(key('b'))?.revision ?? 0);
      store.put(key('a'), object('a', 'new'), store.get(key('a'))?.revision ?? 0);
      store.put(key('d'), object('d'), 'absent');
      const names = (revision?: number) => store.list('//configmaps/ns/', revision).map((s) => s.object.metadata.name);
      expect(names()).toEqual(['a', 'c', 'd']);
      expect(names(at)).toEqual(['a', 'b', 'c']);
      expect(store.list('//configmaps/ns/', at)[0]?.object.data).toEqual({ value: '' });
      expect(store.list('//configmaps/').length).toBe(4);
    });

    test('changes are given in order, with what was before; a deletion carries its own revision', () => {
      const store = create();
      const since = store.revision;
      const first = store.put(key('a'), object('a'), 'absent');
      const second = store.put(key('a'), object('a', '2'), first.revision);
      const gone = store.delete(key('a'), second.revision);
      const changes = [...store.changes(since)];
      expect(changes.map((c) => [c.type, c.revision])).toEqual([
        ['ADDED', since + 1],
        ['MODIFIED', since + 2],
        ['DELETED', since + 3],
      ]);
      expect(changes[1]?.previous).toEqual(first.object);
      expect(changes[2]?.object.metadata.resourceVersion).toBe(String(since + 3));
      expect(gone.object.data).toEqual({ value: '2' });
      expect([...store.changes(since, '//secrets/')]).toEqual([]);
    });

    test('a subscriber sees the past from its revision on, then the future, until it stops', () => {
      const store = create();
      store.put(key('a'), object('a'), 'absent');
      const since = store.revision;
      store.put(key('b'), object('b'), 'absent');
      const seen: string[] = [];
      const stop = store.subscribe('//configmaps/', since, (c) => seen.push(`${c.type} ${c.object.metadata.name}`));
      store.put(key('c'), object('c'), 'absent');
      store.put('//secrets/ns/s', object('s'), 'absent');
      stop();
      store.put(key('d'), object('d'), 'absent');
      expect(seen).toEqual(['ADDED b', 'ADDED c']);
    });

    test('writes made by a listener reach every listener in the same order', () => {
      const store = create();
      const first: number[] = [];
      const second: number[] = [];
      store.subscribe('//configmaps/', store.revision, (change: Change) => {
        first.push(change.revision);
        if (first.length < 4) store.put(key(`n${first.length}`), object(`n${first.length}`), 'absent');
      });
      store.subscribe('//configmaps/', store.revision, (change: Change) => second.push(change.revision));
      store.put(key('a'), object('a'), 'absent');
      expect(first.length).toBe(4);
      expect(second).toEqual(first);
      expect([...first].sort((a, b) => a - b)).toEqual(first);
    });

    test('a subscriber that joins during delivery sees each change once', () => {
      const store = create();
      const late: number[] = [];
      let joined = false;
      store.subscribe('', store.revision, () => {
        if (joined) return;
        joined = true;
        store.put(key('b'), object('b'), 'absent');
        store.subscribe('', 1, (change) => late.push(change.revision));
      });
      store.put(key('a'), object('a'), 'absent');
      store.put(key('c'), object('c'), 'absent');
      expect(late).toEqual([...new Set(late)]);
      expect(late.length).toBe(3);
    });

    test('a listener that throws stops neither the write nor the other listeners', () => {
      const store = create();
      let seen = 0;
      store.subscribe('', store.revision, () => {
        throw new Error('broken');
      });
      store.subscribe('', store.revision, () => {
        seen += 1;
      });
      expect(() => store.put(key('a'), object('a'), 'absent')).toThrow('broken');
      expect(store.get(key('a'))).toBeDefined();
      expect(seen).toBe(1);
    });

    test('what is compacted can not be read, and is Expired', () => {
      const store = create();
      const since = store.revision;
      store.put(key('a'), object('a'), 'absent');
      store.put(key('b'), object('b'), 'absent');
      store.compact(store.revision);
      const expired = (read: () => unknown) => {
        try {
          read();
          return false;
        } catch (error) {
          return isApiError(error, 'Expired');
        }
      };
      expect(expired(() => store.list('//configmaps/', since))).toBe(true);
      expect(expired(() => [...store.changes(since)])).toBe(true);
      expect(expired(() => store.subscribe('', since, () => {}))).toBe(true);
      expect(store.list('//configmaps/', store.revision).length).toBe(2);
    });

    test('a fork has the same content and revision, and neither sees the writes of the other', () => {
      const store = create();
      for (let i = 0; i < 500; i += 1) store.put(key(`n${i}`), object(`n${i}`), 'absent');
      const at = store.revision;
      const fork = store.fork();
      expect(fork.revision).toBe(at);
      fork.delete(key('n7'), fork.get(key('n7'))?.revision ?? 0);
      fork.put(key('new'), object('new'), 'absent');
      store.put(key('n8'), object('n8', 'mine'), store.get(key('n8'))?.revision ?? 0);
      expect(store.list('//configmaps/').length).toBe(500);
      expect(fork.list('//configmaps/').length).toBe(500);
      expect(store.get(key('n7'))).toBeDefined();
      expect(fork.get(key('n8'))?.object.data).toEqual({ value: '' });
      expect([...fork.changes(at)].map((c) => c.type)).toEqual(['DELETED', 'ADDED']);
      expect(fork.list('//configmaps/', at).length).toBe(500);
      expect([...store.changes(at)].map((c) => c.type)).toEqual(['MODIFIED']);
    });
  });
}
