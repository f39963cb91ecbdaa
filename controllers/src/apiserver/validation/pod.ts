/**
 * Pod (pkg/apis/core/validation ValidatePodCreate and ValidatePodUpdate, v1.34).
 */
import type { PodSpec, Toleration } from 'kubernetes-types/core/v1.d.ts';
import { type FieldError, forbiddenField, invalid, required } from '../../apimachinery/api-errors.ts';
import { deepEqual } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { describeDifference } from './difference.ts';
import { validatePodSpec } from './pod-spec.ts';
import type { Errors } from './rules.ts';

type Spec = PodSpec & { schedulingGates?: { name: string }[] };

const UPDATE_ERROR =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

// Objects are of their kind's published type once they are decoded.
const specOf = (object: KubeObject): Spec => (object.spec ?? {}) as Spec;

export function validatePod(object: KubeObject): readonly FieldError[] {
  const spec = specOf(object);
  const errors = validatePodSpec(spec, 'spec');
  if ((spec.ephemeralContainers ?? []).length > 0)
    errors.push(forbiddenField('spec.ephemeralContainers', 'cannot be set on create'));
  return errors;
}

/** Only images, deadlines and a few more may change. */
export function validatePodUpdate(object: KubeObject, old: KubeObject): readonly FieldError[] {
  const spec = specOf(object);
  const before = specOf(old);
  for (const field of ['containers', 'initContainers'] as const) {
    const now = spec[field] ?? [];
    if (now.length !== (before[field] ?? []).length) {
      return [
        forbiddenField(
          `spec.${field}`,
          `pod updates may not add or remove ${field === 'containers' ? 'containers' : 'init containers'}`,
        ),
      ];
    }
    for (const [index, { image = '' }] of now.entries())
      if (image === '') return [required(`spec.${field}[${index}].image`)];
  }
  const errors: Errors = [];
  errors.push(...deadlineErrors(spec, before));
  errors.push(...tolerationErrors(spec, before));
  const gated = (before.schedulingGates ?? []).length > 0;
  const oldGates = new Set((before.schedulingGates ?? []).map(({ name }) => name));
  for (const [index, { name }] of (spec.schedulingGates ?? []).entries()) {
    if (!oldGates.has(name)) {
      errors.push(
        forbiddenField(
          `spec.schedulingGates[${index}].name`,
          `only deletion is allowed, but found new scheduling gate '${name}'`,
        ),
      );
    }
  }
  const munged = munge(spec, before, gated);
  if (errors.length === 0 && !deepEqual(munged, before)) {
    errors.push(forbiddenField('spec', `${UPDATE_ERROR}\n${describeDifference(before, munged)}`));
  }
  return errors;
}

/** The new spec with all that may change set back: what still differs is forbidden. */
function munge(spec: Spec, before: Spec, gated: boolean): object {
  const images = (list: Spec['containers'] | undefined, old: Spec['containers'] | undefined): object[] | undefined =>
    list?.map((container, index) => ({ ...container, image: old?.[index]?.image }));
  const out: Record<string, unknown> = { ...spec };
  const keep = (key: keyof Spec): void => {
    if (before[key] === undefined) delete out[key];
    else out[key] = before[key];
  };
  out.containers = images(spec.containers, before.containers);
  if (spec.initContainers !== undefined) out.initContainers = images(spec.initContainers, before.initContainers);
  for (const key of ['activeDeadlineSeconds', 'tolerations', 'schedulingGates'] as const) keep(key);
  if ((before.terminationGracePeriodSeconds ?? 0) < 0 && spec.terminationGracePeriodSeconds === 1)
    keep('terminationGracePeriodSeconds');
  if (gated) {
    keep('nodeSelector');
    keep('affinity');
  }
  return out;
}

function deadlineErrors(spec: Spec, before: Spec): Errors {
  const now = spec.activeDeadlineSeconds;
  const old = before.activeDeadlineSeconds;
  if (now !== undefined) {
    if (now < 0 || now > 2_147_483_647)
      return [invalid('spec.activeDeadlineSeconds', now, 'must be between 0 and 2147483647, inclusive')];
    if (old !== undefined && now > old)
      return [invalid('spec.activeDeadlineSeconds', now, 'must be less than or equal to previous value')];
  } else if (old !== undefined)
    return [invalid('spec.activeDeadlineSeconds', null, 'must not update from a positive integer to nil value')];
  return [];
}

function tolerationErrors(spec: Spec, before: Spec): Errors {
  const same = (a: Toleration, b: Toleration): boolean =>
    deepEqual({ ...a, tolerationSeconds: 0 }, { ...b, tolerationSeconds: 0 });
  const now = spec.tolerations ?? [];
  const kept = (before.tolerations ?? []).every((old) => now.some((toleration) => same(toleration, old)));
  return kept
    ? []
    : [forbiddenField('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')];
}
