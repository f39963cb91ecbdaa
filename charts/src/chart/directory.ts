/**
 * Charts in a folder: walks it in name order, follows symbolic links as Helm does, and leaves out what .helmignore
 * says. Follows Helm v4's pkg/chart/v2/loader/directory.go.
 */
import { lstatSync, readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { compareStrings, goString } from '../engine/gotemplate/bytes.ts';
import { chartFromFiles, defaultArchiveLimits, unpackChart } from './archive.ts';
import type { Chart, ChartFile } from './chart.ts';
import { ChartError, messageOf } from './chart-error.ts';
import { type IgnoreRules, parseIgnoreRules } from './ignore.ts';
import { plainBytes, withoutByteOrderMark } from './text.ts';

/** Loads a chart from a folder or a .tgz file. Throws ChartError that names the path. */
export function loadChart(path: string): Chart {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new ChartError('NotFound', `path ${JSON.stringify(path)} not found`, { file: path });
  return stats.isDirectory() ? loadDirectory(path) : loadPackageFile(path);
}

/** Loads a chart from a folder, honouring .helmignore. Throws ChartError. */
export function loadDirectory(path: string): Chart {
  const top = resolve(path);
  const chartYaml = join(top, 'Chart.yaml');
  if (statSync(chartYaml, { throwIfNoEntry: false }) === undefined) {
    const message = `unable to detect chart at ${chartYaml}: open ${chartYaml}: no such file or directory`;
    throw new ChartError('InvalidChart', message, { file: chartYaml });
  }
  const walk: Walk = { files: [], ignored: readIgnoreRules(top), remaining: defaultArchiveLimits.chartBytes, open: [] };
  walkFolder({ path: top, name: '' }, walk);
  return chartFromFiles(walk.files);
}

function loadPackageFile(path: string): Chart {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new ChartError('NotFound', `file '${path}' cannot be read: ${messageOf(error)}`, { file: path }, error);
  }
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b || bytes[2] !== 0x08) {
    const message = /\.ya?ml$/.test(path)
      ? `file '${path}' seems to be a YAML file, but expected a gzipped archive`
      : `file '${path}' does not appear to be a gzipped archive; got '${sniffContentType(bytes)}'`;
    throw new ChartError('InvalidArchive', message, { file: path });
  }
  try {
    return unpackChart(bytes);
  } catch (error) {
    if (!(error instanceof ChartError) || error.code !== 'InvalidArchive') throw error;
    throw new ChartError(error.code, `unable to load chart archive ${path}: ${error.message}`, { file: path }, error);
  }
}

/** As Helm's, which sniffs 512 bytes: what is shorter ends in zeros, and so is binary to Go's DetectContentType. */
function sniffContentType(bytes: Uint8Array): string {
  const start = Buffer.from(bytes.subarray(0, 5)).toString('latin1');
  if (start.startsWith('PK\x03\x04')) return 'application/zip';
  if (start === '%PDF-') return 'application/pdf';
  const isText = bytes.length >= 512 && !bytes.subarray(0, 512).some(isBinaryByte);
  return isText ? 'text/plain; charset=utf-8' : 'application/octet-stream';
}

function isBinaryByte(byte: number): boolean {
  return byte <= 8 || byte === 0x0b || (byte >= 0x0e && byte <= 0x1a) || (byte >= 0x1c && byte <= 0x1f);
}

interface Walk {
  readonly files: ChartFile[];
  readonly ignored: IgnoreRules;
  remaining: number;
  /** Real paths of the folders on the way down, to stop at a link that leads back up. */
  readonly open: string[];
}

function readIgnoreRules(top: string): IgnoreRules {
  const path = join(top, '.helmignore');
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return parseIgnoreRules('');
  return parseIgnoreRules(goString(withoutByteOrderMark(readFileSync(path))));
}

function walkFolder(folder: { path: string; name: string }, walk: Walk): void {
  const real = realpathSync(folder.path);
  if (walk.open.includes(real)) {
    throw new ChartError('InvalidChart', `symbolic link ${folder.name} leads back to a folder that it is in`, {
      file: folder.name,
    });
  }
  walk.open.push(real);
  for (const entry of readdirSync(folder.path).sort(compareStrings)) {
    const path = join(folder.path, entry);
    const name = folder.name === '' ? entry : `${folder.name}/${entry}`;
    const stats = followLink(path, name);
    if (walk.ignored(name, { directory: stats.isDirectory() })) continue;
    if (stats.isDirectory()) walkFolder({ path, name }, walk);
    else walk.files.push(readFile({ path, name, stats }, walk));
  }
  walk.open.pop();
}

function followLink(path: string, name: string): Stats {
  const stats = lstatSync(path);
  if (!stats.isSymbolicLink()) return stats;
  try {
    return statSync(path);
  } catch (error) {
    throw new ChartError(
      'InvalidChart',
      `error evaluating symlink ${name}: ${messageOf(error)}`,
      { file: name },
      error,
    );
  }
}

function readFile(file: { path: string; name: string; stats: Stats }, walk: Walk): ChartFile {
  if (!file.stats.isFile()) {
    const message = `cannot load irregular file ${file.path} as it has file mode type bits set`;
    throw new ChartError('InvalidChart', message, { file: file.name });
  }
  walk.remaining -= file.stats.size;
  if (walk.remaining < 0) {
    const most = defaultArchiveLimits.chartBytes;
    const message = `error reading ${file.name}: chart exceeds maximum decompressed size of ${most} bytes`;
    throw new ChartError('InvalidChart', message, { file: file.name });
  }
  return { name: file.name, data: withoutByteOrderMark(plainBytes(readFileSync(file.path))) };
}
