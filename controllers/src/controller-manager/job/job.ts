/**
 * The Job controller (pkg/controller/job v1.34): judges in upstream's order whether the Job has failed or succeeded,
 * makes or deletes pods, and counts what has ended by the finalizer on its pods.
 */
import type { Job, JobCondition, Pod } from '../../apimachinery/kinds.ts';
import { controllerOf } from '../../apimachinery/owner.ts';
import { isPodActive, isPodReady, isPodTerminal } from '../../apimachinery/pod.ts';
import { labelSelectorOf } from '../../apimachinery/selector.ts';
import { type Duration, formatTime, parseTime, SECOND } from '../../apimachinery/time.ts';
import type { Controller, ReconcileContext, Requeue } from '../controller.ts';
import { claim } from '../pod-control.ts';
import { keyOf, watchOwned, watchSelf } from '../watching.ts';
import { completionIndex, indexesOf, indexFailures, parseIndexes } from './indexes.ts';
import {
  hasTracking,
  isFinished,
  isIndexed,
  isSuspended,
  type JobPass,
  newCondition,
  TRACKING_FINALIZER,
  trueCondition,
} from './job-pass.ts';
import { type Managed, manageJob, removePods } from './manage.ts';
import { exceedsRestarts, finishTime, isPodFailed, matchFailurePolicy } from './pod-failures.ts';
import { ensureCondition, removeTracking, trackAndFinish } from './tracking.ts';

/** Answers the controller of Jobs and the one that frees pods whose Job is gone. */
export function createJobControllers(): readonly Controller[] {
  return [
    {
      name: 'job-controller',
      watches: [
        watchSelf('jobs.batch'),
        watchOwned({
          resource: 'pods',
          kind: 'Job',
          ownerResource: 'jobs.batch',
          selector: (owner) => (owner as Job).spec.selector, // listed as Jobs
        }),
      ],
      reconcile(key, context) {
        const job = context.client.find<Job>('jobs.batch', key);
        return job === undefined || isFinished(job) ? undefined : sync(job, context);
      },
    },
    orphanController,
  ];
}

/** Pods that have the tracking finalizer and no Job that would ever remove it. */
const orphanController: Controller = {
  name: 'job-orphan-pods',
  watches: [
    {
      resource: 'pods',
      keys: ({ type, object }) => (type !== 'DELETED' && hasTracking(object as Pod) ? [keyOf(object)] : []),
    },
    {
      resource: 'jobs.batch',
      keys({ type, object }, client) {
        if (type === 'MODIFIED' && !isFinished(object as Job)) return [];
        const { namespace = '', uid } = object.metadata;
        return client
          .list<Pod>('pods', { namespace })
          .filter((pod) => hasTracking(pod) && controllerOf(pod)?.uid === uid)
          .map(keyOf);
      },
    },
  ],
  reconcile(key, context) {
    const pod = context.client.find<Pod>('pods', key);
    if (pod === undefined || !hasTracking(pod)) return undefined;
    const owner = controllerOf(pod);
    if (owner?.kind === 'Job') {
      const job = context.client.find<Job>('jobs.batch', { ...key, name: owner.name });
      if (job?.metadata.uid === owner.uid && !isFinished(job)) return undefined;
    } else if (owner === undefined && pod.metadata.deletionTimestamp === undefined) {
      return undefined; // a Job may adopt it yet
    }
    removeTracking(pod, context);
    return undefined;
  },
};

function sync(job: Job, context: ReconcileContext): Requeue | undefined {
  const pass = startPass(job, context);
  judge(pass);
  const waits: Duration[] = [];
  const deadline = deadlineWait(pass);
  if (deadline !== undefined) waits.push(deadline);
  const managed = pass.finished === undefined ? work(pass) : stop(pass);
  if (managed.retryAfter !== undefined) waits.push(managed.retryAfter);
  pass.status = withCounts(pass);
  trackAndFinish(pass);
  if (managed.error !== undefined) throw managed.error;
  return waits.length === 0 ? undefined : { after: Math.max(1, Math.min(...waits)) };
}

function startPass(job: Job, context: ReconcileContext): JobPass {
  const { namespace = '' } = job.metadata;
  const pods = claim(context.client.list<Pod>('pods', { namespace }), job, context, {
    resource: 'pods',
    ownerResource: 'jobs.batch',
    selector: labelSelectorOf(job.spec.selector),
    finalizers: [TRACKING_FINALIZER],
  });
  const active = pods.filter(isPodActive);
  const status = job.status ?? {};
  const completions = job.spec.completions ?? 0;
  const uncounted = status.uncountedTerminatedPods ?? {};
  const knownUids = new Set([...(uncounted.succeeded ?? []), ...(uncounted.failed ?? [])]);
  const fresh = pods.filter((pod) => hasTracking(pod) && !knownUids.has(pod.metadata.uid) && isValid(job, pod));
  const previousIndexes = parseIndexes(status.completedIndexes, completions);
  const succeeded = fresh.filter((pod) => pod.status?.phase === 'Succeeded');
  const failed = fresh.filter((pod) => isPodFailed(pod, job) && matchFailurePolicy(job, pod).isCounted);
  const pass: JobPass = {
    job,
    pods: isIndexed(job) ? [...pods].sort((a, b) => (completionIndex(a) ?? -1) - (completionIndex(b) ?? -1)) : pods,
    context,
    status:
      status.startTime === undefined && !isSuspended(job) ? { ...status, startTime: formatTime(context.now) } : status,
    active,
    ready: active.filter(isPodReady).length,
    terminating: pods.filter((pod) => pod.metadata.deletionTimestamp !== undefined && !isPodTerminal(pod)).length,
    succeeded: (status.succeeded ?? 0) + succeeded.length + (uncounted.succeeded ?? []).length,
    failed: (status.failed ?? 0) + failed.length + (uncounted.failed ?? []).length,
    previousIndexes,
    succeededIndexes: new Set(previousIndexes),
    failedIndexes: undefined,
    delayedPods: new Map(),
    finished: undefined,
  };
  if (isIndexed(job)) addIndexes(pass);
  return pass;
}

function isValid(job: Job, pod: Pod): boolean {
  if (!isIndexed(job)) return true;
  const index = completionIndex(pod);
  return index !== undefined && index < (job.spec.completions ?? 0);
}

function addIndexes(pass: JobPass): void {
  const { job, pods, status } = pass;
  const tracked = pods.filter((pod) => hasTracking(pod) && isValid(job, pod));
  for (const index of indexesOf(tracked.filter((pod) => pod.status?.phase === 'Succeeded'))) {
    pass.succeededIndexes.add(index);
  }
  pass.succeeded = pass.succeededIndexes.size;
  if (job.spec.backoffLimitPerIndex === undefined) return;
  const failed = parseIndexes(status.failedIndexes, job.spec.completions ?? 0);
  for (const index of indexesOf(tracked.filter((pod) => isIndexFailed(job, pod)))) failed.add(index);
  pass.failedIndexes = failed;
  const activeIndexes = indexesOf(pass.active);
  const delayed = new Map<number, Pod>();
  for (const pod of tracked) {
    const index = completionIndex(pod);
    if (index === undefined || !isPodFailed(pod, job)) continue;
    if (pass.succeededIndexes.has(index) || failed.has(index) || activeIndexes.has(index)) continue;
    const known = delayed.get(index);
    if (known === undefined || failuresOf(known) < failuresOf(pod) || finishTime(known) <= finishTime(pod)) {
      delayed.set(index, pod);
    }
  }
  pass.delayedPods = delayed;
}

function failuresOf(pod: Pod): number {
  const { counted, ignored } = indexFailures(pod);
  return counted + ignored;
}

function isIndexFailed(job: Job, pod: Pod): boolean {
  if (!isPodFailed(pod, job)) return false;
  const match = matchFailurePolicy(job, pod);
  if (match.action === 'FailIndex') return true;
  return match.isCounted && indexFailures(pod).counted >= (job.spec.backoffLimitPerIndex ?? 0);
}

/** Sets the condition that ends the Job: what was decided before, then failures, then early success. */
function judge(pass: JobPass): void {
  const { job, pods, status, context } = pass;
  const { now } = context;
  const target = (reason: string, message: string): JobCondition =>
    newCondition('FailureTarget', 'True', { reason, message, now });
  const known = trueCondition(status, 'SuccessCriteriaMet') ?? trueCondition(status, 'FailureTarget');
  if (known !== undefined) {
    pass.finished = known;
    return;
  }
  const policy = pods.filter((pod) => isPodFailed(pod, job)).map((pod) => matchFailurePolicy(job, pod).message);
  const message = job.spec.podFailurePolicy === undefined ? undefined : policy.find((text) => text !== undefined);
  if (message !== undefined) {
    pass.finished = target('PodFailurePolicy', message);
  } else if (pass.failed > (job.spec.backoffLimit ?? 6) || exceedsRestarts(job, pods)) {
    pass.finished = target('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  } else if (isPastDeadline(pass)) {
    pass.finished = target('DeadlineExceeded', 'Job was active longer than specified deadline');
  } else if (isIndexed(job)) {
    pass.finished = judgeIndexes(pass, target);
  }
}

function judgeIndexes(
  { job, failedIndexes, succeededIndexes, context }: JobPass,
  target: (reason: string, message: string) => JobCondition,
): JobCondition | undefined {
  const { maxFailedIndexes, completions = 0 } = job.spec;
  const failed = failedIndexes?.size ?? 0;
  if (maxFailedIndexes !== undefined && failed > maxFailedIndexes) {
    return target('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes');
  }
  if (failed > 0 && failed + succeededIndexes.size >= completions) {
    return target('FailedIndexes', 'Job has failed indexes');
  }
  if (succeededIndexes.size === 0) return undefined;
  const rules = job.spec.successPolicy?.rules ?? [];
  const met = rules.findIndex((rule) => {
    if (rule.succeededIndexes === undefined) {
      return rule.succeededCount !== undefined && succeededIndexes.size >= rule.succeededCount;
    }
    const required = parseIndexes(rule.succeededIndexes, completions);
    const have = [...required].filter((index) => succeededIndexes.has(index)).length;
    return required.size > 0 && (have === required.size || have >= (rule.succeededCount ?? Number.POSITIVE_INFINITY));
  });
  if (met < 0) return undefined;
  const message = `Matched rules at index ${met}`;
  return newCondition('SuccessCriteriaMet', 'True', { reason: 'SuccessPolicy', message, now: context.now });
}

function deadlineWait({ job, status, context }: JobPass): Duration | undefined {
  const { activeDeadlineSeconds } = job.spec;
  if (activeDeadlineSeconds === undefined || isSuspended(job) || status.startTime === undefined) return undefined;
  return parseTime(status.startTime) + activeDeadlineSeconds * SECOND - context.now;
}

function isPastDeadline(pass: JobPass): boolean {
  return (deadlineWait(pass) ?? 1) <= 0;
}

/** The Job has ended: its pods must. */
function stop(pass: JobPass): Managed {
  const result = removePods(pass, pass.active);
  if (pass.active.length > 0) pass.finished = undefined;
  return result;
}

/** The Job goes on: pods are made or deleted, and it may be complete. */
function work(pass: JobPass): Managed {
  const { job, context } = pass;
  if (job.metadata.deletionTimestamp !== undefined) return {};
  const managed = manageJob(pass);
  const { completions } = job.spec;
  const enough = completions === undefined ? pass.succeeded > 0 : pass.succeeded >= completions;
  if (enough && pass.active.length === 0) {
    pass.finished = newCondition('SuccessCriteriaMet', 'True', {
      reason: 'CompletionsReached',
      message: 'Reached expected number of succeeded pods',
      now: context.now,
    });
  } else {
    noteSuspension(pass);
  }
  return managed;
}

function noteSuspension(pass: JobPass): void {
  const { job, context } = pass;
  const suspended = isSuspended(job);
  const wanted = newCondition('Suspended', suspended ? 'True' : 'False', {
    reason: suspended ? 'JobSuspended' : 'JobResumed',
    message: suspended ? 'Job suspended' : 'Job resumed',
    now: context.now,
  });
  const before = pass.status.conditions ?? [];
  const conditions = ensureCondition(before, wanted, context);
  if (conditions === before) return;
  pass.status = { ...pass.status, conditions, ...(suspended ? {} : { startTime: formatTime(context.now) }) };
  context.event(job, 'Normal', suspended ? 'Suspended' : 'Resumed', wanted.message ?? '');
}

function withCounts({ status, active, ready, terminating }: JobPass): JobPass['status'] {
  const { active: _, ...rest } = status;
  return { ...rest, ...(active.length === 0 ? {} : { active: active.length }), ready, terminating };
}
