/**
 * The files that a container finds in its volumes (pkg/volume/{configmap,secret,projected,downwardapi,emptydir},
 * v1.34): ConfigMaps, Secrets, the downward API and projections of them, each below where it is mounted. Claims and
 * directories of the node are empty.
 */
import type { ConfigMap, Container, Node, Pod, Secret } from '../../apimachinery/kinds.ts';
import type { Client } from '../../apiserver/client.ts';
import { expand } from './environment.ts';
import { fieldValue, resourceValue } from './field-values.ts';

export interface WorldFile {
  /** A character for each byte. */
  readonly bytes: string;
  /** Permissions, e.g. 0o644. */
  readonly mode: number;
  /** The user that it belongs to; absent: root. */
  readonly owner?: number;
}

export interface MountedDirectory {
  readonly mode: number;
  readonly isMemory: boolean;
}

/** What was written to the pod's empty directories so far: by volume, then by path in it. */
export type Scratch = Map<string, Map<string, WorldFile>>;

export interface Mounts {
  readonly files: Map<string, WorldFile>;
  /** Where volumes are mounted. */
  readonly directories: Map<string, MountedDirectory>;
}

type Volume = NonNullable<Pod['spec']['volumes']>[number];
type Source = NonNullable<NonNullable<Volume['projected']>['sources']>[number];

interface Item {
  readonly key: string;
  readonly path: string;
  readonly mode?: number;
}

const DEFAULT_MODE = 0o644;

export function containerMounts(
  pod: Pod,
  container: Container,
  environment: ReadonlyMap<string, string>,
  { client, scratch }: { readonly client: Client; readonly scratch: Scratch },
): Mounts {
  const files = new Map<string, WorldFile>();
  const directories = new Map<string, MountedDirectory>();
  const mounts = container.volumeMounts ?? [];
  for (const { name, mountPath, subPath = '', subPathExpr } of mounts) {
    const volume = pod.spec.volumes?.find((each) => each.name === name);
    if (volume === undefined) continue;
    const root = mountPath.replace(/\/+$/, '');
    const part = subPathExpr === undefined ? subPath : expand(subPathExpr, environment);
    const content = volume.emptyDir === undefined ? volumeFiles(pod, volume, client) : (scratch.get(name) ?? new Map());
    const directory = { mode: 0o777, isMemory: isMemory(volume) };
    if (!content.has(part)) directories.set(root, directory);
    // A part of a volume that is mounted is made where it is not there, and is seen from above.
    for (const other of part === '' ? mounts.filter((each) => each.name === name) : []) {
      const made = other.subPathExpr === undefined ? (other.subPath ?? '') : expand(other.subPathExpr, environment);
      if (made !== '' && !content.has(made)) directories.set(`${root}/${made}`, directory);
    }
    for (const [path, file] of content) {
      if (part === '') files.set(`${root}/${path}`, file);
      else if (path === part) files.set(root, file);
      else if (path.startsWith(`${part}/`)) files.set(root + path.slice(part.length), file);
    }
  }
  return { files, directories };
}

/** Keeps what a process left in the pod's empty directories. */
export function keepScratch(
  pod: Pod,
  container: Container,
  { environment, files }: { readonly environment: ReadonlyMap<string, string>; readonly files: Mounts['files'] },
  scratch: Scratch,
): void {
  for (const { name, mountPath, subPath = '', subPathExpr } of container.volumeMounts ?? []) {
    if (!isScratch(pod, name)) continue;
    const part = subPathExpr === undefined ? subPath : expand(subPathExpr, environment);
    const prefix = part === '' ? '' : `${part}/`;
    const root = `${mountPath.replace(/\/+$/, '')}/`;
    const kept = new Map([...(scratch.get(name) ?? [])].filter(([path]) => !path.startsWith(prefix)));
    for (const [path, file] of files) if (path.startsWith(root)) kept.set(prefix + path.slice(root.length), file);
    scratch.set(name, kept);
  }
}

/** Whether a volume is an empty directory at first. */
export function isScratch(pod: Pod, volume: string): boolean {
  return pod.spec.volumes?.some(({ name, emptyDir }) => name === volume && emptyDir !== undefined) === true;
}

function isMemory({ emptyDir, secret, projected }: Volume): boolean {
  return emptyDir?.medium === 'Memory' || secret !== undefined || projected !== undefined;
}

/** By their path in the volume. */
function volumeFiles(pod: Pod, volume: Volume, client: Client): ReadonlyMap<string, WorldFile> {
  const { configMap, secret, projected, downwardAPI } = volume;
  const out = new Map<string, WorldFile>();
  const add = (source: Source, mode: number | undefined) => {
    for (const [path, file] of sourceFiles(pod, source, { client, mode: mode ?? DEFAULT_MODE })) out.set(path, file);
  };
  if (configMap !== undefined) add({ configMap }, configMap.defaultMode);
  if (secret !== undefined) {
    const { secretName = '', items = [] } = secret;
    add({ secret: { name: secretName, items } } as Source, secret.defaultMode);
  }
  if (downwardAPI !== undefined) add({ downwardAPI }, downwardAPI.defaultMode);
  for (const source of projected?.sources ?? []) add(source, projected?.defaultMode);
  return hasGroup(pod) ? new Map([...out].map(([path, file]) => [path, groupReadable(file)])) : out;
}

function hasGroup(pod: Pod): boolean {
  return pod.spec.securityContext?.fsGroup !== undefined;
}

/** With an fsGroup, the group may read what the owner may. */
function groupReadable(file: WorldFile): WorldFile {
  return {
    get bytes() {
      return file.bytes;
    },
    mode: file.mode | 0o440,
    ...(file.owner === undefined ? {} : { owner: file.owner }),
  };
}

interface SourceOptions {
  readonly client: Client;
  readonly mode: number;
}

function sourceFiles(
  pod: Pod,
  source: Source,
  { client, mode }: SourceOptions,
): readonly (readonly [string, WorldFile])[] {
  const { configMap, secret, downwardAPI, serviceAccountToken } = source;
  const { namespace = '' } = pod.metadata;
  if (configMap !== undefined) {
    const found = client.find<ConfigMap>('configmaps', { namespace, name: configMap.name ?? '' });
    const data = new Map(Object.entries(found?.data ?? {}).map(([key, text]) => [key, bytesOf(text)]));
    for (const [key, base64] of Object.entries(found?.binaryData ?? {})) data.set(key, atob(base64));
    return picked(data, configMap.items, mode);
  }
  if (secret !== undefined) {
    const found = client.find<Secret>('secrets', { namespace, name: secret.name ?? '' });
    const data = new Map(Object.entries(found?.data ?? {}).map(([key, base64]) => [key, atob(base64)]));
    return picked(data, secret.items, mode);
  }
  if (downwardAPI !== undefined) {
    const node = client.find<Node>('nodes', { name: pod.spec.nodeName ?? '' });
    return (downwardAPI.items ?? []).map(({ path, fieldRef, resourceFieldRef, mode: own }) => {
      const about = pod.spec.containers.find(({ name }) => name === resourceFieldRef?.containerName);
      const text =
        fieldRef === undefined
          ? about !== undefined && resourceFieldRef !== undefined
            ? resourceValue(about, node, resourceFieldRef)
            : undefined
          : fieldValue(pod, fieldRef.fieldPath);
      return [path, { bytes: bytesOf(text ?? ''), mode: own ?? mode }] as const;
    });
  }
  return serviceAccountToken === undefined
    ? []
    : [[serviceAccountToken.path, tokenFile(pod, serviceAccountToken, { client, mode })]];
}

/** The user of all containers of a pod, where it is said and the same (volume/util FsUserFrom). */
function commonUser({ spec }: Pod): number | undefined {
  const users = [...(spec.initContainers ?? []), ...spec.containers].map(
    ({ securityContext }) => securityContext?.runAsUser ?? spec.securityContext?.runAsUser,
  );
  return new Set(users).size === 1 ? users[0] : undefined;
}

/** The token of the pod's account, bound to the pod; asked for when it is first read. */
function tokenFile(
  pod: Pod,
  { audience = '', expirationSeconds = 3600 }: NonNullable<Source['serviceAccountToken']>,
  { client, mode }: SourceOptions,
): WorldFile {
  const { name, namespace = '', uid } = pod.metadata;
  const owner = commonUser(pod);
  let token: string | undefined;
  return {
    get bytes() {
      token ??= bytesOf(requestToken());
      return token;
    },
    mode: owner !== undefined || hasGroup(pod) ? 0o600 : mode,
    ...(owner === undefined ? {} : { owner }),
  };

  function requestToken(): string {
    const key = { namespace, name: pod.spec.serviceAccountName ?? 'default' };
    const { status } = client.createSubresource('serviceaccounts', key, 'token', {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      metadata: {},
      spec: {
        audiences: audience === '' ? [] : [audience],
        expirationSeconds,
        boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name, uid },
      },
    });
    return (status as { readonly token: string }).token; // the answer to a TokenRequest
  }
}

function picked(
  data: ReadonlyMap<string, string>,
  items: readonly Item[] | undefined,
  mode: number,
): readonly (readonly [string, WorldFile])[] {
  if (items === undefined || items.length === 0) {
    return [...data].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, bytes]) => [key, { bytes, mode }]);
  }
  return items.flatMap((item) => {
    const bytes = data.get(item.key);
    return bytes === undefined ? [] : [[item.path, { bytes, mode: item.mode ?? mode }] as const];
  });
}

/** A character for each byte of the UTF-8 of a text. */
export function bytesOf(text: string): string {
  let out = '';
  for (const byte of new TextEncoder().encode(text)) out += String.fromCharCode(byte);
  return out;
}

/** The other way; what is no UTF-8 becomes the replacement character. */
export function textOf(bytes: string): string {
  return new TextDecoder().decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
}
