/** What OCI repositories keep alive, and what of theirs nothing refers to any more. */
import { digestOfHex } from '../digest.ts';
import type { StorageBackend } from '../storage/storage-backend.ts';
import { createRepositoryStore, ociPrefix, parseOciKey, repositoryPrefix } from './repository-store.ts';

export interface OciSweep {
  /** Digests that records of OCI repositories refer to. */
  readonly referred: ReadonlySet<string>;
}

export interface OciSweepOptions {
  /** Milliseconds since the epoch: what was put later stays, since a manifest that refers to it may be on its way. */
  readonly oldest: number;
  readonly dryRun: boolean;
}

/** Removes marks of blobs that no manifest of their repository names, and uploads that were never done. */
export async function sweepOci(storage: StorageBackend, { oldest, dryRun }: OciSweepOptions): Promise<OciSweep> {
  const records = createRepositoryStore(storage);
  const referred = new Set<string>();
  const named = new Set<string>();
  const marks: {
    readonly key: string;
    readonly repository: string;
    readonly digest: string;
    readonly isOld: boolean;
  }[] = [];
  for await (const { key, modified } of storage.list(ociPrefix)) {
    const parsed = parseOciKey(key);
    if (parsed === undefined) {
      continue;
    }
    const { repository, kind, rest } = parsed;
    const digest = digestOfHex(rest.replace(/\.json$/, '')) ?? '';
    if (kind === 'uploads' && modified < oldest && !dryRun) {
      await storage.delete(key);
    } else if (kind === 'blobs') {
      marks.push({ key, repository, digest, isOld: modified < oldest });
    } else if (kind === 'manifests') {
      referred.add(digest);
      for (const target of (await records.getManifest(repository, digest))?.refers ?? []) {
        named.add(repositoryPrefix(repository) + target);
      }
    }
  }
  for (const { key, repository, digest, isOld } of marks) {
    if (!isOld || named.has(repositoryPrefix(repository) + digest)) {
      referred.add(digest);
    } else if (!dryRun) {
      await storage.delete(key);
    }
  }
  return { referred };
}
