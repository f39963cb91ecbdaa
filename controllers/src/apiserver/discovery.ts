/**
 * Discovery: the legacy lists of groups and resources and the aggregated document (apiserver's endpoints/discovery,
 * v1.34), from the resources that are served.
 */
import { createHash } from 'node:crypto';
import { formatGroupVersion } from '../apimachinery/resource.ts';
import { remoteGroupVersion, remoteGroupVersions } from './aggregation/remote-services.ts';
import type { Core } from './core.ts';
import { versionOf } from './custom/definition.ts';
import type { Resource, SubresourceFacts } from './resources/resource.ts';
import type { ServedGroup } from './resources/resource-table.ts';
import { builtInGroups } from './schema/types.ts';

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

/** The groups of the cluster's own, and those that other servers answer for. */
function allGroups(core: Core): readonly ServedGroup[] {
  const remote = remoteGroupVersions(core).filter(({ group, version }) => !isServed(core, group, version));
  if (remote.length === 0) return core.resources.groups();
  const groups = new Map(core.resources.groups().map(({ group, versions }) => [group, versions]));
  for (const { group, version } of remote) groups.set(group, [...(groups.get(group) ?? []), version]);
  return [...groups].map(([group, versions]) => ({ group, versions }));
}

/** GET /apis */
export function groupList(core: Core): object {
  const groups = allGroups(core).filter(({ group }) => group !== '');
  return {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: groups.map(({ group, versions }) => groupObject(group, versions)),
  };
}

/** GET /apis/GROUP; undefined for an unknown one. */
export function groupOf(core: Core, name: string): object | undefined {
  const found = allGroups(core).find(({ group }) => group === name && group !== '');
  return found === undefined
    ? undefined
    : { kind: 'APIGroup', apiVersion: 'v1', ...groupObject(found.group, found.versions) };
}

/** GET /apis/GROUP/VERSION; undefined for an unknown one. */
export function resourceList(core: Core, group: string, version: string): object | undefined {
  if (!isServed(core, group, version) && remoteGroupVersion(core, group, version) === undefined) return undefined;
  const resources: object[] = [];
  for (const resource of resourcesOf(core, group, version)) {
    const { namespaced, kind } = resource;
    const hash = storageVersionHash(resource);
    resources.push({
      name: resource.resource,
      singularName: resource.singular,
      namespaced,
      kind,
      verbs: resource.verbs,
      ...(resource.shortNames.length === 0 ? {} : { shortNames: resource.shortNames }),
      ...(resource.categories.length === 0 ? {} : { categories: resource.categories }),
      ...(hash === '' ? {} : { storageVersionHash: hash }),
    });
    for (const sub of subresourcesOf(resource, version)) {
      const other = sub.group !== group;
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
  return {
    kind: 'APIResourceList',
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: formatGroupVersion({ group, version }),
    resources,
  };
}

/** Whether a group is of Kubernetes' own: what is unknown below it is a Status, not a plain 404. */
export function isBuiltInGroup(group: string): boolean {
  return builtInGroups().some(({ metadata }) => (metadata.name ?? '') === group);
}

/** Whether the cluster itself serves a group and version. */
export function isServed(core: Core, group: string, version: string): boolean {
  return core.resources.groups().some((served) => served.group === group && served.versions.includes(version));
}

function resourcesOf(core: Core, group: string, version: string): Resource[] {
  return [...core.resources.all()]
    .filter((resource) => resource.group === group && resource.versions.includes(version))
    .sort((a, b) => (a.resource < b.resource ? -1 : 1));
}

/** Versions and kinds that objects are stored in, where those are not the resource's own. */
const STORED_AS = new Map([
  ['Event.events.k8s.io', '/v1/Event'],
  ['VolumeAttributesClass.storage.k8s.io', 'storage.k8s.io/v1beta1/VolumeAttributesClass'],
  ['CustomResourceDefinition.apiextensions.k8s.io', 'apiextensions.k8s.io/v1beta1/CustomResourceDefinition'],
  ...['MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding'].map(
    (kind) => [`${kind}.admissionregistration.k8s.io`, `admissionregistration.k8s.io/v1alpha1/${kind}`] as const,
  ),
  ...['DeviceClass', 'ResourceClaim', 'ResourceClaimTemplate', 'ResourceSlice'].map(
    (kind) => [`${kind}.resource.k8s.io`, `resource.k8s.io/v1beta2/${kind}`] as const,
  ),
]);
const hashes = new Map<string, string>();

/** Changes with what is stored (apiserver's endpoints/discovery StorageVersionHash); empty where nothing is. */
function storageVersionHash({ group, storageVersion, kind, verbs }: Resource): string {
  if (!verbs.includes('create') || !verbs.includes('list')) return '';
  const stored = STORED_AS.get(`${kind}.${group}`) ?? `${group}/${storageVersion}/${kind}`;
  const known = hashes.get(stored);
  if (known !== undefined) return known;
  const hash = createHash('sha256').update(stored).digest().subarray(0, 8).toString('base64');
  hashes.set(stored, hash);
  return hash;
}

/** The aggregated document: of /api for the core group, of /apis for the others. */
export function aggregatedDiscovery(core: Core, coreGroup: boolean): object {
  const items = allGroups(core)
    .filter(({ group }) => (group === '') === coreGroup)
    .map(({ group, versions }) => ({
      metadata: group === '' ? {} : { name: group },
      versions: versions.map((version) => aggregatedVersion(core, group, version)),
    }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
}

function aggregatedVersion(core: Core, group: string, version: string): object {
  const resources = resourcesOf(core, group, version).map((resource) => aggregatedResource(resource, version));
  const isStale = resources.length === 0 && remoteGroupVersion(core, group, version)?.isAvailable === false;
  return {
    version,
    ...(resources.length === 0 ? {} : { resources }),
    freshness: isStale ? 'Stale' : 'Current',
  };
}

/** Custom resources tell their kinds in full; of the others only what is of another group is told. */
function responseKind(resource: Resource, version: string, { group, kind }: { group: string; kind: string }): object {
  if (group !== resource.group) return { group, version: 'v1', kind };
  return resource.custom ? { group, version, kind } : { group: '', version: '', kind };
}

function aggregatedResource(resource: Resource, version: string): object {
  const subresources = subresourcesOf(resource, version).map((sub) => ({
    subresource: sub.name,
    responseKind: sub.group === resource.group ? responseKind(resource, version, sub) : kindOf(sub),
    verbs: sub.verbs,
  }));
  return {
    resource: resource.resource,
    responseKind: responseKind(resource, version, resource),
    scope: resource.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: resource.singular,
    verbs: resource.verbs,
    ...(resource.shortNames.length === 0 ? {} : { shortNames: resource.shortNames }),
    ...(resource.categories.length === 0 ? {} : { categories: resource.categories }),
    ...(subresources.length === 0 ? {} : { subresources }),
  };
}

function kindOf({ group, version, kind }: SubresourceFacts): object {
  return { group, version, kind };
}

/** Those of a version: a definition's versions may differ. */
function subresourcesOf(resource: Resource, version: string): readonly SubresourceFacts[] {
  const all = [...resource.subresources.values()];
  if (resource.definition === undefined) return all;
  const own: Readonly<Record<string, unknown>> = versionOf(resource.definition, version)?.subresources ?? {};
  return all.filter(({ name }) => own[name] !== undefined);
}
