/**
 * The port of what keeps clusters: each one's facts and objects, changed piece by piece, so that a server comes back
 * with its clusters as they were. All calls are done when they return.
 */
import type { SimulationState } from '@drydock/controllers';

/** What is kept of a cluster besides its objects. */
export interface KeptState extends SimulationState {
  /** Its own rate; absent: the server's. */
  readonly clockRate?: number;
}

export interface KeptCluster {
  readonly state: KeptState;
  /** By storage key, in its order: the JSON of each object. */
  readonly objects: Iterable<readonly [key: string, json: Uint8Array]>;
}

/** The JSON of an object by its key; undefined where it is gone. */
export type ObjectChanges = Iterable<readonly [key: string, json: Uint8Array | undefined]>;

export interface ClusterStore {
  /** All clusters, by name. */
  load(): Iterable<KeptCluster>;
  /** A new one, or another in place of one of that name. */
  create(state: KeptState, objects: ObjectChanges): void;
  /** State and changes are there together or not at all, also after kill -9; `hard`: also when the power goes. */
  save(state: KeptState, changes: ObjectChanges, options?: { readonly hard?: boolean }): void;
  /** A new cluster with the objects of another, in constant time: what both have is kept once. */
  fork(name: string, state: KeptState): void;
  delete(name: string): void;
  close(): void;
}
