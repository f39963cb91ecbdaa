/**
 * Volumes of a pod (pkg/apis/core/validation ValidateVolumes, v1.34).
 */
import type { Volume } from 'kubernetes-types/core/v1.d.ts';
import { duplicate, forbiddenField, invalid, required } from '../../apimachinery/api-errors.ts';
import { isDns1123Label, isDns1123Subdomain } from '../../apimachinery/names.ts';
import { parseQuantity } from '../../apimachinery/quantity.ts';
import { validateClaimTemplate } from './claim.ts';
import { validateFieldRef, validateResourceFieldRef } from './environment.ts';
import { complaints, descendingPath, type Errors, localPath, oneOfSet } from './rules.ts';
import {
  driverErrors,
  inner,
  iscsi,
  iscsiInitiator,
  list,
  need,
  needReference,
  oneSource,
  SHARED_SOURCES,
  type Source,
  storageOs,
  text,
} from './volume-sources.ts';

const MODE = 'must be a number between 0 and 0777 (octal), both inclusive';
const FIELD_PATHS = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid'];

/** The order in which the API looks at the sources. */
const ORDER = [
  'emptyDir',
  'hostPath',
  'gitRepo',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'secret',
  'nfs',
  'iscsi',
  'glusterfs',
  'flocker',
  'persistentVolumeClaim',
  'rbd',
  'cinder',
  'cephfs',
  'quobyte',
  'downwardAPI',
  'fc',
  'flexVolume',
  'configMap',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'storageos',
  'projected',
  'scaleIO',
  'csi',
  'ephemeral',
  'image',
];

/** Where the errors of a source have a name of their own. */
const PATHS: ReadonlyMap<string, string> = new Map([['gcePersistentDisk', 'persistentDisk']]);

/** What a volume is checked against. */
export interface VolumeFacts {
  /** The pod's name, in a pod that has one; undefined in a template. */
  readonly pod?: string;
  readonly template: boolean;
}

/** The errors, and the names of the volumes that are good with their source. */
export function validateVolumes(
  volumes: readonly Volume[],
  facts: VolumeFacts,
  path: string,
): { readonly errors: Errors; readonly good: ReadonlyMap<string, string> } {
  const errors: Errors = [];
  const good = new Map<string, string>();
  const made = new Set<string>();
  if (facts.pod !== undefined) {
    for (const { name, ephemeral } of volumes) if (ephemeral !== undefined) made.add(`${facts.pod}-${name}`);
  }
  for (const [index, volume] of volumes.entries()) {
    const at = `${path}[${index}]`;
    const own = validateSource(volume, facts, at);
    if (volume.name === '') own.push(required(`${at}.name`));
    else own.push(...complaints(isDns1123Label(volume.name), volume.name, `${at}.name`));
    if (good.has(volume.name)) own.push(duplicate(`${at}.name`, volume.name));
    if (own.length === 0) {
      const source = ORDER.find((field) => (volume as unknown as Source)[field] !== undefined);
      good.set(volume.name, source ?? '');
    } else errors.push(...own);
    const claim = volume.persistentVolumeClaim?.claimName;
    if (claim !== undefined && made.has(claim)) {
      errors.push(
        invalid(
          `${at}.persistentVolumeClaim.claimName`,
          claim,
          'must not reference a PVC that gets created for an ephemeral volume',
        ),
      );
    }
  }
  return { errors, good };
}

function validateSource(volume: Volume, facts: VolumeFacts, path: string): Errors {
  return oneSource(volume as unknown as Source, ORDER, path, (field, source) => {
    const at = `${path}.${PATHS.get(field) ?? field}`;
    const errors = [...((CHECKS.get(field) ?? SHARED_SOURCES.get(field))?.(source, at, facts) ?? [])];
    if (field === 'iscsi' && source.initiatorName !== undefined) {
      if (`${volume.name}:${text(source, 'targetPortal')}`.length > 64) {
        errors.push(
          invalid(
            `${path}.name`,
            volume.name,
            'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.',
          ),
        );
      }
    }
    if (field === 'ephemeral' && facts.pod !== undefined && volume.name !== '') {
      const claim = `${facts.pod}-${volume.name}`;
      for (const problem of isDns1123Subdomain(claim))
        errors.push(invalid(`${path}.name`, volume.name, `PVC name ${JSON.stringify(claim)}: ${problem}`));
    }
    return errors;
  });
}

function modeErrors(mode: unknown, path: string): Errors {
  return typeof mode === 'number' && (mode > 0o777 || mode < 0) ? [invalid(path, mode, MODE)] : [];
}

function itemErrors(source: Source, path: string): Errors {
  return list<Source>(source, 'items').flatMap((item, index) => {
    const at = `${path}.items[${index}]`;
    return [
      ...need(item, at, 'key', 'path'),
      ...localPath(text(item, 'path'), `${at}.path`),
      ...modeErrors(item.mode, `${at}.mode`),
    ];
  });
}

/** The files of the downward API: their errors don't say which file they are of. */
function downwardErrors(items: readonly Source[], path: string, visit?: (value: string) => void): Errors {
  const errors: Errors = [];
  for (const item of items) {
    errors.push(...need(item, path, 'path'), ...localPath(text(item, 'path'), `${path}.path`));
    const field = inner(item, 'fieldRef');
    const resource = inner(item, 'resourceFieldRef');
    if (field !== undefined) {
      errors.push(
        ...validateFieldRef(
          { apiVersion: text(field, 'apiVersion'), fieldPath: text(field, 'fieldPath') },
          FIELD_PATHS,
          `${path}.fieldRef`,
        ),
      );
      if (resource !== undefined)
        errors.push(invalid(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'));
    } else if (resource !== undefined)
      errors.push(...validateResourceFieldRef(resource, `${path}.resourceFieldRef`, true));
    else errors.push(required(path, 'one of fieldRef and resourceFieldRef is required'));
    errors.push(...modeErrors(item.mode, `${path}.mode`));
    visit?.(text(item, 'path'));
  }
  return errors;
}

function projected(source: Source, path: string): Errors {
  const errors = modeErrors(source.defaultMode, `${path}.defaultMode`);
  const paths = new Set<string>();
  const conflict = (value: string, shown: string): Errors => {
    if (value === '') return [];
    if (paths.has(value)) return [invalid(path, shown, 'conflicting duplicate paths')];
    paths.add(value);
    return [];
  };
  for (const [index, part] of list<Source>(source, 'sources').entries()) {
    const at = `${path}.sources[${index}]`;
    let count = 0;
    for (const field of ['secret', 'configMap']) {
      const named = inner(part, field);
      if (named === undefined) continue;
      count += 1;
      errors.push(...need(named, `${at}.${field}`, 'name'));
      for (const [itemIndex, item] of list<Source>(named, 'items').entries()) {
        const where = `${at}.${field}.items[${itemIndex}]`;
        errors.push(
          ...need(item, where, 'key', 'path'),
          ...localPath(text(item, 'path'), `${where}.path`),
          ...modeErrors(item.mode, `${where}.mode`),
          ...conflict(text(item, 'path'), text(named, 'name')),
        );
      }
    }
    const downward = inner(part, 'downwardAPI');
    if (downward !== undefined) {
      count += 1;
      for (const item of list<Source>(downward, 'items')) {
        errors.push(
          ...downwardErrors([item], `${at}.downwardAPI`),
          ...conflict(text(item, 'path'), text(item, 'path')),
        );
      }
    }
    const token = inner(part, 'serviceAccountToken');
    if (token !== undefined) {
      count += 1;
      errors.push(...tokenErrors(token, path, `${at}.serviceAccountToken`));
    }
    if (count > 1) errors.push(forbiddenField(at, 'may not specify more than 1 volume type per source'));
  }
  return errors;
}

function tokenErrors(token: Source, volumePath: string, path: string): Errors {
  const errors: Errors = [];
  const seconds = Number(token.expirationSeconds ?? 3600);
  const tell = (problem: string): number => errors.push(invalid(`${path}.expirationSeconds`, seconds, problem));
  if (seconds < 600) tell('may not specify a duration less than 10 minutes');
  if (seconds > 2 ** 32) tell('may not specify a duration larger than 2^32 seconds');
  const value = text(token, 'path');
  if (value === '') errors.push(required(`${volumePath}.path`));
  else errors.push(...localPath(value, `${volumePath}.path`));
  return errors;
}

function csi(source: Source, path: string): Errors {
  const errors = driverErrors(text(source, 'driver'), `${path}.driver`);
  const secret = inner(source, 'nodePublishSecretRef');
  if (secret === undefined) return errors;
  const name = text(secret, 'name');
  if (name === '') errors.push(required(`${path}.nodePublishSecretRef.name`));
  else errors.push(...complaints(isDns1123Subdomain(name), name, `${path}.name`));
  return errors;
}

type Check = (source: Source, path: string, facts: VolumeFacts) => Errors;

const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  [
    'emptyDir',
    ({ sizeLimit }, path) =>
      sizeLimit !== undefined && parseQuantity(String(sizeLimit)).nano < 0n
        ? [forbiddenField(`${path}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')]
        : [],
  ],
  [
    'gitRepo',
    (source, path) => [
      ...need(source, path, 'repository'),
      ...descendingPath(text(source, 'directory'), `${path}.directory`),
    ],
  ],
  [
    'secret',
    (source, path) => [
      ...need(source, path, 'secretName'),
      ...modeErrors(source.defaultMode, `${path}.defaultMode`),
      ...itemErrors(source, path),
    ],
  ],
  [
    'configMap',
    (source, path) => [
      ...need(source, path, 'name'),
      ...modeErrors(source.defaultMode, `${path}.defaultMode`),
      ...itemErrors(source, path),
    ],
  ],
  [
    'downwardAPI',
    (source, path) => [
      ...modeErrors(source.defaultMode, `${path}.defaultMode`),
      ...downwardErrors(list<Source>(source, 'items'), path),
    ],
  ],
  ['projected', projected],
  ['persistentVolumeClaim', (source, path) => need(source, path, 'claimName')],
  ['iscsi', (source, path) => [...iscsi(source, path), ...iscsiInitiator(source, path)]],
  [
    'cinder',
    (source, path) => [...need(source, path, 'volumeID'), ...needReference(source, path, 'secretRef', 'name')],
  ],
  ['storageos', (source, path) => storageOs(source, path, 'name')],
  ['csi', csi],
  [
    'ephemeral',
    (source, path) => {
      const template = inner(source, 'volumeClaimTemplate');
      return template === undefined
        ? [required(`${path}.volumeClaimTemplate`)]
        : validateClaimTemplate(template, `${path}.volumeClaimTemplate`);
    },
  ],
  [
    'image',
    (source, path, { template }) => [
      ...(template ? [] : need(source, path, 'reference')),
      ...(text(source, 'pullPolicy') === ''
        ? [required(`${path}.pullPolicy`)]
        : oneOfSet(text(source, 'pullPolicy'), ['Always', 'IfNotPresent', 'Never'], `${path}.pullPolicy`)),
    ],
  ],
]);
