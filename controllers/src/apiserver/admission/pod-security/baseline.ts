/** The checks of level baseline: known ways to more privileges (pod-security-admission's policy/check_*.go, v0.34). */
import type { Check } from './check.ts';
import {
  type CheckedPod,
  type Container,
  containersOf,
  containerText,
  plural,
  quoted,
  type SecurityContext,
  settersOf,
  sorted,
  type Violation,
} from './pod.ts';

const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io/';
const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod';
const SECCOMP_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/';
const PROFILES = ['RuntimeDefault', 'Localhost'];
const CAPABILITIES = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);
const SELINUX_TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t'];
const SYSCTLS = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
];
const SYSCTLS_27 = [...SYSCTLS, 'net.ipv4.ip_local_reserved_ports'];
const SYSCTLS_29 = [
  ...SYSCTLS_27,
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
];
const SYSCTLS_32 = [...SYSCTLS_29, 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem'];

/** The names of the containers for which something holds. */
function namesWhere({ spec }: CheckedPod, bad: (container: Container) => boolean): readonly string[] {
  return containersOf(spec)
    .filter(bad)
    .map(({ name }) => name);
}

function contextsOf({ spec }: CheckedPod): readonly SecurityContext[] {
  return [spec, ...containersOf(spec)].flatMap(({ securityContext }) => securityContext ?? []);
}

export const SECCOMP_BASELINE = 'seccompProfile_baseline';
export const CAPABILITIES_BASELINE = 'capabilities_baseline';
export const HOST_PATH_VOLUMES = 'hostPathVolumes';

/** In the order of their ids, which messages follow. */
export const BASELINE_CHECKS: readonly Check[] = [
  { id: 'appArmorProfile', versions: [{ since: 0, check: appArmorProfile }] },
  { id: CAPABILITIES_BASELINE, versions: [{ since: 0, check: addedCapabilities }] },
  { id: 'hostNamespaces', versions: [{ since: 0, check: hostNamespaces }] },
  { id: HOST_PATH_VOLUMES, versions: [{ since: 0, check: hostPathVolumes }] },
  { id: 'hostPorts', versions: [{ since: 0, check: hostPorts }] },
  { id: 'hostProbesAndHostLifecycle', versions: [{ since: 34, check: hostsOfProbes }] },
  { id: 'privileged', versions: [{ since: 0, check: privileged }] },
  { id: 'procMount', versions: [{ since: 0, check: procMount }] },
  {
    id: 'seLinuxOptions',
    versions: [
      { since: 0, check: (pod) => seLinuxOptions(pod, SELINUX_TYPES) },
      { since: 31, check: (pod) => seLinuxOptions(pod, [...SELINUX_TYPES, 'container_engine_t']) },
    ],
  },
  {
    id: SECCOMP_BASELINE,
    versions: [
      { since: 0, check: seccompAnnotations },
      { since: 19, check: seccompProfile },
    ],
  },
  {
    id: 'sysctls',
    versions: [
      { since: 0, check: (pod) => sysctls(pod, SYSCTLS) },
      { since: 27, check: (pod) => sysctls(pod, SYSCTLS_27) },
      { since: 29, check: (pod) => sysctls(pod, SYSCTLS_29) },
      { since: 32, check: (pod) => sysctls(pod, SYSCTLS_32) },
    ],
  },
  { id: 'windowsHostProcess', versions: [{ since: 0, check: windowsHostProcess }] },
];

function appArmorProfile(pod: CheckedPod): Violation | undefined {
  const isBad = ({ appArmorProfile: profile }: SecurityContext) =>
    profile !== undefined && !PROFILES.includes(profile.type ?? '');
  const setters = settersOf(pod.spec, isBad);
  const types = sorted(
    contextsOf(pod)
      .filter(isBad)
      .map((context) => context.appArmorProfile?.type ?? ''),
  );
  const annotations = Object.entries(pod.annotations)
    .filter(([key, value]) => key.startsWith(APP_ARMOR) && !/^($|runtime\/default$|localhost\/)/.test(value))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .sort();
  const all = [
    ...(setters === undefined ? [] : [setters]),
    ...(annotations.length === 0 ? [] : [plural('annotation', 'annotations', annotations.length)]),
  ];
  if (all.length === 0) return undefined;
  const values = [...types, ...annotations];
  return {
    reason: plural('forbidden AppArmor profile', 'forbidden AppArmor profiles', values.length),
    detail: `${all.join(' and ')} must not set AppArmor profile type to ${quoted(values)}`,
  };
}

function addedCapabilities(pod: CheckedPod): Violation | undefined {
  const others = ({ securityContext }: Container) =>
    (securityContext?.capabilities?.add ?? []).filter((capability) => !CAPABILITIES.has(capability));
  const names = namesWhere(pod, (container) => others(container).length > 0);
  if (names.length === 0) return undefined;
  const values = sorted(containersOf(pod.spec).flatMap(others));
  return {
    reason: 'non-default capabilities',
    detail: `${containerText(names)} must not include ${quoted(values)} in securityContext.capabilities.add`,
  };
}

function hostNamespaces({ spec }: CheckedPod): Violation | undefined {
  const set = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((field) => spec[field] === true);
  if (set.length === 0) return undefined;
  return { reason: 'host namespaces', detail: set.map((field) => `${field}=true`).join(', ') };
}

function hostPathVolumes({ spec }: CheckedPod): Violation | undefined {
  const names = (spec.volumes ?? []).filter(({ hostPath }) => hostPath !== undefined).map(({ name }) => name);
  if (names.length === 0) return undefined;
  return { reason: 'hostPath volumes', detail: `${plural('volume', 'volumes', names.length)} ${quoted(names)}` };
}

function hostPorts(pod: CheckedPod): Violation | undefined {
  const portsOf = ({ ports = [] }: Container) =>
    ports.flatMap(({ hostPort = 0 }) => (hostPort === 0 ? [] : [`${hostPort}`]));
  const names = namesWhere(pod, (container) => portsOf(container).length > 0);
  if (names.length === 0) return undefined;
  const ports = sorted(containersOf(pod.spec).flatMap(portsOf));
  const words = `${plural('uses', 'use', names.length)} ${plural('hostPort', 'hostPorts', ports.length)}`;
  return { reason: 'hostPort', detail: `${containerText(names)} ${words} ${ports.join(', ')}` };
}

function hostsOfProbes(pod: CheckedPod): Violation | undefined {
  const hostsOf = ({ livenessProbe, readinessProbe, startupProbe, lifecycle }: Container) =>
    [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop]
      .flatMap((handler) => [handler?.httpGet?.host ?? '', handler?.tcpSocket?.host ?? ''])
      .filter((host) => host !== '');
  const names = sorted(namesWhere(pod, (container) => hostsOf(container).length > 0));
  if (names.length === 0) return undefined;
  const hosts = sorted(containersOf(pod.spec).flatMap(hostsOf));
  const kinds = plural('probe or lifecycle host', 'probe or lifecycle hosts', hosts.length);
  return {
    reason: 'probe or lifecycle host',
    detail: `${containerText(names)} ${plural('uses', 'use', names.length)} ${kinds} ${quoted(hosts)}`,
  };
}

function privileged(pod: CheckedPod): Violation | undefined {
  const names = namesWhere(pod, ({ securityContext }) => securityContext?.privileged === true);
  if (names.length === 0) return undefined;
  return { reason: 'privileged', detail: `${containerText(names)} must not set securityContext.privileged=true` };
}

function procMount(pod: CheckedPod): Violation | undefined {
  const isBad = (type: string | undefined) => type !== undefined && type !== 'Default';
  const names = namesWhere(pod, ({ securityContext }) => isBad(securityContext?.procMount));
  if (names.length === 0) return undefined;
  const types = sorted(
    containersOf(pod.spec)
      .flatMap(({ securityContext }) => securityContext?.procMount ?? [])
      .filter(isBad),
  );
  return {
    reason: 'procMount',
    detail: `${containerText(names)} must not set securityContext.procMount to ${quoted(types)}`,
  };
}

function seLinuxOptions(pod: CheckedPod, allowed: readonly string[]): Violation | undefined {
  const isBad = ({ seLinuxOptions: options }: SecurityContext) =>
    options !== undefined &&
    (!allowed.includes(options.type ?? '') || (options.user ?? '') !== '' || (options.role ?? '') !== '');
  const setters = settersOf(pod.spec, isBad);
  if (setters === undefined) return undefined;
  const options = contextsOf(pod).flatMap((context) => context.seLinuxOptions ?? []);
  const types = sorted(options.map(({ type = '' }) => type).filter((type) => !allowed.includes(type)));
  const data = [
    ...(types.length === 0 ? [] : [`${plural('type', 'types', types.length)} ${quoted(types)}`]),
    ...(options.some(({ user = '' }) => user !== '') ? ['user may not be set'] : []),
    ...(options.some(({ role = '' }) => role !== '') ? ['role may not be set'] : []),
  ];
  return {
    reason: 'seLinuxOptions',
    detail: `${setters} set forbidden securityContext.seLinuxOptions: ${data.join('; ')}`,
  };
}

function seccompAnnotations({ annotations, spec }: CheckedPod): Violation | undefined {
  const keys = [SECCOMP_POD, ...containersOf(spec).map(({ name }) => SECCOMP_CONTAINER + name)];
  const bad = sorted(
    keys.flatMap((key) => {
      const value = Object.hasOwn(annotations, key) ? annotations[key] : undefined;
      const isFine = value === undefined || /^(runtime\/default$|docker\/default$|localhost\/)/.test(value);
      return isFine ? [] : [`${key}=${JSON.stringify(value)}`];
    }),
  );
  if (bad.length === 0) return undefined;
  const words = plural('annotation', 'annotations', bad.length);
  return { reason: 'seccompProfile', detail: `forbidden ${words} ${bad.join(', ')}` };
}

function isForbiddenSeccomp({ seccompProfile: profile }: SecurityContext): boolean {
  return profile !== undefined && !PROFILES.includes(profile.type ?? '');
}

/** Also the first part of the restricted check. */
export function seccompProfile(pod: CheckedPod): Violation | undefined {
  const setters = settersOf(pod.spec, isForbiddenSeccomp);
  if (setters === undefined) return undefined;
  const types = sorted(
    contextsOf(pod)
      .filter(isForbiddenSeccomp)
      .map((context) => context.seccompProfile?.type ?? ''),
  );
  return {
    reason: 'seccompProfile',
    detail: `${setters} must not set securityContext.seccompProfile.type to ${quoted(types)}`,
  };
}

function sysctls({ spec }: CheckedPod, allowed: readonly string[]): Violation | undefined {
  const bad = (spec.securityContext?.sysctls ?? []).map(({ name }) => name).filter((name) => !allowed.includes(name));
  return bad.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: bad.join(', ') };
}

function windowsHostProcess({ spec }: CheckedPod): Violation | undefined {
  const setters = settersOf(spec, ({ windowsOptions }) => windowsOptions?.hostProcess === true);
  if (setters === undefined) return undefined;
  return { reason: 'hostProcess', detail: `${setters} must not set securityContext.windowsOptions.hostProcess=true` };
}
