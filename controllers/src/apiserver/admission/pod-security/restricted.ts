/** The checks of level restricted: the best that is known (pod-security-admission's policy/check_*.go, v0.34). */
import { CAPABILITIES_BASELINE, HOST_PATH_VOLUMES, SECCOMP_BASELINE, seccompProfile } from './baseline.ts';
import type { Check, CheckPod } from './check.ts';
import {
  type CheckedPod,
  type Container,
  containersOf,
  containerText,
  plural,
  quoted,
  settersOf,
  sorted,
  type Violation,
} from './pod.ts';

const ALLOWED_VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
];
const OTHER_VOLUMES = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'gitRepo',
  'nfs',
  'iscsi',
  'glusterfs',
  'rbd',
  'flexVolume',
  'cinder',
  'cephfs',
  'flocker',
  'fc',
  'azureFile',
  'vsphereVolume',
  'quobyte',
  'azureDisk',
  'photonPersistentDisk',
  'portworxVolume',
  'scaleIO',
  'storageos',
];

/** From 1.25 on, what has no meaning on Windows is not asked of it. */
const unlessWindows =
  (check: CheckPod): CheckPod =>
  (pod) =>
    pod.spec.os?.name === 'windows' ? undefined : check(pod);

/** In the order of their ids, which messages follow. */
export const RESTRICTED_CHECKS: readonly Check[] = [
  {
    id: 'allowPrivilegeEscalation',
    versions: [
      { since: 8, check: privilegeEscalation },
      { since: 25, check: unlessWindows(privilegeEscalation) },
    ],
  },
  {
    id: 'capabilities_restricted',
    replaces: CAPABILITIES_BASELINE,
    versions: [
      { since: 22, check: capabilities },
      { since: 25, check: unlessWindows(capabilities) },
    ],
  },
  { id: 'restrictedVolumes', replaces: HOST_PATH_VOLUMES, versions: [{ since: 0, check: volumes }] },
  { id: 'runAsNonRoot', versions: [{ since: 0, check: runAsNonRoot }] },
  { id: 'runAsUser', versions: [{ since: 23, check: runAsUser }] },
  {
    id: 'seccompProfile_restricted',
    replaces: SECCOMP_BASELINE,
    versions: [
      { since: 19, check: seccomp },
      { since: 25, check: unlessWindows(seccomp) },
    ],
  },
];

function namesWhere({ spec }: CheckedPod, bad: (container: Container) => boolean): readonly string[] {
  return containersOf(spec)
    .filter(bad)
    .map(({ name }) => name);
}

function privilegeEscalation(pod: CheckedPod): Violation | undefined {
  const names = namesWhere(pod, ({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false);
  if (names.length === 0) return undefined;
  return {
    reason: 'allowPrivilegeEscalation != false',
    detail: `${containerText(names)} must set securityContext.allowPrivilegeEscalation=false`,
  };
}

function capabilities(pod: CheckedPod): Violation | undefined {
  const others = ({ securityContext }: Container) =>
    (securityContext?.capabilities?.add ?? []).filter((capability) => capability !== 'NET_BIND_SERVICE');
  const keeping = namesWhere(
    pod,
    ({ securityContext }) => securityContext?.capabilities?.drop?.includes('ALL') !== true,
  );
  const adding = namesWhere(pod, (container) => others(container).length > 0);
  const added = sorted(containersOf(pod.spec).flatMap(others));
  const details = [
    ...(keeping.length === 0 ? [] : [`${containerText(keeping)} must set securityContext.capabilities.drop=["ALL"]`]),
    ...(adding.length === 0
      ? []
      : [`${containerText(adding)} must not include ${quoted(added)} in securityContext.capabilities.add`]),
  ];
  return details.length === 0 ? undefined : { reason: 'unrestricted capabilities', detail: details.join('; ') };
}

function volumes({ spec }: CheckedPod): Violation | undefined {
  const bad = (spec.volumes ?? []).filter((volume) => !ALLOWED_VOLUMES.some((type) => volume[type] !== undefined));
  if (bad.length === 0) return undefined;
  const types = sorted(bad.map((volume) => OTHER_VOLUMES.find((type) => volume[type] !== undefined) ?? 'unknown'));
  const words = [
    plural('volume', 'volumes', bad.length),
    quoted(bad.map(({ name }) => name)),
    plural('uses', 'use', bad.length),
    plural('restricted volume type', 'restricted volume types', types.length),
    quoted(types),
  ];
  return { reason: 'restricted volume types', detail: words.join(' ') };
}

function runAsNonRoot(pod: CheckedPod): Violation | undefined {
  const reason = 'runAsNonRoot != true';
  const setters = settersOf(pod.spec, (context) => context.runAsNonRoot === false);
  if (setters !== undefined) return { reason, detail: `${setters} must not set securityContext.runAsNonRoot=false` };
  if (pod.spec.securityContext?.runAsNonRoot === true) return undefined;
  const names = namesWhere(pod, ({ securityContext }) => securityContext?.runAsNonRoot === undefined);
  if (names.length === 0) return undefined;
  return { reason, detail: `pod or ${containerText(names)} must set securityContext.runAsNonRoot=true` };
}

function runAsUser({ spec }: CheckedPod): Violation | undefined {
  const setters = settersOf(spec, (context) => context.runAsUser === 0);
  return setters === undefined ? undefined : { reason: 'runAsUser=0', detail: `${setters} must not set runAsUser=0` };
}

function seccomp(pod: CheckedPod): Violation | undefined {
  const forbidden = seccompProfile(pod);
  if (forbidden !== undefined) return forbidden;
  if (pod.spec.securityContext?.seccompProfile !== undefined) return undefined;
  const names = namesWhere(pod, ({ securityContext }) => securityContext?.seccompProfile === undefined);
  if (names.length === 0) return undefined;
  const types = 'securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"';
  return { reason: 'seccompProfile', detail: `pod or ${containerText(names)} must set ${types}` };
}
