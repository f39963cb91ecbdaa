/** The catalogue's schema as the list of steps to it; a step that has been released is never edited, only followed by another. */
import type Database from 'better-sqlite3';
import { spacesAndVersions } from './0001-spaces-and-versions.ts';

const migrations: readonly string[] = [spacesAndVersions];

/** Brings the schema up to date. Throws when a newer program made it. */
export function migrate(database: Database.Database): void {
  const run = database.transaction(() => {
    const version = Number(database.pragma('user_version', { simple: true }));
    if (version > migrations.length) {
      throw new Error(`its schema is version ${version}, newer than this program's ${migrations.length}`);
    }
    for (const migration of migrations.slice(version)) {
      database.exec(migration);
    }
    database.pragma(`user_version = ${migrations.length}`);
  });
  run.immediate();
}
