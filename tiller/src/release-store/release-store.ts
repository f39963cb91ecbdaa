/**
 * The port of release history: revisions of releases, and the chart archives that they were made of. A revision is
 * there whole or not at all, and of two writers of one revision exactly one wins. Errors are ReleaseError.
 */
import type { Release, ReleaseId, ReleaseStatus, ReleaseSummary } from '../releases/release.ts';

export interface ReleaseFilter {
  readonly cluster?: string;
  readonly namespace?: string;
  readonly statuses?: readonly ReleaseStatus[];
}

/** Who works on a release; given back with `release`. */
export interface Lease {
  release(): Promise<void>;
}

export interface ReleaseStore {
  /**
   * Adds a revision with the archive of its chart. Throws AlreadyExists when the revision is there. Archives are kept
   * once for each digest.
   */
  create(release: Release, archive: Uint8Array): Promise<void>;
  /** Replaces a revision. Throws StaleRelease when its status is not `expect`, NotFound when it is not there. */
  update(release: Release, expect: ReleaseStatus): Promise<void>;
  /** One revision; default: the latest. Throws NotFound. */
  get(id: ReleaseId, revision?: number): Promise<Release>;
  /** All revisions, oldest first; empty when there are none. */
  history(id: ReleaseId): Promise<readonly Release[]>;
  /** The latest revision of each release that passes the filter, by cluster, namespace and name. */
  list(filter: ReleaseFilter): Promise<readonly ReleaseSummary[]>;
  /** Removes the oldest revisions but `keep`, never the deployed one; archives that nobody needs go too. Answers how many. */
  prune(id: ReleaseId, keep: number): Promise<number>;
  /** Removes a release with all revisions, or only one of them; absent is success. */
  remove(id: ReleaseId, revision?: number): Promise<void>;
  /** Removes all releases of a cluster. */
  removeCluster(cluster: string): Promise<void>;
  /** The archive of a chart. Throws NotFound. */
  archive(digest: string): Promise<Uint8Array>;
  /**
   * Takes the right to change a release. Throws OperationInProgress while another holds it. What a dead process held
   * is free.
   */
  acquire(id: ReleaseId): Promise<Lease>;
}
