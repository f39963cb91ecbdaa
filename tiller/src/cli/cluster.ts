/** drydock cluster create|list|delete|fork|snapshot|restore|kubeconfig */
import { readFile, writeFile } from 'node:fs/promises';
import type { ClusterSummary, CreateCluster, Items } from '../server/api.ts';
import { CliError } from './cli-error.ts';
import { parseRate } from './clock.ts';
import { writeKubeconfig } from './cluster-kubeconfig.ts';
import { addOutput, collect, createCommand, type Flags, parseCommand } from './command.ts';
import type { HttpClient } from './http-client.ts';
import { formatTable, formatTime, printAs } from './output.ts';
import { withSession } from './session.ts';

export async function run(args: readonly string[]): Promise<void> {
  if (args[0] === 'kubeconfig') {
    await writeKubeconfig(args.slice(1));
    return;
  }
  const command = createCommand('cluster', {
    synopsis:
      'create NAME | list | delete NAME... | fork NAME NEW | snapshot NAME [FILE] | restore FILE [NAME] | kubeconfig NAME',
    summary:
      'Creates, lists, deletes, forks, saves or restores simulated clusters, or writes what kubectl reaches one with.',
  });
  addOutput(command)
    .option('--nodes <count>', 'create: how many nodes (default 3)')
    .option('--seed <text>', 'create: makes chance repeatable (default: the name)')
    .option('--missing-image <pattern>', "create: images that can't be pulled, * for any characters (several)", collect)
    .option('--kubernetes-version <version>', 'create: version that the API gives')
    .option('--rbac', 'create: requests need roles (default: everyone may do everything)')
    .option('--clock-rate <rate>', "create: its seconds for each of yours while a server runs (default: the server's)");
  const parsed = parseCommand(command, { args, min: 1, max: 1000 });
  if (parsed === undefined) return;
  const { flags } = parsed;
  const [verb = '', ...names] = parsed.positionals;
  const act = VERBS.get(verb);
  if (act === undefined)
    throw new CliError(`cluster: "${verb}" is none of create, list, delete, fork, snapshot, restore, kubeconfig`);
  await withSession(flags, (client) => act(client, { names, flags }));
}

type Verb = (client: HttpClient, input: { readonly names: readonly string[]; readonly flags: Flags }) => Promise<void>;

const VERBS: ReadonlyMap<string, Verb> = new Map<string, Verb>([
  ['create', createCluster],
  ['list', listClusters],
  ['ls', listClusters],
  ['delete', deleteClusters],
  ['fork', forkCluster],
  ['snapshot', saveCluster],
  ['restore', restoreCluster],
]);

const PATH = '/api/v1/clusters';

async function createCluster(client: HttpClient, input: { names: readonly string[]; flags: Flags }): Promise<void> {
  const { flags, names } = input;
  const [name, ...rest] = names;
  if (name === undefined || rest.length > 0) throw new CliError('cluster create: requires one NAME');
  const nodes = flags.number('nodes');
  const seed = flags.text('seed');
  const kubernetesVersion = flags.text('kubernetesVersion');
  const missingImages = flags.list('missingImage');
  const clockRate = flags.text('clockRate');
  const body: CreateCluster = {
    name,
    ...(nodes === undefined ? {} : { nodes }),
    ...(seed === undefined ? {} : { seed }),
    ...(kubernetesVersion === undefined ? {} : { kubernetesVersion }),
    ...(missingImages.length === 0 ? {} : { missingImages }),
    ...(clockRate === undefined ? {} : { clockRate: parseRate(clockRate) }),
    ...(flags.is('rbac') ? { rbac: true } : {}),
  };
  const cluster = await client.json<ClusterSummary>('POST', PATH, body);
  await printAs(flags.text('output') ?? 'table', cluster, () => {
    return `cluster "${cluster.name}" created: Kubernetes ${cluster.kubernetesVersion}, ${cluster.readyNodes}/${cluster.nodes} nodes ready\n`;
  });
}

async function listClusters(client: HttpClient, input: { flags: Flags }): Promise<void> {
  const { items } = await client.json<Items<ClusterSummary>>('GET', PATH);
  await printAs(input.flags.text('output') ?? 'table', items, () =>
    formatTable(
      ['NAME', 'VERSION', 'NODES', 'PODS', 'TIME'],
      items.map((cluster) => [
        cluster.name,
        cluster.kubernetesVersion,
        `${cluster.readyNodes}/${cluster.nodes}`,
        `${cluster.readyPods}/${cluster.pods}`,
        formatTime(cluster.now),
      ]),
    ),
  );
}

async function deleteClusters(client: HttpClient, input: { names: readonly string[] }): Promise<void> {
  if (input.names.length === 0) throw new CliError('cluster delete: requires a NAME');
  for (const name of input.names) {
    await client.json('DELETE', `${PATH}/${encodeURIComponent(name)}`);
    process.stdout.write(`cluster "${name}" deleted\n`);
  }
}

/** A cluster that goes on from another; with its objects, its time, its CA and its tokens. */
async function forkCluster(client: HttpClient, input: { names: readonly string[]; flags: Flags }): Promise<void> {
  const [name, newName, ...rest] = input.names;
  if (name === undefined || newName === undefined || rest.length > 0) {
    throw new CliError('cluster fork: requires a NAME and a NEW name');
  }
  const cluster = await client.json<ClusterSummary>('POST', `${PATH}/${encodeURIComponent(name)}/fork`, {
    name: newName,
  });
  await printAs(input.flags.text('output') ?? 'table', cluster, () => `cluster "${name}" forked as "${newName}"\n`);
}

/** Into a file, or to the standard output: objects, time and chance; not the CA and its keys. */
async function saveCluster(client: HttpClient, input: { names: readonly string[] }): Promise<void> {
  const [name, file = '-', ...rest] = input.names;
  if (name === undefined || rest.length > 0)
    throw new CliError('cluster snapshot: requires a NAME, and a FILE or none');
  const text = JSON.stringify(await client.json('GET', `${PATH}/${encodeURIComponent(name)}/snapshot`));
  if (file === '-') process.stdout.write(`${text}\n`);
  else await writeFile(file, text);
}

async function restoreCluster(client: HttpClient, input: { names: readonly string[]; flags: Flags }): Promise<void> {
  const [file, given, ...rest] = input.names;
  if (file === undefined || rest.length > 0) throw new CliError('cluster restore: requires a FILE, and a NAME or none');
  const snapshot = readSnapshot(file, await readFile(file, 'utf8'));
  const name = given ?? snapshot.name;
  const cluster = await client.json<ClusterSummary>('PUT', `${PATH}/${encodeURIComponent(name)}/snapshot`, snapshot);
  await printAs(input.flags.text('output') ?? 'table', cluster, () => `cluster "${name}" restored from ${file}\n`);
}

function readSnapshot(file: string, text: string): { readonly name: string } {
  try {
    // The server checks the rest.
    const value = JSON.parse(text) as { readonly name?: unknown };
    if (typeof value.name === 'string') return { ...value, name: value.name };
  } catch {
    // falls through to the message for all that is no snapshot
  }
  throw new CliError(`${file} is no snapshot of a cluster`);
}
