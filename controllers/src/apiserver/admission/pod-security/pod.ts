/** Pods as the checks look at them, and the words that they have in common (pod-security-admission's policy, v0.34). */

export interface SecurityContext {
  readonly allowPrivilegeEscalation?: boolean;
  readonly appArmorProfile?: { readonly type?: string };
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
  readonly privileged?: boolean;
  readonly procMount?: string;
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly seLinuxOptions?: { readonly type?: string; readonly user?: string; readonly role?: string };
  readonly seccompProfile?: { readonly type?: string };
  readonly sysctls?: readonly { readonly name: string }[];
  readonly windowsOptions?: { readonly hostProcess?: boolean };
}

interface Handler {
  readonly httpGet?: { readonly host?: string };
  readonly tcpSocket?: { readonly host?: string };
}

export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly ports?: readonly { readonly hostPort?: number }[];
  readonly livenessProbe?: Handler;
  readonly readinessProbe?: Handler;
  readonly startupProbe?: Handler;
  readonly lifecycle?: { readonly postStart?: Handler; readonly preStop?: Handler };
  readonly securityContext?: SecurityContext;
}

export interface PodSpec {
  readonly initContainers?: readonly Container[];
  readonly containers?: readonly Container[];
  readonly ephemeralContainers?: readonly Container[];
  readonly hostIPC?: boolean;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly os?: { readonly name?: string };
  readonly securityContext?: SecurityContext;
  readonly volumes?: readonly Readonly<Record<string, unknown> & { readonly name: string }>[];
}

export interface CheckedPod {
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: PodSpec;
}

/** A container that runs into a rule. */
export interface Violation {
  /** Short: `privileged`. */
  readonly reason: string;
  readonly detail: string;
}

/** All containers, in the order in which messages name them. */
export function containersOf({ initContainers = [], containers = [], ephemeralContainers = [] }: PodSpec): Container[] {
  return [...initContainers, ...containers, ...ephemeralContainers];
}

export function quoted(items: readonly string[]): string {
  return items.map((item) => `"${item}"`).join(', ');
}

export function plural(singular: string, many: string, count: number): string {
  return count === 1 ? singular : many;
}

/** `container "a"`, `containers "a", "b"` */
export function containerText(names: readonly string[]): string {
  return `${plural('container', 'containers', names.length)} ${quoted(names)}`;
}

/** Each value once, in order. */
export function sorted(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort();
}

/**
 * Who sets something that is forbidden: `pod`, `container "a"`, `pod and containers "a", "b"`; undefined where nobody does.
 * `bad` tells of a security context whether it does.
 */
export function settersOf(spec: PodSpec, bad: (context: SecurityContext) => boolean): string | undefined {
  const names = containersOf(spec)
    .filter(({ securityContext }) => securityContext !== undefined && bad(securityContext))
    .map(({ name }) => name);
  const parts = [
    ...(spec.securityContext !== undefined && bad(spec.securityContext) ? ['pod'] : []),
    ...(names.length > 0 ? [containerText(names)] : []),
  ];
  return parts.length === 0 ? undefined : parts.join(' and ');
}
