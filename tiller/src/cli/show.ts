/** drydock show chart|values|readme|crds|all CHART: what `helm show` prints, of a path or SPACE/NAME of the registry. */
import { type Chart, loadArchive, loadChart } from '@drydock/charts';
import { formatChart, type ShownPart } from '@drydock/charts/show';
import { checkRef, isLocal, versionFlag } from './chart-argument.ts';
import { CliError } from './cli-error.ts';
import { createCommand, type Flags, parseCommand } from './command.ts';
import { addChartFlags } from './operation-flags.ts';

const parts: ReadonlyMap<string, ShownPart> = new Map([
  ['all', 'all'],
  ['chart', 'chart'],
  ['values', 'values'],
  ['readme', 'readme'],
  ['crds', 'crds'],
]);

export async function run(args: readonly string[]): Promise<void> {
  const command = createCommand('show', {
    synopsis: 'chart|values|readme|crds|all CHART',
    summary: "Shows a chart's definition, values, README or CRDs: of a path, or of SPACE/NAME in the registry.",
  });
  const parsed = parseCommand(addChartFlags(command), { args, min: 2 });
  if (parsed === undefined) return;
  const [word = '', path = ''] = parsed.positionals;
  const part = parts.get(word);
  if (part === undefined) {
    throw new CliError(`unknown part "${word}" for "drydock show": must be ${[...parts.keys()].join(', ')}`);
  }
  process.stdout.write(formatChart(await findChart(path, parsed.flags), part));
}

async function findChart(chart: string, flags: Flags): Promise<Chart> {
  if (await isLocal(chart)) return loadChart(chart);
  checkRef(chart);
  const { withSession } = await import('./session.ts');
  const { pullChart } = await import('./pull.ts');
  const { archive } = await withSession(flags, (client) =>
    pullChart(client, { ref: chart, version: versionFlag(flags) }),
  );
  return loadArchive(archive);
}
