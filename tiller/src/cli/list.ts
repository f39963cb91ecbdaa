/** drydock list */
import type { Items, ReleaseSummary } from '../server/api.ts';
import { CliError } from './cli-error.ts';
import { addOutput, addScope, createCommand, type Flags, parseCommand } from './command.ts';
import { formatTable, formatTime, printAs } from './output.ts';
import { summaryJson } from './print-release.ts';
import { chooseNamespace, namedCluster, withSession } from './session.ts';

const STATUS_FLAGS: readonly (readonly [string, readonly string[]])[] = [
  ['deployed', ['deployed']],
  ['failed', ['failed']],
  ['pending', ['pending-install', 'pending-upgrade', 'pending-rollback']],
  ['superseded', ['superseded']],
  ['uninstalled', ['uninstalled']],
  ['uninstalling', ['uninstalling']],
];

export async function run(args: readonly string[]): Promise<void> {
  const command = createCommand('list', {
    synopsis: '',
    summary: 'Lists the releases of a namespace, in all clusters unless --cluster names one.',
  });
  addOutput(addScope(command))
    .option('-A, --all-namespaces', 'of all namespaces')
    .option('-f, --filter <pattern>', 'only names that match the regular expression')
    .option('-q, --short', 'only names')
    .option('-d, --date', 'by date')
    .option('-r, --reverse', 'in reverse order')
    .option('-m, --max <count>', 'at most so many (default 256)')
    .option('--offset <count>', 'skip so many')
    .option('--no-headers', 'without the header line')
    .option('-a, --all', 'of any status (the default)');
  for (const [name] of STATUS_FLAGS) command.option(`--${name}`, `${name} releases`);
  const parsed = parseCommand(command, { args });
  if (parsed === undefined) return;
  const { flags } = parsed;
  await withSession(flags, async (client) => {
    const query = new URLSearchParams();
    const cluster = namedCluster(flags);
    if (cluster !== undefined) {
      await client.json('GET', `/api/v1/clusters/${encodeURIComponent(cluster)}`);
      query.set('cluster', cluster);
    }
    if (!flags.is('allNamespaces')) query.set('namespace', chooseNamespace(flags));
    const statuses = STATUS_FLAGS.flatMap(([name, names]) => (flags.is(name) ? names : []));
    if (statuses.length > 0) query.set('status', statuses.join(','));
    const { items } = await client.json<Items<ReleaseSummary>>('GET', `/api/v1/releases?${query.toString()}`);
    const releases = choose(items, flags);
    if (flags.is('short')) {
      process.stdout.write(releases.map(({ name }) => `${name}\n`).join(''));
      return;
    }
    await printAs(flags.text('output') ?? 'table', releases.map(summaryJson), () =>
      formatList(releases, { withHeader: flags.is('headers') }),
    );
  });
}

function choose(items: readonly ReleaseSummary[], flags: Flags): readonly ReleaseSummary[] {
  const filter = flags.text('filter');
  const pattern = filter === undefined ? undefined : compile(filter);
  const found = items.filter(({ name }) => pattern?.test(name) !== false);
  if (flags.is('date')) found.sort((a, b) => (a.updated < b.updated ? -1 : a.updated > b.updated ? 1 : 0));
  if (flags.is('reverse')) found.reverse();
  const offset = flags.number('offset') ?? 0;
  return found.slice(offset, offset + (flags.number('max') || 256));
}

function compile(pattern: string): RegExp {
  try {
    return new RegExp(pattern);
  } catch {
    throw new CliError(`--filter "${pattern}" is not a regular expression`);
  }
}

function formatList(releases: readonly ReleaseSummary[], options: { readonly withHeader: boolean }): string {
  const header = ['NAME', 'CLUSTER', 'NAMESPACE', 'REVISION', 'UPDATED', 'STATUS', 'CHART', 'APP VERSION'];
  const rows = releases.map((release) => [
    release.name,
    release.cluster,
    release.namespace,
    String(release.revision),
    formatTime(release.updated),
    release.status,
    `${release.chart}-${release.chartVersion}`,
    release.appVersion,
  ]);
  return formatTable(options.withHeader ? header : [], rows);
}
