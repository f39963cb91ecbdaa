/**
 * ConfigMap and Secret (pkg/apis/core/validation, v1.34).
 */
import { type FieldError, forbiddenField, invalid, required, tooLong } from '../../apimachinery/api-errors.ts';
import { deepEqual } from '../../apimachinery/json.ts';
import { isConfigMapKey } from '../../apimachinery/names.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { complaints, type Errors, IMMUTABLE } from './rules.ts';

const MAX_SIZE = 1024 * 1024;
const FIXED = 'field is immutable when `immutable` is set';

type Data = Readonly<Record<string, string>>;

export function validateConfigMap(object: KubeObject, _context?: unknown): readonly FieldError[] {
  const data = (object.data ?? {}) as Data;
  const binary = (object.binaryData ?? {}) as Data;
  const errors: Errors = [];
  let size = 0;
  for (const key of Object.keys(data)) {
    errors.push(...complaints(isConfigMapKey(key), key, `data[${key}]`));
    if (Object.hasOwn(binary, key)) errors.push(invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'));
    size += new TextEncoder().encode(data[key] ?? '').length;
  }
  for (const key of Object.keys(binary)) {
    errors.push(...complaints(isConfigMapKey(key), key, `binaryData[${key}]`));
    size += decodedSize(binary[key] ?? '');
  }
  if (size > MAX_SIZE) errors.push(tooLong('', MAX_SIZE));
  return errors;
}

function decodedSize(base64: string): number {
  return Math.floor((base64.replace(/=+$/, '').length * 3) / 4);
}

export function validateConfigMapUpdate(object: KubeObject, old: KubeObject): readonly FieldError[] {
  if (old.immutable !== true) return [];
  const errors: Errors = [];
  if (object.immutable !== true) errors.push(forbiddenField('immutable', FIXED));
  if (!deepEqual(object.data ?? {}, old.data ?? {})) errors.push(forbiddenField('data', FIXED));
  if (!deepEqual(object.binaryData ?? {}, old.binaryData ?? {})) errors.push(forbiddenField('binaryData', FIXED));
  return errors;
}

/** What a type of secret must have. */
const TYPES: ReadonlyMap<string, (object: KubeObject, data: Data) => Errors> = new Map([
  [
    'kubernetes.io/service-account-token',
    (object) =>
      (object.metadata.annotations?.['kubernetes.io/service-account.name'] ?? '') === ''
        ? [required('metadata.annotations[kubernetes.io/service-account.name]')]
        : [],
  ],
  ['kubernetes.io/dockercfg', (_object, data) => jsonKey(data, '.dockercfg')],
  ['kubernetes.io/dockerconfigjson', (_object, data) => jsonKey(data, '.dockerconfigjson')],
  [
    'kubernetes.io/basic-auth',
    (_object, data) =>
      data.username === undefined && data.password === undefined
        ? [required('data[username]'), required('data[password]')]
        : [],
  ],
  [
    'kubernetes.io/ssh-auth',
    (_object, data) => ((data['ssh-privatekey'] ?? '') === '' ? [required('data[ssh-privatekey]')] : []),
  ],
  [
    'kubernetes.io/tls',
    (_object, data) =>
      ['tls.crt', 'tls.key'].filter((key) => data[key] === undefined).map((key) => required(`data[${key}]`)),
  ],
]);

function jsonKey(data: Data, key: string): Errors {
  const value = data[key];
  if (value === undefined) return [required(`data[${key}]`)];
  try {
    JSON.parse(atob(value));
    return [];
  } catch {
    return [invalid(`data[${key}]`, '<secret contents redacted>', 'invalid character')];
  }
}

export function validateSecret(object: KubeObject, _context?: unknown): readonly FieldError[] {
  const data = (object.data ?? {}) as Data;
  const errors: Errors = [];
  let size = 0;
  for (const key of Object.keys(data)) {
    errors.push(...complaints(isConfigMapKey(key), key, `data[${key}]`));
    size += decodedSize(data[key] ?? '');
  }
  if (size > MAX_SIZE) errors.push(tooLong('data', MAX_SIZE));
  errors.push(...(TYPES.get(String(object.type ?? ''))?.(object, data) ?? []));
  return errors;
}

export function validateSecretUpdate(object: KubeObject, old: KubeObject): readonly FieldError[] {
  const errors: Errors = [];
  if (object.type !== old.type) errors.push(invalid('type', object.type ?? '', IMMUTABLE));
  if (old.immutable !== true) return errors;
  if (object.immutable !== true) errors.push(forbiddenField('immutable', FIXED));
  if (!deepEqual(object.data ?? {}, old.data ?? {})) errors.push(forbiddenField('data', FIXED));
  return errors;
}
