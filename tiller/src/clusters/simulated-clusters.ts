/**
 * The simulated clusters of a data folder: several in one process, each kept as a snapshot in a file that is replaced
 * as a whole. While a server runs, their time follows the wall clock at a rate; operations and `clock advance` jump.
 */
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createSimulation, restoreSimulation, type SimulationSnapshot } from '@drydock/controllers';
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
}

/** How often the clocks of running clusters move, and how long a change may wait for the disk (wall milliseconds). */
const TICK = 250;
const SAVE_DELAY = 200;
/** The same for what happens by itself as time passes. */
const DRIFT_DELAY = 5000;
const DEFAULT_NODES = 3;

interface Entry {
  readonly cluster: SimulatedCluster;
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
  private ticker: NodeJS.Timeout | undefined;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Opens a folder with what is in it. `clockRate` 0 lets no time pass by itself. */
  static async open(options: { readonly folder: string; readonly clockRate: number }): Promise<SimulatedClusters> {
    const clusters = new SimulatedClusters(options.folder);
    await mkdir(options.folder, { recursive: true });
    const files = (await readdir(options.folder)).filter((file) => file.endsWith('.json')).sort();
    for (const file of files) {
      // A parsed border: this class wrote the file; restoreSimulation checks what it needs.
      const snapshot = JSON.parse(await readFile(join(options.folder, file), 'utf8')) as SimulationSnapshot;
      clusters.add(new SimulatedCluster(restoreSimulation(snapshot)));
    }
    clusters.startTicking(options.clockRate);
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
    const simulation = createSimulation({
      name,
      nodes: options.nodes ?? DEFAULT_NODES,
      seed: options.seed ?? name,
      startTime: Date.now(),
      ...(options.missingImages === undefined ? {} : { missingImages: options.missingImages }),
      ...(options.kubernetesVersion === undefined ? {} : { kubernetesVersion: options.kubernetesVersion }),
    });
    simulation.settle();
    const cluster = new SimulatedCluster(simulation);
    this.add(cluster);
    await this.flush(name);
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
      await replaceFile(this.file(name), JSON.stringify(simulation.snapshot()));
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

  private add(cluster: SimulatedCluster): void {
    const savedRevision = cluster.simulation.api.core.store.revision;
    this.entries.set(cluster.name, {
      cluster,
      savedRevision,
      saveTimer: undefined,
      isStuck: false,
      saving: Promise.resolve(),
    });
  }

  private startTicking(rate: number): void {
    if (rate === 0) return;
    let last = performance.now();
    this.ticker = setInterval(() => {
      const now = performance.now();
      const passed = Math.round((now - last) * rate);
      last = now;
      for (const entry of this.entries.values()) {
        const { simulation } = entry.cluster;
        if (entry.isStuck) continue;
        this.move(entry, () => simulation.advance(passed));
        if (simulation.api.core.store.revision !== entry.savedRevision) this.saveLater(entry, DRIFT_DELAY);
      }
    }, TICK);
    this.ticker.unref();
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
