/**
 * The CronJob controller (pkg/controller/cronjob v1.34): starts the most recent run that is due, minds the concurrency
 * policy and the starting deadline, keeps the list of active Jobs and trims the history.
 */
import { deepEqual } from '../apimachinery/json.ts';
import type { CronJob, Job } from '../apimachinery/kinds.ts';
import type { KubeObject } from '../apimachinery/object.ts';
import { controllerOf, newControllerRef } from '../apimachinery/owner.ts';
import { isApiError } from '../apimachinery/status.ts';
import { type Duration, formatTime, type Instant, parseTime, SECOND } from '../apimachinery/time.ts';
import type { Controller, ReconcileContext, Requeue } from './controller.ts';
import { CronError, type CronSchedule, isTimeZone, parseCron } from './cron-schedule.ts';
import { isNamespaceTerminating } from './pod-control.ts';
import { ownerKeys, watchSelf } from './watching.ts';

const SCHEDULED_AT = 'batch.kubernetes.io/cronjob-scheduled-timestamp';
/** Upstream looks again a little after the time, to be sure that it is over. */
const AFTER_TIME: Duration = 100;
const MANY_MISSED = 100;

type CronJobStatus = NonNullable<CronJob['status']>;
type ActiveReference = NonNullable<CronJobStatus['active']>[number];

export function createCronJobController(): Controller {
  return {
    name: 'cronjob-controller',
    watches: [watchSelf('cronjobs.batch'), { resource: 'jobs.batch', keys: (change) => ownerKeys(change, 'CronJob') }],
    reconcile(key, context) {
      const cronJob = context.client.find<CronJob>('cronjobs.batch', key);
      if (cronJob === undefined) return undefined;
      const jobs = context.client
        .list<Job>('jobs.batch', { namespace: cronJob.metadata.namespace ?? '' })
        .filter((job) => controllerOf(job)?.uid === cronJob.metadata.uid);
      const run: Run = { cronJob, context, status: cronJob.status ?? {} };
      noteJobs(run, jobs);
      const after = startDueJob(run);
      trimHistory(run, jobs);
      if (!deepEqual(run.status, cronJob.status ?? {})) {
        const current = context.client.find<CronJob>('cronjobs.batch', key);
        if (current !== undefined) context.client.updateStatus('cronjobs.batch', { ...current, status: run.status });
      }
      return after;
    },
  };
}

/** One pass; its status is written at the end. */
interface Run {
  readonly cronJob: CronJob;
  readonly context: ReconcileContext;
  status: CronJobStatus;
}

function finishedCondition(job: Job): string | undefined {
  return job.status?.conditions?.find(
    ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
  )?.type;
}

function setActive(run: Run, active: readonly ActiveReference[]): void {
  const { active: _, ...rest } = run.status;
  run.status = active.length === 0 ? rest : { ...rest, active };
}

function removeActive(run: Run, uid: string | undefined): void {
  setActive(
    run,
    (run.status.active ?? []).filter((reference) => reference.uid !== uid),
  );
}

/** Finished Jobs leave the list of active ones; the last success is remembered; lost ones are told. */
function noteJobs(run: Run, jobs: readonly Job[]): void {
  const { cronJob, context } = run;
  for (const job of jobs) {
    const isActive = (run.status.active ?? []).some(({ uid }) => uid === job.metadata.uid);
    const finished = finishedCondition(job);
    if (!isActive && finished === undefined) {
      const message = `Saw a job that the controller did not create or forgot: ${job.metadata.name}`;
      context.event(cronJob, 'Warning', 'UnexpectedJob', message);
    } else if (isActive && finished !== undefined) {
      removeActive(run, job.metadata.uid);
      const message = `Saw completed job: ${job.metadata.name}, condition: ${finished}`;
      context.event(cronJob, 'Normal', 'SawCompletedJob', message);
    }
    const { completionTime } = job.status ?? {};
    if (
      finished === 'Complete' &&
      completionTime !== undefined &&
      completionTime > (run.status.lastSuccessfulTime ?? '')
    ) {
      run.status = { ...run.status, lastSuccessfulTime: completionTime };
    }
  }
  const known = new Set(jobs.map(({ metadata }) => metadata.uid));
  for (const { uid, name = '', namespace = '' } of run.status.active ?? []) {
    if (known.has(uid ?? '') || context.client.find('jobs.batch', { namespace, name }) !== undefined) continue;
    context.event(cronJob, 'Normal', 'MissingJob', `Active job went missing: ${name}`);
    removeActive(run, uid);
  }
}

function startDueJob(run: Run): Requeue | undefined {
  const { cronJob, context } = run;
  const { spec } = cronJob;
  if (cronJob.metadata.deletionTimestamp !== undefined) return undefined;
  if (spec.timeZone !== undefined && !isTimeZone(spec.timeZone)) {
    const message = `invalid timeZone: "${spec.timeZone}": unknown time zone ${spec.timeZone}`;
    context.event(cronJob, 'Warning', 'UnknownTimeZone', message);
    return undefined;
  }
  if (spec.suspend === true) return undefined;
  const schedule = readSchedule(run);
  if (schedule === undefined) return undefined;
  const recent = mostRecent(cronJob, context.now, schedule, { mindsDeadline: true });
  if (recent === undefined) {
    const message = `invalid schedule: ${spec.schedule} : time difference between two schedules is less than 1 second`;
    context.event(cronJob, 'Warning', 'InvalidSchedule', message);
    return undefined;
  }
  if (recent.missed > MANY_MISSED) {
    const message = 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew';
    context.event(cronJob, 'Warning', 'TooManyMissedTimes', message);
  }
  const answer = nextLook(cronJob, context.now, schedule);
  if (recent.time === undefined) return answer;
  start(run, recent.time);
  return answer;
}

function readSchedule({ cronJob, context }: Run): CronSchedule | undefined {
  const { schedule, timeZone } = cronJob.spec;
  const prefixed = /^(?:TZ|CRON_TZ)=(\S+)\s+(.*)$/.exec(schedule);
  try {
    return prefixed === null ? parseCron(schedule, timeZone) : parseCron(prefixed[2] ?? '', prefixed[1]);
  } catch (error) {
    if (!(error instanceof CronError)) throw error;
    context.event(cronJob, 'Warning', 'UnparseableSchedule', `unparseable schedule: "${schedule}" : ${error.message}`);
    return undefined;
  }
}

interface Recent {
  /** From where on runs count. */
  readonly earliest: Instant;
  /** The latest run that is due. */
  readonly time: Instant | undefined;
  readonly missed: number;
}

/** Undefined: the schedule never comes or comes too often. */
function mostRecent(
  cronJob: CronJob,
  now: Instant,
  schedule: CronSchedule,
  { mindsDeadline }: { readonly mindsDeadline: boolean },
): Recent | undefined {
  const { startingDeadlineSeconds } = cronJob.spec;
  let earliest = parseTime(cronJob.status?.lastScheduleTime ?? cronJob.metadata.creationTimestamp);
  if (mindsDeadline && startingDeadlineSeconds !== undefined) {
    earliest = Math.max(earliest, now - startingDeadlineSeconds * SECOND);
  }
  const first = schedule.next(earliest);
  const second = first === undefined ? undefined : schedule.next(first);
  if (first === undefined || second === undefined || second - first < SECOND) return undefined;
  if (now < first) return { earliest, time: undefined, missed: 0 };
  if (now < second) return { earliest, time: first, missed: 1 };
  const interval = Math.round((second - first) / SECOND);
  const missed = Math.trunc((now - first) / SECOND / interval) + 1;
  let time: Instant | undefined;
  // Steps over what was missed, one interval short of the end, since schedules need not be regular.
  let next = schedule.next(first + (missed - 2) * interval * SECOND);
  for (; next !== undefined && next <= now; next = schedule.next(next)) time = next;
  return { earliest, time, missed };
}

function nextLook(cronJob: CronJob, now: Instant, schedule: CronSchedule): Requeue | undefined {
  const recent = mostRecent(cronJob, now, schedule, { mindsDeadline: false });
  const from = recent === undefined ? now : (recent.time ?? (recent.missed === 0 ? recent.earliest : now));
  const next = schedule.next(from);
  return next === undefined ? undefined : { after: Math.max(1, next + AFTER_TIME - now) };
}

/** As Go's RFC1123Z. */
function formatMail(instant: Instant): string {
  return new Date(instant).toUTCString().replace('GMT', '+0000');
}

function start(run: Run, scheduled: Instant): void {
  const { cronJob, context } = run;
  const { startingDeadlineSeconds, concurrencyPolicy } = cronJob.spec;
  if (startingDeadlineSeconds !== undefined && scheduled + startingDeadlineSeconds * SECOND < context.now) {
    const message = `Missed scheduled time to start a job: ${formatMail(scheduled)}`;
    context.event(cronJob, 'Warning', 'MissSchedule', message);
    return;
  }
  const draft = draftJob(cronJob, scheduled);
  const isKnown = (run.status.active ?? []).some(({ name }) => name === draft.metadata.name);
  if (isKnown || run.status.lastScheduleTime === formatTime(scheduled)) return;
  if (concurrencyPolicy === 'Forbid' && (run.status.active ?? []).length > 0) {
    const message = 'Not starting job because prior execution is running and concurrency policy is Forbid';
    context.event(cronJob, 'Normal', 'JobAlreadyActive', message);
    return;
  }
  if (concurrencyPolicy === 'Replace') {
    for (const { name = '', uid } of run.status.active ?? []) deleteJob(run, { name, uid });
  }
  createJob(run, draft, scheduled);
}

/** The time in the CronJob's zone, with its offset. */
function formatInZone(instant: Instant, timeZone: string | undefined): string {
  if (timeZone === undefined || timeZone === 'UTC') return formatTime(instant);
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' }).formatToParts(instant);
  const offset = parts.find(({ type }) => type === 'timeZoneName')?.value.replace('GMT', '') ?? '';
  if (offset === '') return formatTime(instant);
  const [hours = '0', minutes = '0'] = offset.slice(1).split(':');
  const shift = (Number(hours) * 60 + Number(minutes)) * 60_000 * (offset.startsWith('-') ? -1 : 1);
  return formatTime(instant + shift).replace('Z', offset);
}

function draftJob(cronJob: CronJob, scheduled: Instant): KubeObject {
  const { jobTemplate, timeZone } = cronJob.spec;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: `${cronJob.metadata.name}-${Math.trunc(scheduled / 60_000)}`,
      namespace: cronJob.metadata.namespace ?? '',
      labels: jobTemplate.metadata?.labels ?? {},
      annotations: { ...jobTemplate.metadata?.annotations, [SCHEDULED_AT]: formatInZone(scheduled, timeZone) },
      ownerReferences: [newControllerRef(cronJob)],
    },
    spec: jobTemplate.spec ?? {},
  };
}

function createJob(run: Run, draft: KubeObject, scheduled: Instant): void {
  const { cronJob, context } = run;
  let job: Job;
  try {
    job = context.client.create<Job>('jobs.batch', draft);
    context.event(cronJob, 'Normal', 'SuccessfulCreate', `Created job ${job.metadata.name}`);
  } catch (error) {
    if (isNamespaceTerminating(error)) return;
    if (!isApiError(error, 'AlreadyExists')) {
      const message = error instanceof Error ? error.message : String(error);
      context.event(cronJob, 'Warning', 'FailedCreate', `Error creating job: ${message}`);
      throw error;
    }
    const { namespace = '', name = '' } = draft.metadata;
    job = context.client.get<Job>('jobs.batch', { namespace, name });
    if (controllerOf(job)?.uid !== cronJob.metadata.uid || finishedCondition(job) !== undefined) return;
  }
  const { namespace = '', name, uid, resourceVersion } = job.metadata;
  const reference = { kind: 'Job', namespace, name, uid, apiVersion: 'batch/v1', resourceVersion };
  setActive(run, [...(run.status.active ?? []), reference]);
  run.status = { ...run.status, lastScheduleTime: formatTime(scheduled) };
}

function deleteJob(run: Run, { name, uid }: { readonly name: string; readonly uid: string | undefined }): void {
  const { cronJob, context } = run;
  const namespace = cronJob.metadata.namespace ?? '';
  try {
    context.client.delete('jobs.batch', { namespace, name }, { propagationPolicy: 'Background' });
    context.event(cronJob, 'Normal', 'SuccessfulDelete', `Deleted job ${name}`);
  } catch (error) {
    if (!isApiError(error, 'NotFound')) {
      const message = error instanceof Error ? error.message : String(error);
      context.event(cronJob, 'Warning', 'FailedDelete', `Deleted job: ${message}`);
      throw error;
    }
  }
  removeActive(run, uid);
}

function trimHistory(run: Run, jobs: readonly Job[]): void {
  const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = run.cronJob.spec;
  trim(
    run,
    jobs.filter((job) => finishedCondition(job) === 'Complete'),
    successfulJobsHistoryLimit,
  );
  trim(
    run,
    jobs.filter((job) => finishedCondition(job) === 'Failed'),
    failedJobsHistoryLimit,
  );
}

function trim(run: Run, jobs: readonly Job[], limit: number | undefined): void {
  if (limit === undefined || jobs.length <= limit) return;
  const order = ({ status, metadata }: Job) => `${status?.startTime ?? ''} ${metadata.name}`;
  const oldest = [...jobs].sort((a, b) => (order(a) < order(b) ? -1 : 1)).slice(0, jobs.length - limit);
  for (const { metadata } of oldest) deleteJob(run, { name: metadata.name, uid: metadata.uid });
}
