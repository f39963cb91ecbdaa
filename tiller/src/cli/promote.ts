/** drydock promote RELEASE --from CLUSTER --to CLUSTER */
import { createInterface } from 'node:readline/promises';
import type { PromotionRequest, PromotionResult } from '../server/api.ts';
import { CliError } from './cli-error.ts';
import { addOutput, createCommand, type Flags, parseCommand } from './command.ts';
import { addOperationFlags, addRenderFlags, readOperationFlags } from './operation-flags.ts';
import { printAs } from './output.ts';
import { formatFieldChanges, formatPlan, formatRelease, operationJson } from './print-release.ts';
import { chooseNamespace, withSession } from './session.ts';
import { printTimeline } from './timeline.ts';
import { addValueFlags, readValueFlags } from './value-flags.ts';

export async function run(args: readonly string[]): Promise<void> {
  const command = createCommand('promote', {
    synopsis: 'RELEASE --from CLUSTER --to CLUSTER',
    summary:
      'Carries a release from one cluster to another: the same chart and values, with an overlay for the target\n' +
      '(-f, --set), which is remembered for the next time. Shows what will differ before it acts.',
  });
  addOutput(addRenderFlags(addOperationFlags(addValueFlags(command))));
  command
    .option('-n, --namespace <name>', 'namespace of the release')
    .option('--from <cluster>', 'cluster that has the release')
    .option('--to <cluster>', 'cluster that gets it')
    .option('--to-namespace <name>', 'namespace in the target (default: the same)')
    .option('--revision <number>', 'revision to promote (default: the deployed one)')
    .option('--reset-overlay', 'promote without the overlay of the last time')
    .option('-y, --yes', 'do not ask');
  const parsed = parseCommand(command, { args, min: 1 });
  if (parsed === undefined) return;
  const { flags } = parsed;
  const body = await readRequest(parsed.positionals[0] ?? '', flags);
  const format = flags.text('output') ?? 'table';
  await withSession(flags, async (client) => {
    const call = { method: 'POST', path: '/api/v1/promotions' };
    const difference = await client.operate<PromotionResult>({ ...call, body: { ...body, dryRun: true } }, () => {});
    if (format === 'table') process.stdout.write(formatDifference(difference, body));
    if (body.dryRun === true) {
      if (format !== 'table') await printAs(format, promotionJson(difference), () => '');
      return;
    }
    if (!(await isConfirmed(flags, body))) throw new CliError('not promoted');
    const result = await client.operate<PromotionResult>({ ...call, body }, printTimeline(flags));
    await printAs(format, promotionJson(result), () => {
      return `Release "${body.release}" has been promoted from ${body.from} to ${body.to}.\n${formatRelease(result.release)}`;
    });
  });
}

async function readRequest(release: string, flags: Flags): Promise<PromotionRequest> {
  const from = flags.text('from');
  const to = flags.text('to');
  if (from === undefined || to === undefined) throw new CliError('both --from and --to are needed');
  const toNamespace = flags.text('toNamespace');
  const revision = flags.number('revision');
  const { createNamespace: _unset, ...options } = readOperationFlags(flags);
  return {
    ...options,
    release,
    namespace: chooseNamespace(flags),
    from,
    to,
    values: await readValueFlags(flags),
    resetOverlay: flags.is('resetOverlay'),
    ...(toNamespace === undefined ? {} : { toNamespace }),
    ...(revision === undefined ? {} : { revision }),
  };
}

function formatDifference(result: PromotionResult, body: PromotionRequest): string {
  const { chart, values } = result;
  const version =
    chart.from === null
      ? `${chart.to} (new)`
      : chart.from === chart.to
        ? `${chart.to} (same)`
        : `${chart.from} -> ${chart.to}`;
  const changes = formatFieldChanges(values).map((line) => `  ${line}\n`);
  const fields = result.plan
    .filter(({ action }) => action === 'change')
    .map(
      (object) =>
        `  ${object.kind} ${object.name}\n${formatFieldChanges(object.fields)
          .map((line) => `    ${line}\n`)
          .join('')}`,
    );
  return [
    `PROMOTION: ${body.release} from ${body.from} to ${body.to}\n`,
    `CHART: ${chart.name} ${version}\n`,
    changes.length === 0 ? 'VALUES: no change\n' : `VALUES:\n${changes.join('')}`,
    `OBJECTS:\n${formatPlan(result.plan)}`,
    ...(fields.length === 0 ? [] : [`FIELDS:\n${fields.join('')}`]),
  ].join('');
}

/** Asks only where somebody can answer. */
async function isConfirmed(flags: Flags, body: PromotionRequest): Promise<boolean> {
  if (flags.is('yes') || !process.stdin.isTTY || !process.stdout.isTTY) return true;
  const readline = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await readline.question(`Promote ${body.release} to ${body.to}? [y/N] `);
  readline.close();
  return /^y(es)?$/i.test(answer.trim());
}

function promotionJson(result: PromotionResult): unknown {
  return { ...operationJson(result), promotion: { chart: result.chart, values: result.values } };
}
