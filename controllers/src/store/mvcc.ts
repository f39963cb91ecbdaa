/**
 * The versioned object store in memory, in etcd's role (its mvcc package, v3.5): one sequence of revisions, reads of the
 * past until it is compacted away, watchers that see every change in order, and forks that share what neither has
 * changed. Nothing but this file changes what is stored.
 */
import type { KubeObject } from '../apimachinery/object.ts';
import { ApiError } from '../apimachinery/status.ts';
import { ChangeLog } from './change-log.ts';
import type { Change, ObjectStore, StoredObject } from './object-store.ts';
import { OrderedTree } from './ordered-tree.ts';

/** Longer lists are read anew each time. */
const MAX_KEPT_LIST = 64;
const MAX_KEPT_LISTS = 1000;

export interface MvccOptions {
  /** How many changes are kept for reads of the past and for watches that come back. Default 20,000. */
  readonly history?: number;
  /** Freezes what is stored, all levels, so that a caller who changes it fails at once. For tests. */
  readonly freeze?: boolean;
}

/** Plain JSON: what `restoreMvccStore` takes. */
export interface StoreSnapshot {
  readonly revision: number;
  readonly objects: readonly { readonly key: string; readonly object: KubeObject }[];
}

interface Subscription {
  readonly prefix: string;
  readonly listener: (change: Change) => void;
  /** The latest revision that it has been told of. */
  seen: number;
}

export function createMvccStore(options: MvccOptions = {}): MvccObjectStore {
  return new MvccObjectStore(options);
}

/** A store with a snapshot's content; the history before it is compacted. */
export function restoreMvccStore(snapshot: StoreSnapshot, options: MvccOptions = {}): MvccObjectStore {
  return new MvccObjectStore(options, snapshot);
}

export class MvccObjectStore implements ObjectStore {
  readonly #history: number;
  readonly #freeze: boolean;
  #revision: number;
  #tree = new OrderedTree<StoredObject>();
  #log: ChangeLog;
  #logged = 0;
  readonly #subscriptions = new Set<Subscription>();
  readonly #pending: Change[] = [];
  #delivering = false;
  /** Short lists that were asked for, by resource and prefix: controllers ask for the same ones at every change. */
  readonly #lists = new Map<string, Map<string, readonly StoredObject[]>>();

  constructor(options: MvccOptions = {}, snapshot?: StoreSnapshot) {
    this.#history = options.history ?? 20_000;
    this.#freeze = options.freeze ?? false;
    this.#revision = snapshot?.revision ?? 1;
    this.#log = new ChangeLog(snapshot?.revision ?? 0);
    for (const { key, object } of snapshot?.objects ?? []) {
      const revision = Number(object.metadata.resourceVersion ?? this.#revision);
      this.#tree.set(key, { key, object: this.#freeze ? deepFreeze(object) : object, revision });
    }
  }

  get revision(): number {
    return this.#revision;
  }

  /** The latest revision whose past can't be read any more. */
  get compactedRevision(): number {
    return this.#log.compacted;
  }

  get size(): number {
    return this.#tree.size;
  }

  get(key: string): StoredObject | undefined {
    return this.#tree.get(key);
  }

  list(prefix: string, at?: number): readonly StoredObject[] {
    const current = this.#current(prefix);
    if (at === undefined || at >= this.#revision) return current;
    if (at < this.#log.compacted) throw expired(at, this.#log.compacted);
    return this.#past(prefix, current, at);
  }

  #current(prefix: string): readonly StoredObject[] {
    const resource = resourcePrefix(prefix);
    const known = this.#lists.get(resource);
    const list = known?.get(prefix);
    if (list !== undefined) return list;
    const fresh = this.#tree.scan(prefix);
    if (resource === '' || fresh.length > MAX_KEPT_LIST) return fresh;
    if (known === undefined) this.#lists.set(resource, new Map([[prefix, fresh]]));
    else if (known.size < MAX_KEPT_LISTS) known.set(prefix, fresh);
    return fresh;
  }

  put(key: string, object: KubeObject, expect: number | 'absent'): StoredObject {
    const current = this.#tree.get(key);
    if (expect === 'absent' ? current !== undefined : current?.revision !== expect)
      throw conflict(key, expect, current);
    const revision = this.#revision + 1;
    const written: KubeObject = { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
    const stored: StoredObject = { key, object: this.#freeze ? deepFreeze(written) : written, revision };
    this.#revision = revision;
    this.#tree.set(key, stored);
    this.#lists.delete(resourcePrefix(key));
    this.#record({
      type: current === undefined ? 'ADDED' : 'MODIFIED',
      key,
      revision,
      object: stored.object,
      previous: current?.object,
    });
    return stored;
  }

  delete(key: string, expect: number): StoredObject {
    const current = this.#tree.get(key);
    if (current === undefined || current.revision !== expect) throw conflict(key, expect, current);
    const revision = this.#revision + 1;
    const last: KubeObject = {
      ...current.object,
      metadata: { ...current.object.metadata, resourceVersion: String(revision) },
    };
    const stored: StoredObject = { key, object: this.#freeze ? deepFreeze(last) : last, revision };
    this.#revision = revision;
    this.#tree.delete(key);
    this.#lists.delete(resourcePrefix(key));
    this.#record({ type: 'DELETED', key, revision, object: stored.object, previous: current.object });
    return stored;
  }

  *changes(since: number, prefix = ''): Iterable<Change> {
    if (since < this.#log.compacted) throw expired(since, this.#log.compacted);
    for (const change of this.#log.after(since)) if (change.key.startsWith(prefix)) yield change;
  }

  subscribe(prefix: string, since: number, listener: (change: Change) => void): () => void {
    if (since < this.#log.compacted && since < this.#revision) throw expired(since, this.#log.compacted);
    const subscription: Subscription = { prefix, listener, seen: since };
    if (since < this.#revision) {
      for (const change of [...this.#log.after(since)]) {
        subscription.seen = change.revision;
        if (change.key.startsWith(prefix)) listener(change);
      }
    }
    this.#subscriptions.add(subscription);
    return () => {
      this.#subscriptions.delete(subscription);
    };
  }

  compact(revision: number): void {
    this.#log.compact(Math.min(revision, this.#revision));
    this.#logged = this.#log.length;
  }

  fork(): MvccObjectStore {
    const other = new MvccObjectStore({ history: this.#history, freeze: this.#freeze });
    other.#revision = this.#revision;
    other.#tree = this.#tree.copy();
    other.#log = this.#log.copy();
    other.#logged = this.#logged;
    return other;
  }

  /** The whole content; share-nothing once it has been through JSON. */
  snapshot(): StoreSnapshot {
    return {
      revision: this.#revision,
      objects: this.#tree.scan('').map(({ key, object }) => ({ key, object })),
    };
  }

  #record(change: Change): void {
    this.#log.append(change);
    this.#logged += 1;
    if (this.#logged > this.#history * 2) this.compact(this.#revision - this.#history);
    if (this.#subscriptions.size === 0) return;
    this.#pending.push(change);
    if (!this.#delivering) this.#deliver();
  }

  /** In order, each change to all before the next one to any, also when a listener writes. */
  #deliver(): void {
    const failures: unknown[] = [];
    this.#delivering = true;
    try {
      for (let index = 0; index < this.#pending.length; index += 1) {
        const change = this.#pending[index] as Change;
        for (const subscription of this.#subscriptions) {
          if (change.revision <= subscription.seen) continue;
          subscription.seen = change.revision;
          if (!change.key.startsWith(subscription.prefix)) continue;
          try {
            subscription.listener(change);
          } catch (error) {
            failures.push(error);
          }
        }
      }
    } finally {
      this.#pending.length = 0;
      this.#delivering = false;
    }
    if (failures.length > 0) throw failures[0];
  }

  /** Undoes the changes after `at`, newest first. */
  #past(prefix: string, current: readonly StoredObject[], at: number): readonly StoredObject[] {
    const undo = new Map<string, KubeObject | undefined>();
    for (const change of this.#log.after(at)) {
      if (change.key.startsWith(prefix) && !undo.has(change.key)) undo.set(change.key, change.previous);
    }
    if (undo.size === 0) return current;
    const out = current.filter((stored) => !undo.has(stored.key));
    for (const [key, object] of undo) {
      if (object !== undefined) out.push({ key, object, revision: Number(object.metadata.resourceVersion) });
    }
    return out.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  }
}

/** `/<group>/<resource>/` of a key or of a prefix; empty where a prefix is shorter than that. */
function resourcePrefix(key: string): string {
  const group = key.indexOf('/', 1);
  const resource = group < 0 ? -1 : key.indexOf('/', group + 1);
  return resource < 0 ? '' : key.slice(0, resource + 1);
}

function conflict(key: string, expect: number | 'absent', current: StoredObject | undefined): ApiError {
  const found = current === undefined ? 'absent' : `at revision ${current.revision}`;
  return new ApiError(
    'Conflict',
    `${key} is ${found}, expected ${expect === 'absent' ? 'absent' : `revision ${expect}`}`,
  );
}

function expired(at: number, compacted: number): ApiError {
  return new ApiError('Expired', `too old resource version: ${at} (${compacted})`);
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const child of Object.values(value)) deepFreeze(child);
  return value;
}
