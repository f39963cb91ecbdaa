/**
 * The sources of volumes that pods and PersistentVolumes share (pkg/apis/core/validation, v1.34): one row a source, by
 * its published name. A source of a PersistentVolume that differs stands in persistent-volume.ts.
 */
import { forbiddenField, invalid, notSupported, required, tooLong } from '../../apimachinery/api-errors.ts';
import { isDns1123Label, isDns1123Subdomain } from '../../apimachinery/names.ts';
import { complaints, type Errors, noBacksteps, oneOfSet } from './rules.ts';

/** A source as it was decoded: fields are of their published types. */
export type Source = Readonly<Record<string, unknown>>;

export const text = (source: Source | undefined, field: string): string => {
  const value = source?.[field];
  return typeof value === 'string' ? value : '';
};
export const list = <T>(source: Source, field: string): readonly T[] => {
  const value = source[field];
  // Decoded by the field's type.
  return Array.isArray(value) ? (value as T[]) : [];
};
export const inner = (source: Source, field: string): Source | undefined => source[field] as Source | undefined;

/** An error for each text that is missing. */
export function need(source: Source, path: string, ...fields: readonly string[]): Errors {
  return fields.filter((field) => text(source, field) === '').map((field) => required(`${path}.${field}`));
}

/** A reference that needs its name, and its namespace where that is asked. */
export function needReference(source: Source, path: string, field: string, ...fields: readonly string[]): Errors {
  const reference = inner(source, field);
  return reference === undefined ? [] : need(reference, `${path}.${field}`, ...fields);
}

const PARTITION = 'must be between 1 and 255, inclusive';

function partition(source: Source, path: string): Errors {
  const value = Number(source.partition ?? 0);
  return value < 0 || value > 255 ? [invalid(`${path}.partition`, value, PARTITION)] : [];
}

function lun(value: unknown, path: string): Errors {
  const number = Number(value ?? 0);
  return number < 0 || number > 255 ? [invalid(path, number, 'must be between 0 and 255, inclusive')] : [];
}

const HOST_PATH_TYPES = [
  '',
  'DirectoryOrCreate',
  'Directory',
  'FileOrCreate',
  'File',
  'Socket',
  'CharDevice',
  'BlockDevice',
];

function hostPath(source: Source, path: string): Errors {
  const value = text(source, 'path');
  if (value === '') return [required(`${path}.path`)];
  const errors = noBacksteps(value, `${path}.path`);
  if (source.type !== undefined) errors.push(...oneOfSet(String(source.type), HOST_PATH_TYPES, `${path}.type`));
  return errors;
}

const INITIATORS: ReadonlyMap<string, RegExp> = new Map([
  ['iqn', /^iqn\.\d{4}-\d{2}\.([A-Za-z0-9-.]+)(:[^,;*&$|\s]+)$/],
  ['eui', /^eui.[A-Za-z0-9]{16}$/],
  ['naa', /^naa.[A-Za-z0-9]{32}$/],
]);

/** The name of an iSCSI initiator or target. */
function initiatorErrors(value: string, path: string, unknown: string): Errors {
  const pattern = INITIATORS.get(value.slice(0, 3));
  if (pattern === undefined) return [invalid(path, value, unknown)];
  return pattern.test(value) ? [] : [invalid(path, value, 'must be valid format')];
}

/** An iSCSI target; `unknown` is what is said of a name of no known kind, `before` what comes first. */
export function iscsi(
  source: Source,
  path: string,
  unknown = 'must be valid format starting with iqn, eui, or naa',
  before: Errors = [],
): Errors {
  const errors = [...need(source, path, 'targetPortal'), ...before];
  const iqn = text(source, 'iqn');
  if (iqn === '') errors.push(required(`${path}.iqn`));
  else errors.push(...initiatorErrors(iqn, `${path}.iqn`, unknown));
  errors.push(...lun(source.lun, `${path}.lun`));
  if ((source.chapAuthDiscovery === true || source.chapAuthSession === true) && source.secretRef === undefined)
    errors.push(required(`${path}.secretRef`));
  return errors;
}

/** The initiator of its own, which is looked at last. */
export function iscsiInitiator(
  source: Source,
  path: string,
  unknown = 'must be valid format starting with iqn, eui, or naa',
): Errors {
  if (source.initiatorName === undefined) return [];
  return initiatorErrors(text(source, 'initiatorName'), `${path}.initiatorname`, unknown);
}

function fibreChannel(source: Source, path: string): Errors {
  const targets = list<string>(source, 'targetWWNs');
  const ids = list<string>(source, 'wwids');
  const errors: Errors = [];
  if (targets.length === 0 && ids.length === 0)
    errors.push(required(`${path}.targetWWNs`, 'must specify either targetWWNs or wwids, but not both'));
  if (targets.length > 0 && ids.length > 0)
    errors.push(invalid(`${path}.targetWWNs`, targets, 'targetWWNs and wwids can not be specified simultaneously'));
  if (targets.length > 0) {
    if (source.lun === undefined) errors.push(required(`${path}.lun`, 'lun is required if targetWWNs is specified'));
    else errors.push(...lun(source.lun, `${path}.lun`));
  }
  return errors;
}

function nfs(source: Source, path: string): Errors {
  const errors = need(source, path, 'server', 'path');
  const value = text(source, 'path');
  if (!value.startsWith('/')) errors.push(invalid(`${path}.path`, value, 'must be an absolute path'));
  return errors;
}

const REGISTRY = 'must be a host:port pair or multiple pairs separated by commas';

function quobyte(source: Source, path: string): Errors {
  const errors: Errors = [];
  const registry = text(source, 'registry');
  if (registry === '') errors.push(required(`${path}.registry`, REGISTRY));
  else if (text(source, 'tenant').length >= 65)
    errors.push(required(`${path}.tenant`, 'must be a UUID and may not exceed a length of 64 characters'));
  else {
    for (const pair of registry.split(','))
      if (!isHostPort(pair)) errors.push(invalid(`${path}.registry`, registry, REGISTRY));
  }
  return [...errors, ...need(source, path, 'volume')];
}

/** net.SplitHostPort: one colon outside of brackets. */
function isHostPort(value: string): boolean {
  return /^(\[[^[\]]*\]|[^:[\]]*):[^:[\]]*$/.test(value);
}

function flocker(source: Source, path: string): Errors {
  const name = text(source, 'datasetName');
  const id = text(source, 'datasetUUID');
  const errors: Errors = [];
  if (name === '' && id === '') errors.push(required(path, 'one of datasetName and datasetUUID is required'));
  if (name !== '' && id !== '')
    errors.push(invalid(path, 'resource', 'datasetName and datasetUUID can not be specified simultaneously'));
  if (name.includes('/')) errors.push(invalid(`${path}.datasetName`, name, "must not contain '/'"));
  return errors;
}

function flexVolume(source: Source, path: string): Errors {
  const errors = need(source, path, 'driver');
  for (const key of Object.keys(inner(source, 'options') ?? {})) {
    if (/(^|\.)(kubernetes\.io|k8s\.io)$/.test((key.split('/')[0] ?? '').toLowerCase()))
      errors.push(invalid(`${path}.options[${key}]`, key, 'kubernetes.io and k8s.io namespaces are reserved'));
  }
  return errors;
}

const MANAGED_DISK = '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}';
const BLOB_DISK = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd';

function azureDisk(source: Source, path: string): Errors {
  const errors = need(source, path, 'diskName', 'diskURI');
  const uri = text(source, 'diskURI');
  if (source.cachingMode !== undefined)
    errors.push(...oneOfSet(text(source, 'cachingMode'), ['None', 'ReadOnly', 'ReadWrite'], `${path}.cachingMode`));
  if (source.kind === undefined) return errors;
  errors.push(...oneOfSet(text(source, 'kind'), ['Dedicated', 'Managed', 'Shared'], `${path}.kind`));
  if (source.kind === 'Managed' && !uri.startsWith('/subscriptions/'))
    errors.push(notSupported(`${path}.diskURI`, uri, [MANAGED_DISK]));
  if (source.kind !== 'Managed' && !uri.startsWith('https://'))
    errors.push(notSupported(`${path}.diskURI`, uri, [BLOB_DISK]));
  return errors;
}

/** StorageOS; the reference to its secret needs `fields`. */
export function storageOs(source: Source, path: string, ...fields: readonly string[]): Errors {
  const name = text(source, 'volumeName');
  const namespace = text(source, 'volumeNamespace');
  const errors: Errors =
    name === '' ? [required(`${path}.volumeName`)] : complaints(isDns1123Label(name), name, `${path}.volumeName`);
  if (namespace !== '') errors.push(...complaints(isDns1123Label(namespace), namespace, `${path}.volumeNamespace`));
  errors.push(...needReference(source, path, 'secretRef', ...fields));
  return errors;
}

/** The name of a CSI driver. */
export function driverErrors(name: string, path: string): Errors {
  const errors: Errors = [];
  if (name === '') errors.push(required(path));
  if (name.length > 63) errors.push(tooLong(path, 63));
  errors.push(...complaints(isDns1123Subdomain(name.toLowerCase()), name, path));
  return errors;
}

const monitors = (source: Source, path: string): Errors =>
  list(source, 'monitors').length === 0 ? [required(`${path}.monitors`)] : [];

type Check = (source: Source, path: string) => Errors;

/** What is checked alike in a pod and in a PersistentVolume. */
export const SHARED_SOURCES: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['hostPath', hostPath],
  ['gcePersistentDisk', (source, path) => [...need(source, path, 'pdName'), ...partition(source, path)]],
  ['awsElasticBlockStore', (source, path) => [...need(source, path, 'volumeID'), ...partition(source, path)]],
  ['nfs', nfs],
  ['fc', fibreChannel],
  ['quobyte', quobyte],
  ['flocker', flocker],
  ['flexVolume', flexVolume],
  ['azureDisk', azureDisk],
  ['glusterfs', (source, path) => need(source, path, 'endpoints', 'path')],
  ['rbd', (source, path) => [...monitors(source, path), ...need(source, path, 'image')]],
  ['cephfs', monitors],
  ['vsphereVolume', (source, path) => need(source, path, 'volumePath')],
  ['photonPersistentDisk', (source, path) => need(source, path, 'pdID')],
  ['portworxVolume', (source, path) => need(source, path, 'volumeID')],
  ['scaleIO', (source, path) => need(source, path, 'gateway', 'system', 'volumeName')],
  ['azureFile', (source, path) => need(source, path, 'secretName', 'shareName')],
]);

/** Goes through the sources that are given, in the API's order: more than one is an error. */
export function oneSource(
  given: Source,
  order: readonly string[],
  path: string,
  check: (field: string, source: Source) => Errors,
): Errors {
  const errors: Errors = [];
  let count = 0;
  for (const field of order) {
    const source = inner(given, field);
    if (source === undefined) continue;
    count += 1;
    if (count > 1) {
      const name = field === 'cephfs' ? 'cephFS' : field;
      errors.push(forbiddenField(`${path}.${name}`, 'may not specify more than 1 volume type'));
    } else errors.push(...check(field, source));
  }
  if (count === 0) errors.push(required(path, 'must specify a volume type'));
  return errors;
}
