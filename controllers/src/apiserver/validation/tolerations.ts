/** Tolerations and taints (pkg/apis/core/validation, v1.34). */
import type { Toleration } from 'kubernetes-types/core/v1.d.ts';
import { invalid, notSupported } from '../../apimachinery/api-errors.ts';
import { isLabelValue, isQualifiedName } from '../../apimachinery/names.ts';
import { complaints, type Errors, oneOf } from './rules.ts';

export const TAINT_EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export function validateTolerations(tolerations: readonly Toleration[], path: string): Errors {
  const errors: Errors = [];
  for (const [index, toleration] of tolerations.entries()) {
    const at = `${path}[${index}]`;
    const { key = '', operator = '', value = '', effect = '', tolerationSeconds } = toleration;
    if (key !== '') errors.push(...complaints(isQualifiedName(key), key, `${at}.key`));
    if (key === '' && operator !== 'Exists')
      errors.push(
        invalid(
          `${at}.operator`,
          operator,
          'operator must be Exists when `key` is empty, which means "match all values and all keys"',
        ),
      );
    if (tolerationSeconds !== undefined && effect !== 'NoExecute')
      errors.push(invalid(`${at}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"));
    if (operator === 'Equal' || operator === '') {
      const problems = isLabelValue(value);
      if (problems.length > 0) errors.push(invalid(`${at}.operator`, value, problems.join(';')));
    } else if (operator === 'Exists') {
      if (value !== '')
        errors.push(invalid(`${at}.operator`, value, "value must be empty when `operator` is 'Exists'"));
    } else errors.push(notSupported(`${at}.operator`, operator, ['Equal', 'Exists']));
    if (effect !== '') errors.push(...oneOf(effect, TAINT_EFFECTS, `${at}.effect`));
  }
  return errors;
}
