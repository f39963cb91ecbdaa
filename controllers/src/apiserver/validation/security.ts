/**
 * Security contexts (pkg/apis/core/validation, v1.34).
 */
import type { SecurityContext } from 'kubernetes-types/core/v1.d.ts';
import { type FieldError, invalid, Printed, required } from '../../apimachinery/api-errors.ts';
import { type Errors, oneOf } from './rules.ts';

export function validateSecurityContext(context: SecurityContext | undefined, path: string): Errors {
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
