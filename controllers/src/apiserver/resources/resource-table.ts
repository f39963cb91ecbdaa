/**
 * The resources that a cluster serves: the built-in ones of the discovery document, and those of its
 * CustomResourceDefinitions, which come and go.
 */
import { formatGroupResource } from '../../apimachinery/resource.ts';
import { builtInGroups, type DiscoveryGroup, type DiscoveryResource, kindSchema } from '../schema/types.ts';
import { componentStatuses } from './core/component-statuses.ts';
import { KIND_FACTS } from './kinds.ts';
import type { KindFacts, Resource, SubresourceFacts } from './resource.ts';

export interface ServedGroup {
  readonly group: string;
  /** The preferred one first. */
  readonly versions: readonly string[];
}

let builtIn: readonly Resource[] | undefined;

/** Every built-in resource; made once a process. */
function builtInResources(): readonly Resource[] {
  builtIn ??= withStoredAs(builtInGroups().flatMap(resourcesOf));
  return builtIn;
}

/** Resources whose objects are those of another group. */
const STORED_AS = new Map([['events.events.k8s.io', 'events']]);

function withStoredAs(resources: readonly Resource[]): readonly Resource[] {
  const byName = new Map(resources.map((each) => [formatGroupResource(each.group, each.resource), each]));
  return resources.map((each) => {
    const storedAs = byName.get(STORED_AS.get(formatGroupResource(each.group, each.resource)) ?? '');
    return storedAs === undefined ? each : { ...each, storedAs };
  });
}

/** Versions that objects are stored in, where that is not the first served one. */
const STORAGE_VERSIONS = new Map([['horizontalpodautoscalers.autoscaling', 'v2']]);

function resourcesOf(group: DiscoveryGroup): Resource[] {
  const name = group.metadata.name ?? '';
  const byPlural = new Map<string, { entry: DiscoveryResource; versions: string[] }>();
  for (const { version, resources } of group.versions) {
    for (const entry of resources) {
      const known = byPlural.get(entry.resource);
      if (known === undefined) byPlural.set(entry.resource, { entry, versions: [version] });
      else known.versions.push(version);
    }
  }
  return [...byPlural.values()].map(({ entry, versions }) => makeResource(name, entry, versions));
}

function makeResource(group: string, entry: DiscoveryResource, versions: readonly string[]): Resource {
  const kind = entry.responseKind.kind;
  const groupResource = formatGroupResource(group, entry.resource);
  return {
    group,
    resource: entry.resource,
    kind,
    singular: entry.singularResource,
    namespaced: entry.scope === 'Namespaced',
    shortNames: entry.shortNames ?? [],
    categories: entry.categories ?? [],
    verbs: entry.verbs,
    versions,
    storageVersion: STORAGE_VERSIONS.get(groupResource) ?? versions[0] ?? 'v1',
    subresources: new Map(
      (entry.subresources ?? []).map((sub) => [sub.subresource, subresourceOf(sub, group, versions[0] ?? '', kind)]),
    ),
    facts: KIND_FACTS.get(`${kind}.${group}`) ?? { group, kind },
    custom: false,
    ...(groupResource === 'componentstatuses' ? { computed: componentStatuses } : {}),
    schema: (version) => kindSchema(group, version, kind),
  };
}

function subresourceOf(
  sub: NonNullable<DiscoveryResource['subresources']>[number],
  group: string,
  version: string,
  kind: string,
): SubresourceFacts {
  const response = sub.responseKind;
  const own = response === undefined || response.version === '';
  return {
    name: sub.subresource,
    kind: response?.kind || kind,
    group: own ? group : response.group,
    version: own ? version : response.version,
    verbs: sub.verbs,
  };
}

export class ResourceTable {
  readonly #byGroupResource = new Map<string, Resource>();
  readonly #byKind = new Map<string, Resource>();
  readonly #custom = new Map<string, Resource>();
  readonly #aggregated: readonly Resource[];
  /** Counts up with each change, for caches of discovery. */
  generation = 0;

  /** With those of other API servers that are served as well. */
  constructor(aggregated: readonly Resource[] = []) {
    this.#aggregated = aggregated;
    for (const resource of [...builtInResources(), ...aggregated]) this.#index(resource);
  }

  /** By `deployments.apps`, or `pods`. */
  find(groupResource: string): Resource | undefined {
    return this.#byGroupResource.get(groupResource);
  }

  /** By the parts of a URL. */
  lookup(group: string, version: string, resource: string): Resource | undefined {
    const found = this.#byGroupResource.get(formatGroupResource(group, resource));
    return found?.versions.includes(version) ? (found.inVersion?.(version) ?? found) : undefined;
  }

  byKind(group: string, kind: string): Resource | undefined {
    return this.#byKind.get(`${kind}.${group}`);
  }

  all(): Iterable<Resource> {
    return this.#byGroupResource.values();
  }

  setCustom(resource: Resource): void {
    this.removeCustom(formatGroupResource(resource.group, resource.resource));
    this.#custom.set(formatGroupResource(resource.group, resource.resource), resource);
    this.#index(resource);
    this.generation += 1;
  }

  removeCustom(groupResource: string): void {
    const known = this.#custom.get(groupResource);
    if (known === undefined) return;
    this.#custom.delete(groupResource);
    this.#byGroupResource.delete(groupResource);
    this.#byKind.delete(`${known.kind}.${known.group}`);
    this.generation += 1;
  }

  /** The groups in order of priority, the core group first, those of custom resources last. */
  groups(): readonly ServedGroup[] {
    const groups = new Map<string, string[]>();
    for (const item of builtInGroups())
      groups.set(
        item.metadata.name ?? '',
        item.versions.map(({ version }) => version),
      );
    const added = [...this.#aggregated, ...this.#custom.values()];
    for (const resource of added.sort((a, b) => (a.group < b.group ? -1 : 1))) {
      const versions = groups.get(resource.group) ?? [];
      for (const version of resource.versions) if (!versions.includes(version)) versions.push(version);
      groups.set(resource.group, versions);
    }
    return [...groups].map(([group, versions]) => ({ group, versions }));
  }

  #index(resource: Resource): void {
    this.#byGroupResource.set(formatGroupResource(resource.group, resource.resource), resource);
    const kind = `${resource.kind}.${resource.group}`;
    if (!this.#byKind.has(kind)) this.#byKind.set(kind, resource);
  }
}

/** The facts of a kind that nothing special is known of. */
export function plainFacts(group: string, kind: string): KindFacts {
  return { group, kind };
}
