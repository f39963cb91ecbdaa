/**
 * Which rules apply to a user, by the bindings of the cluster and of a namespace (pkg/registry/rbac/validation/rule.go,
 * v1.34).
 */
import type { KubeObject } from '../../apimachinery/object.ts';
import { storageKey, storagePrefix } from '../../apimachinery/resource.ts';
import { serviceAccountName, type UserInfo } from '../authentication/user.ts';
import type { Core } from '../core.ts';
import type { PolicyRule } from './rules.ts';

const GROUP = 'rbac.authorization.k8s.io';

interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

export interface RoleRef {
  readonly kind: string;
  readonly name: string;
}

interface Binding extends KubeObject {
  readonly subjects?: readonly Subject[];
  readonly roleRef: RoleRef;
}

interface Role extends KubeObject {
  readonly rules?: readonly PolicyRule[] | null;
}

/** A rule, with the words for where it comes from; or what is wrong with a binding. */
export type Visit =
  | { readonly rule: PolicyRule; readonly source: () => string }
  | { readonly rule?: undefined; readonly problem: string };

/** The rules for a user: those of the whole cluster, then those of the namespace, if there is one. */
export function* rulesFor(core: Core, user: UserInfo, namespace: string): Iterable<Visit> {
  yield* rulesOf(core, user, { resource: 'clusterrolebindings', namespace: '' });
  if (namespace !== '') yield* rulesOf(core, user, { resource: 'rolebindings', namespace });
}

function* rulesOf(
  core: Core,
  user: UserInfo,
  { resource, namespace }: { readonly resource: string; readonly namespace: string },
): Iterable<Visit> {
  for (const { object } of core.store.list(storagePrefix(GROUP, resource, namespace))) {
    const binding = object as Binding; // stored under bindings
    const subject = binding.subjects?.find((each) => appliesTo(user, each, namespace));
    if (subject === undefined) continue;
    const rules = roleRules(core, binding.roleRef, namespace);
    if (typeof rules === 'string') {
      yield { problem: rules };
      continue;
    }
    const source = () => describeBinding(binding, subject);
    for (const rule of rules) yield { rule, source };
  }
}

/** The rules of a role that a binding names, or why there are none. `namespace` is the binding's. */
export function roleRules(core: Core, { kind, name }: RoleRef, namespace: string): readonly PolicyRule[] | string {
  const key =
    kind === 'Role' ? storageKey(GROUP, 'roles', namespace, name) : storageKey(GROUP, 'clusterroles', '', name);
  const role = core.store.get(key)?.object as Role | undefined; // stored under roles
  if (role !== undefined) return role.rules ?? [];
  return `${kind === 'Role' ? 'role' : 'clusterrole'}.${GROUP} ${JSON.stringify(name)} not found`;
}

function appliesTo(user: UserInfo, subject: Subject, namespace: string): boolean {
  if (subject.kind === 'User') return user.username === subject.name;
  if (subject.kind === 'Group') return user.groups.includes(subject.name);
  if (subject.kind !== 'ServiceAccount') return false;
  const own = subject.namespace === undefined || subject.namespace === '' ? namespace : subject.namespace;
  return own !== '' && user.username === serviceAccountName(own, subject.name);
}

function describeBinding({ kind, metadata, roleRef }: Binding, subject: Subject): string {
  const { name = '', namespace } = metadata;
  const binding = namespace === undefined || namespace === '' ? name : `${name}/${namespace}`;
  const who =
    subject.kind === 'ServiceAccount' ? `${subject.name}/${subject.namespace || (namespace ?? '')}` : subject.name;
  return `${kind} ${JSON.stringify(binding)} of ${roleRef.kind} ${JSON.stringify(roleRef.name)} to ${subject.kind} ${JSON.stringify(who)}`;
}
