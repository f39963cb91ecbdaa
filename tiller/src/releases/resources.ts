/**
 * Which kinds a cluster knows, and whether they have namespaces; with the kinds that a release's own CRDs will bring.
 */
import type { ApiResources, KubeObject } from '../clusters/cluster.ts';

export interface ResourceIndex {
  /** `known` is false for a kind that comes with the release's own CRDs. */
  find(apiVersion: string, kind: string): { readonly namespaced: boolean; readonly known: boolean } | undefined;
}

/** `crds` are the CustomResourceDefinitions among the objects that are about to be made. */
export function indexResources(api: ApiResources, crds: readonly KubeObject[]): ResourceIndex {
  const index = new Map<string, { namespaced: boolean; known: boolean }>();
  for (const crd of crds) {
    const definition = readDefinition(crd);
    if (definition === undefined) continue;
    for (const version of definition.versions) {
      index.set(`${definition.group}/${version}/${definition.kind}`, {
        namespaced: definition.namespaced,
        known: false,
      });
    }
  }
  for (const resource of api.resources) {
    if (resource.resource.includes('/')) continue;
    index.set(`${resource.apiVersion}/${resource.kind}`, { namespaced: resource.namespaced, known: true });
  }
  return { find: (apiVersion, kind) => index.get(`${apiVersion}/${kind}`) };
}

export function isCustomResourceDefinition(object: KubeObject): boolean {
  return object.kind === 'CustomResourceDefinition' && object.apiVersion.startsWith('apiextensions.k8s.io/');
}

interface Definition {
  readonly group: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly versions: readonly string[];
}

/** Reads v1 and v1beta1 definitions; undefined when it lacks what makes it one. */
function readDefinition(crd: KubeObject): Definition | undefined {
  if (!isCustomResourceDefinition(crd)) return undefined;
  // A parsed border: the fields are checked one by one below.
  const spec = crd.spec as
    | { group?: unknown; scope?: unknown; version?: unknown; versions?: unknown; names?: { kind?: unknown } }
    | undefined;
  if (typeof spec?.group !== 'string' || typeof spec.names?.kind !== 'string') return undefined;
  const versions = Array.isArray(spec.versions)
    ? spec.versions.map((version: { name?: unknown } | null) => version?.name)
    : [spec.version];
  return {
    group: spec.group,
    kind: spec.names.kind,
    namespaced: spec.scope !== 'Cluster',
    versions: versions.filter((version): version is string => typeof version === 'string'),
  };
}
