/**
 * Job and CronJob (pkg/apis/batch/validation, v1.34).
 */
import type { JobSpec } from 'kubernetes-types/batch/v1.d.ts';
import { type FieldError, invalid, required } from '../../apimachinery/api-errors.ts';
import { deepEqual } from '../../apimachinery/json.ts';
import { isDns1123Subdomain } from '../../apimachinery/names.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { labelSelectorOf } from '../../apimachinery/selector.ts';
import { scheduleProblem } from './cron-schedule.ts';
import { validatePodTemplate } from './pod-spec.ts';
import {
  type Errors,
  IMMUTABLE,
  notNegative,
  oneOf,
  oneOfSet,
  printMap,
  printSelector,
  validateLabelSelector,
} from './rules.ts';

const MAX_INDEXED = 100_000;
const CONTROLLER_UID = 'batch.kubernetes.io/controller-uid';

type Spec = JobSpec & {
  managedBy?: string;
  successPolicy?: { rules?: { succeededIndexes?: string; succeededCount?: number }[] };
  backoffLimitPerIndex?: number;
};

const specOf = (object: KubeObject): Spec => (object.spec ?? {}) as Spec;

export function validateJob(object: KubeObject, _context?: unknown): readonly FieldError[] {
  const spec = specOf(object);
  const errors: Errors = [];
  const uid = object.metadata.uid ?? '';
  if (spec.manualSelector !== true && spec.selector !== undefined) {
    const labels = spec.selector.matchLabels ?? {};
    if (
      Object.keys(labels).length !== 1 ||
      labels[CONTROLLER_UID] !== uid ||
      (spec.selector.matchExpressions ?? []).length > 0
    ) {
      errors.push(invalid('spec.selector', printSelector(spec.selector), '`selector` not auto-generated'));
    }
  }
  errors.push(...validateJobSpec(spec, 'spec', true));
  return errors;
}

function validateJobSpec(spec: Spec, path: string, withSelector: boolean): Errors {
  const errors: Errors = [];
  for (const field of [
    'parallelism',
    'completions',
    'activeDeadlineSeconds',
    'backoffLimit',
    'ttlSecondsAfterFinished',
    'backoffLimitPerIndex',
  ] as const) {
    errors.push(...notNegative(spec[field], `${path}.${field}`));
  }
  const { managedBy } = spec;
  if (managedBy !== undefined) {
    if (!/^[^/]+\/.+$/.test(managedBy))
      errors.push(invalid(`${path}.managedBy`, managedBy, 'must be a domain-prefixed path (such as "acme.io/foo")'));
    else
      errors.push(
        ...isDns1123Subdomain(managedBy.split('/')[0] ?? '').map((text) =>
          invalid(`${path}.managedBy`, managedBy.split('/')[0], text),
        ),
      );
  }
  if (spec.completionMode !== undefined) {
    errors.push(...oneOf(spec.completionMode, ['NonIndexed', 'Indexed'], `${path}.completionMode`));
    if (spec.completionMode === 'Indexed') {
      if (spec.completions === undefined)
        errors.push(required(`${path}.completions`, 'when completion mode is Indexed'));
      if ((spec.parallelism ?? 0) > MAX_INDEXED) {
        errors.push(
          invalid(
            `${path}.parallelism`,
            spec.parallelism,
            `must be less than or equal to ${MAX_INDEXED} when completion mode is Indexed`,
          ),
        );
      }
    }
  }
  errors.push(...failurePolicy(spec, path));
  if (spec.successPolicy !== undefined && spec.completionMode !== 'Indexed') {
    const rules = (spec.successPolicy.rules ?? []).map((rule) => ({
      SucceededIndexes: rule.succeededIndexes ?? null,
      SucceededCount: rule.succeededCount ?? null,
    }));
    errors.push(invalid(`${path}.successPolicy`, { Rules: rules }, 'requires indexed completion mode'));
  }
  if (withSelector) {
    if (spec.selector === undefined) errors.push(required(`${path}.selector`));
    else {
      errors.push(...validateLabelSelector(spec.selector, `${path}.selector`));
      if (!labelSelectorOf(spec.selector).matches(spec.template?.metadata?.labels)) {
        errors.push(
          invalid(
            `${path}.template.metadata.labels`,
            printMap(spec.template?.metadata?.labels),
            '`selector` does not match template `labels`',
          ),
        );
      }
    }
  }
  errors.push(...templateErrors(spec, path));
  return errors;
}

function templateErrors(spec: Spec, path: string): Errors {
  const template = validatePodTemplate(spec.template, `${path}.template`);
  const policy = spec.template?.spec?.restartPolicy ?? '';
  if (policy === '' || policy === 'Always') {
    template.push(required(`${path}.template.spec.restartPolicy`, 'valid values: "OnFailure", "Never"'));
  } else if (spec.podFailurePolicy !== undefined && policy !== 'Never') {
    template.push(
      invalid(
        `${path}.template.spec.restartPolicy`,
        policy,
        'only "Never" is supported when podFailurePolicy is specified',
      ),
    );
  } else
    template.push(
      ...(template.some(({ field }) => field.endsWith('restartPolicy'))
        ? []
        : oneOfSet(policy, ['OnFailure', 'Never'], `${path}.template.spec.restartPolicy`)),
    );
  return template;
}

function failurePolicy(spec: Spec, path: string): Errors {
  const errors: Errors = [];
  for (const [index, rule] of (spec.podFailurePolicy?.rules ?? []).entries()) {
    const at = `${path}.podFailurePolicy.rules[${index}]`;
    if (!['FailIndex', 'FailJob', 'Ignore', 'Count'].includes(rule.action)) {
      errors.push(...oneOfSet(rule.action, ['Count', 'FailIndex', 'FailJob', 'Ignore'], `${at}.action`));
    }
    const codes = rule.onExitCodes;
    if (codes !== undefined) {
      errors.push(...oneOfSet(codes.operator, ['In', 'NotIn'], `${at}.onExitCodes.operator`));
      for (const [valueIndex, value] of (codes.values ?? []).entries()) {
        if (codes.operator === 'In' && value === 0)
          errors.push(invalid(`${at}.onExitCodes.values[${valueIndex}]`, value, 'must not be 0 for the In operator'));
      }
      if ((codes.values ?? []).length === 0)
        errors.push(invalid(`${at}.onExitCodes.values`, codes.values ?? [], 'at least one value is required'));
    }
    if (codes === undefined && (rule.onPodConditions ?? []).length === 0)
      errors.push(invalid(at, '', 'specifying one of OnExitCodes and OnPodConditions is required'));
  }
  return errors;
}

export function validateJobUpdate(object: KubeObject, old: KubeObject): readonly FieldError[] {
  const now = specOf(object);
  const before = specOf(old);
  const errors: Errors = [...validateJob(object)];
  if (
    now.completions !== before.completions &&
    !(now.completionMode === 'Indexed' && now.completions === now.parallelism)
  ) {
    errors.push(invalid('spec.completions', now.completions ?? null, IMMUTABLE));
  }
  if (!deepEqual(now.selector, before.selector))
    errors.push(invalid('spec.selector', printSelector(now.selector), IMMUTABLE));
  const suspended =
    before.suspend === true && (old.status as { startTime?: string } | undefined)?.startTime === undefined;
  const template = suspended ? withScheduling(now.template, before.template) : now.template;
  if (!deepEqual(template, before.template)) errors.push(invalid('spec.template', now.template, IMMUTABLE));
  if (now.completionMode !== before.completionMode)
    errors.push(invalid('spec.completionMode', now.completionMode ?? '', IMMUTABLE));
  if (!deepEqual(now.podFailurePolicy, before.podFailurePolicy))
    errors.push(invalid('spec.podFailurePolicy', now.podFailurePolicy ?? null, IMMUTABLE));
  if (now.backoffLimitPerIndex !== before.backoffLimitPerIndex)
    errors.push(invalid('spec.backoffLimitPerIndex', now.backoffLimitPerIndex ?? null, IMMUTABLE));
  return errors;
}

/** A suspended job that never ran may still say where its pods go: those fields as they were. */
function withScheduling(template: Spec['template'], before: Spec['template']): unknown {
  const spec: Record<string, unknown> = { ...template?.spec };
  const old: Record<string, unknown> = { ...before?.spec };
  for (const key of ['affinity', 'nodeSelector', 'tolerations', 'schedulingGates']) {
    if (old[key] === undefined) delete spec[key];
    else spec[key] = old[key];
  }
  return { ...template, metadata: before?.metadata, spec };
}

interface CronSpec {
  readonly schedule: string;
  readonly timeZone?: string;
  readonly concurrencyPolicy?: string;
  readonly startingDeadlineSeconds?: number;
  readonly successfulJobsHistoryLimit?: number;
  readonly failedJobsHistoryLimit?: number;
  readonly jobTemplate?: { readonly spec?: Spec };
}

export function validateCronJob(object: KubeObject, _context?: unknown): readonly FieldError[] {
  const spec = (object.spec ?? { schedule: '' }) as CronSpec;
  const errors: Errors = [];
  const { schedule, timeZone } = spec;
  if (schedule === '') errors.push(required('spec.schedule'));
  else {
    const problem = scheduleProblem(schedule);
    if (problem !== undefined) errors.push(invalid('spec.schedule', schedule, problem));
    if (/TZ/.test(schedule))
      errors.push(
        invalid('spec.schedule', schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'),
      );
  }
  errors.push(...notNegative(spec.startingDeadlineSeconds, 'spec.startingDeadlineSeconds'));
  errors.push(...oneOfSet(spec.concurrencyPolicy, ['Allow', 'Forbid', 'Replace'], 'spec.concurrencyPolicy'));
  if (timeZone !== undefined) errors.push(...timeZoneErrors(timeZone));
  errors.push(...validateJobSpec(spec.jobTemplate?.spec ?? ({} as Spec), 'spec.jobTemplate.spec', false));
  errors.push(...notNegative(spec.successfulJobsHistoryLimit, 'spec.successfulJobsHistoryLimit'));
  errors.push(...notNegative(spec.failedJobsHistoryLimit, 'spec.failedJobsHistoryLimit'));
  const name = object.metadata.name ?? '';
  if (name.length > 52) errors.push(invalid('metadata.name', name, 'must be no more than 52 characters'));
  return errors;
}

function timeZoneErrors(zone: string): Errors {
  if (zone === '') return [invalid('spec.timeZone', zone, 'timeZone must be nil or non-empty string')];
  if (zone.toLowerCase() === 'local')
    return [
      invalid(
        'spec.timeZone',
        zone,
        'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
      ),
    ];
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return [];
  } catch {
    return [invalid('spec.timeZone', zone, `unknown time zone ${zone}`)];
  }
}
