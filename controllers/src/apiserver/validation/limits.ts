/**
 * ResourceQuota and LimitRange (pkg/apis/core/validation, v1.34).
 */
import { type FieldError, forbiddenField, invalid } from '../../apimachinery/api-errors.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { compareQuantities, parseQuantity } from '../../apimachinery/quantity.ts';
import { type Errors, NOT_NEGATIVE } from './rules.ts';

type Amounts = Readonly<Record<string, string>>;

const SCOPES = new Set([
  'Terminating',
  'NotTerminating',
  'BestEffort',
  'NotBestEffort',
  'PriorityClass',
  'CrossNamespacePodAffinity',
  'VolumeAttributesClass',
]);

export function validateResourceQuota(object: KubeObject): readonly FieldError[] {
  const spec = (object.spec ?? {}) as { hard?: Amounts; scopes?: readonly string[] };
  const errors: Errors = [];
  for (const name of Object.keys(spec.hard ?? {})) {
    const amount = spec.hard?.[name] ?? '0';
    if (parseQuantity(amount).nano < 0n) errors.push(invalid(`spec.hard[${name}]`, amount, NOT_NEGATIVE));
  }
  const scopes = spec.scopes ?? [];
  for (const scope of scopes) if (!SCOPES.has(scope)) errors.push(invalid('spec.scopes', scopes, 'unsupported scope'));
  for (const [a, b] of [
    ['BestEffort', 'NotBestEffort'],
    ['Terminating', 'NotTerminating'],
  ]) {
    if (a !== undefined && b !== undefined && scopes.includes(a) && scopes.includes(b))
      errors.push(invalid('spec.scopes', scopes, 'conflicting scopes'));
  }
  return errors;
}

interface LimitItem {
  readonly type: string;
  readonly max?: Amounts;
  readonly min?: Amounts;
  readonly default?: Amounts;
  readonly defaultRequest?: Amounts;
  readonly maxLimitRequestRatio?: Amounts;
}

export function validateLimitRange(object: KubeObject): readonly FieldError[] {
  const limits = ((object.spec ?? {}) as { limits?: readonly LimitItem[] }).limits ?? [];
  const errors: Errors = [];
  for (const [index, limit] of limits.entries()) {
    const at = `spec.limits[${index}]`;
    const keys = new Set<string>();
    for (const field of ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const) {
      for (const key of Object.keys(limit[field] ?? {})) keys.add(key);
    }
    if (limit.type === 'Pod') {
      for (const field of ['default', 'defaultRequest'] as const) {
        if (Object.keys(limit[field] ?? {}).length > 0)
          errors.push(forbiddenField(`${at}.${field}`, "may not be specified when `type` is 'Pod'"));
      }
    }
    for (const key of keys) errors.push(...rangeErrors(limit, key, at));
  }
  return errors;
}

/** min <= defaultRequest <= default <= max, each where it is given. */
function rangeErrors(limit: LimitItem, key: string, path: string): Errors {
  const errors: Errors = [];
  const {
    min,
    max,
    default: limitDefault,
    defaultRequest,
  } = {
    min: limit.min?.[key],
    max: limit.max?.[key],
    default: limit.default?.[key],
    defaultRequest: limit.defaultRequest?.[key],
  };
  const above = (a: string | undefined, b: string | undefined): boolean =>
    a !== undefined && b !== undefined && compareQuantities(parseQuantity(a), parseQuantity(b)) > 0;
  if (above(min, max))
    errors.push(invalid(`${path}.min[${key}]`, min, `min value ${min} is greater than max value ${max}`));
  if (above(min, defaultRequest))
    errors.push(
      invalid(
        `${path}.defaultRequest[${key}]`,
        defaultRequest,
        `min value ${min} is greater than default request value ${defaultRequest}`,
      ),
    );
  if (above(defaultRequest, max))
    errors.push(
      invalid(
        `${path}.defaultRequest[${key}]`,
        defaultRequest,
        `default request value ${defaultRequest} is greater than max value ${max}`,
      ),
    );
  if (above(defaultRequest, limitDefault))
    errors.push(
      invalid(
        `${path}.defaultRequest[${key}]`,
        defaultRequest,
        `default request value ${defaultRequest} is greater than default limit value ${limitDefault}`,
      ),
    );
  if (above(min, limitDefault))
    errors.push(
      invalid(`${path}.default[${key}]`, min, `min value ${min} is greater than default value ${limitDefault}`),
    );
  if (above(limitDefault, max))
    errors.push(
      invalid(`${path}.default[${key}]`, max, `default value ${limitDefault} is greater than max value ${max}`),
    );
  return errors;
}
