/**
 * Job and CronJob (pkg/apis/batch/validation, v1.34).
 */
import type { JobSpec } from 'kubernetes-types/batch/v1.d.ts';
import { type FieldError, invalid, notSupported, required, tooLong } from '../../apimachinery/api-errors.ts';
import { deepEqual } from '../../apimachinery/json.ts';
import { isDns1123Label } from '../../apimachinery/names.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { labelSelectorOf } from '../../apimachinery/selector.ts';
import { scheduleProblem } from './cron-schedule.ts';
import { printInternal } from './difference.ts';
import { type PolicySpec, printFailurePolicy, printSuccessPolicy, validatePolicies } from './job-policies.ts';
import { pathPrefix } from './networking.ts';
import { validatePodTemplate } from './pod-spec.ts';
import {
  type Errors,
  IMMUTABLE,
  isSelectorSound,
  notNegative,
  oneOf,
  printMap,
  printSelector,
  validateLabelSelector,
} from './rules.ts';

const MAX_INDEXED = 100_000;
const MANY = 100_000;
const MANY_PARALLEL = 10_000;
const LABELS = ['controller-uid', 'job-name', 'batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-name'];

/** The published type is older than the API: what came since. */
type Spec = JobSpec & PolicySpec & { readonly managedBy?: string; readonly maxFailedIndexes?: number };

const specOf = (object: KubeObject): Spec => (object.spec ?? {}) as Spec;

export function validateJob(object: KubeObject, _context?: unknown): readonly FieldError[] {
  const spec = specOf(object);
  const name = object.metadata.name ?? '';
  const errors = generatedSelector(spec, name, object.metadata.uid ?? '');
  errors.push(...validateJobSpec(spec, 'spec'), ...selectorErrors(spec));
  if (spec.completionMode === 'Indexed' && (spec.completions ?? 0) > 0) {
    const host = `${name}-${(spec.completions ?? 0) - 1}`;
    if (isDns1123Label(host).length > 0)
      errors.push(invalid('metadata.name', name, `will not able to create pod with invalid DNS label: ${host}`));
  }
  return errors;
}

/** The selector and the labels that the server gives. */
function generatedSelector(spec: Spec, name: string, uid: string): Errors {
  if (spec.manualSelector === true || spec.selector === undefined) return [];
  const errors: Errors = [];
  const labels = spec.template?.metadata?.labels ?? {};
  const expected: Record<string, string> = {};
  for (const [index, key] of LABELS.entries()) {
    const value = index % 2 === 0 ? uid : name;
    expected[key] = value;
    const at = 'spec.template.metadata.labels';
    const given = labels[key];
    if (given === undefined) errors.push(required(at, `must be '${value}'`));
    else if (given !== value) errors.push(invalid(at, printMap(labels), `must be '${value}'`));
  }
  if (isSelectorSound(spec.selector) && !labelSelectorOf(spec.selector).matches(expected))
    errors.push(invalid('spec.selector', printSelector(spec.selector), '`selector` not auto-generated'));
  return errors;
}

function selectorErrors(spec: Spec): Errors {
  const errors: Errors =
    spec.selector === undefined ? [required('spec.selector')] : validateLabelSelector(spec.selector, 'spec.selector');
  const labels = spec.template?.metadata?.labels;
  const isMatch =
    spec.selector !== undefined && (!isSelectorSound(spec.selector) || labelSelectorOf(spec.selector).matches(labels));
  if (!isMatch)
    errors.push(
      invalid('spec.template.metadata.labels', printMap(labels), '`selector` does not match template `labels`'),
    );
  return errors;
}

function validateJobSpec(spec: Spec, path: string): Errors {
  const errors: Errors = [];
  for (const field of [
    'parallelism',
    'completions',
    'activeDeadlineSeconds',
    'backoffLimit',
    'ttlSecondsAfterFinished',
    'backoffLimitPerIndex',
    'maxFailedIndexes',
  ] as const) {
    errors.push(...notNegative(spec[field], `${path}.${field}`));
  }
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined)
    errors.push(required(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'));
  const { managedBy } = spec;
  if (managedBy !== undefined) {
    errors.push(...pathPrefix(managedBy, `${path}.managedBy`));
    if (managedBy.length > 63) errors.push(tooLong(`${path}.managedBy`, 63));
  }
  errors.push(...modeErrors(spec, path), ...validatePolicies(spec, path), ...templateErrors(spec, path));
  return errors;
}

function modeErrors(spec: Spec, path: string): Errors {
  const { completionMode: mode, completions, parallelism, maxFailedIndexes: most, backoffLimitPerIndex: each } = spec;
  const errors: Errors = mode === undefined ? [] : oneOf(mode, ['NonIndexed', 'Indexed'], `${path}.completionMode`);
  const tell = (field: 'parallelism' | 'maxFailedIndexes', problem: string): number =>
    errors.push(invalid(`${path}.${field}`, spec[field], problem));
  if (mode === 'Indexed') {
    if (completions === undefined) errors.push(required(`${path}.completions`, 'when completion mode is Indexed'));
    if ((parallelism ?? 0) > MAX_INDEXED)
      tell('parallelism', `must be less than or equal to ${MAX_INDEXED} when completion mode is Indexed`);
    if (completions !== undefined && most !== undefined && most > completions)
      tell('maxFailedIndexes', 'must be less than or equal to completions');
    if ((most ?? 0) > MAX_INDEXED) tell('maxFailedIndexes', `must be less than or equal to ${MAX_INDEXED}`);
    if ((completions ?? 0) > MANY && each !== undefined) {
      const limit = `must be less than or equal to ${MANY_PARALLEL} when completions are above ${MANY} and used with backoff limit per index`;
      if (most === undefined)
        errors.push(required(`${path}.maxFailedIndexes`, `must be specified when completions is above ${MANY}`));
      if ((parallelism ?? 0) > MANY_PARALLEL) tell('parallelism', limit);
      if ((most ?? 0) > MANY_PARALLEL) tell('maxFailedIndexes', limit);
    }
  }
  if (mode === undefined || mode === 'NonIndexed') {
    for (const field of ['backoffLimitPerIndex', 'maxFailedIndexes'] as const)
      if (spec[field] !== undefined)
        errors.push(invalid(`${path}.${field}`, spec[field], 'requires indexed completion mode'));
  }
  return errors;
}

function templateErrors(spec: Spec, path: string): Errors {
  const errors = validatePodTemplate(spec.template, `${path}.template`);
  const policy = spec.template?.spec?.restartPolicy ?? '';
  const at = `${path}.template.spec.restartPolicy`;
  if (policy === '' || policy === 'Always') errors.push(required(at, 'valid values: "OnFailure", "Never"'));
  else if (policy !== 'OnFailure' && policy !== 'Never') errors.push(notSupported(at, policy, ['OnFailure', 'Never']));
  else if (spec.podFailurePolicy !== undefined && policy !== 'Never')
    errors.push(invalid(at, policy, 'only "Never" is supported when podFailurePolicy is specified'));
  return errors;
}

export function validateJobUpdate(object: KubeObject, old: KubeObject): readonly FieldError[] {
  const now = specOf(object);
  const before = specOf(old);
  const errors: Errors = [...validateJobSpec(now, 'spec'), ...selectorErrors(now)];
  const fixed = (field: keyof Spec, shown: unknown): void => {
    if (!deepEqual(now[field], before[field])) errors.push(invalid(`spec.${field}`, shown ?? null, IMMUTABLE));
  };
  if (now.completionMode !== 'Indexed') fixed('completions', now.completions);
  else if (
    now.completions !== undefined &&
    now.completions !== before.completions &&
    now.completions !== now.parallelism
  )
    errors.push(invalid('spec.completions', now.completions, 'can only be modified in tandem with spec.parallelism'));
  fixed('selector', printSelector(now.selector));
  const suspended =
    before.suspend === true && (old.status as { startTime?: string } | undefined)?.startTime === undefined;
  const template = suspended ? withScheduling(now.template, before.template) : now.template;
  if (!deepEqual(template, before.template))
    errors.push(invalid('spec.template', printInternal(now.template, 'PodTemplateSpec'), IMMUTABLE));
  fixed('completionMode', now.completionMode);
  fixed('podFailurePolicy', printFailurePolicy(now));
  fixed('backoffLimitPerIndex', now.backoffLimitPerIndex);
  fixed('managedBy', now.managedBy);
  fixed('successPolicy', printSuccessPolicy(now));
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

const cronOf = (object: KubeObject | undefined): CronSpec => (object?.spec ?? { schedule: '' }) as CronSpec;

export function validateCronJob(object: KubeObject, _context?: unknown): readonly FieldError[] {
  const errors = cronErrors(cronOf(object), undefined);
  const name = object.metadata.name ?? '';
  if (name.length > 52) errors.push(invalid('metadata.name', name, 'must be no more than 52 characters'));
  return errors;
}

export function validateCronJobUpdate(object: KubeObject, old: KubeObject): readonly FieldError[] {
  return cronErrors(cronOf(object), cronOf(old));
}

function cronErrors(spec: CronSpec, old: CronSpec | undefined): Errors {
  const errors: Errors = [];
  const { schedule, timeZone, concurrencyPolicy: policy = '', jobTemplate } = spec;
  if (schedule === '') errors.push(required('spec.schedule'));
  else errors.push(...scheduleErrors(spec, old?.schedule.includes('TZ') === true));
  errors.push(...notNegative(spec.startingDeadlineSeconds, 'spec.startingDeadlineSeconds'));
  if (timeZone !== undefined && (old === undefined || old.timeZone !== timeZone))
    errors.push(...timeZoneErrors(timeZone));
  if (policy === '') errors.push(required('spec.concurrencyPolicy'));
  else errors.push(...oneOf(policy, ['Allow', 'Forbid', 'Replace'], 'spec.concurrencyPolicy'));
  const job = jobTemplate?.spec ?? ({} as Spec);
  errors.push(...validateJobSpec(job, 'spec.jobTemplate.spec'));
  if (job.selector !== undefined)
    errors.push(
      invalid('spec.jobTemplate.spec.selector', printSelector(job.selector), '`selector` will be auto-generated'),
    );
  if (job.manualSelector === true)
    errors.push(notSupported('spec.jobTemplate.spec.manualSelector', true, ['nil', 'false']));
  errors.push(...notNegative(spec.successfulJobsHistoryLimit, 'spec.successfulJobsHistoryLimit'));
  errors.push(...notNegative(spec.failedJobsHistoryLimit, 'spec.failedJobsHistoryLimit'));
  return errors;
}

function scheduleErrors({ schedule, timeZone }: CronSpec, hadZone: boolean): Errors {
  const errors: Errors = [];
  const tell = (problem: string): number => errors.push(invalid('spec.schedule', schedule, problem));
  const problem = scheduleProblem(schedule);
  if (problem !== undefined) tell(problem);
  if (!schedule.includes('TZ')) return errors;
  if (!hadZone) tell('cannot use TZ or CRON_TZ in schedule, use timeZone field instead');
  else if (timeZone !== undefined) tell('cannot use both timeZone field and TZ or CRON_TZ in schedule');
  return errors;
}

function timeZoneErrors(zone: string): Errors {
  const fail = (problem: string) => [invalid('spec.timeZone', zone, problem)];
  if (zone === '') return fail('timeZone must be nil or non-empty string');
  for (const part of zone.split('/')) {
    if (part === '.' || part === '..' || part.startsWith('-') || !/^[A-Za-z.\-_0-9+]{1,14}$/.test(part))
      return fail(`unknown time zone ${zone}`);
  }
  if (zone.toLowerCase() === 'local')
    return fail('timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones');
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return [];
  } catch {
    return fail(`unknown time zone ${zone}`);
  }
}
