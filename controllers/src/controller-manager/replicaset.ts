/**
 * ReplicaSet and ReplicationController: as many pods as asked for (pkg/controller/replicaset v1.34, which serves both).
 * Pods are made in batches that double while they succeed, at most 500 at once; too many are deleted in upstream's
 * order; a refused creation becomes the ReplicaFailure condition.
 *
 * Upstream's expectations (no second creation while its cache lags) have no part here: the client reads what it wrote.
 */
import { deepEqual } from '../apimachinery/json.ts';
import type { LabelSelector, Pod, PodTemplateSpec, ReplicaSet, ReplicaSetStatus } from '../apimachinery/kinds.ts';
import type { KubeObject, Stored, StoredMeta } from '../apimachinery/object.ts';
import { controllerOf } from '../apimachinery/owner.ts';
import { isPodActive, isPodAvailable, isPodReady, nextAvailabilityCheck } from '../apimachinery/pod.ts';
import { everything, labelSelectorOf } from '../apimachinery/selector.ts';
import { formatTime, type Instant } from '../apimachinery/time.ts';
import type { Controller, ReconcileContext, Requeue } from './controller.ts';
import { claim, createPod, deletePod, isNamespaceTerminating, podFromTemplate } from './pod-control.ts';
import { inDeletionOrder } from './pod-ranking.ts';
import { watchOwned, watchSelf } from './watching.ts';

const BURST = 500;

/** What ReplicaSet and ReplicationController have in common. */
interface Replicated extends KubeObject {
  readonly metadata: StoredMeta;
  readonly spec: {
    readonly replicas?: number;
    readonly minReadySeconds?: number;
    readonly template?: PodTemplateSpec;
    readonly selector?: unknown;
  };
  readonly status?: ReplicaSetStatus;
}

interface Kind {
  readonly name: string;
  readonly kind: string;
  readonly resource: string;
  /** The selector as a LabelSelector. */
  selector(object: KubeObject): LabelSelector | undefined;
}

const REPLICA_SET: Kind = {
  name: 'replicaset-controller',
  kind: 'ReplicaSet',
  resource: 'replicasets.apps',
  selector: (object) => (object as ReplicaSet).spec.selector, // the store has ReplicaSets under this resource
};

const REPLICATION_CONTROLLER: Kind = {
  name: 'replication-controller',
  kind: 'ReplicationController',
  resource: 'replicationcontrollers',
  selector(object) {
    const { selector, template } = (object as Stored<KubeObject> & Replicated).spec;
    const labels = (selector ?? template?.metadata?.labels) as Readonly<Record<string, string>> | undefined;
    return labels === undefined ? undefined : { matchLabels: labels };
  },
};

/** Answers the controllers of ReplicaSets and of ReplicationControllers. */
export function createReplicationControllers(): readonly Controller[] {
  return [createController(REPLICA_SET), createController(REPLICATION_CONTROLLER)];
}

function createController(kind: Kind): Controller {
  return {
    name: kind.name,
    watches: [
      watchSelf(kind.resource),
      watchOwned({ resource: 'pods', kind: kind.kind, ownerResource: kind.resource, selector: kind.selector }),
    ],
    reconcile(key, context) {
      const set = context.client.find<Replicated>(kind.resource, key);
      return set === undefined ? undefined : sync(set, kind, context);
    },
  };
}

function sync(set: Replicated, kind: Kind, context: ReconcileContext): Requeue | undefined {
  const spec = kind.selector(set);
  const selector = labelSelectorOf(spec);
  const candidates = context.client
    .list<Pod>('pods', { namespace: set.metadata.namespace ?? '' })
    .filter((pod) => isPodActive(pod) && isMineOrOrphan(pod, set));
  const pods = claim(candidates, set, context, { resource: 'pods', ownerResource: kind.resource, selector });

  let failure: unknown;
  if (set.metadata.deletionTimestamp === undefined) {
    try {
      manageReplicas(set, pods, kind, context);
    } catch (error) {
      failure = error;
    }
  }
  const status = nextStatus(set, pods, { failure, now: context.now });
  if (!deepEqual(status, set.status)) {
    context.client.updateStatus(kind.resource, { ...set, status });
  }
  if (failure !== undefined) throw failure;

  const minReadySeconds = set.spec.minReadySeconds ?? 0;
  const after = nextAvailabilityCheck(pods, { minReadySeconds, now: context.now });
  return after === undefined ? undefined : { after };
}

function isMineOrOrphan(pod: Pod, set: Replicated): boolean {
  const controller = controllerOf(pod);
  return controller === undefined || controller.uid === set.metadata.uid;
}

function manageReplicas(set: Replicated, pods: readonly Pod[], kind: Kind, context: ReconcileContext): void {
  const difference = pods.length - (set.spec.replicas ?? 1);
  if (difference < 0) {
    createInBatches(set, Math.min(-difference, BURST), context);
  } else if (difference > 0) {
    const related = relatedPods(set, kind, context);
    const ordered = inDeletionOrder(pods, { related, now: context.now });
    for (const pod of ordered.slice(0, Math.min(difference, BURST))) deletePod(pod, set, context);
  }
}

/** 1, 2, 4, ... pods; a batch in which one fails is the last. */
function createInBatches(set: Replicated, count: number, context: ReconcileContext): void {
  const { template } = set.spec;
  if (template === undefined) return;
  let remaining = count;
  for (let size = 1; remaining > 0; size *= 2) {
    const batch = Math.min(size, remaining);
    let failure: unknown;
    for (let index = 0; index < batch; index++) {
      try {
        createPod(podFromTemplate(template, set), set, context);
      } catch (error) {
        if (!isNamespaceTerminating(error)) failure ??= error;
      }
    }
    if (failure !== undefined) throw failure;
    remaining -= batch;
  }
}

/** All pods of the sets that have the same controller, e.g. of one Deployment. */
function relatedPods(set: Replicated, kind: Kind, context: ReconcileContext): readonly Pod[] {
  const namespace = set.metadata.namespace ?? '';
  const parent = controllerOf(set);
  const siblings =
    parent === undefined
      ? [set]
      : context.client
          .list<Replicated>(kind.resource, { namespace })
          .filter((other) => controllerOf(other)?.uid === parent.uid);
  const selectors = siblings.map((sibling) => labelSelectorOf(kind.selector(sibling)));
  return context.client
    .list<Pod>('pods', { namespace })
    .filter((pod) => selectors.some((selector) => selector.matches(pod.metadata.labels)));
}

function nextStatus(
  set: Replicated,
  pods: readonly Pod[],
  { failure, now }: { readonly failure: unknown; readonly now: Instant },
): ReplicaSetStatus {
  const labels = set.spec.template?.metadata?.labels;
  const template = labels === undefined ? everything : labelSelectorOf({ matchLabels: labels });
  const minReadySeconds = set.spec.minReadySeconds ?? 0;
  const count = (test: (pod: Pod) => boolean) => pods.filter(test).length;
  const fullyLabeledReplicas = count((pod) => template.matches(pod.metadata.labels));
  const readyReplicas = count(isPodReady);
  const availableReplicas = count((pod) => isPodAvailable(pod, { minReadySeconds, now }));
  const conditions = nextConditions(set, pods.length, failure, now);
  return {
    replicas: pods.length,
    ...(fullyLabeledReplicas === 0 ? {} : { fullyLabeledReplicas }),
    ...(readyReplicas === 0 ? {} : { readyReplicas }),
    ...(availableReplicas === 0 ? {} : { availableReplicas }),
    ...(set.metadata.generation === undefined ? {} : { observedGeneration: set.metadata.generation }),
    ...(conditions.length === 0 ? {} : { conditions }),
  };
}

function nextConditions(set: Replicated, have: number, failure: unknown, now: Instant) {
  const conditions = set.status?.conditions ?? [];
  const existing = conditions.find(({ type }) => type === 'ReplicaFailure');
  if (failure === undefined) return existing === undefined ? conditions : conditions.filter((c) => c !== existing);
  if (existing !== undefined) return conditions;
  const missing = have < (set.spec.replicas ?? 1);
  return [
    ...conditions,
    {
      type: 'ReplicaFailure',
      status: 'True',
      lastTransitionTime: formatTime(now),
      reason: missing ? 'FailedCreate' : 'FailedDelete',
      message: failure instanceof Error ? failure.message : String(failure),
    },
  ];
}
