/** The catalogue in SQLite: the port's whole suite, and what only a file can go wrong with. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, test } from 'vitest';
import { describeCatalog } from './catalog.contract.ts';
import { SqliteCatalog } from './sqlite.ts';

const folder = mkdtempSync(join(tmpdir(), 'drydock-catalog-'));
let files = 0;

function newFile(): string {
  files += 1;
  return join(folder, `${files}`, 'catalog.db');
}

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describeCatalog('SqliteCatalog', async () => new SqliteCatalog(newFile()));

describe('SqliteCatalog', () => {
  test('keeps what was put when it is opened again', async () => {
    const file = newFile();
    const first = new SqliteCatalog(file);
    await first.putSpace({ name: 'dev', created: 1, overwrite: false });
    await first.close();
    const second = new SqliteCatalog(file);
    expect(await second.getSpace('dev')).toEqual({ name: 'dev', created: 1, overwrite: false });
    await second.close();
  });

  test('is shared by two that have the same file open', async () => {
    const file = newFile();
    const [first, second] = [new SqliteCatalog(file), new SqliteCatalog(file)];
    await first.putSpace({ name: 'dev', created: 1, overwrite: false });
    expect(await second.getSpace('dev')).toBeDefined();
    await first.close();
    await second.close();
  });

  test('refuses a file that is no database, and one of a newer program, naming it', async () => {
    const file = join(folder, 'broken.db');
    writeFileSync(file, 'this is no database, but long enough to be looked at as one');
    expect(() => new SqliteCatalog(file)).toThrow(/cannot open the catalogue .*broken\.db/);
    const newer = join(folder, 'newer.db');
    const database = new Database(newer);
    database.pragma('user_version = 99');
    database.close();
    expect(() => new SqliteCatalog(newer)).toThrow(/newer\.db: its schema is version 99/);
  });
});
