/** The errors for what is not there, or too large: one wording for every face. */
import { RegistryError } from './errors.ts';
import type { VersionRef } from './names.ts';

export function spaceNotFound(space: string): RegistryError {
  return new RegistryError('SpaceNotFound', `space ${space} not found`, { details: { space } });
}

export function chartNotFound(ref: { readonly space: string; readonly chart: string }): RegistryError {
  return new RegistryError('ChartNotFound', `chart ${ref.chart} not found in space ${ref.space}`, {
    details: { space: ref.space, chart: ref.chart },
  });
}

export function versionNotFound(ref: VersionRef): RegistryError {
  return new RegistryError('VersionNotFound', `version ${ref.version} of ${ref.space}/${ref.chart} not found`, {
    details: { ...ref },
  });
}

/** The error for a package of more than `limit` bytes; `size` when it is known. */
export function tooLarge(size: number | undefined, limit: number): RegistryError {
  const what = size === undefined ? 'the upload' : `the upload of ${size} bytes`;
  return new RegistryError('TooLarge', `${what} is larger than the limit of ${limit} bytes`, { details: { limit } });
}
