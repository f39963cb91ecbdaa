/**
 * Pods that wait for a node, as pkg/scheduler/backend/queue (v1.34): the active ones by priority and age, those that
 * failed with a back-off of 1 s doubling to 10 s, woken by changes that could help them.
 */
import type { Pod } from '../apimachinery/kinds.ts';
import type { Duration, Instant } from '../apimachinery/time.ts';
import type { ClusterEvent } from './framework.ts';

const FIRST_BACK_OFF: Duration = 1000;
const MAX_BACK_OFF: Duration = 10_000;

export interface QueuedPod {
  pod: Pod;
  /** Order of arrival, among equals. */
  readonly sequence: number;
  attempts: number;
  state: 'active' | 'backing-off' | 'unschedulable';
  /** Not before. */
  readyAt: Instant;
  wakes: ReadonlySet<ClusterEvent>;
}

export interface SchedulingQueue {
  /** Adds a pod, or takes note of its new state. */
  set(pod: Pod, options: { readonly isChanged: boolean }): void;
  remove(uid: string): void;
  /** The active pods, highest priority first; they stay queued until removed or failed. */
  takeActive(): readonly QueuedPod[];
  hasActive(): boolean;
  /** The pod found no node: it waits for one of the events. */
  fail(entry: QueuedPod, wakes: ReadonlySet<ClusterEvent>): void;
  wake(event: ClusterEvent): void;
}

export interface SchedulingQueueOptions {
  readonly now: () => Instant;
  readonly schedule: (at: Instant, run: () => void) => () => void;
}

export function createSchedulingQueue({ now, schedule }: SchedulingQueueOptions): SchedulingQueue {
  const entries = new Map<string, QueuedPod>();
  const active = new Set<QueuedPod>();
  let sequence = 0;

  function activate(entry: QueuedPod): void {
    if (entry.readyAt <= now()) {
      entry.state = 'active';
      active.add(entry);
      return;
    }
    entry.state = 'backing-off';
    schedule(entry.readyAt, () => {
      if (entry.state !== 'backing-off' || entries.get(entry.pod.metadata.uid) !== entry) return;
      entry.state = 'active';
      active.add(entry);
    });
  }

  return {
    set(pod, { isChanged }) {
      const { uid } = pod.metadata;
      const known = entries.get(uid);
      if (known === undefined) {
        const entry: QueuedPod = {
          pod,
          sequence: sequence++,
          attempts: 0,
          state: 'active',
          readyAt: now(),
          wakes: new Set(),
        };
        entries.set(uid, entry);
        active.add(entry);
        return;
      }
      known.pod = pod;
      if (isChanged && known.state === 'unschedulable') activate(known);
    },
    remove(uid) {
      const entry = entries.get(uid);
      if (entry === undefined) return;
      entries.delete(uid);
      active.delete(entry);
    },
    hasActive: () => active.size > 0,
    takeActive() {
      const taken = [...active].sort(
        (a, b) => (b.pod.spec.priority ?? 0) - (a.pod.spec.priority ?? 0) || a.sequence - b.sequence,
      );
      active.clear();
      return taken;
    },
    fail(entry, wakes) {
      entry.attempts++;
      entry.state = 'unschedulable';
      entry.wakes = wakes;
      entry.readyAt = now() + Math.min(MAX_BACK_OFF, FIRST_BACK_OFF * 2 ** (entry.attempts - 1));
    },
    wake(event) {
      for (const entry of entries.values()) {
        if (entry.state === 'unschedulable' && entry.wakes.has(event)) activate(entry);
      }
    },
  };
}
