/**
 * The HorizontalPodAutoscaler (pkg/controller/podautoscaler v1.34) on the kubelets' usage: every 15 s while something is
 * in flux; when nothing can change by itself it waits for a change.
 */
import { deepEqual } from '../../apimachinery/json.ts';
import type { HorizontalPodAutoscaler } from '../../apimachinery/kinds.ts';
import { parseGroupVersion } from '../../apimachinery/resource.ts';
import { isApiError } from '../../apimachinery/status.ts';
import { type Duration, formatTime, type Instant, parseTime, SECOND } from '../../apimachinery/time.ts';
import type { Controller, ReconcileContext, Requeue } from '../controller.ts';
import type { KindLookup } from '../garbage-collector.ts';
import { keyOf, watchSelf } from '../watching.ts';
import { propose, type Target } from './metric-proposal.ts';
import { MetricsError, type PodMetrics } from './replica-calculator.ts';
import { limitReplicas, newScalingMemory, noteScaling, type ScalingMemory } from './scaling-limits.ts';

const RESOURCE = 'horizontalpodautoscalers.autoscaling';
const PERIOD: Duration = 15 * SECOND;

type Spec = HorizontalPodAutoscaler['spec'];
type Metric = NonNullable<Spec['metrics']>[number];
type Status = NonNullable<HorizontalPodAutoscaler['status']>;
type Condition = NonNullable<Status['conditions']>[number];

export interface AutoscalerOptions {
  readonly kinds: KindLookup;
  /** Undefined: the cluster has no metrics API. */
  readonly metrics: PodMetrics | undefined;
}

/** One pass. */
interface Pass {
  readonly hpa: HorizontalPodAutoscaler;
  readonly context: ReconcileContext;
  readonly memory: ScalingMemory;
  readonly metrics: PodMetrics | undefined;
  conditions: readonly Condition[];
}

export function createHorizontalPodAutoscalerController({ kinds, metrics }: AutoscalerOptions): Controller {
  const memories = new Map<string, ScalingMemory>();
  return {
    name: 'horizontal-pod-autoscaler-controller',
    eventSource: 'horizontal-pod-autoscaler',
    watches: [
      watchSelf(RESOURCE),
      {
        resource: 'pods',
        keys: ({ object }, client) => client.list(RESOURCE, { namespace: object.metadata.namespace ?? '' }).map(keyOf),
      },
    ],
    reconcile(key, context) {
      const hpa = context.client.find<HorizontalPodAutoscaler>(RESOURCE, key);
      if (hpa === undefined) return undefined;
      const memory = memories.get(hpa.metadata.uid) ?? newScalingMemory();
      memories.set(hpa.metadata.uid, memory);
      const wait = memory.turn === context.now ? PERIOD : waitForTurn(hpa, context.now);
      if (wait > 0) return { after: wait };
      memory.turn = context.now;
      return sync({ hpa, context, memory, metrics, conditions: hpa.status?.conditions ?? [] }, kinds);
    },
  };
}

/** Its turns come every 15 s from its creation on. */
function waitForTurn(hpa: HorizontalPodAutoscaler, now: Instant): Duration {
  const age = now - parseTime(hpa.metadata.creationTimestamp);
  return age <= 0 ? PERIOD - age : (PERIOD - (age % PERIOD)) % PERIOD;
}

function setCondition(
  pass: Pass,
  type: string,
  status: 'True' | 'False',
  detail: { reason: string; message: string },
): void {
  const known = pass.conditions.find((condition) => condition.type === type);
  const lastTransitionTime =
    known?.status === status && known.lastTransitionTime !== undefined
      ? known.lastTransitionTime
      : formatTime(pass.context.now);
  const next: Condition = { type, status, lastTransitionTime, ...detail };
  pass.conditions =
    known === undefined
      ? [...pass.conditions, next]
      : pass.conditions.map((condition) => (condition === known ? next : condition));
}

function writeStatus(pass: Pass, changes: Partial<Status>): void {
  const { hpa, context } = pass;
  const current = context.client.find<HorizontalPodAutoscaler>(RESOURCE, keyOf(hpa));
  if (current === undefined) return;
  const status = { desiredReplicas: 0, ...current.status, ...changes, conditions: pass.conditions };
  if (!deepEqual(status, current.status)) context.client.updateStatus(RESOURCE, { ...current, status });
}

function sync(pass: Pass, kinds: KindLookup): Requeue | undefined {
  const { hpa, context } = pass;
  const { scaleTargetRef, minReplicas = 1, maxReplicas } = hpa.spec;
  const group = parseGroupVersion(scaleTargetRef.apiVersion ?? '')?.group ?? '';
  const resource = kinds.byKind(group, scaleTargetRef.kind)?.resource;
  const key = { namespace: hpa.metadata.namespace ?? '', name: scaleTargetRef.name };
  const target = resource === undefined ? undefined : context.client.find<Target>(resource, key);
  if (resource === undefined || target === undefined) return noTarget(pass, scaleTargetRef);
  setCondition(pass, 'AbleToScale', 'True', {
    reason: 'SucceededGetScale',
    message: "the HPA controller was able to get the target's current scale",
  });
  const current = target.spec.replicas ?? 1;
  if (pass.memory.recommendations.length === 0) {
    pass.memory.recommendations = [{ replicas: current, at: context.now }];
  }
  if (current === 0 && minReplicas !== 0) {
    const message = 'scaling is disabled since the replica count of the target is zero';
    setCondition(pass, 'ScalingActive', 'False', { reason: 'ScalingDisabled', message });
    writeStatus(pass, { currentReplicas: current, desiredReplicas: 0 });
    return undefined;
  }
  if (current > maxReplicas || current < minReplicas) {
    const isAbove = current > maxReplicas;
    const reason = `Current number of replicas ${isAbove ? 'above Spec.MaxReplicas' : 'below Spec.MinReplicas'}`;
    rescale(pass, { resource, key, from: current, to: isAbove ? maxReplicas : minReplicas, reason });
    return { after: PERIOD };
  }
  return byMetrics(pass, { resource, key, target, current });
}

function noTarget(pass: Pass, { kind, name }: Spec['scaleTargetRef']): Requeue {
  const error = `${kind.toLowerCase()}s/scale "${name}" not found`;
  pass.context.event(pass.hpa, 'Warning', 'FailedGetScale', error);
  const message = `the HPA controller was unable to get the target's current scale: ${error}`;
  setCondition(pass, 'AbleToScale', 'False', { reason: 'FailedGetScale', message });
  writeStatus(pass, {});
  return { after: PERIOD };
}

interface Scaled {
  readonly resource: string;
  readonly key: { readonly namespace: string; readonly name: string };
  readonly target: Target;
  readonly current: number;
}

function byMetrics(pass: Pass, { resource, key, target, current }: Scaled): Requeue | undefined {
  const { hpa, context, memory } = pass;
  const result = compute(pass, target, current);
  if (result === undefined) return { after: PERIOD };
  const { minReplicas: min = 1, maxReplicas: max, behavior } = hpa.spec;
  const limited = limitReplicas(memory, { current, desired: result.replicas, min, max, behavior, now: context.now });
  setCondition(pass, 'AbleToScale', 'True', limited.stability);
  const { isLimited, ...limit } = limited.limit;
  setCondition(pass, 'ScalingLimited', isLimited ? 'True' : 'False', limit);
  const to = limited.replicas;
  const currentMetrics = { currentMetrics: result.statuses };
  if (to !== current) {
    const reason = result.replicas > current ? `${result.metric} above target` : 'All metrics below target';
    rescale(pass, { resource, key, from: current, to, reason }, currentMetrics);
    return { after: PERIOD };
  }
  writeStatus(pass, { currentReplicas: current, desiredReplicas: current, ...currentMetrics });
  const isWaiting = result.isUnsettled || limited.stability.reason !== 'ReadyForNewScale' || isLimited;
  return isWaiting ? { after: PERIOD } : undefined;
}

interface Rescale {
  readonly resource: string;
  readonly key: { readonly namespace: string; readonly name: string };
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}

function rescale(pass: Pass, { resource, key, from, to, reason }: Rescale, changes: Partial<Status> = {}): void {
  const { hpa, context, memory } = pass;
  try {
    const patch = { spec: { replicas: to } };
    context.client.patch(resource, key, { type: 'merge', patch }, { subresource: 'scale' });
  } catch (error) {
    if (!isApiError(error)) throw error;
    context.event(hpa, 'Warning', 'FailedRescale', `New size: ${to}; reason: ${reason}; error: ${error.message}`);
    const message = `the HPA controller was unable to update the target scale: ${error.message}`;
    setCondition(pass, 'AbleToScale', 'False', { reason: 'FailedUpdateScale', message });
    writeStatus(pass, { currentReplicas: from, ...changes });
    throw error;
  }
  const message = `the HPA controller was able to update the target scale to ${to}`;
  setCondition(pass, 'AbleToScale', 'True', { reason: 'SucceededRescale', message });
  context.event(hpa, 'Normal', 'SuccessfulRescale', `New size: ${to}; reason: ${reason}`);
  noteScaling(memory, { from, to, at: context.now });
  writeStatus(pass, {
    currentReplicas: from,
    desiredReplicas: to,
    lastScaleTime: formatTime(context.now),
    ...changes,
  });
}

interface Computed {
  readonly replicas: number;
  readonly metric: string;
  readonly statuses: NonNullable<Status['currentMetrics']>;
  readonly isUnsettled: boolean;
}

/** The largest proposal of the metrics. One that fails forbids scaling down; when all fail, there is no answer. */
function compute(pass: Pass, target: Target, current: number): Computed | undefined {
  const { hpa, context } = pass;
  const specs = hpa.spec.metrics ?? [];
  const statuses: NonNullable<Status['currentMetrics']>[number][] = [];
  const failures: { readonly reason: string; readonly message: string; readonly detail: string }[] = [];
  let replicas = 0;
  let metric = '';
  let isUnsettled = false;
  for (const spec of specs) {
    try {
      const proposal = propose({ hpa, target, current, spec, metrics: pass.metrics, context });
      statuses.push(proposal.status);
      isUnsettled ||= proposal.isUnsettled;
      if (replicas === 0 || proposal.replicas > replicas) {
        replicas = proposal.replicas;
        metric = proposal.metric;
      }
    } catch (error) {
      if (!(error instanceof MetricsError)) throw error;
      statuses.push({ type: '' });
      const reason = REASONS.get(spec.type) ?? 'InvalidMetricSourceType';
      context.event(hpa, 'Warning', reason, error.message);
      failures.push({ reason, message: error.message, detail: `failed to get ${describe(spec)}: ${error.message}` });
    }
  }
  const [first] = failures;
  if (first !== undefined && (failures.length >= specs.length || replicas < current)) {
    const message = `the HPA was unable to compute the replica count: ${first.message}`;
    setCondition(pass, 'ScalingActive', 'False', { reason: first.reason, message });
    writeStatus(pass, { currentReplicas: current, currentMetrics: statuses });
    const summary = `invalid metrics (${failures.length} invalid out of ${specs.length}), first error is: ${first.detail}`;
    context.event(hpa, 'Warning', 'FailedComputeMetricsReplicas', summary);
    return undefined;
  }
  const message = `the HPA was able to successfully calculate a replica count from ${metric}`;
  setCondition(pass, 'ScalingActive', 'True', { reason: 'ValidMetricFound', message });
  return { replicas, metric, statuses, isUnsettled };
}

const REASONS = new Map([
  ['Resource', 'FailedGetResourceMetric'],
  ['ContainerResource', 'FailedGetContainerResourceMetric'],
  ['Pods', 'FailedGetPodsMetric'],
  ['Object', 'FailedGetObjectMetric'],
  ['External', 'FailedGetExternalMetric'],
]);

function describe({ type, resource, containerResource }: Metric): string {
  if (type === 'Resource') return `${resource?.name} resource metric value`;
  if (type === 'ContainerResource') return `${containerResource?.container} container metric value`;
  return `${type.toLowerCase()} metric value`;
}
