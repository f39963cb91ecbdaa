import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, it } from 'vitest';
import { corpusTexts, fuzz, mutatedBytes } from '../mutations.testing.ts';
import { chartFromFiles, defaultArchiveLimits, loadArchive, packageChart } from './archive.ts';
import { ChartError } from './chart-error.ts';

const limits = { ...defaultArchiveLimits, chartBytes: 1_000_000, totalBytes: 2_000_000, entries: 100 };

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

const chartYaml =
  'apiVersion: v2\nname: web\nversion: 1.2.3\nappVersion: "1"\nkeywords: [a]\nmaintainers:\n- name: x\n';
const inner = packageChart(
  chartFromFiles([{ name: 'Chart.yaml', data: bytes('apiVersion: v2\nname: sub\nversion: 1.0.0\n') }]),
);
const archive = packageChart(
  chartFromFiles([
    { name: 'Chart.yaml', data: bytes(chartYaml) },
    { name: 'values.yaml', data: bytes(corpusTexts('yaml')[1] ?? '') },
    { name: 'values.schema.json', data: bytes('{"type": "object"}') },
    { name: 'templates/a.yaml', data: bytes(corpusTexts('templates')[0] ?? '') },
    { name: `templates/${'long/'.repeat(40)}name.yaml`, data: bytes('x') },
    { name: 'crds/c.yaml', data: bytes('kind: X\n') },
    { name: 'charts/sub-1.0.0.tgz', data: inner },
  ]),
);

function load(data: Uint8Array): void {
  try {
    loadArchive(data, limits);
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
  }
}

describe('any package', () => {
  it('is a chart, or is refused with a ChartError: bytes changed after packing', { timeout: 60_000 }, () => {
    fuzz('packages', mutatedBytes(archive), load, 500);
  });

  it('is a chart, or is refused with a ChartError: bytes changed before they were packed', { timeout: 60_000 }, () => {
    fuzz('tar files', mutatedBytes(gunzipSync(archive)), (tar) => load(gzipSync(tar, { level: 1 })), 500);
  });

  it('is a chart, or is refused with a ChartError: headers changed, with their checksums made right', {
    timeout: 60_000,
  }, () => {
    const tar = gunzipSync(archive);
    fuzz(
      'tar headers',
      mutatedBytes(tar.subarray(0, 512)),
      (changed) => {
        const header = new Uint8Array(512);
        header.set(changed.subarray(0, 512));
        header.fill(0x20, 148, 156);
        const sum = header.reduce((total, byte) => total + byte, 0);
        header.set(bytes(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
        load(gzipSync(Buffer.concat([header, tar.subarray(512)]), { level: 1 }));
      },
      500,
    );
  });
});
