/**
 * What lint looks at: a folder, or an archive that is looked at as Helm's lint does, as the folder it unpacks to, so
 * that its .helmignore counts. Single files are read as they are; loading is that of every other command.
 */
import { readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { archiveFiles, chartFromFiles } from '../chart/archive.ts';
import type { Chart, ChartFile } from '../chart/chart.ts';
import { ChartError, messageOf } from '../chart/chart-error.ts';
import { loadDirectory } from '../chart/directory.ts';
import { parseIgnoreRules } from '../chart/ignore.ts';
import { readMetadataFields } from '../chart/metadata.ts';
import { compareStrings, goString } from '../engine/gotemplate/bytes.ts';
import { quote } from '../engine/gotemplate/quote.ts';

export interface ChartFolder {
  /** Absolute: of the folder, or of the archive. */
  readonly path: string;
  /** What a name within the chart is. */
  kind(name: string): 'file' | 'directory' | undefined;
  /** The bytes of a file. Throws an Error with Go's text. */
  read(name: string): Uint8Array;
  /** Throws ChartError. */
  load(): Chart;
}

/** Opens a folder or an archive (.tgz, .tar.gz). Throws ChartError with the text of Helm's lint. */
export function openChartFolder(path: string): ChartFolder {
  const folder = /\.(?:tgz|tar\.gz)$/.test(path) ? openArchive(path) : openDirectory(path);
  if (folder.kind('Chart.yaml') !== undefined) return folder;
  const file = join(path, 'Chart.yaml');
  const reason = statSync(path, { throwIfNoEntry: false })?.isFile() ? 'not a directory' : 'no such file or directory';
  throw unreadable(`unable to check Chart.yaml file in chart: stat ${file}: ${reason}`, path);
}

function openDirectory(path: string): ChartFolder {
  const top = resolve(path);
  return {
    path: top,
    kind(name) {
      const stats = statSync(join(top, name), { throwIfNoEntry: false });
      return stats === undefined ? undefined : stats.isDirectory() ? 'directory' : 'file';
    },
    read(name) {
      const file = join(top, name);
      try {
        return readFileSync(file);
      } catch (error) {
        throw new Error(goMessage(error, file), { cause: error });
      }
    },
    load: () => loadDirectory(top),
  };
}

function openArchive(path: string): ChartFolder {
  const files = new Map(readArchive(path).map((file) => [file.name, file]));
  return {
    path: resolve(path),
    kind(name) {
      if (files.has(name)) return 'file';
      return [...files.keys()].some((file) => file.startsWith(`${name}/`)) ? 'directory' : undefined;
    },
    read(name) {
      const file = files.get(name);
      if (file === undefined) throw new Error(`open ${join(path, name)}: no such file or directory`);
      return file.data;
    },
    load: () => chartFromFiles(withoutIgnored([...files.values()].sort(inWalkOrder))),
  };
}

/** The files, after the checks that Helm makes before it unpacks them. */
function readArchive(path: string): ChartFile[] {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw unreadable(`unable to open tarball: ${goMessage(error, path)}`, path, error);
  }
  try {
    const files = archiveFiles(bytes);
    checkName(files);
    return files;
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    throw unreadable(`unable to extract tarball: ${error.message}`, path, error);
  }
}

function checkName(files: readonly ChartFile[]): void {
  const file = files.findLast(({ name }) => name === 'Chart.yaml');
  const field = file === undefined ? undefined : readMetadataFields(goString(file.data), 'Chart.yaml').get('name');
  const name = typeof field === 'string' ? field : '';
  if (name === '') throw new ChartError('InvalidArchive', 'chart name not specified');
  if (name === '.' || name === '..') throw new ChartError('InvalidArchive', `chart name ${quote(name)} is not allowed`);
  if (name !== basename(name)) {
    throw new ChartError('InvalidArchive', `chart name ${quote(name)} must not contain path separators`);
  }
}

function inWalkOrder(a: ChartFile, b: ChartFile): number {
  const [left, right] = [a.name.split('/'), b.name.split('/')];
  for (let i = 0; ; i += 1) {
    const [x, y] = [left[i], right[i]];
    if (x === undefined || y === undefined) return left.length - right.length;
    if (x !== y) return compareStrings(x, y);
  }
}

/** A file is left out, too, when a folder that it is in is ignored. */
function withoutIgnored(files: readonly ChartFile[]): ChartFile[] {
  const rules = files.find(({ name }) => name === '.helmignore');
  const isIgnored = parseIgnoreRules(rules === undefined ? '' : goString(rules.data));
  return files.filter(({ name }) => {
    const steps = name.split('/');
    return !steps.some((_, index) =>
      isIgnored(steps.slice(0, index + 1).join('/'), { directory: index < steps.length - 1 }),
    );
  });
}

function goMessage(error: unknown, path: string): string {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code === 'ENOENT') return `open ${path}: no such file or directory`;
  if (code === 'EISDIR') return `read ${path}: is a directory`;
  if (code === 'EACCES') return `open ${path}: permission denied`;
  return messageOf(error);
}

function unreadable(message: string, file: string, cause?: unknown): ChartError {
  return new ChartError('InvalidChart', message, { file }, cause);
}
