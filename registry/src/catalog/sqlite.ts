/**
 * The catalogue in one SQLite file (write-ahead log). Commits are not synced one by one (`synchronous = NORMAL`): a process
 * that is killed loses nothing, and what a power failure takes is added again from storage when the registry opens.
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { RegistryError } from '../errors.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import { type ChartTree, parseAttachments } from '../layout.ts';
import type { VersionRef } from '../names.ts';
import { isPrerelease, parseVersion, versionSortKey } from '../versions.ts';
import type { Catalog, Changes, Listing, Page, Reference, SpaceEntry, VersionEntry, VersionQuery } from './catalog.ts';
import { migrate } from './migrations/migrations.ts';

interface Row {
  readonly space: string;
  readonly chart: string;
  readonly version: string;
  readonly digest: string;
  readonly size: number;
  readonly created: number;
  readonly etag: string;
  readonly entry: string;
  readonly revision: number;
  readonly deleted: number;
}

interface ReferenceRow extends VersionRef {
  readonly id: number;
  readonly etag: string;
  readonly digest: string;
  readonly provenance: string | null;
  readonly manifest: string | null;
}

interface SpaceRow {
  readonly name: string;
  readonly created: number;
  readonly overwrite: number;
}

const columns = 'space, chart, version, digest, size, created, etag, entry, revision, deleted';
const referencesBatch = 1000;

export class SqliteCatalog implements Catalog {
  readonly #database: Database.Database;
  readonly #statements: Statements;

  /** Opens or makes the file, with its folder; `:memory:` for none. Throws StorageUnavailable when it is no catalogue. */
  constructor(file: string) {
    try {
      if (file !== ':memory:') {
        mkdirSync(dirname(file), { recursive: true });
      }
      this.#database = new Database(file, { timeout: 10_000 });
      this.#database.pragma('journal_mode = WAL');
      this.#database.pragma('synchronous = NORMAL');
      migrate(this.#database);
      this.#statements = prepare(this.#database);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new RegistryError('StorageUnavailable', `cannot open the catalogue ${file}: ${reason}`, { cause: error });
    }
  }

  async putSpace(space: SpaceEntry): Promise<boolean> {
    return this.#write(() => {
      const isNew = this.#statements.getSpace.get(space.name) === undefined;
      this.#statements.putSpace.run(space.name, space.created, space.overwrite ? 1 : 0);
      return isNew;
    });
  }

  async getSpace(name: string): Promise<SpaceEntry | undefined> {
    const row = this.#statements.getSpace.get(name);
    return row === undefined ? undefined : spaceOf(row);
  }

  async deleteSpace(name: string): Promise<void> {
    this.#write(() => {
      const { revision } = this.#nextRevision();
      this.#statements.deleteVersionsOf.run(revision, name);
      this.#statements.deleteSpace.run(name);
    });
  }

  async listSpaces(page: Page): Promise<Listing<SpaceEntry>> {
    return {
      total: this.#statements.countSpaces.get()?.total ?? 0,
      items: this.#statements.listSpaces.all(page.limit, page.start).map(spaceOf),
    };
  }

  async putVersion(entry: VersionEntry): Promise<void> {
    const { space, chart, version, digest, size, created, etag, metadata, subcharts } = entry;
    const parsed = parseVersion(version);
    if (parsed === undefined) {
      throw new RegistryError('InvalidVersion', `chart ${chart}: version ${JSON.stringify(version)} is none`);
    }
    this.#write(() => {
      const { revision } = this.#nextRevision();
      this.#statements.addSpace.run(space, created);
      this.#statements.putVersion.run({
        space,
        chart,
        version,
        sortKey: versionSortKey(parsed, version),
        stable: isPrerelease(parsed) ? 0 : 1,
        digest,
        size,
        created,
        etag,
        entry: JSON.stringify({ metadata, subcharts, provenance: entry.provenance, manifest: entry.manifest }),
        revision,
      });
    });
  }

  async getVersion(ref: VersionRef): Promise<VersionEntry | undefined> {
    const row = this.#statements.getVersion.get(ref.space, ref.chart, ref.version);
    return row === undefined ? undefined : entryOf(row);
  }

  async deleteVersion(ref: VersionRef): Promise<boolean> {
    return this.#write(() => {
      const { revision } = this.#nextRevision();
      return this.#statements.deleteVersion.run(revision, ref.space, ref.chart, ref.version).changes > 0;
    });
  }

  async listCharts(space: string, page: Page): Promise<Listing<string>> {
    return {
      total: this.#statements.countCharts.get(space)?.total ?? 0,
      items: this.#statements.listCharts.all(space, page.limit, page.start).map((row) => row.chart),
    };
  }

  async listVersions(query: VersionQuery, page: Page): Promise<Listing<VersionEntry>> {
    const { space, chart } = query;
    const kind = query.latest === true ? 'latest' : 'all';
    const scope = chart === undefined ? [space] : [space, chart];
    const { count, list } = this.#statements.versions[kind][chart === undefined ? 'space' : 'chart'];
    return {
      total: count.get(...scope)?.total ?? 0,
      items: list.all(...scope, page.limit, page.start).map(entryOf),
    };
  }

  async revision(space: string): Promise<number> {
    return this.#statements.revision.get(space)?.revision ?? 0;
  }

  async changes(space: string, options: { readonly since: number; readonly limit: number }): Promise<Changes> {
    const rows = this.#statements.changes.all(space, options.since, options.limit + 1);
    const next = rows[options.limit];
    let given = rows.slice(0, options.limit);
    const last = given.at(-1);
    if (last !== undefined && next?.revision === last.revision) {
      // A revision that deleted a whole space is told as one: the next portion starts after it.
      given = given.filter((row) => row.revision < last.revision);
      given.push(...this.#statements.changesAt.all(space, last.revision));
    }
    return {
      revision: last?.revision ?? options.since,
      changes: given.map((row) =>
        row.deleted === 0
          ? { put: entryOf(row) }
          : { deleted: { space: row.space, chart: row.chart, version: row.version } },
      ),
      more: next !== undefined,
    };
  }

  async *references(): AsyncIterable<Reference> {
    let after = 0;
    for (;;) {
      const rows = this.#statements.references.all(after, referencesBatch);
      for (const { id, digest, provenance, manifest, ...reference } of rows) {
        yield { ...reference, digests: [digest, provenance, manifest].filter((text) => text !== null) };
        after = id;
      }
      if (rows.length < referencesBatch) {
        return;
      }
    }
  }

  async close(): Promise<void> {
    this.#database.close();
  }

  #nextRevision(): { readonly revision: number } {
    return this.#statements.nextRevision.get() ?? { revision: 0 };
  }

  #write<T>(work: () => T): T {
    return this.#database.transaction(work).immediate();
  }
}

type Count = { readonly total: number };
type Statements = ReturnType<typeof prepare>;

function prepare(database: Database.Database) {
  const versionLists = (table: string, order: string) => {
    const lists = (scope: string) => ({
      count: database.prepare<string[], Count>(`SELECT count(*) AS total FROM ${table} WHERE ${scope}`),
      list: database.prepare<(string | number)[], Row>(
        `SELECT ${columns} FROM ${table} WHERE ${scope} ORDER BY ${order} LIMIT ? OFFSET ?`,
      ),
    });
    return { space: lists('space = ? AND deleted = 0'), chart: lists('space = ? AND chart = ? AND deleted = 0') };
  };
  // The newest of each chart is the first in the order of versions_latest: no other of the same chart comes before it.
  const latest = `(SELECT * FROM versions AS candidate WHERE deleted = 0 AND id = (
    SELECT id FROM versions WHERE space = candidate.space AND chart = candidate.chart AND deleted = 0
    ORDER BY stable DESC, sort_key DESC LIMIT 1))`;
  return {
    addSpace: database.prepare('INSERT INTO spaces (name, created, overwrite) VALUES (?, ?, 0) ON CONFLICT DO NOTHING'),
    putSpace: database.prepare(
      `INSERT INTO spaces (name, created, overwrite) VALUES (?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET created = excluded.created, overwrite = excluded.overwrite`,
    ),
    getSpace: database.prepare<string[], SpaceRow>('SELECT name, created, overwrite FROM spaces WHERE name = ?'),
    deleteSpace: database.prepare('DELETE FROM spaces WHERE name = ?'),
    countSpaces: database.prepare<[], Count>('SELECT count(*) AS total FROM spaces'),
    listSpaces: database.prepare<number[], SpaceRow>(
      'SELECT name, created, overwrite FROM spaces ORDER BY name LIMIT ? OFFSET ?',
    ),
    nextRevision: database.prepare<[], { revision: number }>(
      'UPDATE counter SET revision = revision + 1 RETURNING revision',
    ),
    putVersion: database.prepare(`
      INSERT INTO versions (space, chart, version, sort_key, stable, digest, size, created, etag, entry, revision)
      VALUES (@space, @chart, @version, @sortKey, @stable, @digest, @size, @created, @etag, @entry, @revision)
      ON CONFLICT (space, chart, version) DO UPDATE SET
        digest = excluded.digest, size = excluded.size, created = excluded.created, etag = excluded.etag,
        entry = excluded.entry, revision = excluded.revision, deleted = 0`),
    getVersion: database.prepare<string[], Row>(
      `SELECT ${columns} FROM versions WHERE space = ? AND chart = ? AND version = ? AND deleted = 0`,
    ),
    deleteVersion: database.prepare(
      `UPDATE versions SET deleted = 1, entry = '', revision = ?
       WHERE space = ? AND chart = ? AND version = ? AND deleted = 0`,
    ),
    deleteVersionsOf: database.prepare(
      `UPDATE versions SET deleted = 1, entry = '', revision = ? WHERE space = ? AND deleted = 0`,
    ),
    countCharts: database.prepare<string[], Count>(
      'SELECT count(DISTINCT chart) AS total FROM versions WHERE space = ? AND deleted = 0',
    ),
    listCharts: database.prepare<(string | number)[], { chart: string }>(
      'SELECT DISTINCT chart FROM versions WHERE space = ? AND deleted = 0 ORDER BY chart LIMIT ? OFFSET ?',
    ),
    versions: {
      all: versionLists('versions', 'chart, sort_key DESC'),
      latest: versionLists(latest, 'chart'),
    },
    revision: database.prepare<string[], { revision: number }>(
      'SELECT max(revision) AS revision FROM versions WHERE space = ?',
    ),
    changes: database.prepare<(string | number)[], Row>(
      `SELECT ${columns} FROM versions WHERE space = ? AND revision > ? ORDER BY revision, id LIMIT ?`,
    ),
    changesAt: database.prepare<(string | number)[], Row>(
      `SELECT ${columns} FROM versions WHERE space = ? AND revision = ? ORDER BY id`,
    ),
    references: database.prepare<number[], ReferenceRow>(
      `SELECT id, space, chart, version, etag, digest, entry ->> 'provenance' AS provenance, entry ->> 'manifest' AS manifest
       FROM versions WHERE id > ? AND deleted = 0 ORDER BY id LIMIT ?`,
    ),
  };
}

function spaceOf(row: SpaceRow): SpaceEntry {
  return { ...row, overwrite: row.overwrite !== 0 };
}

/** `entry` was written by putVersion, so its shape is known; anything else reads as empty metadata. */
function entryOf(row: Row): VersionEntry {
  const { entry, revision: _revision, deleted: _deleted, ...rest } = row;
  const parsed: unknown = JSON.parse(entry);
  const fields: JsonObject = isJsonObject(parsed) ? parsed : {};
  return {
    ...rest,
    metadata: isJsonObject(fields.metadata) ? fields.metadata : {},
    subcharts: Array.isArray(fields.subcharts) ? (fields.subcharts as ChartTree[]) : [],
    ...parseAttachments(fields),
  };
}
