/**
 * PUT of an object or of its status (apiserver's handlers/update.go, registry/rest/update.go and
 * registry/generic/registry/store.go, v1.34): preconditions, what the kind keeps, generation, validation; a write that
 * changes nothing is none; an object that waits for its last finalizer goes.
 */
import {
  badRequest,
  conflict,
  invalid,
  invalidObject,
  notFound,
  OPTIMISTIC_LOCK,
} from '../../apimachinery/api-errors.ts';
import { deepEqual } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { admit, validateAdmission } from '../admission/admission.ts';
import { decodeRequest, encodeObject } from '../codec.ts';
import type { Core } from '../core.ts';
import { equalButForTimes, trackUpdate } from '../managed-fields.ts';
import { dedupeOwners, validateFixedMeta, validateObjectMetaUpdate } from '../object-meta.ts';
import { type Draft, hasStatus, type KindContext, keyIn, type Resource } from '../resources/resource.ts';
import { admissionRequest, createDecoded, setNamespace, userOf } from './create.ts';
import { mayCreate } from './may-create.ts';
import { checkSize } from './object-size.ts';
import { type ResourceRequest, subjectOf, type WriteRequest } from './request.ts';

/** Answers the object as it is afterwards, in the request's version. Throws NotFound, Conflict, Invalid, BadRequest. */
export function updateObject(core: Core, request: WriteRequest): KubeObject {
  const stored = core.store.get(keyOf(request));
  const draft = decodeRequest(request, request.body, stored?.object);
  const { resource } = request;
  const name = draft.metadata.name ?? '';
  if (name === '') throw badRequest('name must be provided');
  if (name !== request.name) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${request.name})`);
  }
  setNamespace(request, draft);
  if (stored === undefined) {
    if (resource.facts.createOnUpdate === true && request.subresource === '') {
      mayCreate(core, request);
      return createDecoded(core, request, draft);
    }
    throw notFound(subjectOf(resource), request.name);
  }
  const old = stored.object;
  const version = draft.metadata.resourceVersion ?? '';
  if (version === '' || version === '0') {
    if (resource.facts.unconditionalUpdate === false || resource.custom) {
      // Upstream names the resource, not the kind.
      throw invalidObject({ group: resource.group, kind: resource.resource }, request.name, [
        invalid('metadata.resourceVersion', 0, 'must be specified for an update'),
      ]);
    }
  } else if (version !== old.metadata.resourceVersion) {
    throw conflict(subjectOf(resource), request.name, OPTIMISTIC_LOCK);
  }
  return updateDecoded(core, request, draft, old);
}

export function keyOf(request: ResourceRequest): string {
  const { resource } = request;
  return keyIn(resource, request.namespace, request.name);
}

export interface UpdateOptions {
  /** The managers of fields are already in the draft: server-side apply has set them. */
  readonly managed?: boolean;
  /** It comes of a patch: another uid is an error of the field, no precondition. */
  readonly fixed?: boolean;
}

/** Subresources that change the status. */
const OF_STATUS: ReadonlySet<string> = new Set(['status', 'approval']);

/** Replaces a stored object by a decoded one: also the end of every patch. */
export function updateDecoded(
  core: Core,
  request: WriteRequest,
  draft: Draft,
  old: KubeObject,
  options: UpdateOptions = {},
): KubeObject {
  const { resource, subresource } = request;
  const dryRun = request.options.dryRun ?? false;
  const context: KindContext = { core, dryRun, subresource, ...userOf(request), warn: request.warn };
  if (options.fixed !== true && draft.metadata.uid !== undefined && draft.metadata.uid !== old.metadata.uid) {
    throw conflict(
      subjectOf(resource),
      request.name,
      `StorageError: invalid object, Code: 4, Key: ${registryKey(resource, old)}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${draft.metadata.uid}, UID in object meta: ${old.metadata.uid}`,
    );
  }
  const changed = validateFixedMeta(draft.metadata, old.metadata);
  keepMetadata(draft, old);
  dedupeOwners(draft, request.warn);
  const admission = admissionRequest(request, draft, 'UPDATE', old);
  admit(core, admission, draft);
  if (OF_STATUS.has(subresource)) prepareStatus(resource, draft, old, context);
  else prepareSpec(resource, draft, old, context);
  if (options.managed !== true) trackUpdate(request, old, draft, core.now());
  const object: KubeObject = draft;
  if (changed.length === 0 && equalButForTimes(object, old)) {
    // A write that changes nothing is refused as any other.
    validateAdmission(core, admission, object);
    return encodeObject(resource, request.version, old);
  }
  const errors = [
    ...validateObjectMetaUpdate(object, { old, resource, fixed: changed }),
    ...((OF_STATUS.has(subresource)
      ? resource.facts.validateStatusUpdate?.(object, old, context)
      : resource.facts.validateUpdate?.(object, old, context)) ?? []),
  ];
  if (errors.length > 0) throw invalidObject(resource, request.name, errors);
  validateAdmission(core, admission, object);
  if (dryRun) return encodeObject(resource, request.version, object);
  const key = keyOf(request);
  const revision = Number(old.metadata.resourceVersion);
  if (isLastFinalizerGone(object, old)) {
    const gone = core.store.delete(key, revision);
    return encodeObject(resource, request.version, {
      ...object,
      metadata: { ...object.metadata, resourceVersion: String(gone.revision) },
    });
  }
  checkSize(request, object);
  return encodeObject(resource, request.version, core.store.put(key, object, revision).object);
}

/** Where upstream's storage has it, which its errors tell. */
const REGISTRY_NAMES = new Map([
  ['services', 'services/specs'],
  ['endpoints', 'services/endpoints'],
  ['nodes', 'minions'],
  ['replicationcontrollers', 'controllers'],
  ['ingresses', 'ingress'],
]);

function registryKey({ group, resource, custom }: Resource, { metadata }: KubeObject): string {
  const hasGroup = custom || group === 'apiextensions.k8s.io' || group === 'apiregistration.k8s.io';
  const parts = [hasGroup ? group : '', REGISTRY_NAMES.get(resource) ?? resource, metadata.namespace, metadata.name];
  return `/registry/${parts.filter((part) => part !== undefined && part !== '').join('/')}`;
}

/** Nothing waits for it any more: no finalizer, and its grace period is over (ShouldDeleteDuringUpdate). */
function isLastFinalizerGone(object: KubeObject, old: KubeObject): boolean {
  if ((object.metadata.finalizers ?? []).length > 0) return false;
  return (
    old.metadata.deletionTimestamp !== undefined &&
    (old.metadata.deletionGracePeriodSeconds ?? 0) === 0 &&
    (old.metadata.finalizers ?? []).length > 0
  );
}

/** What a client can't change. */
function keepMetadata(draft: Draft, old: KubeObject): void {
  const { metadata } = draft;
  const before = old.metadata;
  metadata.uid = before.uid ?? '';
  metadata.creationTimestamp = before.creationTimestamp ?? null;
  metadata.resourceVersion = before.resourceVersion ?? '';
  if (before.generateName !== undefined && metadata.generateName === undefined)
    metadata.generateName = before.generateName;
  if (before.generation === undefined) delete metadata.generation;
  else metadata.generation = before.generation;
  if (before.deletionTimestamp === undefined) delete metadata.deletionTimestamp;
  else metadata.deletionTimestamp = before.deletionTimestamp;
  if (before.deletionGracePeriodSeconds === undefined) delete metadata.deletionGracePeriodSeconds;
  else metadata.deletionGracePeriodSeconds ??= before.deletionGracePeriodSeconds;
}

/** An ordinary update keeps the status and moves the generation with the spec. */
function prepareSpec(resource: Resource, draft: Draft, old: KubeObject, context: KindContext): void {
  if (hasStatus(resource)) {
    if (old.status === undefined) delete draft.status;
    else draft.status = old.status;
  }
  resource.facts.prepareUpdate?.(draft, old, context);
  const rule = resource.facts.generation ?? (hasStatus(resource) ? 'spec' : 'none');
  const moves = resource.custom
    ? hasStatus(resource)
      ? !equalWithout(draft, old, 'status')
      : !equalWithout(draft, old, '')
    : (rule !== 'none' &&
        rule !== 'once' &&
        (old.spec === undefined ? !equalWithout(draft, old, 'status') : !deepEqual(draft.spec, old.spec))) ||
      (rule === 'spec-and-annotations' && !deepEqual(draft.metadata.annotations ?? {}, old.metadata.annotations ?? {}));
  if (moves) draft.metadata.generation = (old.metadata.generation ?? 0) + 1;
}

/** Whether all but metadata and one more field are equal. */
function equalWithout(draft: Draft, old: KubeObject, field: string): boolean {
  const keys = new Set([...Object.keys(draft), ...Object.keys(old)]);
  for (const key of keys) {
    // Stored objects may be of an earlier storage version.
    if (key === 'metadata' || key === 'apiVersion' || key === field) continue;
    if (!deepEqual(draft[key], old[key])) return false;
  }
  return true;
}

/** An update of the status keeps all else but annotations, finalizers and the like. */
function prepareStatus(resource: Resource, draft: Draft, old: KubeObject, context: KindContext): void {
  for (const key of Object.keys(draft))
    if (key !== 'status' && key !== 'metadata' && key !== 'apiVersion' && key !== 'kind') delete draft[key];
  for (const key of Object.keys(old)) {
    if (key !== 'status' && key !== 'metadata') draft[key] = old[key];
  }
  if (resource.custom) {
    draft.metadata = { ...old.metadata, managedFields: draft.metadata.managedFields ?? [] };
  } else if (old.metadata.labels === undefined) delete draft.metadata.labels;
  else draft.metadata.labels = old.metadata.labels;
  resource.facts.prepareStatusUpdate?.(draft, old, context);
}
