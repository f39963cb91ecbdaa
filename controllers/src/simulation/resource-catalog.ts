/** What the API server serves, in the words of the controllers that ask for it. */
import { formatGroupResource } from '../apimachinery/resource.ts';
import type { ApiServer } from '../apiserver/apiserver.ts';
import type { KindLookup } from '../controller-manager/garbage-collector.ts';
import type { NamespacedResources } from '../controller-manager/namespace.ts';
import type { ServedResources } from '../controller-manager/validating-admission-policy-status.ts';

export function createResourceCatalog({ core }: ApiServer): KindLookup & NamespacedResources & ServedResources {
  return {
    byKind(group, kind) {
      const found = core.resources.byKind(group, kind);
      if (found === undefined) return undefined;
      return { resource: formatGroupResource(found.group, found.resource), namespaced: found.namespaced };
    },
    all: () => [...core.resources.all()],
    namespaced: () =>
      [...core.resources.all()]
        .filter(({ namespaced, verbs }) => namespaced && verbs.includes('delete') && verbs.includes('list'))
        .map(({ group, resource, storageVersion }) => ({
          resource: formatGroupResource(group, resource),
          version: storageVersion,
        })),
  };
}
