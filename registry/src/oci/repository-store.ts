/**
 * What OCI repositories hold, as records in storage. The bytes of blobs and manifests are under their digests with all others.
 *
 *   oci/REPOSITORY/blobs/HEX.json                 the repository has the blob
 *   oci/REPOSITORY/manifests/HEX.json             the repository has the manifest; with the digests that it refers to
 *   oci/REPOSITORY/referrers/SUBJECT/HEX.json     manifest HEX refers to SUBJECT
 *   oci/REPOSITORY/tags/TAG.json                  the tag's digest
 *   oci/REPOSITORY/uploads/ID/…                   an upload that is not done: its parts by their offsets
 *
 * Charts are not among them unless they came by OCI: see chart-artifacts.ts. REPOSITORY has `~` for `/`.
 */
import { digestOfHex, splitDigest } from '../digest.ts';
import { isRegistryError } from '../errors.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import { escapeCase, unescapeCase } from '../layout.ts';
import type { StorageBackend } from '../storage/storage-backend.ts';

export const ociPrefix = 'oci/';

export interface ManifestRecord {
  readonly mediaType: string;
  readonly size: number;
  /** Digests of blobs and manifests that it refers to. */
  readonly refers: readonly string[];
  readonly subject?: string;
  readonly artifactType?: string;
  readonly annotations?: JsonObject;
}

export type RecordKind = 'blobs' | 'manifests';

export interface RepositoryStore {
  has(repository: string, kind: RecordKind, digest: string): Promise<boolean>;
  putBlob(repository: string, digest: string): Promise<void>;
  putManifest(repository: string, digest: string, record: ManifestRecord): Promise<void>;
  getManifest(repository: string, digest: string): Promise<ManifestRecord | undefined>;
  /** With the referrer's mark; absent is success. */
  deleteManifest(repository: string, digest: string): Promise<void>;
  deleteBlob(repository: string, digest: string): Promise<void>;
  getTag(repository: string, tag: string): Promise<string | undefined>;
  putTag(repository: string, tag: string, digest: string): Promise<void>;
  deleteTag(repository: string, tag: string): Promise<void>;
  listTags(repository: string): Promise<readonly string[]>;
  /** Digests of the manifests that refer to the subject. */
  listReferrers(repository: string, subject: string): Promise<readonly string[]>;
  listRepositories(): Promise<readonly string[]>;
}

/** The prefix of all records of a repository. */
export function repositoryPrefix(repository: string): string {
  return `${ociPrefix}${repository.replaceAll('/', '~')}/`;
}

/** What a key below `oci/` stands for; undefined for a key of another kind. */
export function parseOciKey(
  key: string,
): { readonly repository: string; readonly kind: string; readonly rest: string } | undefined {
  const [, repository, kind, rest] = /^oci\/([^/]+)\/([a-z]+)\/(.+)$/.exec(key) ?? [];
  if (repository === undefined || kind === undefined || rest === undefined) {
    return undefined;
  }
  return { repository: repository.replaceAll('~', '/'), kind, rest };
}

export function createRepositoryStore(storage: StorageBackend): RepositoryStore {
  const recordKey = (repository: string, kind: RecordKind, digest: string): string =>
    `${repositoryPrefix(repository)}${kind}/${splitDigest(digest).hex}.json`;
  const referrerKey = (repository: string, subject: string, digest: string): string =>
    `${repositoryPrefix(repository)}referrers/${splitDigest(subject).hex}/${splitDigest(digest).hex}.json`;
  const tagKey = (repository: string, tag: string): string =>
    `${repositoryPrefix(repository)}tags/${escapeCase(tag)}.json`;

  async function read(key: string): Promise<JsonObject | undefined> {
    try {
      const parsed: unknown = JSON.parse(Buffer.from((await storage.get(key)).body).toString('utf8'));
      return isJsonObject(parsed) ? parsed : undefined;
    } catch (error) {
      if (isRegistryError(error, 'BlobNotFound')) {
        return undefined;
      }
      throw error;
    }
  }

  const write = async (key: string, record: object): Promise<void> => {
    await storage.put(key, Buffer.from(`${JSON.stringify(record)}\n`));
  };

  async function namesBelow(prefix: string): Promise<string[]> {
    const names: string[] = [];
    for await (const { key } of storage.list(prefix)) {
      names.push(key.slice(prefix.length).replace(/\.json$/, ''));
    }
    return names;
  }

  async function getManifest(repository: string, digest: string): Promise<ManifestRecord | undefined> {
    const fields = await read(recordKey(repository, 'manifests', digest));
    // A parsed border: putManifest wrote it.
    return fields === undefined ? undefined : (fields as unknown as ManifestRecord);
  }

  return {
    getManifest,
    async has(repository, kind, digest) {
      return (await read(recordKey(repository, kind, digest))) !== undefined;
    },
    putBlob: (repository, digest) => write(recordKey(repository, 'blobs', digest), {}),
    async putManifest(repository, digest, record) {
      if (record.subject !== undefined) {
        await write(referrerKey(repository, record.subject, digest), {});
      }
      await write(recordKey(repository, 'manifests', digest), record);
    },
    async deleteManifest(repository, digest) {
      const record = await getManifest(repository, digest);
      await storage.delete(recordKey(repository, 'manifests', digest));
      if (record?.subject !== undefined) {
        await storage.delete(referrerKey(repository, record.subject, digest));
      }
    },
    deleteBlob: (repository, digest) => storage.delete(recordKey(repository, 'blobs', digest)),
    async getTag(repository, tag) {
      const digest = (await read(tagKey(repository, tag)))?.digest;
      return typeof digest === 'string' ? digest : undefined;
    },
    putTag: (repository, tag, digest) => write(tagKey(repository, tag), { digest }),
    deleteTag: (repository, tag) => storage.delete(tagKey(repository, tag)),
    async listTags(repository) {
      return (await namesBelow(`${repositoryPrefix(repository)}tags/`)).map(unescapeCase);
    },
    async listReferrers(repository, subject) {
      const names = await namesBelow(`${repositoryPrefix(repository)}referrers/${splitDigest(subject).hex}/`);
      return names.map(digestOfHex).filter((digest) => digest !== undefined);
    },
    async listRepositories() {
      const names = new Set<string>();
      for await (const { key } of storage.list(ociPrefix)) {
        const parsed = parseOciKey(key);
        if (parsed?.kind === 'manifests') {
          names.add(parsed.repository);
        }
      }
      return [...names];
    },
  };
}
