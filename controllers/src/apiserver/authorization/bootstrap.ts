/** The API server's own roles and bindings (pkg/registry/rbac/rest/storage_rbac.go, v1.34). */
import type { OwnObject } from '../own-objects.ts';
import { BINDINGS, type BindingRow, ROLES, type RoleRow, type RuleRow } from './bootstrap-policy.ts';
import type { PolicyRule } from './rules.ts';

const GROUP = 'rbac.authorization.k8s.io';
const API_VERSION = `${GROUP}/v1`;
/** Who writes the rules of roles that gather them. */
export const AGGREGATION_MANAGER = 'clusterrole-aggregation-controller';
const LABELS = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
const ANNOTATIONS = { 'rbac.authorization.kubernetes.io/autoupdate': 'true' };

type Made = Pick<OwnObject, 'resource' | 'object' | 'added'>;

export const POLICY_OBJECTS: readonly OwnObject[] = [...ROLES.map(roleOf), ...BINDINGS.map(bindingOf)].map((made) => ({
  ...made,
  group: GROUP,
  manager: 'kube-apiserver',
}));

function roleOf({ name, namespace, aggregatesTo = [], gathers, rules }: RoleRow): Made {
  const label = (role: string) => `rbac.authorization.k8s.io/aggregate-to-${role}`;
  const labels = { ...LABELS, ...Object.fromEntries(aggregatesTo.map((role) => [label(role), 'true'])) };
  const metadata = { name, labels, annotations: ANNOTATIONS };
  if (namespace !== undefined) {
    const object = {
      apiVersion: API_VERSION,
      kind: 'Role',
      metadata: { ...metadata, namespace },
      rules: rules.map(ruleOf),
    };
    return { resource: 'roles', object };
  }
  return {
    resource: 'clusterroles',
    object: {
      apiVersion: API_VERSION,
      kind: 'ClusterRole',
      metadata,
      ...(gathers === undefined
        ? { rules: rules.map(ruleOf) }
        : {
            aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [label(gathers)]: 'true' } }] },
          }),
    },
    ...(gathers === undefined ? {} : { added: gathered(gatheredRules(gathers)) }),
  };
}

/** As the controller writes it. */
function gathered(rules: readonly PolicyRule[]): NonNullable<OwnObject['added']> {
  const fieldsV1 = { 'f:rules': {} };
  const entry = {
    manager: AGGREGATION_MANAGER,
    operation: 'Apply',
    apiVersion: API_VERSION,
    fieldsType: 'FieldsV1',
    fieldsV1,
  };
  return { fields: () => ({ rules }), entry };
}

/** What the controller will find, so that it has nothing to do. */
function gatheredRules(role: string): readonly PolicyRule[] {
  return ROLES.filter(({ aggregatesTo }) => aggregatesTo?.includes(role) === true)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(({ gathers, rules }) => (gathers === undefined ? rules.map(ruleOf) : gatheredRules(gathers)))
    .filter((rule, index, all) => all.findIndex((other) => JSON.stringify(other) === JSON.stringify(rule)) === index);
}

function ruleOf(row: RuleRow): PolicyRule {
  const [verbs = '', second = '', resources, names] = row.map((text) => text.split(','));
  if (resources === undefined) return { nonResourceURLs: [...second], verbs: [...verbs] };
  return {
    apiGroups: [...second],
    resources,
    verbs: [...verbs],
    ...(names === undefined ? {} : { resourceNames: names }),
  };
}

function bindingOf({ name, namespace, role, subjects }: BindingRow): Made {
  const [kind = '', roleName = ''] = role.split(' ');
  return {
    resource: namespace === undefined ? 'clusterrolebindings' : 'rolebindings',
    object: {
      apiVersion: API_VERSION,
      kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
      metadata: { name, labels: LABELS, annotations: ANNOTATIONS, ...(namespace === undefined ? {} : { namespace }) },
      roleRef: { apiGroup: GROUP, kind, name: roleName },
      ...(subjects.length === 0 ? {} : { subjects: subjects.map(subjectOf) }),
    },
  };
}

function subjectOf(subject: string): object {
  const [subjectKind = '', subjectName = ''] = subject.split(' ');
  if (subjectKind !== 'ServiceAccount') return { apiGroup: GROUP, kind: subjectKind, name: subjectName };
  const [home = '', account = ''] = subjectName.split('/');
  return { kind: subjectKind, name: account, namespace: home };
}
