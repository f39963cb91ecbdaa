/**
 * Making, deleting and claiming pods on behalf of a workload, as controller_utils.go and controller_ref_manager.go do
 * (pkg/controller v1.34): the events, the adoption of orphans that match, the release of what no longer matches.
 */
import type { Pod, PodTemplateSpec } from '../apimachinery/kinds.ts';
import type { KubeObject, StoredMeta } from '../apimachinery/object.ts';
import { controllerOf, newControllerRef } from '../apimachinery/owner.ts';
import type { LabelSelector } from '../apimachinery/selector.ts';
import { isApiError } from '../apimachinery/status.ts';
import type { ReconcileContext } from './controller.ts';

/** A workload as the store has it. */
export type Owner = KubeObject & { readonly metadata: StoredMeta };

/** Whether a create was refused because the namespace is going away; nothing is to be done about it then. */
export function isNamespaceTerminating(error: unknown): boolean {
  return (
    isApiError(error, 'Forbidden') &&
    (error.details?.causes ?? []).some(({ reason }) => reason === 'NamespaceTerminating')
  );
}

/** The pod that a template stands for; metadata and spec are those of the template. */
export function podFromTemplate(template: PodTemplateSpec, owner: Owner): KubeObject {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${owner.metadata.name}-`,
      ...(owner.metadata.namespace === undefined ? {} : { namespace: owner.metadata.namespace }),
      labels: labels ?? {},
      annotations: annotations ?? {},
      ...(finalizers === undefined ? {} : { finalizers }),
      ownerReferences: [newControllerRef(owner)],
    },
    spec: template.spec,
  };
}

/** Creates a pod and says so on its owner. Throws what the API server refused, after an event about it. */
export function createPod(pod: KubeObject, owner: Owner, context: ReconcileContext): Pod {
  try {
    const created = context.client.create<Pod>('pods', pod);
    context.event(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${created.metadata.name}`);
    return created;
  } catch (error) {
    if (isApiError(error) && !isNamespaceTerminating(error)) {
      context.event(owner, 'Warning', 'FailedCreate', `Error creating: ${error.message}`);
    }
    throw error;
  }
}

/** Deletes a pod and says so on its owner; a pod that is gone is no failure. */
export function deletePod(pod: Pod, owner: Owner, context: ReconcileContext): void {
  const { namespace = '', name } = pod.metadata;
  try {
    context.client.delete('pods', { namespace, name });
    context.event(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
  } catch (error) {
    if (isApiError(error, 'NotFound')) return;
    if (isApiError(error)) context.event(owner, 'Warning', 'FailedDelete', `Error deleting: ${error.message}`);
    throw error;
  }
}

export interface ClaimOptions {
  /** GroupResource of what is claimed. */
  readonly resource: string;
  /** GroupResource of the owner. */
  readonly ownerResource: string;
  readonly selector: LabelSelector;
  readonly filter?: (object: KubeObject) => boolean;
  /** Put on what is adopted. */
  readonly finalizers?: readonly string[];
}

/**
 * Those of the objects that belong to the owner: it adopts what matches and has no controller, and lets go of what it
 * has and no longer matches.
 */
export function claim<T extends KubeObject & { readonly metadata: StoredMeta }>(
  objects: readonly T[],
  owner: Owner,
  context: ReconcileContext,
  options: ClaimOptions,
): T[] {
  const { selector, filter } = options;
  const claimed: T[] = [];
  let mayAdopt: boolean | undefined;
  for (const object of objects) {
    const controller = controllerOf(object);
    const matches = selector.matches(object.metadata.labels) && (filter?.(object) ?? true);
    if (controller !== undefined) {
      if (controller.uid !== owner.metadata.uid) continue;
      if (matches) claimed.push(object);
      else if (owner.metadata.deletionTimestamp === undefined) release(object, owner, context, options.resource);
      continue;
    }
    if (!matches || owner.metadata.deletionTimestamp !== undefined || object.metadata.deletionTimestamp !== undefined) {
      continue;
    }
    mayAdopt ??= isStillThere(owner, context, options.ownerResource);
    if (!mayAdopt) continue;
    const adopted = adopt(object, owner, context, options);
    if (adopted !== undefined) claimed.push(adopted);
  }
  return claimed;
}

/** Before adopting, the owner is read again: it may have been deleted meanwhile. */
function isStillThere(owner: Owner, context: ReconcileContext, resource: string): boolean {
  const { namespace = '', name, uid } = owner.metadata;
  const fresh = context.client.find(resource, { namespace, name });
  return fresh?.metadata.uid === uid && fresh.metadata.deletionTimestamp === undefined;
}

function adopt<T extends KubeObject & { readonly metadata: StoredMeta }>(
  object: T,
  owner: Owner,
  context: ReconcileContext,
  { resource, finalizers }: ClaimOptions,
): T | undefined {
  const { namespace = '', name, uid } = object.metadata;
  const metadata = {
    uid,
    ownerReferences: [newControllerRef(owner)],
    ...(finalizers === undefined ? {} : { finalizers }),
  };
  try {
    return context.client.patch<T>(resource, { namespace, name }, { type: 'strategic', patch: { metadata } });
  } catch (error) {
    if (isApiError(error, 'NotFound')) return undefined;
    throw error;
  }
}

function release(object: KubeObject, owner: Owner, context: ReconcileContext, resource: string): void {
  const { namespace = '', name = '', uid } = object.metadata;
  try {
    context.client.patch(
      resource,
      { namespace, name },
      {
        type: 'strategic',
        patch: { metadata: { uid, ownerReferences: [{ $patch: 'delete', uid: owner.metadata.uid }] } },
      },
    );
  } catch (error) {
    // Gone, or no longer ours: either way it is released.
    if (!isApiError(error, 'NotFound', 'Invalid')) throw error;
  }
}
