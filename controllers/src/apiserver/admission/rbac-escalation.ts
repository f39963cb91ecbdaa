/**
 * Nobody gives more rights than they have: roles and bindings are checked before they are stored (pkg/registry/rbac's
 * policybased storages and escalation_check.go, v1.34). Not an admission plugin upstream, but at its place: after those
 * that change objects, and before validation.
 */
import { forbidden, notFound } from '../../apimachinery/api-errors.ts';
import { deepEqual } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { isMaster, type UserInfo } from '../authentication/user.ts';
import { decide } from '../authorization/authorizer.ts';
import { type RoleRef, roleRules, rulesFor } from '../authorization/rbac.ts';
import { formatRules, type PolicyRule, uncoveredRules } from '../authorization/rules.ts';
import type { Core } from '../core.ts';
import type { Draft } from '../resources/resource.ts';
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts';

const GROUP = 'rbac.authorization.k8s.io';
const EVERYTHING: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

interface RoleDraft extends Draft {
  rules?: readonly PolicyRule[] | null;
  roleRef?: RoleRef;
  aggregationRule?: { readonly clusterRoleSelectors?: readonly unknown[] };
}

export const rbacEscalation: AdmissionPlugin = {
  name: 'RBACEscalation',
  admit(request, draft, core) {
    const { user, resource } = request;
    if (resource.group !== GROUP || draft === undefined || user === undefined) return;
    if (!core.enforcesRbac || isMaster(user) || onlyLetsGo(draft, request.old)) return;
    const role = draft as RoleDraft; // decoded as one of the four kinds
    if (resource.resource.endsWith('bindings')) checkBinding(core, { request, user, role });
    else checkRole(core, { request, user, role });
  },
};

interface Check {
  readonly request: AdmissionRequest;
  readonly user: UserInfo;
  readonly role: RoleDraft;
}

function checkRole(core: Core, { request, user, role }: Check): void {
  const { namespace, name } = request;
  const { group, resource } = request.resource;
  const wish = { user, verb: 'escalate', group, version: '*', resource, name, namespace };
  if (decide(core, wish).allowed) return;
  confirm(core, { request, user, role }, role.rules ?? []);
  const old = request.old as RoleDraft | undefined; // the same kind
  const gathers = [role, old].some((each) => (each?.aggregationRule?.clusterRoleSelectors ?? []).length > 0);
  if (gathers && missing(core, user, { namespace, rules: EVERYTHING }).length > 0) {
    throw forbidden(request.resource, name, 'must have cluster-admin privileges to use the aggregationRule');
  }
}

function checkBinding(core: Core, { request, user, role }: Check): void {
  const { namespace } = request;
  const { roleRef } = role;
  if (roleRef === undefined) return;
  const resource = roleRef.kind === 'Role' ? 'roles' : 'clusterroles';
  const wish = { user, verb: 'bind', group: GROUP, version: '*', resource, name: roleRef.name, namespace };
  if (decide(core, wish).allowed) return;
  const rules = roleRules(core, roleRef, namespace);
  if (typeof rules === 'string') throw notFound(request.resource, roleRef.name);
  confirm(core, { request, user, role }, rules);
}

function confirm(core: Core, { request, user }: Check, rules: readonly PolicyRule[]): void {
  const parts = missing(core, user, { namespace: request.namespace, rules });
  if (parts.length === 0) return;
  const groups = user.groups.map((group) => JSON.stringify(group)).join(' ');
  throw forbidden(
    request.resource,
    request.name,
    `user ${JSON.stringify(user.username)} (groups=[${groups}]) is attempting to grant RBAC permissions not currently held:\n${formatRules(parts).join('\n')}`,
  );
}

function missing(
  core: Core,
  user: UserInfo,
  { namespace, rules }: { readonly namespace: string; readonly rules: readonly PolicyRule[] },
): readonly PolicyRule[] {
  const owned = [...rulesFor(core, user, namespace)].flatMap(({ rule }) => (rule === undefined ? [] : [rule]));
  return uncoveredRules(owned, rules);
}

/** An update of owners and finalizers only, which the garbage collector makes. */
function onlyLetsGo(draft: Draft, old: KubeObject | undefined): boolean {
  if (old === undefined) return false;
  const bare = ({ metadata, ...rest }: KubeObject): KubeObject => {
    const { ownerReferences: _owners, finalizers: _finalizers, managedFields: _managed, ...kept } = metadata;
    return { ...rest, metadata: kept } as KubeObject; // what was taken away is optional
  };
  return deepEqual(bare(draft), bare(old));
}
