/**
 * DELETE of objects and collections, and its options (apiserver's endpoints/handlers/delete.go, v1.34).
 */

import { isObject, type JsonObject } from '../../apimachinery/json.ts';
import { ApiError } from '../../apimachinery/status.ts';
import type { DeleteOptions } from '../client.ts';
import { decodeNamed } from '../codec.ts';
import type { Core } from '../core.ts';
import { deleteObject } from '../verbs/delete.ts';
import { listStored, parseSelection } from '../verbs/read.ts';
import type { ResourceRequest } from '../verbs/request.ts';
import type { Answer } from './answer.ts';
import { parseBody } from './body.ts';
import { listAnswer } from './list-answer.ts';
import { booleanOption, checkDeleteOptions, integerOption, notAllowed } from './options.ts';
import type { HandlerContext } from './read-handler.ts';

/** Deletes, and answers what is left or a Status. */
export function remove(
  core: Core,
  { query, accept, request }: HandlerContext,
  target: ResourceRequest,
  bytes: Buffer,
): Answer {
  const { resource } = target;
  const options = deleteOptions(query, bytes, request.headers['content-type']);
  if (target.name === '') {
    if (!resource.verbs.includes('deletecollection')) throw notAllowed();
    const selection = parseSelection(
      resource,
      query.get('labelSelector') ?? undefined,
      query.get('fieldSelector') ?? undefined,
    );
    const stored = listStored(core, resource, {
      selection,
      ...(target.namespace === '' ? {} : { namespace: target.namespace }),
    });
    const items = stored.map(
      ({ object }) =>
        deleteObject(
          core,
          { ...target, namespace: object.metadata.namespace ?? '', name: object.metadata.name ?? '' },
          options,
        ).object,
    );
    return { status: 200, body: listAnswer(core, target, items, { accept, revision: core.store.revision }) };
  }
  const { gone, object } = deleteObject(core, target, options);
  if (!gone) return { status: 200, body: object };
  return {
    status: 200,
    body: {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: {
        name: target.name,
        ...(resource.group === '' ? {} : { group: resource.group }),
        kind: resource.resource,
        uid: object.metadata.uid,
      },
    },
  };
}

/** Of the body, or else of the query. Errors in the body have no reason, as upstream does not tell it from its own. */
function deleteOptions(query: URLSearchParams, bytes: Buffer, contentType: string | undefined): DeleteOptions {
  const decoded = bytes.length === 0 ? {} : readOptions(bytes, contentType);
  const grace = integerOption(query, 'gracePeriodSeconds') ?? decoded.gracePeriodSeconds;
  const policy = query.get('propagationPolicy') ?? decoded.propagationPolicy;
  const orphan = booleanOption(query, 'orphanDependents') ?? decoded.orphanDependents;
  const dryRun = [...query.getAll('dryRun'), ...(Array.isArray(decoded.dryRun) ? decoded.dryRun.map(String) : [])];
  checkDeleteOptions({ propagationPolicy: policy, orphanDependents: orphan, dryRun });
  const propagation =
    policy === undefined && orphan !== undefined ? (orphan === true ? 'Orphan' : 'Background') : policy;
  return {
    ...(typeof grace === 'number' ? { gracePeriodSeconds: grace } : {}),
    ...(propagation === undefined ? {} : { propagationPolicy: propagation as 'Orphan' | 'Background' | 'Foreground' }),
    ...(isObject(decoded.preconditions)
      ? { preconditions: decoded.preconditions as { uid?: string; resourceVersion?: string } }
      : {}),
    dryRun: dryRun.includes('All'),
  };
}

function readOptions(bytes: Buffer, contentType: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const body: JsonObject = parseBody(bytes, {
      contentType,
      strict: false,
      kind: 'DeleteOptions',
      hasProtobuf: true,
    }).value;
    const { kind = 'DeleteOptions', apiVersion = 'v1' } = body;
    if (kind !== 'DeleteOptions' && kind !== '') {
      const place = 'in scheme "pkg/runtime/scheme.go:110"';
      throw new ApiError(
        'Unknown',
        `no kind "${String(kind)}" is registered for version "${String(apiVersion)}" ${place}`,
      );
    }
    return decodeNamed('meta/v1.DeleteOptions', body);
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== 'BadRequest') throw error;
    const wrapped = /^the object provided is unrecognized \(must be of type DeleteOptions\): (.*) \([^()]*\)$/s;
    throw new ApiError('Unknown', wrapped.exec(error.message)?.[1] ?? error.message);
  }
}
