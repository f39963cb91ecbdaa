/**
 * The PersistentVolumeClaims of a StatefulSet: made before the pods, kept by default, and owned by the set or by a pod
 * that is scaled away where the retention policy says Delete (stateful_pod_control.go v1.34).
 */
import { deepEqual } from '../../apimachinery/json.ts';
import type { PersistentVolumeClaim, Pod, StatefulSet } from '../../apimachinery/kinds.ts';
import type { KubeObject, OwnerReference } from '../../apimachinery/object.ts';
import { newControllerRef } from '../../apimachinery/owner.ts';
import { isApiError } from '../../apimachinery/status.ts';
import { type ReconcileContext, Retry } from '../controller.ts';
import { claimNamesOf, claimsFor, isInRange, ordinalOf } from './identity.ts';

const RESOURCE = 'persistentvolumeclaims';

function find(set: StatefulSet, name: string, context: ReconcileContext): PersistentVolumeClaim | undefined {
  return context.client.find<PersistentVolumeClaim>(RESOURCE, { namespace: set.metadata.namespace ?? '', name });
}

/** Creates the claims that are missing. Throws when one can't be made or is being deleted. */
export function createMissingClaims(set: StatefulSet, pod: KubeObject, context: ReconcileContext): void {
  for (const claim of claimsFor(set, ordinalOf(pod))) {
    const name = claim.metadata.name ?? '';
    const known = find(set, name, context);
    if (known?.metadata.deletionTimestamp !== undefined) throw new ClaimBeingDeleted(name);
    if (known !== undefined) continue;
    const about = `Claim ${name} Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name}`;
    try {
      context.client.create(RESOURCE, claim);
      context.event(set, 'Normal', 'SuccessfulCreate', `create ${about} success`);
    } catch (error) {
      if (isApiError(error)) {
        context.event(
          set,
          'Warning',
          'FailedCreate',
          `create ${about.replace('Pod', 'for Pod')} failed error: ${error.message}`,
        );
      }
      throw error;
    }
  }
}

/** A claim of that name is still going away. */
export class ClaimBeingDeleted extends Retry {
  constructor(claim: string) {
    super(`pvc ${claim} is being deleted`);
  }
}

interface Policy {
  readonly whenScaled: string;
  readonly whenDeleted: string;
}

function policyOf(set: StatefulSet): Policy {
  const policy = set.spec.persistentVolumeClaimRetentionPolicy;
  return { whenScaled: policy?.whenScaled ?? 'Retain', whenDeleted: policy?.whenDeleted ?? 'Retain' };
}

function refersTo(reference: OwnerReference, owner: KubeObject): boolean {
  return (
    reference.apiVersion === owner.apiVersion && reference.kind === owner.kind && reference.name === owner.metadata.name
  );
}

/** A reference by name to an owner that was another object. */
function isStale(claim: PersistentVolumeClaim, owner: KubeObject): boolean {
  return (claim.metadata.ownerReferences ?? []).some(
    (reference) => refersTo(reference, owner) && reference.uid !== owner.metadata.uid,
  );
}

/** The pod must wait: a claim of its name belongs to a pod that is gone and will go too. */
export function hasStaleClaim(set: StatefulSet, pod: KubeObject, context: ReconcileContext): boolean {
  if (policyOf(set).whenScaled === 'Retain') return false;
  return claimNamesOf(set, ordinalOf(pod)).some((name) => {
    const claim = find(set, name, context);
    return claim !== undefined && isStale(claim, pod);
  });
}

/** The owners that the policy wants on a claim. */
function wantedOwners(claim: PersistentVolumeClaim, set: StatefulSet, pod: Pod): readonly OwnerReference[] {
  const others = (claim.metadata.ownerReferences ?? []).filter(
    (reference) => !refersTo(reference, set) && !refersTo(reference, pod),
  );
  const policy = policyOf(set);
  const hasOtherController = others.some(({ controller }) => controller === true);
  if (hasOtherController && !(policy.whenScaled === 'Retain' && policy.whenDeleted === 'Retain')) return others;
  const isScaledDown = !isInRange(set, ordinalOf(pod));
  if (policy.whenScaled === 'Delete' && isScaledDown) return [...others, newControllerRef(pod)];
  if (policy.whenDeleted === 'Delete') return [...others, newControllerRef(set)];
  return others;
}

/** Brings the owners of a pod's claims in line with the retention policy. Claims of stale owners are left alone. */
export function syncClaimOwners(set: StatefulSet, pod: Pod, context: ReconcileContext): void {
  for (const name of claimNamesOf(set, ordinalOf(pod))) {
    const claim = find(set, name, context);
    if (claim === undefined || isStale(claim, set) || isStale(claim, pod)) continue;
    const ownerReferences = wantedOwners(claim, set, pod);
    if (deepEqual(ownerReferences, claim.metadata.ownerReferences ?? [])) continue;
    context.client.update(RESOURCE, { ...claim, metadata: { ...claim.metadata, ownerReferences } });
  }
}
