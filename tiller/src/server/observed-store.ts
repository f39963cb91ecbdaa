/** Release stores around another: one that tells of each change, so that no operation has to; one that waits. */

import type { ReleaseStore } from '../release-store/release-store.ts';
import type { Release, ReleaseId, ReleaseStatus, ReleaseSummary } from '../releases/release.ts';
import { ReleaseError, summarize } from '../releases/release.ts';

export type ReleaseListener = (summary: ReleaseSummary, change: { readonly deleted: boolean }) => void;

/** Everything else is the given store's. */
export function observeStore(store: ReleaseStore, listener: ReleaseListener): ReleaseStore {
  const latest = async (id: ReleaseId): Promise<Release | undefined> => {
    try {
      return await store.get(id);
    } catch (error) {
      if (error instanceof ReleaseError && error.code === 'NotFound') return undefined;
      throw error;
    }
  };
  return {
    async create(release, archive) {
      await store.create(release, archive);
      listener(summarize(release), { deleted: false });
    },
    async update(release: Release, expect: ReleaseStatus) {
      await store.update(release, expect);
      const last = await latest(release.id);
      if (last?.revision === release.revision) listener(summarize(release), { deleted: false });
    },
    async remove(id, revision) {
      const before = await latest(id);
      await store.remove(id, revision);
      if (before === undefined) return;
      const after = await latest(id);
      if (after === undefined) listener(summarize(before), { deleted: true });
      else if (after.revision !== before.revision) listener(summarize(after), { deleted: false });
    },
    async removeCluster(cluster) {
      const gone = await store.list({ cluster });
      await store.removeCluster(cluster);
      for (const summary of gone) listener(summary, { deleted: true });
    },
    get: (id, revision) => store.get(id, revision),
    history: (id) => store.history(id),
    list: (filter) => store.list(filter),
    prune: (id, keep) => store.prune(id, keep),
    archive: (digest) => store.archive(digest),
    acquire: (id) => store.acquire(id),
  };
}

/** The given store, with something done before each record about a cluster. */
export function storeAfter(store: ReleaseStore, before: (cluster: string) => void): ReleaseStore {
  return {
    async create(release, archive) {
      before(release.id.cluster);
      await store.create(release, archive);
    },
    async update(release, expect) {
      before(release.id.cluster);
      await store.update(release, expect);
    },
    async remove(id, revision) {
      before(id.cluster);
      await store.remove(id, revision);
    },
    removeCluster: (cluster) => store.removeCluster(cluster),
    get: (id, revision) => store.get(id, revision),
    history: (id) => store.history(id),
    list: (filter) => store.list(filter),
    prune: (id, keep) => store.prune(id, keep),
    archive: (digest) => store.archive(digest),
    acquire: (id) => store.acquire(id),
  };
}
