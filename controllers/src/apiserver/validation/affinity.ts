/**
 * Affinity of pods to nodes and to each other (pkg/apis/core/validation, v1.34).
 */
import type { Affinity, NodeSelectorTerm, PodAffinityTerm } from 'kubernetes-types/core/v1.d.ts';
import { forbiddenField, invalid, required } from '../../apimachinery/api-errors.ts';
import { isQualifiedName } from '../../apimachinery/names.ts';
import { complaints, type Errors, validateLabelSelector } from './rules.ts';

export function validateAffinity(affinity: Affinity | undefined, path: string): Errors {
  if (affinity === undefined) return [];
  const errors: Errors = [];
  const node = affinity.nodeAffinity;
  if (node !== undefined) {
    const at = `${path}.nodeAffinity`;
    const hard = node.requiredDuringSchedulingIgnoredDuringExecution;
    if (hard !== undefined)
      errors.push(
        ...validateNodeSelector(hard.nodeSelectorTerms ?? [], `${at}.requiredDuringSchedulingIgnoredDuringExecution`),
      );
    for (const [index, term] of (node.preferredDuringSchedulingIgnoredDuringExecution ?? []).entries()) {
      const where = `${at}.preferredDuringSchedulingIgnoredDuringExecution[${index}]`;
      if (term.weight <= 0 || term.weight > 100)
        errors.push(invalid(`${where}.weight`, term.weight, 'must be in the range 1-100'));
      errors.push(...validateTerm(term.preference, `${where}.preference`));
    }
  }
  for (const field of ['podAffinity', 'podAntiAffinity'] as const) {
    const pods = affinity[field];
    if (pods === undefined) continue;
    const at = `${path}.${field}`;
    for (const [index, term] of (pods.requiredDuringSchedulingIgnoredDuringExecution ?? []).entries()) {
      errors.push(...validatePodTerm(term, `${at}.requiredDuringSchedulingIgnoredDuringExecution[${index}]`));
    }
    for (const [index, { weight, podAffinityTerm }] of (
      pods.preferredDuringSchedulingIgnoredDuringExecution ?? []
    ).entries()) {
      const where = `${at}.preferredDuringSchedulingIgnoredDuringExecution[${index}]`;
      if (weight <= 0 || weight > 100) errors.push(invalid(`${where}.weight`, weight, 'must be in the range 1-100'));
      errors.push(...validatePodTerm(podAffinityTerm, `${where}.podAffinityTerm`));
    }
  }
  return errors;
}

/** The terms of a NodeSelector: of a pod or of a volume. */
export function validateNodeSelector(terms: readonly NodeSelectorTerm[], path: string): Errors {
  if (terms.length === 0) return [required(`${path}.nodeSelectorTerms`, 'must have at least one node selector term')];
  return terms.flatMap((term, index) => validateTerm(term, `${path}.nodeSelectorTerms[${index}]`));
}

function validateTerm(term: NodeSelectorTerm, path: string): Errors {
  const errors: Errors = [];
  for (const [index, { key, operator, values = [] }] of (term.matchExpressions ?? []).entries()) {
    const at = `${path}.matchExpressions[${index}]`;
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0)
        errors.push(required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0)
        errors.push(
          forbiddenField(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
        );
    } else if (operator === 'Gt' || operator === 'Lt') {
      if (values.length !== 1)
        errors.push(required(`${at}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"));
    } else errors.push(invalid(`${at}.operator`, operator, 'not a valid selector operator'));
    errors.push(...complaints(isQualifiedName(key), key, `${at}.key`));
  }
  for (const [index, { key, operator, values = [] }] of (term.matchFields ?? []).entries()) {
    const at = `${path}.matchFields[${index}]`;
    if (operator !== 'In' && operator !== 'NotIn')
      errors.push(invalid(`${at}.operator`, operator, 'not a valid selector operator'));
    else if (values.length !== 1)
      errors.push(
        required(`${at}.values`, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"),
      );
    if (key !== 'metadata.name') errors.push(invalid(`${at}.key`, key, 'not a valid field selector key'));
  }
  return errors;
}

function validatePodTerm(term: PodAffinityTerm, path: string): Errors {
  const errors = validateLabelSelector(term.labelSelector, `${path}.labelSelector`);
  errors.push(...validateLabelSelector(term.namespaceSelector, `${path}.namespaceSelector`));
  if (term.topologyKey === '') errors.push(required(`${path}.topologyKey`, 'can not be empty'));
  errors.push(...complaints(isQualifiedName(term.topologyKey), term.topologyKey, `${path}.topologyKey`));
  return errors;
}
