/**
 * Chart packages (.tgz): reading hostile ones within limits, and writing. The checks and messages are those of Helm
 * v4's pkg/chart/loader/archive; beyond Helm, links are refused and packages inside a package share one budget, so
 * that a small archive cannot unfold into any amount of memory.
 */

import { posix } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { quote } from '../engine/gotemplate/quote.ts';
import type { Chart, ChartFile } from './chart.ts';
import { ChartError } from './chart-error.ts';
import { loadFiles } from './files.ts';
import { formatLock, formatMetadata } from './metadata.ts';
import { readTar, writeTar } from './tar.ts';
import { plainBytes, withoutByteOrderMark } from './text.ts';

export interface ArchiveLimits {
  /** Bytes of all files of one package together. */
  readonly chartBytes: number;
  /** Bytes that a package and all packages within it may unfold to, headers and padding included. */
  readonly totalBytes: number;
  /** Files of a package and all packages within it. */
  readonly entries: number;
  /** Packages within packages. */
  readonly depth: number;
}

/** `chartBytes` is Helm's own limit. */
export const defaultArchiveLimits: ArchiveLimits = {
  chartBytes: 100 * 1024 * 1024,
  totalBytes: 300 * 1024 * 1024,
  entries: 50_000,
  depth: 20,
};

/** Loads a chart from the bytes of a package. Throws ChartError. */
export function loadArchive(bytes: Uint8Array, limits: ArchiveLimits = defaultArchiveLimits): Chart {
  try {
    return unpackChart(bytes, limits);
  } catch (error) {
    if (!(error instanceof ChartError) || error.code !== 'InvalidArchive') throw error;
    throw new ChartError(error.code, `unable to load chart archive: ${error.message}`, error.details, error);
  }
}

/** As loadArchive, for callers who say in words of their own which archive it is. Throws ChartError. */
export function unpackChart(bytes: Uint8Array, limits: ArchiveLimits = defaultArchiveLimits): Chart {
  return loadNested(bytes, { limits, spent: 0, entries: 0, depth: 0 });
}

/** The files of a package, named relative to the chart's folder, before they are taken for a chart. Throws ChartError. */
export function archiveFiles(bytes: Uint8Array, limits: ArchiveLimits = defaultArchiveLimits): ChartFile[] {
  return readArchive(bytes, { limits, spent: 0, entries: 0, depth: 0 });
}

/** A chart from files in memory, named relative to its folder, `charts/` included. Throws ChartError. */
export function chartFromFiles(files: readonly ChartFile[]): Chart {
  return loadFiles(files, (bytes) => unpackChart(bytes));
}

/**
 * Packs a chart as `helm package` does: Chart.yaml and Chart.lock written anew, then values.yaml, the schema,
 * templates, other files and the subcharts unpacked below charts/. Equal charts give equal bytes (times are zero).
 * Throws ChartError where a dependency of Chart.yaml is missing, unless that is allowed, or the schema is no JSON.
 */
export function packageChart(chart: Chart, options: { readonly allowMissing?: boolean } = {}): Uint8Array {
  const missing = options.allowMissing === true ? [] : missingDependencies(chart);
  if (missing.length > 0) {
    const names = missing.join(', ');
    throw new ChartError('MissingDependency', `found in Chart.yaml, but missing in charts/ directory: ${names}`, {
      chart: chart.metadata.name,
    });
  }
  const files: ChartFile[] = [];
  collect(chart, { prefix: '', into: files });
  const archive = plainBytes(gzipSync(writeTar(files)));
  // The header names the operating system; `unknown`, so that a package is the same wherever it was made.
  archive[9] = 0xff;
  return archive;
}

/** Names in Chart.yaml's dependencies that no subchart has. */
export function missingDependencies(chart: Chart): string[] {
  const present = new Set(chart.dependencies.map((subchart) => subchart.metadata.name));
  return (chart.metadata.dependencies ?? []).map(({ name }) => name).filter((name) => !present.has(name));
}

/** What one package and all those within it have used up. */
interface Budget {
  readonly limits: ArchiveLimits;
  spent: number;
  entries: number;
  depth: number;
}

function loadNested(bytes: Uint8Array, budget: Budget): Chart {
  if (budget.depth > budget.limits.depth)
    throw invalid(`charts are nested deeper than ${budget.limits.depth} packages`);
  const files = readArchive(bytes, budget);
  budget.depth += 1;
  const chart = loadFiles(files, (nested) => loadNested(nested, budget));
  budget.depth -= 1;
  return chart;
}

function readArchive(bytes: Uint8Array, budget: Budget): ChartFile[] {
  const { limits } = budget;
  const files: ChartFile[] = [];
  let remaining = limits.chartBytes;
  for (const entry of readTar(inflate(bytes, budget))) {
    budget.entries += 1;
    if (budget.entries > limits.entries) throw invalid(`chart archive has more than ${limits.entries} entries`);
    if (entry.kind === 'directory') continue;
    const name = pathInChart(entry.name);
    if (entry.kind !== 'file')
      throw invalid(`chart archive contains ${quote(entry.name)}, which is not a regular file`);
    remaining -= entry.data.length;
    if (remaining <= 0) throw tooLarge(limits.chartBytes);
    files.push({ name, data: withoutByteOrderMark(entry.data) });
  }
  if (files.length === 0) throw invalid('no files in chart archive');
  return files;
}

/** A header and the padding take at most 1 KiB a file; a chart with small files only has many of them. */
const overheadBytes = 32 * 1024 * 1024;

/**
 * Inflates at most what the budget allows, and takes it from there: all of it, since whatever is behind the files costs
 * as much time as they do.
 */
function inflate(bytes: Uint8Array, budget: Budget): Uint8Array {
  if (bytes.length < gzipHeaderBytes) throw invalid(bytes.length === 0 ? 'EOF' : 'unexpected EOF');
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) throw invalid('gzip: invalid header');
  const { chartBytes, totalBytes } = budget.limits;
  const own = chartBytes + overheadBytes;
  const left = totalBytes - budget.spent;
  if (left <= 0) throw tooLarge(totalBytes);
  try {
    const maxOutputLength = Math.min(own, left);
    const inflated = plainBytes(gunzipSync(bytes, { maxOutputLength, chunkSize: chunkSize(bytes) }));
    budget.spent += inflated.length;
    return inflated;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(own < left ? chartBytes : totalBytes);
    const problem = error instanceof Error ? error.message : 'invalid';
    const reason = code === 'Z_BUF_ERROR' ? 'unexpected EOF' : `gzip: ${gzipProblems.get(problem) ?? problem}`;
    throw new ChartError('InvalidArchive', reason, {}, error);
  }
}

/** Go's words for what zlib finds wrong. */
const gzipProblems: ReadonlyMap<string, string> = new Map([
  ['incorrect data check', 'invalid checksum'],
  ['incorrect length check', 'invalid checksum'],
  ['unknown compression method', 'invalid header'],
]);

/** How much to inflate at once: all, where the archive's end says truly how much that is and it is not too much. */
function chunkSize(bytes: Uint8Array): number {
  const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(-4);
  const stated = a + b * 2 ** 8 + c * 2 ** 16 + d * 2 ** 24;
  return Math.min(Math.max(stated + 1, smallestChunk), largestChunk);
}

/** Go reads so many bytes before it looks at any of them. */
const gzipHeaderBytes = 10;
const smallestChunk = 16 * 1024;
const largestChunk = 4 * 1024 * 1024;

/** The path without the chart's own folder, checked as Helm checks it. */
function pathInChart(entry: string): string {
  const delimiter = entry.includes('\\') ? '\\' : '/';
  const [folder = '', ...rest] = entry.split(delimiter);
  const joined = rest.join('/');
  if (joined.startsWith('/')) throw invalid('chart illegally contains absolute paths');
  const name = posix.normalize(joined);
  if (name === '.') throw invalid(`chart illegally contains content outside the base directory: ${quote(entry)}`);
  if (name.startsWith('..')) throw invalid('chart illegally references parent directory');
  if (/^[a-zA-Z]:\//.test(name) || name.includes('\0')) throw invalid('chart contains illegally named files');
  if (folder === 'Chart.yaml') throw invalid('chart yaml not in base directory');
  return name;
}

function collect(chart: Chart, to: { prefix: string; into: ChartFile[] }): void {
  const base = `${to.prefix}${chart.metadata.name}/`;
  const text = (name: string, content: string): void => {
    to.into.push({ name: base + name, data: new TextEncoder().encode(content) });
  };
  text('Chart.yaml', formatMetadata(chart.metadata));
  if (chart.metadata.apiVersion === 'v2' && chart.lock !== undefined) text('Chart.lock', formatLock(chart.lock));
  for (const file of chart.raw) {
    if (file.name === 'values.yaml') to.into.push({ name: `${base}values.yaml`, data: file.data });
  }
  if (chart.schema !== undefined) {
    checkJson(chart.schema, chart.metadata.name);
    to.into.push({ name: `${base}values.schema.json`, data: chart.schema });
  }
  for (const file of [...chart.templates, ...chart.files]) to.into.push({ name: base + file.name, data: file.data });
  for (const subchart of chart.dependencies) collect(subchart, { prefix: `${base}charts/`, into: to.into });
}

function checkJson(schema: Uint8Array, chart: string): void {
  try {
    JSON.parse(new TextDecoder().decode(schema));
  } catch (error) {
    throw new ChartError(
      'InvalidChart',
      'invalid JSON in values.schema.json',
      { chart, file: 'values.schema.json' },
      error,
    );
  }
}

function tooLarge(limit: number): ChartError {
  return invalid(`decompressed chart is larger than the maximum size ${limit}`);
}

function invalid(message: string): ChartError {
  return new ChartError('InvalidArchive', message);
}
