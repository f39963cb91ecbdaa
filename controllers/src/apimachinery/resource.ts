/**
 * How kinds and resources are named: GroupVersionKind, GroupVersionResource and their texts (apimachinery's
 * runtime/schema, v1.34).
 */
export interface GroupVersion {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
}

export interface GroupVersionKind extends GroupVersion {
  readonly kind: string;
}

export interface GroupVersionResource extends GroupVersion {
  /** The plural name as in URLs. */
  readonly resource: string;
}

/** `apps/v1`, or `v1` for the core group. */
export function formatGroupVersion({ group, version }: GroupVersion): string {
  return group === '' ? version : `${group}/${version}`;
}

/** Reads an apiVersion; undefined where it has more than one slash. */
export function parseGroupVersion(apiVersion: string): GroupVersion | undefined {
  const parts = apiVersion.split('/');
  if (parts.length === 1) return { group: '', version: parts[0] ?? '' };
  if (parts.length === 2) return { group: parts[0] ?? '', version: parts[1] ?? '' };
  return undefined;
}

/** `deployments.apps`, or `pods` for the core group: how `Client` names a resource. */
export function formatGroupResource(group: string, resource: string): string {
  return group === '' ? resource : `${resource}.${group}`;
}

/** Reads what `formatGroupResource` writes. */
export function parseGroupResource(text: string): { readonly group: string; readonly resource: string } {
  const dot = text.indexOf('.');
  return dot < 0 ? { group: '', resource: text } : { group: text.slice(dot + 1), resource: text.slice(0, dot) };
}

/** The key of an object in the store: `/<group>/<resource>/<namespace>/<name>`, empty where there is none. */
export function storageKey(group: string, resource: string, namespace: string, name: string): string {
  return `/${group}/${resource}/${namespace}/${name}`;
}

/** The prefix of the keys of a resource, in one namespace where it is given. */
export function storagePrefix(group: string, resource: string, namespace?: string): string {
  return namespace === undefined ? `/${group}/${resource}/` : `/${group}/${resource}/${namespace}/`;
}

/** The parts of a storage key. */
export function parseStorageKey(key: string): {
  readonly group: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
} {
  const [, group = '', resource = '', namespace = '', name = ''] = key.split('/');
  return { group, resource, namespace, name };
}

const MAX_KNOWN_RESOURCES = 1000;
const knownResources = new Map<string, string>();

/** The GroupResource of what is stored under a key: `pods`, `deployments.apps`. */
export function resourceOfKey(key: string): string {
  const prefix = key.slice(0, key.indexOf('/', key.indexOf('/', 1) + 1) + 1);
  const known = knownResources.get(prefix);
  if (known !== undefined) return known;
  if (knownResources.size >= MAX_KNOWN_RESOURCES) knownResources.clear();
  const { group, resource } = parseStorageKey(key);
  const text = formatGroupResource(group, resource);
  knownResources.set(prefix, text);
  return text;
}
