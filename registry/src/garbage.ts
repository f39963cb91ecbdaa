/**
 * Removes blobs that no version refers to: what deleted and replaced versions leave, and pushes that did not finish. It works
 * while others push: a blob younger than the grace period stays, since the record that will refer to it may be on its way.
 */
import type { Catalog } from './catalog/catalog.ts';
import { blobsPrefix, parseBlobKey } from './layout.ts';
import { sweepOci } from './oci/oci-garbage.ts';
import type { PushStores } from './push.ts';
import type { StorageBackend } from './storage/storage-backend.ts';

export interface GarbageOptions {
  /** Milliseconds that an unreferenced blob stays; longer than the slowest push takes. Default: one hour. */
  readonly grace?: number;
  /** Only reports. */
  readonly dryRun?: boolean;
}

export interface GarbageReport {
  readonly removed: readonly { readonly digest: string; readonly size: number; readonly modified: number }[];
  readonly removedBytes: number;
  /** Unreferenced, but within the grace period. */
  readonly waiting: number;
  readonly kept: number;
}

const defaultGrace = 60 * 60 * 1000;

export async function collectGarbage(context: PushStores, options: GarbageOptions): Promise<GarbageReport> {
  const { storage, catalog } = context;
  const oldest = context.now() - (options.grace ?? defaultGrace);
  const candidates: { digest: string; size: number; modified: number; key: string }[] = [];
  let waiting = 0;
  let total = 0;
  const { referred } = await sweepOci(storage, { oldest, dryRun: options.dryRun === true });
  const before = new Set([...referred, ...(await referredDigests(catalog))]);
  for await (const { key, size, modified } of storage.list(blobsPrefix)) {
    const digest = parseBlobKey(key);
    if (digest === undefined) {
      continue;
    }
    total += 1;
    if (!before.has(digest)) {
      if (modified > oldest) {
        waiting += 1;
      } else {
        candidates.push({ digest, size, modified, key });
      }
    }
  }
  // Digests are looked at again after the list: what was pushed while it was made is referred to by now, or is young.
  const after = candidates.length === 0 ? before : await referredDigests(catalog);
  const removed: GarbageReport['removed'][number][] = [];
  for (const { key, ...blob } of candidates) {
    if (after.has(blob.digest)) {
      continue;
    }
    // A push holds the same lock while it puts the blob anew: it came before and made it young, or comes after and puts it.
    const gone = await context.locks.run(key, async () => {
      const old = (await modifiedOf(storage, key)) <= oldest;
      if (old && options.dryRun !== true) {
        await storage.delete(key);
      }
      return old;
    });
    if (gone) {
      removed.push(blob);
    } else {
      waiting += 1;
    }
  }
  return {
    removed,
    removedBytes: removed.reduce((sum, blob) => sum + blob.size, 0),
    waiting,
    kept: total - removed.length - waiting,
  };
}

async function modifiedOf(storage: StorageBackend, key: string): Promise<number> {
  for await (const info of storage.list(key)) {
    if (info.key === key) {
      return info.modified;
    }
  }
  return Number.POSITIVE_INFINITY;
}

async function referredDigests(catalog: Catalog): Promise<ReadonlySet<string>> {
  const digests = new Set<string>();
  for await (const reference of catalog.references()) {
    for (const digest of reference.digests) {
      digests.add(digest);
    }
  }
  return digests;
}
