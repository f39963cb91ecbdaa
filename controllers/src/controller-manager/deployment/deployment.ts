/**
 * The Deployment controller (pkg/controller/deployment v1.34): claims its ReplicaSets and goes to what the moment asks
 * for: status only, pause, scaling in proportion, or a rollout by its strategy.
 */
import type { Deployment, Pod, ReplicaSet } from '../../apimachinery/kinds.ts';
import { controllerOf } from '../../apimachinery/owner.ts';
import { labelSelectorOf } from '../../apimachinery/selector.ts';
import type { ObjectKey } from '../../apiserver/client.ts';
import type { Controller, ReconcileContext, WatchSource } from '../controller.ts';
import { claim } from '../pod-control.ts';
import { watchOwned, watchSelf } from '../watching.ts';
import { hasProgressDeadline, isRollingUpdate } from './arithmetic.ts';
import { getCondition, newCondition, withCondition } from './conditions.ts';
import { type ProgressCheck, syncStatus } from './progress.ts';
import { rolloutRecreate } from './recreate.ts';
import { cleanUpHistory, syncRevision } from './revisions.ts';
import { rolloutRolling } from './rolling.ts';
import { type Rollout, writeStatus } from './rollout.ts';
import { isScalingEvent, scale } from './scaling.ts';

export function createDeploymentController(): Controller {
  return {
    name: 'deployment-controller',
    watches: [
      watchSelf('deployments.apps'),
      watchOwned({
        resource: 'replicasets.apps',
        kind: 'Deployment',
        ownerResource: 'deployments.apps',
        selector: (owner) => (owner as Deployment).spec.selector, // listed as Deployments
      }),
      LAST_PODS_OF_RECREATE,
    ],
    reconcile(key, context) {
      const deployment = context.client.find<Deployment>('deployments.apps', key);
      return deployment === undefined ? undefined : sync({ deployment, context });
    },
  };
}

/** A Recreate rollout goes on when the last old pod is gone. */
const LAST_PODS_OF_RECREATE: WatchSource = {
  resource: 'pods',
  keys(change, client): readonly ObjectKey[] {
    if (change.type !== 'DELETED') return [];
    const { namespace = '' } = (change.object as Pod).metadata; // it comes from `pods`
    const parent = controllerOf(change.object);
    if (parent?.kind !== 'ReplicaSet') return [];
    const set = client.find<ReplicaSet>('replicasets.apps', { namespace, name: parent.name });
    const owner = set === undefined ? undefined : controllerOf(set);
    if (owner?.kind !== 'Deployment') return [];
    const key = { namespace, name: owner.name };
    const deployment = client.find<Deployment>('deployments.apps', key);
    return deployment !== undefined && !isRollingUpdate(deployment) ? [key] : [];
  },
};

function sync(rollout: Rollout): ProgressCheck {
  const { deployment, context } = rollout;
  const { selector } = deployment.spec;
  const isEmpty = Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0;
  if (isEmpty) {
    selectsAll(rollout);
    return undefined;
  }
  const sets = claimSets(deployment, context);
  if (deployment.metadata.deletionTimestamp !== undefined) {
    syncStatus(rollout, syncRevision(rollout, sets, { create: false }));
    return undefined;
  }
  checkPaused(rollout);
  if (deployment.spec.paused === true) {
    settleSize(rollout, sets);
    return undefined;
  }
  if (isScalingEvent(rollout, syncRevision(rollout, sets, { create: false }))) {
    settleSize(rollout, claimSets(rollout.deployment, context));
    return undefined;
  }
  const fresh = claimSets(rollout.deployment, context);
  return isRollingUpdate(deployment) ? rolloutRolling(rollout, fresh) : rolloutRecreate(rollout, fresh);
}

function claimSets(deployment: Deployment, context: ReconcileContext): readonly ReplicaSet[] {
  const { namespace = '' } = deployment.metadata;
  return claim(context.client.list<ReplicaSet>('replicasets.apps', { namespace }), deployment, context, {
    resource: 'replicasets.apps',
    ownerResource: 'deployments.apps',
    selector: labelSelectorOf(deployment.spec.selector),
  });
}

/** Paused or scaled: sizes in proportion, and no rollout. */
function settleSize(rollout: Rollout, sets: readonly ReplicaSet[]): void {
  const told = syncRevision(rollout, sets, { create: false });
  scale(rollout, told);
  if (rollout.deployment.spec.paused === true) cleanUpHistory(rollout, told.oldSets);
  syncStatus(rollout, told);
}

/** So that a Deployment that was paused for long does not time out when it goes on. */
function checkPaused(rollout: Rollout): void {
  const { deployment, context } = rollout;
  if (!hasProgressDeadline(deployment)) return;
  const current = getCondition(deployment.status, 'Progressing');
  if (current?.reason === 'ProgressDeadlineExceeded') return;
  const isPaused = deployment.spec.paused === true;
  if (isPaused === (current?.reason === 'DeploymentPaused')) return;
  const condition = newCondition('Progressing', 'Unknown', {
    reason: isPaused ? 'DeploymentPaused' : 'DeploymentResumed',
    message: isPaused ? 'Deployment is paused' : 'Deployment is resumed',
    now: context.now,
  });
  writeStatus(rollout, withCondition(deployment.status ?? {}, condition));
}

function selectsAll(rollout: Rollout): void {
  const { deployment, context } = rollout;
  context.event(
    deployment,
    'Warning',
    'SelectingAll',
    'This deployment is selecting all pods. A non-empty selector is required.',
  );
  const { generation = 0 } = deployment.metadata;
  if ((deployment.status?.observedGeneration ?? 0) < generation) {
    writeStatus(rollout, { ...deployment.status, observedGeneration: generation });
  }
}
