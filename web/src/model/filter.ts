/** What the page is narrowed to; it lives in the address (`#cluster=dev&release=web`), so that it can be kept and sent. */
import type { PodSummary, ReleaseSummary } from '@drydock/tiller/api';

export interface Filter {
  /** Empty for all. */
  readonly cluster: string;
  readonly namespace: string;
  readonly release: string;
  /** Part of a name, a namespace or a status. */
  readonly text: string;
}

export const noFilter: Filter = { cluster: '', namespace: '', release: '', text: '' };

const fields = ['cluster', 'namespace', 'release', 'text'] as const;

export function parseFilter(hash: string): Filter {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  const value = (field: keyof Filter): string => parameters.get(field) ?? '';
  return { cluster: value('cluster'), namespace: value('namespace'), release: value('release'), text: value('text') };
}

/** The address's part for the filter, with its `#`. */
export function formatFilter(filter: Filter): string {
  const parameters = new URLSearchParams();
  for (const field of fields) {
    if (filter[field] !== '') {
      parameters.set(field, filter[field]);
    }
  }
  return `#${parameters}`;
}

export function matchesRelease(filter: Filter, release: ReleaseSummary): boolean {
  return (
    isOrAny(filter.cluster, release.cluster) &&
    isOrAny(filter.namespace, release.namespace) &&
    isOrAny(filter.release, release.name) &&
    hasText(filter.text, [release.name, release.namespace, release.chart, release.chartVersion, release.status])
  );
}

export function matchesPod(filter: Filter, pod: PodSummary): boolean {
  return (
    isOrAny(filter.cluster, pod.cluster) &&
    isOrAny(filter.namespace, pod.namespace) &&
    isOrAny(filter.release, pod.release ?? '') &&
    hasText(filter.text, [pod.name, pod.namespace, pod.status, pod.node ?? '', pod.owner ?? ''])
  );
}

function isOrAny(wanted: string, value: string): boolean {
  return wanted === '' || wanted === value;
}

function hasText(text: string, values: readonly string[]): boolean {
  const wanted = text.trim().toLowerCase();
  return wanted === '' || values.some((value) => value.toLowerCase().includes(wanted));
}
