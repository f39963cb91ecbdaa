/**
 * The facts of every kind that needs some, by `Kind.group`: one row a kind, or its own file where there is more to say.
 */
import { isDns1035Label, isDns1123Label, isPathSegment } from '../../apimachinery/names.ts';
import type { KindFacts } from './resource.ts';

const RBAC = 'rbac.authorization.k8s.io';

const ROWS: readonly KindFacts[] = [
  { group: '', kind: 'Service', name: isDns1035Label },
  { group: '', kind: 'Namespace', name: isDns1123Label },
  { group: RBAC, kind: 'Role', name: isPathSegment },
  { group: RBAC, kind: 'ClusterRole', name: isPathSegment },
  { group: RBAC, kind: 'RoleBinding', name: isPathSegment },
  { group: RBAC, kind: 'ClusterRoleBinding', name: isPathSegment },
];

export const KIND_FACTS: ReadonlyMap<string, KindFacts> = new Map(ROWS.map((row) => [`${row.kind}.${row.group}`, row]));
