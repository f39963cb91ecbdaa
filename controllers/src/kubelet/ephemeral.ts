/**
 * Ephemeral containers (`kubectl debug`): they are added to a pod that runs, are never started again, and have no part in
 * whether it is ready or has ended (pkg/kubelet v1.34).
 */
import type { Container, ContainerStatus, Pod } from '../apimachinery/kinds.ts';
import { type ContainerState, containerStatus } from './container-state.ts';

/** In the order in which they were added. */
export function ephemeralOf(pod: Pod): readonly Container[] {
  // An ephemeral container has all fields of a container that matter to a kubelet.
  return (pod.spec.ephemeralContainers ?? []) as readonly Container[];
}

/** Whether it is ready or has started is not told of one. */
export function debuggerStatus(pod: Pod, state: ContainerState): ContainerStatus {
  const { started: _, ...status } = containerStatus(pod, state);
  return { ...status, ready: false };
}
