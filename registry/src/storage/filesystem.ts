/**
 * Blobs as files under one folder. A blob is written to a temporary file, made durable (fsync), and only then gets its name
 * by rename, or by link where it must be absent, so that a reader or a crash sees all of it or nothing. The folder that
 * holds the name is synced before a put resolves.
 */
import { randomBytes } from 'node:crypto';
import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, link, mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isRegistryError, RegistryError } from '../errors.ts';
import { KeyLock } from '../key-lock.ts';
import { checkKey, checkPrefix } from './key.ts';
import type { BlobInfo, StorageBackend, StoredBlob } from './storage-backend.ts';

/** Not a valid first character of a key, so no key and no list can reach it. */
const temporaryFolder = '.tmp';
const staleAfter = 60 * 60 * 1000;

export class FilesystemStorageBackend implements StorageBackend {
  readonly #root: string;
  readonly #locks = new KeyLock();
  readonly #folders = new Set<string>();
  readonly #syncs = new FolderSync();
  #prepared: Promise<void> | undefined;
  #lastTime = 0;

  /** `root` is made on the first write. One process may write to it at a time. */
  constructor(root: string) {
    this.#root = root;
  }

  async get(key: string): Promise<StoredBlob> {
    checkKey(key);
    let file: FileHandle;
    try {
      file = await open(this.#path(key), constants.O_RDONLY | constants.O_NOFOLLOW);
    } catch (error) {
      throw isCode(error, 'ENOENT', 'ENOTDIR') ? notFound(key) : storageError(error, `read ${key}`);
    }
    try {
      const info = await file.stat({ bigint: true });
      if (!info.isFile()) {
        throw notFound(key);
      }
      const body = await file.readFile();
      return { ...blobInfo(key, info), body };
    } catch (error) {
      throw storageError(error, `read ${key}`);
    } finally {
      await file.close();
    }
  }

  async put(key: string, body: Uint8Array, when?: { absent: true } | { etag: string }): Promise<BlobInfo> {
    checkKey(key);
    this.#prepared ??= this.#prepare();
    await this.#prepared;
    const path = this.#path(key);
    if (when !== undefined && 'absent' in when && (await exists(path))) {
      throw preconditionFailed(key, 'exists already');
    }
    const temporary = join(this.#root, temporaryFolder, `${process.pid}-${randomBytes(12).toString('hex')}`);
    try {
      const info = blobInfo(key, await this.#writeTemporary(temporary, body));
      await this.#makeFolder(dirname(path));
      if (when === undefined) {
        await this.#named(path, () => rename(temporary, path));
      } else if ('absent' in when) {
        await this.#linkAbsent(temporary, { path, key });
      } else {
        const expected = when.etag;
        await this.#locks.run(key, async () => {
          await this.#checkEtag(key, expected);
          await rename(temporary, path);
        });
      }
      await this.#syncs.sync(dirname(path));
      return info;
    } catch (error) {
      await unlink(temporary).catch(() => undefined);
      throw storageError(error, `write ${key}`);
    }
  }

  async delete(key: string): Promise<void> {
    checkKey(key);
    const path = this.#path(key);
    try {
      await this.#locks.run(key, () => unlink(path));
      await this.#syncs.sync(dirname(path));
    } catch (error) {
      if (!isCode(error, 'ENOENT', 'ENOTDIR')) {
        throw storageError(error, `delete ${key}`);
      }
    }
  }

  async *list(prefix: string): AsyncIterable<BlobInfo> {
    checkPrefix(prefix);
    yield* this.#walk(prefix.slice(0, prefix.lastIndexOf('/') + 1), prefix);
  }

  /** Yields what is below `folder` (a key's beginning with its `/`, or empty) and starts with `prefix`. */
  async *#walk(folder: string, prefix: string): AsyncIterable<BlobInfo> {
    const children = await readdir(this.#path(folder), { withFileTypes: true }).catch((error: unknown) => {
      if (isCode(error, 'ENOENT', 'ENOTDIR')) {
        return [];
      }
      throw storageError(error, `list ${folder}`);
    });
    // A folder sorts by its name and `/`: the keys below it do, and `a.b` comes before `a/b`.
    const names = children
      .filter((child) => !child.name.startsWith('.') && (child.isDirectory() || child.isFile()))
      .map((child) => `${folder}${child.name}${child.isDirectory() ? '/' : ''}`)
      .filter((name) => name.startsWith(prefix) || (name.endsWith('/') && prefix.startsWith(name)))
      .sort((left, right) => (left < right ? -1 : 1));
    for (let start = 0; start < names.length; start += statBatch) {
      const batch = names.slice(start, start + statBatch);
      const infos = await Promise.all(batch.map((name) => (name.endsWith('/') ? undefined : this.#info(name))));
      for (const [index, name] of batch.entries()) {
        const info = infos[index];
        if (name.endsWith('/')) {
          yield* this.#walk(name, prefix);
        } else if (info !== undefined) {
          yield info;
        }
      }
    }
  }

  async #info(key: string): Promise<BlobInfo | undefined> {
    try {
      return blobInfo(key, await stat(this.#path(key), { bigint: true }));
    } catch (error) {
      if (isCode(error, 'ENOENT', 'ENOTDIR')) {
        return undefined;
      }
      throw storageError(error, `look at ${key}`);
    }
  }

  async #writeTemporary(path: string, body: Uint8Array): Promise<BigIntStats> {
    const file = await open(path, 'wx', 0o644);
    try {
      await file.writeFile(body);
      // The etag is made of inode and time. File systems reuse inodes and tick coarsely: strictly growing times keep
      // the etags of one key apart.
      const now = Math.max(Date.now(), this.#lastTime + 0.002);
      this.#lastTime = now;
      await file.utimes(now / 1000, now / 1000);
      await file.sync();
      return await file.stat({ bigint: true });
    } finally {
      await file.close();
    }
  }

  async #linkAbsent(temporary: string, target: { readonly path: string; readonly key: string }): Promise<void> {
    try {
      await this.#named(target.path, () => link(temporary, target.path));
    } catch (error) {
      throw isCode(error, 'EEXIST') ? preconditionFailed(target.key, 'exists already') : error;
    }
    await unlink(temporary);
  }

  async #checkEtag(key: string, expected: string): Promise<void> {
    const info = await this.#info(key);
    if (info?.etag !== expected) {
      throw preconditionFailed(key, info === undefined ? 'does not exist' : 'has changed');
    }
  }

  /** Runs `act`, which gives `path` its name; once more when someone has removed the folder in between. */
  async #named(path: string, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (!isCode(error, 'ENOENT')) {
        throw error;
      }
      this.#folders.clear();
      await this.#makeFolder(dirname(path));
      await act();
    }
  }

  /** Makes the folder and its parents, each durable in its own parent. */
  async #makeFolder(path: string): Promise<void> {
    if (this.#folders.has(path)) {
      return;
    }
    const first = await mkdir(path, { recursive: true });
    if (first !== undefined) {
      for (let made = path; made.length >= first.length; made = dirname(made)) {
        await this.#syncs.sync(dirname(made));
      }
    }
    if (this.#folders.size >= maxKnownFolders) {
      this.#folders.clear();
    }
    this.#folders.add(path);
  }

  /** Makes the folder of temporary files and removes what an earlier process left there. */
  async #prepare(): Promise<void> {
    const folder = join(this.#root, temporaryFolder);
    try {
      await mkdir(folder, { recursive: true });
      for (const name of await readdir(folder)) {
        const path = join(folder, name);
        const info = await stat(path).catch(() => undefined);
        if (info !== undefined && Date.now() - info.mtimeMs > staleAfter) {
          await unlink(path).catch(() => undefined);
        }
      }
    } catch (error) {
      this.#prepared = undefined;
      throw storageError(error, `prepare ${this.#root}`);
    }
  }

  #path(key: string): string {
    return join(this.#root, ...key.split('/'));
  }
}

const statBatch = 64;
const maxKnownFolders = 10_000;

/**
 * Syncs folders. Callers that come while a sync of the same folder runs share the next one: what they wrote before may
 * have missed the running one.
 */
class FolderSync {
  readonly #running = new Map<string, { readonly current: Promise<void>; next: Promise<void> | undefined }>();

  sync(path: string): Promise<void> {
    const running = this.#running.get(path);
    if (running !== undefined) {
      running.next ??= running.current.then(
        () => this.sync(path),
        () => this.sync(path),
      );
      return running.next;
    }
    const current = syncFolder(path).finally(() => this.#running.delete(path));
    this.#running.set(path, { current, next: undefined });
    return current;
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function blobInfo(key: string, info: BigIntStats): BlobInfo {
  const etag = `${info.ino.toString(36)}-${info.mtimeNs.toString(36)}-${info.size.toString(36)}`;
  return { key, size: Number(info.size), etag, modified: Number(info.mtimeMs) };
}

function notFound(key: string): RegistryError {
  return new RegistryError('BlobNotFound', `storage has no ${key}`, { details: { key } });
}

function preconditionFailed(key: string, reason: string): RegistryError {
  return new RegistryError('PreconditionFailed', `${key} ${reason}`, { details: { key } });
}

/** What the file system said, as ours; an error that is ours already stays as it is. */
function storageError(error: unknown, action: string): RegistryError {
  if (isRegistryError(error)) {
    return error;
  }
  const reason = error instanceof Error ? error.message : String(error);
  const full = isCode(error, 'ENOSPC', 'EDQUOT');
  return new RegistryError(full ? 'StorageFull' : 'StorageUnavailable', `cannot ${action}: ${reason}`, {
    cause: error,
  });
}

function isCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
