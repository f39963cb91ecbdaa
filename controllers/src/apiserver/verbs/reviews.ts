/**
 * Kinds that are questions: posted, answered, not stored (authorization and authentication, v1.34). Every caller of a
 * cluster without access rules is in `system:masters`.
 */
import type { KubeObject } from '../../apimachinery/object.ts';
import { decodeRequest } from '../codec.ts';
import type { Core } from '../core.ts';
import type { Resource } from '../resources/resource.ts';
import type { WriteRequest } from './request.ts';

const USER = { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] };

const ANSWERS: ReadonlyMap<string, (object: KubeObject) => object> = new Map<string, (object: KubeObject) => object>([
  ['SelfSubjectAccessReview', () => ({ allowed: true })],
  ['SubjectAccessReview', () => ({ allowed: true })],
  ['LocalSubjectAccessReview', () => ({ allowed: true })],
  [
    'SelfSubjectRulesReview',
    () => ({
      resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
      nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
      incomplete: false,
    }),
  ],
  ['SelfSubjectReview', () => ({ userInfo: USER })],
  ['TokenReview', () => ({ user: {}, error: 'the token is not one of this cluster' })],
]);

export function isReview({ kind, group }: Resource): boolean {
  return (group === 'authorization.k8s.io' || group === 'authentication.k8s.io') && ANSWERS.has(kind);
}

/** Answers the object with its status. */
export function review(_core: Core, request: WriteRequest): KubeObject {
  const draft = decodeRequest(request, request.body);
  return { ...draft, status: ANSWERS.get(request.resource.kind)?.(draft) ?? {} };
}
