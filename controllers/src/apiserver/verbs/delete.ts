/**
 * DELETE of an object or a collection (apiserver's registry/rest/delete.go and registry/generic/registry/store.go,
 * v1.34): preconditions, grace periods, finalizers for the garbage collector, and only then the store.
 */
import { conflict, notFound } from '../../apimachinery/api-errors.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { formatTime, parseTime, SECOND } from '../../apimachinery/time.ts';
import { admit, validateAdmission } from '../admission/admission.ts';
import type { DeleteOptions } from '../client.ts';
import { encodeObject } from '../codec.ts';
import type { Core } from '../core.ts';
import { keyIn, type Resource } from '../resources/resource.ts';
import { userOf } from './create.ts';
import { type ResourceRequest, subjectOf } from './request.ts';

export interface Deletion {
  /** Gone from the store; else it waits for its grace period or finalizers. */
  readonly gone: boolean;
  /** Its last state, in the request's version. */
  readonly object: KubeObject;
}

const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';

/** Throws NotFound, Conflict, Forbidden. */
export function deleteObject(core: Core, request: ResourceRequest, options: DeleteOptions = {}): Deletion {
  const { resource, version } = request;
  const namespace = resource.namespaced ? request.namespace : '';
  const key = keyIn(resource, namespace, request.name);
  const admission = {
    operation: 'DELETE' as const,
    resource,
    version,
    subresource: '',
    namespace,
    name: request.name,
    dryRun: options.dryRun ?? false,
    old: core.store.get(key)?.object,
    ...userOf(request),
  };
  admit(core, admission, undefined);
  validateAdmission(core, admission, undefined);
  const stored = core.store.get(key);
  if (stored === undefined) throw notFound(subjectOf(resource), request.name);
  checkPreconditions(resource, stored.object, options);
  const context = { core, dryRun: options.dryRun ?? false, subresource: '' };
  resource.facts.beforeDelete?.(stored.object, context);
  const now = core.now();
  const waiting =
    resource.facts.beginDelete?.(stored.object, now) ?? waitingState(resource, stored.object, options, now);
  const answer = (gone: boolean, object: KubeObject): Deletion => ({
    gone,
    object: encodeObject(resource, version, object),
  });
  if (waiting !== undefined) {
    if (waiting === stored.object || options.dryRun === true) return answer(false, waiting);
    const written = core.store.put(key, waiting, stored.revision);
    const { finalizers = [], deletionGracePeriodSeconds = 0 } = waiting.metadata;
    const over =
      finalizers.length === 0 && deletionGracePeriodSeconds === 0 && resource.facts.beginDelete === undefined;
    if (!over) return answer(false, written.object);
    return answer(true, core.store.delete(key, written.revision).object);
  }
  if (options.dryRun === true) return answer(true, stored.object);
  return answer(true, core.store.delete(key, stored.revision).object);
}

function checkPreconditions(resource: Resource, object: KubeObject, { preconditions }: DeleteOptions): void {
  const { uid, resourceVersion } = object.metadata;
  // Upstream names the kind here, not the resource.
  const subject = { group: resource.group, resource: resource.kind };
  if (preconditions?.uid !== undefined && preconditions.uid !== uid) {
    throw conflict(
      subject,
      object.metadata.name ?? '',
      `the UID in the precondition (${preconditions.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    );
  }
  if (preconditions?.resourceVersion !== undefined && preconditions.resourceVersion !== resourceVersion) {
    throw conflict(
      subject,
      object.metadata.name ?? '',
      `the ResourceVersion in the precondition (${preconditions.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`,
    );
  }
}

/** What stays in the store for now: the same object when nothing changes; undefined when it goes at once. */
function waitingState(
  resource: Resource,
  object: KubeObject,
  options: DeleteOptions,
  now: number,
): KubeObject | undefined {
  const finalizers = finalizersFor(resource, object, options);
  const before = object.metadata;
  const grace = resource.facts.gracePeriod?.(object, options.gracePeriodSeconds);
  if (grace === undefined) {
    if (finalizers.length === 0) return undefined;
    if (before.deletionTimestamp !== undefined && finalizers === before.finalizers) return object;
    return marked(object, finalizers, before.deletionTimestamp ?? formatTime(now), 0);
  }
  if (before.deletionTimestamp !== undefined) {
    const pending = before.deletionGracePeriodSeconds;
    if (pending === undefined) return undefined;
    const requested = options.gracePeriodSeconds;
    if (requested === undefined || requested >= pending) {
      if (pending === 0 && finalizers.length === 0) return undefined;
      return object;
    }
    const end = parseTime(before.deletionTimestamp) - pending * SECOND + requested * SECOND;
    return marked(object, finalizers, formatTime(end), requested);
  }
  return marked(object, finalizers, formatTime(now + grace * SECOND), grace);
}

function marked(
  object: KubeObject,
  finalizers: readonly string[],
  deletionTimestamp: string,
  grace: number,
): KubeObject {
  const { finalizers: before, ...metadata } = object.metadata;
  const first = metadata.deletionTimestamp === undefined;
  return {
    ...object,
    metadata: {
      ...metadata,
      ...(first && metadata.generation !== undefined ? { generation: metadata.generation + 1 } : {}),
      deletionTimestamp,
      deletionGracePeriodSeconds: grace,
      ...(finalizers.length === 0 ? {} : { finalizers: finalizers === before ? before : finalizers }),
    },
  };
}

/** With the garbage collector's finalizers as the propagation policy wants them; the same list when nothing changes. */
function finalizersFor(
  resource: Resource,
  object: KubeObject,
  { propagationPolicy }: DeleteOptions,
): readonly string[] {
  const before = object.metadata.finalizers ?? [];
  if (resource.kind === 'Event') return before;
  const policy =
    propagationPolicy ??
    (before.includes(ORPHAN)
      ? 'Orphan'
      : before.includes(FOREGROUND)
        ? 'Foreground'
        : (resource.facts.defaultPropagation ?? 'Background'));
  const wanted = policy === 'Orphan' ? ORPHAN : policy === 'Foreground' ? FOREGROUND : undefined;
  const rest = before.filter((name) => name !== ORPHAN && name !== FOREGROUND);
  const after = wanted === undefined ? rest : [...rest, wanted];
  const known = new Set(before);
  return after.length === before.length && after.every((name) => known.has(name)) ? before : after;
}
