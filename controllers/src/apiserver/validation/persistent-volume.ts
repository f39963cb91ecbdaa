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
  return specErrors((object.spec ?? {}) as Source, object.metadata.name ?? '', 'spec', false);
}

/** The source of a volume that stands in a VolumeAttachment: what belongs to a volume of its own is refused. */
export function validateInlineVolume(spec: Source, path: string): Errors {
  return specErrors(spec, '', path, true);
}

const INLINE = 'may not be specified in the context of inline volumes';

function inlineErrors(spec: Source, path: string): Errors {
  const errors: Errors = [];
  if (spec.claimRef !== undefined) errors.push(forbiddenField(`${path}.claimRef`, INLINE));
  if (Object.keys(inner(spec, 'capacity') ?? {}).length > 0) errors.push(forbiddenField(`${path}.capacity`, INLINE));
  if (spec.csi === undefined)
    errors.push(required(`${path}.csi`, 'has to be specified in the context of inline volumes'));
  return errors;
}

function specErrors(spec: Source, name: string, path: string, isInline: boolean): Errors {
  const errors: Errors = isInline ? inlineErrors(spec, path) : [];
  const modes = list<string>(spec, 'accessModes');
  if (modes.length === 0) errors.push(required(`${path}.accessModes`));
  errors.push(...accessModeErrors(modes, `${path}.accessModes`));
  if (!isInline) errors.push(...capacityErrors(spec));
  const policy = text(spec, 'persistentVolumeReclaimPolicy');
  const policyPath = `${path}.persistentVolumeReclaimPolicy`;
  if (policy !== '' && isInline) {
    if (policy !== 'Retain')
      errors.push(forbiddenField(policyPath, 'may only be Retain in the context of inline volumes'));
  } else if (policy !== '') errors.push(...oneOfSet(policy, ['Delete', 'Recycle', 'Retain'], policyPath));
  const affinity = isInline ? { given: false, errors: [] } : affinityErrors(spec);
  if (isInline && spec.nodeAffinity !== undefined) errors.push(forbiddenField(`${path}.nodeAffinity`, INLINE));
  errors.push(...affinity.errors, ...sourceErrors(spec, name, affinity.given, path));
  const host = inner(spec, 'hostPath');
  if (host !== undefined && /^\/(\.?\/)*\.?$/.test(text(host, 'path')) && policy === 'Recycle')
    errors.push(forbiddenField(policyPath, "may not be 'recycle' for a hostPath mount of '/'"));
  const className = text(spec, 'storageClassName');
  const mode = spec.volumeMode as string | undefined;
  if (isInline) {
    if (className !== '') errors.push(forbiddenField(`${path}.storageClassName`, INLINE));
    if (mode !== undefined && mode !== 'Filesystem')
      errors.push(
        forbiddenField(
          `${path}.volumeMode`,
          'may not specify volumeMode other than Filesystem in the context of inline volumes',
        ),
      );
    return errors;
  }
  errors.push(...classErrors(className, `${path}.storageClassName`), ...volumeModeErrors(mode, `${path}.volumeMode`));
  return [...errors, ...attributesErrors(spec, path)];
}

function attributesErrors(spec: Source, path: string): Errors {
  const name = spec.volumeAttributesClassName;
  if (name === undefined) return [];
  const at = `${path}.volumeAttributesClassName`;
  const errors: Errors = name === '' ? [required(at, 'an empty string is disallowed')] : classErrors(String(name), at);
  if (spec.csi === undefined)
    errors.push(required(`${path}.csi`, 'has to be specified when using volumeAttributesClassName'));
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

function sourceErrors(spec: Source, name: string, hasAffinity: boolean, path: string): Errors {
  const errors: Errors = [];
  let count = 0;
  for (const field of ORDER) {
    const source = inner(spec, field);
    if (source === undefined) continue;
    count += 1;
    if (count > 1 && field !== 'flexVolume') {
      errors.push(
        forbiddenField(`${path}.${REFUSED_PATHS.get(field) ?? field}`, 'may not specify more than 1 volume type'),
      );
      continue;
    }
    const at = `${path}.${PATHS.get(field) ?? field}`;
    errors.push(...((CHECKS.get(field) ?? SHARED_SOURCES.get(field))?.(source, at, name) ?? []));
    if (field === 'local' && !hasAffinity)
      errors.push(required(`${path}.local.nodeAffinity`, 'Local volume requires node affinity'));
  }
  if (count === 0) errors.push(required(path, 'must specify a volume type'));
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
  const own = validateVolume(object);
  const errors: Errors = [...own, ...own];
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
