/** drydock rollback NAME [REVISION] */
import type { OperationResult, RollbackRequest } from '../server/api.ts';
import { CliError } from './cli-error.ts';
import { addOutput, addScope, createCommand, parseCommand } from './command.ts';
import { addOperationFlags, readOperationFlags } from './operation-flags.ts';
import { printAs } from './output.ts';
import { formatPlan, formatRelease, operationJson } from './print-release.ts';
import { chooseCluster, chooseNamespace, releasePath, withSession } from './session.ts';
import { printTimeline } from './timeline.ts';

export async function run(args: readonly string[]): Promise<void> {
  const command = createCommand('rollback', {
    synopsis: 'NAME [REVISION]',
    summary: 'Rolls a release back to a former revision (default: the one before the latest).',
  });
  addOutput(addOperationFlags(addScope(command))).option(
    '--history-max <count>',
    'revisions kept; 0 keeps all (default 10)',
  );
  const parsed = parseCommand(command, { args, min: 1, max: 2 });
  if (parsed === undefined) return;
  const { flags } = parsed;
  const [name = '', word] = parsed.positionals;
  const revision = word === undefined || word === '0' ? undefined : parseRevision(word);
  const body: RollbackRequest = { ...readOperationFlags(flags), ...(revision === undefined ? {} : { revision }) };
  await withSession(flags, async (client) => {
    const id = { cluster: await chooseCluster(client, flags), namespace: chooseNamespace(flags), name };
    const result = await client.operate<OperationResult>(
      { method: 'POST', path: `${releasePath(id)}/rollback`, body },
      printTimeline(flags),
    );
    await printAs(flags.text('output') ?? 'table', operationJson(result), () => {
      const outcome = result.dryRun ? '' : 'Rollback was a success.\n';
      return `${outcome}${formatPlan(result.plan)}${formatRelease({ ...result.release, notes: '' })}`;
    });
  });
}

export function parseRevision(word: string): number {
  if (!/^[1-9]\d{0,9}$/.test(word)) throw new CliError(`could not convert revision to a number: "${word}"`);
  return Number(word);
}
