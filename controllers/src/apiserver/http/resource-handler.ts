/**
 * Requests for resources: which verb, with which options, and in which form the answer goes out.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { badRequest, methodNotSupported, notFound } from '../../apimachinery/api-errors.ts';
import { isObject, type JsonObject } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { ApiError } from '../../apimachinery/status.ts';
import type { Patch } from '../client.ts';
import type { Core } from '../core.ts';
import { deprecationOf } from '../resources/deprecations.ts';
import type { Resource } from '../resources/resource.ts';
import { createObject } from '../verbs/create.ts';
import { MAX_OBJECT } from '../verbs/object-size.ts';
import { patchObject } from '../verbs/patch.ts';
import type { RequestOptions, ResourceRequest, WriteRequest } from '../verbs/request.ts';
import { isReview, review } from '../verbs/reviews.ts';
import { updateScale } from '../verbs/scale.ts';
import { createSubresource } from '../verbs/subresources.ts';
import { keyOf, updateObject } from '../verbs/update.ts';
import type { Answer } from './answer.ts';
import { parseBody, parsePatchBody, readBody, unfit, unsupported } from './body.ts';
import { bodyKind, checkKind } from './body-kind.ts';
import { remove } from './delete-handler.ts';
import { encodedLength } from './encoded.ts';
import { type Accepted, ALL_TYPES, type MediaRange, negotiate, type Offer } from './negotiate.ts';
import { booleanOption, checkWriteOptions, notAllowed } from './options.ts';
import { type HandlerContext, readResource } from './read-handler.ts';
import { connectPod, isPodConnection } from './streams/pod-connect.ts';
import { transformObject } from './transform.ts';

const YAML = 'application/yaml';
const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const NO_RESOURCE = 'the server could not find the requested resource';
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
  const isMisplaced = resource.namespaced
    ? route.namespace === '' && (route.name !== '' || !resource.verbs.includes('list'))
    : route.namespace !== '';
  if (isMisplaced || (isReview(resource) && route.name !== '')) throw new ApiError('NotFound', NO_RESOURCE, {});
  const target: ResourceRequest = {
    resource,
    version: route.version,
    namespace: route.namespace,
    name: route.name,
    subresource: route.subresource,
    user: given.user,
  };
  const method = request.method ?? 'GET';
  const isWatch = route.watch || booleanOption(query, 'watch') === true;
  const accept = negotiate(given.ranges, offerOf(target, method === 'GET' && isWatch));
  const context: HandlerContext = { ...given, accept };
  if (isPodConnection(target)) {
    connectPod(core, context, target);
    return undefined;
  }
  if (method === 'GET' || method === 'HEAD') {
    const answer = readResource(core, context, target);
    return answer === undefined ? undefined : { answer, accept };
  }
  const isApply = PATCH_TYPES.get(mediaTypeOf(request)) === 'apply' && method === 'PATCH';
  if (method !== 'DELETE') checkWriteOptions(method, query, isApply);
  const options = writeOptions(request, query);
  const write = (body: JsonObject, duplicates: readonly string[] = []): WriteRequest => ({
    ...target,
    body,
    options,
    duplicates,
    warn,
    mayBeLarge: mayBecomeLarge(core, target, request, bytes.length),
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
  } else throw notAllowed();
  const body =
    isObject(answer.body) && 'metadata' in answer.body && answer.body.kind !== 'Status'
      ? transformObject(core, resource, context.accept, answer.body as KubeObject)
      : answer.body;
  return { answer: { ...answer, body }, accept };
}

/** Whether an object may be too large afterwards: the record of its fields can be as long as they; a JSON patch can copy. */
function mayBecomeLarge(core: Core, target: ResourceRequest, request: IncomingMessage, size: number): boolean {
  if (PATCH_TYPES.get(mediaTypeOf(request)) === 'json') return true;
  const stored = target.name === '' ? undefined : core.store.get(keyOf(target));
  return 2 * size + (stored === undefined ? 0 : encodedLength(stored.object)) > MAX_OBJECT;
}

/** The forms that a resource is answered in. */
function offerOf({ resource, name }: ResourceRequest, isWatch: boolean): Offer {
  const types = ALL_TYPES.filter((type) => !(type === YAML && isWatch) && !(type === PROTOBUF && resource.custom));
  const partial = ['PartialObjectMetadata', 'PartialObjectMetadataList'];
  const streams = ['application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch'];
  return {
    types,
    // Questions have no rows.
    transforms: isReview(resource) ? partial : ['Table', ...partial],
    ...(resource.custom || isWatch ? {} : { representations: name === '' ? [...types, ...streams] : types }),
  };
}

function mediaTypeOf(request: IncomingMessage): string {
  return (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
}

function isSubresource(resource: Resource, name: string): boolean {
  return resource.subresources.has(name);
}

/** Gives each warning once; they go out with errors, too. */
function warner(response: ServerResponse): (text: string) => void {
  const given = new Set<string>();
  return (text) => {
    // What is no text for a header is not sent, by upstream neither.
    if (given.has(text) || response.headersSent || /\p{Cc}/u.test(text)) return;
    given.add(text);
    // Node writes headers by characters of one byte; these are UTF-8.
    response.appendHeader('Warning', Buffer.from(`299 - ${JSON.stringify(text)}`).toString('latin1'));
  };
}

function writeOptions(request: IncomingMessage, query: URLSearchParams): RequestOptions {
  const agent = (request.headers['user-agent'] ?? '').split('/')[0]?.slice(0, 128) ?? '';
  const manager = query.get('fieldManager') ?? '';
  const validation = query.get('fieldValidation');
  return {
    dryRun: query.getAll('dryRun').includes('All'),
    fieldManager: manager === '' ? agent : manager,
    fieldValidation: validation === 'Strict' || validation === 'Ignore' ? validation : 'Warn',
    force: booleanOption(query, 'force') ?? false,
  };
}

function create(core: Core, request: WriteRequest): KubeObject {
  const { resource, subresource } = request;
  if (subresource !== '') return createSubresource(core, request);
  if (isReview(resource)) return review(core, request);
  if (!resource.verbs.includes('create') || request.name !== '') throw notAllowed();
  return createObject(core, request);
}

function update(core: Core, request: WriteRequest): KubeObject {
  if (request.name === '') throw notAllowed();
  return request.subresource === 'scale' ? updateScale(core, request) : updateObject(core, request);
}

function patch(core: Core, request: WriteRequest, bytes: Buffer, contentType = ''): KubeObject {
  const media = contentType.split(';')[0]?.trim() ?? '';
  const type = PATCH_TYPES.get(media);
  if (request.name === '') throw notAllowed();
  if (type === undefined) {
    if (!request.resource.custom) throw new ApiError('UnsupportedMediaType', '415: Unsupported Media Type', {});
    throw unsupported(
      [...PATCH_TYPES.keys()].filter((known) => !known.includes('strategic') && !known.includes('+cbor')),
    );
  }
  const { fieldValidation } = request.options;
  const { value, duplicates } = parsePatchBody(bytes, type, fieldValidation !== 'Ignore');
  if (type === 'apply' && duplicates.length > 0) {
    const problem = duplicates.join(', ');
    if (fieldValidation === 'Strict') throw badRequest(`error strict decoding YAML: ${problem}`);
    request.warn?.(problem);
  }
  const whole = type === 'apply' ? request : { ...request, duplicates };
  if (type === 'json') {
    if (!Array.isArray(value)) throw badRequest(`error decoding patch: ${unfit(value, '[]handlers.jsonPatchOp')}`);
    return patchObject(core, whole, { type, patch: value });
  }
  if (!isObject(value)) {
    const prefix = type === 'merge' ? 'error decoding patch: ' : type === 'apply' ? 'error decoding YAML: ' : '';
    throw badRequest(`${prefix}${unfit(value, 'map[string]interface {}')}`);
  }
  return patchObject(core, whole, { type, patch: value });
}
