/** What `helm show` prints of a chart. Follows Helm v4.3's pkg/action/show.go. */
import { goBytes } from '../engine/gotemplate/bytes.ts';
import { type Chart, type ChartFile, isCrdFile } from './chart.ts';
import { formatMetadata } from './metadata.ts';

export type ShownPart = 'chart' | 'values' | 'readme' | 'crds' | 'all';

/** The bytes of a part, those of files as they are; empty where the chart has no such file. */
export function formatChart(chart: Chart, part: ShownPart): Uint8Array {
  const isAll = part === 'all';
  const out: (string | Uint8Array)[] = [];
  if (isAll || part === 'chart') out.push(formatMetadata(chart.metadata, { allDependencies: true }), '\n');
  const values = chart.raw.filter(({ name }) => name === 'values.yaml');
  if ((isAll || part === 'values') && values.length > 0) {
    if (isAll) out.push('---\n');
    for (const { data } of values) out.push(data, '\n');
  }
  const readme = chart.files.find(({ name }) => /^readme(?:\.md|\.txt)?$/i.test(name));
  if ((isAll || part === 'readme') && readme !== undefined) out.push(isAll ? '---\n' : '', readme.data, '\n');
  if (isAll || part === 'crds') {
    for (const { data } of crdFiles(chart)) out.push(startsWithSeparator(data) ? '' : '---\n', data, '\n');
  }
  return Buffer.concat(out.map((piece) => (typeof piece === 'string' ? goBytes(piece) : piece)));
}

function crdFiles(chart: Chart): ChartFile[] {
  return [...chart.files.filter(isCrdFile), ...chart.dependencies.flatMap(crdFiles)];
}

function startsWithSeparator(data: Uint8Array): boolean {
  return data[0] === 0x2d && data[1] === 0x2d && data[2] === 0x2d;
}
