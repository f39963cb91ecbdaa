/**
 * The environment of a container, and paths of the downward API (pkg/apis/core/validation, v1.34).
 */
import type { Container, EnvVar } from 'kubernetes-types/core/v1.d.ts';
import { invalid, notSupported, required } from '../../apimachinery/api-errors.ts';
import { isConfigMapKey, isDns1123Subdomain, isQualifiedName } from '../../apimachinery/names.ts';
import { complaints, type Errors, oneOfSet } from './rules.ts';

const FIELD_PATHS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
const RESOURCES = [
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'requests.cpu',
  'requests.memory',
  'requests.ephemeral-storage',
];

export function validateEnv(env: readonly EnvVar[], path: string): Errors {
  const errors: Errors = [];
  for (const [index, variable] of env.entries()) {
    const at = `${path}[${index}]`;
    if (variable.name === '') errors.push(required(`${at}.name`));
    else if (/[=]|[^\x20-\x7e]/.test(variable.name)) {
      errors.push(
        invalid(
          `${at}.name`,
          variable.name,
          "a valid environment variable name must consist only of printable ASCII characters other than '='",
        ),
      );
    }
    const from = variable.valueFrom;
    if (from === undefined) continue;
    const where = `${at}.valueFrom`;
    let sources = 0;
    if (from.fieldRef !== undefined) {
      sources += 1;
      errors.push(...validateFieldRef(from.fieldRef, FIELD_PATHS, `${where}.fieldRef`));
    }
    if (from.resourceFieldRef !== undefined) {
      sources += 1;
      const { resource } = from.resourceFieldRef;
      if (resource === '') errors.push(required(`${where}.resourceFieldRef.resource`));
      else if (!/^(limits|requests)\.hugepages-/.test(resource))
        errors.push(...oneOfSet(resource, RESOURCES, `${where}.resourceFieldRef.resource`));
    }
    for (const field of ['configMapKeyRef', 'secretKeyRef'] as const) {
      const reference = from[field];
      if (reference === undefined) continue;
      sources += 1;
      if (reference.key === '') errors.push(required(`${where}.${field}.key`));
      else errors.push(...complaints(isConfigMapKey(reference.key), reference.key, `${where}.${field}.key`));
    }
    if (variable.value !== undefined && variable.value !== '' && sources > 0) {
      errors.push(invalid(where, '', 'may not be specified when `value` is not empty'));
    } else if (sources > 1) errors.push(invalid(where, '', 'may not have more than one field specified at a time'));
    else if (sources === 0) {
      errors.push(
        invalid(where, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`'),
      );
    }
  }
  return errors;
}

/** A path of the downward API. */
export function validateFieldRef(
  { apiVersion = '', fieldPath }: { apiVersion?: string; fieldPath: string },
  known: readonly string[],
  path: string,
): Errors {
  if (apiVersion === '') return [required(`${path}.apiVersion`)];
  if (fieldPath === '') return [required(`${path}.fieldPath`)];
  const subscript = /^(metadata\.(?:labels|annotations))\['(.*)'\]$/.exec(fieldPath);
  if (subscript !== null)
    return complaints(
      isQualifiedName(
        subscript[1] === 'metadata.annotations' ? (subscript[2] ?? '').toLowerCase() : (subscript[2] ?? ''),
      ),
      subscript[2],
      path,
    );
  if (known.includes(fieldPath)) return [];
  if (
    [
      'metadata.labels',
      'metadata.annotations',
      'spec.restartPolicy',
      'spec.schedulerName',
      'status.phase',
      ...FIELD_PATHS,
    ].includes(fieldPath)
  ) {
    return [notSupported(`${path}.fieldPath`, fieldPath, [...known].sort())];
  }
  return [
    invalid(`${path}.fieldPath`, fieldPath, `error converting fieldPath: field label not supported: ${fieldPath}`),
  ];
}

export function validateEnvFrom({ envFrom = [] }: Container, path: string): Errors {
  const errors: Errors = [];
  for (const [index, source] of envFrom.entries()) {
    const at = `${path}[${index}]`;
    const { configMapRef, secretRef } = source;
    if (configMapRef !== undefined) {
      if ((configMapRef.name ?? '') === '') errors.push(required(`${at}.configMapRef.name`));
      else
        errors.push(
          ...complaints(isDns1123Subdomain(configMapRef.name ?? ''), configMapRef.name, `${at}.configMapRef.name`),
        );
    }
    if (secretRef !== undefined) {
      if ((secretRef.name ?? '') === '') errors.push(required(`${at}.secretRef.name`));
      else errors.push(...complaints(isDns1123Subdomain(secretRef.name ?? ''), secretRef.name, `${at}.secretRef.name`));
    }
    if (configMapRef === undefined && secretRef === undefined)
      errors.push(invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`'));
    else if (configMapRef !== undefined && secretRef !== undefined)
      errors.push(invalid(path, '', 'may not have more than one field specified at a time'));
  }
  return errors;
}
