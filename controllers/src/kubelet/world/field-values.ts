/**
 * What the downward API tells a container of its pod and of its resources (pkg/fieldpath and pkg/api/v1/resource,
 * v1.34).
 */
import type { Container, Node, Pod } from '../../apimachinery/kinds.ts';
import { tryParseQuantity } from '../../apimachinery/quantity.ts';

/** `metadata.name`, `metadata.labels['app']`, `status.podIP`, ...; undefined for what is no field of a pod. */
export function fieldValue(pod: Pod, path: string): string | undefined {
  const { metadata, spec, status } = pod;
  const subscript = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
  if (subscript !== null) return metadata[subscript[1] as 'labels' | 'annotations']?.[subscript[2] ?? ''] ?? '';
  switch (path) {
    case 'metadata.name':
      return metadata.name;
    case 'metadata.namespace':
      return metadata.namespace ?? '';
    case 'metadata.uid':
      return metadata.uid;
    case 'metadata.labels':
      return formatMap(metadata.labels);
    case 'metadata.annotations':
      return formatMap(metadata.annotations);
    case 'spec.nodeName':
      return spec.nodeName ?? '';
    case 'spec.serviceAccountName':
      return spec.serviceAccountName ?? '';
    case 'status.hostIP':
      return status?.hostIP ?? '';
    case 'status.hostIPs':
      return addresses(status, 'hostIPs');
    case 'status.podIP':
      return status?.podIP ?? '';
    case 'status.podIPs':
      return addresses(status, 'podIPs');
    default:
      return undefined;
  }
}

/** hostIPs is younger than the types. */
function addresses(status: Pod['status'], field: 'hostIPs' | 'podIPs'): string {
  const list = (status as { readonly [field: string]: unknown } | undefined)?.[field];
  return (Array.isArray(list) ? list : []).map((entry: { readonly ip?: string }) => entry.ip ?? '').join(',');
}

/** A line `key="value"` for each, sorted. */
function formatMap(map: Readonly<Record<string, string>> = {}): string {
  return Object.keys(map)
    .sort()
    .map((key) => `${key}=${JSON.stringify(map[key])}`)
    .join('\n');
}

export interface ResourceField {
  readonly resource: string;
  readonly divisor?: string | number;
}

/** `limits.cpu`, `requests.memory`, ...: in units of the divisor, rounded up. What has no limit has the node's. */
export function resourceValue(
  container: Container,
  node: Node | undefined,
  { resource, divisor = '1' }: ResourceField,
): string | undefined {
  const [, kind = '', name = ''] = /^(limits|requests)\.(.+)$/.exec(resource) ?? [];
  if (kind === '') return undefined;
  const { limits = {}, requests = {} } = container.resources ?? {};
  const allocatable = kind === 'limits' ? node?.status?.allocatable?.[name] : undefined;
  const given = (kind === 'limits' ? limits : requests)[name] ?? allocatable ?? '0';
  const [value, unit] = [tryParseQuantity(String(given)), tryParseQuantity(String(divisor))];
  if (value === undefined || unit === undefined) return undefined;
  const scale = unit.nano === 0n ? 1_000_000_000n : unit.nano;
  return String((value.nano + scale - 1n) / scale);
}
