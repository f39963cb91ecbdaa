/** Clusters in this process, without HTTP: times are those of the CPU, as other programs may run beside. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createSimulation, type KubeObject, type Simulation } from '@drydock/controllers';
import { benchPod } from './api-load.ts';
import { median } from './arguments.ts';

export interface InProcess {
  readonly createMs: number;
  readonly createMB: number;
  /** Per second of CPU. */
  readonly configMaps: number;
  readonly pods: number;
  readonly statuses: number;
  readonly rolloutSeconds: number;
  readonly forkMs: number;
}

/** Clusters before those that are measured: the first ones are made by code that is not compiled yet. */
const WARM_UP = 100;
const CLUSTERS = 50;
const ROUNDS = 5;
const WRITES = 2000;
const FORKED = 100_000;
const HOUR = 3_600_000;
const NAMESPACE = 'default';

/** Seconds of CPU of this process so far. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

export function benchInProcess(): InProcess {
  return { ...benchCreate(), ...benchWrites(), rolloutSeconds: benchRollout(), forkMs: benchFork() };
}

function benchCreate(): { createMs: number; createMB: number } {
  const clusters: Simulation[] = [];
  for (let i = 0; i < WARM_UP; i += 1) clusters.push(createSimulation({ name: `warm-${i}`, nodes: 3 }));
  const before = heapAfterCollection();
  const times: number[] = [];
  for (let i = 0; i < CLUSTERS; i += 1) {
    const start = cpuSeconds();
    clusters.push(createSimulation({ name: `more-${i}`, nodes: 3 }));
    times.push((cpuSeconds() - start) * 1000);
  }
  const createMB = (heapAfterCollection() - before) / 1e6 / CLUSTERS;
  return { createMs: median(times), createMB };
}

function heapAfterCollection(): number {
  // The program is started with --expose-gc.
  for (let i = 0; i < 3; i += 1) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

/** The best of some rounds, in writes a second of CPU. */
function rate(write: (index: number) => void): number {
  let best = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = cpuSeconds();
    for (let i = 0; i < WRITES; i += 1) write(round * WRITES + i);
    best = Math.max(best, WRITES / (cpuSeconds() - start));
  }
  return best;
}

function benchWrites(): { configMaps: number; pods: number; statuses: number } {
  const { client } = createSimulation({ name: 'writes', nodes: 0 });
  const configMaps = rate((index) => client.create('configmaps', configMapOf(`config-${index}`)));
  const pods = rate((index) => client.create('pods', benchPod(`pod-${index}`)));
  const statuses = rate((index) => {
    const pod = client.get('pods', { namespace: NAMESPACE, name: `pod-${index % WRITES}` });
    const status = { phase: 'Pending', message: `round ${index}` };
    client.updateStatus('pods', { ...pod, status });
  });
  return { configMaps, pods, statuses };
}

/** Seconds of CPU from the Deployment to a thousand ready pods, best of some rounds. */
function benchRollout(): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    const simulation = createSimulation({ name: `rollout-${round}`, nodes: 20 });
    const start = cpuSeconds();
    const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'web:1' }] } };
    simulation.client.create('deployments.apps', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: NAMESPACE },
      spec: { replicas: 1000, selector: { matchLabels: { app: 'web' } }, template },
    } as KubeObject);
    const isReady = (): boolean => {
      const { status } = simulation.client.get('deployments.apps', { namespace: NAMESPACE, name: 'web' });
      return (status as { readyReplicas?: number } | undefined)?.readyReplicas === 1000;
    };
    if (!simulation.advanceUntil(isReady, HOUR)) throw new Error('the rollout did not come to its end');
    best = Math.min(best, cpuSeconds() - start);
  }
  return best;
}

function benchFork(): number {
  const simulation = createSimulation({ name: 'fork', nodes: 3 });
  for (let i = 0; i < FORKED; i += 1) simulation.client.create('configmaps', configMapOf(`config-${i}`));
  simulation.settle();
  const times = Array.from({ length: 20 }, (_, i) => {
    const start = performance.now();
    simulation.fork(`fork-${i}`);
    return performance.now() - start;
  });
  return median(times);
}

function configMapOf(name: string): KubeObject {
  const metadata = { name, namespace: NAMESPACE };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { key: name } } as KubeObject;
}

const RESIDENT = fileURLToPath(new URL('./api-resident.js', import.meta.url));

/** Resident memory in MB of a process of its own with so many pods. */
export function benchResident(pods: number): number {
  const output = execFileSync(process.execPath, ['--expose-gc', RESIDENT, String(pods)], { encoding: 'utf8' });
  return Number(output);
}
