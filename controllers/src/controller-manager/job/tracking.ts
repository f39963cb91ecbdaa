/**
 * Counting finished pods exactly once (pkg/controller/job trackJobStatusAndRemoveFinalizers v1.34): a pod's uid goes into
 * the status first, then its finalizer goes, then the count goes up; so neither a crash nor a deletion loses one.
 */
import { deepEqual } from '../../apimachinery/json.ts';
import type { Job, JobCondition, JobStatus, Pod } from '../../apimachinery/kinds.ts';
import { isApiError } from '../../apimachinery/status.ts';
import type { ReconcileContext } from '../controller.ts';
import { completionIndex, formatIndexes } from './indexes.ts';
import { hasTracking, isIndexed, type JobPass, newCondition, TRACKING_FINALIZER, trueCondition } from './job-pass.ts';
import { isPodFailed, matchFailurePolicy } from './pod-failures.ts';

/** Writes the status with all that this pass found, and ends the Job when its condition says so. */
export function trackAndFinish(pass: JobPass): void {
  const { context } = pass;
  const done = countFinished(pass);
  announce(pass);
  writeStatus(pass);
  for (const pod of done) removeTracking(pod, context);
  settleCounts(pass, new Set(pass.pods.filter((pod) => hasTracking(pod) && !done.includes(pod)).map(uidOf)));
  const finished = finish(pass);
  writeStatus(pass);
  if (finished !== undefined) report(pass, finished);
}

function uidOf(pod: Pod): string {
  return pod.metadata.uid;
}

function writeStatus(pass: JobPass): void {
  const { client } = pass.context;
  const { namespace = '', name, uid } = pass.job.metadata;
  const current = client.find<Job>('jobs.batch', { namespace, name });
  if (current === undefined || current.metadata.uid !== uid || deepEqual(current.status, pass.status)) return;
  client.updateStatus('jobs.batch', { ...current, status: pass.status });
}

/** Puts the pods that have ended into the status; answers those whose finalizer may go. */
function countFinished(pass: JobPass): readonly Pod[] {
  const { job } = pass;
  const uncounted = pass.status.uncountedTerminatedPods ?? {};
  const succeeded = new Set(uncounted.succeeded ?? []);
  const failed = new Set(uncounted.failed ?? []);
  const completions = job.spec.completions ?? 0;
  const isSuccess = pass.finished?.type === 'SuccessCriteriaMet' || pass.finished?.type === 'Complete';
  const done: Pod[] = [];
  for (const pod of pass.pods) {
    if (!hasTracking(pod)) continue;
    const considersFailed = isPodFailed(pod, job);
    if (!mayRelease(pass, pod, considersFailed)) continue;
    done.push(pod);
    const { uid } = pod.metadata;
    const index = completionIndex(pod);
    const hasIndex = index !== undefined && index < completions;
    if (pod.status?.phase === 'Succeeded' && !failed.has(uid)) {
      if (isIndexed(job)) {
        if (hasIndex) pass.succeededIndexes.add(index);
      } else succeeded.add(uid);
    } else if (considersFailed || (pass.finished !== undefined && !isSuccess)) {
      const isCounted = !isIndexed(job) || hasIndex;
      if (isCounted && matchFailurePolicy(job, pod).isCounted) failed.add(uid);
    }
  }
  pass.status = {
    ...pass.status,
    uncountedTerminatedPods: {
      ...(succeeded.size === 0 ? {} : { succeeded: [...succeeded] }),
      ...(failed.size === 0 ? {} : { failed: [...failed] }),
    },
  };
  if (isIndexed(job)) {
    const completedIndexes = formatIndexes(pass.succeededIndexes);
    const { completedIndexes: _, succeeded: __, ...rest } = pass.status;
    pass.status = {
      ...rest,
      ...(pass.succeededIndexes.size === 0 ? {} : { completedIndexes, succeeded: pass.succeededIndexes.size }),
      ...(pass.failedIndexes === undefined ? {} : { failedIndexes: formatIndexes(pass.failedIndexes) }),
    };
  }
  return done;
}

function mayRelease(pass: JobPass, pod: Pod, considersFailed: boolean): boolean {
  const { job, finished, delayedPods } = pass;
  if (job.metadata.deletionTimestamp !== undefined || finished !== undefined || pod.status?.phase === 'Succeeded') {
    return true;
  }
  if (!considersFailed) return false;
  const index = completionIndex(pod);
  return index === undefined || delayedPods.get(index)?.metadata.uid !== pod.metadata.uid;
}

/** The interim condition (FailureTarget, SuccessCriteriaMet) is there before finalizers go. */
function announce(pass: JobPass): void {
  const { finished, context } = pass;
  if (finished === undefined) return;
  const { reason = '', message = '' } = finished;
  const isInterim = finished.type === 'FailureTarget' || finished.type === 'SuccessCriteriaMet';
  if (!isInterim) return;
  if (trueCondition(pass.status, finished.type) === undefined) {
    pass.status = { ...pass.status, conditions: [...(pass.status.conditions ?? []), finished] };
  }
  const type = finished.type === 'FailureTarget' ? 'Failed' : 'Complete';
  pass.finished = newCondition(type, 'True', { reason, message, now: context.now });
}

/** Takes the job's finalizer off a pod. */
export function removeTracking(pod: Pod, context: ReconcileContext): void {
  const { namespace = '', name, uid } = pod.metadata;
  const current = context.client.find<Pod>('pods', { namespace, name });
  if (current === undefined || current.metadata.uid !== uid || !hasTracking(current)) return;
  const finalizers = (current.metadata.finalizers ?? []).filter((finalizer) => finalizer !== TRACKING_FINALIZER);
  try {
    context.client.patch('pods', { namespace, name }, { type: 'merge', patch: { metadata: { finalizers } } });
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error;
  }
}

/** Pods without a finalizer are counted for good. */
function settleCounts(pass: JobPass, tracked: ReadonlySet<string>): void {
  const { succeeded = [], failed = [] } = pass.status.uncountedTerminatedPods ?? {};
  const isLeft = (uid: string) => tracked.has(uid);
  const counted = {
    succeeded: succeeded.filter((uid) => !isLeft(uid)).length,
    failed: failed.filter((uid) => !isLeft(uid)).length,
  };
  const left = { succeeded: succeeded.filter(isLeft), failed: failed.filter(isLeft) };
  const allSucceeded = (pass.status.succeeded ?? 0) + counted.succeeded;
  const allFailed = (pass.status.failed ?? 0) + counted.failed;
  pass.status = {
    ...pass.status,
    ...(allSucceeded === 0 ? {} : { succeeded: allSucceeded }),
    ...(allFailed === 0 ? {} : { failed: allFailed }),
    uncountedTerminatedPods: {
      ...(left.succeeded.length === 0 ? {} : { succeeded: left.succeeded }),
      ...(left.failed.length === 0 ? {} : { failed: left.failed }),
    },
  };
}

/** The last condition comes when every pod has ended and is counted. */
function finish(pass: JobPass): JobCondition | undefined {
  const { finished, status, context } = pass;
  if (finished === undefined || pass.terminating > 0) return undefined;
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
  if (succeeded.length + failed.length > 0) return undefined;
  const conditions = ensureCondition(status.conditions ?? [], finished, context);
  const completion =
    finished.type === 'Complete' && finished.lastTransitionTime !== undefined
      ? { completionTime: finished.lastTransitionTime }
      : {};
  pass.status = { ...status, conditions, ...completion };
  return finished;
}

/** Sets a condition; one that is False is only written where there was a True one. */
export function ensureCondition(
  conditions: NonNullable<JobStatus['conditions']>,
  wanted: JobCondition,
  { now }: Pick<ReconcileContext, 'now'>,
): NonNullable<JobStatus['conditions']> {
  const { type, status, reason = '', message = '' } = wanted;
  const known = conditions.find((condition) => condition.type === type);
  if (known === undefined) {
    return status === 'True' ? [...conditions, newCondition(type, 'True', { reason, message, now })] : conditions;
  }
  if (known.status === status && known.reason === reason && known.message === message) return conditions;
  const next = newCondition(type, status === 'True' ? 'True' : 'False', { reason, message, now });
  return conditions.map((condition) => (condition === known ? next : condition));
}

function report({ job, status, context }: JobPass, finished: JobCondition): void {
  if (finished.type !== 'Complete') {
    context.event(job, 'Warning', finished.reason ?? '', finished.message ?? '');
    return;
  }
  if (job.spec.completions !== undefined && (status.succeeded ?? 0) > job.spec.completions) {
    const message = 'Too many succeeded pods running after completion count reached';
    context.event(job, 'Warning', 'TooManySucceededPods', message);
  }
  context.event(job, 'Normal', 'Completed', 'Job completed');
}
