/** PriorityClass (pkg/apis/scheduling/validation, v1.34). */
import { type FieldError, forbiddenField, invalid, required } from '../../apimachinery/api-errors.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { type Errors, IMMUTABLE, oneOf } from './rules.ts';

const SYSTEM_PREFIX = 'system-';
const SYSTEM: ReadonlyMap<string, number> = new Map([
  ['system-node-critical', 2_000_001_000],
  ['system-cluster-critical', 2_000_000_000],
]);
const HIGHEST = 1_000_000_000;

interface PriorityClass {
  readonly value?: number;
  readonly globalDefault?: boolean;
  readonly preemptionPolicy?: string;
}

function fieldsOf(object: KubeObject): PriorityClass {
  // The decoder has seen to the types.
  return object as unknown as PriorityClass;
}

export function validatePriorityClass(object: KubeObject): readonly FieldError[] {
  const { name = '' } = object.metadata;
  const { value = 0, preemptionPolicy } = fieldsOf(object);
  const errors: Errors = [];
  if (name.startsWith(SYSTEM_PREFIX)) {
    const problem = systemProblem(name, fieldsOf(object));
    if (problem !== undefined) {
      const text = `priority class names with '${SYSTEM_PREFIX}' prefix are reserved for system use only. error: ${problem}`;
      errors.push(forbiddenField('metadata.name', text));
    }
  } else if (value > HIGHEST) {
    errors.push(forbiddenField('value', `maximum allowed value of a user defined priority is ${HIGHEST}`));
  }
  if (preemptionPolicy === '') errors.push(required('preemptionPolicy', ''));
  else if (preemptionPolicy !== undefined)
    errors.push(...oneOf(preemptionPolicy, ['PreemptLowerPriority', 'Never'], 'preemptionPolicy'));
  return errors;
}

function systemProblem(name: string, { value = 0, globalDefault = false }: PriorityClass): string | undefined {
  const known = SYSTEM.get(name);
  if (known === undefined) return `${name} is not a known system priority class`;
  if (value !== known) return `value of ${name} PriorityClass must be ${known}`;
  return globalDefault ? `globalDefault of ${name} PriorityClass must be false` : undefined;
}

export function validatePriorityClassUpdate(object: KubeObject, old: KubeObject): readonly FieldError[] {
  const [now, before] = [fieldsOf(object), fieldsOf(old)];
  const errors: Errors = [];
  if ((now.value ?? 0) !== (before.value ?? 0))
    errors.push(forbiddenField('value', 'may not be changed in an update.'));
  if (now.preemptionPolicy !== before.preemptionPolicy)
    errors.push(invalid('preemptionPolicy', now.preemptionPolicy ?? null, IMMUTABLE));
  return errors;
}
