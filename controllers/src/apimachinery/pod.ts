/**
 * Questions about pods that controllers, scheduler and kubelet all ask, with the answers of Kubernetes' pkg/api/v1/pod
 * and pkg/controller (v1.34).
 */
import type { Container, Pod, PodCondition } from './kinds.ts';
import { type Duration, type Instant, parseTime } from './time.ts';

export function podCondition(pod: Pod, type: string): PodCondition | undefined {
  return pod.status?.conditions?.find((condition) => condition.type === type);
}

export function isPodReady(pod: Pod): boolean {
  return podCondition(pod, 'Ready')?.status === 'True';
}

/** Ready for at least minReadySeconds. Transition times have whole seconds, as upstream's. */
export function isPodAvailable(
  pod: Pod,
  options: { readonly minReadySeconds: number; readonly now: Instant },
): boolean {
  const ready = podCondition(pod, 'Ready');
  if (ready?.status !== 'True') return false;
  if (options.minReadySeconds === 0) return true;
  const since = parseTime(ready.lastTransitionTime ?? '');
  return !Number.isNaN(since) && since + options.minReadySeconds * 1000 <= options.now;
}

/** How long until the next of the pods that are ready becomes available; undefined when none is waiting for that. */
export function nextAvailabilityCheck(
  pods: readonly Pod[],
  options: { readonly minReadySeconds: number; readonly now: Instant },
): Duration | undefined {
  if (options.minReadySeconds <= 0) return undefined;
  let next: Duration | undefined;
  for (const pod of pods) {
    const ready = podCondition(pod, 'Ready');
    if (ready?.status !== 'True') continue;
    const wait = parseTime(ready.lastTransitionTime ?? '') + options.minReadySeconds * 1000 - options.now;
    if (wait > 0 && (next === undefined || wait < next)) next = wait;
  }
  return next;
}

/** Succeeded or Failed. */
export function isPodTerminal(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

/** Neither finished nor being deleted. */
export function isPodActive(pod: Pod): boolean {
  return !isPodTerminal(pod) && pod.metadata.deletionTimestamp === undefined;
}

/** An init container that keeps running: a sidecar. */
export function isSidecar(container: Container): boolean {
  return container.restartPolicy === 'Always';
}
