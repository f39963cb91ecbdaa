import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { describeReleaseStore } from './release-store.contract.ts';
import { SqliteReleaseStore } from './sqlite.ts';

describeReleaseStore('SqliteReleaseStore', {
  async open() {
    const folder = await mkdtemp(join(tmpdir(), 'drydock-store-'));
    const store = new SqliteReleaseStore(join(folder, 'releases.db'));
    const other = new SqliteReleaseStore(join(folder, 'releases.db'));
    return {
      store,
      other,
      async close() {
        store.close();
        other.close();
        await rm(folder, { recursive: true });
      },
    };
  },
});

test('takes over at once what a dead process held', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'drydock-store-'));
  const file = join(folder, 'releases.db');
  const store = new SqliteReleaseStore(file);
  const id = { cluster: 'dev', namespace: 'shop', name: 'web' };
  await store.acquire(id);
  const database = new Database(file);
  // No process has this id: the kernel's limit is 2^22.
  database.prepare('UPDATE leases SET pid = ?').run(2 ** 22 + 1);
  database.close();
  await (await store.acquire(id)).release();
  store.close();
  await rm(folder, { recursive: true });
});

test('refuses a database of a newer program', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'drydock-store-'));
  const file = join(folder, 'releases.db');
  const database = new Database(file);
  database.pragma('user_version = 99');
  database.close();
  expect(() => new SqliteReleaseStore(file)).toThrow('schema 99');
  await rm(folder, { recursive: true });
});
