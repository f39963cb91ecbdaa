/**
 * Charts on disk: a folder with Chart.yaml, or a .tgz. The version range, when given, must fit what is there.
 */
import { readFile, stat } from 'node:fs/promises';
import { loadDirectory, packageChart } from '@drydock/charts';
import { ReleaseError } from '../releases/release.ts';
import { namingSource, packageFromArchive } from './archive.ts';
import type { ChartPackage, ChartSource, ChartVersion } from './chart-source.ts';

/** A folder is packed as `drydock package` packs it. Throws NotFound when there is nothing, ChartError when it is broken. */
export async function packageFromPath(path: string): Promise<ChartPackage> {
  const info = await stat(path).catch(() => undefined);
  if (info === undefined) throw new ReleaseError('NotFound', `chart "${path}" not found: no such file or folder`);
  if (!info.isDirectory()) return packageFromArchive(await readFile(path), path);
  return packageFromArchive(
    namingSource(path, () => packageChart(loadDirectory(path))),
    path,
  );
}

export class DirectoryChartSource implements ChartSource {
  async resolve(ref: string, _range?: string): Promise<ChartVersion> {
    const { chart } = await packageFromPath(ref);
    return { ref, name: chart.metadata.name, version: chart.metadata.version };
  }

  pull(version: ChartVersion): Promise<ChartPackage> {
    return packageFromPath(version.ref);
  }
}
