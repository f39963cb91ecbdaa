/**
 * Containers of a pod: names, images, ports, resources (pkg/apis/core/validation, v1.34).
 */
import type { Container, ContainerPort, EphemeralContainer } from 'kubernetes-types/core/v1.d.ts';
import {
  duplicate,
  forbiddenField,
  invalid,
  notFoundField,
  notSupported,
  required,
} from '../../apimachinery/api-errors.ts';
import { isDns1123Label, isPortName, isPortNumber } from '../../apimachinery/names.ts';
import { printInternal } from './difference.ts';
import { validateEnv, validateEnvFrom } from './environment.ts';
import { validateDevices, validateMounts } from './mounts.ts';
import { validateLifecycle, validateProbe } from './probes.ts';
import { validateResources } from './resources.ts';
import { complaints, type Errors, oneOf, oneOfSet } from './rules.ts';
import { validateSecurityContext } from './security.ts';

/** What a container is checked against. */
export interface PodFacts {
  /** The good volumes, by name with their source. */
  readonly volumes: ReadonlyMap<string, string>;
  readonly claims: ReadonlySet<string>;
  readonly gracePeriod: number;
  readonly restartPolicy: string;
  /** False where the pod has user namespaces of its own. */
  readonly hostUsers: boolean;
}

/** The published types are older than the API: what came since. */
type Recent = {
  readonly restartPolicy?: string;
  readonly resizePolicy?: readonly { readonly resourceName: string; readonly restartPolicy: string }[];
};

const PROTOCOLS = ['TCP', 'UDP', 'SCTP'];

export function validateContainers(containers: readonly Container[], facts: PodFacts, path: string): Errors {
  if (containers.length === 0) return [required(path)];
  const errors: Errors = [];
  const names = new Set<string>();
  for (const [index, container] of containers.entries()) {
    const at = `${path}[${index}]`;
    errors.push(...validateCommon(container, facts, at));
    if (names.has(container.name)) errors.push(duplicate(`${at}.name`, container.name));
    else names.add(container.name);
    errors.push(...handlerErrors(container, facts, at));
  }
  errors.push(...hostPortConflicts(containers, path));
  return errors;
}

function handlerErrors(container: Container, { gracePeriod }: PodFacts, path: string): Errors {
  return [
    ...validateLifecycle(container.lifecycle, gracePeriod, `${path}.lifecycle`),
    ...validateProbe(container.livenessProbe, `${path}.livenessProbe`, true),
    ...validateProbe(container.readinessProbe, `${path}.readinessProbe`, false),
    ...validateProbe(container.startupProbe, `${path}.startupProbe`, true),
  ];
}

const HANDLERS = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const;

export function validateInitContainers(
  inits: readonly Container[],
  regular: readonly Container[],
  facts: PodFacts,
  path: string,
): Errors {
  const errors: Errors = [];
  const names = new Set(regular.map(({ name }) => name));
  for (const [index, container] of inits.entries()) {
    const at = `${path}[${index}]`;
    const { restartPolicy, resizePolicy = [] } = container as Recent;
    errors.push(...validateCommon(container, facts, at));
    if (restartPolicy !== undefined && restartPolicy !== 'Always')
      errors.push(notSupported(`${at}.restartPolicy`, restartPolicy, ['Always']));
    if (names.has(container.name)) errors.push(duplicate(`${at}.name`, container.name));
    else if (container.name !== '') names.add(container.name);
    errors.push(...hostPortConflicts([container], path));
    if (restartPolicy === 'Always') errors.push(...handlerErrors(container, facts, at));
    else {
      for (const field of HANDLERS) {
        if (container[field] !== undefined)
          errors.push(
            forbiddenField(`${at}.${field}`, 'may not be set for init containers without restartPolicy=Always'),
          );
      }
    }
    if (resizePolicy.length > 0)
      errors.push(
        invalid(
          `${at}.resizePolicy`,
          printInternal(resizePolicy, '[]ContainerResizePolicy'),
          'must not be set for init containers',
        ),
      );
  }
  return errors;
}

/** What an ephemeral container may not have, in the order of the type. */
const NOT_EPHEMERAL = [
  'ports',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
] as const;

export function validateEphemeralContainers(
  list: readonly EphemeralContainer[],
  others: readonly Container[],
  facts: PodFacts,
  path: string,
): Errors {
  const errors: Errors = [];
  const otherNames = new Set(others.map(({ name }) => name));
  const names = new Set(otherNames);
  for (const [index, container] of list.entries()) {
    const at = `${path}[${index}]`;
    // An ephemeral container has all fields of a container.
    const plain = container as unknown as Container & Readonly<Record<string, unknown>>;
    errors.push(...validateCommon(plain, facts, at), ...imageSpaceErrors(plain, at));
    if (names.has(container.name)) errors.push(duplicate(`${at}.name`, container.name));
    else names.add(container.name);
    const target = container.targetContainerName ?? '';
    if (target !== '' && !otherNames.has(target)) errors.push(notFoundField(`${at}.targetContainerName`, target));
    for (const field of NOT_EPHEMERAL) {
      const value = plain[field];
      const isEmpty = field === 'resources' && Object.keys((value as object | undefined) ?? {}).length === 0;
      if (value !== undefined && !isEmpty)
        errors.push(forbiddenField(`${at}.${field}`, 'cannot be set for an Ephemeral Container'));
    }
    for (const [mountIndex, mount] of (container.volumeMounts ?? []).entries()) {
      for (const field of ['subPath', 'subPathExpr'] as const) {
        if ((mount[field] ?? '') !== '')
          errors.push(
            forbiddenField(`${at}.volumeMounts[${mountIndex}].${field}`, 'cannot be set for an Ephemeral Container'),
          );
      }
    }
  }
  return errors;
}

/** A pod's own rule: templates may have spaces around an image. */
export function imageSpaceErrors({ image = '' }: Container, path: string): Errors {
  return image.trim() === image
    ? []
    : [invalid(`${path}.image`, image, 'must not have leading or trailing whitespace')];
}

function validateCommon(container: Container, facts: PodFacts, path: string): Errors {
  const errors: Errors = [];
  if (container.name === '') errors.push(required(`${path}.name`));
  else errors.push(...complaints(isDns1123Label(container.name), container.name, `${path}.name`));
  if ((container.image ?? '') === '') errors.push(required(`${path}.image`));
  const messages = container.terminationMessagePolicy;
  if (messages !== undefined)
    errors.push(...oneOf(messages, ['File', 'FallbackToLogsOnError'], `${path}.terminationMessagePolicy`));
  errors.push(...validatePorts(container.ports ?? [], `${path}.ports`));
  errors.push(...validateEnv(container.env ?? [], `${path}.env`));
  errors.push(...validateEnvFrom(container, `${path}.envFrom`));
  errors.push(...validateMounts(container, facts.volumes, `${path}.volumeMounts`));
  errors.push(...validateDevices(container, facts.volumes, `${path}.volumeDevices`));
  errors.push(...oneOfSet(container.imagePullPolicy, ['Always', 'IfNotPresent', 'Never'], `${path}.imagePullPolicy`));
  errors.push(...validateResources(container.resources, `${path}.resources`, facts.claims));
  errors.push(...resizeErrors(container as Recent, facts.restartPolicy, `${path}.resizePolicy`));
  errors.push(...validateSecurityContext(container.securityContext, `${path}.securityContext`, facts.hostUsers));
  return errors;
}

function resizeErrors({ resizePolicy = [] }: Recent, podPolicy: string, path: string): Errors {
  const errors: Errors = [];
  const seen = new Set<string>();
  for (const [index, { resourceName, restartPolicy }] of resizePolicy.entries()) {
    if (seen.has(resourceName)) errors.push(duplicate(`${path}[${index}]`, resourceName));
    seen.add(resourceName);
    if (resourceName === '') errors.push(required(path));
    else errors.push(...oneOfSet(resourceName, ['cpu', 'memory'], path));
    if (restartPolicy === '') errors.push(required(path));
    else errors.push(...oneOfSet(restartPolicy, ['NotRequired', 'RestartContainer'], path));
    if (podPolicy === 'Never' && restartPolicy !== 'NotRequired')
      errors.push(invalid(path, restartPolicy, "must be 'NotRequired' when `restartPolicy` is 'Never'"));
  }
  return errors;
}

function validatePorts(ports: readonly ContainerPort[], path: string): Errors {
  const errors: Errors = [];
  const names = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const at = `${path}[${index}]`;
    if (port.name !== undefined && port.name !== '') {
      const problems = isPortName(port.name);
      if (problems.length > 0) errors.push(...complaints(problems, port.name, `${at}.name`));
      else if (names.has(port.name)) errors.push(duplicate(`${at}.name`, port.name));
      else names.add(port.name);
    }
    if (port.containerPort === 0) errors.push(required(`${at}.containerPort`));
    else errors.push(...complaints(isPortNumber(port.containerPort), port.containerPort, `${at}.containerPort`));
    if (port.hostPort !== undefined && port.hostPort !== 0)
      errors.push(...complaints(isPortNumber(port.hostPort), port.hostPort, `${at}.hostPort`));
    if ((port.protocol ?? '') === '') errors.push(required(`${at}.protocol`));
    else errors.push(...oneOfSet(port.protocol, PROTOCOLS, `${at}.protocol`));
  }
  return errors;
}

function hostPortConflicts(containers: readonly Container[], path: string): Errors {
  const errors: Errors = [];
  const seen = new Set<string>();
  for (const [index, { ports = [] }] of containers.entries()) {
    for (const [portIndex, { hostPort = 0, hostIP = '', protocol = 'TCP' }] of ports.entries()) {
      if (hostPort === 0) continue;
      const text = `${protocol}/${hostIP}/${hostPort}`;
      if (seen.has(text)) errors.push(duplicate(`${path}[${index}].ports[${portIndex}].hostPort`, text));
      seen.add(text);
    }
  }
  return errors;
}
