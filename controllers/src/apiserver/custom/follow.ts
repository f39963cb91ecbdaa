/**
 * Keeps the served resources in step with the CustomResourceDefinitions (apiextensions-apiserver, v1.34). Upstream's
 * controllers accept names, establish a definition and delete its objects moments after it is stored; here at once.
 */
import { deepEqual } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { formatGroupResource, storagePrefix } from '../../apimachinery/resource.ts';
import { formatTime } from '../../apimachinery/time.ts';
import type { Change, StoredObject } from '../../store/object-store.ts';
import type { Core } from '../core.ts';
import { CLEANUP } from '../resources/apiextensions/custom-resource-definition.ts';
import { deleteObject } from '../verbs/delete.ts';
import { definitionSpec } from './definition.ts';
import { definitionStatus, hasCondition, namingStatus, setCondition } from './names.ts';
import { resourceOf } from './resource-of.ts';

const DEFINITIONS = storagePrefix('apiextensions.k8s.io', 'customresourcedefinitions');

/** Serves what is defined now, and follows what changes. Answers how to stop. */
export function followDefinitions(core: Core): () => void {
  const waiting = new Map<string, () => void>();
  for (const { key, object } of core.store.list(DEFINITIONS)) {
    if (hasCondition(object, 'Established')) core.resources.setCustom(resourceOf(object));
    if (object.metadata.deletionTimestamp !== undefined) awaitObjects(core, waiting, key, object);
  }
  const stop = core.store.subscribe(DEFINITIONS, core.store.revision, (change) => follow(core, waiting, change));
  return () => {
    stop();
    for (const end of waiting.values()) end();
  };
}

function follow(core: Core, waiting: Map<string, () => void>, { type, key, object }: Change): void {
  const { group, names } = definitionSpec(object);
  if (type === 'DELETED') {
    waiting.get(key)?.();
    waiting.delete(key);
    core.resources.removeCustom(formatGroupResource(group, names.plural));
    // Its names are free now.
    for (const other of core.store.list(DEFINITIONS))
      if (definitionSpec(other.object).group === group) acceptNames(core, other);
    return;
  }
  // By now it may be gone or changed again: the next change tells.
  const stored = core.store.get(key);
  if (stored === undefined || stored.object !== object) return;
  if (hasCondition(object, 'Established')) serve(core, object);
  if (object.metadata.deletionTimestamp !== undefined) cleanUp(core, waiting, stored);
  else acceptNames(core, stored);
}

/** Only a change that clients can see makes another resource of it. */
function serve(core: Core, definition: KubeObject): void {
  const { group, names } = definitionSpec(definition);
  const known = core.resources.find(formatGroupResource(group, names.plural))?.definition;
  const isSame =
    known !== undefined &&
    deepEqual(known.spec, definition.spec) &&
    deepEqual(definitionStatus(known).acceptedNames, definitionStatus(definition).acceptedNames) &&
    known.metadata.deletionTimestamp === definition.metadata.deletionTimestamp;
  if (!isSame) core.resources.setCustom(resourceOf(definition));
}

function acceptNames(core: Core, { key, object, revision }: StoredObject): void {
  if (object.metadata.deletionTimestamp !== undefined) return;
  const { group } = definitionSpec(object);
  const others = core.store
    .list(DEFINITIONS)
    .filter((other) => other.key !== key && definitionSpec(other.object).group === group);
  const status = namingStatus(
    object,
    others.map((other) => other.object),
    formatTime(core.now()),
  );
  if (deepEqual(status, object.status)) return;
  core.store.put(key, { ...object, status }, revision);
}

/** Deletes its objects, and lets it go when they are gone. */
function cleanUp(core: Core, waiting: Map<string, () => void>, { key, object }: StoredObject): void {
  if (!(object.metadata.finalizers ?? []).includes(CLEANUP) || waiting.has(key)) return;
  const { group, names } = definitionSpec(object);
  const resource = core.resources.find(formatGroupResource(group, names.plural));
  if (resource?.definition !== undefined) {
    for (const { object: one } of core.store.list(storagePrefix(group, names.plural))) {
      const { namespace = '', name = '' } = one.metadata;
      const request = { resource, version: resource.storageVersion, namespace, name, subresource: '' };
      deleteObject(core, request, {});
    }
  }
  awaitObjects(core, waiting, key, object);
}

function awaitObjects(core: Core, waiting: Map<string, () => void>, key: string, definition: KubeObject): void {
  const { group, names } = definitionSpec(definition);
  const prefix = storagePrefix(group, names.plural);
  const isEmpty = (): boolean => core.store.list(prefix).length === 0;
  if (isEmpty()) {
    complete(core, key);
    return;
  }
  const stop = core.store.subscribe(prefix, core.store.revision, ({ type }) => {
    if (type === 'DELETED' && isEmpty()) complete(core, key);
  });
  waiting.set(key, stop);
  progress(core, key);
}

function progress(core: Core, key: string): void {
  writeTerminating(core, key, 'True', 'InstanceDeletionInProgress', 'CustomResource deletion is in progress');
}

function complete(core: Core, key: string): void {
  const stored = core.store.get(key);
  if (stored === undefined) return;
  const { metadata } = stored.object;
  const rest = (metadata.finalizers ?? []).filter((name) => name !== CLEANUP);
  if (rest.length === 0) {
    core.store.delete(key, stored.revision);
    return;
  }
  if (!(metadata.finalizers ?? []).includes(CLEANUP)) return;
  core.store.put(key, { ...stored.object, metadata: { ...metadata, finalizers: rest } }, stored.revision);
  writeTerminating(core, key, 'False', 'InstanceDeletionCompleted', 'removed all instances');
}

function writeTerminating(core: Core, key: string, status: string, reason: string, message: string): void {
  const stored = core.store.get(key);
  if (stored === undefined) return;
  const before = definitionStatus(stored.object);
  const condition = { type: 'Terminating', status, reason, message };
  const conditions = setCondition(before.conditions ?? [], condition, formatTime(core.now()));
  if (conditions === before.conditions) return;
  core.store.put(key, { ...stored.object, status: { ...before, conditions } }, stored.revision);
}
