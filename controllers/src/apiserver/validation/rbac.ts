/**
 * Roles and their bindings (pkg/apis/rbac/validation, v1.34).
 */
import type { PolicyRule, RoleRef, Subject } from 'kubernetes-types/rbac/v1.d.ts';
import { type FieldError, invalid, notSupported, Printed, required } from '../../apimachinery/api-errors.ts';
import { deepEqual } from '../../apimachinery/json.ts';
import { isDns1123Subdomain, isPathSegment } from '../../apimachinery/names.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import type { LabelSelectorSpec } from '../../apimachinery/selector.ts';
import { complaints, type Errors, isSelectorSound, validateLabelSelector } from './rules.ts';

const RBAC = 'rbac.authorization.k8s.io';

export function validateRole(object: KubeObject): readonly FieldError[] {
  const rules = (object.rules ?? []) as readonly PolicyRule[];
  const errors = rules.flatMap((rule, index) => ruleErrors(rule, object.kind === 'Role', `rules[${index}]`));
  return object.kind === 'ClusterRole' ? [...errors, ...aggregationErrors(object.aggregationRule)] : errors;
}

/** An update is checked like a new role, and once more by itself. */
export function validateRoleUpdate(object: KubeObject): readonly FieldError[] {
  return [...validateRole(object), ...validateRole(object)];
}

function aggregationErrors(rule: unknown): Errors {
  if (rule === undefined || rule === null) return [];
  const { clusterRoleSelectors: selectors = [] } = rule as { clusterRoleSelectors?: readonly LabelSelectorSpec[] };
  const path = 'aggregationRule.clusterRoleSelectors';
  if (selectors.length === 0)
    return [required(path, 'at least one clusterRoleSelector required if aggregationRule is non-nil')];
  return selectors.flatMap((selector, index) => [
    ...validateLabelSelector(selector, `${path}[${index}]`),
    ...(isSelectorSound(selector) ? [] : [invalid(`${path}[${index}]`, null, 'invalid label selector.')]),
  ]);
}

function ruleErrors(rule: PolicyRule, namespaced: boolean, path: string): Errors {
  const errors: Errors = [];
  if ((rule.verbs ?? []).length === 0) errors.push(required(`${path}.verbs`, 'verbs must contain at least one value'));
  const urls = rule.nonResourceURLs ?? [];
  if (urls.length > 0) {
    if (namespaced)
      errors.push(
        invalid(
          `${path}.nonResourceURLs`,
          new Printed(JSON.stringify(urls)),
          'namespaced rules cannot apply to non-resource URLs',
        ),
      );
    if ((rule.apiGroups ?? []).length + (rule.resources ?? []).length + (rule.resourceNames ?? []).length > 0) {
      errors.push(
        invalid(
          `${path}.nonResourceURLs`,
          new Printed(JSON.stringify(urls)),
          'rules cannot apply to both regular resources and non-resource URLs',
        ),
      );
    }
    return errors;
  }
  if ((rule.apiGroups ?? []).length === 0)
    errors.push(required(`${path}.apiGroups`, 'resource rules must supply at least one api group'));
  if ((rule.resources ?? []).length === 0)
    errors.push(required(`${path}.resources`, 'resource rules must supply at least one resource'));
  return errors;
}

export function validateBinding(object: KubeObject): readonly FieldError[] {
  const roleRef = (object.roleRef ?? {}) as Partial<RoleRef>;
  const errors: Errors = [];
  if (roleRef.apiGroup !== RBAC) errors.push(notSupported('roleRef.apiGroup', roleRef.apiGroup ?? '', [RBAC]));
  const kinds = object.kind === 'RoleBinding' ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  if (!kinds.includes(roleRef.kind ?? '')) errors.push(notSupported('roleRef.kind', roleRef.kind ?? '', kinds));
  if ((roleRef.name ?? '') === '') errors.push(required('roleRef.name'));
  else errors.push(...complaints(isPathSegment(roleRef.name ?? ''), roleRef.name, 'roleRef.name'));
  for (const [index, subject] of ((object.subjects ?? []) as readonly Subject[]).entries()) {
    errors.push(...subjectErrors(subject, object.kind === 'RoleBinding', `subjects[${index}]`));
  }
  return errors;
}

function subjectErrors(
  { kind, name, namespace = '', apiGroup = '' }: Subject,
  namespaced: boolean,
  path: string,
): Errors {
  const errors: Errors = [];
  if (name === '') errors.push(required(`${path}.name`));
  if (kind === 'ServiceAccount') {
    if (name !== '') errors.push(...complaints(isDns1123Subdomain(name), name, `${path}.name`));
    if (apiGroup !== '') errors.push(notSupported(`${path}.apiGroup`, apiGroup, ['']));
    if (!namespaced && namespace === '') errors.push(required(`${path}.namespace`));
  } else if (kind === 'User' || kind === 'Group') {
    if (apiGroup !== RBAC) errors.push(notSupported(`${path}.apiGroup`, apiGroup, [RBAC]));
  } else errors.push(notSupported(`${path}.kind`, kind, ['ServiceAccount', 'User', 'Group']));
  return errors;
}

/** A binding is for one role, for good; the rest is checked twice, as with roles. */
export function validateBindingUpdate(object: KubeObject, old: KubeObject): readonly FieldError[] {
  const errors: Errors = [...validateBinding(object), ...validateBinding(object)];
  if (!deepEqual(object.roleRef, old.roleRef)) {
    const { apiGroup = '', kind = '', name = '' } = (object.roleRef ?? {}) as Partial<RoleRef>;
    const shown = { APIGroup: apiGroup, Kind: kind, Name: name };
    errors.push(invalid('roleRef', new Printed(JSON.stringify(shown)), 'cannot change roleRef'));
  }
  return errors;
}
