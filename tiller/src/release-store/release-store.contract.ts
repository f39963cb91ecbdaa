/** What every ReleaseStore does: the sentences of the port, proven. Run by each implementation's test. */
import { describe, expect, test } from 'vitest';
import type { Release, ReleaseStatus } from '../releases/release.ts';
import type { ReleaseStore } from './release-store.ts';

export interface ReleaseStoreSetup {
  /** Two stores over the same data, which is empty. */
  open(): Promise<{ readonly store: ReleaseStore; readonly other: ReleaseStore; close(): Promise<void> }>;
}

const ARCHIVE = new Uint8Array([1, 2, 3]);

export function describeReleaseStore(name: string, setup: ReleaseStoreSetup): void {
  const withStores = async (act: (stores: { store: ReleaseStore; other: ReleaseStore }) => Promise<void>) => {
    const stores = await setup.open();
    try {
      await act(stores);
    } finally {
      await stores.close();
    }
  };

  describe(`${name} as a ReleaseStore`, () => {
    test('gives back what was created, the latest revision by default', () =>
      withStores(async ({ store }) => {
        await store.create(revision(1), ARCHIVE);
        await store.create(revision(2, 'pending-upgrade'), ARCHIVE);
        expect(await store.get(ID)).toEqual(revision(2, 'pending-upgrade'));
        expect(await store.get(ID, 1)).toEqual(revision(1));
        expect((await store.history(ID)).map((each) => each.revision)).toEqual([1, 2]);
      }));

    test('keeps keys of values that look like prototypes', () =>
      withStores(async ({ store }) => {
        const values = JSON.parse('{"__proto__": {"a": 1}, "constructor": 2}');
        await store.create({ ...revision(1), values }, ARCHIVE);
        expect(JSON.stringify((await store.get(ID)).values)).toBe(JSON.stringify(values));
      }));

    test('lets one of two writers win a revision', () =>
      withStores(async ({ store, other }) => {
        const results = await Promise.allSettled([
          store.create(revision(1), ARCHIVE),
          other.create(revision(1), ARCHIVE),
        ]);
        expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
        await expect(other.create(revision(1), ARCHIVE)).rejects.toMatchObject({ code: 'AlreadyExists' });
      }));

    test('updates only from the expected status', () =>
      withStores(async ({ store, other }) => {
        await store.create(revision(1, 'pending-install'), ARCHIVE);
        await store.update(revision(1, 'deployed'), 'pending-install');
        await expect(other.update(revision(1, 'failed'), 'pending-install')).rejects.toMatchObject({
          code: 'StaleRelease',
        });
        expect((await other.get(ID)).status).toBe('deployed');
        await expect(store.update(revision(7), 'deployed')).rejects.toMatchObject({ code: 'NotFound' });
      }));

    test('says what is not there', () =>
      withStores(async ({ store }) => {
        await expect(store.get(ID)).rejects.toMatchObject({
          code: 'NotFound',
          message: expect.stringContaining('"web"'),
        });
        await store.create(revision(1), ARCHIVE);
        await expect(store.get(ID, 4)).rejects.toMatchObject({
          code: 'NotFound',
          message: expect.stringContaining('4'),
        });
        await expect(store.archive('none')).rejects.toMatchObject({ code: 'NotFound' });
        expect(await store.history({ ...ID, name: 'other' })).toEqual([]);
      }));

    test('lists the latest revision of each release in order, filtered', () =>
      withStores(async ({ store }) => {
        await store.create(revision(1, 'superseded'), ARCHIVE);
        await store.create(revision(2, 'failed'), ARCHIVE);
        await store.create({ ...revision(1), id: { ...ID, name: 'api' } }, ARCHIVE);
        await store.create({ ...revision(1), id: { ...ID, cluster: 'prod' } }, ARCHIVE);
        const all = await store.list({});
        expect(all.map(({ id, revision: r }) => `${id.cluster}/${id.name}@${r}`)).toEqual([
          'dev/api@1',
          'dev/web@2',
          'prod/web@1',
        ]);
        expect((await store.list({ cluster: 'dev', statuses: ['failed'] })).map(({ id }) => id.name)).toEqual(['web']);
        expect(await store.list({ namespace: 'none' })).toEqual([]);
      }));

    test('prunes the oldest revisions, but never the deployed one', () =>
      withStores(async ({ store }) => {
        await store.create(revision(1, 'deployed'), ARCHIVE);
        for (const number of [2, 3, 4, 5]) await store.create(revision(number, 'failed'), ARCHIVE);
        expect(await store.prune(ID, 2)).toBe(3);
        expect((await store.history(ID)).map((each) => each.revision)).toEqual([1, 5]);
      }));

    test('keeps an archive as long as a revision needs it', () =>
      withStores(async ({ store }) => {
        await store.create(revision(1, 'superseded'), ARCHIVE);
        await store.create(revision(2), ARCHIVE);
        await store.remove(ID, 1);
        expect([...(await store.archive('digest'))]).toEqual([1, 2, 3]);
        await store.remove(ID);
        await expect(store.archive('digest')).rejects.toMatchObject({ code: 'NotFound' });
        await store.remove(ID);
      }));

    test('removes the releases of a cluster, and only those', () =>
      withStores(async ({ store }) => {
        await store.create(revision(1), ARCHIVE);
        await store.create({ ...revision(1), id: { ...ID, cluster: 'prod' } }, ARCHIVE);
        await store.removeCluster('dev');
        expect((await store.list({})).map(({ id }) => id.cluster)).toEqual(['prod']);
      }));

    test('gives the right to change a release to one at a time', () =>
      withStores(async ({ store, other }) => {
        const lease = await store.acquire(ID);
        await expect(other.acquire(ID)).rejects.toMatchObject({ code: 'OperationInProgress' });
        await expect(store.acquire(ID)).rejects.toMatchObject({ code: 'OperationInProgress' });
        await (await other.acquire({ ...ID, name: 'api' })).release();
        await lease.release();
        await (await other.acquire(ID)).release();
      }));
  });
}

const ID = { cluster: 'dev', namespace: 'shop', name: 'web' };

function revision(number: number, status: ReleaseStatus = 'deployed'): Release {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };
  return {
    id: ID,
    revision: number,
    status,
    description: 'Install complete',
    chart: { name: 'web', version: '1.0.0', appVersion: '', digest: 'digest', source: 'test' },
    values: { replicas: number },
    manifests: [{ source: 'web/templates/a.yaml', text: 'kind: ConfigMap', object }],
    hooks: [],
    notes: '',
    labels: {},
    firstDeployed: 1000,
    lastDeployed: 2000,
  };
}
