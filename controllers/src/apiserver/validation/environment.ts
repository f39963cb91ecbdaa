/**
 * The environment of a container, and references of the downward API (pkg/apis/core/validation, v1.34).
 */
import type { Container, EnvVar } from 'kubernetes-types/core/v1.d.ts';
import { invalid, notSupported, required } from '../../apimachinery/api-errors.ts';
import { isConfigMapKey, isDns1123Subdomain, isQualifiedName } from '../../apimachinery/names.ts';
import { canonicalQuantity, parseQuantity } from '../../apimachinery/quantity.ts';
import { complaints, type Errors, oneOfSet } from './rules.ts';
import { type Source, text } from './volume-sources.ts';

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
/** Paths that a pod has, whether a reference may use them or not. */
const KNOWN_PATHS = new Set([
  ...FIELD_PATHS,
  'metadata.annotations',
  'metadata.labels',
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
]);
const RESOURCES = [
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'requests.cpu',
  'requests.memory',
  'requests.ephemeral-storage',
];

function nameErrors(name: string, path: string): Errors {
  if (!/[=]|[^\x20-\x7e]/.test(name)) return [];
  const problem = "a valid environment variable name must consist only of printable ASCII characters other than '='";
  return [invalid(path, name, problem)];
}

export function validateEnv(env: readonly EnvVar[], path: string): Errors {
  const errors: Errors = [];
  for (const [index, variable] of env.entries()) {
    const at = `${path}[${index}]`;
    if (variable.name === '') errors.push(required(`${at}.name`));
    else errors.push(...nameErrors(variable.name, `${at}.name`));
    if (variable.valueFrom !== undefined) errors.push(...valueFromErrors(variable, `${at}.valueFrom`));
  }
  return errors;
}

function valueFromErrors({ value = '', valueFrom = {} }: EnvVar, path: string): Errors {
  const errors: Errors = [];
  let sources = 0;
  if (valueFrom.fieldRef !== undefined) {
    sources += 1;
    errors.push(...validateFieldRef(valueFrom.fieldRef, FIELD_PATHS, `${path}.fieldRef`));
  }
  if (valueFrom.resourceFieldRef !== undefined) {
    sources += 1;
    const reference = valueFrom.resourceFieldRef as unknown as Source;
    errors.push(...validateResourceFieldRef(reference, `${path}.resourceFieldRef`, false));
  }
  for (const field of ['configMapKeyRef', 'secretKeyRef'] as const) {
    const reference = valueFrom[field];
    if (reference === undefined) continue;
    sources += 1;
    const { name = '', key } = reference;
    errors.push(...complaints(isDns1123Subdomain(name), name, `${path}.${field}.name`));
    if (key === '') errors.push(required(`${path}.${field}.key`));
    else errors.push(...complaints(isConfigMapKey(key), key, `${path}.${field}.key`));
  }
  if (sources === 0)
    errors.push(
      invalid(path, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`'),
    );
  else if (value !== '') errors.push(invalid(path, '', 'may not be specified when `value` is not empty'));
  else if (sources > 1) errors.push(invalid(path, '', 'may not have more than one field specified at a time'));
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
  const fail = (problem: string) => [invalid(`${path}.fieldPath`, fieldPath, `error converting fieldPath: ${problem}`)];
  if (apiVersion !== 'v1') return fail(`unsupported pod version: ${apiVersion}`);
  const subscript = /^(.*?)\['(.*)'\]$/s.exec(fieldPath);
  if (subscript !== null) {
    const [, field, key = ''] = subscript;
    if (field === 'metadata.annotations')
      return complaints(isQualifiedName(key.toLowerCase()), key.toLowerCase(), path);
    if (field === 'metadata.labels') return complaints(isQualifiedName(key), key, path);
    return fail(`field label does not support subscript: ${fieldPath}`);
  }
  const converted = fieldPath === 'spec.host' ? 'spec.nodeName' : fieldPath;
  if (known.includes(converted)) return [];
  if (KNOWN_PATHS.has(converted)) return [notSupported(`${path}.fieldPath`, converted, [...known].sort())];
  return fail(`field label not supported: ${fieldPath}`);
}

const SIZES = new Set(['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei']);
const SIZES_TEXT =
  "only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the";

/** A resource of a container; in a volume it names the container. */
export function validateResourceFieldRef(reference: Source, path: string, isVolume: boolean): Errors {
  const resource = text(reference, 'resource');
  const errors: Errors = [];
  const isHuge = /^(limits|requests)\.hugepages-/.test(resource);
  if (isVolume && text(reference, 'containerName') === '') errors.push(required(`${path}.containerName`));
  else if (resource === '') errors.push(required(`${path}.resource`));
  else if (!isHuge) errors.push(...oneOfSet(resource, RESOURCES, `${path}.resource`));
  const divisor = String(reference.divisor ?? '0');
  if (parseQuantity(divisor).nano === 0n) return errors;
  const tell = (problem: string): number => errors.push(invalid(`${path}.divisor`, resource, problem));
  const size = canonicalQuantity(divisor);
  const kind = resource.replace(/^(limits|requests)\./, '');
  if (kind === resource) return errors;
  if (kind === 'cpu') {
    if (size !== '1' && size !== '1m') tell("only divisor's values 1m and 1 are supported with the cpu resource");
  } else if (kind === 'memory' || kind === 'ephemeral-storage' || isHuge) {
    const name = isHuge ? 'hugepages' : kind === 'memory' ? 'memory' : 'local ephemeral storage';
    if (!SIZES.has(size)) tell(`${SIZES_TEXT} ${name} resource`);
  }
  return errors;
}

export function validateEnvFrom({ envFrom = [] }: Container, path: string): Errors {
  const errors: Errors = [];
  for (const [index, source] of envFrom.entries()) {
    const at = `${path}[${index}]`;
    if (source.prefix !== undefined) errors.push(...nameErrors(source.prefix, `${at}.prefix`));
    let sources = 0;
    for (const field of ['configMapRef', 'secretRef'] as const) {
      const reference = source[field];
      if (reference === undefined) continue;
      sources += 1;
      const { name = '' } = reference;
      if (name === '') errors.push(required(`${at}.${field}.name`));
      else errors.push(...complaints(isDns1123Subdomain(name), name, `${at}.${field}.name`));
    }
    if (sources === 0) errors.push(invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`'));
    else if (sources > 1) errors.push(invalid(path, '', 'may not have more than one field specified at a time'));
  }
  return errors;
}
