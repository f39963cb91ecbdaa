/**
 * POST to a collection (apiserver's handlers/create.go and registry/rest/create.go, v1.34): decode, admission, what the
 * kind prepares, validation, admission's last word, store.
 */
import { alreadyExists, badRequest, invalidObject } from '../../apimachinery/api-errors.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { isApiError } from '../../apimachinery/status.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { type AdmissionRequest, admit, validateAdmission } from '../admission/admission.ts';
import type { UserInfo } from '../authentication/user.ts';
import { decodeRequest, encodeObject } from '../codec.ts';
import { type Core, nameSuffix, newUid } from '../core.ts';
import { trackUpdate } from '../managed-fields.ts';
import { dedupeOwners, validateObjectMeta } from '../object-meta.ts';
import { type Draft, hasStatus, type KindContext, keyIn, type Resource } from '../resources/resource.ts';
import { checkSize } from './object-size.ts';
import { type ResourceRequest, subjectOf, type WriteRequest } from './request.ts';

const MAX_GENERATED_PREFIX = 58;

/** Answers the created object in the request's version. Throws AlreadyExists, Invalid, Forbidden, BadRequest. */
export function createObject(core: Core, request: WriteRequest): KubeObject {
  const draft = decodeRequest(request, request.body);
  return createDecoded(core, request, draft);
}

/** Creates a decoded object: also for apply, and for updates that create. */
export function createDecoded(core: Core, request: WriteRequest, draft: Draft): KubeObject {
  const { resource } = request;
  const dryRun = request.options.dryRun ?? false;
  const context: KindContext = { core, dryRun, subresource: '', ...userOf(request), warn: request.warn };
  setNamespace(request, draft);
  delete draft.metadata.managedFields;
  // What admission and the kind add is nobody's.
  if (request.applied === undefined) trackUpdate(request, undefined, draft, core.now());
  else if (request.applied.length > 0) draft.metadata.managedFields = [...request.applied];
  const admission = admissionRequest(request, draft, 'CREATE', undefined);
  admit(core, admission, draft);
  dedupeOwners(draft, request.warn);
  prepareMetadata(core, resource, draft, dryRun);
  resource.facts.prepareCreate?.(draft, context);
  const object: KubeObject = draft;
  const errors = validateObjectMeta(object, resource);
  const more = resource.facts.validate?.(object, context);
  if (errors.length > 0 || (more !== undefined && more.length > 0)) {
    throw invalidObject(resource, draft.metadata.name ?? '', [...errors, ...(more ?? [])]);
  }
  const name = draft.metadata.name ?? '';
  validateAdmission(core, { ...admission, name }, object);
  const key = keyIn(resource, draft.metadata.namespace ?? '', name);
  if (dryRun) {
    if (core.store.get(key) !== undefined) throw alreadyExists(subjectOf(resource), name);
    return encodeObject(resource, request.version, object);
  }
  checkSize(request, object);
  try {
    return encodeObject(resource, request.version, core.store.put(key, object, 'absent').object);
  } catch (error) {
    if (isApiError(error, 'Conflict') && core.store.get(key)?.object.metadata.uid !== object.metadata.uid) {
      throw alreadyExists(subjectOf(resource), name);
    }
    throw error;
  }
}

/** Who asks, if it is not the control plane. */
export function userOf({ user }: ResourceRequest): { readonly user?: UserInfo } {
  return user === undefined ? {} : { user };
}

/** The URL's namespace goes into the object; a different one there is an error. */
export function setNamespace(request: WriteRequest, draft: Draft): void {
  const given = draft.metadata.namespace ?? '';
  if (!request.resource.namespaced) {
    if (given !== '') delete draft.metadata.namespace;
    return;
  }
  if (given === '') draft.metadata.namespace = request.namespace;
  else if (given !== request.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
}

export function admissionRequest(
  request: WriteRequest,
  draft: Draft,
  operation: 'CREATE' | 'UPDATE',
  old: KubeObject | undefined,
): AdmissionRequest {
  return {
    operation,
    resource: request.resource,
    version: request.version,
    subresource: request.subresource,
    namespace: request.resource.namespaced ? request.namespace : '',
    name: draft.metadata.name ?? '',
    dryRun: request.options.dryRun ?? false,
    old,
    ...userOf(request),
    ...(request.warn === undefined ? {} : { warn: request.warn }),
  };
}

/** What only the server sets: identity, time, generation, and an empty status. */
function prepareMetadata(core: Core, resource: Resource, draft: Draft, dryRun: boolean): void {
  const { metadata } = draft;
  if ((metadata.name === undefined || metadata.name === '') && metadata.generateName) {
    metadata.name = `${metadata.generateName.slice(0, MAX_GENERATED_PREFIX)}${nameSuffix(core.random)}`;
  }
  metadata.uid = newUid(core.random);
  metadata.creationTimestamp = formatTime(core.now());
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  if (!dryRun) delete metadata.resourceVersion;
  delete metadata.selfLink;
  const generation = resource.facts.generation ?? (hasStatus(resource) && !resource.custom ? 'spec' : 'none');
  // Kinds without one keep what they are given.
  if (generation !== 'none' || resource.custom) metadata.generation = 1;
  else if (metadata.generation === 0) delete metadata.generation;
}
