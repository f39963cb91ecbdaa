/**
 * Makes the API server's own roles and bindings where they are missing (pkg/registry/rbac/rest/storage_rbac.go, v1.34).
 * Clusters of one process share all of them but their identity.
 */
import type { KubeObject } from '../../apimachinery/object.ts';
import { storageKey } from '../../apimachinery/resource.ts';
import { formatTime } from '../../apimachinery/time.ts';
import type { Client } from '../client.ts';
import { type Core, newUid } from '../core.ts';
import type { ManagedFieldsEntry } from '../managed-fields.ts';
import { BINDINGS, type BindingRow, ROLES, type RoleRow, type RuleRow } from './bootstrap-policy.ts';
import type { PolicyRule } from './rules.ts';

const GROUP = 'rbac.authorization.k8s.io';
const API_VERSION = `${GROUP}/v1`;
const LABELS = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
const ANNOTATIONS = { 'rbac.authorization.kubernetes.io/autoupdate': 'true' };

interface Made {
  readonly resource: string;
  readonly object: KubeObject;
}

const MADE: readonly Made[] = [...ROLES.map(roleOf), ...BINDINGS.map(bindingOf)];

/** As the first cluster of the process has stored them. */
const shared = new Map<string, KubeObject>();

export function bootstrapPolicy(core: Core, client: Client): void {
  for (const { resource, object } of MADE) {
    const { name = '', namespace = '' } = object.metadata;
    const key = storageKey(GROUP, resource, namespace, name);
    if (core.store.get(key) !== undefined) continue;
    const known = shared.get(key);
    if (known === undefined) {
      client.create(`${resource}.${GROUP}`, object);
      const stored = core.store.get(key);
      if (stored !== undefined) shared.set(key, stored.object);
      continue;
    }
    const time = formatTime(core.now());
    const entries = (known.metadata.managedFields ?? []) as readonly ManagedFieldsEntry[]; // written by this server
    core.store.put(
      key,
      {
        ...known,
        metadata: {
          ...known.metadata,
          uid: newUid(core.random),
          creationTimestamp: time,
          managedFields: entries.map((entry) => ({ ...entry, time })),
        },
      },
      'absent',
    );
  }
}

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
            rules: gatheredRules(gathers),
          }),
    },
  };
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
      subjects: subjects.map((subject) => {
        const [subjectKind = '', subjectName = ''] = subject.split(' ');
        if (subjectKind !== 'ServiceAccount') return { apiGroup: GROUP, kind: subjectKind, name: subjectName };
        const [home = '', account = ''] = subjectName.split('/');
        return { kind: subjectKind, name: account, namespace: home };
      }),
    },
  };
}
