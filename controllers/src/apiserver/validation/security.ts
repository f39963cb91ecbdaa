/**
 * Security contexts of containers and pods (pkg/apis/core/validation, v1.34).
 */
import type { PodSecurityContext, SecurityContext, WindowsSecurityContextOptions } from 'kubernetes-types/core/v1.d.ts';
import { duplicate, invalid, required, tooLong } from '../../apimachinery/api-errors.ts';
import { isDns1123Subdomain } from '../../apimachinery/names.ts';
import { printInternal } from './difference.ts';
import { complaints, descendingPath, type Errors, oneOf, oneOfSet } from './rules.ts';

interface Profile {
  readonly type: string;
  readonly localhostProfile?: string;
}

/** The published types are older than the API: what came since. */
type Recent = {
  readonly appArmorProfile?: Profile;
  readonly supplementalGroupsPolicy?: string;
  readonly seLinuxChangePolicy?: string;
};

export function validateSecurityContext(
  context: (SecurityContext & Recent) | undefined,
  path: string,
  hostUsers: boolean,
): Errors {
  if (context === undefined) return [];
  const errors: Errors = [];
  errors.push(
    ...idErrors(context.runAsUser, `${path}.runAsUser`),
    ...idErrors(context.runAsGroup, `${path}.runAsGroup`),
  );
  if (context.procMount !== undefined) {
    errors.push(...oneOf(context.procMount, ['Default', 'Unmasked'], `${path}.procMount`));
    if (hostUsers && context.procMount === 'Unmasked')
      errors.push(invalid(`${path}.procMount`, 'Unmasked', '`hostUsers` must be false to use `Unmasked`'));
  }
  errors.push(...validateSeccomp(context.seccompProfile, `${path}.seccompProfile`));
  if (context.allowPrivilegeEscalation === false) {
    const tell = (problem: string): number =>
      errors.push(invalid(path, printInternal(context, 'SecurityContext'), problem));
    if (context.privileged === true) tell('cannot set `allowPrivilegeEscalation` to false and `privileged` to true');
    for (const name of context.capabilities?.add ?? []) {
      if (name === 'CAP_SYS_ADMIN')
        tell('cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN');
    }
  }
  errors.push(...windowsErrors(context.windowsOptions, `${path}.windowsOptions`));
  errors.push(...appArmorErrors(context.appArmorProfile, `${path}.appArmorProfile`));
  return errors;
}

/** A user or group. */
export function idErrors(value: number | undefined, path: string): Errors {
  return value !== undefined && (value < 0 || value > 2_147_483_647)
    ? [invalid(path, value, 'must be between 0 and 2147483647, inclusive')]
    : [];
}

const PROFILES = ['Localhost', 'RuntimeDefault', 'Unconfined'];

export function validateSeccomp(profile: Profile | undefined, path: string): Errors {
  if (profile === undefined) return [];
  const { type, localhostProfile } = profile;
  const at = `${path}.localhostProfile`;
  const errors: Errors =
    (type ?? '') === ''
      ? [required(`${path}.type`, 'type is required when seccompProfile is set')]
      : oneOf(type, PROFILES, `${path}.type`);
  if (type === 'Localhost') {
    if (localhostProfile === undefined) errors.push(required(at, 'must be set when seccomp type is Localhost'));
    else errors.push(...descendingPath(localhostProfile, at));
  } else if (localhostProfile !== undefined)
    errors.push(
      invalid(at, printInternal(profile, 'SeccompProfile'), 'can only be set when seccomp type is Localhost'),
    );
  return errors;
}

function appArmorErrors(profile: Profile | undefined, path: string): Errors {
  if (profile === undefined) return [];
  const { type = '', localhostProfile } = profile;
  const at = `${path}.localhostProfile`;
  if (type === '') return [required(`${path}.type`, 'type is required when appArmorProfile is set')];
  if (type !== 'Localhost') {
    const errors = oneOf(type, PROFILES, `${path}.type`);
    if (errors.length === 0 && localhostProfile !== undefined)
      errors.push(invalid(at, localhostProfile, 'can only be set when AppArmor type is Localhost'));
    return errors;
  }
  const errors: Errors = [];
  if (localhostProfile === undefined) return [required(at, 'must be set when AppArmor type is Localhost')];
  if (localhostProfile.trim() !== localhostProfile)
    errors.push(invalid(at, localhostProfile, 'must not be padded with whitespace'));
  else if (localhostProfile === '') errors.push(required(at, 'must be set when AppArmor type is Localhost'));
  if (localhostProfile.length > 4095) errors.push(tooLong(at, 4095));
  return errors;
}

/** What of the pod's own fields the security context is looked at with. */
interface HostFacts {
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly shareProcessNamespace?: boolean;
}

const SYSCTL = /^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/;
const SYSCTL_PROBLEM =
  'must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$';

export function validatePodSecurity(
  context: (PodSecurityContext & Recent) | undefined,
  host: HostFacts,
  path: string,
): Errors {
  const errors: Errors = [];
  errors.push(
    ...idErrors(context?.fsGroup, `${path}.fsGroup`),
    ...idErrors(context?.runAsUser, `${path}.runAsUser`),
    ...idErrors(context?.runAsGroup, `${path}.runAsGroup`),
  );
  for (const [index, id] of (context?.supplementalGroups ?? []).entries())
    errors.push(...idErrors(id, `${path}.supplementalGroups[${index}]`));
  if (host.shareProcessNamespace === true && host.hostPID === true) {
    errors.push(
      invalid(`${path}.shareProcessNamespace`, true, 'ShareProcessNamespace and HostPID cannot both be enabled'),
    );
  }
  if (context === undefined) return errors;
  errors.push(...sysctlErrors(context.sysctls ?? [], host, `${path}.sysctls`));
  if (context.fsGroupChangePolicy !== undefined)
    errors.push(...oneOfSet(context.fsGroupChangePolicy, ['OnRootMismatch', 'Always'], `${path}.fsGroupChangePolicy`));
  errors.push(...validateSeccomp(context.seccompProfile, `${path}.seccompProfile`));
  errors.push(...windowsErrors(context.windowsOptions, `${path}.windowsOptions`));
  errors.push(...appArmorErrors(context.appArmorProfile, `${path}.appArmorProfile`));
  if (context.supplementalGroupsPolicy !== undefined)
    errors.push(...oneOfSet(context.supplementalGroupsPolicy, ['Merge', 'Strict'], `${path}.supplementalGroupsPolicy`));
  if (context.seLinuxChangePolicy !== undefined)
    errors.push(...oneOfSet(context.seLinuxChangePolicy, ['Recursive'], `${path}.seLinuxChangePolicy`));
  return errors;
}

function sysctlErrors(sysctls: readonly { readonly name: string }[], host: HostFacts, path: string): Errors {
  const errors: Errors = [];
  const names = new Set<string>();
  for (const [index, { name }] of sysctls.entries()) {
    const at = `${path}[${index}].name`;
    if (name === '') errors.push(required(at));
    else if (name.length > 253 || !SYSCTL.test(name)) errors.push(invalid(at, name, SYSCTL_PROBLEM));
    else if (names.has(name)) errors.push(duplicate(at, name));
    const plain = name.replaceAll('/', '.');
    if (host.hostNetwork === true && plain.startsWith('net.'))
      errors.push(invalid(at, name, "may not be specified when 'hostNetwork' is true"));
    else if (host.hostIPC === true && /^(kernel\.(msg|sem$|shm)|fs\.mqueue\.)/.test(plain))
      errors.push(invalid(at, name, "may not be specified when 'hostIPC' is true"));
    names.add(name);
  }
  return errors;
}

const NET_BIOS = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const DOMAIN = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;

function windowsErrors(options: WindowsSecurityContextOptions | undefined, path: string): Errors {
  if (options === undefined) return [];
  const { gmsaCredentialSpecName: name, gmsaCredentialSpec: spec, runAsUserName: user } = options;
  const errors: Errors = [];
  if (name !== undefined) errors.push(...complaints(isDns1123Subdomain(name), name, `${path}.gmsaCredentialSpecName`));
  if (spec === '')
    errors.push(invalid(`${path}.gmsaCredentialSpec`, spec, 'gmsaCredentialSpec cannot be an empty string'));
  else if (spec !== undefined && spec.length > 65_536)
    errors.push(invalid(`${path}.gmsaCredentialSpec`, spec, 'gmsaCredentialSpec size must be under 64 KiB'));
  if (user !== undefined)
    for (const problem of userProblems(user)) errors.push(invalid(`${path}.runAsUserName`, user, problem));
  return errors;
}

function userProblems(text: string): string[] {
  if (text === '') return ['runAsUserName cannot be an empty string'];
  if (/\p{Cc}/u.test(text)) return ['runAsUserName cannot contain control characters'];
  const parts = text.split('\\');
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash'];
  const user = parts.at(-1) ?? '';
  const domain = parts.length === 2 ? parts[0] : undefined;
  const out: string[] = [];
  if ((domain ?? '').length >= 256) out.push("runAsUserName's Domain length must be under 256 characters");
  if (domain !== undefined && !NET_BIOS.test(domain) && !DOMAIN.test(domain))
    out.push("runAsUserName's Domain doesn't match the NetBios nor the DNS format");
  if (user === '') out.push("runAsUserName's User cannot be empty");
  else if (user.length > 104) out.push("runAsUserName's User length must not be longer than 104 characters");
  if (/^[. ]+$/.test(user)) out.push("runAsUserName's User cannot contain only periods or spaces");
  if (/["/\\:;|=,+*?<>@[\]]/.test(user))
    out.push('runAsUserName\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]');
  return out;
}
