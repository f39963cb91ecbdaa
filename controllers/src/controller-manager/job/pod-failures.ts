/**
 * Failed pods of a Job: which count, which end the Job, when they ended, and how long to wait before the next
 * (pkg/controller/job pod_failure_policy.go and backoff_utils.go v1.34).
 */
import type { ContainerStatus, Job, Pod } from '../../apimachinery/kinds.ts';
import { isSidecar, podCondition } from '../../apimachinery/pod.ts';
import { type Duration, type Instant, MINUTE, parseTime, SECOND } from '../../apimachinery/time.ts';

const FIRST_BACK_OFF: Duration = 10 * SECOND;
const MAX_BACK_OFF: Duration = 10 * MINUTE;

/** Only pods that have fully ended are replaced; those that are being deleted do not count as failed yet. */
export function onlyReplaceFailed(job: Job): boolean {
  return job.spec.podReplacementPolicy === 'Failed' || job.spec.podFailurePolicy !== undefined;
}

export function isPodFailed(pod: Pod, job: Job): boolean {
  if (pod.status?.phase === 'Failed') return true;
  if (onlyReplaceFailed(job)) return false;
  return pod.metadata.deletionTimestamp !== undefined && pod.status?.phase !== 'Succeeded';
}

export interface PolicyMatch {
  readonly action: 'FailJob' | 'FailIndex' | 'Ignore' | 'Count' | undefined;
  readonly isCounted: boolean;
  /** Why the Job fails. */
  readonly message?: string;
}

/** What the Job's policy says of a failed pod: the first rule that matches decides. */
export function matchFailurePolicy(job: Job, pod: Pod): PolicyMatch {
  for (const [index, rule] of (job.spec.podFailurePolicy?.rules ?? []).entries()) {
    const subject = ruleSubject(rule, pod);
    if (subject === undefined) continue;
    if (rule.action === 'Ignore') return { action: 'Ignore', isCounted: false };
    if (rule.action === 'FailJob') {
      const message = `${subject} matching FailJob rule at index ${index}`;
      return { action: 'FailJob', isCounted: true, message };
    }
    return { action: rule.action === 'FailIndex' ? 'FailIndex' : 'Count', isCounted: true };
  }
  return { action: undefined, isCounted: true };
}

type Rule = NonNullable<Job['spec']['podFailurePolicy']>['rules'][number];

/** The words about what a rule matched in a pod. */
function ruleSubject(rule: Rule, pod: Pod): string | undefined {
  const about = `${pod.metadata.namespace}/${pod.metadata.name}`;
  const { onExitCodes, onPodConditions } = rule;
  if (onExitCodes !== undefined) {
    const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
    const found = statuses.find(({ name, state }) => {
      const code = state?.terminated?.exitCode ?? 0;
      if (code === 0 || (onExitCodes.containerName !== undefined && onExitCodes.containerName !== name)) return false;
      return onExitCodes.values.includes(code) === (onExitCodes.operator === 'In');
    });
    if (found === undefined) return undefined;
    return `Container ${found.name} for pod ${about} failed with exit code ${found.state?.terminated?.exitCode}`;
  }
  const condition = pod.status?.conditions?.find(({ type, status }) =>
    (onPodConditions ?? []).some((pattern) => pattern.type === type && (pattern.status ?? 'True') === status),
  );
  return condition === undefined ? undefined : `Pod ${about} has condition ${condition.type}`;
}

/** When a pod ended: by its containers, else its readiness, its deletion, its creation. */
export function finishTime(pod: Pod): Instant {
  const sidecars = new Set((pod.spec.initContainers ?? []).filter(isSidecar).map(({ name }) => name));
  const statuses: readonly ContainerStatus[] = [
    ...(pod.status?.containerStatuses ?? []),
    ...(pod.status?.initContainerStatuses ?? []).filter(({ name }) => sidecars.has(name)),
  ];
  const ends = statuses.map(({ state }) => parseTime(state?.terminated?.finishedAt ?? ''));
  if (ends.length > 0 && !ends.some(Number.isNaN)) return Math.max(...ends);
  const ready = podCondition(pod, 'Ready');
  const turned = parseTime(ready?.lastTransitionTime ?? '');
  if (ready?.status === 'False' && !Number.isNaN(turned)) return turned;
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, creationTimestamp } = pod.metadata;
  if (deletionTimestamp !== undefined) return parseTime(deletionTimestamp) - deletionGracePeriodSeconds * SECOND;
  return parseTime(creationTimestamp);
}

/** How long to wait after so many failures in a row, the last of them at an instant. */
export function remainingBackOff(failures: number, last: Instant, now: Instant): Duration {
  if (failures === 0) return 0;
  const delay = Math.min(FIRST_BACK_OFF * 2 ** (failures - 1), MAX_BACK_OFF);
  return Math.max(0, delay - (now - last));
}

/** The wait of the Job as a whole: failures since the last success. */
export function jobBackOff(job: Job, pods: readonly Pod[], now: Instant): Duration {
  const successes = pods.filter(({ status }) => status?.phase === 'Succeeded').map(finishTime);
  const lastSuccess = Math.max(Number.NEGATIVE_INFINITY, ...successes);
  const failures = pods
    .filter((pod) => isPodFailed(pod, job))
    .map(finishTime)
    .filter((time) => time > lastSuccess);
  return remainingBackOff(failures.length, Math.max(Number.NEGATIVE_INFINITY, ...failures), now);
}

/** With restartPolicy OnFailure the containers' restarts count, not the pods. */
export function exceedsRestarts(job: Job, pods: readonly Pod[]): boolean {
  if (job.spec.template.spec?.restartPolicy !== 'OnFailure') return false;
  const restarts = pods
    .filter(({ status }) => status?.phase === 'Running' || status?.phase === 'Pending')
    .flatMap(({ status }) => [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])])
    .reduce((sum, { restartCount }) => sum + restartCount, 0);
  const limit = job.spec.backoffLimit ?? 6;
  return limit === 0 ? restarts > 0 : restarts >= limit;
}
