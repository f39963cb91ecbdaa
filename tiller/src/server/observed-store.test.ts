import { expect, test } from 'vitest';
import { SqliteReleaseStore } from '../release-store/sqlite.ts';
import { storeAfter } from './observed-store.ts';

test('a cluster is kept before a record of it is', async () => {
  const releases = new SqliteReleaseStore(':memory:');
  const steps: string[] = [];
  const store = storeAfter(
    {
      create: async () => void steps.push('create'),
      update: async () => void steps.push('update'),
      remove: async () => void steps.push('remove'),
      removeCluster: (cluster) => releases.removeCluster(cluster),
      get: (id, revision) => releases.get(id, revision),
      history: (id) => releases.history(id),
      list: (filter) => releases.list(filter),
      prune: (id, keep) => releases.prune(id, keep),
      archive: (digest) => releases.archive(digest),
      acquire: (id) => releases.acquire(id),
    },
    (cluster) => steps.push(`keep ${cluster}`),
  );
  const id = { cluster: 'dev', namespace: 'default', name: 'web' };
  // The stand-in looks at nothing else of a release.
  const release = { id } as Parameters<typeof store.create>[0];
  await store.create(release, new Uint8Array());
  await store.update(release, 'deployed');
  await store.remove(id, 1);
  expect(steps).toEqual(['keep dev', 'create', 'keep dev', 'update', 'keep dev', 'remove']);
  releases.close();
});
