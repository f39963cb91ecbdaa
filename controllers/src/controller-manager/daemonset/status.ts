/** The status of a DaemonSet: the first pod of each node that should have one counts. */
import { deepEqual } from '../../apimachinery/json.ts';
import type { DaemonSetStatus, Pod } from '../../apimachinery/kinds.ts';
import { isPodAvailable, isPodReady } from '../../apimachinery/pod.ts';
import type { ReconcileContext } from '../controller.ts';
import { isUpdated, placementOn } from './placement.ts';
import type { DaemonPass } from './rolling-update.ts';

/** Those that have a node first, of these the oldest; by name within one second. */
export function byAge(a: Pod, b: Pod): number {
  const [hasNode, otherHasNode] = [a, b].map(({ spec }) => (spec.nodeName ?? '') !== '');
  if (hasNode !== otherHasNode) return hasNode ? -1 : 1;
  const [left, right] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp];
  if (left !== right) return left < right ? -1 : 1;
  return a.metadata.name < b.metadata.name ? -1 : 1;
}

/** Writes the status if it is another. */
export function writeStatus(
  { set, hash, nodes, podsByNode, now }: DaemonPass,
  collisionCount: number,
  context: ReconcileContext,
): void {
  const minReadySeconds = set.spec.minReadySeconds ?? 0;
  let desired = 0;
  let current = 0;
  let misscheduled = 0;
  let ready = 0;
  let updated = 0;
  let available = 0;
  for (const node of nodes) {
    const [pod] = [...(podsByNode.get(node.metadata.name) ?? [])].sort(byAge);
    if (!placementOn(set, node).shouldRun) {
      if (pod !== undefined) misscheduled++;
      continue;
    }
    desired++;
    if (pod === undefined) continue;
    current++;
    if (isPodReady(pod)) ready++;
    if (isPodAvailable(pod, { minReadySeconds, now })) available++;
    if (isUpdated(pod, set, hash)) updated++;
  }
  const unavailable = desired - available;
  const status: DaemonSetStatus = {
    currentNumberScheduled: current,
    numberMisscheduled: misscheduled,
    desiredNumberScheduled: desired,
    numberReady: ready,
    ...(set.metadata.generation === undefined ? {} : { observedGeneration: set.metadata.generation }),
    ...(updated === 0 ? {} : { updatedNumberScheduled: updated }),
    ...(available === 0 ? {} : { numberAvailable: available }),
    ...(unavailable === 0 ? {} : { numberUnavailable: unavailable }),
    ...(collisionCount === 0 ? {} : { collisionCount }),
  };
  if (!deepEqual(status, set.status)) context.client.updateStatus('daemonsets.apps', { ...set, status });
}
