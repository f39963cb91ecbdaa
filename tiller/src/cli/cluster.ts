/** drydock cluster create|list|delete|kubeconfig */
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
    synopsis: 'create NAME | list | delete NAME... | kubeconfig NAME',
    summary: 'Creates, lists or deletes simulated clusters, or writes what kubectl reaches one with.',
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
  if (act === undefined) throw new CliError(`cluster: "${verb}" is none of create, list, delete, kubeconfig`);
  await withSession(flags, (client) => act(client, { names, flags }));
}

type Verb = (client: HttpClient, input: { readonly names: readonly string[]; readonly flags: Flags }) => Promise<void>;

const VERBS: ReadonlyMap<string, Verb> = new Map<string, Verb>([
  ['create', createCluster],
  ['list', listClusters],
  ['ls', listClusters],
  ['delete', deleteClusters],
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
