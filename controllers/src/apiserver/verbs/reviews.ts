/**
 * Kinds that are questions: posted, answered, not stored (pkg/registry/authorization and authentication, v1.34). Where
 * roles are not enforced, a review of somebody else tells what the cluster does, which is to allow; one of oneself, as
 * `can-i --as` makes it, what the roles say.
 */
import { badRequest, type FieldError, invalid, invalidObject, Printed } from '../../apimachinery/api-errors.ts';
import { isObject } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { authenticateToken, ISSUER } from '../authentication/service-account-tokens.ts';
import { ADMIN, type UserInfo } from '../authentication/user.ts';
import type { Attributes } from '../authorization/attributes.ts';
import { aggregate, decide } from '../authorization/authorizer.ts';
import { rulesFor } from '../authorization/rbac.ts';
import { decodeRequest } from '../codec.ts';
import type { Core } from '../core.ts';
import { trackUpdate } from '../managed-fields.ts';
import type { Draft, Resource } from '../resources/resource.ts';
import type { WriteRequest } from './request.ts';

/** Answers the status; may change the rest of the draft, which is answered with it. */
type Review = (core: Core, draft: Draft, request: WriteRequest) => object;

interface AccessSpec {
  readonly user?: string;
  readonly uid?: string;
  readonly groups?: readonly string[] | null;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
  readonly resourceAttributes?: ResourceAttributes | null;
  readonly nonResourceAttributes?: { readonly path?: string; readonly verb?: string } | null;
}

interface ResourceAttributes {
  readonly namespace?: string;
  readonly verb?: string;
  readonly group?: string;
  readonly version?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly name?: string;
}

const REVIEWS: ReadonlyMap<string, Review> = new Map<string, Review>([
  ['SelfSubjectAccessReview', (core, draft, request) => reviewAccess(core, draft, request)],
  ['SubjectAccessReview', (core, draft, request) => reviewAccess(core, draft, request)],
  ['LocalSubjectAccessReview', (core, draft, request) => reviewAccess(core, draft, request)],
  ['SelfSubjectRulesReview', reviewRules],
  ['SelfSubjectReview', reviewSelf],
  ['TokenReview', reviewToken],
]);

export function isReview({ kind, group }: Resource): boolean {
  return (group === 'authorization.k8s.io' || group === 'authentication.k8s.io') && REVIEWS.has(kind);
}

/** Answers the object with its status. Throws Invalid, BadRequest. */
export function review(core: Core, request: WriteRequest): KubeObject {
  const draft = decodeRequest(request, request.body);
  trackUpdate(request, undefined, draft, core.now());
  const status = REVIEWS.get(request.resource.kind)?.(core, draft, request) ?? {};
  return { ...draft, status };
}

function reviewAccess(core: Core, draft: Draft, request: WriteRequest): object {
  const spec = (draft.spec ?? {}) as AccessSpec; // decoded as such
  const { kind } = request.resource;
  const isSelf = kind === 'SelfSubjectAccessReview';
  const errors = validateAccess(draft, spec, kind);
  if (errors.length > 0) throw invalidObject({ group: request.resource.group, kind: '' }, '', errors);
  if (kind === 'LocalSubjectAccessReview' && request.namespace !== (draft.metadata.namespace ?? '')) {
    throw badRequest(`spec.resourceAttributes.namespace must match namespace: ${request.namespace}`);
  }
  const user: UserInfo = isSelf
    ? (request.user ?? ADMIN)
    : {
        username: spec.user ?? '',
        groups: spec.groups ?? [],
        ...(spec.extra === undefined ? {} : { extra: spec.extra }),
      };
  const { allowed, reason } = decide(core, attributesOf(user, spec));
  if (!allowed && !isSelf && !core.enforcesRbac) return { allowed: true };
  return { allowed, ...(reason === '' ? {} : { reason }) };
}

function attributesOf(user: UserInfo, { resourceAttributes, nonResourceAttributes }: AccessSpec): Attributes {
  if (resourceAttributes === undefined || resourceAttributes === null) {
    return { user, verb: nonResourceAttributes?.verb ?? '', path: nonResourceAttributes?.path ?? '' };
  }
  const { verb = '', ...rest } = resourceAttributes;
  return { user, verb, ...rest };
}

function validateAccess({ metadata }: Draft, spec: AccessSpec, kind: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const resource = spec.resourceAttributes ?? undefined;
  const path = spec.nonResourceAttributes ?? undefined;
  const printedPath = { Path: path?.path ?? '', Verb: path?.verb ?? '' };
  if (resource !== undefined && path !== undefined) {
    errors.push(
      invalid('spec.nonResourceAttributes', printedPath, 'cannot be specified in combination with resourceAttributes'),
    );
  }
  if (resource === undefined && path === undefined) {
    errors.push(
      invalid(
        'spec.resourceAttributes',
        new Printed('null'),
        'exactly one of nonResourceAttributes or resourceAttributes must be specified',
      ),
    );
  }
  if (kind !== 'SelfSubjectAccessReview' && (spec.user ?? '') === '' && (spec.groups ?? []).length === 0) {
    errors.push(invalid('spec.user', '', 'at least one of user or group must be specified'));
  }
  const isLocal = kind === 'LocalSubjectAccessReview';
  const { creationTimestamp: _created, namespace, managedFields: _managed, ...rest } = metadata;
  if (Object.keys(rest).length > 0 || (!isLocal && (namespace ?? '') !== '')) {
    errors.push(invalid('metadata', metadata, isLocal ? 'must be empty except for namespace' : 'must be empty'));
  }
  if (isLocal && resource !== undefined && (resource.namespace ?? '') !== (namespace ?? '')) {
    errors.push(
      invalid('spec.resourceAttributes.namespace', resource.namespace ?? '', 'must match metadata.namespace'),
    );
  }
  if (isLocal && path !== undefined) {
    errors.push(invalid('spec.nonResourceAttributes', printedPath, 'disallowed on this kind of request'));
  }
  return errors;
}

/** What the user may do in a namespace. */
function reviewRules(core: Core, draft: Draft, { user = ADMIN }: WriteRequest): object {
  const namespace = isObject(draft.spec) && typeof draft.spec.namespace === 'string' ? draft.spec.namespace : '';
  if (namespace === '') throw badRequest('no namespace on request');
  const resourceRules: object[] = [];
  const nonResourceRules: object[] = [];
  const problems: string[] = [];
  for (const visit of rulesFor(core, user, namespace)) {
    if (visit.rule === undefined) {
      problems.push(visit.problem);
      continue;
    }
    const { apiGroups, resources, resourceNames, nonResourceURLs } = visit.rule;
    const verbs = visit.rule.verbs ?? [];
    if (resources !== undefined && resources.length > 0) {
      resourceRules.push({ verbs, apiGroups, resources, ...(resourceNames === undefined ? {} : { resourceNames }) });
    }
    if (nonResourceURLs !== undefined && nonResourceURLs.length > 0) nonResourceRules.push({ verbs, nonResourceURLs });
  }
  // The answer is a new object: what was asked is not in it.
  draft.metadata = {};
  draft.spec = {};
  return {
    resourceRules,
    nonResourceRules,
    incomplete: false,
    ...(problems.length === 0 ? {} : { evaluationError: aggregate(problems) }),
  };
}

function reviewSelf(core: Core, draft: Draft, { user = ADMIN }: WriteRequest): object {
  draft.metadata.creationTimestamp = formatTime(core.now());
  return { userInfo: user };
}

function reviewToken(core: Core, draft: Draft): object {
  const spec = isObject(draft.spec) ? draft.spec : {};
  const token = typeof spec.token === 'string' ? spec.token : '';
  if (token === '') throw badRequest('token is required for TokenReview in authentication');
  const audiences = Array.isArray(spec.audiences) && spec.audiences.length > 0 ? spec.audiences.map(String) : [ISSUER];
  const answer = authenticateToken(core, token, audiences);
  // The first authenticator, that of the server's own token, never knows a token.
  const unknown = 'invalid bearer token';
  if (answer === undefined) return { error: unknown, user: {} };
  if ('error' in answer) return { error: aggregate([unknown, answer.error]), user: {} };
  return { authenticated: true, user: answer.user, audiences: answer.audiences };
}
