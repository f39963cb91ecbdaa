/** Reads the bytes of versions from storage, checked against their digests, with those read last kept in memory. */
import { BlobCache } from './blob-cache.ts';
import type { VersionEntry } from './catalog/catalog.ts';
import { digestOf } from './digest.ts';
import { isRegistryError, RegistryError } from './errors.ts';
import { blobKey } from './layout.ts';
import { formatVersionRef } from './names.ts';
import type { StorageBackend } from './storage/storage-backend.ts';

export interface PulledPackage {
  readonly entry: VersionEntry;
  readonly archive: Uint8Array;
}

export interface PackageReader {
  /** Throws Corrupt when storage has lost or changed the bytes. */
  read(entry: VersionEntry): Promise<PulledPackage>;
  /** Another blob that belongs to the version. Throws as read. */
  readBlob(entry: VersionEntry, digest: string): Promise<Uint8Array>;
}

/** `cacheBytes`: how much to keep in memory. */
export function createPackageReader(storage: StorageBackend, cacheBytes: number): PackageReader {
  const cache = new BlobCache(cacheBytes);
  async function readBlob(entry: VersionEntry, digest: string): Promise<Uint8Array> {
    const cached = cache.get(digest);
    if (cached !== undefined) {
      return cached;
    }
    const blob = await getBlob(storage, { entry, digest });
    if (digestOf(blob) !== digest) {
      throw new RegistryError('Corrupt', `${formatVersionRef(entry)}: the bytes in storage are not ${digest}`);
    }
    cache.put(digest, blob);
    return blob;
  }

  return {
    readBlob,
    async read(entry) {
      return { entry, archive: await readBlob(entry, entry.digest) };
    },
  };
}

async function getBlob(
  storage: StorageBackend,
  what: { readonly entry: VersionEntry; readonly digest: string },
): Promise<Uint8Array> {
  try {
    return (await storage.get(blobKey(what.digest))).body;
  } catch (error) {
    throw isRegistryError(error, 'BlobNotFound')
      ? new RegistryError('Corrupt', `${formatVersionRef(what.entry)}: storage has lost ${what.digest}`)
      : error;
  }
}
