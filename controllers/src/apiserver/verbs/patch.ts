/**
 * PATCH (apiserver's handlers/patch.go, v1.34): JSON, merge and strategic patches are taken of the object in the
 * request's version, and what comes out is an update; server-side apply merges by ownership.
 */
import {
  badRequest,
  conflict,
  invalid,
  invalidObject,
  notFound,
  OPTIMISTIC_LOCK,
} from '../../apimachinery/api-errors.ts';
import { isObject, type JsonObject, sortedJson } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { applyJsonPatch } from '../../apimachinery/patch/json.ts';
import { applyMergePatch } from '../../apimachinery/patch/merge.ts';
import { applyStrategicPatch } from '../../apimachinery/patch/strategic.ts';
import { ApiError } from '../../apimachinery/status.ts';
import type { Patch } from '../client.ts';
import { decodeRequest, encodeObject } from '../codec.ts';
import type { Core } from '../core.ts';
import { applyObject } from './apply.ts';
import { setNamespace } from './create.ts';
import { subjectOf, type WriteRequest } from './request.ts';
import { patchScale } from './scale.ts';
import { keyOf, updateDecoded } from './update.ts';

/** Answers the object afterwards, in the request's version. Throws NotFound, Conflict, Invalid, BadRequest. */
export function patchObject(core: Core, request: WriteRequest, patch: Patch): KubeObject {
  if (request.subresource === 'scale')
    return patchScale(core, request, (scale) => patched(request, scale, patch) as KubeObject);
  if (patch.type === 'apply') return applyObject(core, request, patch.patch);
  const { resource } = request;
  const stored = core.store.get(keyOf(request));
  if (stored === undefined) throw notFound(subjectOf(resource), request.name);
  const live = encodeObject(resource, request.version, stored.object);
  const result = patched(request, live, patch);
  if (!isObject(result)) throw badRequest('the patch leaves no object');
  const body = result === live ? { ...result } : result;
  const draft = strictly(request, patch.type, body, () => decodeRequest({ ...request, body }, body, stored.object));
  if ((draft.metadata.name ?? '') === '')
    throw badRequest(`the name of the object (${request.name} based on URL) was undeterminable: name must be provided`);
  if ((draft.metadata.name ?? '') !== request.name) {
    throw badRequest(
      `the name of the object (${draft.metadata.name ?? ''}) does not match the name on the URL (${request.name})`,
    );
  }
  setNamespace(request, draft);
  const { uid } = draft.metadata;
  if (uid !== undefined && uid !== '' && uid !== stored.object.metadata.uid) {
    const changed = invalid('metadata.uid', uid, 'field is immutable');
    throw invalidObject(resource, request.name, [changed, changed]);
  }
  const version = draft.metadata.resourceVersion ?? '';
  if (version !== '' && version !== stored.object.metadata.resourceVersion) {
    throw conflict(subjectOf(resource), request.name, OPTIMISTIC_LOCK);
  }
  return updateDecoded(core, request, draft, stored.object, { fixed: true });
}

/** The document with the patch applied. */
function patched(request: WriteRequest, document: JsonObject, patch: Patch): unknown {
  switch (patch.type) {
    case 'json':
      return jsonPatched(document, patch.patch);
    case 'merge':
      return applyMergePatch(document, patch.patch);
    case 'strategic': {
      const schema = request.resource.schema(request.version);
      if (schema === undefined || request.resource.custom) {
        throw new ApiError(
          'UnsupportedMediaType',
          'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
        );
      }
      return applyStrategicPatch(document, patch.patch, schema);
    }
    default:
      throw badRequest(`unknown patch type ${patch.type}`);
  }
}

/** Whatever is wrong with an operation, clients are not told. */
function jsonPatched(document: JsonObject, operations: readonly unknown[]): unknown {
  try {
    return applyJsonPatch(document, operations);
  } catch (error) {
    if (!(error instanceof ApiError) || (error.reason !== 'Invalid' && error.reason !== 'BadRequest')) throw error;
    throw new ApiError('Invalid', 'the server rejected our request due to an error in our request', {});
  }
}

/** What does not decode after a patch is the patch's fault: 422, and strict errors have a text of their own. */
function strictly<T>(request: WriteRequest, type: Patch['type'], body: JsonObject, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== 'BadRequest') throw error;
    const strict = /strict decoding error: .*/s.exec(error.message)?.[0];
    const problem =
      strict ?? (type === 'strategic' ? undefined : /cannot be handled as a [^:]*: (.*)/s.exec(error.message)?.[1]);
    if (problem === undefined) throw error;
    throw invalidObject({ group: '', kind: '' }, '', [invalid('patch', patchText(request, body), problem)]);
  }
}

function patchText(_request: WriteRequest, body: JsonObject): string {
  return sortedJson(body);
}
