/**
 * Deployment, ReplicaSet, StatefulSet, DaemonSet, ReplicationController (pkg/apis/apps/validation, v1.34).
 */
import type { DaemonSetSpec, DeploymentSpec, ReplicaSetSpec, StatefulSetSpec } from 'kubernetes-types/apps/v1.d.ts';
import type { PodTemplateSpec, ReplicationControllerSpec } from 'kubernetes-types/core/v1.d.ts';
import { type FieldError, forbiddenField, invalid, notSupported, required } from '../../apimachinery/api-errors.ts';
import { deepEqual } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { type LabelSelectorSpec, labelSelectorOf } from '../../apimachinery/selector.ts';
import { validateClaimSpec } from './claim.ts';
import { validatePodTemplate } from './pod-spec.ts';
import {
  atMostWhole,
  countOf,
  type Errors,
  IMMUTABLE,
  intOrPercent,
  isSelectorSound,
  notNegative,
  oneOf,
  printMap,
  printSelector,
  validateLabelSelector,
} from './rules.ts';

const MISMATCH = '`selector` does not match template `labels`';

// Objects are of their kind's published type once they are decoded.
const specOf = <T>(object: KubeObject): T => (object.spec ?? {}) as T;

/** The selector is there, sound, and says something. */
function selectorErrors(selector: LabelSelectorSpec | undefined, kind: string, path = 'spec.selector'): Errors {
  if (selector === undefined) return [required(path)];
  const errors = validateLabelSelector(selector, path);
  if (isEmpty(selector)) errors.push(invalid(path, printSelector(selector), `empty selector is invalid for ${kind}`));
  return errors;
}

function isEmpty({ matchLabels, matchExpressions }: LabelSelectorSpec): boolean {
  return Object.keys(matchLabels ?? {}).length + (matchExpressions ?? []).length === 0;
}

/** The template carries the selector's labels. */
function templateErrors(
  template: PodTemplateSpec | undefined,
  selector: LabelSelectorSpec | undefined,
  claims: readonly string[] = [],
): Errors {
  const path = 'spec.template';
  const errors: Errors = [];
  const labels = template?.metadata?.labels;
  const matches = selector === undefined ? false : isEmpty(selector) ? true : labelSelectorOf(selector).matches(labels);
  if (!matches) errors.push(invalid(`${path}.metadata.labels`, printMap(labels), MISMATCH));
  errors.push(...validatePodTemplate(template, path, claims));
  return errors;
}

/** Pods of workloads never finish. */
function alwaysRestarts(template: PodTemplateSpec | undefined, kind: string, path = 'spec.template'): Errors {
  const spec = template?.spec;
  const errors: Errors = [];
  if (spec?.restartPolicy !== 'Always')
    errors.push(notSupported(`${path}.spec.restartPolicy`, spec?.restartPolicy ?? '', ['Always']));
  if (spec?.activeDeadlineSeconds !== undefined)
    errors.push(
      forbiddenField(`${path}.spec.activeDeadlineSeconds`, `activeDeadlineSeconds in ${kind} is not Supported`),
    );
  return errors;
}

export function validateDeployment(object: KubeObject, _context?: unknown): readonly FieldError[] {
  const spec = specOf<DeploymentSpec>(object);
  const errors: Errors = notNegative(spec.replicas, 'spec.replicas');
  errors.push(...selectorErrors(spec.selector, 'deployment'));
  if (spec.selector === undefined || isSelectorSound(spec.selector)) {
    const template = templateErrors(spec.template, spec.selector);
    errors.push(
      ...template,
      ...(template.some(({ field }) => field.endsWith('.restartPolicy'))
        ? []
        : alwaysRestarts(spec.template, 'ReplicaSet')),
    );
  } else errors.push(invalid('spec.selector', printSelector(spec.selector), 'invalid label selector'));
  errors.push(...deploymentStrategy(spec, 'spec.strategy'));
  errors.push(...notNegative(spec.minReadySeconds, 'spec.minReadySeconds'));
  errors.push(...notNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'));
  const deadline = spec.progressDeadlineSeconds;
  if (deadline !== undefined) {
    errors.push(...notNegative(deadline, 'spec.progressDeadlineSeconds'));
    if (deadline <= (spec.minReadySeconds ?? 0))
      errors.push(invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds'));
  }
  return errors;
}

function deploymentStrategy({ strategy }: DeploymentSpec, path: string): Errors {
  const { type = '', rollingUpdate } = strategy ?? {};
  if (type === 'Recreate')
    return rollingUpdate === undefined
      ? []
      : [forbiddenField(`${path}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")];
  if (type !== 'RollingUpdate') return [notSupported(`${path}.type`, type, ['Recreate', 'RollingUpdate'])];
  if (rollingUpdate === undefined)
    return [required(`${path}.rollingUpdate`, 'this should be defaulted and never be nil')];
  const at = `${path}.rollingUpdate`;
  const { maxUnavailable, maxSurge } = rollingUpdate;
  const errors = intOrPercent(maxUnavailable, `${at}.maxUnavailable`);
  errors.push(...intOrPercent(maxSurge, `${at}.maxSurge`));
  if (countOf(maxUnavailable) === 0 && countOf(maxSurge) === 0)
    errors.push(invalid(`${at}.maxUnavailable`, maxUnavailable ?? 0, 'may not be 0 when `maxSurge` is 0'));
  errors.push(...atMostWhole(maxUnavailable, `${at}.maxUnavailable`));
  return errors;
}

export function validateReplicaSet(object: KubeObject, _context?: unknown): readonly FieldError[] {
  const spec = specOf<ReplicaSetSpec>(object);
  const errors: Errors = notNegative(spec.replicas, 'spec.replicas');
  errors.push(...notNegative(spec.minReadySeconds, 'spec.minReadySeconds'));
  errors.push(...selectorErrors(spec.selector, 'deployment'));
  if (spec.selector !== undefined && !isSelectorSound(spec.selector))
    errors.push(invalid('spec.selector', printSelector(spec.selector), 'invalid label selector'));
  else {
    const template = templateErrors(spec.template, spec.selector);
    errors.push(
      ...template,
      ...(template.some(({ field }) => field.endsWith('.restartPolicy'))
        ? []
        : alwaysRestarts(spec.template, 'ReplicaSet')),
    );
  }
  return errors;
}

export function validateReplicationController(object: KubeObject): readonly FieldError[] {
  const spec = specOf<ReplicationControllerSpec>(object);
  const errors: Errors = notNegative(spec.minReadySeconds, 'spec.minReadySeconds');
  const selector = spec.selector ?? {};
  if (Object.keys(selector).length === 0) errors.push(required('spec.selector'));
  errors.push(...notNegative(spec.replicas, 'spec.replicas'));
  if (spec.template === undefined) errors.push(required('spec.template'));
  else {
    errors.push(...templateErrors(spec.template, { matchLabels: selector }));
    errors.push(...alwaysRestarts(spec.template, 'ReplicationController'));
  }
  return errors;
}

export function validateDaemonSet(object: KubeObject, _context?: unknown): readonly FieldError[] {
  const spec = specOf<DaemonSetSpec>(object);
  const errors: Errors =
    spec.selector === undefined ? [required('spec.selector')] : validateLabelSelector(spec.selector, 'spec.selector');
  const { selector } = spec;
  if (
    selector !== undefined &&
    !labelSelectorOf(selector).matches(spec.template?.metadata?.labels) &&
    !isEmpty(selector)
  ) {
    errors.push(invalid('spec.template.metadata.labels', printMap(spec.template?.metadata?.labels), MISMATCH));
  }
  if (selector !== undefined && isEmpty(selector))
    errors.push(invalid('spec.selector', printSelector(selector), 'empty selector is invalid for daemonset'));
  errors.push(...validatePodTemplate(spec.template, 'spec.template'), ...alwaysRestarts(spec.template, 'DaemonSet'));
  errors.push(...notNegative(spec.minReadySeconds, 'spec.minReadySeconds'));
  errors.push(...daemonStrategy(spec, 'spec.updateStrategy'));
  errors.push(...notNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'));
  return errors;
}

function daemonStrategy({ updateStrategy }: DaemonSetSpec, path: string): Errors {
  const { type = '', rollingUpdate } = updateStrategy ?? {};
  if (type === 'OnDelete') return [];
  if (type !== 'RollingUpdate') return [notSupported(`${path}.type`, type, ['RollingUpdate', 'OnDelete'])];
  if (rollingUpdate === undefined) return [required(`${path}.rollingUpdate`)];
  const at = `${path}.rollingUpdate`;
  const { maxUnavailable, maxSurge } = rollingUpdate;
  const errors = intOrPercent(maxUnavailable, `${at}.maxUnavailable`);
  errors.push(...atMostWhole(maxUnavailable, `${at}.maxUnavailable`));
  errors.push(...intOrPercent(maxSurge, `${at}.maxSurge`), ...atMostWhole(maxSurge, `${at}.maxSurge`));
  const unavailable = countOf(maxUnavailable) ?? 0;
  const surge = countOf(maxSurge) ?? 0;
  if (unavailable !== 0 && surge !== 0)
    errors.push(invalid(`${at}.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero'));
  else if (unavailable === 0 && surge === 0)
    errors.push(required(`${at}.maxUnavailable`, 'cannot be 0 when maxSurge is 0'));
  return errors;
}

const RETENTION = ['Retain', 'Delete'];

export function validateStatefulSet(object: KubeObject, _context?: unknown): readonly FieldError[] {
  const spec = specOf<StatefulSetSpec>(object);
  const errors: Errors = [];
  const policy = spec.podManagementPolicy ?? '';
  if (policy === '') errors.push(required('spec.podManagementPolicy'));
  else if (policy !== 'OrderedReady' && policy !== 'Parallel')
    errors.push(invalid('spec.podManagementPolicy', policy, "must be 'OrderedReady' or 'Parallel'"));
  errors.push(...statefulStrategy(spec, 'spec.updateStrategy'));
  const retention = spec.persistentVolumeClaimRetentionPolicy;
  if (retention !== undefined) {
    errors.push(...oneOf(retention.whenDeleted, RETENTION, 'spec.persistentVolumeClaimRetentionPolicy.whenDeleted'));
    errors.push(...oneOf(retention.whenScaled, RETENTION, 'spec.persistentVolumeClaimRetentionPolicy.whenScaled'));
  }
  errors.push(
    ...notNegative(spec.replicas, 'spec.replicas'),
    ...notNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
  );
  errors.push(...notNegative(spec.ordinals?.start, 'spec.ordinals.start'));
  errors.push(...selectorErrors(spec.selector, 'statefulset'));
  if (spec.selector !== undefined && !isSelectorSound(spec.selector))
    errors.push(invalid('spec.selector', '', 'invalid label selector'));
  else {
    const claims = (spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata?.name ?? '');
    errors.push(...templateErrors(spec.template, spec.selector, claims));
  }
  errors.push(
    ...alwaysRestarts(spec.template, 'StatefulSet').filter(
      ({ field }) => !errors.some((error) => error.field === field),
    ),
  );
  for (const [index, claim] of (spec.volumeClaimTemplates ?? []).entries()) {
    errors.push(...validateClaimSpec(claim.spec, `spec.volumeClaimTemplates[${index}].spec`));
  }
  errors.push(...notNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'));
  return errors;
}

function statefulStrategy({ updateStrategy }: StatefulSetSpec, path: string): Errors {
  const { type = '', rollingUpdate } = updateStrategy ?? {};
  if (type === '') return [required(path)];
  if (type === 'OnDelete') {
    if (rollingUpdate === undefined) return [];
    const shown = { Partition: rollingUpdate.partition ?? null, MaxUnavailable: rollingUpdate.maxUnavailable ?? null };
    return [invalid(`${path}.rollingUpdate`, shown, "only allowed for updateStrategy 'RollingUpdate'")];
  }
  if (type !== 'RollingUpdate') return [invalid(path, updateStrategy, "must be 'RollingUpdate' or 'OnDelete'")];
  return notNegative(rollingUpdate?.partition, `${path}.rollingUpdate.partition`);
}

const STATEFUL_FREE = new Set([
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
]);

/** Nearly all of a StatefulSet's spec is fixed. */
export function validateStatefulSetUpdate(object: KubeObject, old: KubeObject): readonly FieldError[] {
  const now = specOf<Record<string, unknown>>(object);
  const before = specOf<Record<string, unknown>>(old);
  const keys = new Set([...Object.keys(now), ...Object.keys(before)]);
  for (const key of keys) {
    if (STATEFUL_FREE.has(key) || deepEqual(now[key], before[key])) continue;
    return [
      forbiddenField(
        'spec',
        "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
      ),
    ];
  }
  return [];
}

export function validateSelectorUnchanged(object: KubeObject, old: KubeObject): readonly FieldError[] {
  const now = specOf<{ selector?: LabelSelectorSpec }>(object).selector;
  const before = specOf<{ selector?: LabelSelectorSpec }>(old).selector;
  return deepEqual(now, before) ? [] : [invalid('spec.selector', printSelector(now), IMMUTABLE)];
}
