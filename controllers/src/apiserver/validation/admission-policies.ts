/**
 * ValidatingAdmissionPolicy, and the match conditions of webhooks
 * (pkg/apis/admissionregistration/validation, v1.34).
 */
import { duplicate, type FieldError, invalid, notSupported, required, tooMany } from '../../apimachinery/api-errors.ts';
import { deepEqual } from '../../apimachinery/json.ts';
import { isDns1035Label, isDns1123Subdomain, isPathSegment, isQualifiedName } from '../../apimachinery/names.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import type { Scope } from '../../cel/checker.ts';
import { BOOL, type CelType, NULL, STRING } from '../../cel/types.ts';
import { compileVariables } from '../admission/validating-admission-policy/compiled-policy.ts';
import {
  admissionScope,
  type CompiledExpression,
  compileExpression,
} from '../admission/validating-admission-policy/expressions.ts';
import {
  type MatchCondition,
  type MatchResources,
  type ParamKind,
  type PolicySpec,
  policySpec,
  type ResourceRule,
  type Validation,
} from '../admission/validating-admission-policy/policy.ts';
import { complaints, type Errors, oneOfSet, validateLabelSelector } from './rules.ts';

const MOST_CONDITIONS = 64;
const MOST_ANNOTATIONS = 20;
const LONGEST_ANNOTATION = 5 * 1024;
const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const RESERVED = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

/** A policy; the one before it, if any, has match conditions that need not be looked at again. */
export function validatePolicy(object: KubeObject, old?: KubeObject): readonly FieldError[] {
  const spec = policySpec(object);
  const before = old === undefined ? undefined : policySpec(old);
  const known =
    before !== undefined &&
    deepEqual(before.paramKind, spec.paramKind) &&
    deepEqual(before.matchConditions, spec.matchConditions);
  const params = spec.paramKind !== undefined;
  const path = 'spec';
  return [
    ...(spec.failurePolicy === undefined
      ? [required(`${path}.failurePolicy`)]
      : oneOfSet(spec.failurePolicy, ['Fail', 'Ignore'], `${path}.failurePolicy`)),
    ...(spec.paramKind === undefined ? [] : validateParamKind(spec.paramKind, `${path}.paramKind`)),
    ...validateConstraints(spec, path),
    ...(known ? [] : validateMatchConditions(spec.matchConditions ?? [], params, `${path}.matchConditions`)),
    ...validateExpressions(object.metadata.name ?? '', spec, path),
  ];
}

function validateConstraints({ matchConstraints }: PolicySpec, path: string): Errors {
  if (matchConstraints === undefined) return [required(`${path}.matchConstraints`)];
  const errors = validateMatchResources(matchConstraints, `${path}.matchConstraints`);
  if ((matchConstraints.resourceRules ?? []).length === 0)
    errors.push(required(`${path}.matchConstraints.resourceRules`));
  return errors;
}

function validateParamKind({ apiVersion = '', kind = '' }: ParamKind, path: string): Errors {
  const errors: Errors = [];
  const at = `${path}.apiVersion`;
  const parts = apiVersion === '/' ? [''] : apiVersion.split('/');
  if (apiVersion === '') errors.push(required(at));
  else if (parts.length > 2) errors.push(invalid(at, apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  else {
    const [group, version] = parts.length === 2 ? parts : ['', parts[0]];
    if (group !== undefined && group !== '') errors.push(...joined(isDns1123Subdomain(group), group, at));
    if (version === undefined || version === '') errors.push(invalid(at, apiVersion, 'version must be specified'));
    else errors.push(...joined(isDns1035Label(version), version, at));
  }
  if (kind === '') errors.push(required(`${path}.kind`));
  else {
    const problems = isDns1035Label(kind.toLowerCase());
    if (problems.length > 0) {
      const text = `may have mixed case, but should otherwise match: ${problems.join(',')}`;
      errors.push(invalid(`${path}.kind`, kind, text));
    }
  }
  return errors;
}

function joined(problems: readonly string[], value: string, path: string): Errors {
  return problems.length === 0 ? [] : [invalid(path, value, problems.join(','))];
}

export function validateMatchResources(match: MatchResources, path: string): Errors {
  const errors: Errors = [];
  if (match.matchPolicy === undefined) errors.push(required(`${path}.matchPolicy`));
  else errors.push(...oneOfSet(match.matchPolicy, ['Equivalent', 'Exact'], `${path}.matchPolicy`));
  for (const name of ['namespaceSelector', 'objectSelector'] as const) {
    if (match[name] === undefined) errors.push(required(`${path}.${name}`));
    else errors.push(...validateLabelSelector(match[name], `${path}.${name}`));
  }
  for (const name of ['resourceRules', 'excludeResourceRules'] as const)
    for (const [index, rule] of (match[name] ?? []).entries())
      errors.push(...validateNamedRule(rule, `${path}.${name}[${index}]`));
  return errors;
}

function validateNamedRule(rule: ResourceRule, path: string): Errors {
  const errors: Errors = [];
  const names = new Set<string>();
  for (const [index, name] of (rule.resourceNames ?? []).entries()) {
    const at = `${path}.resourceNames[${index}]`;
    errors.push(...complaints(isPathSegment(name), name, at));
    if (names.has(name)) errors.push(duplicate(at, name));
    names.add(name);
  }
  return [...errors, ...validateOperationRule(rule, path)];
}

/** The operations, groups, versions and resources of a rule, of a policy or a webhook. */
export function validateOperationRule(rule: ResourceRule, path: string): Errors {
  const errors: Errors = [];
  const { operations = [], apiGroups = [], apiVersions = [], resources = [] } = rule;
  const alone = (list: readonly string[], name: string, what: string): void => {
    if (list.length === 0) errors.push(required(`${path}.${name}`));
    if (list.length > 1 && list.includes('*'))
      errors.push(invalid(`${path}.${name}`, list, `if '*' is present, must not specify other ${what}`));
  };
  alone(operations, 'operations', 'operations');
  for (const [index, operation] of operations.entries())
    if (!OPERATIONS.includes(operation))
      errors.push(notSupported(`${path}.operations[${index}]`, operation, OPERATIONS));
  alone(apiGroups, 'apiGroups', 'API groups');
  alone(apiVersions, 'apiVersions', 'API versions');
  for (const [index, version] of apiVersions.entries())
    if (version === '') errors.push(required(`${path}.apiVersions[${index}]`));
  errors.push(...validateResources(resources, `${path}.resources`));
  if (rule.scope !== undefined) errors.push(...oneOfSet(rule.scope, ['*', 'Cluster', 'Namespaced'], `${path}.scope`));
  return errors;
}

function validateResources(resources: readonly string[], path: string): Errors {
  if (resources.length === 0) return [required(path)];
  const errors: Errors = [];
  const allOf = new Set<string>();
  const everywhere = new Set<string>();
  for (const [index, text] of resources.entries()) {
    const at = `${path}[${index}]`;
    if (text === '') errors.push(required(at));
    const slash = text.indexOf('/');
    if (slash < 0) continue;
    const [name, sub] = [text.slice(0, slash), text.slice(slash + 1)];
    if (allOf.has(name)) errors.push(invalid(at, text, `if '${name}/*' is present, must not specify ${text}`));
    if (everywhere.has(sub)) errors.push(invalid(at, text, `if '*/${sub}' is present, must not specify ${text}`));
    if (sub === '*') allOf.add(name);
    if (name === '*') everywhere.add(sub);
  }
  if (resources.length > 1 && resources.includes('*/*'))
    errors.push(invalid(path, resources, "if '*/*' is present, must not specify other resources"));
  const plain = resources.findLast((text) => text !== '' && !text.includes('/'));
  if (resources.includes('*') && plain !== undefined && plain !== '*')
    errors.push(invalid(path, resources, "if '*' is present, must not specify other resources without subresources"));
  return errors;
}

/** Match conditions; `path` is where their list stands. */
export function validateMatchConditions(conditions: readonly MatchCondition[], params: boolean, path: string): Errors {
  const errors: Errors = [];
  if (conditions.length === 0) return errors;
  if (conditions.length > MOST_CONDITIONS) errors.push(tooMany(path, conditions.length, MOST_CONDITIONS));
  const names = new Set<string>();
  const scope = admissionScope({ params, authorizer: true });
  for (const [index, { name = '', expression = '' }] of conditions.entries()) {
    const at = `${path}[${index}]`;
    const text = expression.trim();
    if (text === '') errors.push(required(`${at}.expression`));
    else errors.push(...expressionErrors(text, scope, [BOOL], `${at}.expression`));
    if (name === '') errors.push(required(`${at}.name`));
    else {
      errors.push(...complaints(isQualifiedName(name), name, `${at}.name`));
      if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
      names.add(name);
    }
  }
  return errors;
}

function expressionErrors(text: string, scope: Scope, results: readonly CelType[], path: string): Errors {
  return problemErrors(text, compileExpression(text, scope, results), path);
}

function problemErrors(text: string, compiled: CompiledExpression, path: string): Errors {
  if (!('problem' in compiled)) return [];
  const { problem } = compiled;
  return problem.internal
    ? [{ type: 'InternalError', field: path, text: `: ${problem.text}` }]
    : [invalid(path, text, problem.text)];
}

function validateExpressions(name: string, spec: PolicySpec, path: string): Errors {
  const params = spec.paramKind !== undefined;
  const { compiled, types } = compileVariables(spec, { params, authorizer: true });
  const variables = (spec.variables ?? []).length === 0 ? {} : { variables: types };
  const scope = admissionScope({ params, authorizer: true, ...variables });
  const quiet = admissionScope({ params, authorizer: false, ...variables });
  const errors = (spec.variables ?? []).flatMap((variable, index) =>
    validateVariable(variable, compiled, `${path}.variables[${index}]`),
  );
  const { validations = [], auditAnnotations = [] } = spec;
  if (validations.length === 0 && auditAnnotations.length === 0) {
    const text = 'validations or auditAnnotations must contain at least one item';
    return [...errors, required(`${path}.validations`, text), required(`${path}.auditAnnotations`, text)];
  }
  for (const [index, validation] of validations.entries())
    errors.push(...validateValidation(validation, scope, quiet, `${path}.validations[${index}]`));
  if (auditAnnotations.length > MOST_ANNOTATIONS) {
    const text = `must not have more than ${MOST_ANNOTATIONS} auditAnnotations`;
    errors.push(invalid(`${path}.auditAnnotations`, auditAnnotations, text));
  }
  const keys = new Set<string>();
  for (const [index, annotation] of auditAnnotations.entries()) {
    const at = `${path}.auditAnnotations[${index}]`;
    errors.push(...validateAnnotation(name, annotation, scope, at));
    const { key = '' } = annotation;
    if (keys.has(key)) errors.push(duplicate(`${at}.key`, key));
    keys.add(key);
  }
  return errors;
}

function validateVariable(
  { name = '', expression = '' }: { readonly name?: string; readonly expression?: string },
  compiled: ReadonlyMap<string, CompiledExpression>,
  path: string,
): Errors {
  const errors: Errors = [];
  if (name.trim() === '') errors.push(required(`${path}.name`, 'name is not specified'));
  else if (!/^[_a-zA-Z][_a-zA-Z0-9]*$/.test(name) || RESERVED.has(name))
    errors.push(invalid(`${path}.name`, name, 'must be a valid CEL identifier'));
  if (expression.trim() === '') return [...errors, required(`${path}.expression`, 'expression is not specified')];
  const made = compiled.get(name);
  return made === undefined ? errors : [...errors, ...problemErrors(expression, made, `${path}.expression`)];
}

function validateValidation(validation: Validation, scope: Scope, quiet: Scope, path: string): Errors {
  const { expression = '', message = '', messageExpression = '', reason } = validation;
  const errors: Errors = [];
  if (expression.trim() === '') errors.push(required(`${path}.expression`, 'expression is not specified'));
  else errors.push(...expressionErrors(expression, scope, [BOOL], `${path}.expression`));
  if (messageExpression !== '' && messageExpression.trim() === '')
    errors.push(invalid(`${path}.messageExpression`, messageExpression, 'must be non-empty if specified'));
  else if (messageExpression !== '')
    errors.push(...expressionErrors(messageExpression, quiet, [STRING], `${path}.messageExpression`));
  if (message !== '' && message.trim() === '')
    errors.push(invalid(`${path}.message`, message, 'must be non-empty if specified'));
  else if (/[\n\r]/.test(message.trim()))
    errors.push(invalid(`${path}.message`, message, 'must not contain line breaks'));
  if (reason !== undefined)
    errors.push(...oneOfSet(reason, ['Forbidden', 'Invalid', 'RequestEntityTooLarge'], `${path}.reason`));
  return errors;
}

function validateAnnotation(
  policy: string,
  { key = '', valueExpression = '' }: { readonly key?: string; readonly valueExpression?: string },
  scope: Scope,
  path: string,
): Errors {
  const errors: Errors = [];
  const full = `${policy}/${key}`;
  if (policy === '') errors.push(invalid(`${path}.key`, key, 'requires metadata.name be non-empty'));
  else errors.push(...complaints(isQualifiedName(full), full, `${path}.key`));
  const at = `${path}.valueExpression`;
  const text = valueExpression.trim();
  if (text === '') errors.push(required(at, 'valueExpression is not specified'));
  else if (Buffer.byteLength(text) > LONGEST_ANNOTATION)
    errors.push(required(at, `must not exceed ${LONGEST_ANNOTATION} bytes in length`));
  else {
    const compiled = compileExpression(text, scope, [STRING, NULL]);
    errors.push(...problemErrors(valueExpression, compiled, at));
  }
  return errors;
}
