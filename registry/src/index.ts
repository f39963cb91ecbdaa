/** The registry: charts under space/chart/version, and the HTTP APIs to push and pull them. */
export { createRegistryRouter, type RegistryRouterOptions } from './api/router.ts';
export type { Catalog, Listing, Page, SpaceEntry, VersionEntry } from './catalog/catalog.ts';
export { SqliteCatalog } from './catalog/sqlite.ts';
export type { ChartSource, Composition, CompositionNode } from './compose.ts';
export { httpStatusOf, isRegistryError, RegistryError, type RegistryErrorCode } from './errors.ts';
export type { GarbageOptions, GarbageReport } from './garbage.ts';
export type { HelmIndex, HelmIndexFormat } from './helm-index/helm-indexes.ts';
export { defaultLimits, type RegistryLimits } from './limits.ts';
export type { PulledPackage } from './package-reader.ts';
export type { PushOptions, PushResult } from './push.ts';
export type { ReconcileReport } from './reconcile.ts';
export {
  createRegistry,
  type Registry,
  type RegistryOptions,
  type VersionListOptions,
} from './registry.ts';
export type { SpaceSettings } from './spaces.ts';
export { FilesystemStorageBackend } from './storage/filesystem.ts';
export type { BlobInfo, StorageBackend, StoredBlob } from './storage/storage-backend.ts';
export { compareVersions, parseVersion } from './versions.ts';
