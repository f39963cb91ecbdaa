/**
 * What the operating system of a pod rules out (pkg/apis/core/validation validateOS, validateLinux, validateWindows and
 * validateWindowsHostProcessPod, v1.34).
 */
import { forbiddenField, invalid, required } from '../../apimachinery/api-errors.ts';
import { type Errors, oneOfSet } from './rules.ts';
import { inner, list, type Source } from './volume-sources.ts';

const POD_CONTEXT = [
  'appArmorProfile',
  'seLinuxOptions',
  'hostUsers',
  'hostPID',
  'hostIPC',
  'seccompProfile',
  'fsGroup',
  'fsGroupChangePolicy',
  'sysctls',
  'shareProcessNamespace',
  'runAsUser',
  'runAsGroup',
  'supplementalGroups',
  'supplementalGroupsPolicy',
  'seLinuxChangePolicy',
];
/** Of these, the ones that stand in the spec itself. */
const OWN = new Set(['hostUsers', 'hostPID', 'hostIPC', 'shareProcessNamespace']);
const CONTAINER_CONTEXT = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
];

function* containersOf(spec: Source, path: string): Generator<readonly [Source, string]> {
  for (const field of ['initContainers', 'containers', 'ephemeralContainers']) {
    for (const [index, item] of list<Source>(spec, field).entries()) yield [item, `${path}.${field}[${index}]`];
  }
}

export function validateOperatingSystem(spec: Source, path: string): Errors {
  const os = inner(spec, 'os');
  if (os === undefined) return [];
  const name = String(os.name ?? '');
  if (name === '') return [required(`${path}.os.name`)];
  if (name === 'linux') return linuxErrors(spec, path);
  if (name === 'windows') return windowsErrors(spec, path);
  return oneOfSet(name, ['linux', 'windows'], `${path}.os`);
}

function linuxErrors(spec: Source, path: string): Errors {
  const errors: Errors = [];
  const check = (owner: Source, at: string): void => {
    if (inner(owner, 'securityContext')?.windowsOptions !== undefined)
      errors.push(
        forbiddenField(`${at}.securityContext.windowsOptions`, 'windows options cannot be set for a linux pod'),
      );
  };
  check(spec, path);
  for (const [container, at] of containersOf(spec, path)) check(container, at);
  return errors;
}

function windowsErrors(spec: Source, path: string): Errors {
  const errors: Errors = [];
  const tell = (at: string): number => errors.push(forbiddenField(at, 'cannot be set for a windows pod'));
  const context = inner(spec, 'securityContext') ?? {};
  for (const field of POD_CONTEXT) {
    const value = OWN.has(field) ? spec[field] : context[field];
    const isUnset = field === 'hostPID' || field === 'hostIPC' ? value !== true : value === undefined;
    if (!isUnset) tell(OWN.has(field) ? `${path}.${field}` : `${path}.securityContext.${field}`);
  }
  for (const [container, at] of containersOf(spec, path)) {
    const own = inner(container, 'securityContext') ?? {};
    for (const field of CONTAINER_CONTEXT) if (own[field] !== undefined) tell(`${at}.securityContext.${field}`);
  }
  return errors;
}

/** Either all containers of a pod are processes of the host, or none. */
export function validateHostProcess(spec: Source, path: string): Errors {
  const errors: Errors = [];
  const processOf = (owner: Source): unknown =>
    inner(inner(owner, 'securityContext') ?? {}, 'windowsOptions')?.hostProcess;
  const pod = processOf(spec);
  let all = 0;
  let hosted = 0;
  for (const [container, at] of containersOf(spec, path)) {
    const own = processOf(container);
    all += 1;
    if (pod !== undefined && own !== undefined && pod !== own)
      errors.push(
        invalid(
          `${at}.securityContext.windowsOptions.hostProcess`,
          own,
          `pod hostProcess value must be identical if both are specified, was ${pod}`,
        ),
      );
    if ((own ?? pod) === true) hosted += 1;
  }
  if (hosted === 0) return errors;
  if (hosted !== all)
    errors.push(
      invalid(
        path,
        '',
        'If pod contains any hostProcess containers then all containers must be HostProcess containers',
      ),
    );
  if (spec.hostNetwork !== true)
    errors.push(
      invalid(`${path}.hostNetwork`, false, 'hostNetwork must be true if pod contains any hostProcess containers'),
    );
  return errors;
}
