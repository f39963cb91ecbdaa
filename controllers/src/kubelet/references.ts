/**
 * The ConfigMaps, Secrets and claims that a pod names: a volume of one that is missing can't be mounted (FailedMount), an
 * environment of one can't be built (CreateContainerConfigError); optional ones may be missing (pkg/kubelet v1.34).
 */
import type { ConfigMap, Container, PersistentVolumeClaim, Pod, Secret } from '../apimachinery/kinds.ts';
import type { Client } from '../apiserver/client.ts';
import { containerEnvironment, expand } from './world/environment.ts';

export interface MountProblem {
  readonly volume: string;
  readonly message: string;
}

interface Keyed {
  readonly optional?: boolean;
  readonly items?: readonly { readonly key: string }[];
}

/** The first volume that can't be mounted. */
export function mountProblem(pod: Pod, client: Client): MountProblem | undefined {
  const namespace = pod.metadata.namespace ?? '';
  for (const volume of pod.spec.volumes ?? []) {
    const sources = [
      ...(volume.projected?.sources ?? []),
      ...(volume.configMap === undefined ? [] : [{ configMap: volume.configMap }]),
      ...(volume.secret === undefined
        ? []
        : [{ secret: { ...volume.secret, name: volume.secret.secretName } as Keyed & { name?: string } }]),
    ];
    for (const source of sources) {
      const problem =
        ('configMap' in source && source.configMap !== undefined
          ? missingObject(client, 'configmap', { namespace, name: source.configMap.name ?? '' }, source.configMap)
          : undefined) ??
        ('secret' in source && source.secret !== undefined
          ? missingObject(client, 'secret', { namespace, name: source.secret.name ?? '' }, source.secret)
          : undefined);
      if (problem !== undefined) {
        return { volume: volume.name, message: `MountVolume.SetUp failed for volume "${volume.name}" : ${problem}` };
      }
    }
    const claim = volume.persistentVolumeClaim?.claimName;
    if (claim === undefined) continue;
    const found = client.find<PersistentVolumeClaim>('persistentvolumeclaims', { namespace, name: claim });
    if (found?.status?.phase === 'Bound') continue;
    const detail =
      found === undefined
        ? `error processing PVC ${namespace}/${claim}: failed to fetch PVC from API server: persistentvolumeclaims "${claim}" not found`
        : `error processing PVC ${namespace}/${claim}: PVC is not bound`;
    return { volume: volume.name, message: `Unable to attach or mount volumes: ${detail}` };
  }
  return undefined;
}

function missingObject(
  client: Client,
  kind: 'configmap' | 'secret',
  key: { readonly namespace: string; readonly name: string },
  source: Keyed,
): string | undefined {
  if (source.optional === true) return undefined;
  const data = dataOf(client, kind, key);
  if (data === undefined) return `${kind} "${key.name}" not found`;
  const missing = source.items?.find((item) => !data.has(item.key));
  return missing === undefined
    ? undefined
    : `references non-existent ${kind === 'secret' ? 'secret' : 'config'} key: ${missing.key}`;
}

function dataOf(
  client: Client,
  kind: 'configmap' | 'secret',
  key: { readonly namespace: string; readonly name: string },
): ReadonlySet<string> | undefined {
  if (kind === 'configmap') {
    const found = client.find<ConfigMap>('configmaps', key);
    return found && new Set([...Object.keys(found.data ?? {}), ...Object.keys(found.binaryData ?? {})]);
  }
  const found = client.find<Secret>('secrets', key);
  return found && new Set(Object.keys(found.data ?? {}));
}

/** Why a container's environment can't be built. */
export function environmentProblem(pod: Pod, container: Container, client: Client): string | undefined {
  const namespace = pod.metadata.namespace ?? '';
  for (const { configMapRef, secretRef } of container.envFrom ?? []) {
    const problem =
      missingReference(client, 'configmap', namespace, configMapRef) ??
      missingReference(client, 'secret', namespace, secretRef);
    if (problem !== undefined) return problem;
  }
  for (const { valueFrom } of container.env ?? []) {
    const problem =
      missingKey(client, 'configmap', namespace, valueFrom?.configMapKeyRef) ??
      missingKey(client, 'secret', namespace, valueFrom?.secretKeyRef);
    if (problem !== undefined) return problem;
  }
  return subPathProblem(pod, container, client);
}

/** A part of a volume must be below it. */
function subPathProblem(pod: Pod, container: Container, client: Client): string | undefined {
  const mounts = (container.volumeMounts ?? []).filter(({ subPathExpr }) => subPathExpr !== undefined);
  if (mounts.length === 0) return undefined;
  const environment = containerEnvironment(pod, container, client);
  for (const { subPathExpr = '' } of mounts) {
    const path = expand(subPathExpr, environment);
    if (path.startsWith('/')) return `error SubPath \`${path}\` must not be an absolute path`;
    if (path.split('/').includes('..')) return `unable to provision SubPath \`${path}\`: must not contain '..'`;
  }
  return undefined;
}

interface Reference {
  readonly name?: string;
  readonly key?: string;
  readonly optional?: boolean;
}

function missingReference(
  client: Client,
  kind: 'configmap' | 'secret',
  namespace: string,
  reference: Reference | undefined,
): string | undefined {
  if (reference === undefined || reference.optional === true) return undefined;
  const name = reference.name ?? '';
  return dataOf(client, kind, { namespace, name }) === undefined ? `${kind} "${name}" not found` : undefined;
}

function missingKey(
  client: Client,
  kind: 'configmap' | 'secret',
  namespace: string,
  reference: Reference | undefined,
): string | undefined {
  if (reference === undefined || reference.optional === true) return undefined;
  const { name = '', key = '' } = reference;
  const data = dataOf(client, kind, { namespace, name });
  if (data === undefined) return `${kind} "${name}" not found`;
  const title = kind === 'secret' ? 'Secret' : 'ConfigMap';
  return data.has(key) ? undefined : `couldn't find key ${key} in ${title} ${namespace}/${name}`;
}
