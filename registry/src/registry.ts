/**
 * The registry: the only writer to storage and catalogue, under every face of the HTTP API. Versions are immutable: the same
 * bytes pushed again succeed and change nothing, other bytes are refused unless overwriting is asked for. See layout.ts for
 * the order of writes that makes a push atomic.
 */
import type { Catalog, Listing, Page, SpaceEntry, VersionEntry, VersionQuery } from './catalog/catalog.ts';
import { type Composition, composePackage } from './compose.ts';
import { RegistryError } from './errors.ts';
import { collectGarbage, type GarbageOptions, type GarbageReport } from './garbage.ts';
import { createHelmIndexes, type HelmIndex, type HelmIndexFormat } from './helm-index/helm-indexes.ts';
import { KeyLock } from './key-lock.ts';
import { versionKey } from './layout.ts';
import { defaultLimits, type RegistryLimits } from './limits.ts';
import { checkSpaceName, checkVersionRef, formatVersionRef, parsePackageFileName, type VersionRef } from './names.ts';
import { chartNotFound, tooLarge, versionNotFound } from './not-found.ts';
import { createOciRegistry, type OciRegistry } from './oci/oci-registry.ts';
import { createRepositoryStore } from './oci/repository-store.ts';
import { openPackage, readPackage } from './package.ts';
import { createPackageReader, type PulledPackage } from './package-reader.ts';
import { parseProvenance, putAttachments } from './provenance.ts';
import { attach, checkExpected, commitPush, type PushOptions, type PushResult } from './push.ts';
import { type ReconcileReport, reconcile } from './reconcile.ts';
import { createSpaceStore, type SpaceSettings } from './spaces.ts';
import type { StorageBackend } from './storage/storage-backend.ts';

export interface RegistryOptions {
  readonly storage: StorageBackend;
  readonly catalog: Catalog;
  readonly limits?: Partial<RegistryLimits>;
  /** Milliseconds since the epoch; default: the wall clock. */
  readonly now?: () => number;
}

export interface VersionListOptions extends Omit<VersionQuery, 'space'> {
  readonly page?: Page;
}

export interface Registry {
  readonly limits: RegistryLimits;
  /** The same charts, and whatever else is pushed, as OCI repositories. */
  readonly oci: OciRegistry;
  /** Makes the catalogue agree with storage. Every other method does it once before its work; this one does it each time. */
  reconcile(): Promise<ReconcileReport>;
  /** Throws InvalidSpaceName, AlreadyExists. */
  createSpace(name: string, settings?: SpaceSettings): Promise<SpaceEntry>;
  /** Throws SpaceNotFound. */
  updateSpace(name: string, settings: SpaceSettings): Promise<SpaceEntry>;
  /** With all its charts. Throws SpaceNotFound. */
  deleteSpace(name: string): Promise<void>;
  /** Throws SpaceNotFound. */
  getSpace(name: string): Promise<SpaceEntry>;
  listSpaces(page?: Page): Promise<Listing<SpaceEntry>>;
  /**
   * Adds the package under the name and version of its Chart.yaml, and the space when it is absent. Throws InvalidArchive,
   * InvalidChart, InvalidChartName, InvalidVersion, InvalidSpaceName, ChartMismatch, Conflict (names both digests), TooLarge.
   */
  push(space: string, archive: Uint8Array, options?: PushOptions): Promise<PushResult>;
  /**
   * Makes a chart out of stored ones and pushes it. Throws InvalidComposition, what a push throws, and for a chart that is not
   * there what a pull throws.
   */
  compose(space: string, composition: Composition): Promise<PushResult>;
  /**
   * Adds a provenance file to the version that it names. Throws InvalidProvenance, VersionNotFound, and ChartMismatch when it
   * is for other bytes.
   */
  pushProvenance(space: string, provenance: Uint8Array): Promise<VersionEntry>;
  /** Throws SpaceNotFound, ChartNotFound, VersionNotFound; Corrupt when storage has lost or changed the bytes. */
  pull(space: string, chart: string, version: string): Promise<PulledPackage>;
  /** The package under its file name `CHART-VERSION.tgz`. Throws as pull. */
  pullFile(space: string, file: string): Promise<PulledPackage>;
  /** The provenance of the package of this file name. Throws as pull, and NotFound when the version has none. */
  pullProvenance(space: string, file: string): Promise<Uint8Array>;
  /** Throws SpaceNotFound, ChartNotFound, VersionNotFound. */
  getVersion(space: string, chart: string, version: string): Promise<VersionEntry>;
  /** Names of the charts of a space. Throws SpaceNotFound. */
  listCharts(space: string, page?: Page): Promise<Listing<string>>;
  /** Versions, newest first, of one chart or by chart. Throws SpaceNotFound, ChartNotFound. */
  listVersions(space: string, options?: VersionListOptions): Promise<Listing<VersionEntry>>;
  /** Deletes a version. Throws SpaceNotFound, ChartNotFound, VersionNotFound. */
  delete(space: string, chart: string, version: string): Promise<void>;
  /** Deletes a chart with all its versions. Throws SpaceNotFound, ChartNotFound. */
  deleteChart(space: string, chart: string): Promise<void>;
  /** The index of a space as a Helm repository. Throws SpaceNotFound. */
  helmIndex(space: string, format: HelmIndexFormat): Promise<HelmIndex>;
  /** Removes blobs that no version refers to, while the registry works. */
  collectGarbage(options: GarbageOptions): Promise<GarbageReport>;
}

const firstPage: Page = { start: 0, limit: Number.MAX_SAFE_INTEGER };

/** A registry over a storage backend and a catalogue, which the caller keeps open as long as it is used. */
export function createRegistry(options: RegistryOptions): Registry {
  const { storage, catalog, now = Date.now } = options;
  const limits: RegistryLimits = { ...defaultLimits, ...options.limits };
  const indexes = createHelmIndexes(catalog);
  const packages = createPackageReader(storage, limits.cacheBytes);
  const locks = new KeyLock();
  const stores = { storage, catalog, locks, now };
  const spaces = createSpaceStore(stores);
  const repositories = createRepositoryStore(storage);
  let opening: Promise<unknown> | undefined;

  /** Storage may hold what a crash kept from the catalogue: nothing is answered before that is seen to. */
  async function open(): Promise<void> {
    opening ??= reconcile({ storage, catalog }).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    await opening;
  }

  async function findSpace(name: string): Promise<SpaceEntry> {
    await open();
    return spaces.find(name);
  }

  async function findVersion(ref: VersionRef): Promise<VersionEntry> {
    await open();
    checkVersionRef(ref);
    const entry = await catalog.getVersion(ref);
    if (entry === undefined) {
      await findSpace(ref.space);
      const { total } = await catalog.listVersions({ space: ref.space, chart: ref.chart }, { start: 0, limit: 1 });
      throw total === 0 ? chartNotFound(ref) : versionNotFound(ref);
    }
    return entry;
  }

  async function findFile(space: string, file: string): Promise<VersionEntry> {
    await open();
    for (const reading of parsePackageFileName(file)) {
      const entry = await catalog.getVersion({ space, ...reading });
      if (entry !== undefined) {
        return entry;
      }
    }
    await findSpace(space);
    throw new RegistryError('VersionNotFound', `package ${file.slice(0, 300)} not found in space ${space}`, {
      details: { space, file },
    });
  }

  async function deleteEntry(entry: VersionEntry): Promise<void> {
    await locks.run(versionKey(entry), async () => {
      await storage.delete(versionKey(entry));
      await catalog.deleteVersion(entry);
      if (entry.manifest !== undefined) {
        await repositories.deleteManifest(`${entry.space}/${entry.chart}`, entry.manifest);
      }
    });
  }

  async function push(space: string, archive: Uint8Array, pushOptions: PushOptions = {}): Promise<PushResult> {
    checkSpaceName(space);
    if (archive.byteLength > limits.packageBytes) {
      throw tooLarge(archive.byteLength, limits.packageBytes);
    }
    const facts = readPackage(archive, limits.metadataLength);
    checkExpected(facts, pushOptions.expect ?? {});
    await open();
    const ref: VersionRef = { space, chart: facts.chart, version: facts.version };
    return locks.run(versionKey(ref), async () => {
      const { overwrite } = (await catalog.getSpace(space)) ?? (await spaces.add(space));
      const attachments = await putAttachments(stores, { facts, ...pushOptions });
      return commitPush(stores, {
        ref,
        facts,
        archive,
        overwrite: overwrite && pushOptions.overwrite === true,
        attachments,
      });
    });
  }

  return {
    limits,
    oci: createOciRegistry({ stores, limits, charts: { push, delete: deleteEntry }, opened: open }),
    push,

    async reconcile() {
      opening = undefined;
      const report = await reconcile({ storage, catalog });
      opening = Promise.resolve();
      return report;
    },

    async createSpace(name, settings) {
      await open();
      return spaces.create(name, settings);
    },

    async updateSpace(name, settings) {
      await open();
      return spaces.update(name, settings);
    },

    async deleteSpace(name) {
      await findSpace(name);
      // The space goes last: a crash in between leaves a smaller space, and deleting it again goes on.
      const { items } = await catalog.listVersions({ space: name }, firstPage);
      for (const entry of items) {
        await deleteEntry(entry);
      }
      await spaces.delete(name);
    },

    getSpace: findSpace,

    async listSpaces(page = firstPage) {
      await open();
      return catalog.listSpaces(page);
    },

    async compose(space, composition) {
      const archive = await composePackage(composition, {
        open: async (ref) => openPackage((await packages.read(await findVersion(ref))).archive),
      });
      return push(space, archive);
    },

    async pushProvenance(space, provenance) {
      await open();
      const { file, digest } = parseProvenance(provenance);
      const entry = await findFile(space, file);
      if (entry.digest !== digest) {
        throw new RegistryError(
          'ChartMismatch',
          `provenance of ${file} is for ${digest}, but ${formatVersionRef(entry)} is ${entry.digest}`,
          { details: { file, signed: digest, stored: entry.digest } },
        );
      }
      return locks.run(versionKey(entry), async () =>
        attach(stores, entry, await putAttachments(stores, { facts: entry, provenance })),
      );
    },

    async pull(space, chart, version) {
      return packages.read(await findVersion({ space, chart, version }));
    },

    async pullFile(space, file) {
      return packages.read(await findFile(space, file));
    },

    async pullProvenance(space, file) {
      const entry = await findFile(space, file);
      if (entry.provenance === undefined) {
        throw new RegistryError('NotFound', `${formatVersionRef(entry)} has no provenance`, {
          details: { space, file },
        });
      }
      return packages.readBlob(entry, entry.provenance);
    },

    async getVersion(space, chart, version) {
      return findVersion({ space, chart, version });
    },

    async listCharts(space, page = firstPage) {
      await findSpace(space);
      return catalog.listCharts(space, page);
    },

    async listVersions(space, { page = firstPage, ...query } = {}) {
      await findSpace(space);
      const listing = await catalog.listVersions({ space, ...query }, page);
      if (query.chart !== undefined && listing.total === 0) {
        throw chartNotFound({ space, chart: query.chart });
      }
      return listing;
    },

    async delete(space, chart, version) {
      await deleteEntry(await findVersion({ space, chart, version }));
    },

    async deleteChart(space, chart) {
      await findSpace(space);
      const { items } = await catalog.listVersions({ space, chart }, firstPage);
      if (items.length === 0) {
        throw chartNotFound({ space, chart });
      }
      for (const entry of items) {
        await deleteEntry(entry);
      }
    },

    async helmIndex(space, format) {
      await findSpace(space);
      return indexes.get(space, format);
    },

    async collectGarbage(garbageOptions) {
      await open();
      return collectGarbage(stores, garbageOptions);
    },
  };
}
