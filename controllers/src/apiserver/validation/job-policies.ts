/**
 * When a Job fails, succeeds and replaces pods (pkg/apis/batch/validation, v1.34).
 */
import type { PodTemplateSpec } from 'kubernetes-types/core/v1.d.ts';
import { duplicate, invalid, Printed, required, tooLong, tooMany } from '../../apimachinery/api-errors.ts';
import { isQualifiedName } from '../../apimachinery/names.ts';
import { complaints, type Errors, notNegative, oneOf, oneOfSet } from './rules.ts';

interface ExitCodes {
  readonly containerName?: string;
  readonly operator?: string;
  readonly values?: readonly number[];
}

interface FailureRule {
  readonly action?: string;
  readonly onExitCodes?: ExitCodes;
  readonly onPodConditions?: readonly { readonly type?: string; readonly status?: string }[];
}

interface SuccessRule {
  readonly succeededIndexes?: string;
  readonly succeededCount?: number;
}

export interface PolicySpec {
  readonly template: PodTemplateSpec;
  readonly completions?: number;
  readonly completionMode?: string;
  readonly backoffLimitPerIndex?: number;
  readonly podReplacementPolicy?: string;
  readonly podFailurePolicy?: { readonly rules: readonly FailureRule[] };
  readonly successPolicy?: { readonly rules?: readonly SuccessRule[] };
}

const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const STATUSES = ['False', 'True', 'Unknown'];
/** field.OmitValueType: only the problem is said. */
const OMITTED = (problem: string): string => `: ${problem}`;

const quoted = (values: readonly string[]): string => `[${values.map((value) => JSON.stringify(value)).join(' ')}]`;

export function validatePolicies(spec: PolicySpec, path: string): Errors {
  const errors: Errors = failureErrors(spec, `${path}.podFailurePolicy.rules`);
  if (spec.successPolicy !== undefined) {
    if (spec.completionMode !== 'Indexed')
      errors.push(invalid(`${path}.successPolicy`, printSuccessPolicy(spec), 'requires indexed completion mode'));
    else errors.push(...successErrors(spec, `${path}.successPolicy.rules`));
  }
  const replacement = spec.podReplacementPolicy;
  if (replacement !== undefined) {
    const known = spec.podFailurePolicy === undefined ? ['Failed', 'TerminatingOrFailed'] : ['Failed'];
    errors.push(...oneOf(replacement, known, `${path}.podReplacementPolicy`));
  }
  return errors;
}

function failureErrors(spec: PolicySpec, path: string): Errors {
  const rules = spec.podFailurePolicy?.rules ?? [];
  const errors: Errors = rules.length > 20 ? [tooMany(path, rules.length, 20)] : [];
  const pod = spec.template?.spec;
  const names = new Set([...(pod?.containers ?? []), ...(pod?.initContainers ?? [])].map(({ name }) => name));
  for (const [index, rule] of rules.entries()) {
    const at = `${path}[${index}]`;
    const { action = '', onExitCodes: codes, onPodConditions: conditions = [] } = rule;
    if (action === '') errors.push(required(`${at}.action`, `valid values: ${quoted(ACTIONS)}`));
    else if (action === 'FailIndex') {
      if (spec.backoffLimitPerIndex === undefined)
        errors.push(invalid(`${at}.action`, action, 'requires the backoffLimitPerIndex to be set'));
    } else errors.push(...oneOf(action, ACTIONS, `${at}.action`));
    if (codes !== undefined) errors.push(...codeErrors(codes, names, `${at}.onExitCodes`));
    errors.push(...conditionErrors(conditions, `${at}.onPodConditions`));
    const omit = (problem: string): number =>
      errors.push({ type: 'FieldValueInvalid', field: at, text: OMITTED(problem) });
    if (codes !== undefined && conditions.length > 0)
      omit('specifying both OnExitCodes and OnPodConditions is not supported');
    if (codes === undefined && conditions.length === 0)
      omit('specifying one of OnExitCodes and OnPodConditions is required');
  }
  return errors;
}

function conditionErrors(conditions: NonNullable<FailureRule['onPodConditions']>, path: string): Errors {
  const errors: Errors = conditions.length > 20 ? [tooMany(path, conditions.length, 20)] : [];
  for (const [index, { type = '', status = '' }] of conditions.entries()) {
    const at = `${path}[${index}]`;
    errors.push(...complaints(isQualifiedName(type), type, `${at}.type`));
    if (status === '') errors.push(required(`${at}.status`, `valid values: ${quoted(STATUSES)}`));
    else errors.push(...oneOf(status, STATUSES, `${at}.status`));
  }
  return errors;
}

function codeErrors(codes: ExitCodes, names: ReadonlySet<string>, path: string): Errors {
  const { operator = '', containerName } = codes;
  const values = codes.values ?? [];
  const errors: Errors =
    operator === ''
      ? [required(`${path}.operator`, `valid values: ${quoted(['In', 'NotIn'])}`)]
      : oneOfSet(operator, ['In', 'NotIn'], `${path}.operator`);
  if (containerName !== undefined && !names.has(containerName))
    errors.push(
      invalid(
        `${path}.containerName`,
        containerName,
        'must be one of the container or initContainer names in the pod template',
      ),
    );
  const at = `${path}.values`;
  if (values.length === 0) errors.push(invalid(at, values, 'at least one value is required'));
  else if (values.length > 255) errors.push(tooMany(at, values.length, 255));
  const seen = new Set<number>();
  for (const [index, value] of values.entries()) {
    if (operator === 'In' && value === 0)
      errors.push(invalid(`${at}[${index}]`, value, 'must not be 0 for the In operator'));
    if (seen.has(value)) errors.push(duplicate(`${at}[${index}]`, value));
    seen.add(value);
  }
  if (values.some((value, index) => index > 0 && (values[index - 1] ?? 0) > value))
    errors.push(invalid(at, values, 'must be ordered'));
  return errors;
}

function successErrors(spec: PolicySpec, path: string): Errors {
  const rules = spec.successPolicy?.rules ?? [];
  const completions = spec.completions ?? 0;
  const errors: Errors = [];
  if (rules.length === 0)
    errors.push(required(path, 'at least one rules must be specified when the successPolicy is specified'));
  if (rules.length > 20) errors.push(tooMany(path, rules.length, 20));
  for (const [index, { succeededCount: count, succeededIndexes: indexes }] of rules.entries()) {
    const at = `${path}[${index}]`;
    if (count === undefined && indexes === undefined)
      errors.push(required(at, 'at least one of succeededCount or succeededIndexes must be specified'));
    let total = 0;
    if (indexes !== undefined) {
      if (indexes.length > 65_536) errors.push(tooLong(`${at}.succeededIndexes`, 65_536));
      const parsed = countIndexes(indexes, completions);
      if (typeof parsed === 'number') total = parsed;
      else errors.push(invalid(`${at}.succeededIndexes`, indexes, `error parsing succeededIndexes: ${parsed.problem}`));
    }
    if (count === undefined) continue;
    const where = `${at}.succeededCount`;
    errors.push(...notNegative(count, where));
    if (count > completions)
      errors.push(
        invalid(where, count, `must be less than or equal to ${completions} (the number of specified completions)`),
      );
    if (indexes !== undefined && count > total)
      errors.push(
        invalid(
          where,
          count,
          `must be less than or equal to ${total} (the number of indexes in the specified succeededIndexes field)`,
        ),
      );
  }
  return errors;
}

/** How many indexes `1,3-5` names, or what is wrong with it. */
export function countIndexes(text: string, completions: number): number | { readonly problem: string } {
  if (text === '') return 0;
  let total = 0;
  let last: number | undefined;
  for (const part of text.split(',')) {
    const limits = part.split('-');
    if (limits.length > 2)
      return {
        problem: `the fragment ${JSON.stringify(part)} violates the requirement that an index interval can have at most two parts separated by '-'`,
      };
    const numbers: number[] = [];
    for (const limit of limits) {
      if (!/^[+-]?\d+$/.test(limit))
        return { problem: `cannot convert string to integer for index: ${JSON.stringify(limit)}` };
      if (Number(limit) >= completions) return { problem: `too large index: ${JSON.stringify(limit)}` };
      numbers.push(Number(limit));
    }
    const [from = 0, to = from] = numbers;
    if (numbers.length === 2 && from >= to)
      return { problem: `non-increasing order, previous: ${from}, current: ${to}` };
    if (last !== undefined && last >= from)
      return { problem: `non-increasing order, previous: ${last}, current: ${from}` };
    total += to - from + 1;
    last = to;
  }
  return total;
}

/** The policies as Go prints them. */
export function printFailurePolicy({ podFailurePolicy: policy }: Partial<PolicySpec>): Printed {
  if (policy === undefined) return new Printed('null');
  const rules = policy.rules.map(({ action = '', onExitCodes: codes, onPodConditions: conditions }) => ({
    Action: action,
    OnExitCodes:
      codes === undefined
        ? null
        : {
            ContainerName: codes.containerName ?? null,
            Operator: codes.operator ?? '',
            Values: codes.values ?? null,
          },
    OnPodConditions: conditions?.map(({ type = '', status = '' }) => ({ Type: type, Status: status })) ?? null,
  }));
  return new Printed(JSON.stringify({ Rules: rules }));
}

export function printSuccessPolicy({ successPolicy: policy }: Partial<PolicySpec>): Printed {
  if (policy === undefined) return new Printed('null');
  const rules = policy.rules?.map(({ succeededIndexes = null, succeededCount = null }) => ({
    SucceededIndexes: succeededIndexes,
    SucceededCount: succeededCount,
  }));
  return new Printed(JSON.stringify({ Rules: rules ?? null }));
}
