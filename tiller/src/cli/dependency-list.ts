/** drydock dependency list: what Chart.yaml names and whether charts/ has it. Follows Helm v4's pkg/action/dependency.go. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Chart,
  type ChartDependency,
  ChartError,
  isStrictVersion,
  isVersion,
  loadChart,
  parseVersionRange,
} from '@drydock/charts';
import { loadForDependencies } from './dependency-chart.ts';
import { type GoFlags, verbatim } from './go-flags.ts';
import { reasonOf } from './value-files.ts';
import { writeOut } from './write-out.ts';

export async function listDependencies(path: string, flags: GoFlags): Promise<void> {
  const chart = loadNamed(path);
  const { dependencies } = chart.metadata;
  if (dependencies === undefined) {
    writeOut(`WARNING: no dependencies at ${join(path, 'charts')}\n`);
    return;
  }
  const entries = listFolder(join(path, 'charts'));
  const rows = dependencies.map((dependency) => [
    dependency.name,
    dependency.version ?? '',
    dependency.repository ?? '',
    statusOf(dependency, { chart, folder: join(path, 'charts'), entries }),
  ]);
  const width = flags.number('maxColWidth') ?? 80;
  writeOut(`${formatColumns([['NAME', 'VERSION', 'REPOSITORY', 'STATUS'], ...rows], width)}\n`);
  printStrangers(join(path, 'charts'), { entries, dependencies });
}

function loadNamed(path: string): Chart {
  try {
    statSync(path);
  } catch (error) {
    throw verbatim(`stat ${path}: ${reasonOf(error)}`, 'NotFound');
  }
  return loadForDependencies(path);
}

function listFolder(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

interface Place {
  readonly chart: Chart;
  readonly folder: string;
  readonly entries: readonly string[];
}

function statusOf(dependency: ChartDependency, { chart, folder, entries }: Place): string {
  const prefix = `${dependency.name}-`;
  let archives = entries.filter((entry) => entry.startsWith(prefix) && entry.endsWith('.tgz'));
  if (archives.length > 1) {
    archives = archives.filter((entry) => isStrictVersion(entry.slice(prefix.length, -'.tgz'.length)));
    if (archives.length > 1) return 'too many matches';
  }
  const [archive] = archives;
  if (archive !== undefined) return statusOfArchive(join(folder, archive), dependency);
  const unpacked = chart.dependencies.findLast(({ metadata }) => metadata.name === dependency.name);
  if (unpacked === undefined) return 'missing';
  return versionProblem(unpacked, dependency) ?? 'unpacked';
}

function statusOfArchive(path: string, dependency: ChartDependency): string {
  const chart = tryLoad(path);
  if (chart === undefined) return 'corrupt';
  if (chart.metadata.name !== dependency.name) return 'misnamed';
  return versionProblem(chart, dependency) ?? 'ok';
}

function versionProblem({ metadata }: Chart, { version = '' }: ChartDependency): string | undefined {
  if (metadata.version === version) return undefined;
  try {
    const range = parseVersionRange(version);
    if (!isVersion(metadata.version)) return 'invalid version';
    return range.includes(metadata.version) ? undefined : 'wrong version';
  } catch {
    return 'invalid version';
  }
}

/** Warns of charts that Chart.yaml does not name, and of what is no chart. */
function printStrangers(
  folder: string,
  known: { readonly entries: readonly string[]; readonly dependencies: readonly ChartDependency[] },
): void {
  for (const entry of known.entries) {
    const path = join(folder, entry);
    const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
    if (!isFolder && !entry.endsWith('.tgz')) continue;
    const chart = tryLoad(path);
    if (chart === undefined) writeOut(`WARNING: "${path}" is not a chart.\n`);
    else if (!known.dependencies.some(({ name }) => name === chart.metadata.name)) {
      writeOut(`WARNING: "${path}" is not in Chart.yaml.\n`);
    }
  }
}

function tryLoad(path: string): Chart | undefined {
  try {
    return loadChart(path);
  } catch (error) {
    if (error instanceof ChartError) return undefined;
    throw error;
  }
}

/** Every cell as wide as the widest of its column, the last one, too; longer ones end in dots. */
function formatColumns(rows: readonly (readonly string[])[], limit: number): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, [...cell].length);
  }
  const pad = (cell: string, index: number): string => {
    const width = Math.min(widths[index] ?? 0, limit === 0 ? Number.MAX_SAFE_INTEGER : limit);
    const characters = [...cell];
    if (characters.length <= width) return cell.padEnd(width);
    return width > 3 ? `${characters.slice(0, width - 3).join('')}...` : characters.slice(0, width).join('');
  };
  return rows.map((row) => `${row.map(pad).join('\t')}\n`).join('');
}
