/**
 * The release history in a SQLite file: a row a revision, its body compressed, chart archives once for each digest.
 * Every change is one transaction in WAL mode, so a revision is there whole or not at all, also after kill -9.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { gunzipSync, gzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import {
  describeRelease,
  type Release,
  ReleaseError,
  type ReleaseId,
  type ReleaseStatus,
  type ReleaseSummary,
  summarize,
} from '../releases/release.ts';
import { migrate } from './migrations/migrate.ts';
import type { Lease, ReleaseFilter, ReleaseStore } from './release-store.ts';

/** A lease that is not renewed for this long (milliseconds of wall time) is free. */
const LEASE_TIME = 60_000;

interface Row {
  readonly body: Buffer;
}

interface LeaseRow {
  readonly holder: string;
  readonly pid: number;
  readonly host: string;
  readonly expires: number;
}

export class SqliteReleaseStore implements ReleaseStore {
  private readonly database: Database.Database;
  private readonly holder = randomUUID();

  /** Opens or makes the file; `:memory:` is a store that nobody else sees. */
  constructor(file: string) {
    this.database = new Database(file);
    this.database.pragma('journal_mode = WAL');
    this.database.pragma('synchronous = FULL');
    this.database.pragma('busy_timeout = 5000');
    migrate(this.database);
  }

  close(): void {
    this.database.close();
  }

  async create(release: Release, archive: Uint8Array): Promise<void> {
    const insert = this.database.transaction(() => {
      this.database
        .prepare('INSERT INTO charts (digest, archive) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING')
        .run(release.chart.digest, Buffer.from(archive));
      return this.database
        .prepare(
          `INSERT INTO revisions (cluster, namespace, name, revision, status, digest, summary, body)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
        )
        .run(...keyOf(release.id), release.revision, ...columnsOf(release));
    });
    if (insert.immediate().changes === 0) {
      throw new ReleaseError(
        'AlreadyExists',
        `${describeRelease(release.id)} has a revision ${release.revision} already`,
      );
    }
  }

  async update(release: Release, expect: ReleaseStatus): Promise<void> {
    const { changes } = this.database
      .prepare(
        `UPDATE revisions SET status = ?, digest = ?, summary = ?, body = ?
         WHERE cluster = ? AND namespace = ? AND name = ? AND revision = ? AND status = ?`,
      )
      .run(...columnsOf(release), ...keyOf(release.id), release.revision, expect);
    if (changes > 0) return;
    const { status } = await this.get(release.id, release.revision);
    throw new ReleaseError(
      'StaleRelease',
      `${describeRelease(release.id)}: revision ${release.revision} is ${status}, not ${expect}: another process changed it`,
    );
  }

  async get(id: ReleaseId, revision?: number): Promise<Release> {
    const row = this.database
      .prepare<unknown[], Row>(
        `SELECT body FROM revisions WHERE cluster = ? AND namespace = ? AND name = ? AND (? IS NULL OR revision = ?)
         ORDER BY revision DESC LIMIT 1`,
      )
      .get(...keyOf(id), revision ?? null, revision ?? null);
    if (row !== undefined) return readBody(row.body);
    const what = revision === undefined ? 'not found' : `has no revision ${revision}`;
    throw new ReleaseError('NotFound', `${describeRelease(id)} ${what}`);
  }

  async history(id: ReleaseId): Promise<readonly Release[]> {
    return this.database
      .prepare<unknown[], Row>(
        'SELECT body FROM revisions WHERE cluster = ? AND namespace = ? AND name = ? ORDER BY revision',
      )
      .all(...keyOf(id))
      .map((row) => readBody(row.body));
  }

  async list(filter: ReleaseFilter): Promise<readonly ReleaseSummary[]> {
    const rows = this.database
      .prepare<unknown[], { summary: string }>(
        `SELECT summary, MAX(revision) FROM revisions
         WHERE (? IS NULL OR cluster = ?) AND (? IS NULL OR namespace = ?)
         GROUP BY cluster, namespace, name ORDER BY cluster, namespace, name`,
      )
      .all(filter.cluster ?? null, filter.cluster ?? null, filter.namespace ?? null, filter.namespace ?? null);
    // A parsed border: this store wrote the text.
    const summaries = rows.map((row) => JSON.parse(row.summary) as ReleaseSummary);
    const { statuses } = filter;
    return statuses === undefined ? summaries : summaries.filter(({ status }) => statuses.includes(status));
  }

  async prune(id: ReleaseId, keep: number): Promise<number> {
    const prune = this.database.transaction(() => {
      const { changes } = this.database
        .prepare(
          `DELETE FROM revisions WHERE cluster = ? AND namespace = ? AND name = ? AND status <> 'deployed'
           AND revision NOT IN (SELECT revision FROM revisions WHERE cluster = ? AND namespace = ? AND name = ?
                                ORDER BY status = 'deployed' DESC, revision DESC LIMIT ?)`,
        )
        .run(...keyOf(id), ...keyOf(id), keep);
      this.dropUnusedCharts();
      return changes;
    });
    return prune.immediate();
  }

  async remove(id: ReleaseId, revision?: number): Promise<void> {
    const remove = this.database.transaction(() => {
      this.database
        .prepare(
          'DELETE FROM revisions WHERE cluster = ? AND namespace = ? AND name = ? AND (? IS NULL OR revision = ?)',
        )
        .run(...keyOf(id), revision ?? null, revision ?? null);
      this.dropUnusedCharts();
    });
    remove.immediate();
  }

  async removeCluster(cluster: string): Promise<void> {
    const remove = this.database.transaction(() => {
      this.database.prepare('DELETE FROM revisions WHERE cluster = ?').run(cluster);
      this.database.prepare('DELETE FROM leases WHERE cluster = ?').run(cluster);
      this.dropUnusedCharts();
    });
    remove.immediate();
  }

  async archive(digest: string): Promise<Uint8Array> {
    const row = this.database
      .prepare<unknown[], { archive: Buffer }>('SELECT archive FROM charts WHERE digest = ?')
      .get(digest);
    if (row === undefined) throw new ReleaseError('NotFound', `the archive of chart sha256:${digest} is not there`);
    return row.archive;
  }

  async acquire(id: ReleaseId): Promise<Lease> {
    const take = this.database.transaction(() => {
      const row = this.database
        .prepare<unknown[], LeaseRow>(
          'SELECT holder, pid, host, expires FROM leases WHERE cluster = ? AND namespace = ? AND name = ?',
        )
        .get(...keyOf(id));
      if (row !== undefined && isHeld(row)) {
        throw new ReleaseError(
          'OperationInProgress',
          `${describeRelease(id)}: another operation is in progress (process ${row.pid} on ${row.host})`,
        );
      }
      this.database
        .prepare(
          `INSERT INTO leases (cluster, namespace, name, holder, pid, host, expires) VALUES (?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET holder = excluded.holder, pid = excluded.pid, host = excluded.host,
                                     expires = excluded.expires`,
        )
        .run(...keyOf(id), this.holder, process.pid, hostname(), Date.now() + LEASE_TIME);
    });
    take.immediate();
    const renewal = setInterval(() => {
      if (!this.database.open) return;
      this.database
        .prepare('UPDATE leases SET expires = ? WHERE cluster = ? AND namespace = ? AND name = ? AND holder = ?')
        .run(Date.now() + LEASE_TIME, ...keyOf(id), this.holder);
    }, LEASE_TIME / 3);
    renewal.unref();
    return {
      release: async () => {
        clearInterval(renewal);
        this.database
          .prepare('DELETE FROM leases WHERE cluster = ? AND namespace = ? AND name = ? AND holder = ?')
          .run(...keyOf(id), this.holder);
      },
    };
  }

  private dropUnusedCharts(): void {
    this.database.prepare('DELETE FROM charts WHERE digest NOT IN (SELECT digest FROM revisions)').run();
  }
}

/** Held by a process that lives, as far as can be told, and that has renewed it in time. */
function isHeld(row: LeaseRow): boolean {
  if (row.expires <= Date.now()) return false;
  return row.host !== hostname() || row.pid === process.pid || isAlive(row.pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function keyOf(id: ReleaseId): [string, string, string] {
  return [id.cluster, id.namespace, id.name];
}

function columnsOf(release: Release): [string, string, string, Buffer] {
  const summary = JSON.stringify(summarize(release));
  return [release.status, release.chart.digest, summary, gzipSync(JSON.stringify(release), { level: 1 })];
}

function readBody(body: Buffer): Release {
  // A parsed border: this store wrote it.
  return JSON.parse(gunzipSync(body).toString('utf8')) as Release;
}
