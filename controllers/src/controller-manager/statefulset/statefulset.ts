/**
 * The StatefulSet controller (pkg/controller/statefulset v1.34): claims its pods, keeps the revisions of its template,
 * makes a pass over the pods, and writes the status.
 */
import { deepEqual } from '../../apimachinery/json.ts';
import type { ControllerRevision, Pod, StatefulSet, StatefulSetStatus } from '../../apimachinery/kinds.ts';
import { nextAvailabilityCheck } from '../../apimachinery/pod.ts';
import { labelSelectorOf } from '../../apimachinery/selector.ts';
import type { Controller, ReconcileContext, Requeue } from '../controller.ts';
import { encodeUtf8, fnv32, safeEncode } from '../hash.ts';
import { byRevision, goJson, revisionData, syncRevision, templateOf, truncateHistory } from '../history.ts';
import { claim, isNamespaceTerminating } from '../pod-control.ts';
import { watchOwned, watchSelf } from '../watching.ts';
import { ClaimBeingDeleted } from './claims.ts';
import { parentAndOrdinal, revisionOf } from './identity.ts';
import { type Revision, updateStatefulSet } from './update.ts';

const HASH_LABEL = 'controller.kubernetes.io/hash';

export function createStatefulSetController(): Controller {
  const owned = {
    kind: 'StatefulSet',
    ownerResource: 'statefulsets.apps',
    selector: (owner: object) => (owner as StatefulSet).spec.selector, // listed as StatefulSets
  };
  return {
    name: 'statefulset-controller',
    watches: [
      watchSelf('statefulsets.apps'),
      watchOwned({ resource: 'pods', ...owned }),
      // A claim that is gone makes way for a pod that waited for that.
      {
        resource: 'persistentvolumeclaims',
        keys({ type, object }, client) {
          if (type !== 'DELETED') return [];
          const { namespace = '', name = '' } = object.metadata;
          return client
            .list<StatefulSet>('statefulsets.apps', { namespace })
            .filter((set) => name.includes(`-${set.metadata.name}-`))
            .map((set) => ({ namespace, name: set.metadata.name }));
        },
      },
    ],
    reconcile(key, context) {
      const set = context.client.find<StatefulSet>('statefulsets.apps', key);
      return set === undefined ? undefined : sync(set, context);
    },
  };
}

function sync(set: StatefulSet, context: ReconcileContext): Requeue | undefined {
  const { namespace = '' } = set.metadata;
  const selector = labelSelectorOf(set.spec.selector);
  const pods = claim(context.client.list<Pod>('pods', { namespace }), set, context, {
    resource: 'pods',
    ownerResource: 'statefulsets.apps',
    selector,
    filter: (pod) => parentAndOrdinal(pod.metadata.name ?? '').parent === set.metadata.name,
  });
  const revisions = claim(
    context.client.list<ControllerRevision>('controllerrevisions.apps', { namespace }),
    set,
    context,
    {
      resource: 'controllerrevisions.apps',
      ownerResource: 'statefulsets.apps',
      selector,
    },
  ).sort(byRevision);

  const { revision: updateRevision, collisionCount } = syncRevision(
    {
      owner: set,
      template: set.spec.template,
      revisions,
      collisionCount: set.status?.collisionCount ?? 0,
      hashLabel: HASH_LABEL,
      hash: (count) => revisionHash(set, count),
    },
    context,
  );
  const update: Revision = { name: updateRevision.metadata.name, template: set.spec.template };
  const current = currentRevision(set, revisions, update);
  const { status, error } = updateStatefulSet({ set, current, update, collisionCount, pods, context });
  writeStatus(set, completed(set, status), context);
  const live = new Set([current.name, update.name, ...pods.map(revisionOf)]);
  truncateHistory(
    revisions,
    { isLive: ({ metadata }) => live.has(metadata.name), limit: set.spec.revisionHistoryLimit ?? 10 },
    context,
  );
  if (error instanceof ClaimBeingDeleted || isNamespaceTerminating(error)) return undefined;
  if (error !== undefined) throw error;
  const minReadySeconds = set.spec.minReadySeconds ?? 0;
  const after = nextAvailabilityCheck(pods, { minReadySeconds, now: context.now });
  return after === undefined ? undefined : { after };
}

/** FNV-1 over the revision's data and the count of collisions. */
function revisionHash(set: StatefulSet, collisionCount: number): string {
  const data = encodeUtf8(goJson(revisionData(set.spec.template)));
  return safeEncode(String(fnv32(data, encodeUtf8(String(collisionCount)))));
}

function currentRevision(set: StatefulSet, revisions: readonly ControllerRevision[], update: Revision): Revision {
  const found = revisions.find(({ metadata }) => metadata.name === set.status?.currentRevision);
  const template = found === undefined ? undefined : templateOf(found);
  return found === undefined || template === undefined ? update : { name: found.metadata.name, template };
}

/** An update is over when all replicas are new and ready: the update revision becomes the current one. */
function completed(set: StatefulSet, status: StatefulSetStatus): StatefulSetStatus {
  const replicas = set.spec.replicas ?? 1;
  const isComplete =
    set.spec.updateStrategy?.type !== 'OnDelete' &&
    status.updatedReplicas === replicas &&
    status.readyReplicas === replicas &&
    status.replicas === replicas;
  if (!isComplete || status.updateRevision === undefined) return status;
  return { ...status, currentReplicas: replicas, currentRevision: status.updateRevision };
}

function writeStatus(set: StatefulSet, counted: StatefulSetStatus, context: ReconcileContext): void {
  const { readyReplicas, currentReplicas, updatedReplicas, ...rest } = counted;
  const status: StatefulSetStatus = {
    ...rest,
    ...(readyReplicas ? { readyReplicas } : {}),
    ...(currentReplicas ? { currentReplicas } : {}),
    ...(updatedReplicas ? { updatedReplicas } : {}),
  };
  if (!deepEqual(status, set.status)) context.client.updateStatus('statefulsets.apps', { ...set, status });
}
