/** drydock clock advance [CLUSTER] DURATION, drydock clock rate [CLUSTER] RATE */
import type { ClockAdvanced, ClockRate } from '../server/api.ts';
import { CliError } from './cli-error.ts';
import { addOutput, addScope, createCommand, parseCommand } from './command.ts';
import { formatTime, printAs } from './output.ts';
import { chooseCluster, withSession } from './session.ts';

export async function run(args: readonly string[]): Promise<void> {
  const command = createCommand('clock', {
    synopsis: 'advance [CLUSTER] DURATION | rate [CLUSTER] RATE',
    summary:
      "Moves a cluster's time on: 90s, 5m, 12h, 30d. All that is due then happens. Or says how fast it passes while a " +
      'server runs: its seconds for each of yours.',
  });
  addOutput(addScope(command));
  const parsed = parseCommand(command, { args, min: 2, max: 3 });
  if (parsed === undefined) return;
  const { flags } = parsed;
  const [verb, ...words] = parsed.positionals;
  if (verb !== 'advance' && verb !== 'rate') throw new CliError(`clock: "${verb}" is none of advance, rate`);
  const duration = words.at(-1) ?? '';
  const named = words.length > 1 ? words[0] : undefined;
  await withSession(flags, async (client) => {
    const cluster = named ?? (await chooseCluster(client, flags));
    if (verb === 'rate') {
      const path = `/api/v1/clusters/${encodeURIComponent(cluster)}/clock/rate`;
      const rate = await client.json<ClockRate>('PUT', path, { clockRate: parseRate(duration) });
      await printAs(flags.text('output') ?? 'table', rate, () => `cluster "${cluster}": ${rate.clockRate} times\n`);
      return;
    }
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

/** A rate as flags have it. Throws CliError. */
export function parseRate(text: string): number {
  const rate = Number(text);
  if (text.trim() !== '' && Number.isFinite(rate) && rate >= 0) return rate;
  throw new CliError(`clock rate "${text}" is not a number from 0 up`);
}
