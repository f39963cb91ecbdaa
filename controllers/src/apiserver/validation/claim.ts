/**
 * PersistentVolumeClaim, also as a template inside of a pod or a StatefulSet (pkg/apis/core/validation, v1.34).
 */
import type { PersistentVolumeClaimSpec } from 'kubernetes-types/core/v1.d.ts';
import { type FieldError, forbiddenField, invalid, Printed, required } from '../../apimachinery/api-errors.ts';
import { deepEqual, getPath, isObject, type JsonObject } from '../../apimachinery/json.ts';
import { isDns1123Label, isDns1123Subdomain } from '../../apimachinery/names.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { compareQuantities, parseQuantity, type Quantity, ZERO_QUANTITY } from '../../apimachinery/quantity.ts';
import { validateAnnotations, validateLabels } from '../object-meta.ts';
import { describeDifference } from './difference.ts';
import { complaints, type Errors, IMMUTABLE, NOT_POSITIVE, oneOfSet, validateLabelSelector } from './rules.ts';
import { inner, need, type Source, text } from './volume-sources.ts';

const ACCESS_MODES = ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'];
const VOLUME_MODES = ['Block', 'Filesystem'];
const FIXED =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';
const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class';

/** The modes of a claim or a volume: known, and ReadWriteOncePod stands alone. */
export function accessModeErrors(modes: readonly string[], path: string): Errors {
  const errors = modes.flatMap((mode) => oneOfSet(mode, ACCESS_MODES, path));
  const others = modes.some((mode) => mode !== 'ReadWriteOncePod' && ACCESS_MODES.includes(mode));
  if (modes.includes('ReadWriteOncePod') && others)
    errors.push(forbiddenField(path, 'may not use ReadWriteOncePod with other access modes'));
  return errors;
}

/** The name of a class, where one is given. */
export function classErrors(name: string | undefined, path: string): Errors {
  return name === undefined || name === '' ? [] : complaints(isDns1123Subdomain(name), name, path);
}

export function volumeModeErrors(mode: string | undefined, path: string): Errors {
  return mode === undefined ? [] : oneOfSet(mode, VOLUME_MODES, path);
}

type Spec = PersistentVolumeClaimSpec & { readonly volumeAttributesClassName?: string };

export function validateClaimSpec(spec: Spec | undefined, path: string): Errors {
  const errors: Errors = [];
  const modes = spec?.accessModes ?? [];
  if (modes.length === 0) errors.push(required(`${path}.accessModes`, 'at least 1 access mode is required'));
  errors.push(...validateLabelSelector(spec?.selector, `${path}.selector`));
  errors.push(...accessModeErrors(modes, `${path}.accessModes`));
  const storage = (spec?.resources?.requests as Readonly<Record<string, string>> | undefined)?.storage;
  if (storage === undefined) errors.push(required(`${path}.resources[storage]`));
  else {
    const size = parseQuantity(storage);
    const at = `${path}.resources[storage]`;
    if (size.nano <= 0n) errors.push(invalid(at, storage, NOT_POSITIVE));
  }
  errors.push(...classErrors(spec?.storageClassName, `${path}.storageClassName`));
  errors.push(...volumeModeErrors(spec?.volumeMode, `${path}.volumeMode`));
  errors.push(...dataSourceErrors(spec as unknown as Source | undefined, path));
  errors.push(...classErrors(spec?.volumeAttributesClassName, `${path}.volumeAttributesClassName`));
  return errors;
}

function dataSourceErrors(spec: Source | undefined, path: string): Errors {
  if (spec === undefined) return [];
  const errors: Errors = [];
  for (const field of ['dataSource', 'dataSourceRef']) {
    const source = inner(spec, field);
    if (source === undefined) continue;
    const at = `${path}.${field}`;
    const group = text(source, 'apiGroup');
    const kind = text(source, 'kind');
    errors.push(...need(source, at, 'name', 'kind'));
    if (group === '' && kind !== 'PersistentVolumeClaim')
      errors.push(invalid(at, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup"));
    if (group !== '') errors.push(...complaints(isDns1123Subdomain(group), group, `${at}.apiGroup`));
    const namespace = field === 'dataSourceRef' ? text(source, 'namespace') : '';
    if (namespace !== '') errors.push(...complaints(isDns1123Label(namespace), namespace, `${at}.namespace`));
  }
  const plain = inner(spec, 'dataSource');
  const reference = inner(spec, 'dataSourceRef');
  if (plain === undefined || reference === undefined) return errors;
  const shown = new Printed(JSON.stringify(`${path}.dataSource`));
  if (text(reference, 'namespace') !== '')
    errors.push(invalid(path, shown, 'may not be specified when dataSourceRef.namespace is specified'));
  else if (['apiGroup', 'kind', 'name'].some((field) => plain[field] !== reference[field]))
    errors.push(invalid(path, shown, 'must match dataSourceRef'));
  return errors;
}

/** What the metadata of a template may not have: the server sets it. In the order of the type. */
const TEMPLATE_FIELDS = [
  'name',
  'generateName',
  'namespace',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'ownerReferences',
  'finalizers',
  'managedFields',
];

/** A template of a claim or of another object: labels and annotations only. */
export function validateTemplateMeta(metadata: Source, path: string): Errors {
  type Texts = Readonly<Record<string, string>>;
  return [
    ...validateAnnotations(metadata.annotations as Texts | undefined, `${path}.annotations`),
    ...validateLabels(metadata.labels as Texts | undefined, `${path}.labels`),
    ...TEMPLATE_FIELDS.filter((field) => metadata[field] !== undefined && metadata[field] !== null).map((field) =>
      forbiddenField(`${path}.${field === 'uid' ? 'uID' : field}`, 'cannot be set'),
    ),
  ];
}

export function validateClaimTemplate(template: Source, path: string): Errors {
  return [
    ...validateTemplateMeta(inner(template, 'metadata') ?? {}, `${path}.metadata`),
    ...validateClaimSpec(template.spec as Spec | undefined, `${path}.spec`),
  ];
}

export function validateClaim(object: KubeObject, _context?: unknown): readonly FieldError[] {
  return validateClaimSpec(object.spec as Spec | undefined, 'spec');
}

/** What a claim is checked for is told twice: the object's rules and the update's have it. */
export function validateClaimUpdate(object: KubeObject, old: KubeObject): readonly FieldError[] {
  const own = validateClaim(object);
  const now = (object.spec ?? {}) as JsonObject;
  const before: Record<string, unknown> = { ...((old.spec ?? {}) as JsonObject) };
  const bound = isObject(object.status) && object.status.phase === 'Bound';
  const munged: Record<string, unknown> = { ...now };
  const keep = (key: string): void => {
    if (before[key] === undefined) delete munged[key];
    else munged[key] = before[key];
  };
  if (before.volumeName === undefined && now.volumeName !== undefined) before.volumeName = now.volumeName;
  const errors: Errors = [...own, ...own];
  const oldClass = old.metadata.annotations?.[BETA_CLASS];
  const newClass = object.metadata.annotations?.[BETA_CLASS];
  const isFirst = before.storageClassName === undefined && now.storageClassName !== undefined;
  if (isFirst && oldClass !== undefined && now.storageClassName === oldClass && (newClass ?? oldClass) === oldClass) {
    delete munged.storageClassName;
  } else {
    if ((newClass ?? '') !== (oldClass ?? ''))
      errors.push(invalid(`metadata.annotations[${BETA_CLASS}]`, newClass ?? '', IMMUTABLE));
    if (isFirst && (oldClass === undefined || oldClass === now.storageClassName)) keep('storageClassName');
  }
  if (bound) {
    const requests = getPath(now, ['resources', 'requests']);
    if (isObject(requests)) {
      const storage = getPath(before, ['resources', 'requests', 'storage']);
      munged.resources = {
        ...(now.resources as JsonObject),
        requests: { ...requests, ...(storage === undefined ? {} : { storage }) },
      };
    }
    keep('volumeAttributesClassName');
  }
  if (!deepEqual(munged, before))
    errors.push(forbiddenField('spec', `${FIXED}\n${describeDifference(before, munged, 'PersistentVolumeClaimSpec')}`));
  errors.push(...shrinkErrors(now, before, old));
  if (now.volumeMode !== before.volumeMode) errors.push(invalid('volumeMode', now.volumeMode, IMMUTABLE));
  errors.push(...attributesClassErrors(now.volumeAttributesClassName, old));
  return errors;
}

function sizeAt(object: unknown, path: readonly string[]): Quantity {
  const value = getPath(object, [...path, 'storage']);
  return typeof value === 'string' ? parseQuantity(value) : ZERO_QUANTITY;
}

/** A claim may ask for less only down to what it has. */
function shrinkErrors(now: JsonObject, before: JsonObject, old: KubeObject): Errors {
  const size = sizeAt(now, ['resources', 'requests']);
  if (compareQuantities(size, sizeAt(before, ['resources', 'requests'])) >= 0) return [];
  return compareQuantities(size, sizeAt(old, ['status', 'capacity'])) > 0
    ? []
    : [forbiddenField('spec.resources.requests.storage', 'field can not be less than status.capacity')];
}

function attributesClassErrors(now: unknown, old: KubeObject): Errors {
  const current = getPath(old, ['status', 'currentVolumeAttributesClassName']);
  const path = 'spec.volumeAttributesClassName';
  if (current === undefined || now === getPath(old, ['spec', 'volumeAttributesClassName'])) return [];
  const text = (what: string) =>
    `update to ${what} is forbidden when status.currentVolumeAttributesClassName is not nil`;
  if (now === undefined) return [forbiddenField(path, text('nil'))];
  return now === '' ? [forbiddenField(path, text('empty string'))] : [];
}
