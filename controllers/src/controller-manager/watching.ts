/**
 * Maps from changes to keys that many controllers share: the object itself, its controlling owner, and the owners that
 * an orphan could have.
 */

import type { KubeObject } from '../apimachinery/object.ts';
import { controllerOf } from '../apimachinery/owner.ts';
import { type LabelSelectorSpec, labelSelectorOf } from '../apimachinery/selector.ts';
import type { Client, ObjectKey } from '../apiserver/client.ts';
import type { Change } from '../store/object-store.ts';
import type { WatchSource } from './controller.ts';

export function keyOf(object: KubeObject): ObjectKey {
  const { namespace, name = '' } = object.metadata;
  return namespace === undefined ? { name } : { namespace, name };
}

/** Each change of an object is its own key. */
export function watchSelf(resource: string): WatchSource {
  return { resource, keys: (change) => [keyOf(change.object)] };
}

/** The owners of a kind that a changed object has, or had before. */
export function ownerKeys(change: Change, kind: string): readonly ObjectKey[] {
  const keys: ObjectKey[] = [];
  const { namespace } = change.object.metadata;
  const now = controllerOf(change.object);
  const before = change.previous === undefined ? undefined : controllerOf(change.previous);
  if (now?.kind === kind) keys.push({ ...(namespace === undefined ? {} : { namespace }), name: now.name });
  if (before?.kind === kind && before.uid !== now?.uid) {
    keys.push({ ...(namespace === undefined ? {} : { namespace }), name: before.name });
  }
  return keys;
}

export interface OwnedWatch {
  /** GroupResource of what is owned. */
  readonly resource: string;
  /** The owner's kind and GroupResource. */
  readonly kind: string;
  readonly ownerResource: string;
  /** Where it can adopt: its selector. */
  readonly selector?: (owner: KubeObject) => LabelSelectorSpec | undefined;
}

/** What is owned wakes its owner; an orphan wakes all that could adopt it. */
export function watchOwned({ resource, kind, ownerResource, selector }: OwnedWatch): WatchSource {
  return {
    resource,
    keys(change, client) {
      const keys = ownerKeys(change, kind);
      if (selector === undefined || change.type === 'DELETED' || controllerOf(change.object) !== undefined) return keys;
      return [...keys, ...possibleOwners(change.object, client, ownerResource, selector)];
    },
  };
}

function possibleOwners(
  orphan: KubeObject,
  client: Client,
  ownerResource: string,
  selector: (owner: KubeObject) => LabelSelectorSpec | undefined,
): readonly ObjectKey[] {
  const { namespace, labels } = orphan.metadata;
  if (labels === undefined) return [];
  return client
    .list(ownerResource, namespace === undefined ? {} : { namespace })
    .filter((owner) => labelSelectorOf(selector(owner)).matches(labels))
    .map(keyOf);
}
