/** kube-apiserver with etcd on free loopback ports, for a measurement beside it. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Target } from './api-load.ts';

const START_SECONDS = 90;

export interface RunningKubernetes {
  readonly target: Target;
  stop(): Promise<void>;
}

/** A program by an environment variable, else on the PATH. */
function findProgram(variable: string, name: string): string | undefined {
  const named = process.env[variable];
  const places =
    named === undefined ? (process.env.PATH ?? '').split(delimiter).map((dir) => join(dir, name)) : [named];
  return places.find((place) => existsSync(place));
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Undefined where the programs are not there. Throws when they do not come up. */
export async function startKubernetes(): Promise<RunningKubernetes | undefined> {
  const etcd = findProgram('ETCD', 'etcd');
  const apiserver = findProgram('KUBE_APISERVER', 'kube-apiserver');
  if (etcd === undefined || apiserver === undefined) return undefined;
  const dir = mkdtempSync(join(tmpdir(), 'drydock-peer-'));
  const children: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    for (const child of children.reverse()) {
      if (child.exitCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(dir, { recursive: true, force: true });
  };
  const run = (program: string, flags: readonly string[]): number => {
    const child = spawn(program, flags, { cwd: dir, stdio: 'ignore' });
    children.push(child);
    return child.pid ?? 0;
  };
  try {
    const [clients, peers, secure] = [await freePort(), await freePort(), await freePort()];
    const urls = { clients: `http://127.0.0.1:${clients}`, peers: `http://127.0.0.1:${peers}` };
    const etcdPid = run(etcd, [
      ...['--data-dir', 'etcd', '--listen-client-urls', urls.clients, '--advertise-client-urls', urls.clients],
      ...['--listen-peer-urls', urls.peers, '--initial-advertise-peer-urls', urls.peers],
      ...['--initial-cluster', `default=${urls.peers}`],
    ]);
    const key = join(dir, 'sa.key');
    writeFileSync(key, execFileSync('openssl', ['genrsa', '2048'], { stdio: ['ignore', 'pipe', 'ignore'] }));
    writeFileSync(join(dir, 'tokens.csv'), 'bench,admin,admin,"system:masters"\n');
    const apiPid = run(apiserver, [
      ...[`--etcd-servers=${urls.clients}`, '--bind-address=127.0.0.1', `--secure-port=${secure}`, '--cert-dir=pki'],
      ...[`--service-account-key-file=${key}`, `--service-account-signing-key-file=${key}`],
      ...['--service-account-issuer=https://bench', '--token-auth-file=tokens.csv', '--authorization-mode=RBAC'],
      '--disable-admission-plugins=ServiceAccount',
    ]);
    const target: Target = {
      url: `https://127.0.0.1:${secure}`,
      headers: { Authorization: 'Bearer bench' },
      pids: [etcdPid, apiPid],
    };
    await untilReady(target, children);
    return { target, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function untilReady({ url, headers }: Target, children: readonly ChildProcess[]): Promise<void> {
  const { request } = await import('node:https');
  const isReady = (): Promise<boolean> =>
    new Promise((resolve) => {
      const get = request(`${url}/api/v1/namespaces/default`, { headers, rejectUnauthorized: false }, (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      });
      get.once('error', () => resolve(false));
      get.end();
    });
  for (let i = 0; i < START_SECONDS * 2; i += 1) {
    const ended = children.find(({ exitCode }) => exitCode !== null);
    if (ended !== undefined) throw new Error(`${ended.spawnfile} ended with ${ended.exitCode}`);
    if (await isReady()) return;
    await sleep(500);
  }
  throw new Error(`kube-apiserver was not ready within ${START_SECONDS} s`);
}
