/** drydock install [NAME] CHART */
import type { InstallRequest, OperationResult } from '../server/api.ts';
import { readChartArgument } from './chart-argument.ts';
import { CliError } from './cli-error.ts';
import { addOutput, addScope, createCommand, type Flags, parseCommand } from './command.ts';
import {
  addChartFlags,
  addOperationFlags,
  addPostRenderer,
  addRenderFlags,
  readOperationFlags,
  withPostRenderer,
} from './operation-flags.ts';
import { printAs } from './output.ts';
import { formatDryPlan, formatDryRun, formatRelease, operationJson } from './print-release.ts';
import { chooseCluster, chooseNamespace, withSession } from './session.ts';
import { printTimeline } from './timeline.ts';
import { addValueFlags, readValueFlags } from './value-flags.ts';

export async function run(args: readonly string[]): Promise<void> {
  const command = createCommand('install', { synopsis: 'NAME CHART', summary: 'Installs a chart as a release.' });
  addOutput(addRenderFlags(addOperationFlags(addChartFlags(addValueFlags(addScope(command))))));
  addPostRenderer(command)
    .option('-g, --generate-name', 'make up a name; NAME is left out')
    .option('--replace', 'reuse the name of a release that failed, or whose history was kept');
  const parsed = parseCommand(command, { args, min: 1, max: 2 });
  if (parsed === undefined) return;
  const { flags } = parsed;
  const { name, chart } = nameAndChart(parsed.positionals, flags);
  const values = await readValueFlags(flags);
  const options = readOperationFlags(flags);
  const chartInput = await readChartArgument(chart, flags);
  await withSession(flags, async (client) => {
    const body: InstallRequest = {
      ...options,
      cluster: await chooseCluster(client, flags),
      namespace: chooseNamespace(flags),
      name,
      chart: chartInput,
      values,
      replace: flags.is('replace'),
    };
    const call = await withPostRenderer(client, { method: 'POST', path: '/api/v1/releases', body }, flags);
    const result = await client.operate<OperationResult>(call, printTimeline(flags));
    await printAs(flags.text('output') ?? 'table', operationJson(result), () => {
      if (!result.dryRun) return formatRelease(result.release);
      return `${formatRelease(result.release)}${formatDryPlan(result.plan)}${formatDryRun(result.release)}`;
    });
  });
}

function nameAndChart(positionals: readonly string[], flags: Flags): { name: string; chart: string } {
  const [first = '', second] = positionals;
  if (second !== undefined) {
    if (flags.is('generateName')) throw new CliError('cannot set --generate-name and also specify a name');
    return { name: first, chart: second };
  }
  if (!flags.is('generateName')) throw new CliError('must either provide a name or specify --generate-name');
  // As Helm: the chart's name and the time in seconds.
  const base = first
    .replace(/\/+$/, '')
    .replace(/^.*\//, '')
    .replace(/(-[0-9].*)?\.tgz$/, '');
  return { name: `${base.slice(0, 40)}-${Math.floor(Date.now() / 1000)}`, chart: first };
}
