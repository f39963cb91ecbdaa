/**
 * What running pods use, for `kubectl top` and autoscaling: by annotation (`simulation.drydock.dev/cpu: 200m`,
 * `/memory: 100Mi`, for all containers or `container=NAME`), else half of what they request, or a little.
 */
import type { Container, Pod } from '../apimachinery/kinds.ts';
import { isSidecar } from '../apimachinery/pod.ts';
import { milliValue, tryParseQuantity, wholeValue } from '../apimachinery/quantity.ts';
import type { ContainerUsage } from '../apiserver/kubelet-answers.ts';
import { ANNOTATION_PREFIX } from './annotations.ts';

const IDLE_CPU = 5;
const IDLE_MEMORY = 32 * 1024 * 1024;
/** What a node's own services use. */
const NODE_CPU = 100;
const NODE_MEMORY = 512 * 1024 * 1024;
const SHARE_OF_REQUEST = 0.5;

/** Undefined for a pod that does not run: it has no metrics. */
export function podUsage(pod: Pod): readonly ContainerUsage[] | undefined {
  if (pod.status?.phase !== 'Running') return undefined;
  const running = new Set(
    [...(pod.status.containerStatuses ?? []), ...(pod.status.initContainerStatuses ?? [])]
      .filter(({ state }) => state?.running !== undefined)
      .map(({ name }) => name),
  );
  return [...pod.spec.containers, ...(pod.spec.initContainers ?? []).filter(isSidecar)]
    .filter(({ name }) => running.has(name))
    .map((container) => ({
      name: container.name,
      cpu: amount(pod, container, 'cpu') ?? IDLE_CPU,
      memory: amount(pod, container, 'memory') ?? IDLE_MEMORY,
    }));
}

function amount(pod: Pod, container: Container, resource: 'cpu' | 'memory'): number | undefined {
  const read = (text: string): number | undefined => {
    const quantity = tryParseQuantity(text);
    if (quantity === undefined) return undefined;
    return resource === 'cpu' ? milliValue(quantity) : wholeValue(quantity);
  };
  const setting = pod.metadata.annotations?.[ANNOTATION_PREFIX + resource]?.trim().split(/\s+/);
  const target = setting?.find((word) => word.startsWith('container='))?.slice('container='.length);
  const value = setting?.find((word) => !word.includes('='));
  if (value !== undefined && (target === undefined || target === container.name)) {
    const amountOfValue = read(value);
    if (amountOfValue !== undefined) return amountOfValue;
  }
  const request = container.resources?.requests?.[resource];
  const requested = request === undefined ? undefined : read(request);
  return requested === undefined ? undefined : Math.round(requested * SHARE_OF_REQUEST);
}

/** What a node uses: its pods, and a little for itself. */
export function nodeUsage(pods: readonly Pod[]): { readonly cpu: number; readonly memory: number } {
  const all = pods.flatMap((pod) => podUsage(pod) ?? []);
  return all.reduce((sum, { cpu, memory }) => ({ cpu: sum.cpu + cpu, memory: sum.memory + memory }), {
    cpu: NODE_CPU,
    memory: NODE_MEMORY,
  });
}
