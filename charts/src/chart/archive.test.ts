import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { chartFromFiles, defaultArchiveLimits, loadArchive, packageChart } from './archive.ts';
import { archiveFileName } from './chart.ts';
import { readTar, writeTar } from './tar.ts';

const chartYaml = 'apiVersion: v2\nname: web\nversion: 1.2.3\n';

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A package of files by their full names. */
function pack(files: Record<string, string>): Uint8Array {
  return gzipSync(writeTar(Object.entries(files).map(([name, text]) => ({ name, data: bytes(text) }))));
}

/** A package with one more entry of a kind that writeTar does not write. */
function packSpecial(name: string, flag: string): Uint8Array {
  const tar = writeTar([
    { name: 'web/Chart.yaml', data: bytes(chartYaml) },
    { name, data: bytes('') },
  ]);
  const header = tar.subarray(1024, 1536);
  header[156] = flag.charCodeAt(0);
  header.fill(32, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.set(bytes(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
  return gzipSync(tar);
}

describe('loading a package', () => {
  it('reads the chart, its templates, files, values and schema', () => {
    const chart = loadArchive(
      pack({
        'web/Chart.yaml': chartYaml,
        'web/values.yaml': 'replicas: 2\n',
        'web/values.schema.json': '{}',
        'web/templates/a.yaml': 'a',
        'web/README.md': 'b',
        'web/crds/c.yaml': 'c',
      }),
    );
    expect(chart.metadata.name).toBe('web');
    expect(archiveFileName(chart.metadata)).toBe('web-1.2.3.tgz');
    expect(chart.values).toEqual(new Map([['replicas', 2]]));
    expect(chart.templates.map(({ name }) => name)).toEqual(['templates/a.yaml']);
    expect(chart.files.map(({ name }) => name)).toEqual(['README.md', 'crds/c.yaml']);
    expect(chart.schema).toEqual(bytes('{}'));
  });

  it('reads subcharts from folders and packages, and skips names with a dot or underscore in front', () => {
    const inner = packageChart(
      chartFromFiles([{ name: 'Chart.yaml', data: bytes('apiVersion: v2\nname: b\nversion: 1.0.0\n') }]),
    );
    const chart = chartFromFiles([
      { name: 'Chart.yaml', data: bytes(chartYaml) },
      { name: 'charts/a/Chart.yaml', data: bytes('apiVersion: v2\nname: a\nversion: 1.0.0\n') },
      { name: 'charts/b-1.0.0.tgz', data: inner },
      { name: 'charts/_skipped/Chart.yaml', data: bytes('nonsense: [') },
      { name: 'charts/.skipped', data: bytes('') },
    ]);
    expect(chart.dependencies.map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
  });

  it('takes the byte order mark off every file', () => {
    const chart = loadArchive(pack({ 'web/Chart.yaml': `\ufeff${chartYaml}`, 'web/templates/a.yaml': '\ufeffa' }));
    expect(chart.templates[0]?.data).toEqual(bytes('a'));
  });

  it('accepts paths with backslashes, as Windows writes them', () => {
    const chart = loadArchive(pack({ 'web\\Chart.yaml': chartYaml, 'web\\templates\\a.yaml': 'a' }));
    expect(chart.templates[0]?.name).toBe('templates/a.yaml');
  });

  it.each([
    ['web//etc/passwd', 'chart illegally contains absolute paths'],
    ['web/../../etc/passwd', 'chart illegally references parent directory'],
    ['web/c:/windows/system.ini', 'chart contains illegally named files'],
    ['web/.', 'chart illegally contains content outside the base directory: "web/."'],
    ['loose', 'chart illegally contains content outside the base directory: "loose"'],
    ['Chart.yaml/x', 'chart yaml not in base directory'],
  ])('refuses %s', (name, message) => {
    expect(() => loadArchive(pack({ 'web/Chart.yaml': chartYaml, [name]: 'x' }))).toThrow(message);
  });

  it.each(['1', '2', '3', '6'])('refuses links and devices (type %s)', (flag) => {
    expect(() => loadArchive(packSpecial('web/templates/a.yaml', flag))).toThrow('which is not a regular file');
  });

  it('skips folders', () => {
    expect(loadArchive(packSpecial('web/templates/', '5')).templates).toEqual([]);
  });

  it('says what is wrong with bytes that are no package', () => {
    expect(() => loadArchive(bytes(''))).toThrow(/^unable to load chart archive: EOF$/);
    expect(() => loadArchive(bytes('no header'))).toThrow('unable to load chart archive: unexpected EOF');
    expect(() => loadArchive(bytes('long enough'))).toThrow('unable to load chart archive: gzip: invalid header');
    expect(() => loadArchive(gzipSync(bytes('hello')))).toThrow('unexpected EOF');
    expect(() => loadArchive(gzipSync(new Uint8Array(1024)))).toThrow('no files in chart archive');
    const whole = pack({ 'web/Chart.yaml': chartYaml });
    expect(() => loadArchive(whole.subarray(0, whole.length - 20))).toThrow(
      'unable to load chart archive: unexpected EOF',
    );
    const wrongSum = new Uint8Array(whole);
    wrongSum[whole.length - 8] = (whole.at(-8) ?? 0) ^ 1;
    expect(() => loadArchive(wrongSum)).toThrow('gzip: invalid checksum');
    const broken = writeTar([{ name: 'web/Chart.yaml', data: bytes(chartYaml) }]);
    broken[0] = 0x41;
    expect(() => loadArchive(gzipSync(broken))).toThrow('archive/tar: invalid tar header');
  });

  it('stops inflating at the limit', () => {
    const limits = { ...defaultArchiveLimits, chartBytes: 1000 };
    const bomb = pack({ 'web/Chart.yaml': chartYaml, 'web/big': 'x'.repeat(2000) });
    expect(() => loadArchive(bomb, limits)).toThrow('decompressed chart is larger than the maximum size 1000');
    const huge = gzipSync(new Uint8Array(64 * 1024 * 1024));
    expect(() => loadArchive(huge, limits)).toThrow('decompressed chart is larger');
  });

  it('counts packages inside packages against one budget', () => {
    const filler = 'x'.repeat(3000);
    const inner = pack({ 'b/Chart.yaml': 'apiVersion: v2\nname: b\nversion: 1.0.0\n', 'b/filler': filler });
    const outer = gzipSync(
      writeTar([
        { name: 'web/Chart.yaml', data: bytes(chartYaml) },
        ...[1, 2, 3].map((n) => ({ name: `web/charts/b-${n}.tgz`, data: inner })),
      ]),
    );
    expect(loadArchive(outer).dependencies).toHaveLength(3);
    const limits = { ...defaultArchiveLimits, totalBytes: 8000 };
    expect(() => loadArchive(outer, limits)).toThrow(
      /error unpacking subchart b-\d.tgz in web: decompressed chart is larger/,
    );
  });

  it('counts what is behind the files of a package inside a package', () => {
    const zeros = new Uint8Array(20 * 1024 * 1024);
    const tar = writeTar([{ name: 'b/Chart.yaml', data: bytes('apiVersion: v2\nname: b\nversion: 1.0.0\n') }]);
    const inner = gzipSync(Buffer.concat([tar, zeros]));
    const outer = gzipSync(
      writeTar([
        { name: 'web/Chart.yaml', data: bytes(chartYaml) },
        ...[1, 2, 3].map((n) => ({ name: `web/charts/b-${n}.tgz`, data: inner })),
      ]),
    );
    const limits = { ...defaultArchiveLimits, totalBytes: 50 * 1024 * 1024 };
    expect(() => loadArchive(outer, limits)).toThrow(
      'error unpacking subchart b-3.tgz in web: decompressed chart is larger than the maximum size 52428800',
    );
  });

  it('refuses a name of megabytes before it is read', () => {
    const long = `web/${'b/'.repeat(600_000)}x`;
    expect(() => loadArchive(pack({ 'web/Chart.yaml': chartYaml, [long]: '' }))).toThrow(
      'archive/tar: header field too long',
    );
  });

  it('refuses charts within charts without end', () => {
    const name = `web/${'charts/a/'.repeat(3000)}Chart.yaml`;
    expect(() => loadArchive(pack({ 'web/Chart.yaml': chartYaml, [name]: chartYaml }))).toThrow();
    const files = Array.from({ length: 200 }, (_, depth) => [`web/${'charts/a/'.repeat(depth)}Chart.yaml`, chartYaml]);
    expect(() => loadArchive(pack(Object.fromEntries(files)))).toThrow('charts are nested deeper than 100 folders');
  });

  it('refuses more entries than the limit', () => {
    const many = pack(Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`web/${n}`, ''])));
    expect(() => loadArchive(many, { ...defaultArchiveLimits, entries: 10 })).toThrow('more than 10 entries');
  });
});

describe('packing a chart', () => {
  const chart = chartFromFiles([
    { name: 'templates/a.yaml', data: bytes('a') },
    { name: 'README.md', data: bytes('b') },
    { name: 'values.yaml', data: bytes('# kept\nx: 1\n') },
    { name: 'Chart.lock', data: bytes('digest: sha256:1\ngenerated: "2026-01-02T03:04:05Z"\ndependencies: []\n') },
    { name: 'Chart.yaml', data: bytes(`# lost\n${chartYaml}appVersion: 1.10\n`) },
    { name: 'charts/a/Chart.yaml', data: bytes('apiVersion: v2\nname: a\nversion: 1.0.0\n') },
  ]);

  it('writes the files in an order of its own below the name of the chart, with Chart.yaml written anew', () => {
    const archive = packageChart(chart);
    const entries = [...readTar(gunzipSync(archive))];
    expect(entries.map(({ name }) => name)).toEqual([
      'web/Chart.yaml',
      'web/Chart.lock',
      'web/values.yaml',
      'web/templates/a.yaml',
      'web/README.md',
      'web/charts/a/Chart.yaml',
    ]);
    const text = new TextDecoder().decode(entries[0]?.data);
    expect(text).toBe('apiVersion: v2\nappVersion: "1.1"\nname: web\nversion: 1.2.3\n');
  });

  it('gives equal bytes for equal charts, and a chart that loads as the same', () => {
    expect(packageChart(chart)).toEqual(packageChart(chart));
    const again = loadArchive(packageChart(chart));
    expect(again.metadata).toEqual(chart.metadata);
    expect(again.values).toEqual(chart.values);
    expect(again.dependencies[0]?.metadata).toEqual(chart.dependencies[0]?.metadata);
  });

  it('keeps names that are longer than a tar header has room for', () => {
    const long = `templates/${'deep/'.repeat(60)}${'n'.repeat(120)}.yaml`;
    const packed = packageChart(
      chartFromFiles([
        { name: 'Chart.yaml', data: bytes(chartYaml) },
        { name: long, data: bytes('x') },
      ]),
    );
    expect(loadArchive(packed).templates[0]?.name).toBe(long);
  });

  it('refuses a chart whose dependencies are not there', () => {
    const lacking = chartFromFiles([
      { name: 'Chart.yaml', data: bytes(`${chartYaml}dependencies:\n- name: db\n  version: 1.x\n`) },
    ]);
    expect(() => packageChart(lacking)).toThrow('found in Chart.yaml, but missing in charts/ directory: db');
  });
});
