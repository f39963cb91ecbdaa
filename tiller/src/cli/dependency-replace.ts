/**
 * Puts packages into charts/ and takes outdated ones out, all or nothing: the new folder is made beside the old one,
 * then they change places.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { ChartError, loadArchive, loadChart } from '@drydock/charts';
import { verbatim } from './go-flags.ts';
import { writeOut } from './write-out.ts';

export interface Replacement {
  /** By the name of the file. */
  readonly packages: ReadonlyMap<string, Uint8Array>;
  /** Names of charts that stay although nothing was brought for them. */
  readonly local: ReadonlySet<string>;
}

/** Throws CliError for a package that is no chart; then nothing has changed. */
export function replaceCharts(folder: string, replacement: Replacement): void {
  for (const [name, data] of replacement.packages) checkPackage(name, data);
  if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
  const charts = realpathSync(folder);
  const fresh = join(dirname(charts), `.charts-new-${process.pid}`);
  const old = join(dirname(charts), `.charts-old-${process.pid}`);
  try {
    rmSync(fresh, { recursive: true, force: true });
    mkdirSync(fresh);
    for (const entry of readdirSync(charts)) {
      if (replacement.packages.has(entry) || isOutdated(join(folder, entry), replacement)) continue;
      cpSync(join(charts, entry), join(fresh, entry), {
        recursive: true,
        verbatimSymlinks: true,
        preserveTimestamps: true,
      });
    }
    for (const [name, data] of replacement.packages) writeFileSync(join(fresh, name), data);
    exchange({ charts, fresh, old });
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  rmSync(old, { recursive: true, force: true });
}

function exchange({ charts, fresh, old }: { charts: string; fresh: string; old: string }): void {
  renameSync(charts, old);
  try {
    renameSync(fresh, charts);
  } catch (error) {
    renameSync(old, charts);
    throw error;
  }
}

function checkPackage(name: string, data: Uint8Array): void {
  try {
    loadArchive(data);
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    throw verbatim(`${name} that was brought is no chart: ${error.message}`, error.code);
  }
}

/** A package of a chart that no dependency keeps. Folders, and what is no chart, are the user's own. */
function isOutdated(path: string, { local }: Replacement): boolean {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
  try {
    return !local.has(loadChart(path).metadata.name);
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    writeOut(`Could not verify ${path} for deletion: ${error.message} (Skipping)\n`);
    return false;
  }
}
