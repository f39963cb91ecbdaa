/**
 * The garbage collector (pkg/controller/garbagecollector v1.34): keeps who owns what, deletes what has lost all its
 * owners, and sees foreground and orphan deletions through. What it keeps can always be rebuilt from the objects.
 */
import type { KubeObject, OwnerReference } from '../apimachinery/object.ts';
import { parseGroupVersion, parseStorageKey, resourceOfKey } from '../apimachinery/resource.ts';
import { isApiError } from '../apimachinery/status.ts';
import type { ObjectKey } from '../apiserver/client.ts';
import type { Change } from '../store/object-store.ts';
import type { Controller, ReconcileContext, Requeue } from './controller.ts';

const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';
/** Never owners nor owned; too many to look at. */
const IGNORED = new Set(['events', 'leases.coordination.k8s.io']);

/** What kinds there are; the API server knows. */
export interface KindLookup {
  /** Undefined for a kind that is not served. */
  byKind(group: string, kind: string): { readonly resource: string; readonly namespaced: boolean } | undefined;
}

interface Located {
  readonly resource: string;
  readonly key: ObjectKey;
}

interface Node extends Located {
  readonly owners: readonly OwnerReference[];
}

/** A key names the resource too: `pods|web-1`. */
function encode({ resource, key }: Located): ObjectKey {
  return { ...key, name: `${resource}|${key.name}` };
}

function decode(key: ObjectKey): Located {
  const at = key.name.indexOf('|');
  return { resource: key.name.slice(0, at), key: { ...key, name: key.name.slice(at + 1) } };
}

function isForeground(object: KubeObject | undefined): boolean {
  return object?.metadata.deletionTimestamp !== undefined && object.metadata.finalizers?.includes(FOREGROUND) === true;
}

export function createGarbageCollector(kinds: KindLookup): Controller {
  const nodes = new Map<string, Node>();
  const dependents = new Map<string, Set<string>>();

  function locate(change: Change): Located {
    const { namespace, name } = parseStorageKey(change.key);
    return { resource: resourceOfKey(change.key), key: namespace === '' ? { name } : { namespace, name } };
  }

  function link(uid: string, owners: readonly OwnerReference[], isLinked: boolean): void {
    for (const owner of owners) {
      const known = dependents.get(owner.uid) ?? new Set<string>();
      if (isLinked) known.add(uid);
      else known.delete(uid);
      if (known.size === 0) dependents.delete(owner.uid);
      else dependents.set(owner.uid, known);
    }
  }

  function dependentsOf(uid: string): readonly Node[] {
    return [...(dependents.get(uid) ?? [])].flatMap((dependent) => nodes.get(dependent) ?? []);
  }

  /** Keeps the graph, and answers what has to be looked at because of a change. */
  function observe(change: Change): readonly ObjectKey[] {
    if (IGNORED.has(resourceOfKey(change.key))) return [];
    const { uid = '', ownerReferences: owners = [], deletionTimestamp } = change.object.metadata;
    const before = nodes.get(uid);
    if (change.type === 'MODIFIED' && deletionTimestamp === undefined && sameOwners(owners, before?.owners)) return [];
    const located = locate(change);
    if (before !== undefined) link(uid, before.owners, false);
    if (change.type === 'DELETED') {
      nodes.delete(uid);
      const waiting = (before?.owners ?? []).flatMap((owner) => nodes.get(owner.uid) ?? []);
      return [...dependentsOf(uid), ...waiting].map(encode);
    }
    nodes.set(uid, { ...located, owners });
    link(uid, owners, true);
    const wasDeleted = change.previous?.metadata.deletionTimestamp !== undefined;
    const isDeleted = deletionTimestamp !== undefined;
    const hasNewOwners = owners.length > 0 && !sameOwners(owners, before?.owners);
    const isWaiting = isForeground(change.object) || change.object.metadata.finalizers?.includes(ORPHAN) === true;
    if (hasNewOwners || (isDeleted && (!wasDeleted || isWaiting))) return [encode(located)];
    // An owner that was let go may have waited for this one.
    const lost = (before?.owners ?? []).filter((owner) => !owners.some(({ uid: kept }) => kept === owner.uid));
    return lost.flatMap((owner) => nodes.get(owner.uid) ?? []).map(encode);
  }

  return {
    name: 'garbage-collector-controller',
    watches: [{ resource: '*', keys: observe }],
    reconcile(encoded, context) {
      const located = decode(encoded);
      const object = find(located, context);
      if (object === undefined) return undefined;
      const graph = { kinds, dependentsOf };
      if (object.metadata.deletionTimestamp !== undefined) return seeThrough(located, object, graph, context);
      collect(located, object, graph, context);
      return undefined;
    },
  };
}

interface Graph {
  readonly kinds: KindLookup;
  dependentsOf(uid: string): readonly Node[];
}

function sameOwners(a: readonly OwnerReference[], b: readonly OwnerReference[] | undefined): boolean {
  return b !== undefined && a.length === b.length && a.every((owner, index) => owner.uid === b[index]?.uid);
}

function find({ resource, key }: Located, { client }: ReconcileContext): KubeObject | undefined {
  try {
    return client.find(resource, key);
  } catch (error) {
    if (isApiError(error, 'NotFound')) return undefined; // the resource itself is gone
    throw error;
  }
}

function patchMetadata(
  { resource, key }: Located,
  patch: Readonly<Record<string, unknown>>,
  context: ReconcileContext,
): void {
  try {
    context.client.patch(resource, key, { type: 'merge', patch: { metadata: patch } });
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error;
  }
}

function removeFinalizer(located: Located, object: KubeObject, finalizer: string, context: ReconcileContext): void {
  const { finalizers = [], resourceVersion } = object.metadata;
  patchMetadata(located, { resourceVersion, finalizers: finalizers.filter((name) => name !== finalizer) }, context);
}

function removeOwners(
  located: Located,
  object: KubeObject,
  uids: ReadonlySet<string>,
  context: ReconcileContext,
): void {
  const { ownerReferences = [], resourceVersion } = object.metadata;
  const left = ownerReferences.filter(({ uid }) => !uids.has(uid));
  if (left.length === ownerReferences.length) return;
  patchMetadata(located, { resourceVersion, ownerReferences: left }, context);
}

/** An object that is being deleted: orphans its dependents, or waits for those that block it. */
function seeThrough(
  located: Located,
  object: KubeObject,
  graph: Graph,
  context: ReconcileContext,
): Requeue | undefined {
  const { uid = '', finalizers = [] } = object.metadata;
  if (finalizers.includes(ORPHAN)) {
    const orphans = graph.dependentsOf(uid);
    for (const dependent of orphans) {
      const found = find(dependent, context);
      if (found !== undefined) removeOwners(dependent, found, new Set([uid]), context);
    }
    // The owner sees that it has lost them before it goes.
    if (orphans.length > 0) return { after: 0 };
    removeFinalizer(located, object, ORPHAN, context);
    return undefined;
  }
  if (!finalizers.includes(FOREGROUND)) return undefined;
  let isBlocked = false;
  for (const dependent of graph.dependentsOf(uid)) {
    const found = find(dependent, context);
    if (found === undefined) continue;
    const isBlocking = found.metadata.ownerReferences?.some(
      (owner) => owner.uid === uid && owner.blockOwnerDeletion === true,
    );
    if (isBlocking === true) isBlocked = true;
    if (found.metadata.deletionTimestamp === undefined) collect(dependent, found, graph, context);
  }
  // Deleting the dependents may have been all it took.
  const stillBlocked = isBlocked && graph.dependentsOf(uid).some((dependent) => blocks(dependent, uid, context));
  if (!stillBlocked) {
    const fresh = find(located, context);
    if (fresh !== undefined) removeFinalizer(located, fresh, FOREGROUND, context);
  }
  return undefined;
}

function blocks(dependent: Node, uid: string, context: ReconcileContext): boolean {
  const owners = find(dependent, context)?.metadata.ownerReferences ?? [];
  return owners.some((owner) => owner.uid === uid && owner.blockOwnerDeletion === true);
}

type OwnerState = 'solid' | 'dangling' | 'waiting';

function ownerState(
  owner: OwnerReference,
  dependent: Located,
  object: KubeObject,
  { kinds }: Graph,
  context: ReconcileContext,
): OwnerState {
  const kind = kinds.byKind(parseGroupVersion(owner.apiVersion)?.group ?? '', owner.kind);
  if (kind === undefined) return 'solid'; // a kind that is not served: upstream waits for it
  const { namespace } = dependent.key;
  if (kind.namespaced && namespace === undefined) {
    const about = `[${owner.apiVersion}/${owner.kind}, namespace: , name: ${owner.name}, uid: ${owner.uid}]`;
    const message = `ownerRef ${about} does not exist in namespace ""`;
    context.event(object, 'Warning', 'OwnerRefInvalidNamespace', message);
    return 'solid';
  }
  const key = kind.namespaced && namespace !== undefined ? { namespace, name: owner.name } : { name: owner.name };
  const found = find({ resource: kind.resource, key }, context);
  if (found?.metadata.uid === owner.uid) return isForeground(found) ? 'waiting' : 'solid';
  if (kind.namespaced && namespace !== undefined && isElsewhere(owner, kind.resource, context)) {
    const about = `[${owner.apiVersion}/${owner.kind}, namespace: ${namespace}, name: ${owner.name}, uid: ${owner.uid}]`;
    const message = `ownerRef ${about} does not exist in namespace "${namespace}"`;
    context.event(object, 'Warning', 'OwnerRefInvalidNamespace', message);
  }
  return 'dangling';
}

/** The owner lives in another namespace, where it can't own. */
function isElsewhere(owner: OwnerReference, resource: string, { client }: ReconcileContext): boolean {
  return client
    .list(resource, { fieldSelector: `metadata.name=${owner.name}` })
    .some(({ metadata }) => metadata.uid === owner.uid);
}

/** Deletes an object that no owner holds any more. */
function collect(located: Located, object: KubeObject, graph: Graph, context: ReconcileContext): void {
  const { ownerReferences = [], finalizers = [], uid = '' } = object.metadata;
  if (ownerReferences.length === 0) return;
  const states = new Map(
    ownerReferences.map((owner) => [owner.uid, ownerState(owner, located, object, graph, context)]),
  );
  const lost = [...states].filter(([, state]) => state !== 'solid').map(([owner]) => owner);
  if (lost.length < states.size) {
    removeOwners(located, object, new Set(lost), context);
    return;
  }
  const isAwaited = [...states.values()].includes('waiting');
  const children = graph.dependentsOf(uid);
  if (isAwaited && children.length > 0) {
    // Owners in a circle would wait for each other for ever.
    if (children.some((child) => isForeground(find(child, context)))) {
      const unblocked = ownerReferences.map((owner) => ({ ...owner, blockOwnerDeletion: false }));
      patchMetadata(located, { ownerReferences: unblocked }, context);
    }
    remove(located, uid, 'Foreground', context);
    return;
  }
  const policy = finalizers.includes(ORPHAN) ? 'Orphan' : finalizers.includes(FOREGROUND) ? 'Foreground' : 'Background';
  remove(located, uid, policy, context);
}

function remove(
  { resource, key }: Located,
  uid: string,
  propagationPolicy: 'Orphan' | 'Foreground' | 'Background',
  context: ReconcileContext,
): void {
  try {
    context.client.delete(resource, key, { propagationPolicy, preconditions: { uid } });
  } catch (error) {
    if (!isApiError(error, 'NotFound', 'Conflict')) throw error;
  }
}
