/**
 * Owner references, as apimachinery's meta/v1 controller_ref.go and client-go's ControllerRefManager read and make them.
 */
import type { KubeObject, OwnerReference } from './object.ts';

/** The reference to the controller that manages an object. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((reference) => reference.controller === true);
}

/** Whether `owner` is the controller of `object`, by uid. */
export function isControlledBy(object: KubeObject, owner: KubeObject): boolean {
  return controllerOf(object)?.uid === owner.metadata.uid;
}

/** The reference that a controller puts on what it creates. */
export function newControllerRef(owner: KubeObject): OwnerReference {
  return { ...newOwnerRef(owner), controller: true, blockOwnerDeletion: true };
}

/** A plain reference to an owner. */
export function newOwnerRef(owner: KubeObject): OwnerReference {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name ?? '',
    uid: owner.metadata.uid ?? '',
  };
}
