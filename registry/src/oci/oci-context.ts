/** What the parts of the OCI side share: storage and records, and the versions of a repository's chart. */
import type { Listing, VersionEntry } from '../catalog/catalog.ts';
import { isRegistryError } from '../errors.ts';
import { blobKey } from '../layout.ts';
import type { RegistryLimits } from '../limits.ts';
import type { PushStores } from '../push.ts';
import { type ChartArtifacts, type ChartBlob, createChartArtifacts } from './chart-artifacts.ts';
import { type Repository, versionOf } from './reference.ts';
import { createRepositoryStore, type RepositoryStore } from './repository-store.ts';

/** What the OCI side needs of the registry that it is a face of. */
export interface ChartWrites {
  push(
    space: string,
    archive: Uint8Array,
    options: {
      readonly expect: { readonly chart: string; readonly version: string };
      readonly manifest: Uint8Array;
      readonly provenance?: Uint8Array;
    },
  ): Promise<unknown>;
  delete(entry: VersionEntry): Promise<void>;
}

export interface OciOptions {
  readonly stores: PushStores;
  readonly limits: RegistryLimits;
  readonly charts: ChartWrites;
  /** Resolves when the catalogue agrees with storage. */
  readonly opened: () => Promise<void>;
}

export interface OciContext extends OciOptions {
  readonly records: RepositoryStore;
  readonly artifacts: ChartArtifacts;
  /** The bytes of a digest in storage, or undefined. */
  readBytes(digest: string): Promise<Uint8Array | undefined>;
  provenanceSize(entry: VersionEntry): Promise<number | undefined>;
  /** The version of the repository's chart that the tag stands for. */
  findVersion(repository: Repository, tag: string): Promise<VersionEntry | undefined>;
  listVersions(repository: Repository): Promise<Listing<VersionEntry>>;
  /** What the digest is to the repository's chart. */
  findChartBlob(repository: Repository, digest: string): Promise<ChartBlob | undefined>;
}

export function createOciContext(options: OciOptions): OciContext {
  const { storage, catalog } = options.stores;
  const readBytes = async (digest: string): Promise<Uint8Array | undefined> => {
    try {
      return (await storage.get(blobKey(digest))).body;
    } catch (error) {
      if (isRegistryError(error, 'BlobNotFound')) {
        return undefined;
      }
      throw error;
    }
  };
  const provenanceSize = async (entry: VersionEntry): Promise<number | undefined> =>
    entry.provenance === undefined ? undefined : (await readBytes(entry.provenance))?.byteLength;
  const artifacts = createChartArtifacts(catalog, provenanceSize);
  return {
    ...options,
    records: createRepositoryStore(storage),
    artifacts,
    readBytes,
    provenanceSize,
    async findVersion(repository, tag) {
      await options.opened();
      return catalog.getVersion(versionOf(repository, tag));
    },
    async listVersions({ space, chart }) {
      await options.opened();
      return catalog.listVersions({ space, chart }, { start: 0, limit: Number.MAX_SAFE_INTEGER });
    },
    async findChartBlob({ space, chart }, digest) {
      await options.opened();
      return artifacts.find({ space, chart }, digest);
    },
  };
}
