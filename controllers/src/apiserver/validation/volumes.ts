/**
 * Volumes of a pod (pkg/apis/core/validation ValidateVolumes, v1.34).
 */
import type { Volume } from 'kubernetes-types/core/v1.d.ts';
import { duplicate, forbiddenField, invalid, notSupported, required } from '../../apimachinery/api-errors.ts';
import { isConfigMapKey, isDns1123Label } from '../../apimachinery/names.ts';
import { parseQuantity } from '../../apimachinery/quantity.ts';
import { validateFieldRef } from './environment.ts';
import { complaints, type Errors, oneOfSet } from './rules.ts';

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
const MODE = 'must be a number between 0 and 0777 (octal), both inclusive';
const FIELD_PATHS = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid'];

export function validateVolumes(volumes: readonly Volume[], serviceAccount: string | undefined, path: string): Errors {
  const errors: Errors = [];
  const names = new Set<string>();
  for (const [index, volume] of volumes.entries()) {
    const at = `${path}[${index}]`;
    const own = validateSource(volume, serviceAccount, at);
    if (volume.name === '') own.push(required(`${at}.name`));
    else own.push(...complaints(isDns1123Label(volume.name), volume.name, `${at}.name`));
    if (names.has(volume.name)) own.push(duplicate(`${at}.name`, volume.name));
    if (own.length === 0) names.add(volume.name);
    errors.push(...own);
  }
  return errors;
}

type Check = (source: never, path: string, serviceAccount: string | undefined) => Errors;

function validateSource(volume: Volume, serviceAccount: string | undefined, path: string): Errors {
  const errors: Errors = [];
  let count = 0;
  for (const [field, source] of Object.entries(volume)) {
    if (field === 'name' || source === undefined) continue;
    if (count > 0) {
      errors.push(forbiddenField(`${path}.${field}`, 'may not specify more than 1 volume type'));
      continue;
    }
    count += 1;
    // Each check knows the type of its own source.
    errors.push(...(CHECKS.get(field)?.(source as never, `${path}.${field}`, serviceAccount) ?? []));
  }
  if (count === 0) errors.push(required(path, 'must specify a volume type'));
  return errors;
}

function need(source: Readonly<Record<string, unknown>>, path: string, ...fields: readonly string[]): Errors {
  return fields
    .filter((field) => source[field] === undefined || source[field] === '')
    .map((field) => required(`${path}.${field}`));
}

function modeErrors(mode: number | undefined, path: string): Errors {
  return mode !== undefined && (mode > 0o777 || mode < 0) ? [invalid(path, mode, MODE)] : [];
}

interface KeyToPath {
  readonly key: string;
  readonly path: string;
  readonly mode?: number;
}

function itemErrors(items: readonly KeyToPath[] | undefined, path: string): Errors {
  const errors: Errors = [];
  for (const [index, item] of (items ?? []).entries()) {
    const at = `${path}[${index}]`;
    if (item.key === '') errors.push(required(`${at}.key`));
    else
      errors.push(...complaints(isConfigMapKey(item.key), item.key, `${at}.key`).filter(() => item.key.length > 253));
    if (item.path === '') errors.push(required(`${at}.path`));
    else errors.push(...localPath(item.path, `${at}.path`));
    errors.push(...modeErrors(item.mode, `${at}.mode`));
  }
  return errors;
}

/** Relative, and it stays inside. */
function localPath(value: string, path: string): Errors {
  const errors: Errors = [];
  if (value.startsWith('/')) errors.push(invalid(path, value, 'must be a relative path'));
  if (value.split('/').includes('..')) errors.push(invalid(path, value, "must not contain '..'"));
  if (value.startsWith('..') && !value.split('/').includes('..'))
    errors.push(invalid(path, value, "must not start with '..'"));
  return errors;
}

function downwardItems(
  items: readonly { path: string; mode?: number; fieldRef?: { apiVersion?: string; fieldPath: string } }[] | undefined,
  path: string,
): Errors {
  const errors: Errors = [];
  for (const [index, item] of (items ?? []).entries()) {
    const at = `${path}[${index}]`;
    if (item.path === '') errors.push(required(`${at}.path`));
    else errors.push(...localPath(item.path, `${at}.path`));
    if (item.fieldRef !== undefined) errors.push(...validateFieldRef(item.fieldRef, FIELD_PATHS, `${at}.fieldRef`));
    errors.push(...modeErrors(item.mode, `${at}.mode`));
  }
  return errors;
}

type Named = { name?: string; secretName?: string; defaultMode?: number; items?: readonly KeyToPath[] };

const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  [
    'emptyDir',
    ({ sizeLimit }: { sizeLimit?: string }, path) =>
      sizeLimit !== undefined && parseQuantity(sizeLimit).nano < 0n
        ? [forbiddenField(`${path}.sizeLimit`, `SizeLimit field must be a valid resource quantity`)]
        : [],
  ],
  [
    'hostPath',
    (source: { path: string; type?: string }, path) => [
      ...(source.path === '' ? [required(`${path}.path`)] : []),
      ...(source.path.split('/').includes('..') ? [invalid(`${path}.path`, source.path, "must not contain '..'")] : []),
      ...(source.type === undefined ? [] : oneOfSet(source.type, HOST_PATH_TYPES, `${path}.type`)),
    ],
  ],
  [
    'secret',
    (source: Named, path) => [
      ...need(source, path, 'secretName'),
      ...modeErrors(source.defaultMode, `${path}.defaultMode`),
      ...itemErrors(source.items, `${path}.items`),
    ],
  ],
  [
    'configMap',
    (source: Named, path) => [
      ...need(source, path, 'name'),
      ...modeErrors(source.defaultMode, `${path}.defaultMode`),
      ...itemErrors(source.items, `${path}.items`),
    ],
  ],
  [
    'downwardAPI',
    (source: { defaultMode?: number; items?: Parameters<typeof downwardItems>[0] }, path) => [
      ...modeErrors(source.defaultMode, `${path}.defaultMode`),
      ...downwardItems(source.items, `${path}.items`),
    ],
  ],
  ['projected', projected as Check],
  ['persistentVolumeClaim', (source: Record<string, unknown>, path) => need(source, path, 'claimName')],
  [
    'nfs',
    (source: { server: string; path: string }, path) => [
      ...need(source, path, 'server', 'path'),
      ...(source.path !== '' && !source.path.startsWith('/')
        ? [invalid(`${path}.path`, source.path, 'must be an absolute path')]
        : []),
    ],
  ],
  ['gcePersistentDisk', (source: Record<string, unknown>, path) => need(source, path, 'pdName')],
  ['awsElasticBlockStore', (source: Record<string, unknown>, path) => need(source, path, 'volumeID')],
  ['glusterfs', (source: Record<string, unknown>, path) => need(source, path, 'endpoints', 'path')],
  ['csi', (source: Record<string, unknown>, path) => need(source, path, 'driver')],
  ['flexVolume', (source: Record<string, unknown>, path) => need(source, path, 'driver')],
  ['cinder', (source: Record<string, unknown>, path) => need(source, path, 'volumeID')],
  ['azureFile', (source: Record<string, unknown>, path) => need(source, path, 'secretName', 'shareName')],
  ['iscsi', (source: Record<string, unknown>, path) => need(source, path, 'targetPortal', 'iqn')],
  ['azureDisk', azureDisk as Check],
]);

function azureDisk(
  source: { diskName: string; diskURI: string; kind?: string; cachingMode?: string },
  path: string,
): Errors {
  const errors: Errors = [];
  if (source.diskName === '') errors.push(required(`${path}.diskName`));
  if (source.diskURI === '') errors.push(required(`${path}.diskURI`));
  else if (source.kind === 'Managed' && !source.diskURI.startsWith('/subscriptions')) {
    errors.push(
      notSupported(`${path}.diskURI`, source.diskURI, [
        '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}',
      ]),
    );
  } else if (source.kind !== 'Managed' && !source.diskURI.startsWith('https://')) {
    errors.push(
      notSupported(`${path}.diskURI`, source.diskURI, [
        'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd',
      ]),
    );
  }
  return errors;
}

interface ProjectedSource {
  readonly secret?: Named;
  readonly configMap?: Named;
  readonly downwardAPI?: { readonly items?: Parameters<typeof downwardItems>[0] };
  readonly serviceAccountToken?: { readonly expirationSeconds?: number; readonly path: string };
}

function projected(
  source: { defaultMode?: number; sources?: readonly ProjectedSource[] },
  path: string,
  serviceAccount: string | undefined,
): Errors {
  const errors = modeErrors(source.defaultMode, `${path}.defaultMode`);
  for (const [index, part] of (source.sources ?? []).entries()) {
    const at = `${path}.sources[${index}]`;
    if (Object.keys(part).length === 0) errors.push(required(at, 'must specify a projection source'));
    if (part.secret !== undefined)
      errors.push(...need(part.secret, `${at}.secret`, 'name'), ...itemErrors(part.secret.items, `${at}.secret.items`));
    if (part.configMap !== undefined)
      errors.push(
        ...need(part.configMap, `${at}.configMap`, 'name'),
        ...itemErrors(part.configMap.items, `${at}.configMap.items`),
      );
    if (part.downwardAPI !== undefined)
      errors.push(...downwardItems(part.downwardAPI.items, `${at}.downwardAPI.items`));
    const token = part.serviceAccountToken;
    if (token === undefined) continue;
    if (serviceAccount === undefined)
      errors.push(
        forbiddenField(`${at}.serviceAccountToken`, 'must not be specified when serviceAccountName is not set'),
      );
    const seconds = token.expirationSeconds ?? 3600;
    if (seconds < 600)
      errors.push(
        invalid(
          `${at}.serviceAccountToken.expirationSeconds`,
          seconds,
          'may not specify a duration less than 10 minutes',
        ),
      );
    if (token.path === '') errors.push(required(`${at}.serviceAccountToken.path`));
  }
  return errors;
}
