/**
 * PersistentVolume (pkg/apis/core/validation, v1.34).
 */
import type { NodeSelectorTerm } from 'kubernetes-types/core/v1.d.ts';
import { type FieldError, forbiddenField, invalid, notSupported, required } from '../../apimachinery/api-errors.ts';
import { deepEqual, getPath } from '../../apimachinery/json.ts';
import { isDns1123Label, isDns1123Subdomain } from '../../apimachinery/names.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { parseQuantity } from '../../apimachinery/quantity.ts';
import { validateNodeSelector } from './affinity.ts';
import { accessModeErrors, classErrors, volumeModeErrors } from './claim.ts';
import { describeDifference, printInternal } from './difference.ts';
import { complaints, type Errors, IMMUTABLE, NOT_POSITIVE, noBacksteps, oneOfSet, printMap } from './rules.ts';
import {
  driverErrors,
  inner,
  iscsi,
  iscsiInitiator,
  list,
  need,
  needReference,
  SHARED_SOURCES,
  type Source,
  storageOs,
  text,
} from './volume-sources.ts';

/** The order in which the API looks at the sources; after the first, all but flexVolume are refused. */
const ORDER = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'flocker',
  'nfs',
  'rbd',
  'quobyte',
  'cephfs',
  'iscsi',
  'cinder',
  'fc',
  'flexVolume',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'scaleIO',
  'local',
  'storageos',
  'csi',
];
const SOURCES = new Set(ORDER);

/** Where the errors of a source have a name of their own. */
const PATHS: ReadonlyMap<string, string> = new Map([['gcePersistentDisk', 'persistentDisk']]);
const REFUSED_PATHS: ReadonlyMap<string, string> = new Map([['cephfs', 'cephFS']]);

export function validateVolume(object: KubeObject, _context?: unknown): readonly FieldError[] {
  const spec = (object.spec ?? {}) as Source;
  const errors: Errors = [];
  const modes = list<string>(spec, 'accessModes');
  if (modes.length === 0) errors.push(required('spec.accessModes'));
  errors.push(...accessModeErrors(modes, 'spec.accessModes'), ...capacityErrors(spec));
  const policy = text(spec, 'persistentVolumeReclaimPolicy');
  if (policy !== '')
    errors.push(...oneOfSet(policy, ['Delete', 'Recycle', 'Retain'], 'spec.persistentVolumeReclaimPolicy'));
  const affinity = affinityErrors(spec);
  errors.push(...affinity.errors, ...sourceErrors(spec, object.metadata.name ?? '', affinity.given));
  const host = inner(spec, 'hostPath');
  if (host !== undefined && /^\/(\.?\/)*\.?$/.test(text(host, 'path')) && policy === 'Recycle')
    errors.push(
      forbiddenField('spec.persistentVolumeReclaimPolicy', "may not be 'recycle' for a hostPath mount of '/'"),
    );
  errors.push(...classErrors(text(spec, 'storageClassName'), 'spec.storageClassName'));
  errors.push(...volumeModeErrors(spec.volumeMode as string | undefined, 'spec.volumeMode'));
  const attributes = spec.volumeAttributesClassName;
  if (attributes !== undefined) {
    if (attributes === '') errors.push(required('spec.volumeAttributesClassName', 'an empty string is disallowed'));
    else errors.push(...classErrors(String(attributes), 'spec.volumeAttributesClassName'));
    if (spec.csi === undefined)
      errors.push(required('spec.csi', 'has to be specified when using volumeAttributesClassName'));
  }
  return errors;
}

function capacityErrors(spec: Source): Errors {
  const capacity = (inner(spec, 'capacity') ?? {}) as Readonly<Record<string, string>>;
  const names = Object.keys(capacity);
  const errors: Errors = names.length === 0 ? [required('spec.capacity')] : [];
  if (capacity.storage === undefined || names.length > 1)
    errors.push(
      notSupported('spec.capacity', spec.capacity === undefined ? undefined : printMap(capacity), ['storage']),
    );
  for (const name of names) {
    const at = `spec.capacity[${name}]`;
    const { nano } = parseQuantity(capacity[name] ?? '0');
    if (nano < 0n) errors.push(invalid(at, String(nano / 1_000_000_000n), 'must be a valid resource quantity'));
    if (nano <= 0n) errors.push(invalid(at, capacity[name], NOT_POSITIVE));
  }
  return errors;
}

function affinityErrors(spec: Source): { readonly given: boolean; readonly errors: Errors } {
  const affinity = inner(spec, 'nodeAffinity');
  if (affinity === undefined) return { given: false, errors: [] };
  const required_ = inner(affinity, 'required');
  if (required_ === undefined)
    return {
      given: true,
      errors: [required('spec.nodeAffinity.required', 'must specify required node constraints')],
    };
  const terms = list<NodeSelectorTerm>(required_, 'nodeSelectorTerms');
  return { given: true, errors: validateNodeSelector(terms, 'spec.nodeAffinity.required') };
}

function sourceErrors(spec: Source, name: string, hasAffinity: boolean): Errors {
  const errors: Errors = [];
  let count = 0;
  for (const field of ORDER) {
    const source = inner(spec, field);
    if (source === undefined) continue;
    count += 1;
    if (count > 1 && field !== 'flexVolume') {
      errors.push(
        forbiddenField(`spec.${REFUSED_PATHS.get(field) ?? field}`, 'may not specify more than 1 volume type'),
      );
      continue;
    }
    const at = `spec.${PATHS.get(field) ?? field}`;
    errors.push(...((CHECKS.get(field) ?? SHARED_SOURCES.get(field))?.(source, at, name) ?? []));
    if (field === 'local' && !hasAffinity)
      errors.push(required('spec.local.nodeAffinity', 'Local volume requires node affinity'));
  }
  if (count === 0) errors.push(required('spec', 'must specify a volume type'));
  return errors;
}

type Check = (source: Source, path: string, name: string) => Errors;

const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['glusterfs', glusterfs],
  ['iscsi', iscsiVolume],
  [
    'cinder',
    (source, path) => [
      ...need(source, path, 'volumeID'),
      ...needReference(source, path, 'secretRef', 'name', 'namespace'),
    ],
  ],
  [
    'azureFile',
    (source, path) => [
      ...need(source, path, 'secretName', 'shareName'),
      ...(source.secretNamespace === '' ? [required(`${path}.secretNamespace`)] : []),
    ],
  ],
  [
    'local',
    (source, path) =>
      text(source, 'path') === '' ? [required(`${path}.path`)] : noBacksteps(text(source, 'path'), `${path}.path`),
  ],
  ['storageos', (source, path) => storageOs(source, path, 'name', 'namespace')],
  ['csi', csi],
]);

function glusterfs(source: Source, path: string): Errors {
  const errors = need(source, path, 'endpoints', 'path');
  const namespace = source.endpointsNamespace;
  const at = `${path}.endpointsNamespace`;
  if (namespace === '')
    errors.push(invalid(at, '', 'if the endpointnamespace is set, it must be a valid namespace name'));
  else if (typeof namespace === 'string') errors.push(...complaints(isDns1123Label(namespace), namespace, at));
  return errors;
}

const ISCSI_LENGTH =
  'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.';

function iscsiVolume(source: Source, path: string, name: string): Errors {
  const portal = text(source, 'targetPortal');
  const isLong = source.initiatorName !== undefined && `${name}:${portal}`.length > 64;
  const before: Errors = isLong ? [invalid(`${path}.targetportal`, portal, ISCSI_LENGTH)] : [];
  return [
    ...iscsi(source, path, 'must be valid format', before),
    ...needReference(source, path, 'secretRef', 'name'),
    ...iscsiInitiator(source, path, 'must be valid format'),
  ];
}

function csi(source: Source, path: string): Errors {
  const errors = [...driverErrors(text(source, 'driver'), `${path}.driver`), ...need(source, path, 'volumeHandle')];
  for (const field of [
    'controllerPublishSecretRef',
    'controllerExpandSecretRef',
    'nodePublishSecretRef',
    'nodeExpandSecretRef',
  ]) {
    const secret = inner(source, field);
    if (secret === undefined) continue;
    for (const [key, rule] of [
      ['name', isDns1123Subdomain],
      ['namespace', isDns1123Label],
    ] as const) {
      const value = text(secret, key);
      const at = `${path}.${field}.${key}`;
      if (value === '') errors.push(required(at));
      else errors.push(...complaints(rule(value), value, at));
    }
  }
  return errors;
}

function sourcesOf(spec: Source): Record<string, unknown> {
  return Object.fromEntries(Object.entries(spec).filter(([key]) => SOURCES.has(key)));
}

export function validateVolumeUpdate(object: KubeObject, old: KubeObject): readonly FieldError[] {
  const errors: Errors = [...validateVolume(object)];
  const spec = (object.spec ?? {}) as Source;
  const before = (old.spec ?? {}) as Source;
  const now = sourcesOf(spec);
  const sources = sourcesOf(before);
  const secret = getPath(spec, ['csi', 'controllerExpandSecretRef']);
  if (sources.csi !== undefined && secret !== undefined) {
    if (getPath(sources, ['csi', 'controllerExpandSecretRef']) === undefined) {
      const { controllerExpandSecretRef: _, ...rest } = now.csi as Record<string, unknown>;
      now.csi = rest;
    }
  }
  if (!deepEqual(now, sources))
    errors.push(
      forbiddenField(
        'spec.persistentvolumesource',
        `spec.persistentvolumesource is immutable after creation\n${describeDifference(sources, now, 'PersistentVolumeSource')}`,
      ),
    );
  if (spec.volumeMode !== before.volumeMode) errors.push(invalid('volumeMode', spec.volumeMode, IMMUTABLE));
  if (before.nodeAffinity !== undefined && !deepEqual(spec.nodeAffinity, before.nodeAffinity))
    errors.push(
      invalid(
        'nodeAffinity',
        printInternal(spec.nodeAffinity, '*VolumeNodeAffinity'),
        `${IMMUTABLE}, except for updating from beta label to GA`,
      ),
    );
  if (before.volumeAttributesClassName !== undefined && spec.volumeAttributesClassName === undefined)
    errors.push(forbiddenField('spec.volumeAttributesClassName', 'update from non-nil value to nil is forbidden'));
  return errors;
}
