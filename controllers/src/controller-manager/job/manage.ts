/**
 * Making and deleting the pods of a Job (pkg/controller/job manageJob v1.34): in one pass either makes or deletes, at
 * most 500, and waits after failures.
 */
import type { Job, Pod, PodTemplateSpec } from '../../apimachinery/kinds.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { isPodActive, isPodReady, isPodTerminal } from '../../apimachinery/pod.ts';
import type { Duration } from '../../apimachinery/time.ts';
import { createPod, deletePod, isNamespaceTerminating, podFromTemplate } from '../pod-control.ts';
import { inDeletionOrder } from '../pod-ranking.ts';
import {
  completionIndex,
  FAILURE_COUNT_KEY,
  IGNORED_FAILURE_COUNT_KEY,
  INDEX_KEY,
  indexesOf,
  indexFailures,
} from './indexes.ts';
import { isIndexed, isSuspended, type JobPass, TRACKING_FINALIZER } from './job-pass.ts';
import { finishTime, jobBackOff, matchFailurePolicy, onlyReplaceFailed, remainingBackOff } from './pod-failures.ts';
import { removeTracking } from './tracking.ts';

const MAX_PER_PASS = 500;
const INDEX_VARIABLE = 'JOB_COMPLETION_INDEX';

/** What is left of the work: an error to report, and when to look again. */
export interface Managed {
  readonly error?: unknown;
  readonly retryAfter?: Duration;
}

/** Deletes pods that the Job does not want any more; they do not count as failed, so they are let go first. */
function dropPods(pass: JobPass, pods: readonly Pod[]): Managed {
  for (const pod of pods) removeTracking(pod, pass.context);
  return removePods(pass, pods);
}

/** Deletes pods of the Job and takes them out of the counts. */
export function removePods(pass: JobPass, pods: readonly Pod[]): Managed {
  let error: unknown;
  const gone = new Set<Pod>();
  for (const pod of pods) {
    try {
      deletePod(pod, pass.job, pass.context);
      gone.add(pod);
    } catch (cause) {
      error ??= cause;
    }
  }
  pass.active = pass.active.filter((pod) => !gone.has(pod));
  pass.terminating += gone.size;
  pass.ready -= [...gone].filter(isPodReady).length;
  return error === undefined ? {} : { error };
}

export function manageJob(pass: JobPass): Managed {
  const { job } = pass;
  if (isSuspended(job)) return dropPods(pass, toRemove(pass, pass.active.length));
  const wanted = wantedActive(pass);
  const surplus = toRemove(pass, Math.max(0, pass.active.length - wanted)).slice(0, MAX_PER_PASS);
  if (surplus.length > 0) return dropPods(pass, surplus);
  const terminating = onlyReplaceFailed(job) ? pass.terminating : 0;
  const missing = Math.min(wanted - terminating - pass.active.length, MAX_PER_PASS);
  return missing > 0 ? createMissing(pass, missing) : {};
}

function wantedActive({ job, active, succeeded }: JobPass): number {
  const { completions, parallelism = 1 } = job.spec;
  // A work queue: after one success nothing new is started.
  if (completions === undefined) return succeeded > 0 ? active.length : parallelism;
  return Math.max(0, Math.min(completions - succeeded, parallelism));
}

/** Doubles of an index and indexes beyond the completions go in any case. */
function toRemove({ job, active, context }: JobPass, atLeast: number): readonly Pod[] {
  const ordered = inDeletionOrder(active, { related: [], now: context.now });
  if (!isIndexed(job)) return ordered.slice(0, atLeast);
  const kept = new Map<number, Pod>();
  const remove: Pod[] = [];
  for (const pod of ordered.toReversed()) {
    const index = completionIndex(pod);
    if (index === undefined || index >= (job.spec.completions ?? 0) || kept.has(index)) remove.push(pod);
    else kept.set(index, pod);
  }
  const left = ordered.filter((pod) => !remove.includes(pod));
  return [...remove, ...left.slice(0, Math.max(0, atLeast - remove.length))];
}

function createMissing(pass: JobPass, missing: number): Managed {
  const { job, pods, context } = pass;
  const isPerIndex = job.spec.backoffLimitPerIndex !== undefined;
  if (!isPerIndex) {
    const wait = jobBackOff(job, pods, context.now);
    if (wait > 0) return { retryAfter: wait };
  }
  if (!isIndexed(job))
    return create(
      pass,
      Array.from({ length: missing }, () => draftPod(job)),
    );
  const indexes = pendingIndexes(pass, missing);
  if (!isPerIndex)
    return create(
      pass,
      indexes.map((index) => draftIndexed(pass, index)),
    );
  const waits = new Map(indexes.map((index) => [index, indexWait(pass, index)]));
  const due = indexes.filter((index) => waits.get(index) === 0);
  if (due.length > 0 || indexes.length === 0)
    return create(
      pass,
      due.map((index) => draftIndexed(pass, index)),
    );
  return { retryAfter: Math.min(...waits.values()) };
}

function indexWait({ delayedPods, context }: JobPass, index: number): Duration {
  const failed = delayedPods.get(index);
  if (failed === undefined) return 0;
  const { counted, ignored } = indexFailures(failed);
  return remainingBackOff(counted + ignored + 1, finishTime(failed), context.now);
}

function pendingIndexes(
  { job, pods, active, succeededIndexes, failedIndexes }: JobPass,
  count: number,
): readonly number[] {
  const taken = new Set([...succeededIndexes, ...indexesOf(active), ...(failedIndexes ?? [])]);
  if (onlyReplaceFailed(job)) {
    const ending = pods.filter((pod) => !isPodActive(pod) && !isPodTerminal(pod));
    for (const index of indexesOf(ending)) taken.add(index);
  }
  const pending: number[] = [];
  for (let index = 0; index < (job.spec.completions ?? 0) && pending.length < count; index++) {
    if (!taken.has(index)) pending.push(index);
  }
  return pending;
}

function trackedTemplate(job: Job): PodTemplateSpec {
  const { template } = job.spec;
  const finalizers = template.metadata?.finalizers ?? [];
  return {
    ...template,
    metadata: {
      ...template.metadata,
      finalizers: finalizers.includes(TRACKING_FINALIZER) ? finalizers : [...finalizers, TRACKING_FINALIZER],
    },
  };
}

function draftPod(job: Job): KubeObject {
  return podFromTemplate(trackedTemplate(job), job);
}

/** The pod of an index: its name, hostname, annotation, label and environment. */
function draftIndexed(pass: JobPass, index: number): KubeObject {
  const { job } = pass;
  const template = trackedTemplate(job);
  const variable = {
    name: INDEX_VARIABLE,
    valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: `metadata.labels['${INDEX_KEY}']` } },
  };
  const withVariable = <T extends { readonly env?: readonly { readonly name: string }[] }>(container: T): T =>
    container.env?.some(({ name }) => name === INDEX_VARIABLE)
      ? container
      : { ...container, env: [...(container.env ?? []), variable] };
  const { spec } = template;
  const { generateName, ...metadata } = podFromTemplate(template, job).metadata;
  return {
    ...podFromTemplate(template, job),
    metadata: {
      ...metadata,
      generateName: `${generateName ?? `${job.metadata.name}-`}${index}-`,
      annotations: { ...metadata.annotations, [INDEX_KEY]: String(index), ...failureAnnotations(pass, index) },
      labels: { ...metadata.labels, [INDEX_KEY]: String(index) },
    },
    spec: {
      ...spec,
      containers: (spec?.containers ?? []).map(withVariable),
      ...(spec?.initContainers === undefined ? {} : { initContainers: spec.initContainers.map(withVariable) }),
      hostname: `${job.metadata.name}-${index}`,
    },
  };
}

function failureAnnotations({ job, delayedPods }: JobPass, index: number): Readonly<Record<string, string>> {
  if (job.spec.backoffLimitPerIndex === undefined) return {};
  const replaced = delayedPods.get(index);
  if (replaced === undefined) return { [FAILURE_COUNT_KEY]: '0' };
  const { counted, ignored } = indexFailures(replaced);
  const isCounted = matchFailurePolicy(job, replaced).isCounted;
  const allIgnored = ignored + (isCounted ? 0 : 1);
  return {
    [FAILURE_COUNT_KEY]: String(counted + (isCounted ? 1 : 0)),
    ...(allIgnored === 0 ? {} : { [IGNORED_FAILURE_COUNT_KEY]: String(allIgnored) }),
  };
}

/** In batches of 1, 2, 4, ...; one in which a pod fails is the last. */
function create(pass: JobPass, drafts: readonly KubeObject[]): Managed {
  const created: Pod[] = [];
  let error: unknown;
  for (let start = 0, size = 1; start < drafts.length && error === undefined; start += size, size *= 2) {
    for (const draft of drafts.slice(start, start + size)) {
      try {
        created.push(createPod(draft, pass.job, pass.context));
      } catch (cause) {
        if (!isNamespaceTerminating(cause)) error ??= cause;
      }
    }
  }
  pass.active = [...pass.active, ...created];
  return error === undefined ? {} : { error };
}
