/** APIService (kube-aggregator's pkg/apis/apiregistration/validation, v1.34). */
import { type FieldError, invalid, required } from '../../apimachinery/api-errors.ts';
import { isDns1035Label, isDns1123Subdomain, isPathSegment, isPortNumber } from '../../apimachinery/names.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { complaints, type Errors } from './rules.ts';

interface Spec {
  readonly group?: string;
  readonly version?: string;
  readonly groupPriorityMinimum?: number;
  readonly versionPriority?: number;
  readonly caBundle?: string;
  readonly insecureSkipTLSVerify?: boolean;
  readonly service?: { readonly namespace?: string; readonly name?: string; readonly port?: number };
}

export function validateApiService(object: KubeObject): readonly FieldError[] {
  const spec = (object.spec ?? {}) as Spec;
  const { group = '', version = '' } = spec;
  const name = object.metadata.name ?? '';
  const wanted = `${version}.${group}`;
  const errors: Errors = [];
  if (name !== '' && name !== wanted && isPathSegment(name).length === 0)
    errors.push(invalid('metadata.name', name, `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(wanted)}`));
  if (group !== '') errors.push(...complaints(isDns1123Subdomain(group), group, 'spec.group'));
  else if (version !== 'v1')
    errors.push(required('spec.group', 'only v1 may have an empty group and it better be legacy kube'));
  errors.push(...complaints(isDns1035Label(version), version, 'spec.version'));
  for (const [field, most] of [
    ['groupPriorityMinimum', 20_000],
    ['versionPriority', 1000],
  ] as const) {
    const value = spec[field] ?? 0;
    if (value <= 0 || value > most)
      errors.push(invalid(`spec.${field}`, value, `must be positive and less than ${most}`));
  }
  return [...errors, ...serviceErrors(spec)];
}

function serviceErrors({ service, caBundle = '', insecureSkipTLSVerify: insecure = false }: Spec): Errors {
  const errors: Errors = [];
  const tell = (problem: string): number => errors.push(invalid('spec.insecureSkipTLSVerify', insecure, problem));
  if (service === undefined) {
    const size = Math.floor((caBundle.replace(/=+$/, '').length * 3) / 4);
    if (size > 0) errors.push(invalid('spec.caBundle', `${size} bytes`, 'local APIServices may not have a caBundle'));
    if (insecure) tell('local APIServices may not have insecureSkipTLSVerify');
    return errors;
  }
  for (const field of ['namespace', 'name'] as const)
    if ((service[field] ?? '') === '') errors.push(required(`spec.service.${field}`));
  const { port = 443 } = service;
  const problems = isPortNumber(port);
  if (problems.length > 0) errors.push(invalid('spec.service.port', port, `port is not valid: ${problems.join(', ')}`));
  if (insecure && caBundle !== '') tell('may not be true if caBundle is present');
  return errors;
}
