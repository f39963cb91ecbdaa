/**
 * The simulated clusters of a data folder: several in one process, each kept as a snapshot in a file that is replaced
 * as a whole. While a server runs, their time follows the wall clock at a rate; operations and `clock advance` jump.
 */
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createSimulation, restoreSimulation, type SimulationSnapshot } from '@drydock/controllers';
import { type ClusterCredentials, CredentialStore } from '../credentials/cluster-credentials.ts';
import { ReleaseError } from '../releases/release.ts';
import { SimulatedCluster } from './simulated.ts';

export interface CreateClusterOptions {
  readonly name: string;
  /** How many; default 3. */
  readonly nodes?: number;
  /** Makes all chance of the cluster repeatable; default: its name. */
  readonly seed?: string;
  /** Patterns of images that can't be pulled. */
  readonly missingImages?: readonly string[];
  readonly kubernetesVersion?: string;
  /** Milliseconds of its time for each of wall time while a server runs; default: the server's. */
  readonly clockRate?: number;
  /** Whether its requests need roles. */
  readonly rbac?: boolean;
}

/** What a cluster's file holds. */
interface StoredCluster extends SimulationSnapshot {
  readonly clockRate?: number;
}

/** Told of clusters that come and go. */
export interface ClusterObserver {
  added(cluster: SimulatedCluster): Promise<void>;
  removed(name: string): void;
}

/** How often the clocks of running clusters move, and how long a change may wait for the disk (wall milliseconds). */
const TICK = 100;
const SAVE_DELAY = 200;
/** How far a clock may be behind for a request (wall milliseconds). */
const CATCH_UP = 10;
/** The same as SAVE_DELAY for what happens by itself as time passes. */
const DRIFT_DELAY = 5000;
const DEFAULT_NODES = 3;

interface Entry {
  readonly cluster: SimulatedCluster;
  readonly credentials: ClusterCredentials;
  /** Its own; undefined: the server's. */
  clockRate: number | undefined;
  /** Where it is served by itself. */
  port: number | undefined;
  /** Wall time up to which its clock has followed. */
  followed: number;
  /** The store's revision that is on disk. */
  savedRevision: number;
  saveTimer: NodeJS.Timeout | undefined;
  /** Its control plane never came to rest: time no longer moves by itself. */
  isStuck: boolean;
  /** Saves of one cluster come one after the other. */
  saving: Promise<void>;
}

export class SimulatedClusters {
  private readonly folder: string;
  private readonly entries = new Map<string, Entry>();
  private readonly credentials: CredentialStore;
  private readonly clockRate: number;
  private readonly observers = new Set<ClusterObserver>();
  private ticker: NodeJS.Timeout | undefined;

  private constructor(options: { readonly folder: string; readonly clockRate: number }) {
    this.folder = options.folder;
    this.clockRate = options.clockRate;
    this.credentials = new CredentialStore(join(options.folder, 'credentials'));
  }

  /** Opens a folder with what is in it. `clockRate` 0 lets no time pass by itself, whatever clusters have of their own. */
  static async open(options: { readonly folder: string; readonly clockRate: number }): Promise<SimulatedClusters> {
    const clusters = new SimulatedClusters(options);
    await mkdir(options.folder, { recursive: true });
    const files = (await readdir(options.folder)).filter((file) => file.endsWith('.json')).sort();
    for (const file of files) {
      // A parsed border: this class wrote the file; restoreSimulation checks what it needs.
      const { clockRate, ...snapshot } = JSON.parse(
        await readFile(join(options.folder, file), 'utf8'),
      ) as StoredCluster;
      const credentials = await clusters.credentials.open(snapshot.name);
      const { authority } = credentials;
      const simulation = restoreSimulation(snapshot, { authority });
      simulation.settle();
      clusters.add(new SimulatedCluster(simulation), credentials, clockRate);
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
    if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) {
      throw new ReleaseError(
        'Invalid',
        `cluster name "${name.slice(0, 80)}" is invalid: lower-case letters, digits and "-", at most 63 characters`,
      );
    }
    if (this.entries.has(name)) throw new ReleaseError('AlreadyExists', `cluster "${name}" exists already`);
    const credentials = await this.credentials.open(name);
    if (this.entries.has(name)) throw new ReleaseError('AlreadyExists', `cluster "${name}" exists already`);
    const simulation = createSimulation({
      name,
      authority: credentials.authority,
      nodes: options.nodes ?? DEFAULT_NODES,
      seed: options.seed ?? name,
      startTime: Date.now(),
      features: { rbac: options.rbac ?? false },
      ...(options.missingImages === undefined ? {} : { missingImages: options.missingImages }),
      ...(options.kubernetesVersion === undefined ? {} : { kubernetesVersion: options.kubernetesVersion }),
    });
    simulation.settle();
    const cluster = new SimulatedCluster(simulation);
    this.add(cluster, credentials, options.clockRate);
    await this.flush(name);
    await Promise.all([...this.observers].map((observer) => observer.added(cluster)));
    return cluster;
  }

  /** Throws NotFound. */
  async delete(name: string): Promise<void> {
    this.get(name);
    const entry = this.entries.get(name);
    this.entries.delete(name);
    clearTimeout(entry?.saveTimer);
    await entry?.saving;
    await rm(this.file(name), { force: true });
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
    await this.flush(name);
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
      await this.flush(name);
    }
  }

  /** Notes a change from outside: the control plane takes it up, and it is on disk soon. */
  touch(name: string): void {
    const entry = this.entries.get(name);
    if (entry === undefined) return;
    this.move(entry, () => entry.cluster.simulation.settle());
    this.saveLater(entry, SAVE_DELAY);
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

  private saveLater(entry: Entry, delay: number): void {
    const { name } = entry.cluster;
    entry.saveTimer ??= setTimeout(() => {
      entry.saveTimer = undefined;
      this.flush(name).catch((error: unknown) => {
        process.stderr.write(`cluster ${name} could not be saved: ${String(error)}\n`);
      });
    }, delay);
  }

  /** Has a cluster on disk as it is now. */
  async flush(name: string): Promise<void> {
    const entry = this.entries.get(name);
    if (entry === undefined) return;
    const save = async () => {
      const { simulation } = entry.cluster;
      const { revision } = simulation.api.core.store;
      const { clockRate } = entry;
      const stored: StoredCluster = { ...simulation.snapshot(), ...(clockRate === undefined ? {} : { clockRate }) };
      await replaceFile(this.file(name), JSON.stringify(stored));
      entry.savedRevision = revision;
    };
    entry.saving = entry.saving.then(save, save);
    await entry.saving;
  }

  async close(): Promise<void> {
    clearInterval(this.ticker);
    for (const [name, entry] of this.entries) {
      clearTimeout(entry.saveTimer);
      await this.flush(name);
    }
  }

  private add(cluster: SimulatedCluster, credentials: ClusterCredentials, clockRate: number | undefined): void {
    const savedRevision = cluster.simulation.api.core.store.revision;
    this.entries.set(cluster.name, {
      cluster,
      credentials,
      clockRate,
      port: undefined,
      followed: performance.now(),
      savedRevision,
      saveTimer: undefined,
      isStuck: false,
      saving: Promise.resolve(),
    });
  }

  private startTicking(): void {
    if (this.clockRate === 0) return;
    this.ticker = setInterval(() => {
      for (const entry of this.entries.values()) {
        this.follow(entry);
        const { revision } = entry.cluster.simulation.api.core.store;
        if (!entry.isStuck && revision !== entry.savedRevision) this.saveLater(entry, DRIFT_DELAY);
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

  private file(name: string): string {
    return join(this.folder, `${name}.json`);
  }
}

/** All or nothing, also when the machine stops. */
async function replaceFile(file: string, text: string): Promise<void> {
  const next = `${file}.next`;
  const handle = await open(next, 'w');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(next, file);
}
