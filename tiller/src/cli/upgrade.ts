/** drydock upgrade NAME CHART */
import type { OperationResult, UpgradeRequest } from '../server/api.ts';
import { readChartArgument } from './chart-argument.ts';
import { addOutput, addScope, createCommand, parseCommand } from './command.ts';
import {
  addChartFlags,
  addOperationFlags,
  addPostRenderer,
  addRenderFlags,
  readOperationFlags,
  withPostRenderer,
} from './operation-flags.ts';
import { printAs } from './output.ts';
import { formatDryPlan, formatDryRun, formatPlan, formatRelease, operationJson } from './print-release.ts';
import { chooseCluster, chooseNamespace, releasePath, withSession } from './session.ts';
import { printTimeline } from './timeline.ts';
import { addValueFlags, readValueFlags } from './value-flags.ts';

export async function run(args: readonly string[]): Promise<void> {
  const command = createCommand('upgrade', { synopsis: 'NAME CHART', summary: 'Upgrades a release.' });
  addOutput(addRenderFlags(addOperationFlags(addChartFlags(addValueFlags(addScope(command))))));
  addPostRenderer(command)
    .option('-i, --install', 'install when there is no such release')
    .option('--reset-values', "forget the last revision's values")
    .option('--reuse-values', "keep the last revision's values and its chart's defaults")
    .option('--reset-then-reuse-values', "keep the last revision's values, with the new chart's defaults")
    .option('--cleanup-on-fail', 'delete the objects that a failed upgrade made')
    .option('--history-max <count>', 'revisions kept; 0 keeps all (default 10)');
  const parsed = parseCommand(command, { args, min: 2 });
  if (parsed === undefined) return;
  const { flags } = parsed;
  const [name = '', chart = ''] = parsed.positionals;
  const values = await readValueFlags(flags);
  const options = readOperationFlags(flags);
  const chartInput = await readChartArgument(chart, flags);
  await withSession(flags, async (client) => {
    const body: UpgradeRequest = {
      ...options,
      chart: chartInput,
      values,
      install: flags.is('install'),
      resetValues: flags.is('resetValues'),
      reuseValues: flags.is('reuseValues'),
      resetThenReuseValues: flags.is('resetThenReuseValues'),
      cleanupOnFail: flags.is('cleanupOnFail'),
    };
    const id = { cluster: await chooseCluster(client, flags), namespace: chooseNamespace(flags), name };
    const call = await withPostRenderer(client, { method: 'PUT', path: releasePath(id), body }, flags);
    const result = await client.operate<OperationResult>(call, printTimeline(flags));
    await printAs(flags.text('output') ?? 'table', operationJson(result), () => formatUpgrade(result));
  });
}

function formatUpgrade(result: OperationResult): string {
  const { release, plan } = result;
  if (result.dryRun) return `${formatRelease(release)}${formatDryPlan(plan)}${formatDryRun(release)}`;
  const what = result.installed
    ? `Release "${release.name}" does not exist. Installing it now.\n`
    : `Release "${release.name}" has been upgraded.\n${formatPlan(plan)}`;
  return `${what}${formatRelease(release)}`;
}
