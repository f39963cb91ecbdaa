/** drydock clock advance [CLUSTER] DURATION */
import type { ClockAdvanced } from '../server/api.ts';
import { CliError } from './cli-error.ts';
import { addOutput, addScope, createCommand, parseCommand } from './command.ts';
import { formatTime, printAs } from './output.ts';
import { chooseCluster, withSession } from './session.ts';

export async function run(args: readonly string[]): Promise<void> {
  const command = createCommand('clock', {
    synopsis: 'advance [CLUSTER] DURATION',
    summary: "Moves a cluster's time on: 90s, 5m, 12h, 30d. All that is due then happens.",
  });
  addOutput(addScope(command));
  const parsed = parseCommand(command, { args, min: 2, max: 3 });
  if (parsed === undefined) return;
  const { flags } = parsed;
  const [verb, ...words] = parsed.positionals;
  if (verb !== 'advance') throw new CliError(`clock: "${verb}" is not advance`);
  const duration = words.at(-1) ?? '';
  const named = words.length > 1 ? words[0] : undefined;
  await withSession(flags, async (client) => {
    const cluster = named ?? (await chooseCluster(client, flags));
    const answer = await client.json<ClockAdvanced>(
      'POST',
      `/api/v1/clusters/${encodeURIComponent(cluster)}/clock/advance`,
      { duration },
    );
    await printAs(flags.text('output') ?? 'table', answer, () => {
      return `cluster "${cluster}": ${formatTime(answer.from)} -> ${formatTime(answer.now)}\n`;
    });
  });
}
