/** The suite that every catalogue passes: each sentence of the port's interface, shown. */
import { describe, expect, test } from 'vitest';
import type { Catalog, VersionEntry } from './catalog.ts';

const everything = { start: 0, limit: 1000 };

/** `open` gives a catalogue with nothing in it; the suite opens one for each test. */
export function describeCatalog(name: string, open: () => Promise<Catalog>): void {
  describe(`${name} as a Catalog`, () => {
    test('adds a space, or replaces it, and says which', async () => {
      const catalog = await open();
      expect(await catalog.getSpace('dev')).toBeUndefined();
      expect(await catalog.putSpace({ name: 'dev', created: 1, overwrite: false })).toBe(true);
      expect(await catalog.getSpace('dev')).toEqual({ name: 'dev', created: 1, overwrite: false });
      expect(await catalog.putSpace({ name: 'dev', created: 2, overwrite: true })).toBe(false);
      expect(await catalog.getSpace('dev')).toEqual({ name: 'dev', created: 2, overwrite: true });
    });

    test('lists spaces by name, in pages, with the total of all', async () => {
      const catalog = await open();
      for (const space of ['b', 'a-b', 'a', 'c']) {
        await catalog.putSpace({ name: space, created: 1, overwrite: false });
      }
      const names = async (start: number, limit: number): Promise<[number, string[]]> => {
        const listing = await catalog.listSpaces({ start, limit });
        return [listing.total, listing.items.map((space) => space.name)];
      };
      expect(await names(0, 10)).toEqual([4, ['a', 'a-b', 'b', 'c']]);
      expect(await names(1, 2)).toEqual([4, ['a-b', 'b']]);
      expect(await names(4, 2)).toEqual([4, []]);
      expect(await names(0, 0)).toEqual([4, []]);
    });

    test('gives a version back whole, and nothing for one that is absent', async () => {
      const catalog = await open();
      const entry = version('web', '1.0.0', {
        metadata: { name: 'web', annotations: { 'a/b': 'ü "q"\n' }, keywords: ['x'], deep: { list: [1, null, true] } },
        provenance: digest('b'),
        manifest: digest('c'),
        subcharts: [{ metadata: { name: 'db' }, subcharts: [{ metadata: { name: 'x' }, subcharts: [] }] }],
      });
      await catalog.putVersion(entry);
      expect(await catalog.getVersion(entry)).toEqual(entry);
      for (const other of [{ version: '1.0.1' }, { chart: 'Web' }, { space: 'prod' }]) {
        expect(await catalog.getVersion({ ...entry, ...other })).toBeUndefined();
      }
    });

    test('adds the space of a version when it is absent, and keeps it when it is there', async () => {
      const catalog = await open();
      await catalog.putSpace({ name: 'old', created: 5, overwrite: true });
      await catalog.putVersion(version('web', '1.0.0', { space: 'old', created: 9 }));
      await catalog.putVersion(version('web', '1.0.0', { space: 'new', created: 9 }));
      expect((await catalog.listSpaces(everything)).items).toEqual([
        { name: 'new', created: 9, overwrite: false },
        { name: 'old', created: 5, overwrite: true },
      ]);
    });

    test('replaces a version that is put again', async () => {
      const catalog = await open();
      await catalog.putVersion(version('web', '1.0.0'));
      const replaced = version('web', '1.0.0', { digest: digest('f'), size: 7, created: 8, etag: 'new' });
      await catalog.putVersion(replaced);
      expect(await catalog.getVersion(replaced)).toEqual(replaced);
      expect((await catalog.listVersions({ space: 'dev' }, everything)).total).toBe(1);
    });

    test('deletes a version, says whether it was there, and takes it again after', async () => {
      const catalog = await open();
      const entry = version('web', '1.0.0');
      expect(await catalog.deleteVersion(entry)).toBe(false);
      await catalog.putVersion(entry);
      expect(await catalog.deleteVersion(entry)).toBe(true);
      expect(await catalog.deleteVersion(entry)).toBe(false);
      expect(await catalog.getVersion(entry)).toBeUndefined();
      expect((await catalog.listCharts('dev', everything)).items).toEqual([]);
      expect((await catalog.listVersions({ space: 'dev', latest: true }, everything)).total).toBe(0);
      await catalog.putVersion(entry);
      expect(await catalog.getVersion(entry)).toEqual(entry);
    });

    test('deletes a space with its versions and no other', async () => {
      const catalog = await open();
      await catalog.putVersion(version('web', '1.0.0'));
      await catalog.putVersion(version('web', '1.0.0', { space: 'prod' }));
      await catalog.deleteSpace('dev');
      await catalog.deleteSpace('never');
      expect(await catalog.getSpace('dev')).toBeUndefined();
      expect(await catalog.getVersion(version('web', '1.0.0'))).toBeUndefined();
      expect(await catalog.getVersion(version('web', '1.0.0', { space: 'prod' }))).toBeDefined();
    });

    test('lists charts by the bytes of their names, in pages', async () => {
      const catalog = await open();
      for (const chart of ['web', 'Zoo', 'api', 'web-2', 'web.1']) {
        await catalog.putVersion(version(chart, '1.0.0'));
        await catalog.putVersion(version(chart, '1.1.0'));
      }
      expect(await catalog.listCharts('dev', everything)).toEqual({
        total: 5,
        items: ['Zoo', 'api', 'web', 'web-2', 'web.1'],
      });
      expect(await catalog.listCharts('dev', { start: 1, limit: 2 })).toEqual({ total: 5, items: ['api', 'web'] });
      expect(await catalog.listCharts('absent', everything)).toEqual({ total: 0, items: [] });
    });

    test('lists versions newest first, of one chart or of all', async () => {
      const catalog = await open();
      for (const number of ['1.9.0', '1.10.0', '2.0.0-rc.1', '1.10.0-rc.2', '1.10.0-rc.10', '1.10.0+b', 'v0.1.0']) {
        await catalog.putVersion(version('web', number));
      }
      await catalog.putVersion(version('api', '0.1.0'));
      const ordered = ['2.0.0-rc.1', '1.10.0+b', '1.10.0', '1.10.0-rc.10', '1.10.0-rc.2', '1.9.0', 'v0.1.0'];
      const of = async (chart?: string, page = everything): Promise<string[]> => {
        const query = chart === undefined ? { space: 'dev' } : { space: 'dev', chart };
        return (await catalog.listVersions(query, page)).items.map((entry) => `${entry.chart} ${entry.version}`);
      };
      expect(await of('web')).toEqual(ordered.map((number) => `web ${number}`));
      expect(await of()).toEqual(['api 0.1.0', ...ordered.map((number) => `web ${number}`)]);
      expect(await of('web', { start: 1, limit: 2 })).toEqual(['web 1.10.0+b', 'web 1.10.0']);
      expect((await catalog.listVersions({ space: 'dev', chart: 'web' }, { start: 1, limit: 2 })).total).toBe(7);
    });

    test('finds the latest of each chart: a release before any pre-release', async () => {
      const catalog = await open();
      for (const [chart, number] of [
        ['web', '1.0.0'],
        ['web', '2.0.0-rc.1'],
        ['web', '1.2.0'],
        ['beta', '0.1.0-a'],
        ['beta', '0.1.0-b'],
        ['api', '3.0.0'],
      ] as const) {
        await catalog.putVersion(version(chart, number));
      }
      const latest = await catalog.listVersions({ space: 'dev', latest: true }, everything);
      expect(latest.total).toBe(3);
      expect(latest.items.map((entry) => `${entry.chart} ${entry.version}`)).toEqual([
        'api 3.0.0',
        'beta 0.1.0-b',
        'web 1.2.0',
      ]);
      const one = await catalog.listVersions({ space: 'dev', chart: 'web', latest: true }, everything);
      expect(one.items.map((entry) => entry.version)).toEqual(['1.2.0']);
    });

    test('gives each change of a space a higher revision, and tells what came after one', async () => {
      const catalog = await open();
      expect(await catalog.revision('dev')).toBe(0);
      await catalog.putVersion(version('web', '1.0.0'));
      const first = await catalog.revision('dev');
      expect(first).toBeGreaterThan(0);
      await catalog.putVersion(version('web', '1.1.0'));
      await catalog.putVersion(version('other', '1.0.0', { space: 'prod' }));
      const second = await catalog.revision('dev');
      expect(second).toBeGreaterThan(first);
      await catalog.deleteVersion(version('web', '1.0.0'));
      await catalog.putVersion(version('web', '1.2.0'));
      await catalog.putVersion(version('web', '1.1.0', { etag: 'again' }));
      const changed = await catalog.changes('dev', { since: second, limit: 100 });
      expect(changed.more).toBe(false);
      expect(changed.revision).toBe(await catalog.revision('dev'));
      expect(changed.changes).toEqual([
        { deleted: { space: 'dev', chart: 'web', version: '1.0.0' } },
        { put: version('web', '1.2.0') },
        { put: version('web', '1.1.0', { etag: 'again' }) },
      ]);
      expect(await catalog.changes('dev', { since: changed.revision, limit: 100 })).toEqual({
        revision: changed.revision,
        changes: [],
        more: false,
      });
    });

    test('tells changes in portions that add up to all', async () => {
      const catalog = await open();
      const expected = new Set<string>();
      for (let number = 0; number < 25; number += 1) {
        await catalog.putVersion(version('web', `1.0.${number}`));
        expected.add(`1.0.${number}`);
      }
      const seen = new Set<string>();
      let since = 0;
      for (let more = true; more; ) {
        const portion = await catalog.changes('dev', { since, limit: 10 });
        for (const change of portion.changes) {
          seen.add('put' in change ? change.put.version : 'deleted');
        }
        ({ revision: since, more } = portion);
      }
      expect(seen).toEqual(expected);
      expect(since).toBe(await catalog.revision('dev'));
    });

    test('leaves out no change when a portion ends within the deletion of a space', async () => {
      const catalog = await open();
      for (let number = 0; number < 25; number += 1) {
        await catalog.putVersion(version('web', `1.0.${number}`));
      }
      await catalog.deleteSpace('dev');
      await catalog.putVersion(version('web', '2.0.0'));
      let since = 0;
      let seen = 0;
      for (let more = true; more; ) {
        const portion = await catalog.changes('dev', { since, limit: 10 });
        seen += portion.changes.length;
        ({ revision: since, more } = portion);
      }
      expect(seen).toBe(26);
    });

    test('tells that the versions of a deleted space are gone, and does not start again with a new one of its name', async () => {
      const catalog = await open();
      await catalog.putVersion(version('web', '1.0.0'));
      const before = await catalog.revision('dev');
      await catalog.deleteSpace('dev');
      await catalog.putSpace({ name: 'dev', created: 2, overwrite: false });
      expect(await catalog.revision('dev')).toBeGreaterThan(before);
      const { changes } = await catalog.changes('dev', { since: before, limit: 10 });
      expect(changes).toEqual([{ deleted: { space: 'dev', chart: 'web', version: '1.0.0' } }]);
    });

    test('gives every version with its etag and all digests that it refers to', async () => {
      const catalog = await open();
      const expected: string[] = [];
      for (let number = 0; number < 1203; number += 1) {
        await catalog.putVersion(
          version('web', `1.0.${number}`, {
            space: `s${number % 3}`,
            etag: `e${number}`,
            provenance: digest('b'),
            manifest: digest('c'),
          }),
        );
        expected.push(`s${number % 3} web 1.0.${number} e${number}`);
      }
      await catalog.deleteVersion(version('web', '1.0.0', { space: 's0' }));
      const found: string[] = [];
      for await (const { space, chart, version: number, etag, digests } of catalog.references()) {
        expect(digests).toEqual([digest('a'), digest('b'), digest('c')]);
        found.push(`${space} ${chart} ${number} ${etag}`);
      }
      expect(found.sort()).toEqual(expected.slice(1).sort());
    });

    test('keeps names that look like code or paths as they are', async () => {
      const catalog = await open();
      for (const chart of ["a'; DROP TABLE versions; --", '__proto__', '%', '_', 'constructor']) {
        await catalog.putVersion(version(chart, '1.0.0'));
        expect((await catalog.getVersion({ space: 'dev', chart, version: '1.0.0' }))?.chart).toBe(chart);
      }
      expect((await catalog.listCharts('dev', everything)).total).toBe(5);
      expect((await catalog.listVersions({ space: 'dev', chart: '%' }, everything)).total).toBe(1);
    });
  });
}

function digest(letter: string): string {
  return `sha256:${letter.repeat(64)}`;
}

function version(chart: string, number: string, changes: Partial<VersionEntry> = {}): VersionEntry {
  return {
    space: 'dev',
    chart,
    version: number,
    digest: digest('a'),
    size: 1,
    created: 1000,
    etag: 'e',
    metadata: { name: chart, version: number },
    subcharts: [],
    ...changes,
  };
}
