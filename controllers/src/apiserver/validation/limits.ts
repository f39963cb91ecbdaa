/**
 * ResourceQuota and LimitRange (pkg/apis/core/validation, v1.34).
 */
import {
  duplicate,
  type FieldError,
  forbiddenField,
  invalid,
  Printed,
  required,
} from '../../apimachinery/api-errors.ts';
import { isQualifiedName } from '../../apimachinery/names.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { compareQuantities, milliValue, parseQuantity } from '../../apimachinery/quantity.ts';
import {
  amountErrors,
  containerResourceNameErrors,
  isHuge,
  isNative,
  isQuotaResource,
  resourceNameErrors,
} from './resources.ts';
import { complaints, type Errors, IMMUTABLE } from './rules.ts';

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

type Requirement = { readonly scopeName?: string; readonly operator?: string; readonly values?: readonly string[] };

interface QuotaSpec {
  readonly hard?: Amounts;
  readonly scopes?: readonly string[];
  readonly scopeSelector?: { readonly matchExpressions?: readonly Requirement[] };
}

const specOf = (object: KubeObject): QuotaSpec => (object.spec ?? {}) as QuotaSpec;

export function validateResourceQuota(object: KubeObject): readonly FieldError[] {
  const spec = specOf(object);
  const errors: Errors = [];
  for (const [name, amount] of Object.entries(spec.hard ?? {})) {
    const at = `spec.hard[${name}]`;
    errors.push(...resourceNameErrors(name, at));
    if (!name.includes('/') && !isQuotaResource(name))
      errors.push(invalid(at, name, 'must be a standard resource for quota'));
    errors.push(...amountErrors(name, amount, at));
  }
  return [...errors, ...scopeErrors(spec), ...selectorErrors(spec)];
}

const PAIRS = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const;

const COMPUTE = new Set(['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory']);
const POD_ONLY = new Set([
  'Terminating',
  'NotTerminating',
  'NotBestEffort',
  'PriorityClass',
  'CrossNamespacePodAffinity',
]);

/** Whether a scope can be said of an amount (IsResourceQuotaScopeValidForResource). */
function isScopeFor(scope: string, name: string): boolean {
  if (scope === 'BestEffort') return name === 'pods';
  if (POD_ONLY.has(scope)) return name === 'pods' || COMPUTE.has(name);
  if (scope === 'VolumeAttributesClass') return name === 'persistentvolumeclaims' || name === 'requests.storage';
  return true;
}

function scopeErrors({ hard = {}, scopes = [] }: QuotaSpec): Errors {
  const errors: Errors = [];
  const tell = (problem: string): number => errors.push(invalid('spec.scopes', scopes, problem));
  const names = Object.keys(hard).filter(isQuotaResource).sort();
  for (const scope of scopes) {
    if (!SCOPES.has(scope)) tell('unsupported scope');
    for (const name of names) if (!isScopeFor(scope, name)) tell('unsupported scope applied to resource');
  }
  for (const [a, b] of PAIRS) if (scopes.includes(a) && scopes.includes(b)) tell('conflicting scopes');
  return errors;
}

const EXISTS_ONLY = new Set([
  'BestEffort',
  'NotBestEffort',
  'Terminating',
  'NotTerminating',
  'CrossNamespacePodAffinity',
]);
const EXISTS_PROBLEM =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";

function selectorErrors({ hard = {}, scopes, scopeSelector }: QuotaSpec): Errors {
  const errors: Errors = [];
  const path = 'spec.scopeSelector.matchExpressions';
  const expressions = scopeSelector?.matchExpressions ?? [];
  const names = Object.keys(hard).filter(isQuotaResource).sort();
  const shown = (): Printed =>
    new Printed(
      JSON.stringify({
        MatchExpressions: expressions.map(({ scopeName = '', operator = '', values = null }) => ({
          ScopeName: scopeName,
          Operator: operator,
          Values: values,
        })),
      }),
    );
  for (const { scopeName = '', operator = '', values = [] } of expressions) {
    if (!SCOPES.has(scopeName)) errors.push(invalid(`${path}.scopeName`, scopeName, 'unsupported scope'));
    for (const name of names)
      if (!isScopeFor(scopeName, name)) errors.push(invalid(path, shown(), 'unsupported scope applied to resource'));
    if (EXISTS_ONLY.has(scopeName) && operator !== 'Exists')
      errors.push(invalid(`${path}.operator`, operator, EXISTS_PROBLEM));
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0)
        errors.push(
          required(
            `${path}.values`,
            "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
          ),
        );
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0)
        errors.push(
          invalid(
            `${path}.values`,
            values,
            "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
          ),
        );
    } else errors.push(invalid(`${path}.operator`, operator, 'not a valid selector operator'));
  }
  const used = expressions.map(({ scopeName }) => scopeName);
  for (const [a, b] of PAIRS)
    if (used.includes(a) && used.includes(b)) errors.push(invalid(path, scopes ?? null, 'conflicting scopes'));
  return errors;
}

export function validateResourceQuotaUpdate(object: KubeObject, old: KubeObject): readonly FieldError[] {
  const errors: Errors = [...validateResourceQuota(object)];
  const { scopes = [] } = specOf(object);
  const before = new Set(specOf(old).scopes ?? []);
  const now = new Set(scopes);
  if (before.size !== now.size || scopes.some((scope) => !before.has(scope)))
    errors.push(invalid('spec.scopes', specOf(object).scopes ?? null, IMMUTABLE));
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

const KINDS = new Set(['Pod', 'Container', 'PersistentVolumeClaim']);
const POD_TYPE = "may not be specified when `type` is 'Pod'";

export function validateLimitRange(object: KubeObject): readonly FieldError[] {
  const limits = ((object.spec ?? {}) as { limits?: readonly LimitItem[] }).limits ?? [];
  const errors: Errors = [];
  const types = new Set<string>();
  for (const [index, limit] of limits.entries()) {
    const at = `spec.limits[${index}]`;
    const problems = isQualifiedName(limit.type);
    errors.push(...complaints(problems, limit.type, `${at}.type`));
    if (problems.length === 0 && !limit.type.includes('/') && !KINDS.has(limit.type))
      errors.push(invalid(`${at}.type`, limit.type, 'must be a standard limit type or fully qualified'));
    if (types.has(limit.type)) errors.push(duplicate(`${at}.type`, limit.type));
    types.add(limit.type);
    errors.push(...itemErrors(limit, at));
  }
  return errors;
}

function itemErrors(limit: LimitItem, path: string): Errors {
  const errors: Errors = [];
  const isPod = limit.type === 'Pod';
  const names = isPod || limit.type === 'Container' ? containerResourceNameErrors : resourceNameErrors;
  const keys = new Set<string>();
  const look = (field: 'max' | 'min' | 'default' | 'defaultRequest' | 'maxLimitRequestRatio'): void => {
    for (const key of Object.keys(limit[field] ?? {})) {
      errors.push(...names(key, `${path}.${field}[${key}]`));
      keys.add(key);
    }
  };
  look('max');
  look('min');
  if (isPod) {
    for (const field of ['default', 'defaultRequest'] as const)
      if (Object.keys(limit[field] ?? {}).length > 0) errors.push(forbiddenField(`${path}.${field}`, POD_TYPE));
  } else {
    look('default');
    look('defaultRequest');
  }
  if (limit.type === 'PersistentVolumeClaim' && limit.min?.storage === undefined && limit.max?.storage === undefined)
    errors.push(
      required(`${path}.limits`, 'either minimum or maximum storage value is required, but neither was provided'),
    );
  look('maxLimitRequestRatio');
  const compared = isPod ? { ...limit, default: {}, defaultRequest: {} } : limit;
  for (const key of keys) errors.push(...rangeErrors(compared, key, path));
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
  errors.push(...ratioErrors(limit, key, path));
  if ((!isNative(key) || isHuge(key)) && limitDefault !== undefined && defaultRequest !== undefined) {
    if (compareQuantities(parseQuantity(limitDefault), parseQuantity(defaultRequest)) !== 0)
      errors.push(
        invalid(
          `${path}.defaultRequest[${key}]`,
          defaultRequest,
          `default value ${limitDefault} must equal to defaultRequest value ${defaultRequest} in ${key}`,
        ),
      );
  }
  return errors;
}

/** A limit may be so many times a request: at least one, and no more than the bounds allow. */
function ratioErrors(limit: LimitItem, key: string, path: string): Errors {
  const ratio = limit.maxLimitRequestRatio?.[key];
  if (ratio === undefined) return [];
  const at = `${path}.maxLimitRequestRatio[${key}]`;
  const value = milliValue(parseQuantity(ratio)) / 1000;
  const errors: Errors = value < 1 ? [invalid(at, ratio, `ratio ${ratio} is less than 1`)] : [];
  const min = limit.min?.[key];
  const max = limit.max?.[key];
  if (min === undefined || max === undefined) return errors;
  const most = milliValue(parseQuantity(max)) / milliValue(parseQuantity(min));
  if (value > most) errors.push(invalid(at, ratio, `ratio ${ratio} is greater than max/min = ${most.toFixed(6)}`));
  return errors;
}
