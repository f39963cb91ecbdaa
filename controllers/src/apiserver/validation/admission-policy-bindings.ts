/** ValidatingAdmissionPolicyBinding (pkg/apis/admissionregistration/validation, v1.34). */
import {
  duplicate,
  type FieldError,
  forbiddenField,
  invalid,
  notSupported,
  required,
} from '../../apimachinery/api-errors.ts';
import { isDns1123Subdomain, isPathSegment } from '../../apimachinery/names.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { bindingSpec, type ParamRef } from '../admission/validating-admission-policy/policy.ts';
import { validateMatchResources } from './admission-policies.ts';
import { complaints, type Errors, oneOfSet, validateLabelSelector } from './rules.ts';

export function validatePolicyBinding(object: KubeObject): readonly FieldError[] {
  const { policyName = '', paramRef, matchResources, validationActions = [] } = bindingSpec(object);
  const errors: Errors =
    policyName === ''
      ? [required('spec.policyName')]
      : complaints(isDns1123Subdomain(policyName), policyName, 'spec.policyName');
  if (paramRef !== undefined) errors.push(...validateParamRef(paramRef, 'spec.paramRef'));
  if (matchResources !== undefined) errors.push(...validateMatchResources(matchResources, 'spec.matchResources'));
  return [...errors, ...validateActions(validationActions, 'spec.validationActions')];
}

function validateParamRef({ name = '', selector, parameterNotFoundAction = '' }: ParamRef, path: string): Errors {
  const errors: Errors = [];
  const both = 'name and selector are mutually exclusive';
  if (name !== '') {
    errors.push(...complaints(isPathSegment(name), name, `${path}.name`));
    if (selector !== undefined) errors.push(forbiddenField(`${path}.name`, both));
  }
  if (selector !== undefined) {
    errors.push(...validateLabelSelector(selector, `${path}.selector`));
    if (name !== '') errors.push(forbiddenField(`${path}.selector`, both));
  }
  if (name === '' && selector === undefined) errors.push(required(path, 'one of name or selector must be specified'));
  const at = `${path}.parameterNotFoundAction`;
  if (parameterNotFoundAction === '') errors.push(required(at));
  else if (!['Deny', 'Allow'].includes(parameterNotFoundAction))
    errors.push(notSupported(at, parameterNotFoundAction, ['Deny', 'Allow']));
  return errors;
}

function validateActions(actions: readonly string[], path: string): Errors {
  const errors: Errors = [];
  const seen = new Set<string>();
  for (const [index, action] of actions.entries()) {
    errors.push(...oneOfSet(action, ['Deny', 'Warn', 'Audit'], `${path}[${index}]`));
    if (seen.has(action)) errors.push(duplicate(`${path}[${index}]`, action));
    seen.add(action);
  }
  if (seen.has('Deny') && seen.has('Warn'))
    errors.push(
      invalid(
        path,
        actions,
        'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
      ),
    );
  if (seen.size === 0) errors.push(required(path, 'at least one validation action is required'));
  return errors;
}
