/**
 * Makes the catalogue agree with storage, which is the truth: adds or renews what differs, deletes what is gone. Only
 * records whose etag is not the known one are read. It may run while others write: what it sees as gone is looked at again
 * before it is deleted.
 */
import type { Catalog } from './catalog/catalog.ts';
import { isRegistryError } from './errors.ts';
import {
  parseSpaceKey,
  parseSpaceRecord,
  parseVersionKey,
  parseVersionRecord,
  spaceKey,
  spacesPrefix,
  versionKey,
} from './layout.ts';
import type { VersionRef } from './names.ts';
import type { StorageBackend } from './storage/storage-backend.ts';

export interface ReconcileReport {
  readonly versions: number;
  readonly added: number;
  readonly deleted: number;
  /** Records that could not be read, one line each; they are in the catalogue no more. */
  readonly corrupt: readonly string[];
}

export interface Stores {
  readonly storage: StorageBackend;
  readonly catalog: Catalog;
}

/** Throws StorageUnavailable when storage can't be listed. */
export async function reconcile({ storage, catalog }: Stores): Promise<ReconcileReport> {
  const known = new Map<string, { readonly ref: VersionRef; readonly etag: string }>();
  for await (const { space, chart, version, etag } of catalog.references()) {
    const ref = { space, chart, version };
    known.set(versionKey(ref), { ref, etag });
  }
  const spaces = new Set<string>();
  const corrupt = new Map<string, string>();
  let versions = 0;
  let added = 0;
  for await (const info of storage.list(spacesPrefix)) {
    const space = parseSpaceKey(info.key);
    if (space !== undefined) {
      spaces.add(space);
      await renewSpace({ storage, catalog }, { name: space, key: info.key });
      continue;
    }
    const ref = parseVersionKey(info.key);
    if (ref === undefined) {
      continue;
    }
    spaces.add(ref.space);
    if (known.get(info.key)?.etag === info.etag) {
      known.delete(info.key);
      versions += 1;
      continue;
    }
    try {
      if (await renew({ storage, catalog }, { ref, key: info.key })) {
        known.delete(info.key);
        versions += 1;
        added += 1;
      }
    } catch (error) {
      if (!isRegistryError(error, 'Corrupt')) {
        throw error;
      }
      corrupt.set(info.key, error.message);
    }
  }
  let deleted = 0;
  for (const [key, { ref }] of known) {
    if (corrupt.has(key) || !(await isThere(storage, key))) {
      deleted += (await catalog.deleteVersion(ref)) ? 1 : 0;
    }
  }
  await deleteLostSpaces({ storage, catalog }, spaces);
  return { versions, added, deleted, corrupt: [...corrupt.values()] };
}

async function renewSpace(stores: Stores, what: { readonly name: string; readonly key: string }): Promise<void> {
  try {
    const { body, modified } = await stores.storage.get(what.key);
    await stores.catalog.putSpace(parseSpaceRecord(body, { name: what.name, modified }));
  } catch (error) {
    if (!isRegistryError(error, 'BlobNotFound')) {
      throw error;
    }
  }
}

/** Puts the record into the catalogue. Gives false when it went away since it was listed. */
async function renew(stores: Stores, what: { readonly ref: VersionRef; readonly key: string }): Promise<boolean> {
  try {
    const blob = await stores.storage.get(what.key);
    const record = parseVersionRecord(blob.body, what.key);
    await stores.catalog.putVersion({ ...record, space: what.ref.space, etag: blob.etag });
    return true;
  } catch (error) {
    if (isRegistryError(error, 'BlobNotFound')) {
      return false;
    }
    throw error;
  }
}

async function deleteLostSpaces({ storage, catalog }: Stores, listed: ReadonlySet<string>): Promise<void> {
  const page = { start: 0, limit: Number.MAX_SAFE_INTEGER };
  for (const { name } of (await catalog.listSpaces(page)).items) {
    const charts = await catalog.listCharts(name, { start: 0, limit: 1 });
    if (!listed.has(name) && charts.total === 0 && !(await isThere(storage, spaceKey(name)))) {
      await catalog.deleteSpace(name);
    }
  }
}

async function isThere(storage: StorageBackend, key: string): Promise<boolean> {
  try {
    await storage.get(key);
    return true;
  } catch (error) {
    if (isRegistryError(error, 'BlobNotFound')) {
      return false;
    }
    throw error;
  }
}
