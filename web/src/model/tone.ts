/** How a status is to be taken, for its colour; the word itself is always shown beside it. */
import type { PodSummary, ReleaseStatusName } from '@drydock/tiller/api';

export type Tone = 'good' | 'busy' | 'bad' | 'idle';

const releaseTones: Readonly<Record<ReleaseStatusName, Tone>> = {
  deployed: 'good',
  failed: 'bad',
  unknown: 'bad',
  uninstalled: 'idle',
  superseded: 'idle',
  uninstalling: 'busy',
  'pending-install': 'busy',
  'pending-upgrade': 'busy',
  'pending-rollback': 'busy',
};

/** Words of kubectl's STATUS column for a pod that is on its way. */
const busyPods: ReadonlySet<string> = new Set([
  'Pending',
  'ContainerCreating',
  'PodInitializing',
  'Terminating',
  'SchedulingGated',
]);

export function releaseTone(status: ReleaseStatusName): Tone {
  return releaseTones[status] ?? 'idle';
}

export function podTone(pod: PodSummary): Tone {
  if (pod.status === 'Completed' || pod.status === 'Succeeded') {
    return 'idle';
  }
  if (pod.status === 'Running') {
    return pod.ready ? 'good' : 'busy';
  }
  return busyPods.has(pod.status) || /^Init:[0-9]+\/[0-9]+$/.test(pod.status) ? 'busy' : 'bad';
}

export function countTone(ready: number, total: number): Tone {
  return total === 0 ? 'idle' : ready === total ? 'good' : ready === 0 ? 'bad' : 'busy';
}
