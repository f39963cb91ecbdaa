/**
 * PodDisruptionBudget (pkg/apis/policy/validation, v1.34).
 */
import { type FieldError, invalid } from '../../apimachinery/api-errors.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import type { LabelSelectorSpec } from '../../apimachinery/selector.ts';
import { atMostWhole, type Errors, intOrPercent, oneOfSet, validateLabelSelector } from './rules.ts';

interface Spec {
  readonly minAvailable?: number | string;
  readonly maxUnavailable?: number | string;
  readonly selector?: LabelSelectorSpec;
  readonly unhealthyPodEvictionPolicy?: string;
}

export function validateBudget(object: KubeObject, _context?: unknown): readonly FieldError[] {
  const spec = (object.spec ?? {}) as Spec;
  const errors: Errors = [];
  if (spec.minAvailable !== undefined && spec.maxUnavailable !== undefined) {
    errors.push(invalid('spec', object.spec, 'minAvailable and maxUnavailable cannot be both set'));
  }
  for (const field of ['minAvailable', 'maxUnavailable'] as const) {
    errors.push(...intOrPercent(spec[field], `spec.${field}`), ...atMostWhole(spec[field], `spec.${field}`));
  }
  errors.push(...validateLabelSelector(spec.selector, 'spec.selector'));
  if (spec.unhealthyPodEvictionPolicy !== undefined) {
    errors.push(
      ...oneOfSet(
        spec.unhealthyPodEvictionPolicy,
        ['AlwaysAllow', 'IfHealthyBudget'],
        'spec.unhealthyPodEvictionPolicy',
      ),
    );
  }
  return errors;
}
