/**
 * Webhook configurations, classes of storage and leases (pkg/apis/{admissionregistration,storage,coordination}/validation,
 * v1.34).
 */
import { type FieldError, invalid, notSupported, required } from '../../apimachinery/api-errors.ts';
import { deepEqual } from '../../apimachinery/json.ts';
import { isFullyQualifiedName, isQualifiedName } from '../../apimachinery/names.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import type { LabelSelectorSpec } from '../../apimachinery/selector.ts';
import type { MatchCondition } from '../admission/validating-admission-policy/policy.ts';
import { validateMatchConditions, validateOperationRule } from './admission-policies.ts';
import { complaints, type Errors, oneOfSet, validateLabelSelector } from './rules.ts';

interface Webhook {
  readonly name?: string;
  readonly sideEffects?: string;
  readonly timeoutSeconds?: number;
  readonly failurePolicy?: string;
  readonly matchPolicy?: string;
  readonly admissionReviewVersions?: readonly string[];
  readonly clientConfig?: {
    readonly url?: string;
    readonly service?: { readonly name?: string; readonly namespace?: string; readonly port?: number };
  };
  readonly rules?: readonly {
    readonly operations?: readonly string[];
    readonly apiGroups?: readonly string[];
    readonly apiVersions?: readonly string[];
    readonly resources?: readonly string[];
  }[];
  readonly namespaceSelector?: LabelSelectorSpec;
  readonly objectSelector?: LabelSelectorSpec;
  readonly matchConditions?: readonly MatchCondition[];
}

const REVIEW_VERSIONS = ['v1', 'v1beta1'];

/** Match conditions that an update leaves as they were are not looked at again. */
export function validateWebhooks(object: KubeObject, old?: KubeObject): readonly FieldError[] {
  const errors: Errors = [];
  const names = new Set<string>();
  const conditionsOf = (each: KubeObject | undefined) =>
    ((each?.webhooks ?? []) as readonly Webhook[]).map(({ matchConditions = [] }) => matchConditions);
  const known = old !== undefined && deepEqual(conditionsOf(object), conditionsOf(old));
  for (const [index, hook] of ((object.webhooks ?? []) as readonly Webhook[]).entries()) {
    const at = `webhooks[${index}]`;
    errors.push(...hookErrors(hook, at));
    if (!known) errors.push(...validateMatchConditions(hook.matchConditions ?? [], false, `${at}.matchConditions`));
    const { name = '' } = hook;
    if (names.has(name))
      errors.push({ type: 'FieldValueDuplicate', field: `${at}.name`, text: `: ${JSON.stringify(name)}` });
    names.add(name);
  }
  return errors;
}

function hookErrors(hook: Webhook, path: string): Errors {
  const errors: Errors = complaints(isFullyQualifiedName(hook.name ?? ''), hook.name ?? '', `${path}.name`);
  for (const [index, rule] of (hook.rules ?? []).entries()) {
    errors.push(...validateOperationRule(rule, `${path}.rules[${index}]`));
  }
  if (hook.failurePolicy !== undefined)
    errors.push(...oneOfSet(hook.failurePolicy, ['Fail', 'Ignore'], `${path}.failurePolicy`));
  if (hook.matchPolicy !== undefined)
    errors.push(...oneOfSet(hook.matchPolicy, ['Equivalent', 'Exact'], `${path}.matchPolicy`));
  if (hook.sideEffects === undefined)
    errors.push(required(`${path}.sideEffects`, 'must specify one of None, NoneOnDryRun'));
  else if (!['None', 'NoneOnDryRun'].includes(hook.sideEffects))
    errors.push(notSupported(`${path}.sideEffects`, hook.sideEffects, ['None', 'NoneOnDryRun']));
  const seconds = hook.timeoutSeconds;
  if (seconds !== undefined && (seconds < 1 || seconds > 30))
    errors.push(invalid(`${path}.timeoutSeconds`, seconds, 'the timeout value must be between 1 and 30 seconds'));
  errors.push(...validateLabelSelector(hook.namespaceSelector, `${path}.namespaceSelector`));
  errors.push(...validateLabelSelector(hook.objectSelector, `${path}.objectSelector`));
  errors.push(...clientErrors(hook.clientConfig ?? {}, `${path}.clientConfig`));
  const versions = hook.admissionReviewVersions ?? [];
  if (versions.length === 0)
    errors.push(required(`${path}.admissionReviewVersions`, 'must specify one of v1, v1beta1'));
  else if (!versions.some((version) => REVIEW_VERSIONS.includes(version))) {
    errors.push(invalid(`${path}.admissionReviewVersions`, versions, 'must include at least one of v1, v1beta1'));
  }
  return errors;
}

function clientErrors({ url, service }: NonNullable<Webhook['clientConfig']>, path: string): Errors {
  if ((url === undefined) === (service === undefined))
    return [required('', `exactly one of url or service is required`)].map((error) => ({ ...error, field: path }));
  if (url !== undefined) {
    const form = 'desired format: https://host[/path]';
    const match = /^([a-z]+):\/\/([^/?#]*)/i.exec(url);
    if (match === null) return [required(`${path}.url`, `url must be a valid URL; ${form}`)];
    const errors: Errors = [];
    if (match[1] !== 'https')
      errors.push(invalid(`${path}.url`, match[1], `'https' is the only allowed URL scheme; ${form}`));
    if (match[2] === '') errors.push(invalid(`${path}.url`, '', `host must be specified; ${form}`));
    return errors;
  }
  const errors: Errors = [];
  if ((service?.name ?? '') === '') errors.push(required(`${path}.service.name`, 'service name is required'));
  if ((service?.namespace ?? '') === '')
    errors.push(required(`${path}.service.namespace`, 'service namespace is required'));
  return errors;
}

export function validateStorageClass(object: KubeObject): readonly FieldError[] {
  const errors: Errors = [];
  const provisioner = String(object.provisioner ?? '');
  if (provisioner === '') errors.push(required('provisioner'));
  else errors.push(...complaints(isQualifiedName(provisioner.toLowerCase()), provisioner, 'provisioner'));
  errors.push(...oneOfSet(String(object.reclaimPolicy ?? ''), ['Delete', 'Retain'], 'reclaimPolicy'));
  errors.push(
    ...oneOfSet(String(object.volumeBindingMode ?? ''), ['Immediate', 'WaitForFirstConsumer'], 'volumeBindingMode'),
  );
  return errors;
}

export function validateLease(object: KubeObject): readonly FieldError[] {
  const { leaseDurationSeconds, leaseTransitions } = (object.spec ?? {}) as {
    leaseDurationSeconds?: number;
    leaseTransitions?: number;
  };
  const errors: Errors = [];
  if (leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0)
    errors.push(invalid('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0'));
  if (leaseTransitions !== undefined && leaseTransitions < 0)
    errors.push(invalid('spec.leaseTransitions', leaseTransitions, 'must be greater than or equal to 0'));
  return errors;
}

interface PriorityLevel {
  readonly type?: string;
  readonly limited?: { readonly limitResponse?: { readonly type?: string } };
}

/** PriorityLevelConfiguration: exempt is only the one that is called so. */
export function validatePriorityLevel(object: KubeObject): readonly FieldError[] {
  const spec = (object.spec ?? {}) as PriorityLevel;
  const { type = '' } = spec;
  if ((object.metadata.name === 'exempt') !== (type === 'Exempt')) {
    return [invalid('spec.type', type, "must be 'Exempt' if and only if `name` is 'exempt'")];
  }
  if (type === 'Exempt') return [];
  if (type !== 'Limited') return oneOfSet(type, ['Exempt', 'Limited'], 'spec.type');
  if (spec.limited === undefined) return [required('spec.limited', 'must not be empty when type is Limited')];
  return oneOfSet(spec.limited.limitResponse?.type, ['Queue', 'Reject'], 'spec.limited.limitResponse.type');
}
