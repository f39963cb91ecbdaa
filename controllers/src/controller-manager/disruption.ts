/**
 * The status of PodDisruptionBudgets (pkg/controller/disruption v1.34): how many pods there should be by the scale of
 * their controllers, how many are healthy, and so how many may be disturbed. Percentages round up.
 */
import { deepEqual } from '../apimachinery/json.ts';
import type { Deployment, Pod, PodDisruptionBudget, ReplicaSet } from '../apimachinery/kinds.ts';
import type { KubeObject } from '../apimachinery/object.ts';
import { controllerOf } from '../apimachinery/owner.ts';
import { isPodReady, isPodTerminal } from '../apimachinery/pod.ts';
import { labelSelectorOf } from '../apimachinery/selector.ts';
import { formatTime, type Instant, MINUTE, parseTime } from '../apimachinery/time.ts';
import type { Controller, ReconcileContext, Requeue } from './controller.ts';
import { scaledValue } from './int-or-percent.ts';
import { keyOf, watchSelf } from './watching.ts';

const RESOURCE = 'poddisruptionbudgets.policy';
/** An eviction that did not lead to a deletion is forgotten after this. */
const EVICTION_TIMEOUT = 2 * MINUTE;

const SCALED = new Map([
  ['ReplicationController', 'replicationcontrollers'],
  ['StatefulSet', 'statefulsets.apps'],
]);

export function createDisruptionController(): Controller {
  return {
    name: 'disruption-controller',
    eventSource: 'controllermanager',
    watches: [
      watchSelf(RESOURCE),
      {
        resource: 'pods',
        keys({ object, previous }, client) {
          const { namespace = '' } = object.metadata;
          return client
            .list<PodDisruptionBudget>(RESOURCE, { namespace })
            .filter(({ spec }) => {
              const selector = labelSelectorOf(spec.selector);
              return [object, previous].some((pod) => pod !== undefined && selector.matches(pod.metadata.labels));
            })
            .map(keyOf);
        },
      },
    ],
    reconcile(key, context) {
      const budget = context.client.find<PodDisruptionBudget>(RESOURCE, key);
      return budget === undefined ? undefined : sync(budget, context);
    },
  };
}

function sync(budget: PodDisruptionBudget, context: ReconcileContext): Requeue | undefined {
  const { namespace = '' } = budget.metadata;
  const selector = labelSelectorOf(budget.spec.selector);
  const pods = context.client
    .list<Pod>('pods', { namespace })
    .filter((pod) => selector.matches(pod.metadata.labels) && !isPodTerminal(pod));
  if (pods.length === 0) context.event(budget, 'Normal', 'NoPods', 'No matching pods found');
  const expected = expectedPods(budget, pods, context);
  if (typeof expected === 'string') {
    const message = `Failed to calculate the number of expected pods: ${expected}`;
    context.event(budget, 'Warning', 'CalculateExpectedPodCountFailed', message);
    writeStatus(budget, { ...(budget.status ?? NO_STATUS), disruptionsAllowed: 0 }, 'SyncFailed', {
      message: expected,
      context,
    });
    return undefined;
  }
  const { disrupted, recheckAt } = disruptedPods(budget, pods, context.now);
  const currentHealthy = pods.filter(
    (pod) =>
      pod.metadata.deletionTimestamp === undefined && disrupted[pod.metadata.name] === undefined && isPodReady(pod),
  ).length;
  const allowed = currentHealthy - expected.desiredHealthy;
  const disruptionsAllowed = expected.count <= 0 || allowed <= 0 ? 0 : allowed;
  const status = {
    ...(budget.metadata.generation === undefined ? {} : { observedGeneration: budget.metadata.generation }),
    ...(Object.keys(disrupted).length === 0 ? {} : { disruptedPods: disrupted }),
    disruptionsAllowed,
    currentHealthy,
    desiredHealthy: expected.desiredHealthy,
    expectedPods: expected.count,
    ...(budget.status?.conditions === undefined ? {} : { conditions: budget.status.conditions }),
  };
  const reason = disruptionsAllowed > 0 ? 'SufficientPods' : 'InsufficientPods';
  writeStatus(budget, status, reason, { message: '', context });
  return recheckAt === undefined ? undefined : { after: Math.max(1, recheckAt - context.now) };
}

type Status = NonNullable<PodDisruptionBudget['status']>;

const NO_STATUS: Status = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };

function writeStatus(
  budget: PodDisruptionBudget,
  counted: Status,
  reason: string,
  { message, context }: { readonly message: string; readonly context: ReconcileContext },
): void {
  const { generation } = budget.metadata;
  const known = budget.status?.conditions?.find(({ type }) => type === 'DisruptionAllowed');
  const value = reason === 'SufficientPods' ? 'True' : 'False';
  const condition = {
    type: 'DisruptionAllowed',
    status: value,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    lastTransitionTime: known?.status === value ? known.lastTransitionTime : formatTime(context.now),
    reason,
    message,
  };
  const others = (counted.conditions ?? []).filter(({ type }) => type !== 'DisruptionAllowed');
  const status = { ...counted, conditions: [...others, condition] };
  if (!deepEqual(status, budget.status)) context.client.updateStatus(RESOURCE, { ...budget, status });
}

interface Expected {
  readonly count: number;
  readonly desiredHealthy: number;
}

/** Text: why it can't be told. */
function expectedPods(budget: PodDisruptionBudget, pods: readonly Pod[], context: ReconcileContext): Expected | string {
  const { minAvailable, maxUnavailable } = budget.spec;
  if (maxUnavailable !== undefined) {
    const count = expectedScale(pods, context);
    if (typeof count === 'string') return count;
    return { count, desiredHealthy: Math.max(0, count - scaledValue(maxUnavailable, { total: count, round: 'up' })) };
  }
  if (minAvailable === undefined) return { count: 0, desiredHealthy: 0 };
  if (typeof minAvailable === 'number') return { count: pods.length, desiredHealthy: minAvailable };
  const count = expectedScale(pods, context);
  if (typeof count === 'string') return count;
  return { count, desiredHealthy: scaledValue(minAvailable, { total: count, round: 'up' }) };
}

/** The sum of the scales of the pods' controllers. */
function expectedScale(pods: readonly Pod[], context: ReconcileContext): number | string {
  const scales = new Map<string, number>();
  for (const pod of pods) {
    const owner = controllerOf(pod);
    if (owner === undefined) continue; // upstream: unmanaged pods do not count
    if (scales.has(owner.uid)) continue;
    const scale = scaleOf(pod, context);
    if (scale === undefined) return `found no controllers for pod "${pod.metadata.name}"`;
    scales.set(scale.uid, scale.replicas);
  }
  return [...scales.values()].reduce((sum, replicas) => sum + replicas, 0);
}

function scaleOf(
  pod: Pod,
  { client }: ReconcileContext,
): { readonly uid: string; readonly replicas: number } | undefined {
  const { namespace = '' } = pod.metadata;
  const owner = controllerOf(pod);
  if (owner === undefined) return undefined;
  if (owner.kind === 'ReplicaSet') {
    const set = client.find<ReplicaSet>('replicasets.apps', { namespace, name: owner.name });
    if (set?.metadata.uid !== owner.uid) return undefined;
    const parent = controllerOf(set);
    if (parent?.kind !== 'Deployment') return { uid: owner.uid, replicas: set.spec.replicas ?? 1 };
    const deployment = client.find<Deployment>('deployments.apps', { namespace, name: parent.name });
    if (deployment?.metadata.uid !== parent.uid) return undefined;
    return { uid: parent.uid, replicas: deployment.spec.replicas ?? 1 };
  }
  const resource = SCALED.get(owner.kind);
  if (resource === undefined) return undefined;
  const found = client.find<KubeObject & { readonly spec: { readonly replicas?: number } }>(resource, {
    namespace,
    name: owner.name,
  });
  return found?.metadata.uid === owner.uid ? { uid: owner.uid, replicas: found.spec.replicas ?? 1 } : undefined;
}

function disruptedPods(budget: PodDisruptionBudget, pods: readonly Pod[], now: Instant) {
  const disrupted: Record<string, string> = {};
  let recheckAt: Instant | undefined;
  const known = new Map(Object.entries(budget.status?.disruptedPods ?? {}));
  for (const pod of pods) {
    const time = known.get(pod.metadata.name);
    if (time === undefined || pod.metadata.deletionTimestamp !== undefined) continue;
    const until = parseTime(time) + EVICTION_TIMEOUT;
    if (until < now) continue;
    disrupted[pod.metadata.name] = time;
    recheckAt = Math.min(recheckAt ?? until, until);
  }
  return { disrupted, recheckAt };
}
