/**
 * The port to what is stored, indexed: spaces, charts, versions and their metadata. Storage is the truth; the catalogue can
 * be made again from it. Implementations: sqlite. Every list is in a fixed order: spaces and charts by the bytes of their
 * names, versions of a chart newest first (see versions.ts).
 */
import type { SpaceRecord, VersionRecord } from '../layout.ts';
import type { VersionRef } from '../names.ts';

export type SpaceEntry = SpaceRecord;

export interface VersionEntry extends VersionRecord {
  readonly space: string;
  /** Of the record in storage, to see whether this entry is up to date with it. */
  readonly etag: string;
}

export interface Page {
  /** How many to leave out. */
  readonly start: number;
  /** How many to give at most. */
  readonly limit: number;
}

export interface Listing<T> {
  /** Of all pages. */
  readonly total: number;
  readonly items: readonly T[];
}

export interface VersionQuery {
  readonly space: string;
  /** All charts when absent. */
  readonly chart?: string;
  /** Only the latest of each chart: its highest release, or its highest pre-release when it has no release. */
  readonly latest?: boolean;
}

/** What became of versions after a revision of their space, oldest change first, at most one for a version. */
export interface Changes {
  /** Where to go on from. */
  readonly revision: number;
  readonly changes: readonly Change[];
  /** Whether there are more than were asked for. */
  readonly more: boolean;
}

export type Change = { readonly put: VersionEntry } | { readonly deleted: VersionRef };

export interface Reference extends VersionRef {
  readonly etag: string;
  /** Of every blob that the version refers to, its package first. */
  readonly digests: readonly string[];
}

export interface Catalog {
  /** Adds the space or replaces it. Gives whether it was added. */
  putSpace(space: SpaceEntry): Promise<boolean>;
  getSpace(name: string): Promise<SpaceEntry | undefined>;
  /** Deletes the space with its versions; absent is success. */
  deleteSpace(name: string): Promise<void>;
  listSpaces(page: Page): Promise<Listing<SpaceEntry>>;
  /** Adds the version or replaces it, and adds its space, without leave to overwrite, when that is absent. */
  putVersion(entry: VersionEntry): Promise<void>;
  getVersion(ref: VersionRef): Promise<VersionEntry | undefined>;
  /** Deletes the version; absent is success. Gives whether it was there. */
  deleteVersion(ref: VersionRef): Promise<boolean>;
  /** The names of the charts with at least one version. Empty for a space that is absent. */
  listCharts(space: string, page: Page): Promise<Listing<string>>;
  listVersions(query: VersionQuery, page: Page): Promise<Listing<VersionEntry>>;
  /** A number that grows with every change of the space's versions, and stays so when the space is deleted and made again. */
  revision(space: string): Promise<number>;
  /** What changed after revision `since` (0 for all), up to `limit` changes. */
  changes(space: string, options: { readonly since: number; readonly limit: number }): Promise<Changes>;
  /** Every version, to compare it with storage or to find what is referred to. */
  references(): AsyncIterable<Reference>;
  close(): Promise<void>;
}
