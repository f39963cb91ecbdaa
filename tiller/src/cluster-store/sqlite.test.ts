import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSimulation } from '@drydock/controllers';
import { afterAll, describe, expect, it } from 'vitest';
import type { KeptState } from './cluster-store.ts';
import { SqliteClusterStore } from './sqlite.ts';

const folder = mkdtempSync(join(tmpdir(), 'drydock-clusters-'));
afterAll(() => rmSync(folder, { recursive: true }));

function stateOf(name: string): KeptState {
  return createSimulation({ name, nodes: 0 }).state();
}

const json = (text: string): Uint8Array => Buffer.from(JSON.stringify({ text }));

/** Name by name: key to text. */
function contentOf(store: SqliteClusterStore): Record<string, Record<string, string>> {
  const clusters = [...store.load()].map(({ state, objects }) => {
    const entries = [...objects].map(([key, bytes]) => [key, JSON.parse(Buffer.from(bytes).toString()).text]);
    return [state.name, Object.fromEntries(entries)];
  });
  return Object.fromEntries(clusters);
}

describe('clusters in a SQLite file', () => {
  it('come back with their state and their objects', () => {
    const file = join(folder, 'back.db');
    const store = new SqliteClusterStore(file);
    const state = stateOf('dev');
    store.create(state, [
      ['/a', json('1')],
      ['/b', json('2')],
    ]);
    store.save({ ...state, now: state.now + 5, clockRate: 3 }, [
      ['/a', json('3')],
      ['/b', undefined],
      ['/c', json('4')],
    ]);
    store.close();
    const again = new SqliteClusterStore(file);
    const [kept] = again.load();
    expect(kept?.state).toEqual({ ...state, now: state.now + 5, clockRate: 3 });
    expect(contentOf(again)).toEqual({ dev: { '/a': '3', '/c': '4' } });
    again.delete('dev');
    expect(contentOf(again)).toEqual({});
    again.close();
  });

  it('share what a fork has not changed, and no more', () => {
    const file = join(folder, 'fork.db');
    const store = new SqliteClusterStore(file);
    const [a, b, c] = [stateOf('a'), stateOf('b'), stateOf('c')];
    store.create(a, [
      ['/1', json('one')],
      ['/2', json('two')],
    ]);
    store.fork('a', b);
    store.save(a, [['/1', undefined]]);
    store.save(b, [
      ['/2', json('TWO')],
      ['/3', json('three')],
    ]);
    store.fork('b', c);
    store.save(b, [['/3', undefined]]);
    const expected = {
      a: { '/2': 'two' },
      b: { '/1': 'one', '/2': 'TWO' },
      c: { '/1': 'one', '/2': 'TWO', '/3': 'three' },
    };
    expect(contentOf(store)).toEqual(expected);
    store.close();
    const again = new SqliteClusterStore(file);
    expect(contentOf(again)).toEqual(expected);
    again.delete('b');
    again.delete('a');
    again.close();
    const last = new SqliteClusterStore(file);
    expect(contentOf(last)).toEqual({ c: expected.c });
    last.close();
  });

  it('are written whole or not at all', () => {
    const store = new SqliteClusterStore(':memory:');
    const state = stateOf('dev');
    store.create(state, [['/a', json('1')]]);
    function* failing(): Iterable<readonly [string, Uint8Array]> {
      yield ['/a', json('2')];
      throw new Error('no');
    }
    expect(() => store.save({ ...state, now: 0 }, failing())).toThrow('no');
    expect(contentOf(store)).toEqual({ dev: { '/a': '1' } });
    store.close();
  });
});
