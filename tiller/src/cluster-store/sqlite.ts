/**
 * Clusters in a SQLite file, in WAL mode: a row an object. Objects stand in layers: a cluster writes into a layer of its
 * own, over those that it shares with its forks. Worked example: cluster a has layer 1; a fork b makes layers 2 (now a's)
 * and 3 (b's), both over 1, which nobody writes any more. An object that a deletes stays in layer 1, and layer 2 says by
 * an empty row that it is gone.
 */
import Database from 'better-sqlite3';
import type { ClusterStore, KeptCluster, KeptState, ObjectChanges } from './cluster-store.ts';

const SCHEMA_VERSION = 1;
const SCHEMA = `
  CREATE TABLE layers (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES layers (id));
  CREATE TABLE objects (layer INTEGER NOT NULL, key TEXT NOT NULL, object BLOB, PRIMARY KEY (layer, key));
  CREATE TABLE clusters (name TEXT PRIMARY KEY, layer INTEGER NOT NULL REFERENCES layers (id), state TEXT NOT NULL);
`;

const CHAIN = `
  WITH RECURSIVE chain (id, depth) AS (
    SELECT ?, 0
    UNION ALL
    SELECT parent, depth + 1 FROM layers JOIN chain ON layers.id = chain.id WHERE parent IS NOT NULL
  )
`;

interface ClusterRow {
  readonly name: string;
  readonly layer: number;
  readonly state: string;
}

interface ObjectRow {
  readonly key: string;
  readonly object: Buffer | null;
}

interface Statements {
  readonly find: Database.Statement<[string], ClusterRow>;
  readonly parent: Database.Statement<[number], { readonly parent: number | null }>;
  readonly addLayer: Database.Statement<[number | null]>;
  readonly put: Database.Statement<[number, string, Uint8Array | null]>;
  readonly remove: Database.Statement<[number, string]>;
  readonly setState: Database.Statement<[string, string]>;
  readonly setLayer: Database.Statement<[number, string]>;
  readonly addCluster: Database.Statement<[string, number, string]>;
}

export class SqliteClusterStore implements ClusterStore {
  private readonly database: Database.Database;
  private readonly statements: Statements;

  /** Opens or makes the file; `:memory:` is a store that nobody else sees. Throws when a newer program made it. */
  constructor(file: string) {
    this.database = new Database(file);
    this.database.pragma('journal_mode = WAL');
    this.database.pragma('synchronous = NORMAL');
    this.database.pragma('busy_timeout = 5000');
    this.prepareSchema(file);
    const prepare = <P extends unknown[], R = unknown>(sql: string) => this.database.prepare<P, R>(sql);
    this.statements = {
      find: prepare('SELECT * FROM clusters WHERE name = ?'),
      parent: prepare('SELECT parent FROM layers WHERE id = ?'),
      addLayer: prepare('INSERT INTO layers (parent) VALUES (?)'),
      put: prepare(
        'INSERT INTO objects (layer, key, object) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET object = excluded.object',
      ),
      remove: prepare('DELETE FROM objects WHERE layer = ? AND key = ?'),
      setState: prepare('UPDATE clusters SET state = ? WHERE name = ?'),
      setLayer: prepare('UPDATE clusters SET layer = ? WHERE name = ?'),
      addCluster: prepare('INSERT INTO clusters (name, layer, state) VALUES (?, ?, ?)'),
    };
    this.joinLayers();
  }

  *load(): Iterable<KeptCluster> {
    const clusters = this.database.prepare<[], ClusterRow>('SELECT * FROM clusters ORDER BY name').all();
    for (const { layer, state } of clusters) {
      // A parsed border: this class wrote it.
      yield { state: JSON.parse(state) as KeptState, objects: this.objectsOf(layer) };
    }
  }

  create(state: KeptState, objects: ObjectChanges): void {
    this.transact(() => {
      this.drop(state.name);
      const layer = this.newLayer(null);
      this.statements.addCluster.run(state.name, layer, JSON.stringify(state));
      this.write(layer, objects);
    });
  }

  save(state: KeptState, changes: ObjectChanges, options: { readonly hard?: boolean } = {}): void {
    const save = (): void =>
      this.transact(() => {
        const cluster = this.statements.find.get(state.name);
        if (cluster === undefined) return;
        this.statements.setState.run(JSON.stringify(state), state.name);
        this.write(cluster.layer, changes);
      });
    if (options.hard !== true) {
      save();
      return;
    }
    this.database.pragma('synchronous = FULL');
    try {
      save();
    } finally {
      this.database.pragma('synchronous = NORMAL');
    }
  }

  fork(name: string, state: KeptState): void {
    this.transact(() => {
      const cluster = this.statements.find.get(name);
      if (cluster === undefined) throw new RangeError(`cluster ${name} is not kept`);
      this.drop(state.name);
      this.statements.setLayer.run(this.newLayer(cluster.layer), name);
      this.statements.addCluster.run(state.name, this.newLayer(cluster.layer), JSON.stringify(state));
    });
  }

  delete(name: string): void {
    this.transact(() => this.drop(name));
  }

  close(): void {
    this.database.close();
  }

  private prepareSchema(file: string): void {
    const prepare = this.database.transaction(() => {
      const version = Number(this.database.pragma('user_version', { simple: true }));
      if (version > SCHEMA_VERSION) throw new Error(`${file} has schema ${version}, made by a newer program`);
      if (version === 0) this.database.exec(SCHEMA);
      this.database.pragma(`user_version = ${SCHEMA_VERSION}`);
    });
    prepare.exclusive();
  }

  private transact(run: () => void): void {
    this.database.transaction(run).immediate();
  }

  private newLayer(parent: number | null): number {
    return Number(this.statements.addLayer.run(parent).lastInsertRowid);
  }

  private write(layer: number, changes: ObjectChanges): void {
    const isFirst = (this.statements.parent.get(layer)?.parent ?? null) === null;
    for (const [key, json] of changes) {
      if (json === undefined && isFirst) this.statements.remove.run(layer, key);
      else this.statements.put.run(layer, key, json ?? null);
    }
  }

  /** The upper layer's word counts. */
  private *objectsOf(layer: number): Iterable<readonly [string, Uint8Array]> {
    const rows = this.database.prepare<[number], ObjectRow>(
      `${CHAIN} SELECT key, object FROM objects JOIN chain ON objects.layer = chain.id ORDER BY key, depth`,
    );
    let last: string | undefined;
    for (const { key, object } of rows.iterate(layer)) {
      if (key === last) continue;
      last = key;
      if (object !== null) yield [key, object];
    }
  }

  /** Takes a cluster away, and the layers that are then nobody's. */
  private drop(name: string): void {
    const cluster = this.statements.find.get(name);
    if (cluster === undefined) return;
    this.database.prepare('DELETE FROM clusters WHERE name = ?').run(name);
    let layer: number | null = cluster.layer;
    while (layer !== null && this.usersOf(layer) === 0) {
      const parent: number | null = this.statements.parent.get(layer)?.parent ?? null;
      this.database.prepare('DELETE FROM objects WHERE layer = ?').run(layer);
      this.database.prepare('DELETE FROM layers WHERE id = ?').run(layer);
      layer = parent;
    }
  }

  /** How many clusters and layers stand on a layer. */
  private usersOf(layer: number): number {
    const count = this.database.prepare<[number, number], { readonly count: number }>(
      `SELECT (SELECT count(*) FROM layers WHERE parent = ?) + (SELECT count(*) FROM clusters WHERE layer = ?) AS count`,
    );
    return count.get(layer, layer)?.count ?? 0;
  }

  /** Layers over one that nobody else stands on become one with it. */
  private joinLayers(): void {
    this.transact(() => {
      const layers = this.database.prepare<[], { readonly id: number }>(
        'SELECT id FROM layers WHERE parent IS NOT NULL ORDER BY id',
      );
      for (const { id } of layers.all()) {
        const parent = this.statements.parent.get(id)?.parent ?? null;
        if (parent === null || this.usersOf(parent) !== 1) continue;
        const grandparent = this.statements.parent.get(parent)?.parent ?? null;
        this.database
          .prepare('INSERT OR IGNORE INTO objects SELECT ?, key, object FROM objects WHERE layer = ?')
          .run(id, parent);
        this.database.prepare('UPDATE layers SET parent = ? WHERE id = ?').run(grandparent, id);
        this.database.prepare('DELETE FROM objects WHERE layer = ?').run(parent);
        this.database.prepare('DELETE FROM layers WHERE id = ?').run(parent);
        if (grandparent === null) {
          this.database.prepare('DELETE FROM objects WHERE layer = ? AND object IS NULL').run(id);
        }
      }
    });
  }
}
