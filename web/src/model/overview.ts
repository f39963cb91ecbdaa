/** What the page shows of a fleet under a filter: rows in a fixed order, with what is counted for each. */
import type { ClusterSummary, PodSummary, ReleaseSummary } from '@drydock/tiller/api';
import { type Filter, matchesPod, matchesRelease } from './filter.ts';
import { type Fleet, keyOf } from './fleet.ts';

export interface ReleaseRow {
  readonly key: string;
  readonly release: ReleaseSummary;
  /** Pods that bear its label, in its namespace. */
  readonly pods: readonly PodSummary[];
  /** The cluster's own time, undefined when the cluster is gone. */
  readonly now: string | undefined;
}

export interface PodRow {
  readonly key: string;
  readonly pod: PodSummary;
  readonly now: string | undefined;
}

export interface Overview {
  readonly clusters: readonly ClusterSummary[];
  readonly releases: readonly ReleaseRow[];
  /** At most `maxPods`. */
  readonly pods: readonly PodRow[];
  /** Of all pods that match. */
  readonly podTotal: number;
}

/** More rows than this help nobody, and make the page slow: the filter narrows them. */
export const maxPods = 500;

export function overviewOf(fleet: Fleet, filter: Filter): Overview {
  const clusters = [...fleet.clusters.values()].sort((left, right) => compareText(left.name, right.name));
  const timeOf = (item: { readonly cluster: string }): string | undefined => fleet.clusters.get(item.cluster)?.now;
  const podsOf = groupPods(fleet.pods.values());
  const pods = [...fleet.pods.values()].filter((pod) => matchesPod(filter, pod)).sort(comparePlaces);
  return {
    clusters,
    releases: [...fleet.releases.values()]
      .filter((release) => matchesRelease(filter, release))
      .sort(comparePlaces)
      .map((release) => {
        const key = keyOf(release);
        return { key, release, pods: podsOf.get(key) ?? [], now: timeOf(release) };
      }),
    pods: pods.slice(0, maxPods).map((pod) => ({ key: keyOf(pod), pod, now: timeOf(pod) })),
    podTotal: pods.length,
  };
}

/** Pods by the key of the release that they say they belong to. */
function groupPods(pods: Iterable<PodSummary>): ReadonlyMap<string, readonly PodSummary[]> {
  const groups = new Map<string, PodSummary[]>();
  for (const pod of pods) {
    if (pod.release !== undefined) {
      const key = keyOf({ ...pod, name: pod.release });
      const group = groups.get(key);
      if (group === undefined) {
        groups.set(key, [pod]);
      } else {
        group.push(pod);
      }
    }
  }
  for (const group of groups.values()) {
    group.sort(comparePlaces);
  }
  return groups;
}

interface Place {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
}

function comparePlaces(left: Place, right: Place): number {
  return (
    compareText(left.cluster, right.cluster) ||
    compareText(left.namespace, right.namespace) ||
    compareText(left.name, right.name)
  );
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
