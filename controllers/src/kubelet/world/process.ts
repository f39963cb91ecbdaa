/**
 * A simulated container's process: what it finds (environment, files, who it is), how much of its time has passed, and
 * what it wrote so far.
 */
import type { Duration, Instant } from '../../apimachinery/time.ts';
import type { MountedDirectory, WorldFile } from './files.ts';

export interface World {
  readonly environment: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, WorldFile>;
  readonly directories: ReadonlyMap<string, MountedDirectory>;
  readonly user: { readonly uid: number; readonly gid: number; readonly groups: readonly number[] };
  readonly hostname: string;
  /** Kernel settings of its pod. */
  readonly sysctls: ReadonlyMap<string, string>;
  readonly isPrivileged: boolean;
  /** Where a process may not write but into volumes. */
  readonly isReadOnly: boolean;
  /** In [0, 1), the same each time for a container's run. */
  readonly random: number;
  /** When the process starts, where that is known. */
  readonly start?: Instant;
}

/** Thrown when nothing more matters of a process: its time is beyond what is asked for. */
export class StillRunning extends Error {
  override readonly name = 'StillRunning';
}

export interface Output {
  readonly after: Duration;
  readonly text: string;
}

/** Runs a command given as words; answers its exit code. */
export type Programs = (process: Process, words: readonly string[]) => number;

const MAX_STEPS = 20_000;
const MAX_OUTPUT = 1_000_000;

/** What programs read and write while they run. */
export class Process {
  readonly world: World;
  readonly variables: Map<string, string>;
  readonly files: Map<string, WorldFile>;
  readonly output: Output[] = [];
  /** When files were written or removed. */
  readonly changes: Duration[] = [];
  /** Until when it is followed. */
  readonly horizon: Duration;
  elapsed: Duration = 0;
  /** What the next program reads. */
  input: string | undefined;
  readonly #programs: Programs;
  #steps = 0;
  #written = 0;
  #random: number;

  constructor(world: World, horizon: Duration, programs: Programs) {
    this.world = world;
    this.#programs = programs;
    this.horizon = horizon;
    this.variables = new Map(world.environment);
    this.files = new Map(world.files);
    this.#random = Math.floor(world.random * 2 ** 31) >>> 0;
  }

  /** Runs a command given as words. Throws NotUnderstood and StillRunning. */
  run(words: readonly string[]): number {
    this.step();
    return this.#programs(this, words);
  }

  /** Counts a step; throws StillRunning for what never ends. */
  step(): void {
    if (++this.#steps > MAX_STEPS) throw new StillRunning();
  }

  sleep(duration: Duration): void {
    this.elapsed += duration;
    if (this.elapsed > this.horizon) throw new StillRunning();
  }

  write(text: string): void {
    if (text === '') return;
    this.#written += text.length;
    if (this.#written > MAX_OUTPUT) throw new StillRunning();
    this.output.push({ after: this.elapsed, text });
  }

  /** Of RANDOM: 0 to 32767. */
  nextRandom(): number {
    // The generator of C's rand().
    this.#random = (Math.imul(this.#random, 1_103_515_245) + 12_345) >>> 0;
    return (this.#random >>> 16) & 32_767;
  }

  /** By its path, which is one from the root where it does not say so. */
  file(path: string): WorldFile | undefined {
    return this.files.get(absolute(path));
  }

  hasFile(path: string): boolean {
    return this.files.has(absolute(path));
  }

  /** Whether a path is a directory: a mount, or above a file or a mount. */
  isDirectory(path: string): boolean {
    const directory = path.replace(/\/+$/, '');
    if (['', '/tmp', '/dev', '/etc', '/var', '/bin', '/usr', '/proc', '/root', '/home'].includes(directory))
      return true;
    if (this.world.directories.has(directory)) return true;
    const prefix = `${directory}/`;
    return [...this.files.keys(), ...this.world.directories.keys()].some((each) => each.startsWith(prefix));
  }

  /** Whether a file may be written there: the text of the error, or undefined. */
  writeProblem(given: string): string | undefined {
    const path = absolute(given);
    const parent = path.slice(0, path.lastIndexOf('/'));
    if (!this.isDirectory(parent)) return 'No such file or directory';
    const isMounted = [...this.world.directories.keys()].some((each) => path.startsWith(`${each}/`));
    return this.world.isReadOnly && !isMounted && !path.startsWith('/dev/') ? 'Read-only file system' : undefined;
  }

  removeFile(path: string): void {
    this.changes.push(this.elapsed);
    this.files.delete(absolute(path));
  }

  writeFile(path: string, bytes: string, append: boolean): void {
    this.changes.push(this.elapsed);
    const before = this.file(path);
    const kept = append ? (before?.bytes ?? '') : '';
    if (kept.length + bytes.length > MAX_OUTPUT) throw new StillRunning();
    this.files.set(absolute(path), { bytes: kept + bytes, mode: before?.mode ?? 0o644 });
  }
}

/** A process is in the root directory. */
export function absolute(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}
