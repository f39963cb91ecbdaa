/**
 * Deployment, ReplicaSet, DaemonSet, ReplicationController, ControllerRevision (pkg/apis/apps/validation, v1.34).
 */
import type { DaemonSetSpec, DeploymentSpec, ReplicaSetSpec } from 'kubernetes-types/apps/v1.d.ts';
import type { PodTemplateSpec, ReplicationControllerSpec } from 'kubernetes-types/core/v1.d.ts';
import { type FieldError, forbiddenField, invalid, notSupported, required } from '../../apimachinery/api-errors.ts';
import { deepEqual, isObject } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { type LabelSelectorSpec, labelSelectorOf } from '../../apimachinery/selector.ts';
import { validatePodTemplate } from './pod-spec.ts';
import {
  atMostWhole,
  countOf,
  type Errors,
  IMMUTABLE,
  intOrPercent,
  isSelectorSound,
  notNegative,
  printMap,
  printSelector,
  validateLabelSelector,
} from './rules.ts';

const MISMATCH = '`selector` does not match template `labels`';

// Objects are of their kind's published type once they are decoded.
const specOf = <T>(object: KubeObject): T => (object.spec ?? {}) as T;

/** The selector is there, sound, and says something. */
export function selectorErrors(selector: LabelSelectorSpec | undefined, kind: string, path = 'spec.selector'): Errors {
  if (selector === undefined) return [required(path)];
  const errors = validateLabelSelector(selector, path);
  if (isEmpty(selector)) errors.push(invalid(path, printSelector(selector), `empty selector is invalid for ${kind}`));
  return errors;
}

function isEmpty({ matchLabels, matchExpressions }: LabelSelectorSpec): boolean {
  return Object.keys(matchLabels ?? {}).length + (matchExpressions ?? []).length === 0;
}

/** The template carries the selector's labels. */
export function templateErrors(template: PodTemplateSpec | undefined, selector: LabelSelectorSpec | undefined): Errors {
  const path = 'spec.template';
  const errors: Errors = [];
  const labels = template?.metadata?.labels;
  const matches = selector === undefined ? false : isEmpty(selector) ? true : labelSelectorOf(selector).matches(labels);
  if (!matches) errors.push(invalid(`${path}.metadata.labels`, printMap(labels), MISMATCH));
  errors.push(...validatePodTemplate(template, path));
  return errors;
}

/** Pods of workloads never finish. */
export function alwaysRestarts(template: PodTemplateSpec | undefined, kind: string, path = 'spec.template'): Errors {
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
    errors.push(...templateErrors(spec.template, spec.selector), ...alwaysRestarts(spec.template, 'ReplicaSet'));
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
  if (type !== 'RollingUpdate')
    return [notSupported(path, strategyValue(type, rollingUpdate), ['Recreate', 'RollingUpdate'])];
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
    errors.push(...templateErrors(spec.template, spec.selector), ...alwaysRestarts(spec.template, 'ReplicaSet'));
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

/** The object's and the update's rules are the same; both are told. */
export function validateReplicationControllerUpdate(object: KubeObject): readonly FieldError[] {
  const errors = validateReplicationController(object);
  return [...errors, ...errors];
}

/** A strategy as Go prints it. */
function strategyValue(type: string, rollingUpdate: object | undefined): object {
  const update = rollingUpdate as { maxUnavailable?: unknown; maxSurge?: unknown } | undefined;
  return {
    Type: type,
    RollingUpdate:
      update === undefined ? null : { MaxUnavailable: update.maxUnavailable ?? 0, MaxSurge: update.maxSurge ?? 0 },
  };
}

export function validateDaemonSet(object: KubeObject, _context?: unknown): readonly FieldError[] {
  const spec = specOf<DaemonSetSpec>(object);
  const { selector, template } = spec;
  const errors: Errors = validateLabelSelector(selector, 'spec.selector');
  const labels = template?.metadata?.labels;
  // Without a selector nothing is selected, and that is all that is said of it.
  const isMatch = selector !== undefined && (!isSelectorSound(selector) || labelSelectorOf(selector).matches(labels));
  if (!isMatch && !(selector !== undefined && isEmpty(selector)))
    errors.push(invalid('spec.template.metadata.labels', printMap(labels), MISMATCH));
  if (selector !== undefined && isEmpty(selector))
    errors.push(invalid('spec.selector', printSelector(selector), 'empty selector is invalid for daemonset'));
  errors.push(...validatePodTemplate(template, 'spec.template'), ...alwaysRestarts(template, 'DaemonSet'));
  errors.push(...notNegative(spec.minReadySeconds, 'spec.minReadySeconds'));
  errors.push(...daemonStrategy(spec, 'spec.updateStrategy'));
  errors.push(...notNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'));
  return errors;
}

/** ControllerRevision: its data is an object, and stays. */
export function validateRevision(object: KubeObject): readonly FieldError[] {
  const errors: Errors = revisionNumber(object);
  const { data } = object;
  if (data === undefined || data === null) errors.push(required('data', 'data is mandatory'));
  else if (!isObject(data)) errors.push(required('data', 'data must be a valid JSON object'));
  return errors;
}

export function validateRevisionUpdate(object: KubeObject, old: KubeObject): readonly FieldError[] {
  const errors = revisionNumber(object);
  if (!deepEqual(object.data, old.data)) errors.push(invalid('data', object.data ?? null, IMMUTABLE));
  return errors;
}

function revisionNumber(object: KubeObject): Errors {
  return notNegative(Number(object.revision ?? 0), 'revision');
}

function daemonStrategy({ updateStrategy }: DaemonSetSpec, path: string): Errors {
  const { type = '', rollingUpdate } = updateStrategy ?? {};
  if (type === 'OnDelete') return [];
  if (type !== 'RollingUpdate')
    return [notSupported(path, strategyValue(type, rollingUpdate), ['RollingUpdate', 'OnDelete'])];
  if (rollingUpdate === undefined) return [required(`${path}.rollingUpdate`)];
  const at = `${path}.rollingUpdate`;
  const { maxUnavailable, maxSurge } = rollingUpdate;
  const errors = intOrPercent(maxUnavailable, `${at}.maxUnavailable`);
  errors.push(...intOrPercent(maxSurge, `${at}.maxSurge`));
  errors.push(...atMostWhole(maxUnavailable, `${at}.maxUnavailable`), ...atMostWhole(maxSurge, `${at}.maxSurge`));
  const unavailable = countOf(maxUnavailable) ?? 0;
  const surge = countOf(maxSurge) ?? 0;
  if (unavailable !== 0 && surge !== 0)
    errors.push(invalid(`${at}.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero'));
  else if (unavailable === 0 && surge === 0)
    errors.push(required(`${at}.maxUnavailable`, 'cannot be 0 when maxSurge is 0'));
  return errors;
}

export function validateSelectorUnchanged(object: KubeObject, old: KubeObject): readonly FieldError[] {
  const now = specOf<{ selector?: LabelSelectorSpec }>(object).selector;
  const before = specOf<{ selector?: LabelSelectorSpec }>(old).selector;
  return deepEqual(now, before) ? [] : [invalid('spec.selector', printSelector(now), IMMUTABLE)];
}
