/** Tells listeners of pods as they change, and of each cluster's counts and time, at most once a second. */
import { ClusterError, type KubeObject } from '../clusters/cluster.ts';
import type { SimulatedCluster } from '../clusters/simulated.ts';
import { summarizePod } from './pods.ts';
import { summarizeCluster } from './routes/clusters.ts';
import type { Services } from './services.ts';

const PERIOD = 1000;

/** Answers how to stop. */
export function publishClusters(services: Services): () => void {
  const { clusters, events } = services;
  const watches = new Map<string, AbortController>();
  const follow = () => {
    const names = new Set(clusters.list().map(({ name }) => name));
    for (const [name, watch] of watches) {
      if (names.has(name)) continue;
      watch.abort();
      watches.delete(name);
    }
    for (const cluster of clusters.list()) {
      if (!watches.has(cluster.name)) {
        const watch = new AbortController();
        watches.set(cluster.name, watch);
        publishPods(services, { cluster, signal: watch.signal }).catch(report);
      }
      if (events.listeners > 0) publishSummary(services, cluster).catch(report);
    }
  };
  const timer = setInterval(follow, PERIOD);
  timer.unref();
  return () => {
    clearInterval(timer);
    for (const watch of watches.values()) watch.abort();
  };
}

async function publishPods(
  services: Services,
  input: { readonly cluster: SimulatedCluster; readonly signal: AbortSignal },
): Promise<void> {
  const { cluster, signal } = input;
  const query = { apiVersion: 'v1', kind: 'Pod' };
  while (!signal.aborted) {
    const { items, resourceVersion } = await cluster.list(query);
    for (const pod of items) publishPod(services, { pod, cluster: cluster.name, deleted: false });
    try {
      for await (const event of cluster.watch(query, resourceVersion, signal)) {
        if (event.type === 'BOOKMARK') continue;
        publishPod(services, { pod: event.object, cluster: cluster.name, deleted: event.type === 'DELETED' });
      }
    } catch (error) {
      // A watch that fell behind is begun anew, with a list.
      if (!(error instanceof ClusterError && error.code === 'Expired')) throw error;
    }
  }
}

/** Pods change often: without a listener nothing is made of it. */
function publishPod(
  services: Services,
  change: { readonly pod: KubeObject; readonly cluster: string; readonly deleted: boolean },
): void {
  if (services.events.listeners === 0) return;
  const { pod, cluster, deleted } = change;
  services.events.publish({ type: 'pod', deleted, pod: summarizePod(pod, cluster) });
}

async function publishSummary(services: Services, cluster: SimulatedCluster): Promise<void> {
  const summary = await summarizeCluster(cluster);
  // It may have been deleted meanwhile.
  if (services.clusters.find(cluster.name) !== cluster) return;
  services.events.publish({ type: 'cluster', deleted: false, cluster: summary });
}

function report(error: unknown): void {
  process.stderr.write(`events of a cluster ended: ${String(error)}\n`);
}
