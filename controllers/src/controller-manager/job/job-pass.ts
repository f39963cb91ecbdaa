/**
 * What one pass over a Job knows and decides: its pods sorted out, the counts so far, and the condition that ends it.
 */
import type { Job, JobCondition, JobStatus, Pod } from '../../apimachinery/kinds.ts';
import { formatTime, type Instant } from '../../apimachinery/time.ts';
import type { ReconcileContext } from '../controller.ts';

export const TRACKING_FINALIZER = 'batch.kubernetes.io/job-tracking';

/** Changes as the pass goes on. */
export interface JobPass {
  readonly job: Job;
  readonly pods: readonly Pod[];
  readonly context: ReconcileContext;
  status: JobStatus;
  active: readonly Pod[];
  ready: number;
  terminating: number;
  succeeded: number;
  failed: number;
  /** Indexed Jobs: done before this pass, and now. */
  readonly previousIndexes: ReadonlySet<number>;
  succeededIndexes: Set<number>;
  failedIndexes: Set<number> | undefined;
  /** Failed pods that stay counted until their index has its next pod. */
  delayedPods: ReadonlyMap<number, Pod>;
  finished: JobCondition | undefined;
}

export function isIndexed(job: Job): boolean {
  return job.spec.completionMode === 'Indexed';
}

export function isSuspended(job: Job): boolean {
  return job.spec.suspend === true;
}

export function hasTracking(pod: Pod): boolean {
  return pod.metadata.finalizers?.includes(TRACKING_FINALIZER) === true;
}

export function newCondition(
  type: string,
  status: 'True' | 'False',
  { reason, message, now }: { readonly reason: string; readonly message: string; readonly now: Instant },
): JobCondition {
  const time = formatTime(now);
  return { type, status, lastProbeTime: time, lastTransitionTime: time, reason, message };
}

export function trueCondition(status: JobStatus | undefined, type: string): JobCondition | undefined {
  return status?.conditions?.find((condition) => condition.type === type && condition.status === 'True');
}

/** Complete or Failed. */
export function isFinished(job: Job): boolean {
  return trueCondition(job.status, 'Complete') !== undefined || trueCondition(job.status, 'Failed') !== undefined;
}
