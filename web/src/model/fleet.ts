/** What the page knows of the server: clusters, releases and pods, as told by events. */
import type { ClusterSummary, PodSummary, ReleaseSummary, ServerEvent } from '@drydock/tiller/api';

export interface Fleet {
  readonly clusters: ReadonlyMap<string, ClusterSummary>;
  readonly releases: ReadonlyMap<string, ReleaseSummary>;
  readonly pods: ReadonlyMap<string, PodSummary>;
}

export const emptyFleet: Fleet = { clusters: new Map(), releases: new Map(), pods: new Map() };

/** The fleet after the events. A cluster that is deleted takes its pods with it. */
export function applyEvents(fleet: Fleet, events: readonly ServerEvent[]): Fleet {
  const clusters = new Map(fleet.clusters);
  const releases = new Map(fleet.releases);
  const pods = new Map(fleet.pods);
  for (const event of events) {
    switch (event.type) {
      case 'cluster':
        put(clusters, event.cluster.name, event.deleted ? undefined : event.cluster);
        if (event.deleted) {
          for (const [key, pod] of pods) {
            put(pods, key, pod.cluster === event.cluster.name ? undefined : pod);
          }
        }
        break;
      case 'release':
        put(releases, keyOf(event.release), event.deleted ? undefined : event.release);
        break;
      case 'pod':
        put(pods, keyOf(event.pod), event.deleted ? undefined : event.pod);
        break;
      case 'ready':
        break;
    }
  }
  return { clusters, releases, pods };
}

/** What tells two releases, or two pods, apart: no name has a `/`. */
export function keyOf(item: { readonly cluster: string; readonly namespace: string; readonly name: string }): string {
  return `${item.cluster}/${item.namespace}/${item.name}`;
}

function put<T>(map: Map<string, T>, key: string, value: T | undefined): void {
  if (value === undefined) {
    map.delete(key);
  } else {
    map.set(key, value);
  }
}
