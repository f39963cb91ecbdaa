/** ClusterRoles that gather the rules of others by label (pkg/controller/clusterroleaggregation v1.34). */
import { deepEqual } from '../apimachinery/json.ts';
import type { ClusterRole } from '../apimachinery/kinds.ts';
import { labelSelectorOf } from '../apimachinery/selector.ts';
import { AGGREGATION_MANAGER } from '../apiserver/authorization/bootstrap.ts';
import type { Controller } from './controller.ts';

const RESOURCE = 'clusterroles.rbac.authorization.k8s.io';

type Rule = NonNullable<ClusterRole['rules']>[number];

/** Stands for all that gather: one look at them does for any number of changes at once. */
const ALL = [{ name: '*' }];

export function createClusterRoleAggregationController(): Controller {
  return {
    name: 'clusterrole-aggregation-controller',
    watches: [{ resource: RESOURCE, keys: () => ALL }],
    reconcile(_, { client }) {
      const roles = client.list<ClusterRole>(RESOURCE);
      for (const role of roles) {
        const rules = gather(role, roles);
        if (rules === undefined || deepEqual(rules, role.rules ?? [])) continue;
        const { apiVersion, kind, metadata } = role;
        const patch = { apiVersion, kind, metadata: { name: metadata.name }, rules };
        const options = { fieldManager: AGGREGATION_MANAGER, force: true };
        client.patch(RESOURCE, { name: metadata.name }, { type: 'apply', patch }, options);
      }
      return undefined;
    },
  };
}

/** The rules that a role ought to have; undefined for one that has its own. */
function gather(
  { aggregationRule, metadata }: ClusterRole,
  roles: readonly ClusterRole[],
): readonly Rule[] | undefined {
  if (aggregationRule === undefined) return undefined;
  const rules: Rule[] = [];
  for (const spec of aggregationRule.clusterRoleSelectors ?? []) {
    const selector = labelSelectorOf(spec);
    for (const other of roles) {
      if (other.metadata.name === metadata.name || !selector.matches(other.metadata.labels)) continue;
      for (const rule of other.rules ?? []) if (!rules.some((known) => deepEqual(known, rule))) rules.push(rule);
    }
  }
  return rules;
}
