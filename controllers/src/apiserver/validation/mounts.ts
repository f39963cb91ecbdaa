/**
 * What a container mounts, and the block devices that it is given (pkg/apis/core/validation, v1.34).
 */
import type { Container, VolumeMount } from 'kubernetes-types/core/v1.d.ts';
import { forbiddenField, invalid, notFoundField, required } from '../../apimachinery/api-errors.ts';
import { descendingPath, type Errors, noBacksteps, oneOfSet } from './rules.ts';

/** The published type is older than the API: what came since. */
type Mount = VolumeMount & { readonly recursiveReadOnly?: string };
type Volumes = ReadonlyMap<string, string>;

export function validateMounts(container: Container, volumes: Volumes, path: string): Errors {
  const errors: Errors = [];
  const points = new Set<string>();
  const devices = container.volumeDevices ?? [];
  for (const [index, mount] of (container.volumeMounts ?? []).entries()) {
    const at = `${path}[${index}]`;
    if (mount.name === '') errors.push(required(`${at}.name`));
    if (!volumes.has(mount.name)) errors.push(notFoundField(`${at}.name`, mount.name));
    if (mount.mountPath === '') errors.push(required(`${at}.mountPath`));
    if (points.has(mount.mountPath)) errors.push(invalid(`${at}.mountPath`, mount.mountPath, 'must be unique'));
    points.add(mount.mountPath);
    if (devices.some(({ name }) => name === mount.name))
      errors.push(invalid(`${at}.name`, mount.name, 'must not already exist in volumeDevices'));
    if (devices.some(({ devicePath }) => devicePath === mount.mountPath))
      errors.push(invalid(`${at}.mountPath`, mount.mountPath, 'must not already exist as a path in volumeDevices'));
    errors.push(...subPathErrors(mount, at, path), ...propagationErrors(mount, container, path));
    errors.push(...recursiveErrors(mount, `${path}.recursiveReadOnly`));
  }
  return errors;
}

function subPathErrors({ subPath = '', subPathExpr = '' }: Mount, at: string, path: string): Errors {
  const errors: Errors = [];
  if (subPath !== '') errors.push(...descendingPath(subPath, `${path}.subPath`));
  if (subPathExpr === '') return errors;
  if (subPath !== '')
    errors.push(invalid(`${at}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive'));
  return [...errors, ...descendingPath(subPathExpr, `${path}.subPathExpr`)];
}

function propagationErrors({ mountPropagation }: Mount, { securityContext }: Container, path: string): Errors {
  if (mountPropagation === undefined) return [];
  const at = `${path}.mountPropagation`;
  const errors = oneOfSet(mountPropagation, ['Bidirectional', 'HostToContainer', 'None'], at);
  if (mountPropagation === 'Bidirectional' && securityContext?.privileged !== true)
    errors.push(forbiddenField(at, 'Bidirectional mount propagation is available only to privileged containers'));
  return errors;
}

function recursiveErrors({ recursiveReadOnly, readOnly, mountPropagation }: Mount, path: string): Errors {
  if (recursiveReadOnly === undefined || recursiveReadOnly === 'Disabled') return [];
  const errors = oneOfSet(recursiveReadOnly, ['Disabled', 'Enabled', 'IfPossible'], path);
  if (errors.length > 0) return errors;
  if (readOnly !== true) errors.push(forbiddenField(path, 'may only be specified when readOnly is true'));
  if (mountPropagation !== undefined && mountPropagation !== 'None')
    errors.push(forbiddenField(path, 'may only be specified when mountPropagation is None or not specified'));
  return errors;
}

const BLOCK = new Set(['persistentVolumeClaim', 'ephemeral']);

export function validateDevices(container: Container, volumes: Volumes, path: string): Errors {
  const errors: Errors = [];
  const names = new Set<string>();
  const paths = new Set<string>();
  const mounts = container.volumeMounts ?? [];
  for (const [index, { name, devicePath }] of (container.volumeDevices ?? []).entries()) {
    const at = `${path}[${index}]`;
    const source = volumes.get(name);
    if (name === '') errors.push(required(`${at}.name`));
    if (names.has(name)) errors.push(invalid(`${at}.name`, name, 'must be unique'));
    if (source === undefined) errors.push(notFoundField(`${at}.name`, name));
    else if (!BLOCK.has(source)) {
      const problem = 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode';
      errors.push(invalid(`${at}.name`, name, problem));
    }
    if (devicePath === '') errors.push(required(`${at}.devicePath`));
    if (paths.has(devicePath)) errors.push(invalid(`${at}.devicePath`, devicePath, 'must be unique'));
    if (noBacksteps(devicePath, path).length > 0)
      errors.push(invalid(`${at}.devicePath`, devicePath, "can not contain backsteps ('..')"));
    else paths.add(devicePath);
    if (mounts.some((mount) => mount.name === name))
      errors.push(invalid(`${at}.name`, name, 'must not already exist in volumeMounts'));
    if (mounts.some(({ mountPath }) => mountPath === devicePath))
      errors.push(invalid(`${at}.devicePath`, devicePath, 'must not already exist as a path in volumeMounts'));
    if (name !== '') names.add(name);
  }
  return errors;
}
