/**
 * Brings a release database to the present schema. Migrations are numbered from 1 and never changed once they are out;
 * SQLite's user_version says how many have run.
 */
import type { Database } from 'better-sqlite3';

const MIGRATIONS: readonly string[] = [
  `CREATE TABLE charts (
     digest TEXT PRIMARY KEY,
     archive BLOB NOT NULL
   ) WITHOUT ROWID;
   CREATE TABLE revisions (
     cluster TEXT NOT NULL,
     namespace TEXT NOT NULL,
     name TEXT NOT NULL,
     revision INTEGER NOT NULL,
     status TEXT NOT NULL,
     digest TEXT NOT NULL REFERENCES charts (digest),
     summary TEXT NOT NULL,
     body BLOB NOT NULL,
     PRIMARY KEY (cluster, namespace, name, revision)
   );
   CREATE INDEX revisions_digest ON revisions (digest);
   CREATE TABLE leases (
     cluster TEXT NOT NULL,
     namespace TEXT NOT NULL,
     name TEXT NOT NULL,
     holder TEXT NOT NULL,
     pid INTEGER NOT NULL,
     host TEXT NOT NULL,
     expires INTEGER NOT NULL,
     PRIMARY KEY (cluster, namespace, name)
   );`,
];

/** Throws when the file was made by a newer program. */
export function migrate(database: Database): void {
  const run = database.transaction(() => {
    const version = Number(database.pragma('user_version', { simple: true }));
    if (version > MIGRATIONS.length) {
      throw new Error(`the release database has schema ${version}, this program knows up to ${MIGRATIONS.length}`);
    }
    for (const migration of MIGRATIONS.slice(version)) database.exec(migration);
    database.pragma(`user_version = ${MIGRATIONS.length}`);
  });
  run.exclusive();
}
