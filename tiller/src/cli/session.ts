/**
 * Where a command's work is done: by the server that was named, by the one that runs on the data folder, or, where none
 * does, by the same app within this process, on the same folder.
 */
import { existsSync } from 'node:fs';
import type { ClusterSummary, Items } from '../server/api.ts';
import { dataFolder } from '../server/config.ts';
import { readLock } from '../server/data-lock.ts';
import { CliError } from './cli-error.ts';
import type { Flags } from './command.ts';
import { createHttpClient, type HttpClient } from './http-client.ts';
import { givenLimits, readLimits } from './limit-flags.ts';

export interface Session {
  readonly client: HttpClient;
  close(): Promise<void>;
}

/** Does something with a session, and closes it, so that all state is on disk, however it ends. */
export async function withSession<T>(flags: Flags, act: (client: HttpClient) => Promise<T>): Promise<T> {
  const session = await openSession(flags);
  try {
    return await act(session.client);
  } finally {
    await session.close();
  }
}

/** Whether anything can be there: a server was named, or there is a data folder. */
export function hasState(flags: Flags): boolean {
  const server = flags.text('server') ?? process.env.DRYDOCK_SERVER ?? '';
  return server !== '' || existsSync(dataFolder(flags.text('data'), process.env));
}

async function openSession(flags: Flags): Promise<Session> {
  const server = flags.text('server') ?? process.env.DRYDOCK_SERVER;
  if (server !== undefined && server !== '') return serverSession(server, flags);
  const data = dataFolder(flags.text('data'), process.env);
  const holder = await readLock(data);
  if (holder?.address !== undefined) return serverSession(holder.address, flags);
  const { startServer } = await import('../server/main.ts');
  const { readConfig } = await import('../server/config.ts');
  const config = readConfig({ data, listen: '127.0.0.1:0', clockRate: '0', renderLimits: readLimits(flags) }, {});
  const embedded = await startServer(config, { isPublic: false });
  return { client: createHttpClient(embedded.address), close: () => embedded.close() };
}

/** A server renders within its own limits. */
function serverSession(address: string, flags: Flags): Session {
  const [limit] = givenLimits(flags);
  if (limit !== undefined) {
    throw new CliError(
      `${limit} is not for this command: the server at ${address} renders, and has limits of its own`,
      {
        lines: [`start it with drydock serve ${limit}`],
      },
    );
  }
  return { client: createHttpClient(address), close: async () => {} };
}

/** --cluster, DRYDOCK_CLUSTER, the only cluster, or `default`. */
export async function chooseCluster(client: HttpClient, flags: Flags): Promise<string> {
  const named = namedCluster(flags);
  if (named !== undefined) return named;
  const { items } = await client.json<Items<ClusterSummary>>('GET', '/api/v1/clusters');
  const [first, second] = items;
  if (first !== undefined && second === undefined) return first.name;
  if (first === undefined)
    throw new CliError('there is no cluster yet: drydock cluster create NAME', { code: 'NotFound' });
  if (items.some(({ name }) => name === 'default')) return 'default';
  throw new CliError(`which cluster? --cluster ${items.map(({ name }) => name).join(' or --cluster ')}`);
}

export function namedCluster(flags: Flags): string | undefined {
  return flags.text('cluster') ?? flags.text('kubeContext') ?? (process.env.DRYDOCK_CLUSTER || undefined);
}

export function chooseNamespace(flags: Flags): string {
  return flags.text('namespace') || process.env.DRYDOCK_NAMESPACE || process.env.HELM_NAMESPACE || 'default';
}

/** Path of a release in the API. */
export function releasePath(id: {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
}): string {
  return `/api/v1/releases/${[id.cluster, id.namespace, id.name].map(encodeURIComponent).join('/')}`;
}
