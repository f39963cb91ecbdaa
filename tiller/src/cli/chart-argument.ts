/**
 * The CHART of a command line that a release is made of: a path that exists, or a chart of a repository or an OCI
 * registry, is sent along; SPACE/NAME is for the server to find.
 */
import type { ChartInput } from '../server/api.ts';
import { checkRef, versionFlag } from './chart-reference.ts';
import type { Flags } from './command.ts';

/** Throws CliError, and ChartError for a chart that is broken. */
export async function readChartArgument(chart: string, flags: Flags): Promise<ChartInput> {
  const { localPath } = await import('./locate-chart.ts');
  if ((await localPath(chart, flags)) !== undefined) {
    const { packageFromPath } = await import('../chart-sources/directory.ts');
    return asInput((await packageFromPath(chart)).archive, chart);
  }
  const { fetchArchive, isRegistryName } = await import('./locate-remote.ts');
  const remote = { name: chart.trim(), repository: flags.text('repo') ?? '' };
  if (!isRegistryName(remote, flags)) {
    if (remote.repository === '' && !chart.includes('/')) checkRef(chart);
    return asInput(await fetchArchive(remote, flags), chart);
  }
  checkRef(chart);
  // What was checked is what is sent.
  if (flags.is('verify')) return asInput(await fetchArchive(remote, flags), chart);
  const version = versionFlag(flags);
  return { ref: chart, ...(version === undefined ? {} : { version }) };
}

function asInput(archive: Uint8Array, source: string): ChartInput {
  return { archive: Buffer.from(archive).toString('base64'), source };
}
