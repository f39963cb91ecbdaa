/** The registry on real files and a real catalogue: what writes promise, also when they race or a crash cuts them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { VersionEntry } from './catalog/catalog.ts';
import { SqliteCatalog } from './catalog/sqlite.ts';
import { digestOf } from './digest.ts';
import { isRegistryError, RegistryError, type RegistryErrorCode } from './errors.ts';
import { blobKey, spaceKey, versionKey } from './layout.ts';
import { createRegistry, type Registry } from './registry.ts';
import { FilesystemStorageBackend } from './storage/filesystem.ts';
import type { StorageBackend } from './storage/storage-backend.ts';
import { chartPackage } from './test-packages.ts';

const folder = mkdtempSync(join(tmpdir(), 'drydock-registry-'));
let made = 0;

interface Opened {
  readonly registry: Registry;
  readonly storage: StorageBackend;
  readonly catalog: SqliteCatalog;
  readonly root: string;
}

function openRegistry(root = join(folder, String(++made)), storage?: StorageBackend): Opened {
  const opened = storage ?? new FilesystemStorageBackend(join(root, 'storage'));
  const catalog = new SqliteCatalog(join(root, 'catalog.db'));
  return { registry: createRegistry({ storage: opened, catalog }), storage: opened, catalog, root };
}

/** The storage, except that the n-th call of `method` fails as a crash would: nothing after it happens. */
function failing(storage: StorageBackend, method: 'put' | 'delete', call: number): StorageBackend {
  let calls = 0;
  const fail = async <T>(work: () => Promise<T>): Promise<T> => {
    calls += 1;
    if (calls === call) {
      throw new RegistryError('StorageUnavailable', 'the power is off');
    }
    return work();
  };
  return {
    get: (key) => storage.get(key),
    list: (prefix) => storage.list(prefix),
    put: (key, body, when) =>
      method === 'put' ? fail(() => storage.put(key, body, when)) : storage.put(key, body, when),
    delete: (key) => (method === 'delete' ? fail(() => storage.delete(key)) : storage.delete(key)),
  };
}

async function expectCode(result: Promise<unknown>, code: RegistryErrorCode, message?: RegExp): Promise<void> {
  const error = await result.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(isRegistryError(error, code) ? code : error).toBe(code);
  if (message !== undefined) {
    expect(error).toHaveProperty('message', expect.stringMatching(message));
  }
}

async function keysOf(storage: StorageBackend): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of storage.list('')) {
    keys.push(key);
  }
  return keys;
}

const web = chartPackage({ name: 'web', version: '1.0.0' });
const otherWeb = chartPackage({ name: 'web', version: '1.0.0', values: 'replicas: 2\n' });

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('push', () => {
  test('adds the version, and its space, under the name in Chart.yaml', async () => {
    const { registry } = openRegistry();
    const { entry, outcome } = await registry.push('dev', web);
    expect(outcome).toBe('created');
    expect(entry).toMatchObject({
      space: 'dev',
      chart: 'web',
      version: '1.0.0',
      digest: digestOf(web),
      size: web.length,
    });
    expect(entry.metadata).toMatchObject({ name: 'web', version: '1.0.0', apiVersion: 'v2' });
    expect(Buffer.from((await registry.pull('dev', 'web', '1.0.0')).archive).equals(web)).toBe(true);
    expect((await registry.listSpaces()).items.map(({ name }) => name)).toEqual(['dev']);
  });

  test('of the same bytes changes nothing, of other bytes is refused with both digests', async () => {
    const { registry, storage } = openRegistry();
    const first = await registry.push('dev', web);
    const before = await keysOf(storage);
    const again = await registry.push('dev', web);
    expect([again.outcome, again.entry]).toEqual(['unchanged', first.entry]);
    await expectCode(registry.push('dev', otherWeb), 'Conflict', new RegExp(`${digestOf(web)}.*${digestOf(otherWeb)}`));
    expect(await keysOf(storage)).toEqual(before);
    expect((await registry.getVersion('dev', 'web', '1.0.0')).digest).toBe(digestOf(web));
  });

  test('replaces other bytes where overwriting is asked for and the space allows it', async () => {
    const { registry, root } = openRegistry();
    await registry.push('dev', web);
    await expectCode(registry.push('dev', otherWeb, { overwrite: true }), 'Conflict');
    expect(await registry.updateSpace('dev', { overwrite: true })).toMatchObject({ name: 'dev', overwrite: true });
    await expectCode(registry.push('dev', otherWeb), 'Conflict');
    expect(await openRegistry(root).registry.getSpace('dev')).toMatchObject({ overwrite: true });
    expect((await registry.push('dev', otherWeb, { overwrite: true })).outcome).toBe('replaced');
    expect(Buffer.from((await registry.pull('dev', 'web', '1.0.0')).archive).equals(otherWeb)).toBe(true);
  });

  test('keeps equal bytes once for all spaces', async () => {
    const { registry, storage } = openRegistry();
    await registry.push('dev', web);
    await registry.push('prod', web);
    expect((await keysOf(storage)).filter((key) => key.startsWith('blobs/'))).toEqual([blobKey(digestOf(web))]);
  });

  test('of twenty different packages for one version at once lets one win', async () => {
    const { registry } = openRegistry();
    const packages = Array.from({ length: 20 }, (_, index) =>
      chartPackage({ name: 'web', version: '1.0.0', values: `writer: ${index}\n` }),
    );
    const results = await Promise.allSettled(packages.map((archive) => registry.push('dev', archive)));
    const winners = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.entry.digest] : []));
    expect(winners).toHaveLength(1);
    expect(digestOf((await registry.pull('dev', 'web', '1.0.0')).archive)).toBe(winners[0]);
    for (const result of results) {
      expect(result.status === 'fulfilled' || isRegistryError(result.reason, 'Conflict')).toBe(true);
    }
  });

  test('of one version through two processes at once lets one win, and both then agree', async () => {
    const root = join(folder, String(++made));
    const [left, right] = [openRegistry(root), openRegistry(root)];
    for (let round = 0; round < 20; round += 1) {
      const [one, two] = [1, 2].map((writer) =>
        chartPackage({ name: 'web', version: `1.0.${round}`, values: `writer: ${writer}\n` }),
      );
      const results = await Promise.allSettled([
        left.registry.push('dev', one ?? web),
        right.registry.push('dev', two ?? web),
      ]);
      expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const digests = await Promise.all(
        [left, right].map(async ({ registry }) => (await registry.getVersion('dev', 'web', `1.0.${round}`)).digest),
      );
      expect(digests[0]).toBe(digests[1]);
    }
  });

  test.each([
    ['InvalidSpaceName', 'Dev', web],
    ['InvalidSpaceName', '../dev', web],
    ['InvalidSpaceName', 'dev/../prod', web],
    ['InvalidSpaceName', 'a'.repeat(121), web],
    ['InvalidArchive', 'dev', Buffer.from('not a package')],
    ['InvalidArchive', 'dev', web.subarray(0, web.length / 2)],
    ['InvalidArchive', 'dev', Buffer.alloc(0)],
    ['InvalidChart', 'dev', chartPackage({ name: 'web', version: 'latest' })],
    ['InvalidChart', 'dev', chartPackage({ name: '""', version: '1.0.0' })],
    ['InvalidVersion', 'dev', chartPackage({ name: 'web', version: `1.0.0-${'a'.repeat(130)}` })],
    ['InvalidChartName', 'dev', chartPackage({ name: 'wéb', version: '1.0.0' })],
  ] as const)('throws %s for space %j, and leaves nothing', async (code, space, archive) => {
    const { registry, storage } = openRegistry();
    await expectCode(registry.push(space, archive), code);
    expect(await keysOf(storage)).toEqual([]);
    expect((await registry.listSpaces()).total).toBe(0);
  });

  test('throws ChartMismatch when the package is another than it was pushed as', async () => {
    const { registry, storage } = openRegistry();
    await expectCode(
      registry.push('dev', web, { expect: { chart: 'api' } }),
      'ChartMismatch',
      /web 1\.0\.0.*api 1\.0\.0/,
    );
    await expectCode(registry.push('dev', web, { expect: { version: '1.0.1' } }), 'ChartMismatch');
    expect(await keysOf(storage)).toEqual([]);
  });

  test('throws TooLarge over the limit', async () => {
    const { storage, catalog } = openRegistry();
    const registry = createRegistry({ storage, catalog, limits: { packageBytes: 100 } });
    await expectCode(registry.push('dev', web), 'TooLarge', /100 bytes/);
  });

  test('keeps names that differ only in case apart, and versions with build metadata', async () => {
    const { registry, storage } = openRegistry();
    for (const [name, version] of [
      ['Web', '1.0.0-RC1'],
      ['web', '1.0.0-rc1'],
      ['web', '1.0.0+Build.5'],
    ] as const) {
      await registry.push('dev', chartPackage({ name, version }));
      expect((await registry.pull('dev', name, version)).entry).toMatchObject({ chart: name, version });
    }
    const keys = await keysOf(storage);
    expect(new Set(keys.map((key) => key.toLowerCase())).size).toBe(keys.length);
  });

  test('refuses a version whose file name another chart has', async () => {
    const { registry } = openRegistry();
    await registry.push('dev', chartPackage({ name: 'a', version: '1-2.0.0' }));
    await expectCode(
      registry.push('dev', chartPackage({ name: 'a-1', version: '2.0.0' })),
      'Conflict',
      /a-1-2\.0\.0\.tgz/,
    );
  });
});

describe('reading', () => {
  test('names what is not there', async () => {
    const { registry } = openRegistry();
    await registry.push('dev', web);
    await expectCode(registry.pull('prod', 'web', '1.0.0'), 'SpaceNotFound', /prod/);
    await expectCode(registry.pull('dev', 'api', '1.0.0'), 'ChartNotFound', /api.*dev/);
    await expectCode(registry.pull('dev', 'web', '2.0.0'), 'VersionNotFound', /2\.0\.0.*dev\/web/);
    await expectCode(registry.pull('dev', 'web', 'latest'), 'InvalidVersion');
    await expectCode(registry.listVersions('dev', { chart: 'api' }), 'ChartNotFound');
    await expectCode(registry.listCharts('prod'), 'SpaceNotFound');
    await expectCode(registry.pullFile('dev', 'web-9.0.0.tgz'), 'VersionNotFound');
  });

  test('finds a package by its file name, however many dashes it has', async () => {
    const { registry } = openRegistry();
    for (const [name, version] of [
      ['a-b-2', '1.0.0-rc-1.2'],
      ['a', '1.0.0+x-1'],
      ['a-b', 'v2.0.0'],
    ] as const) {
      await registry.push('dev', chartPackage({ name, version }));
      expect((await registry.pullFile('dev', `${name}-${version}.tgz`)).entry).toMatchObject({ chart: name, version });
    }
  });

  test('lists charts, and versions newest first', async () => {
    const { registry } = openRegistry();
    for (const version of ['1.9.0', '1.10.0', '1.10.0-rc.1']) {
      await registry.push('dev', chartPackage({ name: 'web', version }));
    }
    await registry.push('dev', chartPackage({ name: 'api', version: '0.1.0' }));
    expect((await registry.listCharts('dev')).items).toEqual(['api', 'web']);
    const versions = await registry.listVersions('dev', { chart: 'web' });
    expect(versions.items.map(({ version }) => version)).toEqual(['1.10.0', '1.10.0-rc.1', '1.9.0']);
  });

  test('refuses bytes that storage has changed or lost', async () => {
    const { registry, storage, root } = openRegistry();
    await registry.push('dev', web);
    await storage.put(blobKey(digestOf(web)), otherWeb);
    await expectCode(openRegistry(root).registry.pull('dev', 'web', '1.0.0'), 'Corrupt', /dev\/web 1\.0\.0/);
    await storage.delete(blobKey(digestOf(web)));
    await expectCode(openRegistry(root).registry.pull('dev', 'web', '1.0.0'), 'Corrupt', /lost/);
  });
});

describe('deleting', () => {
  test('removes a version, a chart, a space, and no more', async () => {
    const { registry, storage } = openRegistry();
    for (const [space, name, version] of [
      ['dev', 'web', '1.0.0'],
      ['dev', 'web', '1.1.0'],
      ['dev', 'api', '1.0.0'],
      ['prod', 'web', '1.0.0'],
    ] as const) {
      await registry.push(space, chartPackage({ name, version }));
    }
    await registry.delete('dev', 'web', '1.0.0');
    await expectCode(registry.pull('dev', 'web', '1.0.0'), 'VersionNotFound');
    await expectCode(registry.delete('dev', 'web', '1.0.0'), 'VersionNotFound');
    await registry.deleteChart('dev', 'web');
    expect((await registry.listCharts('dev')).items).toEqual(['api']);
    await registry.deleteSpace('dev');
    await expectCode(registry.deleteSpace('dev'), 'SpaceNotFound');
    expect((await registry.listSpaces()).items.map(({ name }) => name)).toEqual(['prod']);
    expect((await keysOf(storage)).filter((key) => key.startsWith('spaces/'))).toEqual([
      'spaces/prod/charts/web/1.0.0.json',
      'spaces/prod/space.json',
    ]);
  });

  test('lets a version be pushed again with other bytes', async () => {
    const { registry } = openRegistry();
    await registry.push('dev', web);
    await registry.delete('dev', 'web', '1.0.0');
    expect((await registry.push('dev', otherWeb)).outcome).toBe('created');
  });

  test('leaves blobs to the garbage collection, which takes what nothing refers to and is old enough', async () => {
    const { storage, catalog } = openRegistry();
    let now = Date.now();
    const registry = createRegistry({ storage, catalog, now: () => now });
    await registry.push('dev', web);
    await registry.push('prod', web);
    await registry.push('dev', chartPackage({ name: 'api', version: '1.0.0' }));
    await registry.delete('dev', 'web', '1.0.0');
    await registry.delete('dev', 'api', '1.0.0');
    expect(await registry.collectGarbage({ grace: 1000 })).toMatchObject({ removed: [], waiting: 1, kept: 1 });
    now += 2000;
    const dry = await registry.collectGarbage({ grace: 1000, dryRun: true });
    expect(dry.removed).toHaveLength(1);
    expect(await registry.collectGarbage({ grace: 1000 })).toEqual(dry);
    expect(await registry.collectGarbage({ grace: 1000 })).toMatchObject({ removed: [], kept: 1 });
    expect(digestOf((await registry.pull('prod', 'web', '1.0.0')).archive)).toBe(digestOf(web));
  });
});

describe('a crash', () => {
  test.each([1, 2, 3])('at write %i of a push leaves nothing to see, and the push can be made again', async (call) => {
    const { root, storage, catalog } = openRegistry();
    const crashing = createRegistry({ storage: failing(storage, 'put', call), catalog });
    await expectCode(crashing.push('dev', web), 'StorageUnavailable');
    const { registry } = openRegistry(root);
    const spaces = (await registry.listSpaces()).items;
    for (const { name } of spaces) {
      expect((await registry.listCharts(name)).items).toEqual([]);
    }
    expect((await registry.push('dev', web)).outcome).toBe('created');
    expect(digestOf((await registry.pull('dev', 'web', '1.0.0')).archive)).toBe(digestOf(web));
  });

  test('between the record and the catalogue is made good when the registry opens', async () => {
    const { root, storage, registry, catalog } = openRegistry();
    const entry = (await registry.push('dev', web)).entry;
    await catalog.deleteVersion(entry);
    const reopened = openRegistry(root);
    expect(await reopened.registry.getVersion('dev', 'web', '1.0.0')).toEqual(entry);
    await storage.delete(versionKey(entry));
    await expectCode(openRegistry(root).registry.getVersion('dev', 'web', '1.0.0'), 'ChartNotFound');
  });

  test('between the record and the catalogue is made good by the same push, and kept from another', async () => {
    const { registry, catalog } = openRegistry();
    const { entry } = await registry.push('dev', web);
    await catalog.deleteVersion(entry);
    await expectCode(registry.push('dev', otherWeb), 'Conflict');
    expect((await registry.push('dev', web)).outcome).toBe('unchanged');
    expect(await registry.getVersion('dev', 'web', '1.0.0')).toEqual(entry);
  });

  test('in the deletion of a space leaves a smaller one, which can be deleted', async () => {
    const { root, storage, registry, catalog } = openRegistry();
    await registry.push('dev', web);
    await registry.push('dev', chartPackage({ name: 'api', version: '1.0.0' }));
    const crashing = createRegistry({ storage: failing(storage, 'delete', 2), catalog });
    await expectCode(crashing.deleteSpace('dev'), 'StorageUnavailable');
    const reopened = openRegistry(root).registry;
    expect((await reopened.listCharts('dev')).total).toBe(1);
    await reopened.deleteSpace('dev');
    expect(await keysOf(storage)).toEqual([expect.stringMatching(/^blobs/), expect.stringMatching(/^blobs/)]);
  });
});

describe('the catalogue', () => {
  test('lost whole is made again from storage', async () => {
    const first = openRegistry();
    const expected: VersionEntry[] = [];
    for (const [space, name, version] of [
      ['dev', 'web', '1.0.0'],
      ['dev', 'Web', '1.0.0-RC1+B'],
      ['prod', 'web', '1.0.0'],
    ] as const) {
      expected.push(
        (await first.registry.push(space, chartPackage({ name, version, more: 'description: ü\n' }))).entry,
      );
    }
    await first.registry.createSpace('empty');
    const catalog = new SqliteCatalog(join(first.root, 'another.db'));
    const registry = createRegistry({ storage: first.storage, catalog });
    expect((await registry.listSpaces()).items.map(({ name }) => name)).toEqual(['dev', 'empty', 'prod']);
    for (const entry of expected) {
      expect(await registry.getVersion(entry.space, entry.chart, entry.version)).toEqual(entry);
    }
    expect(await registry.reconcile()).toEqual({ versions: 3, added: 0, deleted: 0, corrupt: [] });
  });

  test('leaves out a record that cannot be read, and names it', async () => {
    const { root, registry, storage } = openRegistry();
    await registry.push('dev', web);
    const broken = versionKey({ space: 'dev', chart: 'api', version: '1.0.0' });
    await storage.put(broken, Buffer.from('{"half":'));
    await storage.put(versionKey({ space: 'dev', chart: 'api', version: '2.0.0' }), Buffer.from('{}'));
    writeFileSync(join(root, 'storage', 'spaces', 'Strange File'), 'x');
    const report = await registry.reconcile();
    expect(report).toMatchObject({ versions: 1, added: 0, deleted: 0 });
    expect(report.corrupt).toEqual([expect.stringContaining(broken), expect.stringContaining('2.0.0.json')]);
    expect((await registry.listCharts('dev')).items).toEqual(['web']);
  });

  test('knows a space by the records in it when the mark of the space is lost', async () => {
    const { root, registry, storage } = openRegistry();
    await registry.push('dev', web);
    await storage.delete(spaceKey('dev'));
    expect((await openRegistry(root).registry.listCharts('dev')).items).toEqual(['web']);
  });
});
