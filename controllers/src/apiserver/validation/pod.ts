/**
 * Pod (pkg/apis/core/validation ValidatePodCreate and ValidatePodUpdate, v1.34).
 */
import type { Container, NodeAffinity, NodeSelectorTerm, PodSpec, Toleration } from 'kubernetes-types/core/v1.d.ts';
import { type FieldError, forbiddenField, invalid, required } from '../../apimachinery/api-errors.ts';
import { deepEqual, sortedJson } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { imageSpaceErrors } from './containers.ts';
import { describeDifference, printInternal } from './difference.ts';
import { validatePodAnnotations, validatePodSpec } from './pod-spec.ts';
import { type Errors, printMap } from './rules.ts';
import { validateTolerations } from './tolerations.ts';
import { inner, list, type Source } from './volume-sources.ts';

type Spec = PodSpec & { schedulingGates?: { name: string }[] };

const UPDATE_ERROR =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

// Objects are of their kind's published type once they are decoded.
const specOf = (object: KubeObject): Spec => (object.spec ?? {}) as Spec;

/** What holds for a pod at all times. */
function commonErrors(object: KubeObject): Errors {
  const spec = specOf(object);
  const errors = validatePodAnnotations(object.metadata.annotations, spec, 'metadata.annotations');
  errors.push(...validatePodSpec(spec, 'spec', { pod: object.metadata.name ?? '' }));
  if ((spec.serviceAccountName ?? '') === '') {
    for (const [index, volume] of (spec.volumes ?? []).entries()) {
      const sources = list<Source>((volume.projected ?? {}) as unknown as Source, 'sources');
      for (const [at, source] of sources.entries()) {
        if (inner(source, 'serviceAccountToken') === undefined) continue;
        errors.push(
          forbiddenField(
            `spec.volumes[${index}].projected.sources[${at}].serviceAccountToken`,
            'must not be specified when serviceAccountName is not set',
          ),
        );
      }
    }
  }
  for (const field of ['containers', 'initContainers'] as const) {
    for (const [index, container] of (spec[field] ?? []).entries())
      errors.push(...imageSpaceErrors(container, `spec.${field}[${index}]`));
  }
  return errors;
}

/** The rules that hold whatever is done. */
export function validatePodSpecOf(object: KubeObject): readonly FieldError[] {
  return commonErrors(object);
}

export function validatePod(object: KubeObject): readonly FieldError[] {
  const spec = specOf(object);
  const errors = commonErrors(object);
  if ((spec.ephemeralContainers ?? []).length > 0)
    errors.push(forbiddenField('spec.ephemeralContainers', 'cannot be set on create'));
  if ((spec.schedulingGates ?? []).length > 0 && (spec.nodeName ?? '') !== '')
    errors.push(forbiddenField('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'));
  return errors;
}

/** The containers are the same ones; answers undefined for the errors of a change that ends the check. */
function containerUpdates(
  now: readonly Container[],
  before: readonly Container[],
  path: string,
): { readonly errors: Errors; readonly isEnd: boolean } {
  if (now.length !== before.length)
    return { errors: [forbiddenField(path, 'pod updates may not add or remove containers')], isEnd: true };
  const errors = now.flatMap((container, index) => [
    ...((container.image ?? '') === '' ? [required(`${path}[${index}].image`)] : []),
    ...imageSpaceErrors(container, `${path}[${index}]`),
  ]);
  return { errors, isEnd: false };
}

/** Only images, deadlines and a few more may change. */
export function validatePodUpdate(object: KubeObject, old: KubeObject): readonly FieldError[] {
  const spec = specOf(object);
  const before = specOf(old);
  const errors: Errors = commonErrors(object);
  for (const field of ['containers', 'initContainers'] as const) {
    const update = containerUpdates(spec[field] ?? [], before[field] ?? [], `spec.${field}`);
    errors.push(...update.errors);
    if (update.isEnd) return errors;
  }
  const deadline = deadlineErrors(spec, before);
  errors.push(...deadline.errors);
  if (deadline.isEnd) return errors;
  errors.push(...tolerationErrors(spec, before), ...gateErrors(spec, before));
  if (deepEqual(spec, before)) return errors;
  const munged = munge(spec, before);
  if ((before.schedulingGates ?? []).length > 0) errors.push(...mungeGated(munged, before));
  if (!deepEqual(munged, before))
    errors.push(forbiddenField('spec', `${UPDATE_ERROR}\n${describeDifference(before, munged, 'PodSpec')}`));
  return errors;
}

function gateErrors(spec: Spec, before: Spec): Errors {
  const old = new Set((before.schedulingGates ?? []).map(({ name }) => name));
  return (spec.schedulingGates ?? []).flatMap(({ name }, index) =>
    old.has(name)
      ? []
      : [
          forbiddenField(
            `spec.schedulingGates[${index}].name`,
            `only deletion is allowed, but found new scheduling gate '${name}'`,
          ),
        ],
  );
}

/** The new spec with all that may change set back: what still differs is forbidden. */
function munge(spec: Spec, before: Spec): Record<string, unknown> {
  const images = (now: readonly Container[], old: readonly Container[] | undefined): object[] =>
    now.map((container, index) => ({ ...container, image: old?.[index]?.image }));
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
  return out;
}

/** A pod that waits at a gate may be bound to fewer nodes: its selector and its node affinity may grow. */
function mungeGated(munged: Record<string, unknown>, before: Spec): Errors {
  const errors: Errors = [];
  const selector = munged.nodeSelector as Readonly<Record<string, string>> | undefined;
  if (!deepEqual(selector, before.nodeSelector)) {
    const isKept = Object.entries(before.nodeSelector ?? {}).every(([key, value]) => selector?.[key] === value);
    if (!isKept)
      errors.push(
        invalid(
          'spec.nodeSelector',
          printMap(selector),
          'only additions to spec.nodeSelector are allowed (no mutations or deletions)',
        ),
      );
    if (before.nodeSelector === undefined) delete munged.nodeSelector;
    else munged.nodeSelector = before.nodeSelector;
  }
  const affinity = munged.affinity as Spec['affinity'] | undefined;
  const old = before.affinity?.nodeAffinity;
  if (deepEqual(affinity?.nodeAffinity, old)) return errors;
  errors.push(...affinityMutation(affinity?.nodeAffinity, old, 'spec.affinity.nodeAffinity'));
  const isOnlyNode = affinity?.podAffinity === undefined && affinity?.podAntiAffinity === undefined;
  if (affinity !== undefined && before.affinity === undefined && isOnlyNode) delete munged.affinity;
  else if (affinity !== undefined || old !== undefined) {
    const { nodeAffinity: _, ...rest } = affinity ?? {};
    munged.affinity = { ...rest, ...(old === undefined ? {} : { nodeAffinity: old }) };
  }
  return errors;
}

function affinityMutation(now: NodeAffinity | undefined, old: NodeAffinity | undefined, path: string): Errors {
  const hard = old?.requiredDuringSchedulingIgnoredDuringExecution;
  if (hard === undefined) return [];
  const before = hard.nodeSelectorTerms ?? [];
  const terms = now?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const at = `${path}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms`;
  if (before.length > 0 && before.length !== terms.length)
    return [
      invalid(
        at,
        printInternal(now?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms, '[]NodeSelectorTerm'),
        'no additions/deletions to non-empty NodeSelectorTerms list are allowed',
      ),
    ];
  return before.flatMap((term, index) =>
    hasOnlyAdditions(terms[index] ?? {}, term)
      ? []
      : [
          invalid(
            `${at}[${index}]`,
            printInternal(terms[index], 'NodeSelectorTerm'),
            'only additions are allowed (no mutations or deletions)',
          ),
        ],
  );
}

function hasOnlyAdditions(now: NodeSelectorTerm, old: NodeSelectorTerm): boolean {
  const fields = ['matchExpressions', 'matchFields'] as const;
  const isEmpty = (term: NodeSelectorTerm): boolean => fields.every((field) => (term[field] ?? []).length === 0);
  if (isEmpty(old) && !isEmpty(now)) return false;
  return fields.every((field) => {
    const before = old[field] ?? [];
    return deepEqual((now[field] ?? []).slice(0, before.length), before);
  });
}

function deadlineErrors(spec: Spec, before: Spec): { readonly errors: Errors; readonly isEnd: boolean } {
  const now = spec.activeDeadlineSeconds;
  const old = before.activeDeadlineSeconds;
  const path = 'spec.activeDeadlineSeconds';
  if (now !== undefined) {
    if (now < 0 || now > 2_147_483_647)
      return { errors: [invalid(path, now, 'must be between 0 and 2147483647, inclusive')], isEnd: true };
    if (old !== undefined && now > old)
      return { errors: [invalid(path, now, 'must be less than or equal to previous value')], isEnd: true };
  } else if (old !== undefined)
    return { errors: [invalid(path, null, 'must not update from a positive integer to nil value')], isEnd: false };
  return { errors: [], isEnd: false };
}

function tolerationErrors(spec: Spec, before: Spec): Errors {
  const textOf = (toleration: Toleration): string => sortedJson({ ...toleration, tolerationSeconds: 0 });
  const now = spec.tolerations ?? [];
  const there = new Set(now.map(textOf));
  const kept = (before.tolerations ?? []).every((old) => there.has(textOf(old)));
  return kept
    ? validateTolerations(now, 'spec.tolerations')
    : [forbiddenField('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')];
}
