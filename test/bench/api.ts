/**
 * How fast and how large simulated clusters are: in process, over HTTP, and beside kube-apiserver with etcd where both
 * are on the PATH (or named by KUBE_APISERVER and ETCD), under the same load by the same client in the same run. A
 * program of its own: `npm run bench:api -- [--writes N] [--pods N] [--resident N]`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../support/drydock.ts';
import { request } from '../support/server.ts';
import { benchInProcess, benchResident } from './api-in-process.ts';
import { type LoadNumbers, type LoadResult, putUnderLoad } from './api-load.ts';
import { startKubernetes } from './api-peer.ts';
import { row } from './arguments.ts';

interface Numbers extends LoadNumbers {
  readonly resident: number;
}

function readNumbers(args: readonly string[]): Numbers {
  const numbers = { writes: 5000, pods: 10_000, watchers: 100, resident: 150_000 };
  for (let i = 0; i < args.length; i += 2) {
    const name = (args[i] ?? '').slice(2);
    if (!Object.hasOwn(numbers, name)) throw new Error(`unknown option ${args[i]}`);
    numbers[name as keyof typeof numbers] = Number(args[i + 1]);
  }
  return numbers;
}

async function benchDrydock(numbers: Numbers): Promise<LoadResult> {
  const data = mkdtempSync(join(tmpdir(), 'drydock-bench-'));
  const server = await startServer(data);
  try {
    await request(`${server.url}/api/v1/clusters`, { json: { name: 'bench', nodes: 0 } });
    const url = `${server.url}/clusters/bench`;
    return await putUnderLoad({ url, headers: {}, pids: [server.pid] }, numbers);
  } finally {
    await server.stop();
    rmSync(data, { recursive: true, force: true });
  }
}

async function benchKubernetes(numbers: Numbers): Promise<LoadResult | undefined> {
  const kubernetes = await startKubernetes();
  if (kubernetes === undefined) {
    console.log(
      'kube-apiserver and etcd are not on the PATH, nor named by KUBE_APISERVER and ETCD: no peer in this run',
    );
    return undefined;
  }
  try {
    return await putUnderLoad(kubernetes.target, numbers);
  } finally {
    await kubernetes.stop();
  }
}

const numbers = readNumbers(process.argv.slice(2));
const inProcess = benchInProcess();
const line = (text: string, goal: string, value: string): void => console.log(row([text, goal, value]));
line('in process', 'goal', '');
line('create a cluster beyond the first, ms', '5', inProcess.createMs.toFixed(1));
line('its memory, MB', '10', inProcess.createMB.toFixed(2));
line('writes a second (ConfigMaps)', '5000', inProcess.configMaps.toFixed(0));
line('writes a second (Pods)', '5000', inProcess.pods.toFixed(0));
line('writes a second (status of Pods)', '5000', inProcess.statuses.toFixed(0));
line('a rollout of 1,000 replicas, s', '1', inProcess.rolloutSeconds.toFixed(2));
line('fork of a cluster with 100,000 objects, ms', '5', inProcess.forkMs.toFixed(3));
const resident = benchResident(numbers.resident);
line(`${numbers.resident} pods resident, MB`, '1500', resident.toFixed(0));

const ours = await benchDrydock(numbers);
const theirs = await benchKubernetes(numbers);
const pair = (text: string, goal: string, value: (result: LoadResult) => number, digits = 0): void =>
  console.log(
    row([text, goal, value(ours).toFixed(digits), theirs === undefined ? '-' : value(theirs).toFixed(digits)]),
  );
console.log(row(['over HTTP', 'goal', 'Drydock', 'kube-apiserver']));
pair('writes a second', '', (result) => result.writesPerSecond);
pair('writes a second of CPU of the server', '2000', (result) => result.writesPerCpuSecond);
pair(`list of ${numbers.pods} pods, the first time, ms`, '150', (result) => result.firstListMs);
pair(`list of ${numbers.pods} pods, best of ten, ms`, '150', (result) => result.listMs);
pair(`its size, MB`, '', (result) => result.listBytes / 1e6, 1);
pair(`an event at all of ${numbers.watchers} watchers, median ms`, '5', (result) => result.watchMedianMs, 1);
pair(`an event at all of ${numbers.watchers} watchers, best ms`, '5', (result) => result.watchBestMs, 1);
