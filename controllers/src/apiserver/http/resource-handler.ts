/**
 * Requests for resources: which verb, with which options, and in which form the answer goes out.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { badRequest, invalid, invalidObject, methodNotSupported, notFound } from '../../apimachinery/api-errors.ts';
import { isObject, type JsonObject } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { formatGroupVersion, parseGroupVersion } from '../../apimachinery/resource.ts';
import { ApiError } from '../../apimachinery/status.ts';
import type { DeleteOptions, Patch } from '../client.ts';
import { decodeNamed } from '../codec.ts';
import type { Core } from '../core.ts';
import { deprecationOf } from '../resources/deprecations.ts';
import type { Resource } from '../resources/resource.ts';
import { kindSchema } from '../schema/types.ts';
import { createObject } from '../verbs/create.ts';
import { deleteObject } from '../verbs/delete.ts';
import { patchObject } from '../verbs/patch.ts';
import { listStored, parseSelection } from '../verbs/read.ts';
import type { RequestOptions, ResourceRequest, WriteRequest } from '../verbs/request.ts';
import { isReview, review } from '../verbs/reviews.ts';
import { updateScale } from '../verbs/scale.ts';
import { createSubresource } from '../verbs/subresources.ts';
import { updateObject } from '../verbs/update.ts';
import type { Answer } from './answer.ts';
import { parseBody, parsePatchBody, readBody, unrecognized, unsupported } from './body.ts';
import { listAnswer } from './list-answer.ts';
import { type Accepted, ALL_TYPES, type MediaRange, type MediaType, negotiate, type Offer } from './negotiate.ts';
import { type HandlerContext, readResource } from './read-handler.ts';
import { transformObject } from './transform.ts';

const NO_RESOURCE = 'the server could not find the requested resource';
const NO_METHOD = 'the server does not allow this method on the requested resource';
const PATCH_TYPES: ReadonlyMap<string, Patch['type']> = new Map([
  ['application/json-patch+json', 'json'],
  ['application/merge-patch+json', 'merge'],
  ['application/strategic-merge-patch+json', 'strategic'],
  ['application/apply-patch+yaml', 'apply'],
  ['application/apply-patch+json', 'apply'],
]);

/** What comes with a request for a resource, before its form is agreed on. */
export type ResourceContext = Omit<HandlerContext, 'accept'> & { readonly ranges: readonly MediaRange[] };

/** An answer, and the form it goes out in. */
export interface ResourceAnswer {
  readonly answer: Answer;
  readonly accept: Accepted;
}

/** Undefined where the response is already under way (watches). Throws ApiError. */
export async function handleResource(core: Core, given: ResourceContext): Promise<ResourceAnswer | undefined> {
  const { request, route, query } = given;
  const resource = core.resources.lookup(route.group, route.version, route.resource);
  if (resource === undefined) throw new ApiError('NotFound', NO_RESOURCE, {});
  const warn = warner(given.response);
  const deprecation = deprecationOf(resource, route.version);
  if (deprecation !== undefined) warn(deprecation);
  if (route.subresource !== '' && !isSubresource(resource, route.subresource)) {
    if (resource.custom) throw notFound({ group: resource.group, resource: resource.resource }, route.name);
    throw new ApiError('NotFound', NO_RESOURCE, {});
  }
  if (resource.namespaced && route.namespace === '' && route.name !== '')
    throw new ApiError('NotFound', NO_RESOURCE, {});
  const target: ResourceRequest = {
    resource,
    version: route.version,
    namespace: route.namespace,
    name: route.name,
    subresource: route.subresource,
    user: given.user,
  };
  const method = request.method ?? 'GET';
  const isWatch = route.watch || ['true', '1'].includes(query.get('watch') ?? '');
  const accept = negotiate(given.ranges, offerOf(target, method === 'GET' && isWatch));
  const context: HandlerContext = { ...given, accept };
  if (method === 'GET' || method === 'HEAD') {
    const answer = readResource(core, context, target);
    return answer === undefined ? undefined : { answer, accept };
  }
  const options = writeOptions(request, query);
  const write = (body: JsonObject, duplicates: readonly string[] = []): WriteRequest => ({
    ...target,
    body,
    options,
    duplicates,
    warn,
  });
  const bytes = await readBody(request);
  const contentType = request.headers['content-type'];
  if (resource.computed !== undefined)
    throw methodNotSupported({ group: resource.group, resource: resource.resource }, method.toLowerCase());
  let answer: Answer;
  if (method === 'DELETE') answer = remove(core, context, target, bytes);
  else if (method === 'PATCH') answer = { status: 200, body: patch(core, write({}), bytes, contentType) };
  else if (method === 'POST' || method === 'PUT') {
    const parsed = parseBody(bytes, {
      contentType,
      strict: options.fieldValidation !== 'Ignore',
      kind: bodyKind(target),
      hasProtobuf: !resource.custom,
    });
    checkKind(target, parsed.value, bytes);
    const whole = {
      ...write(parsed.value, parsed.duplicates),
      ...(parsed.order === undefined ? {} : { order: parsed.order }),
    };
    answer =
      method === 'POST' ? { status: 201, body: create(core, whole) } : { status: 200, body: update(core, whole) };
  } else throw methodNotSupported({ group: resource.group, resource: resource.resource }, method.toLowerCase());
  const body =
    isObject(answer.body) && 'metadata' in answer.body && answer.body.kind !== 'Status'
      ? transformObject(core, resource, context.accept, answer.body as KubeObject)
      : answer.body;
  return { answer: { ...answer, body }, accept };
}

/** The forms that a resource is answered in. */
function offerOf({ resource, name }: ResourceRequest, isWatch: boolean): Offer {
  const types: readonly MediaType[] = isWatch
    ? ['application/json']
    : resource.custom
      ? ['application/json', 'application/yaml']
      : ALL_TYPES;
  const partial = ['PartialObjectMetadata', 'PartialObjectMetadataList'];
  const streams = ['application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch'];
  return {
    types,
    // Questions have no rows.
    transforms: isReview(resource) ? partial : ['Table', ...partial],
    ...(resource.custom || isWatch ? {} : { representations: name === '' ? [...types, ...streams] : types }),
  };
}

function isSubresource(resource: Resource, name: string): boolean {
  return resource.subresources.has(name);
}

/** Gives each warning once; they go out with errors, too. */
function warner(response: ServerResponse): (text: string) => void {
  const given = new Set<string>();
  return (text) => {
    if (given.has(text) || response.headersSent) return;
    given.add(text);
    // Node writes headers by characters of one byte; these are UTF-8.
    response.appendHeader('Warning', Buffer.from(`299 - ${JSON.stringify(text)}`).toString('latin1'));
  };
}

/** What a body of this request is. */
function bodyKind({ resource, subresource }: ResourceRequest): string {
  return subresource === '' ? resource.kind : (resource.subresources.get(subresource)?.kind ?? resource.kind);
}

/** The body must be of the kind that the URL says. */
function checkKind(target: ResourceRequest, body: JsonObject, bytes: Buffer): void {
  const { resource, version, subresource } = target;
  if (subresource !== '' && subresource !== 'status') return;
  if (resource.custom) {
    checkCustomKind(target, body, bytes);
    return;
  }
  const expected = formatGroupVersion({ group: resource.group, version });
  const given = {
    kind: String(body.kind ?? '') || resource.kind,
    apiVersion: String(body.apiVersion ?? '') || expected,
  };
  if (given.kind === resource.kind && given.apiVersion === expected) return;
  const type = parseGroupVersion(given.apiVersion);
  const problem = (text: string): Error =>
    badRequest(`${given.kind} in version "${type?.version ?? ''}" cannot be handled as a ${resource.kind}: ${text}`);
  if (type === undefined) throw badRequest(`unexpected GroupVersion string: ${given.apiVersion}`);
  const isSame = given.kind === resource.kind && type.group === resource.group;
  if (isSame && kindSchema(type.group, type.version, given.kind) !== undefined) {
    throw badRequest(
      `the API version in the data (${given.apiVersion}) does not match the expected API version (${expected})`,
    );
  }
  if (kindSchema(type.group, type.version, given.kind) === undefined) {
    const place = 'in scheme "pkg/runtime/scheme.go:110"';
    throw problem(`no kind "${given.kind}" is registered for version "${given.apiVersion}" ${place}`);
  }
  const go = (group: string): string => (group === '' ? 'core' : (group.split('.')[0] ?? ''));
  const from = `${type.version}.${given.kind}`;
  throw problem(`converting (${from}) to (${go(resource.group)}.${resource.kind}): unknown conversion`);
}

/** Custom resources must say what they are. */
function checkCustomKind({ resource, version, name }: ResourceRequest, body: JsonObject, bytes: Buffer): void {
  const { kind, apiVersion, metadata } = body;
  const expected = formatGroupVersion({ group: resource.group, version });
  if (typeof kind !== 'string' || kind === '') {
    throw unrecognized(resource.kind, `Object 'Kind' is missing in '${bytes.toString()}'`, bytes);
  }
  if (apiVersion !== expected) {
    throw badRequest(
      `the API version in the data (${String(apiVersion ?? '')}) does not match the expected API version (${expected})`,
    );
  }
  if (kind === resource.kind) return;
  const given = isObject(metadata) && typeof metadata.name === 'string' ? metadata.name : name;
  throw invalidObject({ group: resource.group, kind }, given, [invalid('kind', kind, `must be ${resource.kind}`)]);
}

function writeOptions(request: IncomingMessage, query: URLSearchParams): RequestOptions {
  const agent = (request.headers['user-agent'] ?? '').split('/')[0]?.slice(0, 128) ?? '';
  const manager = query.get('fieldManager') ?? '';
  const validation = query.get('fieldValidation');
  const dryRun = query.getAll('dryRun');
  if (dryRun.some((value) => value !== 'All' && value !== '')) {
    throw new ApiError(
      'Invalid',
      `CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ${JSON.stringify(dryRun)}: supported values: "All"`,
      { causes: [] },
    );
  }
  if (validation !== null && !['Strict', 'Warn', 'Ignore', ''].includes(validation)) {
    throw new ApiError(
      'Invalid',
      `CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: ${JSON.stringify(validation)}: supported values: "", "Ignore", "Strict", "Warn"`,
      { causes: [] },
    );
  }
  return {
    dryRun: dryRun.includes('All'),
    fieldManager: manager === '' ? agent : manager,
    fieldValidation: validation === 'Strict' || validation === 'Ignore' ? validation : 'Warn',
    force: query.get('force') === 'true',
  };
}

function create(core: Core, request: WriteRequest): KubeObject {
  const { resource, subresource } = request;
  if (subresource !== '') return createSubresource(core, request);
  if (isReview(resource)) return review(core, request);
  if (!resource.verbs.includes('create') || request.name !== '')
    throw methodNotSupported({ group: resource.group, resource: resource.resource }, 'create');
  return createObject(core, request);
}

function update(core: Core, request: WriteRequest): KubeObject {
  if (request.name === '')
    throw methodNotSupported({ group: request.resource.group, resource: request.resource.resource }, 'update');
  return request.subresource === 'scale' ? updateScale(core, request) : updateObject(core, request);
}

function patch(core: Core, request: WriteRequest, bytes: Buffer, contentType = ''): KubeObject {
  const media = contentType.split(';')[0]?.trim() ?? '';
  const type = PATCH_TYPES.get(media);
  if (request.name === '') throw new ApiError('MethodNotAllowed', NO_METHOD, {});
  if (type === undefined) {
    if (!request.resource.custom) throw new ApiError('UnsupportedMediaType', '415: Unsupported Media Type', {});
    throw unsupported(
      [...PATCH_TYPES.keys()].filter((known) => !known.includes('strategic') && !known.includes('+cbor')),
    );
  }
  const { fieldValidation } = request.options;
  const { value, duplicates } = parsePatchBody(bytes, media, fieldValidation !== 'Ignore');
  if (type === 'apply' && duplicates.length > 0) {
    const problem = `yaml: unmarshal errors:\n  ${duplicates.join('\n  ')}`;
    if (fieldValidation === 'Strict') throw badRequest(`error strict decoding YAML: ${problem}`);
    request.warn?.(problem);
  }
  const whole = type === 'apply' ? request : { ...request, duplicates };
  if (type === 'json') {
    if (!Array.isArray(value)) throw badRequest('json patch: the patch is not a list');
    return patchObject(core, whole, { type, patch: value });
  }
  if (!isObject(value)) throw badRequest('the patch is not an object');
  return patchObject(core, whole, { type, patch: value });
}

function remove(
  core: Core,
  { query, accept, request }: HandlerContext,
  target: ResourceRequest,
  bytes: Buffer,
): Answer {
  const { resource } = target;
  const options = deleteOptions(query, bytes, request.headers['content-type']);
  if (target.name === '') {
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

function deleteOptions(query: URLSearchParams, bytes: Buffer, contentType: string | undefined): DeleteOptions {
  const form = { contentType, strict: false, kind: 'DeleteOptions', hasProtobuf: true };
  const body = bytes.length === 0 ? {} : parseBody(bytes, form).value;
  const decoded = decodeNamed('meta/v1.DeleteOptions', body);
  const grace = query.get('gracePeriodSeconds') ?? undefined;
  const policy = query.get('propagationPolicy') ?? decoded.propagationPolicy;
  const orphan = query.get('orphanDependents') ?? decoded.orphanDependents;
  const gracePeriodSeconds = grace === undefined ? decoded.gracePeriodSeconds : Number(grace);
  const dryRun =
    query.getAll('dryRun').includes('All') || (Array.isArray(decoded.dryRun) && decoded.dryRun.includes('All'));
  if (policy !== undefined && !['Orphan', 'Background', 'Foreground'].includes(String(policy))) {
    throw new ApiError(
      'Invalid',
      `DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: ${JSON.stringify(policy)}: supported values: "Background", "Foreground", "Orphan", "nil"`,
      { causes: [] },
    );
  }
  const propagation =
    policy === undefined && orphan !== undefined ? (String(orphan) === 'true' ? 'Orphan' : 'Background') : policy;
  return {
    ...(typeof gracePeriodSeconds === 'number' && !Number.isNaN(gracePeriodSeconds) ? { gracePeriodSeconds } : {}),
    ...(propagation === undefined ? {} : { propagationPolicy: propagation as 'Orphan' | 'Background' | 'Foreground' }),
    ...(isObject(decoded.preconditions)
      ? { preconditions: decoded.preconditions as { uid?: string; resourceVersion?: string } }
      : {}),
    dryRun,
  };
}
