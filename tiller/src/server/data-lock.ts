/**
 * One process at a time on a data folder: `server.json` says which, and where it can be reached. What a dead process
 * left is taken over.
 */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ReleaseError } from '../releases/release.ts';

export interface LockHolder {
  readonly pid: number;
  /** Absent for a command that works on the folder without a server. */
  readonly address?: string;
}

export interface DataLock {
  /** Says where the server can be reached. */
  publish(address: string): Promise<void>;
  release(): Promise<void>;
}

/** How long a command waits for another command (not a server) to end, in milliseconds. */
const PATIENCE = 30_000;

/** Who holds the folder now: undefined when nobody that lives does. */
export async function readLock(data: string): Promise<LockHolder | undefined> {
  try {
    // A parsed border: the fields are checked below.
    const holder = JSON.parse(await readFile(lockFile(data), 'utf8')) as Partial<LockHolder> | null;
    if (typeof holder?.pid !== 'number' || !isAlive(holder.pid)) return undefined;
    return { pid: holder.pid, ...(typeof holder.address === 'string' ? { address: holder.address } : {}) };
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Makes the folder and takes it. Throws OperationInProgress when a server has it, or a command does not end. */
export async function lockData(data: string): Promise<DataLock> {
  await mkdir(data, { recursive: true });
  const file = lockFile(data);
  const mine = `${file}.${process.pid}`;
  for (const end = Date.now() + PATIENCE; ; ) {
    try {
      await writeFile(file, JSON.stringify({ pid: process.pid }), { flag: 'wx' });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = await readLock(data);
    if (holder?.address !== undefined || (holder !== undefined && (holder.pid === process.pid || Date.now() > end))) {
      const where = holder.address === undefined ? '' : ` at ${holder.address}`;
      throw new ReleaseError('OperationInProgress', `data folder ${data} is in use by process ${holder.pid}${where}`);
    }
    if (holder === undefined) await clearStale(file);
    else await sleep(50);
  }
  return {
    publish: async (address) => {
      await writeFile(mine, JSON.stringify({ pid: process.pid, address }));
      await rename(mine, file);
    },
    release: () => rm(file, { force: true }),
  };
}

/** Takes a dead process' lock away. Between two that do, the renaming is won by one. */
async function clearStale(file: string): Promise<void> {
  const away = `${file}.stale.${process.pid}`;
  try {
    await rename(file, away);
    await rm(away, { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function lockFile(data: string): string {
  return join(data, 'server.json');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
