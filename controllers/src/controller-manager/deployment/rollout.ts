/**
 * One pass over a Deployment: the Deployment as last written, its ReplicaSets, and the writes that all strategies share
 * (scaling a ReplicaSet, writing status).
 */
import type { Deployment, DeploymentStatus, ReplicaSet } from '../../apimachinery/kinds.ts';
import type { ReconcileContext } from '../controller.ts';
import { DESIRED_REPLICAS, desiredReplicas, MAX_REPLICAS, maxSurge, specReplicas } from './arithmetic.ts';

export interface Rollout {
  /**
   * With the content as last written, but the resourceVersion as first read: as upstream, a second status in one pass is
   * a conflict, and the rest is for the next pass.
   */
  deployment: Deployment;
  readonly context: ReconcileContext;
}

/** The ReplicaSets of a Deployment, told apart. */
export interface ReplicaSets {
  readonly newSet: ReplicaSet | undefined;
  readonly oldSets: readonly ReplicaSet[];
}

export function allSets({ newSet, oldSets }: ReplicaSets): readonly ReplicaSet[] {
  return newSet === undefined ? oldSets : [...oldSets, newSet];
}

/** Oldest first, by name within one second. */
export function byCreation(a: ReplicaSet, b: ReplicaSet): number {
  const [left, right] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp];
  if (left !== right) return left < right ? -1 : 1;
  return a.metadata.name < b.metadata.name ? -1 : 1;
}

/** Writes the status (and with it, as upstream does, the annotations). */
export function writeStatus(
  rollout: Rollout,
  status: DeploymentStatus,
  annotations: Readonly<Record<string, string>> | undefined = rollout.deployment.metadata.annotations,
): void {
  const { deployment } = rollout;
  const written = {
    ...deployment,
    metadata: { ...deployment.metadata, ...(annotations === undefined ? {} : { annotations }) },
    status,
  };
  rollout.context.client.updateStatus('deployments.apps', written);
  rollout.deployment = written;
}

export function replicaAnnotations(deployment: Deployment): Readonly<Record<string, string>> {
  const desired = desiredReplicas(deployment);
  return { [DESIRED_REPLICAS]: String(desired), [MAX_REPLICAS]: String(desired + maxSurge(deployment)) };
}

/** Sets a ReplicaSet's size and the annotations about it; answers the ReplicaSet as it is then. */
export function scaleReplicaSet(rollout: Rollout, set: ReplicaSet, size: number): ReplicaSet {
  const { deployment, context } = rollout;
  const wanted = replicaAnnotations(deployment);
  const before = specReplicas(set);
  const isAnnotated = Object.entries(wanted).every(([key, value]) => set.metadata.annotations?.[key] === value);
  if (before === size && isAnnotated) return set;
  const updated = context.client.update<ReplicaSet>('replicasets.apps', {
    ...set,
    metadata: { ...set.metadata, annotations: { ...set.metadata.annotations, ...wanted } },
    spec: { ...set.spec, replicas: size },
  });
  if (before !== size) {
    const direction = before < size ? 'up' : 'down';
    context.event(
      deployment,
      'Normal',
      'ScalingReplicaSet',
      `Scaled ${direction} replica set ${set.metadata.name} from ${before} to ${size}`,
    );
  }
  return updated;
}

/** As scaleReplicaSet, but leaves one of the right size quite alone. */
export function scaleIfNeeded(rollout: Rollout, set: ReplicaSet, size: number): ReplicaSet {
  return specReplicas(set) === size ? set : scaleReplicaSet(rollout, set, size);
}
