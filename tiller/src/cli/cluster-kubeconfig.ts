/**
 * drydock cluster kubeconfig NAME: what kubectl, helm and client-go reach a cluster with; printed, written to a file, or
 * merged into the kubeconfig that they read, where its context becomes the current one.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { emitYaml, parseYamlDocuments, valuesFromJson } from '@drydock/charts';
import type { ClusterSummary, CreateCluster, Items, Kubeconfig } from '../server/api.ts';
import { CliError } from './cli-error.ts';
import { createCommand, parseCommand } from './command.ts';
import type { HttpClient } from './http-client.ts';
import { withSession } from './session.ts';

type Fields = Readonly<Record<string, unknown>>;

const CLUSTERS = '/api/v1/clusters';

const LISTS = ['clusters', 'contexts', 'users'] as const;

/** `args` are those behind `cluster kubeconfig`. */
export async function writeKubeconfig(args: readonly string[]): Promise<void> {
  const command = createCommand('cluster kubeconfig', {
    synopsis: 'NAME',
    summary:
      'Prints the kubeconfig of a cluster that a server runs: for kubectl, helm and all others. A server without any cluster makes it.',
  })
    .option('-o, --output <file>', 'write it to a file instead')
    .option('--merge', 'put it into $KUBECONFIG, or ~/.kube/config, as the current context');
  const parsed = parseCommand(command, { args, min: 1 });
  if (parsed === undefined) return;
  const { flags } = parsed;
  const [name = ''] = parsed.positionals;
  const file = flags.text('output');
  if (file !== undefined && flags.is('merge')) throw new CliError('cluster kubeconfig: --output or --merge, not both');
  const config = await withSession(flags, async (client) => {
    await makeFirst(client, name);
    return client.json<Kubeconfig>('GET', `${CLUSTERS}/${encodeURIComponent(name)}/kubeconfig`);
  });
  if (flags.is('merge')) await mergeInto(kubeconfigFile(), config);
  else if (file !== undefined) await replace(file, format(config));
  else process.stdout.write(format(config));
}

/** Who starts with a kubeconfig wants a cluster; where there are others, an unknown name is a mistake. */
async function makeFirst(client: HttpClient, name: string): Promise<void> {
  const { items } = await client.json<Items<ClusterSummary>>('GET', CLUSTERS);
  if (items.length > 0) return;
  const body: CreateCluster = { name };
  const { kubernetesVersion, nodes } = await client.json<ClusterSummary>('POST', CLUSTERS, body);
  // Standard output is the kubeconfig.
  process.stderr.write(`cluster "${name}" created: Kubernetes ${kubernetesVersion}, ${nodes} nodes\n`);
}

function format(config: object): string {
  // JSON from here or from a file that was read: nothing else is in it.
  return emitYaml(valuesFromJson(config as Parameters<typeof valuesFromJson>[0]));
}

/** The file that kubectl writes to. */
function kubeconfigFile(): string {
  const files = (process.env.KUBECONFIG ?? '').split(delimiter).filter((file) => file !== '');
  return files.find((file) => existsSync(file)) ?? files.at(-1) ?? join(homedir(), '.kube', 'config');
}

async function mergeInto(file: string, config: Kubeconfig): Promise<void> {
  const known = existsSync(file) ? parseConfig(await readFile(file, 'utf8'), file) : {};
  const merged: Record<string, unknown> = { apiVersion: 'v1', kind: 'Config', preferences: {}, ...known };
  for (const list of LISTS) {
    const added = config[list];
    const names = new Set<unknown>(added.map(({ name }) => name));
    const old: readonly unknown[] = Array.isArray(known[list]) ? known[list] : [];
    merged[list] = [...old.filter((entry) => !names.has(nameOf(entry))), ...added];
  }
  merged['current-context'] = config['current-context'];
  await replace(file, format(merged));
  process.stdout.write(`context "${config['current-context']}" is now the current one in ${file}\n`);
}

function nameOf(entry: unknown): unknown {
  return typeof entry === 'object' && entry !== null && 'name' in entry ? entry.name : undefined;
}

function parseConfig(text: string, file: string): Fields {
  const [first] = parseYamlDocuments(text);
  if (first === undefined || first === null) return {};
  if (typeof first !== 'object' || Array.isArray(first)) throw new CliError(`${file} is not a kubeconfig`);
  return first;
}

/** All or nothing, and for nobody else's eyes. */
async function replace(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const next = `${file}.drydock-next`;
  await writeFile(next, text, { mode: 0o600 });
  await rename(next, file);
}
