/** Indexes kept by changes, compared with ones made anew, and their text as parsers read it. */
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { VersionEntry } from '../catalog/catalog.ts';
import { SqliteCatalog } from '../catalog/sqlite.ts';
import { compareVersions } from '../versions.ts';
import type { HelmIndex } from './helm-indexes.ts';
import { createHelmIndexes } from './helm-indexes.ts';

interface ParsedIndex {
  readonly apiVersion: string;
  readonly entries: Readonly<Record<string, readonly { readonly version: string }[]>>;
  readonly generated: string;
}

function entry(chart: string, version: string, changes: Partial<VersionEntry> = {}): VersionEntry {
  return {
    space: 'dev',
    chart,
    version,
    digest: `sha256:${'ab'.repeat(32)}`,
    size: 1,
    created: Date.UTC(2026, 0, 2, 3, 4, 5),
    etag: 'e',
    metadata: { apiVersion: 'v2', name: chart, version },
    subcharts: [],
    ...changes,
  };
}

function textOf(index: HelmIndex): string {
  return Buffer.concat(index.text).toString();
}

/** Pseudo-random numbers from 0 to below `limit`, the same in every run. */
function dice(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state * 48271) % 2147483647;
    return state % limit;
  };
}

describe('createHelmIndexes', () => {
  test('writes YAML as Helm does', async () => {
    const catalog = new SqliteCatalog(':memory:');
    await catalog.putVersion(
      entry('web', '1.0.0', {
        metadata: {
          apiVersion: 'v2',
          name: 'web',
          version: '1.0.0',
          description: 'The web: "all" of it',
          keywords: ['http', 'on'],
          maintainers: [{ name: 'Ada L', email: 'ada@example.com' }],
          annotations: { 'a/b': 'x\ny' },
          deprecated: true,
          sources: [],
        },
      }),
    );
    expect(textOf(await createHelmIndexes(catalog).get('dev', 'yaml'))).toBe(
      `apiVersion: v1
entries:
  web:
  - apiVersion: v2
    name: web
    version: 1.0.0
    description: "The web: \\"all\\" of it"
    keywords:
    - http
    - "on"
    maintainers:
    - name: Ada L
      email: ada@example.com
    annotations:
      "a/b": "x\\ny"
    deprecated: true
    sources: []
    created: "2026-01-02T03:04:05.000Z"
    digest: ${'ab'.repeat(32)}
    urls:
    - web-1.0.0.tgz
generated: "2026-01-02T03:04:05.000Z"
`.replace('"a/b"', 'a/b'),
    );
  });

  test('of an empty space has no entries', async () => {
    const indexes = createHelmIndexes(new SqliteCatalog(':memory:'));
    expect(textOf(await indexes.get('dev', 'yaml'))).toMatch(/^apiVersion: v1\nentries: \{\}\ngenerated: /);
    expect(JSON.parse(textOf(await indexes.get('dev', 'json')))).toMatchObject({ apiVersion: 'v1', entries: {} });
  });

  test('kept by changes is the same as one made anew, through a thousand random changes', async () => {
    const roll = dice(42);
    const catalog = new SqliteCatalog(':memory:');
    const kept = createHelmIndexes(catalog);
    const present = new Map<string, VersionEntry>();
    for (let step = 0; step < 1000; step += 1) {
      const version = `${roll(3)}.${roll(12)}.${roll(4)}${roll(4) === 0 ? `-rc.${roll(12)}` : ''}`;
      const ref = entry(`chart-${roll(6)}`, version, { created: Date.UTC(2026, 0, 1) + step });
      if (roll(3) === 0) {
        await catalog.deleteVersion(ref);
        present.delete(`${ref.chart} ${version}`);
      } else {
        await catalog.putVersion(ref);
        present.set(`${ref.chart} ${version}`, ref);
      }
      if (step % 37 === 0 || step === 999) {
        const fresh = await createHelmIndexes(catalog).get('dev', 'json');
        const index = await kept.get('dev', 'json');
        expect(index.etag).toBe(fresh.etag);
        const { generated: _generated, ...parsed } = JSON.parse(textOf(index)) as ParsedIndex;
        expect(parsed).toEqual({ apiVersion: 'v1', entries: expectedEntries(present.values()) });
        expect(gunzipSync(Buffer.concat(await index.gzip())).toString()).toBe(textOf(index));
      }
    }
    const yaml = textOf(await kept.get('dev', 'yaml'));
    const lines = yaml.split('\n').filter((line) => line.startsWith('    version: '));
    expect(lines).toEqual(
      Object.values(expectedEntries(present.values())).flatMap((versions) =>
        versions.map((version) => `    version: ${version.version}`),
      ),
    );
  });

  test('of many versions is made in portions and keeps its unchanged parts', async () => {
    const catalog = new SqliteCatalog(':memory:');
    for (let number = 0; number < 4500; number += 1) {
      await catalog.putVersion(entry(`chart-${number % 9}`, `1.0.${number}`));
    }
    const indexes = createHelmIndexes(catalog);
    const before = await indexes.get('dev', 'yaml');
    await catalog.putVersion(entry('chart-4', '1.0.9999'));
    const after = await indexes.get('dev', 'yaml');
    expect(textOf(after).split('    urls:\n').length - 1).toBe(4501);
    const same = after.text.filter((buffer) => before.text.includes(buffer));
    expect(same.length).toBeGreaterThan(after.text.length - 6);
    expect(after.etag).not.toBe(before.etag);
  });

  test('has the etag of before when a change is taken back', async () => {
    const catalog = new SqliteCatalog(':memory:');
    const indexes = createHelmIndexes(catalog);
    await catalog.putVersion(entry('web', '1.0.0'));
    const before = (await indexes.get('dev', 'yaml')).etag;
    await catalog.putVersion(entry('api', '1.0.0'));
    expect((await indexes.get('dev', 'yaml')).etag).not.toBe(before);
    await catalog.deleteVersion(entry('api', '1.0.0'));
    expect((await indexes.get('dev', 'yaml')).etag).toBe(before);
  });

  test('given out before a change stays as it was', async () => {
    const catalog = new SqliteCatalog(':memory:');
    const indexes = createHelmIndexes(catalog);
    await catalog.putVersion(entry('web', '1.0.0'));
    const before = await indexes.get('dev', 'json');
    await catalog.putVersion(entry('web', '1.1.0'));
    await indexes.get('dev', 'json');
    expect(JSON.parse(textOf(before))).toMatchObject({ entries: { web: [{ version: '1.0.0' }] } });
    expect(gunzipSync(Buffer.concat(await before.gzip())).toString()).toBe(textOf(before));
  });
});

function expectedEntries(present: Iterable<VersionEntry>): Record<string, { version: string }[]> {
  const charts = new Map<string, VersionEntry[]>();
  for (const version of present) {
    charts.set(version.chart, [...(charts.get(version.chart) ?? []), version]);
  }
  return Object.fromEntries(
    [...charts]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([chart, versions]) => [
        chart,
        versions
          .sort((left, right) => compareVersions(right.version, left.version))
          .map(({ metadata, created, version }) => ({
            ...metadata,
            version,
            created: new Date(created).toISOString(),
            digest: 'ab'.repeat(32),
            urls: [`${chart}-${version}.tgz`],
          })),
      ]),
  );
}
