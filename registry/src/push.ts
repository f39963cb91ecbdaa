/**
 * The writes of a push, in the order that layout.ts explains: blob, record, row. The caller runs one push of a version at a
 * time in this process; other processes are kept apart by the record, which is put only if absent.
 */
import type { VersionEntry } from './catalog/catalog.ts';
import { isRegistryError, RegistryError } from './errors.ts';
import type { KeyLock } from './key-lock.ts';
import { type Attachments, blobKey, formatVersionRecord, parseVersionRecord, versionKey } from './layout.ts';
import { formatVersionRef, packageFileName, parsePackageFileName, type VersionRef } from './names.ts';
import { versionNotFound } from './not-found.ts';
import type { PackageFacts } from './package.ts';
import type { Stores } from './reconcile.ts';

export interface PushOptions {
  /** Replaces a version that has other bytes where the space allows it, instead of throwing Conflict. */
  readonly overwrite?: boolean;
  /** The package's provenance file. */
  readonly provenance?: Uint8Array;
  /** The OCI manifest that the package came with. */
  readonly manifest?: Uint8Array;
  /** What the caller takes the package for; ChartMismatch when Chart.yaml says otherwise. */
  readonly expect?: { readonly chart?: string; readonly version?: string };
}

export interface PushResult {
  readonly entry: VersionEntry;
  /** `unchanged` when the same bytes were there already. */
  readonly outcome: 'created' | 'replaced' | 'unchanged';
}

export interface PushStores extends Stores {
  readonly locks: KeyLock;
  readonly now: () => number;
}

export interface Push {
  readonly ref: VersionRef;
  readonly facts: PackageFacts;
  readonly archive: Uint8Array;
  readonly overwrite: boolean;
  /** Digests of blobs that belong to the version beside its package, and have been put. */
  readonly attachments: Attachments;
}

/** Throws ChartMismatch unless the package is what the caller takes it for. */
export function checkExpected(
  facts: PackageFacts,
  expected: { readonly chart?: string; readonly version?: string },
): void {
  const { chart = facts.chart, version = facts.version } = expected;
  if (chart !== facts.chart || version !== facts.version) {
    throw new RegistryError(
      'ChartMismatch',
      `package is ${facts.chart} ${facts.version} by its Chart.yaml, but was pushed as ${chart} ${version}`,
      { details: { chart: facts.chart, version: facts.version, expected: { chart, version } } },
    );
  }
}

/** Throws Conflict when the version has other bytes and may not be overwritten. */
export async function commitPush(stores: PushStores, push: Push): Promise<PushResult> {
  const { ref, facts } = push;
  const known = await stores.catalog.getVersion(ref);
  if (known?.digest === facts.digest && hasAttachments(known, push.attachments)) {
    return { entry: known, outcome: 'unchanged' };
  }
  if (known !== undefined && known.digest !== facts.digest && !push.overwrite) {
    throw conflict(ref, known.digest, facts.digest);
  }
  await checkFileName(stores, ref);
  // Put even when it may be there: this renews its time, so that no collection of garbage takes it before the record is put.
  const key = blobKey(facts.digest);
  await putBlob(stores, key, push.archive);
  return putRecord(stores, push);
}

/** Puts a blob, also one that is there; no collection of garbage is between the two. */
export async function putBlob(stores: PushStores, key: string, bytes: Uint8Array): Promise<void> {
  await stores.locks.run(key, () => stores.storage.put(key, bytes));
}

/** Adds to the version what belongs to it. Throws VersionNotFound when there is no record of it. */
export async function attach(stores: PushStores, ref: VersionRef, attachments: Attachments): Promise<VersionEntry> {
  for (;;) {
    const stored = await readRecord(stores, ref);
    if (stored === undefined) {
      throw versionNotFound(ref);
    }
    const attached = hasAttachments(stored, attachments) ? stored : await putAttached(stores, stored, attachments);
    if (attached !== undefined) {
      await stores.catalog.putVersion(attached);
      return attached;
    }
  }
}

async function putRecord(stores: PushStores, push: Push): Promise<PushResult> {
  const { ref, facts, overwrite, attachments } = push;
  const key = versionKey(ref);
  const { chart, version, digest, size, metadata, subcharts } = facts;
  const record = { chart, version, digest, size, created: stores.now(), metadata, subcharts, ...attachments };
  const body = formatVersionRecord(record);
  const enter = async (outcome: PushResult['outcome'], etag: string): Promise<PushResult> => {
    const entry: VersionEntry = { ...record, space: ref.space, etag };
    await stores.catalog.putVersion(entry);
    return { entry, outcome };
  };
  // Another process may delete or replace the record between two steps: then look again.
  for (;;) {
    const created = await unlessPrecondition(stores.storage.put(key, body, { absent: true }));
    if (created !== undefined) {
      return enter('created', created.etag);
    }
    const stored = await readRecord(stores, ref);
    if (stored?.digest === digest) {
      return { entry: await attach(stores, ref, attachments), outcome: 'unchanged' };
    }
    if (stored !== undefined && !overwrite) {
      throw conflict(ref, stored.digest, digest);
    }
    const etag = stored?.etag;
    const replaced = etag === undefined ? undefined : await unlessPrecondition(stores.storage.put(key, body, { etag }));
    if (replaced !== undefined) {
      return enter('replaced', replaced.etag);
    }
  }
}

/** The version with the attachments, or undefined when its record has changed meanwhile. */
async function putAttached(
  stores: PushStores,
  stored: VersionEntry,
  attachments: Attachments,
): Promise<VersionEntry | undefined> {
  const { etag, space, ...before } = stored;
  // The first manifest stays the version's own: what was pinned by its tag does not change.
  const manifest = before.manifest ?? attachments.manifest;
  const record = { ...before, ...attachments, ...(manifest === undefined ? {} : { manifest }) };
  const put = await unlessPrecondition(stores.storage.put(versionKey(stored), formatVersionRecord(record), { etag }));
  return put === undefined ? undefined : { ...record, space, etag: put.etag };
}

function hasAttachments(entry: VersionEntry, attachments: Attachments): boolean {
  return (
    (attachments.provenance ?? entry.provenance) === entry.provenance &&
    (attachments.manifest === undefined || entry.manifest !== undefined)
  );
}

/** The version as its record says, or undefined when there is none. Throws Corrupt. */
async function readRecord(stores: Stores, ref: VersionRef): Promise<VersionEntry | undefined> {
  const key = versionKey(ref);
  try {
    const blob = await stores.storage.get(key);
    return { ...parseVersionRecord(blob.body, key), space: ref.space, etag: blob.etag };
  } catch (error) {
    if (isRegistryError(error, 'BlobNotFound')) {
      return undefined;
    }
    throw error;
  }
}

/** `a-1` 2.0.0 and `a` 1-2.0.0 would have one file name in the index. */
async function checkFileName(stores: Stores, ref: VersionRef): Promise<void> {
  const file = packageFileName(ref);
  for (const reading of parsePackageFileName(file)) {
    const other = { space: ref.space, ...reading };
    if (reading.chart !== ref.chart && (await stores.catalog.getVersion(other)) !== undefined) {
      throw new RegistryError(
        'Conflict',
        `${formatVersionRef(ref)}: its file name ${file} is that of ${formatVersionRef(other)}; rename the chart`,
        { details: { ...ref, file, other } },
      );
    }
  }
}

async function unlessPrecondition<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    if (isRegistryError(error, 'PreconditionFailed')) {
      return undefined;
    }
    throw error;
  }
}

function conflict(ref: VersionRef, stored: string, pushed: string): RegistryError {
  return new RegistryError(
    'Conflict',
    `${formatVersionRef(ref)} exists with other bytes: stored ${stored}, pushed ${pushed}; push under a new version`,
    { details: { ...ref, stored, pushed } },
  );
}
