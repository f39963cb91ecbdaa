/** drydock status NAME */
import type { ReleaseDetail } from '../server/api.ts';
import { addOutput, addScope, createCommand, parseCommand } from './command.ts';
import { formatTable, printAs } from './output.ts';
import { formatNotes, formatRelease, releaseJson } from './print-release.ts';
import { parseRevision } from './rollback.ts';
import { chooseCluster, chooseNamespace, releasePath, withSession } from './session.ts';

export async function run(args: readonly string[]): Promise<void> {
  const command = createCommand('status', {
    synopsis: 'NAME',
    summary: 'Shows the state of a release, and of its objects in the cluster.',
  });
  addOutput(addScope(command)).option('--revision <number>', 'of a former revision');
  const parsed = parseCommand(command, { args, min: 1 });
  if (parsed === undefined) return;
  const { flags } = parsed;
  const revision = flags.text('revision');
  const query = revision === undefined ? '?readiness=true' : `?readiness=true&revision=${parseRevision(revision)}`;
  await withSession(flags, async (client) => {
    const id = {
      cluster: await chooseCluster(client, flags),
      namespace: chooseNamespace(flags),
      name: parsed.positionals[0] ?? '',
    };
    const release = await client.json<ReleaseDetail>('GET', `${releasePath(id)}${query}`);
    await printAs(flags.text('output') ?? 'table', releaseJson(release), () => formatStatus(release));
  });
}

function formatStatus(release: ReleaseDetail): string {
  const rows = (release.readiness ?? []).map((object) => [
    object.kind,
    object.name,
    object.ready ? 'yes' : 'no',
    object.message,
  ]);
  const resources = rows.length === 0 ? '' : `RESOURCES:\n${formatTable(['KIND', 'NAME', 'READY', 'STATE'], rows)}`;
  const failure = (release.failure ?? []).map((line) => `  ${line}\n`).join('');
  const report = failure === '' ? '' : `FAILURE:\n${failure}`;
  return `${formatRelease({ ...release, notes: '' })}${report}${resources}${formatNotes(release)}`;
}
