/**
 * How many replicas a metric asks for (pkg/controller/podautoscaler/replica_calculator.go v1.34): usage against target
 * over the pods that are ready; pods without metrics count as full when scaling down and as idle when scaling up; within
 * a tenth of the target nothing changes.
 */
import type { Pod } from '../../apimachinery/kinds.ts';
import { podCondition } from '../../apimachinery/pod.ts';
import { milliValue, parseQuantity, wholeValue } from '../../apimachinery/quantity.ts';
import { type Duration, type Instant, MINUTE, parseTime, SECOND } from '../../apimachinery/time.ts';

/** What a pod uses, by container; thousandths of cores and bytes. */
export interface PodMetrics {
  usage(pod: Pod): readonly { readonly name: string; readonly cpu: number; readonly memory: number }[] | undefined;
}

export interface CalculationRequest {
  readonly resource: 'cpu' | 'memory';
  /** Only this container; undefined: all. */
  readonly container: string | undefined;
  readonly target: { readonly utilization: number } | { readonly averageValue: number };
  readonly currentReplicas: number;
  readonly pods: readonly Pod[];
  readonly metrics: PodMetrics;
  readonly tolerance: { readonly up: number; readonly down: number };
  readonly now: Instant;
}

export interface Calculation {
  readonly replicas: number;
  /** Percent of the requests; undefined with an average value. */
  readonly utilization: number | undefined;
  readonly averageValue: number;
  /** Pods are still settling: the answer may change without a change of objects. */
  readonly isUnsettled: boolean;
}

const INITIALIZATION: Duration = 5 * MINUTE;
const READINESS_DELAY: Duration = 30 * SECOND;
/** Metrics cover a minute, as metrics-server's. */
const WINDOW: Duration = 60 * SECOND;

/** Why there is no answer. */
export class MetricsError extends Error {
  override readonly name = 'MetricsError';
}

interface Groups {
  readonly ready: readonly Pod[];
  readonly unready: readonly Pod[];
  readonly missing: readonly Pod[];
  readonly isUnsettled: boolean;
}

function usageOf(request: CalculationRequest, pod: Pod): number | undefined {
  const usage = request.metrics.usage(pod);
  if (usage === undefined) return undefined;
  return usage
    .filter(({ name }) => request.container === undefined || name === request.container)
    .reduce((sum, each) => sum + each[request.resource], 0);
}

function groupPods(request: CalculationRequest): Groups {
  const ready: Pod[] = [];
  const unready: Pod[] = [];
  const missing: Pod[] = [];
  let isUnsettled = false;
  for (const pod of request.pods) {
    if (pod.metadata.deletionTimestamp !== undefined || pod.status?.phase === 'Failed') continue;
    if (pod.status?.phase === 'Pending') unready.push(pod);
    else if (usageOf(request, pod) === undefined) missing.push(pod);
    else {
      const state = request.resource === 'cpu' ? cpuState(pod, request.now) : { isReady: true, isSettling: false };
      if (state.isSettling) isUnsettled = true;
      (state.isReady ? ready : unready).push(pod);
    }
  }
  return { ready, unready, missing, isUnsettled: isUnsettled || unready.length + missing.length > 0 };
}

/** CPU of the first minutes does not count, unless the pod has been ready for a whole window. */
function cpuState(pod: Pod, now: Instant): { readonly isReady: boolean; readonly isSettling: boolean } {
  const ready = podCondition(pod, 'Ready');
  const start = parseTime(pod.status?.startTime ?? '');
  if (ready === undefined || Number.isNaN(start)) return { isReady: false, isSettling: true };
  const turned = parseTime(ready.lastTransitionTime ?? '');
  if (start + INITIALIZATION > now) {
    const isReady = ready.status !== 'False' && now >= turned + WINDOW;
    return { isReady, isSettling: !isReady };
  }
  const isReady = !(ready.status === 'False' && start + READINESS_DELAY > turned);
  return { isReady, isSettling: false };
}

function requestOf(request: CalculationRequest, pod: Pod): number {
  let sum = 0;
  for (const { name, resources } of pod.spec.containers) {
    if (request.container !== undefined && request.container !== name) continue;
    const text = resources?.requests?.[request.resource];
    if (text === undefined) {
      throw new MetricsError(
        `missing request for ${request.resource} in container ${name} of Pod ${pod.metadata.name}`,
      );
    }
    const quantity = parseQuantity(text);
    sum += request.resource === 'cpu' ? milliValue(quantity) : wholeValue(quantity);
  }
  return sum;
}

interface Ratio {
  readonly ratio: number;
  readonly utilization: number | undefined;
  readonly averageValue: number;
}

function ratioOf(request: CalculationRequest, values: ReadonlyMap<Pod, number>): Ratio {
  const total = [...values.values()].reduce((sum, value) => sum + value, 0);
  const averageValue = Math.trunc(total / values.size);
  if ('averageValue' in request.target) {
    return { ratio: averageValue / request.target.averageValue, utilization: undefined, averageValue };
  }
  const requested = [...values.keys()].reduce((sum, pod) => sum + requestOf(request, pod), 0);
  if (requested === 0) throw new MetricsError('no metrics returned matched known pods');
  const utilization = Math.trunc((total * 100) / requested);
  return { ratio: utilization / request.target.utilization, utilization, averageValue };
}

/** Throws MetricsError. */
export function calculateReplicas(request: CalculationRequest): Calculation {
  const { currentReplicas, pods, tolerance } = request;
  if (pods.length === 0) throw new MetricsError('no pods returned by selector while calculating replica count');
  const { ready, unready, missing, isUnsettled } = groupPods(request);
  const values = new Map(ready.map((pod) => [pod, usageOf(request, pod) ?? 0]));
  if (values.size === 0) throw new MetricsError('did not receive metrics for targeted pods (pods might be unready)');
  if ('utilization' in request.target) for (const pod of pods) requestOf(request, pod);
  const first = ratioOf(request, values);
  const answer = (replicas: number): Calculation => ({
    replicas,
    utilization: first.utilization,
    averageValue: first.averageValue,
    isUnsettled,
  });
  const isWithin = (ratio: number) => ratio >= 1 - tolerance.down && ratio <= 1 + tolerance.up;
  const countsUnready = unready.length > 0 && first.ratio > 1;
  if (!countsUnready && missing.length === 0) {
    return answer(isWithin(first.ratio) ? currentReplicas : Math.ceil(first.ratio * ready.length));
  }
  for (const pod of missing) {
    if (first.ratio < 1) values.set(pod, fullUsage(request, pod));
    else if (first.ratio > 1) values.set(pod, 0);
  }
  if (countsUnready) for (const pod of unready) values.set(pod, 0);
  const { ratio } = ratioOf(request, values);
  if (isWithin(ratio) || (first.ratio < 1 && ratio > 1) || (first.ratio > 1 && ratio < 1))
    return answer(currentReplicas);
  const replicas = Math.ceil(ratio * values.size);
  const isContrary = (ratio < 1 && replicas > currentReplicas) || (ratio > 1 && replicas < currentReplicas);
  return answer(isContrary ? currentReplicas : replicas);
}

/** What a pod without metrics is taken to use when scaling down. */
function fullUsage(request: CalculationRequest, pod: Pod): number {
  if ('averageValue' in request.target) return request.target.averageValue;
  return (requestOf(request, pod) * Math.max(100, request.target.utilization)) / 100;
}
