/**
 * Affinity of pods to nodes and to each other (pkg/apis/core/validation, v1.34).
 */
import type { Affinity, NodeSelectorTerm, PodAffinityTerm } from 'kubernetes-types/core/v1.d.ts';
import { forbiddenField, invalid, required } from '../../apimachinery/api-errors.ts';
import { isDns1123Label, isDns1123Subdomain, isLabelValue, isQualifiedName } from '../../apimachinery/names.ts';
import type { LabelSelectorSpec } from '../../apimachinery/selector.ts';
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
      errors.push(...weightErrors(term.weight, where), ...validateTerm(term.preference, `${where}.preference`, true));
    }
  }
  for (const field of ['podAffinity', 'podAntiAffinity'] as const) {
    const pods = affinity[field];
    if (pods === undefined) continue;
    const at = `${path}.${field}`;
    for (const [index, term] of (pods.requiredDuringSchedulingIgnoredDuringExecution ?? []).entries()) {
      errors.push(...validatePodTerm(term, `${at}.requiredDuringSchedulingIgnoredDuringExecution[${index}]`));
    }
    for (const [index, term] of (pods.preferredDuringSchedulingIgnoredDuringExecution ?? []).entries()) {
      const where = `${at}.preferredDuringSchedulingIgnoredDuringExecution[${index}]`;
      errors.push(
        ...weightErrors(term.weight, where),
        ...validatePodTerm(term.podAffinityTerm, `${where}.podAffinityTerm`),
      );
    }
  }
  return errors;
}

function weightErrors(weight: number, path: string): Errors {
  return weight <= 0 || weight > 100 ? [invalid(`${path}.weight`, weight, 'must be in the range 1-100')] : [];
}

/** The terms of a NodeSelector: of a pod or of a volume. */
export function validateNodeSelector(terms: readonly NodeSelectorTerm[], path: string): Errors {
  if (terms.length === 0) return [required(`${path}.nodeSelectorTerms`, 'must have at least one node selector term')];
  return terms.flatMap((term, index) => validateTerm(term, `${path}.nodeSelectorTerms[${index}]`));
}

/** A term; the values of a preference may be no values of labels. */
function validateTerm(term: NodeSelectorTerm | undefined, path: string, anyValue = false): Errors {
  const errors: Errors = [];
  for (const [index, { key, operator, values = [] }] of (term?.matchExpressions ?? []).entries()) {
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
    if (anyValue) continue;
    for (const [valueIndex, value] of values.entries())
      errors.push(...complaints(isLabelValue(value), value, `${at}.values[${valueIndex}]`));
  }
  for (const [index, { key, operator, values = [] }] of (term?.matchFields ?? []).entries()) {
    const at = `${path}.matchFields[${index}]`;
    if (operator !== 'In' && operator !== 'NotIn')
      errors.push(invalid(`${at}.operator`, operator, 'not a valid selector operator'));
    else if (values.length !== 1)
      errors.push(
        required(`${at}.values`, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"),
      );
    if (key !== 'metadata.name') errors.push(invalid(`${at}.key`, key, 'not a valid field selector key'));
    else
      for (const [valueIndex, value] of values.entries())
        errors.push(...complaints(isDns1123Subdomain(value), value, `${at}.values[${valueIndex}]`));
  }
  return errors;
}

/** The published type is older than the API: what came since. */
type Term = PodAffinityTerm & {
  readonly matchLabelKeys?: readonly string[];
  readonly mismatchLabelKeys?: readonly string[];
};

function validatePodTerm(term: Term, path: string): Errors {
  const errors = validateLabelSelector(term.labelSelector, `${path}.labelSelector`);
  errors.push(...validateLabelSelector(term.namespaceSelector, `${path}.namespaceSelector`));
  for (const name of term.namespaces ?? []) errors.push(...complaints(isDns1123Label(name), name, `${path}.namespace`));
  errors.push(...labelKeyErrors(term, term.labelSelector, path));
  if (term.topologyKey === '') errors.push(required(`${path}.topologyKey`, 'can not be empty'));
  errors.push(...complaints(isQualifiedName(term.topologyKey), term.topologyKey, `${path}.topologyKey`));
  return errors;
}

/** Keys whose values are taken from the pod's own labels (ValidateMatchLabelKeysAndMismatchLabelKeys). */
export function labelKeyErrors(
  keys: { readonly matchLabelKeys?: readonly string[]; readonly mismatchLabelKeys?: readonly string[] },
  selector: LabelSelectorSpec | undefined,
  path: string,
): Errors {
  const errors: Errors = [];
  for (const field of ['matchLabelKeys', 'mismatchLabelKeys'] as const) {
    const list = keys[field] ?? [];
    const at = `${path}.${field}`;
    if (list.length > 0 && selector === undefined)
      errors.push(forbiddenField(at, 'must not be specified when labelSelector is not set'));
    else
      for (const [index, key] of list.entries())
        errors.push(...complaints(isQualifiedName(key), key, `${at}[${index}]`));
  }
  const matching = new Map((keys.matchLabelKeys ?? []).map((key, index) => [key, index]));
  const selected = new Set(Object.keys(selector?.matchLabels ?? {}));
  for (const { key } of selector?.matchExpressions ?? []) {
    const index = matching.get(key);
    if (index !== undefined && selected.has(key))
      errors.push(invalid(`${path}[${index}]`, key, 'exists in both matchLabelKeys and labelSelector'));
    selected.add(key);
  }
  for (const [index, key] of (keys.matchLabelKeys ?? []).entries()) {
    if ((keys.mismatchLabelKeys ?? []).includes(key))
      errors.push(
        invalid(`${path}.matchLabelKeys[${index}]`, key, 'exists in both matchLabelKeys and mismatchLabelKeys'),
      );
  }
  return errors;
}
