/**
 * Containers of a pod: names, images, ports, environment, mounts, probes, resources, security (pkg/apis/core/validation,
 * v1.34).
 */
import type {
  Container,
  ContainerPort,
  EnvVar,
  Probe,
  ResourceRequirements,
  SecurityContext,
  VolumeMount,
} from 'kubernetes-types/core/v1.d.ts';
import {
  duplicate,
  type FieldError,
  forbiddenField,
  invalid,
  notFoundField,
  notSupported,
  Printed,
  required,
} from '../../apimachinery/api-errors.ts';
import {
  isConfigMapKey,
  isDns1123Label,
  isDns1123Subdomain,
  isPortName,
  isPortNumber,
  isQualifiedName,
} from '../../apimachinery/names.ts';
import { compareQuantities, formatQuantity, parseQuantity } from '../../apimachinery/quantity.ts';
import { complaints, type Errors, NOT_NEGATIVE, notNegative, oneOf, oneOfSet } from './rules.ts';

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

const FIELD_PATHS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
const RESOURCES = [
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'requests.cpu',
  'requests.memory',
  'requests.ephemeral-storage',
];

function validateEnv(env: readonly EnvVar[], path: string): Errors {
  const errors: Errors = [];
  for (const [index, variable] of env.entries()) {
    const at = `${path}[${index}]`;
    if (variable.name === '') errors.push(required(`${at}.name`));
    else if (/[=]|[^\x20-\x7e]/.test(variable.name)) {
      errors.push(
        invalid(
          `${at}.name`,
          variable.name,
          "a valid environment variable name must consist only of printable ASCII characters other than '='",
        ),
      );
    }
    const from = variable.valueFrom;
    if (from === undefined) continue;
    const where = `${at}.valueFrom`;
    let sources = 0;
    if (from.fieldRef !== undefined) {
      sources += 1;
      errors.push(...validateFieldRef(from.fieldRef, FIELD_PATHS, `${where}.fieldRef`));
    }
    if (from.resourceFieldRef !== undefined) {
      sources += 1;
      const { resource } = from.resourceFieldRef;
      if (resource === '') errors.push(required(`${where}.resourceFieldRef.resource`));
      else if (!/^(limits|requests)\.hugepages-/.test(resource))
        errors.push(...oneOfSet(resource, RESOURCES, `${where}.resourceFieldRef.resource`));
    }
    for (const field of ['configMapKeyRef', 'secretKeyRef'] as const) {
      const reference = from[field];
      if (reference === undefined) continue;
      sources += 1;
      if (reference.key === '') errors.push(required(`${where}.${field}.key`));
      else errors.push(...complaints(isConfigMapKey(reference.key), reference.key, `${where}.${field}.key`));
    }
    if (variable.value !== undefined && variable.value !== '' && sources > 0) {
      errors.push(invalid(where, '', 'may not be specified when `value` is not empty'));
    } else if (sources > 1) errors.push(invalid(where, '', 'may not have more than one field specified at a time'));
    else if (sources === 0) {
      errors.push(
        invalid(where, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`'),
      );
    }
  }
  return errors;
}

/** A path of the downward API. */
export function validateFieldRef(
  { apiVersion = '', fieldPath }: { apiVersion?: string; fieldPath: string },
  known: readonly string[],
  path: string,
): Errors {
  if (apiVersion === '') return [required(`${path}.apiVersion`)];
  if (fieldPath === '') return [required(`${path}.fieldPath`)];
  const subscript = /^(metadata\.(?:labels|annotations))\['(.*)'\]$/.exec(fieldPath);
  if (subscript !== null)
    return complaints(
      isQualifiedName(
        subscript[1] === 'metadata.annotations' ? (subscript[2] ?? '').toLowerCase() : (subscript[2] ?? ''),
      ),
      subscript[2],
      path,
    );
  if (known.includes(fieldPath)) return [];
  if (
    [
      'metadata.labels',
      'metadata.annotations',
      'spec.restartPolicy',
      'spec.schedulerName',
      'status.phase',
      ...FIELD_PATHS,
    ].includes(fieldPath)
  ) {
    return [notSupported(`${path}.fieldPath`, fieldPath, [...known].sort())];
  }
  return [
    invalid(`${path}.fieldPath`, fieldPath, `error converting fieldPath: field label not supported: ${fieldPath}`),
  ];
}

function validateEnvFrom({ envFrom = [] }: Container, path: string): Errors {
  const errors: Errors = [];
  for (const [index, source] of envFrom.entries()) {
    const at = `${path}[${index}]`;
    const { configMapRef, secretRef } = source;
    if (configMapRef !== undefined) {
      if ((configMapRef.name ?? '') === '') errors.push(required(`${at}.configMapRef.name`));
      else
        errors.push(
          ...complaints(isDns1123Subdomain(configMapRef.name ?? ''), configMapRef.name, `${at}.configMapRef.name`),
        );
    }
    if (secretRef !== undefined) {
      if ((secretRef.name ?? '') === '') errors.push(required(`${at}.secretRef.name`));
      else errors.push(...complaints(isDns1123Subdomain(secretRef.name ?? ''), secretRef.name, `${at}.secretRef.name`));
    }
    if (configMapRef === undefined && secretRef === undefined)
      errors.push(invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`'));
    else if (configMapRef !== undefined && secretRef !== undefined)
      errors.push(invalid(path, '', 'may not have more than one field specified at a time'));
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

type Handler = {
  exec?: { command?: readonly string[] };
  httpGet?: {
    port: number | string;
    path?: string;
    scheme?: string;
    host?: string;
    httpHeaders?: readonly { name: string }[];
  };
  tcpSocket?: { port: number | string };
  grpc?: { port: number };
  sleep?: { seconds: number };
};

function validateHandler(handler: Handler, path: string): Errors {
  const errors: Errors = [];
  let count = 0;
  const next = (field: string, check: () => Errors): void => {
    if (count > 0) errors.push(forbiddenField(`${path}.${field}`, 'may not specify more than 1 handler type'));
    else {
      count += 1;
      errors.push(...check());
    }
  };
  const { exec, httpGet, tcpSocket, grpc, sleep } = handler;
  if (exec !== undefined)
    next('exec', () => ((exec.command ?? []).length === 0 ? [required(`${path}.exec.command`)] : []));
  if (httpGet !== undefined) {
    next('httpGet', () => [
      ...((httpGet.path ?? '') === '' ? [required(`${path}.httpGet.path`)] : []),
      ...portErrors(httpGet.port, `${path}.httpGet.port`),
      ...oneOfSet(httpGet.scheme, ['HTTP', 'HTTPS'], `${path}.httpGet.scheme`),
    ]);
  }
  if (tcpSocket !== undefined) next('tcpSocket', () => portErrors(tcpSocket.port, `${path}.tcpSocket.port`));
  if (grpc !== undefined) next('grpc', () => portErrors(grpc.port, `${path}.grpc.port`));
  if (sleep !== undefined) count += 1;
  if (count === 0) errors.push(required(path, 'must specify a handler type'));
  return errors;
}

export function portErrors(port: number | string, path: string): Errors {
  return complaints(typeof port === 'number' ? isPortNumber(port) : isPortName(port), port, path);
}

function validateLifecycle(lifecycle: Container['lifecycle'], path: string): Errors {
  if (lifecycle === undefined) return [];
  return [
    ...(lifecycle.postStart === undefined ? [] : validateHandler(lifecycle.postStart as Handler, `${path}.postStart`)),
    ...(lifecycle.preStop === undefined ? [] : validateHandler(lifecycle.preStop as Handler, `${path}.preStop`)),
  ];
}

function validateProbe(probe: Probe | undefined, path: string, once: boolean): Errors {
  if (probe === undefined) return [];
  const errors = validateHandler(probe as Handler, path);
  for (const field of [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ] as const) {
    errors.push(...notNegative(probe[field], `${path}.${field}`));
  }
  const grace = probe.terminationGracePeriodSeconds;
  if (grace !== undefined && grace <= 0)
    errors.push(invalid(`${path}.terminationGracePeriodSeconds`, grace, 'must be greater than 0'));
  if (!once) {
    if (grace !== undefined)
      errors.push(invalid(`${path}.terminationGracePeriodSeconds`, grace, 'must not be set for readinessProbes'));
  } else if ((probe.successThreshold ?? 1) !== 1)
    errors.push(invalid(`${path}.successThreshold`, probe.successThreshold, 'must be 1'));
  return errors;
}

const STANDARD = new Set(['cpu', 'memory', 'ephemeral-storage']);
const isHuge = (name: string): boolean => name.startsWith('hugepages-');
const isExtended = (name: string): boolean =>
  name.includes('/') && !name.startsWith('requests.') && !/^([^/]*\.)?kubernetes\.io\//.test(name);

export function validateResources(resources: ResourceRequirements | undefined, path: string): Errors {
  if (resources === undefined) return [];
  const errors: Errors = [];
  const limits = (resources.limits ?? {}) as Readonly<Record<string, string>>;
  const requests = (resources.requests ?? {}) as Readonly<Record<string, string>>;
  const has = { main: false, huge: false };
  const note = (name: string): void => {
    if (name === 'cpu' || name === 'memory') has.main = true;
    if (isHuge(name)) has.huge = true;
  };
  for (const name of Object.keys(limits)) {
    note(name);
    errors.push(...validateAmount(name, limits[name] ?? '0', `${path}.limits`));
  }
  for (const name of Object.keys(requests)) {
    note(name);
    const amount = requests[name] ?? '0';
    errors.push(...validateAmount(name, amount, `${path}.requests`));
    const limit = limits[name];
    if (limit !== undefined) {
      const order = compareQuantities(parseQuantity(amount), parseQuantity(limit));
      if (order !== 0 && (isExtended(name) || isHuge(name))) {
        errors.push(invalid(`${path}.requests`, amount, `must be equal to ${name} limit of ${limit}`));
      } else if (order > 0)
        errors.push(invalid(`${path}.requests`, amount, `must be less than or equal to ${name} limit of ${limit}`));
    } else if (isExtended(name) || isHuge(name))
      errors.push(required(`${path}.limits`, 'Limit must be set for non overcommitable resources'));
  }
  if (has.huge && !has.main) errors.push(forbiddenField(path, 'HugePages require cpu or memory'));
  return errors;
}

function validateAmount(name: string, amount: string, path: string): Errors {
  const at = `${path}[${name}]`;
  const errors: Errors = [];
  const problems = isQualifiedName(name);
  if (problems.length > 0) errors.push(...complaints(problems, name, at));
  else if (!name.includes('/') && !STANDARD.has(name) && !isHuge(name))
    errors.push(invalid(at, name, 'must be a standard resource for containers'));
  const quantity = parseQuantity(amount);
  if (quantity.nano < 0n) errors.push(invalid(at, amount, NOT_NEGATIVE));
  if (isExtended(name) && quantity.nano % 1_000_000_000n !== 0n)
    errors.push(invalid(at, formatQuantity(quantity), 'must be an integer'));
  return errors;
}

function validateSecurityContext(context: SecurityContext | undefined, path: string): Errors {
  if (context === undefined) return [];
  const errors: Errors = [];
  errors.push(
    ...idErrors(context.runAsUser, `${path}.runAsUser`),
    ...idErrors(context.runAsGroup, `${path}.runAsGroup`),
  );
  if (context.procMount !== undefined)
    errors.push(...oneOf(context.procMount, ['Default', 'Unmasked'], `${path}.procMount`));
  errors.push(...validateSeccomp(context.seccompProfile, `${path}.seccompProfile`));
  if (context.allowPrivilegeEscalation === false) {
    if (context.privileged === true)
      errors.push(
        invalid(
          path,
          new Printed(JSON.stringify(context)),
          'cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
        ),
      );
    if ((context.capabilities?.add ?? []).some((name) => name === 'CAP_SYS_ADMIN')) {
      errors.push(
        invalid(
          path,
          new Printed(JSON.stringify(context)),
          'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN',
        ),
      );
    }
  }
  return errors;
}

/** A user or group. */
export function idErrors(value: number | undefined, path: string): Errors {
  return value !== undefined && (value < 0 || value > 2_147_483_647)
    ? [invalid(path, value, 'must be between 0 and 2147483647, inclusive')]
    : [];
}

export function validateSeccomp(
  profile: { type: string; localhostProfile?: string } | undefined,
  path: string,
): FieldError[] {
  if (profile === undefined) return [];
  const local = profile.localhostProfile ?? '';
  if (profile.type === 'Localhost') {
    return local === '' ? [required(`${path}.localhostProfile`, 'must be set when seccomp type is Localhost')] : [];
  }
  if (local !== '')
    return [invalid(`${path}.localhostProfile`, profile, 'can only be set when seccomp type is Localhost')];
  return oneOf(profile.type, ['Localhost', 'RuntimeDefault', 'Unconfined'], `${path}.type`);
}
