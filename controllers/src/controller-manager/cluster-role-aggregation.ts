/** ClusterRoles that gather the rules of others by label (pkg/controller/clusterroleaggregation v1.34). */
import { deepEqual } from '../apimachinery/json.ts';
import type { ClusterRole } from '../apimachinery/kinds.ts';
import { labelSelectorOf } from '../apimachinery/selector.ts';
import type { Controller } from './controller.ts';

const RESOURCE = 'clusterroles.rbac.authorization.k8s.io';

export function createClusterRoleAggregationController(): Controller {
  return {
    name: 'clusterrole-aggregation-controller',
    watches: [
      {
        resource: RESOURCE,
        keys: (_, client) =>
          client
            .list<ClusterRole>(RESOURCE)
            .filter(({ aggregationRule }) => aggregationRule !== undefined)
            .map(({ metadata }) => ({ name: metadata.name })),
      },
    ],
    reconcile(key, { client }) {
      const role = client.find<ClusterRole>(RESOURCE, key);
      const selectors = role?.aggregationRule?.clusterRoleSelectors ?? [];
      if (role === undefined || role.aggregationRule === undefined) return undefined;
      const rules: NonNullable<ClusterRole['rules']>[number][] = [];
      for (const spec of selectors) {
        const selector = labelSelectorOf(spec);
        for (const other of client.list<ClusterRole>(RESOURCE)) {
          if (other.metadata.name === role.metadata.name || !selector.matches(other.metadata.labels)) continue;
          for (const rule of other.rules ?? []) if (!rules.some((known) => deepEqual(known, rule))) rules.push(rule);
        }
      }
      if (!deepEqual(rules, role.rules ?? [])) client.update(RESOURCE, { ...role, rules });
      return undefined;
    },
  };
}
