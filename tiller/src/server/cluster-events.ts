/** Tells listeners of pods as they change, and of each cluster's counts and time, at most once a second. */
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
      if (names.has(name) && events.listeners > 0) continue;
      watch.abort();
      watches.delete(name);
    }
    if (events.listeners === 0) return;
    for (const cluster of clusters.list()) {
      if (!watches.has(cluster.name)) {
        const watch = new AbortController();
        watches.set(cluster.name, watch);
        void publishPods(services, { cluster, signal: watch.signal });
      }
      void summarizeCluster(cluster).then((summary) => {
        if (clusters.find(cluster.name) === cluster)
          events.publish({ type: 'cluster', deleted: false, cluster: summary });
      });
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
    for (const pod of items) {
      services.events.publish({ type: 'pod', deleted: false, pod: summarizePod(pod, cluster.name) });
    }
    try {
      for await (const event of cluster.watch(query, resourceVersion, signal)) {
        if (event.type === 'BOOKMARK') continue;
        const deleted = event.type === 'DELETED';
        services.events.publish({ type: 'pod', deleted, pod: summarizePod(event.object, cluster.name) });
      }
    } catch (error) {
      // A watch that fell behind is begun anew with a list; anything else would only come again.
      if (!(error instanceof Error && 'code' in error && error.code === 'Expired')) return;
    }
  }
}
