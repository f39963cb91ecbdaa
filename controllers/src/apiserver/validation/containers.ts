/**
 * Containers of a pod: names, images, ports, mounts (pkg/apis/core/validation, v1.34).
 */
import type { Container, ContainerPort, VolumeMount } from 'kubernetes-types/core/v1.d.ts';
import {
  duplicate,
  forbiddenField,
  invalid,
  notFoundField,
  notSupported,
  required,
} from '../../apimachinery/api-errors.ts';
import { isDns1123Label, isPortName, isPortNumber } from '../../apimachinery/names.ts';
import { validateEnv, validateEnvFrom } from './environment.ts';
import { validateLifecycle, validateProbe } from './probes.ts';
import { validateResources } from './resources.ts';
import { complaints, type Errors, oneOfSet } from './rules.ts';
import { validateSecurityContext } from './security.ts';

/** What a container is checked against. */
export interface PodFacts {
  readonly volumes: ReadonlyMap<string, string>;
  readonly hostNetwork: boolean;
  readonly gracePeriod: number;
  readonly restartPolicy: string;
}

const PROTOCOLS = ['TCP', 'UDP', 'SCTP'];
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];

export function validateContainers(containers: readonly Container[], facts: PodFacts, path: string): Errors {
  if (containers.length === 0) return [required(path)];
  const errors: Errors = [];
  const names = new Set<string>();
  for (const [index, container] of containers.entries()) {
    const at = `${path}[${index}]`;
    errors.push(...validateCommon(container, facts, at));
    if (names.has(container.name)) errors.push(duplicate(`${at}.name`, container.name));
    else names.add(container.name);
    errors.push(...validateLifecycle(container.lifecycle, `${at}.lifecycle`));
    errors.push(...validateProbe(container.livenessProbe, `${at}.livenessProbe`, true));
    errors.push(...validateProbe(container.readinessProbe, `${at}.readinessProbe`, false));
    errors.push(...validateProbe(container.startupProbe, `${at}.startupProbe`, true));
  }
  errors.push(...hostPortConflicts(containers, path));
  return errors;
}

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
    const sidecar = (container as { restartPolicy?: string }).restartPolicy;
    errors.push(...validateCommon(container, facts, at));
    if (sidecar !== undefined && sidecar !== 'Always')
      errors.push(notSupported(`${at}.restartPolicy`, sidecar, ['Always']));
    if (names.has(container.name)) errors.push(duplicate(`${at}.name`, container.name));
    else if (container.name !== '') names.add(container.name);
    errors.push(...hostPortConflicts([container], path));
    if (sidecar === 'Always') {
      errors.push(...validateLifecycle(container.lifecycle, `${at}.lifecycle`));
      errors.push(...validateProbe(container.livenessProbe, `${at}.livenessProbe`, true));
      errors.push(...validateProbe(container.readinessProbe, `${at}.readinessProbe`, false));
      errors.push(...validateProbe(container.startupProbe, `${at}.startupProbe`, true));
    } else {
      for (const field of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
        if (container[field] !== undefined)
          errors.push(
            forbiddenField(`${at}.${field}`, 'may not be set for init containers without restartPolicy=Always'),
          );
      }
    }
  }
  return errors;
}

function validateCommon(container: Container, facts: PodFacts, path: string): Errors {
  const errors: Errors = [];
  if (container.name === '') errors.push(required(`${path}.name`));
  else errors.push(...complaints(isDns1123Label(container.name), container.name, `${path}.name`));
  const image = container.image ?? '';
  if (image === '') errors.push(required(`${path}.image`));
  else if (image.trim() !== image)
    errors.push(invalid(`${path}.image`, image, 'must not have leading or trailing whitespace'));
  if (container.terminationMessagePolicy !== undefined) {
    errors.push(
      ...oneOfSet(
        container.terminationMessagePolicy,
        ['File', 'FallbackToLogsOnError'],
        `${path}.terminationMessagePolicy`,
      ),
    );
  }
  errors.push(...validatePorts(container.ports ?? [], facts, `${path}.ports`));
  errors.push(...validateEnv(container.env ?? [], `${path}.env`));
  errors.push(...validateEnvFrom(container, `${path}.envFrom`));
  errors.push(...validateMounts(container, facts, path));
  errors.push(...oneOfSet(container.imagePullPolicy, PULL_POLICIES, `${path}.imagePullPolicy`));
  errors.push(...validateResources(container.resources, `${path}.resources`));
  errors.push(...validateSecurityContext(container.securityContext, `${path}.securityContext`));
  return errors;
}

function validatePorts(ports: readonly ContainerPort[], facts: PodFacts, path: string): Errors {
  const errors: Errors = [];
  const names = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const at = `${path}[${index}]`;
    if (port.name !== undefined) {
      const problems = isPortName(port.name);
      if (problems.length > 0) errors.push(...complaints(problems, port.name, `${at}.name`));
      else if (names.has(port.name)) errors.push(duplicate(`${at}.name`, port.name));
      else names.add(port.name);
    }
    if (port.containerPort === 0) errors.push(required(`${at}.containerPort`));
    else errors.push(...complaints(isPortNumber(port.containerPort), port.containerPort, `${at}.containerPort`));
    if (port.hostPort !== undefined)
      errors.push(...complaints(isPortNumber(port.hostPort), port.hostPort, `${at}.hostPort`));
    if (facts.hostNetwork && port.hostPort !== undefined && port.hostPort !== port.containerPort) {
      errors.push(invalid(`${at}.hostPort`, port.hostPort, 'must match `containerPort` when `hostNetwork` is true'));
    }
    errors.push(...oneOfSet(port.protocol, PROTOCOLS, `${at}.protocol`));
  }
  return errors;
}

function hostPortConflicts(containers: readonly Container[], path: string): Errors {
  const errors: Errors = [];
  const seen = new Set<string>();
  for (const [index, { ports = [] }] of containers.entries()) {
    for (const [portIndex, { hostPort, hostIP = '', protocol = 'TCP' }] of ports.entries()) {
      if (hostPort === undefined) continue;
      const text = `${protocol}/${hostIP}/${hostPort}`;
      if (seen.has(text)) errors.push(duplicate(`${path}[${index}].ports[${portIndex}].hostPort`, text));
      seen.add(text);
    }
  }
  return errors;
}

function validateMounts(container: Container, { volumes }: PodFacts, path: string): Errors {
  const errors: Errors = [];
  const points = new Set<string>();
  for (const [index, mount] of (container.volumeMounts ?? []).entries()) {
    const at = `${path}.volumeMounts[${index}]`;
    if (mount.name === '') errors.push(required(`${at}.name`));
    else if (!volumes.has(mount.name)) errors.push(notFoundField(`${at}.name`, mount.name));
    if (mount.mountPath === '') errors.push(required(`${at}.mountPath`));
    else if (points.has(mount.mountPath)) errors.push(invalid(`${at}.mountPath`, mount.mountPath, 'must be unique'));
    points.add(mount.mountPath);
    errors.push(...validateSubPath(mount, at));
    if (mount.mountPropagation !== undefined) {
      errors.push(
        ...oneOfSet(mount.mountPropagation, ['Bidirectional', 'HostToContainer', 'None'], `${at}.mountPropagation`),
      );
    }
  }
  for (const [index, device] of (container.volumeDevices ?? []).entries()) {
    const at = `${path}.volumeDevices[${index}]`;
    if (device.name === '') errors.push(required(`${at}.name`));
    else if (!volumes.has(device.name)) errors.push(notFoundField(`${at}.name`, device.name));
    if (device.devicePath === '') errors.push(required(`${at}.devicePath`));
  }
  return errors;
}

function validateSubPath(mount: VolumeMount, path: string): Errors {
  const errors: Errors = [];
  for (const field of ['subPath', 'subPathExpr'] as const) {
    const value = mount[field];
    if (value === undefined) continue;
    if (value.startsWith('/')) errors.push(invalid(`${path}.${field}`, value, 'must be a relative path'));
    if (value.split('/').includes('..')) errors.push(invalid(`${path}.${field}`, value, "must not contain '..'"));
  }
  if (mount.subPath !== undefined && mount.subPathExpr !== undefined) {
    errors.push(invalid(`${path}.subPathExpr`, mount.subPathExpr, 'subPathExpr and subPath are mutually exclusive'));
  }
  return errors;
}
