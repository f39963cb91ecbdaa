/**
 * The port of etcd's role: versioned objects by key, with compare-and-swap, reads of the past, and changes in order.
 * Synchronous, which is the heart of determinism. Keys are `/<group>/<resource>/<namespace>/<name>`; revisions count up
 * by one for each write and are the objects' resourceVersion.
 */
import type { KubeObject } from '../apimachinery/object.ts';

export interface StoredObject {
  readonly key: string;
  readonly object: KubeObject;
  /** The revision of the write that made it what it is. */
  readonly revision: number;
}

export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly key: string;
  readonly revision: number;
  /** After the change; for DELETED the last state, carrying the revision of the deletion. */
  readonly object: KubeObject;
  readonly previous: KubeObject | undefined;
}

export interface ObjectStore {
  /** The revision of the latest write. */
  readonly revision: number;
  get(key: string): StoredObject | undefined;
  /** In key order. `at` reads the past; throws Expired (ApiError) if that is compacted away. */
  list(prefix: string, at?: number): readonly StoredObject[];
  /** Throws Conflict when the key's revision is not `expect`. Sets metadata.resourceVersion. */
  put(key: string, object: KubeObject, expect: number | 'absent'): StoredObject;
  /** Throws Conflict; answers the last state. */
  delete(key: string, expect: number): StoredObject;
  /** All changes after `since`, in order. Throws Expired if compacted away. */
  changes(since: number, prefix?: string): Iterable<Change>;
  /** Calls the listener for all changes after `since`, past and future; answers how to stop. */
  subscribe(prefix: string, since: number, listener: (change: Change) => void): () => void;
  /** Forgets the past before a revision. */
  compact(revision: number): void;
  /** A store of its own with the same content; copy on write. */
  fork(): ObjectStore;
}
