/**
 * The load that a Kubernetes API is put under, whoever serves it: small writes on some connections, large lists, and a
 * change that many watchers wait for.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { KubeObject } from '@drydock/controllers';
import { median } from './arguments.ts';

export interface Target {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The server's processes, whose CPU time is counted. */
  readonly pids: readonly number[];
}

export interface LoadNumbers {
  readonly writes: number;
  readonly pods: number;
  readonly watchers: number;
}

export interface LoadResult {
  readonly writesPerSecond: number;
  readonly writesPerCpuSecond: number;
  readonly firstListMs: number;
  readonly listMs: number;
  readonly listBytes: number;
  readonly watchMedianMs: number;
  readonly watchBestMs: number;
}

const CONNECTIONS = 16;
const LISTS = 10;
const EVENTS = 30;
/** Ticks of /proc/PID/stat in a second. */
const CLOCK_TICKS = 100;
const NAMESPACE = '/api/v1/namespaces/default';

/** A pod that no scheduler takes up. */
export function benchPod(name: string): KubeObject {
  const resources = { requests: { cpu: '10m', memory: '16Mi' } };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels: { app: 'bench', tier: 'web' } },
    spec: { schedulerName: 'nobody', containers: [{ name: 'web', image: 'web:1', resources }] },
  } as KubeObject;
}

export async function putUnderLoad(target: Target, numbers: LoadNumbers): Promise<LoadResult> {
  const client = createClient(target);
  try {
    await writeMany(client, '/configmaps', numbers.writes / 5, (i) => configMap(`warm-${i}`));
    const cpu = cpuOf(target.pids);
    const start = performance.now();
    await writeMany(client, '/configmaps', numbers.writes, (i) => configMap(`config-${i}`));
    const seconds = (performance.now() - start) / 1000;
    const cpuSeconds = cpuOf(target.pids) - cpu;
    await writeMany(client, '/pods', numbers.pods, (i) => benchPod(`pod-${i}`));
    const lists: { ms: number; bytes: number }[] = [];
    for (let i = 0; i <= LISTS; i += 1) lists.push(await client.timedGet(`${NAMESPACE}/pods`));
    const [first, ...others] = lists;
    const delays = await watchMany(client, numbers.watchers);
    return {
      writesPerSecond: numbers.writes / seconds,
      writesPerCpuSecond: numbers.writes / cpuSeconds,
      firstListMs: first?.ms ?? 0,
      listMs: Math.min(...others.map(({ ms }) => ms)),
      listBytes: first?.bytes ?? 0,
      watchMedianMs: median(delays),
      watchBestMs: Math.min(...delays),
    };
  } finally {
    client.close();
  }
}

function configMap(name: string): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels: { app: 'bench' } }, data: { key: name } };
}

async function writeMany(client: BenchClient, path: string, count: number, make: (index: number) => object) {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const body = JSON.stringify(make(next));
      next += 1;
      await client.post(`${NAMESPACE}${path}`, body);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
}

/** Milliseconds from sending a write until the last watcher has it, a few times. */
async function watchMany(client: BenchClient, count: number): Promise<number[]> {
  let missing = 0;
  let tellAll = (): void => {};
  const streams = await Promise.all(
    Array.from({ length: count }, () => client.stream(`${NAMESPACE}/configmaps?watch=1&labelSelector=watched=yes`)),
  );
  for (const stream of streams) {
    stream.on('data', () => {
      missing -= 1;
      if (missing === 0) tellAll();
    });
  }
  const delays: number[] = [];
  for (let i = 0; i < EVENTS; i += 1) {
    const all = new Promise<void>((resolve) => {
      tellAll = resolve;
    });
    missing = count;
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `event-${i}`, labels: { watched: 'yes' } } };
    const start = performance.now();
    await Promise.all([client.post(`${NAMESPACE}/configmaps`, JSON.stringify(body)), all]);
    delays.push(performance.now() - start);
  }
  for (const stream of streams) stream.destroy();
  return delays;
}

interface BenchClient {
  /** Throws for an answer that is not 2xx. */
  post(path: string, body: string): Promise<void>;
  timedGet(path: string): Promise<{ ms: number; bytes: number }>;
  stream(path: string): Promise<IncomingMessage>;
  close(): void;
}

function createClient({ url, headers }: Target): BenchClient {
  const isHttps = url.startsWith('https:');
  const agents = { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY };
  // The peer on loopback signs its own certificate.
  const agent = isHttps ? new HttpsAgent({ ...agents, rejectUnauthorized: false }) : new HttpAgent(agents);
  const open = async (method: string, path: string, body?: string): Promise<IncomingMessage> => {
    const send = isHttps ? requestHttps : requestHttp;
    const type = body === undefined ? {} : { 'Content-Type': 'application/json' };
    const request = send(`${url}${path}`, { method, agent, headers: { ...headers, ...type } });
    request.end(body);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return response;
  };
  const drain = async (response: IncomingMessage): Promise<{ bytes: number; text: string }> => {
    let bytes = 0;
    let text = '';
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (text.length < 500) text += chunk.toString();
    });
    await once(response, 'end');
    return { bytes, text };
  };
  return {
    async post(path, body) {
      const response = await open('POST', path, body);
      const { text } = await drain(response);
      if (response.statusCode !== 201) throw new Error(`POST ${path}: ${response.statusCode} ${text}`);
    },
    async timedGet(path) {
      const start = performance.now();
      const { bytes } = await drain(await open('GET', path));
      return { ms: performance.now() - start, bytes };
    },
    stream: (path) => open('GET', path),
    close: () => agent.destroy(),
  };
}

/** Seconds of CPU that processes have taken so far (Linux; elsewhere NaN). */
function cpuOf(pids: readonly number[]): number {
  try {
    return pids.reduce((sum, pid) => {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ');
      return sum + (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS;
    }, 0);
  } catch {
    return Number.NaN;
  }
}
