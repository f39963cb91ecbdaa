/**
 * A pod's spec, also inside templates (pkg/apis/core/validation ValidatePodSpec and ValidatePodTemplateSpec, v1.34), in
 * upstream's order.
 */
import type { Container, PodSpec, PodTemplateSpec, TopologySpreadConstraint } from 'kubernetes-types/core/v1.d.ts';
import { duplicate, forbiddenField, invalid, required } from '../../apimachinery/api-errors.ts';
import { isDns1123Label, isDns1123Subdomain, isQualifiedName } from '../../apimachinery/names.ts';
import { validateAnnotations, validateLabels } from '../object-meta.ts';
import { labelKeyErrors, validateAffinity } from './affinity.ts';
import {
  type PodFacts,
  validateContainers,
  validateEphemeralContainers,
  validateInitContainers,
} from './containers.ts';
import { printInternal } from './difference.ts';
import { validateHostProcess, validateOperatingSystem } from './operating-system.ts';
import { type Requirements, validatePodResources, validateResources } from './resources.ts';
import { complaints, type Errors, ipErrors, oneOf, oneOfSet, positive, validateLabelSelector } from './rules.ts';
import { validatePodSecurity } from './security.ts';
import { validateTolerations } from './tolerations.ts';
import type { Source } from './volume-sources.ts';
import { validateVolumes } from './volumes.ts';

const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];

interface PodClaim {
  readonly name: string;
  readonly resourceClaimName?: string;
  readonly resourceClaimTemplateName?: string;
}

/** The published type is older than the API: what came since. */
type Spec = Omit<PodSpec, 'resourceClaims'> & {
  readonly hostUsers?: boolean;
  readonly schedulingGates?: readonly { readonly name: string }[];
  readonly resourceClaims?: readonly PodClaim[];
  readonly resources?: Requirements;
};

export interface PodSpecOptions {
  /** It stands in a template: a pod's own rules don't hold. */
  readonly template?: boolean;
  /** The pod's name. */
  readonly pod?: string;
  /** Volumes that come from elsewhere: a StatefulSet's claims. */
  readonly claims?: readonly string[];
}

/** Answers what is wrong with a pod's spec. */
export function validatePodSpec(given: PodSpec | undefined, path: string, options: PodSpecOptions = {}): Errors {
  const spec = (given ?? {}) as Spec;
  const errors: Errors = [];
  const isTemplate = options.template === true;
  if (spec.terminationGracePeriodSeconds === undefined) errors.push(required(`${path}.terminationGracePeriodSeconds`));
  const volumes = validateVolumes(
    spec.volumes ?? [],
    { template: isTemplate, ...(options.pod === undefined || options.pod === '' ? {} : { pod: options.pod }) },
    `${path}.volumes`,
  );
  errors.push(...volumes.errors);
  const claims = new Set((spec.resourceClaims ?? []).map(({ name }) => name).filter((name) => name !== ''));
  errors.push(...claimErrors(spec.resourceClaims ?? [], `${path}.resourceClaims`));
  const facts: PodFacts = {
    volumes: new Map([
      ...volumes.good,
      ...(options.claims ?? []).map((name) => [name, 'persistentVolumeClaim'] as const),
    ]),
    claims,
    gracePeriod: spec.terminationGracePeriodSeconds ?? 30,
    restartPolicy: spec.restartPolicy ?? '',
    hostUsers: spec.hostUsers !== false,
  };
  const containers = spec.containers ?? [];
  const inits = spec.initContainers ?? [];
  errors.push(...validateContainers(containers, facts, `${path}.containers`));
  errors.push(...validateInitContainers(inits, containers, facts, `${path}.initContainers`));
  errors.push(
    ...validateEphemeralContainers(
      spec.ephemeralContainers ?? [],
      [...containers, ...inits],
      facts,
      `${path}.ephemeralContainers`,
    ),
  );
  errors.push(...validatePodResources(spec, claims, path));
  errors.push(...hostNetworkErrors(spec, isTemplate, `${path}.containers`));
  errors.push(...policyErrors(spec.restartPolicy, ['Always', 'OnFailure', 'Never'], `${path}.restartPolicy`));
  errors.push(...policyErrors(spec.dnsPolicy, DNS_POLICIES, `${path}.dnsPolicy`));
  errors.push(...validateLabels(spec.nodeSelector, `${path}.nodeSelector`));
  errors.push(...validatePodSecurity(spec.securityContext, spec, `${path}.securityContext`));
  errors.push(...validateAffinity(spec.affinity, `${path}.affinity`));
  errors.push(...dnsConfig(spec, `${path}.dnsConfig`));
  errors.push(...readinessGates(spec, `${path}.readinessGates`));
  errors.push(...schedulingGates(spec, `${path}.schedulingGates`));
  errors.push(...spreadConstraints(spec.topologySpreadConstraints ?? [], `${path}.topologySpreadConstraints`));
  errors.push(...validateHostProcess(spec as unknown as Source, path));
  errors.push(...hostUserErrors(spec, path), ...nameErrors(spec, path));
  errors.push(...lateErrors(spec, path));
  return errors;
}

/** What stands at the end of upstream's list. */
function lateErrors(spec: Spec, path: string): Errors {
  const errors: Errors = [];
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined && (deadline < 1 || deadline > 2_147_483_647)) {
    errors.push(invalid(`${path}.activeDeadlineSeconds`, deadline, 'must be between 1 and 2147483647, inclusive'));
  }
  for (const field of ['hostname', 'subdomain'] as const) {
    const value = spec[field] ?? '';
    if (value !== '') errors.push(...complaints(isDns1123Label(value), value, `${path}.${field}`));
  }
  errors.push(...validateTolerations(spec.tolerations ?? [], `${path}.tolerations`));
  errors.push(...hostAliases(spec, `${path}.hostAliases`));
  const priority = spec.priorityClassName ?? '';
  if (priority !== '') errors.push(...complaints(isDns1123Subdomain(priority), priority, `${path}.priorityClassName`));
  if (spec.runtimeClassName !== undefined)
    errors.push(
      ...complaints(isDns1123Subdomain(spec.runtimeClassName), spec.runtimeClassName, `${path}.runtimeClassName`),
    );
  if (spec.preemptionPolicy !== undefined)
    errors.push(...policyErrors(spec.preemptionPolicy, ['PreemptLowerPriority', 'Never'], `${path}.preemptionPolicy`));
  if (spec.overhead !== undefined) errors.push(...validateResources({ limits: spec.overhead }, `${path}.overhead`));
  errors.push(...validateOperatingSystem(spec as unknown as Source, path));
  return errors;
}

function nameErrors(spec: Spec, path: string): Errors {
  return (['serviceAccountName', 'nodeName'] as const).flatMap((field) => {
    const value = spec[field] ?? '';
    return value === '' ? [] : complaints(isDns1123Subdomain(value), value, `${path}.${field}`);
  });
}

/** One of a list; an empty one is missing. */
function policyErrors(policy: string | undefined, known: readonly string[], path: string): Errors {
  return policy === undefined || policy === '' ? [required(path)] : oneOf(policy, known, path);
}

function claimErrors(claims: readonly PodClaim[], path: string): Errors {
  const errors: Errors = [];
  const names = new Set<string>();
  for (const [index, claim] of claims.entries()) {
    const at = `${path}[${index}]`;
    if (claim.name === '') errors.push(required(`${at}.name`));
    else if (names.has(claim.name)) errors.push(duplicate(`${at}.name`, claim.name));
    else {
      errors.push(...complaints(isDns1123Label(claim.name), claim.name, `${at}.name`));
      names.add(claim.name);
    }
    const { resourceClaimName: own, resourceClaimTemplateName: template } = claim;
    const tell = (problem: string): number =>
      errors.push(invalid(at, printInternal(claim, 'PodResourceClaim'), problem));
    if (own !== undefined && template !== undefined)
      tell('at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified');
    if (own === undefined && template === undefined)
      tell('must specify one of: `resourceClaimName`, `resourceClaimTemplateName`');
    if (own !== undefined) errors.push(...complaints(isDns1123Subdomain(own), own, `${at}.resourceClaimName`));
    if (template !== undefined)
      errors.push(...complaints(isDns1123Subdomain(template), template, `${at}.resourceClaimTemplateName`));
  }
  return errors;
}

function hostNetworkErrors(spec: Spec, isTemplate: boolean, path: string): Errors {
  if (spec.hostNetwork !== true) return [];
  return (spec.containers ?? []).flatMap(({ ports = [] }, index) =>
    ports.flatMap(({ hostPort = 0, containerPort }, portIndex) =>
      (isTemplate && hostPort === 0) || hostPort === containerPort
        ? []
        : [
            invalid(
              `${path}[${index}].ports[${portIndex}].hostPort`,
              hostPort,
              'must match `containerPort` when `hostNetwork` is true',
            ),
          ],
    ),
  );
}

function hostUserErrors(spec: Spec, path: string): Errors {
  if (spec.hostUsers !== false) return [];
  const errors: Errors = [];
  const tell = (at: string): number => errors.push(forbiddenField(at, 'when `hostUsers` is false'));
  if (spec.hostNetwork === true) tell(`${path}.hostNetwork`);
  if (spec.hostPID === true) tell(`${path}.HostPID`);
  if (spec.hostIPC === true) tell(`${path}.HostIPC`);
  for (const field of ['initContainers', 'containers', 'ephemeralContainers'] as const) {
    for (const [index, container] of ((spec[field] ?? []) as readonly Container[]).entries())
      if ((container.volumeDevices ?? []).length > 0) tell(`${path}.${field}[${index}].volumeDevices`);
  }
  return errors;
}

const SEARCH_LABEL = '[a-z0-9_]([-_a-z0-9]*[a-z0-9_])?';
const SEARCH = `${SEARCH_LABEL}(\\.${SEARCH_LABEL})*`;
const SEARCH_PATTERN = new RegExp(`^${SEARCH}$`);
const SEARCH_PROBLEM = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${SEARCH}')`;

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
  const searches = config?.searches ?? [];
  if (searches.length > 32)
    errors.push(invalid(`${path}.searches`, searches, 'must not have more than 32 search paths'));
  if (searches.join(' ').length > 2048)
    errors.push(
      invalid(
        `${path}.searches`,
        searches,
        'must not have more than 2048 characters (including spaces) in the search list',
      ),
    );
  for (const [index, search] of searches.entries()) {
    if (search === '.') continue;
    const name = search.replace(/\.$/, '');
    const at = `${path}.searches[${index}]`;
    if (name.length > 253) errors.push(invalid(at, name, 'must be no more than 253 characters'));
    if (!SEARCH_PATTERN.test(name)) errors.push(invalid(at, name, SEARCH_PROBLEM));
  }
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
  const errors: Errors = [];
  const seen = new Set<string>();
  for (const [index, { name }] of (spec.schedulingGates ?? []).entries()) {
    errors.push(...complaints(isQualifiedName(name), name, `${path}[${index}]`));
    if (seen.has(name)) errors.push(duplicate(`${path}[${index}]`, name));
    seen.add(name);
  }
  return errors;
}

function spreadConstraints(constraints: readonly TopologySpreadConstraint[], path: string): Errors {
  const errors: Errors = [];
  for (const [index, constraint] of constraints.entries()) {
    const at = `${path}[${index}]`;
    const { maxSkew, topologyKey, whenUnsatisfiable, minDomains, labelSelector } = constraint;
    errors.push(...positive(maxSkew, `${at}.maxSkew`));
    if (topologyKey === '') errors.push(required(`${at}.topologyKey`, 'can not be empty'));
    errors.push(...oneOfSet(whenUnsatisfiable, ['DoNotSchedule', 'ScheduleAnyway'], `${at}.whenUnsatisfiable`));
    const isTwin = constraints
      .slice(index + 1)
      .some((other) => other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable);
    if (isTwin)
      errors.push(duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${whenUnsatisfiable}}`));
    if (minDomains !== undefined) {
      errors.push(...positive(minDomains, `${at}.minDomains`));
      if (whenUnsatisfiable !== 'DoNotSchedule')
        errors.push(
          invalid(
            `${at}.minDomains`,
            minDomains,
            `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`,
          ),
        );
    }
    for (const field of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
      if (constraint[field] !== undefined)
        errors.push(...oneOfSet(constraint[field], ['Ignore', 'Honor'], `${at}.${field}`));
    }
    errors.push(
      ...labelKeyErrors({ matchLabelKeys: constraint.matchLabelKeys ?? [] }, labelSelector, at),
      ...validateLabelSelector(labelSelector, `${at}.labelSelector`),
    );
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
  const errors = [
    ...validateLabels(template?.metadata?.labels, `${path}.metadata.labels`),
    ...validateAnnotations(template?.metadata?.annotations, `${path}.metadata.annotations`),
    ...validatePodAnnotations(template?.metadata?.annotations, template?.spec, `${path}.annotations`),
    ...validatePodSpec(template?.spec, `${path}.spec`, { template: true, claims }),
  ];
  if ((template?.spec?.ephemeralContainers ?? []).length > 0)
    errors.push(forbiddenField(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template'));
  return errors;
}

const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';
const SECCOMP = 'seccomp.security.alpha.kubernetes.io/pod';
const SECCOMP_PREFIX = 'container.seccomp.security.alpha.kubernetes.io/';
const MIRROR = 'kubernetes.io/config.mirror';

/** The annotations of a pod that mean something to the API (ValidatePodSpecificAnnotations). */
export function validatePodAnnotations(
  annotations: Readonly<Record<string, string>> | undefined,
  spec: PodSpec | undefined,
  path: string,
): Errors {
  const errors: Errors = [];
  for (const [key, value] of Object.entries(annotations ?? {})) {
    if (key === MIRROR && (spec?.nodeName ?? '') === '')
      errors.push(invalid(`${path}[${key}]`, value, 'must set spec.nodeName if mirror pod annotation is set'));
    if (key === DELETION_COST) {
      const cost = Number(value);
      if (!/^(0|-?[1-9]\d*)$/.test(value) || cost > 2_147_483_647 || cost < -2_147_483_648)
        errors.push(invalid(`${path}[${key}]`, value, 'must be a 32bit integer'));
    }
    if (key === SECCOMP || key.startsWith(SECCOMP_PREFIX)) {
      const isKnown = /^(runtime\/default|docker\/default|unconfined|localhost\/.*)$/.test(value);
      if (!isKnown) errors.push(invalid(`${path}.${key}`, value, 'must be a valid seccomp profile'));
    }
  }
  return errors;
}
