/**
 * A pod's spec, also inside templates (pkg/apis/core/validation ValidatePodSpec and ValidatePodTemplateSpec, v1.34), in
 * upstream's order.
 */
import type { PodSpec, PodTemplateSpec } from 'kubernetes-types/core/v1.d.ts';
import { duplicate, forbiddenField, invalid, notSupported, required } from '../../apimachinery/api-errors.ts';
import { isDns1123Label, isDns1123Subdomain, isQualifiedName } from '../../apimachinery/names.ts';
import { validateAnnotations, validateLabels } from '../object-meta.ts';
import { validateAffinity } from './affinity.ts';
import { type PodFacts, validateContainers, validateInitContainers } from './containers.ts';
import type { validateResources } from './resources.ts';
import { complaints, type Errors, ipErrors, oneOf, oneOfSet, validateLabelSelector } from './rules.ts';
import { idErrors, validateSeccomp } from './security.ts';
import { validateVolumes } from './volumes.ts';

const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None', ''];

/** The published type is older than the API: what came since. */
type Spec = PodSpec & {
  hostUsers?: boolean;
  schedulingGates?: { name: string }[];
  resources?: Parameters<typeof validateResources>[0];
};

export interface PodSpecOptions {
  /** It stands in a template: a pod's own rules don't hold. */
  readonly template?: boolean;
  /** Volumes that come from elsewhere: a StatefulSet's claims. */
  readonly claims?: readonly string[];
}

/** Answers what is wrong with a pod's spec. */
export function validatePodSpec(given: PodSpec | undefined, path: string, options: PodSpecOptions = {}): Errors {
  const spec = (given ?? {}) as Spec;
  const errors: Errors = [];
  const volumes = spec.volumes ?? [];
  errors.push(...validateVolumes(volumes, options.template === true ? '' : spec.serviceAccountName, `${path}.volumes`));
  const facts: PodFacts = {
    volumes: new Map([
      ...volumes.map((volume) => [volume.name, Object.keys(volume).find((key) => key !== 'name') ?? ''] as const),
      ...(options.claims ?? []).map((name) => [name, 'persistentVolumeClaim'] as const),
    ]),
    hostNetwork: spec.hostNetwork === true,
    gracePeriod: spec.terminationGracePeriodSeconds ?? 30,
    restartPolicy: spec.restartPolicy ?? '',
  };
  const containers = spec.containers ?? [];
  errors.push(...validateContainers(containers, facts, `${path}.containers`));
  errors.push(...validateInitContainers(spec.initContainers ?? [], containers, facts, `${path}.initContainers`));
  errors.push(...restartPolicyErrors(spec.restartPolicy, `${path}.restartPolicy`));
  errors.push(...oneOfSet(spec.dnsPolicy, DNS_POLICIES.slice(0, 4), `${path}.dnsPolicy`));
  errors.push(...validateLabels(spec.nodeSelector, `${path}.nodeSelector`));
  errors.push(...podSecurity(spec, path));
  errors.push(...dnsConfig(spec, `${path}.dnsConfig`));
  errors.push(...validateAffinity(spec.affinity, `${path}.affinity`));
  errors.push(...readinessGates(spec, `${path}.readinessGates`));
  errors.push(...schedulingGates(spec, path));
  errors.push(...spreadConstraints(spec, `${path}.topologySpreadConstraints`));
  if (spec.serviceAccountName !== undefined)
    errors.push(
      ...complaints(isDns1123Subdomain(spec.serviceAccountName), spec.serviceAccountName, `${path}.serviceAccountName`),
    );
  if (spec.nodeName !== undefined)
    errors.push(...complaints(isDns1123Subdomain(spec.nodeName), spec.nodeName, `${path}.nodeName`));
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined && (deadline < 1 || deadline > 2_147_483_647)) {
    errors.push(invalid(`${path}.activeDeadlineSeconds`, deadline, 'must be between 1 and 2147483647, inclusive'));
  }
  if (spec.hostname !== undefined)
    errors.push(...complaints(isDns1123Label(spec.hostname), spec.hostname, `${path}.hostname`));
  if (spec.subdomain !== undefined)
    errors.push(...complaints(isDns1123Label(spec.subdomain), spec.subdomain, `${path}.subdomain`));
  errors.push(...validateTolerations(spec, `${path}.tolerations`));
  errors.push(...hostAliases(spec, `${path}.hostAliases`));
  if (spec.priorityClassName !== undefined)
    errors.push(
      ...complaints(isDns1123Subdomain(spec.priorityClassName), spec.priorityClassName, `${path}.priorityClassName`),
    );
  if (spec.runtimeClassName !== undefined)
    errors.push(
      ...complaints(isDns1123Subdomain(spec.runtimeClassName), spec.runtimeClassName, `${path}.runtimeClassName`),
    );
  if (spec.preemptionPolicy !== undefined)
    errors.push(...oneOfSet(spec.preemptionPolicy, ['PreemptLowerPriority', 'Never'], `${path}.preemptionPolicy`));
  return errors;
}

function restartPolicyErrors(policy: string | undefined, path: string): Errors {
  if (policy === undefined || policy === '') return [required(path)];
  return oneOf(policy, ['Always', 'OnFailure', 'Never'], path);
}

const SYSCTL = /^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/;

function podSecurity(spec: Spec, path: string): Errors {
  const context = spec.securityContext;
  const at = `${path}.securityContext`;
  const errors: Errors = [];
  if (spec.hostUsers === false) {
    for (const field of ['hostNetwork', 'hostPID', 'hostIPC'] as const) {
      if (spec[field] === true) errors.push(forbiddenField(`${path}.${field}`, 'when `hostUsers` is false'));
    }
  }
  if (spec.shareProcessNamespace === true && spec.hostPID === true) {
    errors.push(
      invalid(`${at}.shareProcessNamespace`, true, 'ShareProcessNamespace and HostPID cannot both be enabled'),
    );
  }
  if (context === undefined) return errors;
  errors.push(
    ...idErrors(context.fsGroup, `${at}.fsGroup`),
    ...idErrors(context.runAsUser, `${at}.runAsUser`),
    ...idErrors(context.runAsGroup, `${at}.runAsGroup`),
  );
  for (const [index, id] of (context.supplementalGroups ?? []).entries())
    errors.push(...idErrors(id, `${at}.supplementalGroups[${index}]`));
  const names = new Set<string>();
  for (const [index, { name }] of (context.sysctls ?? []).entries()) {
    const where = `${at}.sysctls[${index}].name`;
    if (name === '') errors.push(required(where));
    else if (name.length > 253 || !SYSCTL.test(name)) {
      errors.push(
        invalid(
          where,
          name,
          'must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$',
        ),
      );
    } else if (names.has(name)) errors.push(duplicate(where, name));
    names.add(name);
  }
  if (context.fsGroupChangePolicy !== undefined)
    errors.push(...oneOfSet(context.fsGroupChangePolicy, ['OnRootMismatch', 'Always'], `${at}.fsGroupChangePolicy`));
  errors.push(...validateSeccomp(context.seccompProfile, `${at}.seccompProfile`));
  return errors;
}

function dnsConfig(spec: Spec, path: string): Errors {
  const config = spec.dnsConfig;
  if (spec.dnsPolicy === 'None') {
    if (config === undefined) return [required(path, 'must provide `dnsConfig` when `dnsPolicy` is None')];
    if ((config.nameservers ?? []).length === 0)
      return [required(`${path}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None')];
  }
  const errors: Errors = [];
  const servers = config?.nameservers ?? [];
  if (servers.length > 3) errors.push(invalid(`${path}.nameservers`, servers, 'must not have more than 3 nameservers'));
  for (const [index, server] of servers.entries()) errors.push(...ipErrors(server, `${path}.nameservers[${index}]`));
  for (const [index, { name = '' }] of (config?.options ?? []).entries())
    if (name === '') errors.push(required(`${path}.options[${index}]`, 'must not be empty'));
  return errors;
}

function readinessGates(spec: Spec, path: string): Errors {
  return (spec.readinessGates ?? []).flatMap(({ conditionType }, index) =>
    complaints(isQualifiedName(conditionType), conditionType, `${path}[${index}].conditionType`),
  );
}

function schedulingGates(spec: Spec, path: string): Errors {
  const gates = spec.schedulingGates ?? [];
  const errors: Errors = [];
  const seen = new Set<string>();
  for (const [index, { name }] of gates.entries()) {
    errors.push(...complaints(isQualifiedName(name), name, `${path}.schedulingGates[${index}]`));
    if (seen.has(name)) errors.push(duplicate(`${path}.schedulingGates[${index}]`, name));
    seen.add(name);
  }
  if (gates.length > 0 && spec.nodeName !== undefined)
    errors.push(forbiddenField(`${path}.nodeName`, 'cannot be set until all schedulingGates have been cleared'));
  return errors;
}

function spreadConstraints(spec: Spec, path: string): Errors {
  const errors: Errors = [];
  for (const [index, constraint] of (spec.topologySpreadConstraints ?? []).entries()) {
    const at = `${path}[${index}]`;
    if (constraint.maxSkew <= 0) errors.push(invalid(`${at}.maxSkew`, constraint.maxSkew, 'must be greater than zero'));
    if (constraint.topologyKey === '') errors.push(required(`${at}.topologyKey`, 'can not be empty'));
    else errors.push(...validateLabelKey(constraint.topologyKey, `${at}.topologyKey`));
    errors.push(
      ...oneOfSet(constraint.whenUnsatisfiable, ['DoNotSchedule', 'ScheduleAnyway'], `${at}.whenUnsatisfiable`),
    );
    if (constraint.minDomains !== undefined) {
      if (constraint.minDomains <= 0)
        errors.push(invalid(`${at}.minDomains`, constraint.minDomains, 'must be greater than zero'));
      if (constraint.whenUnsatisfiable !== 'DoNotSchedule') {
        errors.push(
          invalid(
            `${at}.minDomains`,
            constraint.minDomains,
            `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${constraint.whenUnsatisfiable}`,
          ),
        );
      }
    }
    for (const field of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
      if (constraint[field] !== undefined)
        errors.push(...oneOfSet(constraint[field], ['Ignore', 'Honor'], `${at}.${field}`));
    }
    errors.push(...validateLabelSelector(constraint.labelSelector, `${at}.labelSelector`));
  }
  return errors;
}

function validateLabelKey(key: string, path: string): Errors {
  return complaints(isQualifiedName(key), key, path);
}

export function validateTolerations(spec: PodSpec, path: string): Errors {
  const errors: Errors = [];
  for (const [index, toleration] of (spec.tolerations ?? []).entries()) {
    const at = `${path}[${index}]`;
    const { key = '', operator = '', value = '', effect = '', tolerationSeconds } = toleration;
    if (key !== '') errors.push(...validateLabelKey(key, `${at}.key`));
    if (key === '' && operator !== 'Exists')
      errors.push(
        invalid(
          `${at}.operator`,
          operator,
          'operator must be Exists when `key` is empty, which means "match all values and all keys"',
        ),
      );
    if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
      errors.push(invalid(`${at}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"));
    }
    if (operator === 'Exists') {
      if (value !== '')
        errors.push(invalid(`${at}.operator`, toleration, "value must be empty when `operator` is 'Exists'"));
    } else if (operator !== 'Equal' && operator !== '')
      errors.push(notSupported(`${at}.operator`, operator, ['Equal', 'Exists']));
    if (effect !== '') errors.push(...oneOf(effect, ['NoSchedule', 'PreferNoSchedule', 'NoExecute'], `${at}.effect`));
  }
  return errors;
}

function hostAliases(spec: Spec, path: string): Errors {
  return (spec.hostAliases ?? []).flatMap(({ ip = '', hostnames = [] }, index) => [
    ...ipErrors(ip, `${path}[${index}].ip`),
    ...hostnames.flatMap((name, at) =>
      complaints(isDns1123Subdomain(name), name, `${path}[${index}].hostnames[${at}]`),
    ),
  ]);
}

/** A template: labels, annotations and spec. */
export function validatePodTemplate(
  template: PodTemplateSpec | undefined,
  path: string,
  claims: readonly string[] = [],
): Errors {
  return [
    ...validateLabels(template?.metadata?.labels, `${path}.metadata.labels`),
    ...validateAnnotations(template?.metadata?.annotations, `${path}.metadata.annotations`),
    ...validatePodSpec(template?.spec, `${path}.spec`, { template: true, claims }),
  ];
}
