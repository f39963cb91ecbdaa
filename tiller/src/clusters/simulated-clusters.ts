/**
 * The simulated clusters of a data folder: several in one process, kept in one database, change by change. While a
 * server runs, their time follows the wall clock at a rate; operations and `clock advance` jump.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createSimulation, restoreSimulation, type Simulation } from '@drydock/controllers';
import type { ClusterStore } from '../cluster-store/cluster-store.ts';
import { SqliteClusterStore } from '../cluster-store/sqlite.ts';
import { type ClusterCredentials, CredentialStore } from '../credentials/cluster-credentials.ts';
import { ReleaseError } from '../releases/release.ts';
import { takeFiles } from './cluster-files.ts';
import { ClusterKeeper, objectsOf, parseObjects } from './cluster-keeper.ts';
import {
  type ClusterObserver,
  type ClusterSnapshot,
  type CreateClusterOptions,
  checkClusterName,
  type SimulatedClustersOptions,
  simulationOptions,
} from './cluster-options.ts';
import { SimulatedCluster } from './simulated.ts';

/** How often the clocks of running clusters move, and how long what follows a change may wait (wall milliseconds). */
const TICK = 100;
const SAVE_DELAY = 200;
/** How far a clock may be behind for a request (wall milliseconds). */
const CATCH_UP = 10;
/** The same as SAVE_DELAY for what happens by itself as time passes. */
const DRIFT_DELAY = 5000;

interface Entry {
  readonly cluster: SimulatedCluster;
  readonly credentials: ClusterCredentials;
  /** Its own; undefined: the server's. */
  clockRate: number | undefined;
  /** Where it is served by itself. */
  port: number | undefined;
  /** Wall time up to which its clock has followed. */
  followed: number;
  readonly keeper: ClusterKeeper;
  /** Its control plane never came to rest: time no longer moves by itself. */
  isStuck: boolean;
}

export class SimulatedClusters {
  private readonly entries = new Map<string, Entry>();
  private readonly store: ClusterStore;
  private readonly credentials: CredentialStore;
  private readonly clockRate: number;
  private readonly syncWrites: boolean;
  private readonly observers = new Set<ClusterObserver>();
  private ticker: NodeJS.Timeout | undefined;

  private constructor({ folder, clockRate, syncWrites = false }: SimulatedClustersOptions) {
    this.clockRate = clockRate;
    this.syncWrites = syncWrites;
    this.credentials = new CredentialStore(join(folder, 'credentials'));
    this.store = new SqliteClusterStore(join(folder, 'clusters.db'));
  }

  /** Opens a folder with what is in it. */
  static async open(options: SimulatedClustersOptions): Promise<SimulatedClusters> {
    await mkdir(options.folder, { recursive: true });
    const clusters = new SimulatedClusters(options);
    await takeFiles(options.folder, clusters.store);
    for (const { state, objects } of clusters.store.load()) {
      const { clockRate, revision, ...rest } = state;
      const { authority } = await clusters.credentials.open(state.name);
      const simulation = restoreSimulation(
        { ...rest, store: { revision, objects: parseObjects(objects) } },
        { authority },
      );
      const entry = clusters.add(simulation, await clusters.credentials.open(state.name), clockRate);
      simulation.settle();
      entry.keeper.commitWithin(SAVE_DELAY);
    }
    clusters.startTicking();
    return clusters;
  }

  /** By name. */
  list(): readonly SimulatedCluster[] {
    return [...this.entries.values()]
      .map(({ cluster }) => cluster)
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  }

  find(name: string): SimulatedCluster | undefined {
    return this.entries.get(name)?.cluster;
  }

  /** Throws NotFound, which says which there are. */
  get(name: string): SimulatedCluster {
    const cluster = this.find(name);
    if (cluster !== undefined) return cluster;
    const names = this.list().map((each) => each.name);
    const hint = names.length === 0 ? 'there are none: drydock cluster create NAME' : `there are ${names.join(', ')}`;
    throw new ReleaseError('NotFound', `cluster "${name}" not found (${hint})`);
  }

  /** Throws AlreadyExists, and Invalid for a name that can't be part of an address. */
  async create(options: CreateClusterOptions): Promise<SimulatedCluster> {
    const { name } = options;
    this.checkName(name);
    const credentials = await this.credentials.open(name);
    this.checkName(name);
    const simulation = createSimulation(simulationOptions(options, credentials.authority));
    simulation.settle();
    return this.begin(simulation, credentials, options.clockRate);
  }

  /** Keeps and serves a cluster that is new here. */
  private async begin(
    simulation: Simulation,
    credentials: ClusterCredentials,
    clockRate: number | undefined,
  ): Promise<SimulatedCluster> {
    const { cluster, keeper } = this.add(simulation, credentials, clockRate);
    this.store.create(keeper.state(), objectsOf(simulation));
    await Promise.all([...this.observers].map((observer) => observer.added(cluster)));
    return cluster;
  }

  /**
   * A cluster of another name that goes on from here, with the same CA and tokens: what happens in one is not seen in
   * the other. Takes no time, whatever is in it. Throws NotFound, AlreadyExists and Invalid.
   */
  async fork(name: string, newName: string): Promise<SimulatedCluster> {
    const { cluster, clockRate } = this.entry(name);
    this.checkName(newName);
    const credentials = await this.credentials.copy(name, newName);
    this.checkName(newName);
    this.entry(name).keeper.commit();
    const forked = this.add(cluster.simulation.fork(newName), credentials, clockRate);
    this.store.fork(name, forked.keeper.state());
    await Promise.all([...this.observers].map((observer) => observer.added(forked.cluster)));
    return forked.cluster;
  }

  /** All of a cluster but its credentials. Throws NotFound. */
  snapshot(name: string): ClusterSnapshot {
    const { cluster, clockRate } = this.entry(name);
    return { ...cluster.simulation.snapshot(), ...(clockRate === undefined ? {} : { clockRate }) };
  }

  /** A cluster from a snapshot, under its name or another. Throws AlreadyExists, and Invalid for what is no snapshot. */
  async restore(snapshot: ClusterSnapshot, name: string): Promise<SimulatedCluster> {
    this.checkName(name);
    const credentials = await this.credentials.open(name);
    this.checkName(name);
    const { clockRate, ...rest } = snapshot;
    let simulation: Simulation;
    try {
      simulation = restoreSimulation({ ...rest, name }, { authority: credentials.authority });
      simulation.settle();
    } catch (error) {
      throw new ReleaseError('Invalid', `this is no snapshot of a cluster: ${String(error)}`);
    }
    return this.begin(simulation, credentials, clockRate);
  }

  /** Throws Invalid and AlreadyExists. */
  private checkName(name: string): void {
    checkClusterName(name);
    if (this.entries.has(name)) throw new ReleaseError('AlreadyExists', `cluster "${name}" exists already`);
  }

  /** Throws NotFound. */
  async delete(name: string): Promise<void> {
    this.get(name);
    this.entries.get(name)?.keeper.stop();
    this.entries.delete(name);
    this.store.delete(name);
    await this.credentials.delete(name);
    for (const observer of this.observers) observer.removed(name);
  }

  /** Tells of the clusters that are there, and from now on. */
  async observe(observer: ClusterObserver): Promise<void> {
    this.observers.add(observer);
    await Promise.all(this.list().map((cluster) => observer.added(cluster)));
  }

  /** Throws NotFound. */
  credentialsOf(name: string): ClusterCredentials {
    return this.entry(name).credentials;
  }

  /** Notes the port that a cluster is served on, and keeps it for the next time. Throws NotFound. */
  async setPort(name: string, port: number): Promise<void> {
    const entry = this.entry(name);
    entry.port = port;
    await entry.credentials.rememberPort(port);
  }

  /** The port that a cluster is served on by itself; undefined where it is not. */
  portOf(name: string): number | undefined {
    return this.entries.get(name)?.port;
  }

  /** How fast a cluster's time follows the wall clock. Throws NotFound. */
  clockRateOf(name: string): number {
    return this.clockRate === 0 ? 0 : (this.entry(name).clockRate ?? this.clockRate);
  }

  /** From now on, and after a restart. Throws NotFound. */
  async setClockRate(name: string, rate: number): Promise<void> {
    const entry = this.entry(name);
    this.follow(entry);
    entry.clockRate = rate;
    this.flush(name);
  }

  /** Brings a cluster's time up to now: for a request, which must not see the time of the last tick. */
  catchUp(name: string): void {
    const entry = this.entries.get(name);
    if (entry !== undefined && performance.now() - entry.followed >= CATCH_UP) this.follow(entry);
  }

  private entry(name: string): Entry {
    this.get(name);
    const entry = this.entries.get(name);
    if (entry === undefined) throw new ReleaseError('NotFound', `cluster "${name}" not found`);
    return entry;
  }

  /** Does something that changes a cluster, and has it on disk when it is over, however it ends. */
  async changing<T>(name: string, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } finally {
      this.find(name)?.simulation.settle();
      this.flush(name);
    }
  }

  /** Notes a change from outside: the control plane takes it up, and it is on disk soon. */
  touch(name: string): void {
    const entry = this.entries.get(name);
    if (entry === undefined) return;
    this.move(entry, () => entry.cluster.simulation.settle());
    entry.keeper.commitWithin(SAVE_DELAY);
  }

  /** Acts when all that has changed in a cluster so far is kept; fails when it can't be. */
  whenKept(name: string, act: () => void, fail: (error: unknown) => void): void {
    const entry = this.entries.get(name);
    if (entry === undefined) act();
    else entry.keeper.whenKept(act, fail);
  }

  /** Runs a cluster where nobody waits for the outcome: what breaks one must not end the others. */
  private move(entry: Entry, run: () => void): void {
    try {
      run();
    } catch (error) {
      entry.isStuck = true;
      process.stderr.write(`the time of cluster ${entry.cluster.name} stands still: ${String(error)}\n`);
    }
  }

  /** Has a cluster on disk as it is now, safe also from a loss of power. */
  flush(name: string): void {
    this.entries.get(name)?.keeper.commit({ hard: true });
  }

  async close(): Promise<void> {
    clearInterval(this.ticker);
    for (const { keeper } of this.entries.values()) {
      keeper.commit({ hard: true });
      keeper.stop();
    }
    this.store.close();
  }

  private add(simulation: Simulation, credentials: ClusterCredentials, clockRate: number | undefined): Entry {
    const entry: Entry = {
      cluster: new SimulatedCluster(simulation),
      credentials,
      clockRate,
      port: undefined,
      followed: performance.now(),
      keeper: new ClusterKeeper({
        store: this.store,
        simulation,
        more: () => (entry.clockRate === undefined ? {} : { clockRate: entry.clockRate }),
        isHard: this.syncWrites,
      }),
      isStuck: false,
    };
    this.entries.set(simulation.name, entry);
    return entry;
  }

  private startTicking(): void {
    if (this.clockRate === 0) return;
    this.ticker = setInterval(() => {
      for (const entry of this.entries.values()) {
        this.follow(entry);
        if (!entry.isStuck && entry.keeper.isBehind) entry.keeper.commitWithin(DRIFT_DELAY);
      }
    }, TICK);
    this.ticker.unref();
  }

  /** Lets the time of a cluster pass that has passed on the wall clock since it was last looked at. */
  private follow(entry: Entry): void {
    const now = performance.now();
    const passed = Math.round((now - entry.followed) * this.clockRateOf(entry.cluster.name));
    entry.followed = now;
    if (passed === 0 || entry.isStuck) return;
    this.move(entry, () => entry.cluster.simulation.advance(passed));
  }
}
