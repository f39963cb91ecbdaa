/** drydock uninstall NAME... */
import type { UninstallRequest, UninstallResult } from '../server/api.ts';
import { CliError } from './cli-error.ts';
import { addScope, createCommand, parseCommand } from './command.ts';
import { dryRunFlag, waitFlag } from './operation-flags.ts';
import { chooseCluster, chooseNamespace, releasePath, withSession } from './session.ts';
import { printTimeline } from './timeline.ts';

export async function run(args: readonly string[]): Promise<void> {
  const command = createCommand('uninstall', { synopsis: 'NAME...', summary: 'Uninstalls releases.' });
  addScope(command)
    .option('--keep-history', 'keep the record of the release')
    .option('--no-hooks', 'run no hooks')
    .option('--wait <strategy>', 'until all objects are gone')
    .option('--timeout <duration>', "of each wait, in the cluster's time (default 5m0s)")
    .option('--ignore-not-found', 'a release that is not there is no error')
    .option('--dry-run <mode>', 'only say what would be removed')
    .option('--description <text>', 'a description for the history');
  const parsed = parseCommand(command, { args, min: 1, max: 1000 });
  if (parsed === undefined) return;
  const { flags } = parsed;
  const timeout = flags.text('timeout');
  const description = flags.text('description');
  const body: UninstallRequest = {
    keepHistory: flags.is('keepHistory'),
    noHooks: !flags.is('hooks'),
    wait: waitFlag(flags.text('wait')),
    dryRun: dryRunFlag(flags),
    ...(timeout === undefined ? {} : { timeout }),
    ...(description === undefined ? {} : { description }),
  };
  await withSession(flags, async (client) => {
    const cluster = await chooseCluster(client, flags);
    for (const name of parsed.positionals) {
      const id = { cluster, namespace: chooseNamespace(flags), name };
      try {
        const result = await client.operate<UninstallResult>(
          { method: 'DELETE', path: releasePath(id), body },
          printTimeline(flags),
        );
        process.stdout.write(formatResult(result));
      } catch (error) {
        const isAbsent = error instanceof CliError && error.code === 'NotFound';
        if (!isAbsent || !flags.is('ignoreNotFound')) throw error;
        process.stdout.write(`release "${name}" is not there\n`);
      }
    }
  });
}

function formatResult(result: UninstallResult): string {
  const kept = result.kept.map(({ kind, name }) => `[${kind}] ${name}\n`).join('');
  const notice = kept === '' ? '' : `These resources were kept due to the resource policy:\n${kept}\n`;
  if (!result.dryRun) return `${notice}release "${result.release.name}" uninstalled\n`;
  const removed = result.removed.map(({ kind, name }) => `[${kind}] ${name}\n`).join('');
  return `These resources would be removed:\n${removed}${notice}`;
}
