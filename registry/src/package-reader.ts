/** Reads the bytes of versions from storage, checked against their digests, with those read last kept in memory. */
import { BlobCache } from './blob-cache.ts';
import type { VersionEntry } from './catalog/catalog.ts';
import { isRegistryError, RegistryError } from './errors.ts';
import { blobKey } from './layout.ts';
import { formatVersionRef } from './names.ts';
import { digestOf } from './package.ts';
import type { StorageBackend } from './storage/storage-backend.ts';

export interface PulledPackage {
  readonly entry: VersionEntry;
  readonly archive: Uint8Array;
}

export interface PackageReader {
  /** Throws Corrupt when storage has lost or changed the bytes. */
  read(entry: VersionEntry): Promise<PulledPackage>;
}

/** `cacheBytes`: how much to keep in memory. */
export function createPackageReader(storage: StorageBackend, cacheBytes: number): PackageReader {
  const cache = new BlobCache(cacheBytes);
  return {
    async read(entry) {
      const cached = cache.get(entry.digest);
      if (cached !== undefined) {
        return { entry, archive: cached };
      }
      const archive = await readBlob(storage, entry);
      if (digestOf(archive) !== entry.digest) {
        const what = `package of ${formatVersionRef(entry)}`;
        throw new RegistryError('Corrupt', `${what}: the bytes in storage are not ${entry.digest}`);
      }
      cache.put(entry.digest, archive);
      return { entry, archive };
    },
  };
}

async function readBlob(storage: StorageBackend, entry: VersionEntry): Promise<Uint8Array> {
  try {
    return (await storage.get(blobKey(entry.digest))).body;
  } catch (error) {
    throw isRegistryError(error, 'BlobNotFound')
      ? new RegistryError('Corrupt', `package of ${formatVersionRef(entry)}: storage has lost ${entry.digest}`)
      : error;
  }
}
