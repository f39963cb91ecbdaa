/**
 * Keeps one cluster in a cluster store: it notes what changes, and writes it in one go, before anybody is told that a
 * request of theirs is done. What the control plane does by itself may wait a little.
 */
import { encodeWhole, type KubeObject, type Simulation } from '@drydock/controllers';
import type { ClusterStore, KeptCluster, KeptState } from '../cluster-store/cluster-store.ts';

export interface ClusterKeeperOptions {
  readonly store: ClusterStore;
  readonly simulation: Simulation;
  /** What is kept besides the simulation's own state. */
  readonly more: () => Pick<KeptState, 'clockRate'>;
  /** Whether each write survives also when the power goes; else only at `hard` commits. */
  readonly isHard: boolean;
}

interface Waiting {
  readonly act: () => void;
  readonly fail: (error: unknown) => void;
}

export class ClusterKeeper {
  private readonly options: ClusterKeeperOptions;
  private readonly stopListening: () => void;
  private readonly changed = new Map<string, KubeObject | undefined>();
  private waiting: Waiting[] = [];
  private timer: NodeJS.Timeout | undefined;
  private soon: NodeJS.Immediate | undefined;

  constructor(options: ClusterKeeperOptions) {
    this.options = options;
    const { store } = options.simulation.api.core;
    this.stopListening = store.subscribe('', store.revision, ({ type, key, object }) => {
      this.changed.set(key, type === 'DELETED' ? undefined : object);
    });
  }

  /** Whether something is not kept yet. */
  get isBehind(): boolean {
    return this.changed.size > 0;
  }

  /** Writes all that is not kept yet. Throws what the store throws; nothing is lost then. */
  commit(options: { readonly hard?: boolean } = {}): void {
    clearImmediate(this.soon);
    clearTimeout(this.timer);
    this.soon = undefined;
    this.timer = undefined;
    const waiting = this.waiting;
    this.waiting = [];
    const { store, isHard } = this.options;
    try {
      store.save(this.state(), jsonOf(this.changed), { hard: isHard || options.hard === true });
      this.changed.clear();
    } catch (error) {
      for (const { fail } of waiting) fail(error);
      throw error;
    }
    for (const { act } of waiting) act();
  }

  /** Acts when all that has changed so far is kept: with all others of this moment, in one write. */
  whenKept(act: () => void, fail: (error: unknown) => void): void {
    if (!this.isBehind && this.waiting.length === 0) {
      act();
      return;
    }
    this.waiting.push({ act, fail });
    this.soon ??= setImmediate(() => this.commitAlone());
  }

  /** Writes within so many milliseconds. */
  commitWithin(delay: number): void {
    this.timer ??= setTimeout(() => this.commitAlone(), delay);
  }

  stop(): void {
    clearImmediate(this.soon);
    clearTimeout(this.timer);
    this.stopListening();
  }

  /** Where nobody waits for the outcome but those who are told by name. */
  private commitAlone(): void {
    try {
      this.commit();
    } catch (error) {
      process.stderr.write(`cluster ${this.options.simulation.name} could not be saved: ${String(error)}\n`);
    }
  }

  state(): KeptState {
    return { ...this.options.simulation.state(), ...this.options.more() };
  }
}

/** The objects of a simulation, as the store takes them. */
export function objectsOf(simulation: Simulation): Iterable<readonly [string, Uint8Array | undefined]> {
  const { objects } = simulation.snapshot().store;
  return jsonOf(objects.map(({ key, object }) => [key, object] as const));
}

function* jsonOf(
  objects: Iterable<readonly [string, KubeObject | undefined]>,
): Iterable<readonly [string, Uint8Array | undefined]> {
  for (const [key, object] of objects) yield [key, object === undefined ? undefined : encodeWhole(object)];
}

/** The objects that a store kept, as a snapshot has them. */
export function parseObjects(objects: KeptCluster['objects']): { key: string; object: KubeObject }[] {
  // A parsed border: the objects were written from the store.
  return Array.from(objects, ([key, json]) => ({
    key,
    object: JSON.parse(Buffer.from(json).toString()) as KubeObject,
  }));
}
