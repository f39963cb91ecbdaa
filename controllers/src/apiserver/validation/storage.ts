/**
 * PersistentVolumeClaim and PersistentVolume (pkg/apis/core/validation, v1.34).
 */
import type { PersistentVolumeClaimSpec } from 'kubernetes-types/core/v1.d.ts';
import { type FieldError, forbiddenField, invalid, required } from '../../apimachinery/api-errors.ts';
import { deepEqual, isObject, type JsonObject } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { compareQuantities, parseQuantity } from '../../apimachinery/quantity.ts';
import { describeDifference } from './difference.ts';
import { type Errors, oneOfSet, validateLabelSelector } from './rules.ts';

const ACCESS_MODES = ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'];
const VOLUME_MODES = ['Block', 'Filesystem'];
const FIXED =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

export function validateClaimSpec(spec: PersistentVolumeClaimSpec | undefined, path: string): Errors {
  const errors: Errors = [];
  const modes = spec?.accessModes ?? [];
  if (modes.length === 0) errors.push(required(`${path}.accessModes`, 'at least 1 access mode is required'));
  errors.push(...validateLabelSelector(spec?.selector, `${path}.selector`));
  for (const mode of modes) errors.push(...oneOfSet(mode, ACCESS_MODES, `${path}.accessModes`));
  if (modes.length > 1 && modes.includes('ReadWriteOncePod')) {
    errors.push(forbiddenField(`${path}.accessModes`, 'may not use ReadWriteOncePod with other access modes'));
  }
  const storage = (spec?.resources?.requests as Readonly<Record<string, string>> | undefined)?.storage;
  if (storage === undefined) errors.push(required(`${path}.resources[storage]`));
  else if (parseQuantity(storage).nano <= 0n)
    errors.push(invalid(`${path}.resources[storage]`, storage, 'must be greater than zero'));
  if (spec?.volumeMode !== undefined) errors.push(...oneOfSet(spec.volumeMode, VOLUME_MODES, `${path}.volumeMode`));
  return errors;
}

export function validateClaim(object: KubeObject, _context?: unknown): readonly FieldError[] {
  return validateClaimSpec(object.spec as PersistentVolumeClaimSpec | undefined, 'spec');
}

export function validateClaimUpdate(object: KubeObject, old: KubeObject): readonly FieldError[] {
  const now = (object.spec ?? {}) as JsonObject;
  const before = (old.spec ?? {}) as JsonObject;
  const bound = isObject(old.status) && old.status.phase === 'Bound';
  const munged: Record<string, unknown> = { ...now };
  if (before.volumeName === undefined && now.volumeName !== undefined) delete munged.volumeName;
  const same = (key: string): void => {
    if (before[key] === undefined) delete munged[key];
    else munged[key] = before[key];
  };
  // A class may still be given where there was none, or from the annotation of old.
  if (before.storageClassName === undefined) same('storageClassName');
  const size = requestOf(now);
  const oldSize = requestOf(before);
  if (bound) {
    munged.resources = {
      ...(now.resources as JsonObject | undefined),
      requests: (before.resources as JsonObject | undefined)?.requests,
    };
    same('volumeAttributesClassName');
  }
  const errors: Errors = [];
  if (!deepEqual(munged, before))
    errors.push(forbiddenField('spec', `${FIXED}\n${describeDifference(before, munged)}`));
  if (
    bound &&
    size !== undefined &&
    oldSize !== undefined &&
    compareQuantities(parseQuantity(size), parseQuantity(oldSize)) < 0
  ) {
    errors.push(forbiddenField('spec.resources.requests.storage', 'field can not be less than status.capacity'));
  }
  return errors;
}

function requestOf(spec: JsonObject): string | undefined {
  const requests = isObject(spec.resources) ? spec.resources.requests : undefined;
  return isObject(requests) && typeof requests.storage === 'string' ? requests.storage : undefined;
}

const NOT_SOURCES = new Set([
  'accessModes',
  'capacity',
  'claimRef',
  'mountOptions',
  'nodeAffinity',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'volumeAttributesClassName',
  'volumeMode',
]);

export function validateVolume(object: KubeObject, _context?: unknown): readonly FieldError[] {
  const spec = (object.spec ?? {}) as JsonObject;
  const errors: Errors = [];
  const modes = Array.isArray(spec.accessModes) ? spec.accessModes : [];
  if (modes.length === 0) errors.push(required('spec.accessModes'));
  for (const mode of modes) errors.push(...oneOfSet(String(mode), ACCESS_MODES, 'spec.accessModes'));
  const capacity = isObject(spec.capacity) ? spec.capacity : {};
  if (Object.keys(capacity).length === 0) errors.push(required('spec.capacity'));
  else if (typeof capacity.storage === 'string' && parseQuantity(capacity.storage).nano <= 0n) {
    errors.push(invalid('spec.capacity[storage]', capacity.storage, 'must be greater than zero'));
  }
  const sources = Object.keys(spec).filter((key) => !NOT_SOURCES.has(key));
  if (sources.length === 0) errors.push(required('spec', 'must specify a volume type'));
  for (const extra of sources.slice(1))
    errors.push(forbiddenField(`spec.${extra}`, 'may not specify more than 1 volume type'));
  return errors;
}
