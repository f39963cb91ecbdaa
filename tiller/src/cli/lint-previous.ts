/** What `drydock lint --against` and `--against-release` compare a chart with: another version, or an installed release. */
import { valuesFromJson } from '@drydock/charts';
import type { Previous } from '@drydock/charts/lint';
import type { ReleaseDetail } from '../server/api.ts';
import type { Flags } from './command.ts';
import { locateChart } from './locate-chart.ts';
import { chooseCluster, chooseNamespace, releasePath, withSession } from './session.ts';

/** A path, a chart of a repository or an OCI registry, or SPACE/NAME; --version says which. Throws CliError, ChartError. */
export async function previousChart(ref: string, flags: Flags): Promise<Previous> {
  const chart = (await locateChart(ref, flags)).load();
  return { name: `${chart.metadata.name} ${chart.metadata.version}`, chart };
}

/** A release in the cluster of the server that the flags name. Throws CliError. */
export function previousRelease(name: string, flags: Flags): Promise<Previous> {
  return withSession(flags, async (client) => {
    const id = { cluster: await chooseCluster(client, flags), namespace: chooseNamespace(flags), name };
    const { manifest, values, revision } = await client.json<ReleaseDetail>('GET', releasePath(id));
    // A parsed border: the server keeps values as JSON.
    const given = valuesFromJson(values as Parameters<typeof valuesFromJson>[0]);
    return { name: `release ${name} (revision ${revision})`, release: { name, manifest, values: given } };
  });
}
