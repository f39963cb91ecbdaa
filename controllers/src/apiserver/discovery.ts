/**
 * Discovery: the legacy lists of groups and resources and the aggregated document (apiserver's endpoints/discovery,
 * v1.34), from the resources that are served.
 */
import { formatGroupVersion } from '../apimachinery/resource.ts';
import type { Core } from './core.ts';
import type { Resource } from './resources/resource.ts';

/** GET /api */
export function coreVersions(address: string): object {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
  };
}

interface GroupVersionText {
  readonly groupVersion: string;
  readonly version: string;
}

function groupObject(group: string, versions: readonly string[]): Readonly<Record<string, unknown>> {
  const list: GroupVersionText[] = versions.map((version) => ({
    groupVersion: formatGroupVersion({ group, version }),
    version,
  }));
  return { name: group, versions: list, preferredVersion: list[0] };
}

/** GET /apis */
export function groupList(core: Core): object {
  const groups = core.resources.groups().filter(({ group }) => group !== '');
  return {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: groups.map(({ group, versions }) => groupObject(group, versions)),
  };
}

/** GET /apis/GROUP; undefined for an unknown one. */
export function groupOf(core: Core, name: string): object | undefined {
  const found = core.resources.groups().find(({ group }) => group === name && group !== '');
  return found === undefined
    ? undefined
    : { kind: 'APIGroup', apiVersion: 'v1', ...groupObject(found.group, found.versions) };
}

/** GET /apis/GROUP/VERSION; undefined for an unknown one. */
export function resourceList(core: Core, group: string, version: string): object | undefined {
  if (!isServed(core, group, version)) return undefined;
  const resources: object[] = [];
  for (const resource of resourcesOf(core, group, version)) {
    const { namespaced, kind } = resource;
    resources.push({
      name: resource.resource,
      singularName: resource.singular,
      namespaced,
      kind,
      verbs: resource.verbs,
      ...(resource.shortNames.length === 0 ? {} : { shortNames: resource.shortNames }),
      ...(resource.categories.length === 0 ? {} : { categories: resource.categories }),
      storageVersionHash: storageVersionHash(resource),
    });
    for (const sub of resource.subresources.values()) {
      const other = sub.group !== group || sub.version !== version;
      resources.push({
        name: `${resource.resource}/${sub.name}`,
        singularName: '',
        namespaced,
        ...(other ? { group: sub.group, version: sub.version } : {}),
        kind: sub.kind,
        verbs: sub.verbs,
      });
    }
  }
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: formatGroupVersion({ group, version }), resources };
}

/** Whether a group is served in any version: what is unknown below it is a Status, not a plain 404. */
export function isKnownGroup(core: Core, group: string): boolean {
  return core.resources.groups().some((served) => served.group === group);
}

function isServed(core: Core, group: string, version: string): boolean {
  return core.resources.groups().some((served) => served.group === group && served.versions.includes(version));
}

function resourcesOf(core: Core, group: string, version: string): Resource[] {
  return [...core.resources.all()]
    .filter((resource) => resource.group === group && resource.versions.includes(version))
    .sort((a, b) => (a.resource < b.resource ? -1 : 1));
}

/** Eight characters that change with what is stored, as upstream's hash; clients only compare it. */
function storageVersionHash({ group, storageVersion, kind }: Resource): string {
  let hash = 0x811c9dc5;
  for (const char of `${group}/${storageVersion}/${kind}`)
    hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0;
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, hash);
  view.setUint32(4, Math.imul(hash, 0x01000193) >>> 0);
  return btoa(String.fromCharCode(...bytes));
}

/** The aggregated document: of /api for the core group, of /apis for the others. */
export function aggregatedDiscovery(core: Core, coreGroup: boolean): object {
  const items = core.resources
    .groups()
    .filter(({ group }) => (group === '') === coreGroup)
    .map(({ group, versions }) => ({
      metadata: { ...(group === '' ? {} : { name: group }), creationTimestamp: null },
      versions: versions.map((version) => ({
        version,
        resources: resourcesOf(core, group, version).map((resource) => aggregatedResource(resource, version)),
        freshness: 'Current',
      })),
    }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
}

function aggregatedResource(resource: Resource, version: string): object {
  const subresources = [...resource.subresources.values()].map((sub) => ({
    subresource: sub.name,
    responseKind: { group: sub.group, version: sub.group === resource.group ? version : sub.version, kind: sub.kind },
    verbs: sub.verbs,
  }));
  return {
    resource: resource.resource,
    responseKind: { group: resource.group, version, kind: resource.kind },
    scope: resource.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: resource.singular,
    verbs: resource.verbs,
    ...(resource.shortNames.length === 0 ? {} : { shortNames: resource.shortNames }),
    ...(resource.categories.length === 0 ? {} : { categories: resource.categories }),
    ...(subresources.length === 0 ? {} : { subresources }),
  };
}
