/** What a container's process finds when it runs: put together from its pod and from what the pod names. */
import type { Container, Pod } from '../../apimachinery/kinds.ts';
import type { Client } from '../../apiserver/client.ts';
import { fnv32a } from '../text-hash.ts';
import { containerEnvironment, hostnameOf } from './environment.ts';
import { containerMounts, type Scratch } from './files.ts';
import type { World } from './process.ts';

/** Of a container of which nothing is known but its command. */
export const EMPTY_WORLD: World = {
  environment: new Map(),
  files: new Map(),
  directories: new Map(),
  user: { uid: 0, gid: 0, groups: [] },
  hostname: 'localhost',
  sysctls: new Map(),
  isPrivileged: false,
  isReadOnly: false,
  random: 0,
};

export interface RunOptions {
  readonly client: Client;
  /** How often the container has been started, this time included. */
  readonly run: number;
  /** What is in its empty directories. */
  readonly scratch: Scratch;
}

export function containerWorld(pod: Pod, container: Container, { client, run, scratch }: RunOptions): World {
  const environment = containerEnvironment(pod, container, client);
  const { securityContext: own } = container;
  const { securityContext: pods } = pod.spec;
  const uid = own?.runAsUser ?? pods?.runAsUser ?? 0;
  const { fsGroup, supplementalGroups = [] } = pods ?? {};
  return {
    environment,
    ...containerMounts(pod, container, environment, { client, scratch }),
    user: {
      uid,
      gid: own?.runAsGroup ?? pods?.runAsGroup ?? 0,
      groups: [...(fsGroup === undefined ? [] : [fsGroup]), ...supplementalGroups],
    },
    hostname: hostnameOf(pod),
    sysctls: new Map((pods?.sysctls ?? []).map(({ name, value }) => [name, value])),
    isPrivileged: own?.privileged === true,
    isReadOnly: own?.readOnlyRootFilesystem === true,
    random: fnv32a(`${pod.metadata.uid}/${container.name}/${run}`) / 2 ** 32,
  };
}

/** A pod as its kubelet knows it, which may not have told the API yet. */
export function withAddresses(pod: Pod, podIp: string | undefined, hostIp: string): Pod {
  const own = podIp === undefined ? {} : { podIP: podIp, podIPs: [{ ip: podIp }] };
  // hostIPs is younger than the types.
  const status = { ...pod.status, ...own, hostIP: hostIp, hostIPs: [{ ip: hostIp }] } as Pod['status'];
  return { ...pod, status } as Pod;
}
