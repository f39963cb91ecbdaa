/** drydock history NAME */
import type { Items, ReleaseSummary } from '../server/api.ts';
import { addOutput, addScope, createCommand, parseCommand } from './command.ts';
import { formatAnsic, formatTable, printAs } from './output.ts';
import { chooseCluster, chooseNamespace, releasePath, withSession } from './session.ts';

export async function run(args: readonly string[]): Promise<void> {
  const command = createCommand('history', { synopsis: 'NAME', summary: 'Shows the revisions of a release.' });
  addOutput(addScope(command)).option('--max <count>', 'at most so many, the latest (default 256)');
  const parsed = parseCommand(command, { args, min: 1 });
  if (parsed === undefined) return;
  const { flags } = parsed;
  await withSession(flags, async (client) => {
    const id = {
      cluster: await chooseCluster(client, flags),
      namespace: chooseNamespace(flags),
      name: parsed.positionals[0] ?? '',
    };
    const { items } = await client.json<Items<ReleaseSummary>>('GET', `${releasePath(id)}/history`);
    const shown = items.slice(-(flags.number('max') || 256));
    await printAs(flags.text('output') ?? 'table', shown.map(revisionJson), () => formatHistory(shown));
  });
}

function revisionJson(release: ReleaseSummary): Readonly<Record<string, unknown>> {
  return {
    revision: release.revision,
    updated: release.updated,
    status: release.status,
    chart: `${release.chart}-${release.chartVersion}`,
    app_version: release.appVersion,
    description: release.description,
  };
}

function formatHistory(releases: readonly ReleaseSummary[]): string {
  const rows = releases.map((release) => [
    String(release.revision),
    formatAnsic(release.updated),
    release.status,
    `${release.chart}-${release.chartVersion}`,
    release.appVersion,
    release.description,
  ]);
  return formatTable(['REVISION', 'UPDATED', 'STATUS', 'CHART', 'APP VERSION', 'DESCRIPTION'], rows);
}
