/**
 * A policy with its expressions compiled (the apiserver's pkg/admission/plugin/policy/validating/plugin.go, v1.34). One
 * for each policy that is stored, as long as it is.
 */
import type { KubeObject } from '../../../apimachinery/object.ts';
import {
  ANY,
  BOOL,
  BYTES,
  type CelType,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  mapOf,
  NULL,
  STRING,
  sameType,
  TIMESTAMP,
  UINT,
} from '../../../cel/types.ts';
import { admissionScope, type CompiledExpression, compileExpression } from './expressions.ts';
import { type MatchCondition, type PolicySpec, policySpec, type Validation } from './policy.ts';

export interface CompiledPolicy {
  readonly spec: PolicySpec;
  readonly conditions: readonly NamedExpression[];
  /** In the order of the policy: each sees those before it. */
  readonly variables: ReadonlyMap<string, CompiledExpression>;
  readonly validations: readonly CompiledValidation[];
  readonly annotations: readonly NamedExpression[];
}

export interface NamedExpression {
  readonly name: string;
  readonly text: string;
  readonly compiled: CompiledExpression;
}

export interface CompiledValidation {
  readonly validation: Validation;
  readonly text: string;
  readonly compiled: CompiledExpression;
  readonly message: CompiledExpression | undefined;
}

const known = new WeakMap<KubeObject, CompiledPolicy>();

export function compiledPolicy(policy: KubeObject): CompiledPolicy {
  const found = known.get(policy);
  if (found !== undefined) return found;
  const made = compilePolicy(policySpec(policy));
  known.set(policy, made);
  return made;
}

/** The variables of a policy, and the types that expressions after them know. */
export function compileVariables(
  spec: PolicySpec,
  environment: Omit<Parameters<typeof admissionScope>[0], 'variables'>,
): { readonly compiled: ReadonlyMap<string, CompiledExpression>; readonly types: ReadonlyMap<string, CelType> } {
  const compiled = new Map<string, CompiledExpression>();
  const types = new Map<string, CelType>();
  for (const { name = '', expression = '' } of spec.variables ?? []) {
    const made = compileExpression(expression, admissionScope({ ...environment, variables: types }), []);
    compiled.set(name, made);
    types.set(name, variableType('type' in made ? made.type : undefined));
  }
  return { compiled, types };
}

const PLAIN = [ANY, BOOL, BYTES, DOUBLE, DURATION, INT, NULL, STRING, TIMESTAMP, UINT];

/** What a variable is known to be: objects can be anything. */
export function variableType(type: CelType | undefined): CelType {
  const found = type && PLAIN.find((plain) => sameType(plain, type));
  if (found !== undefined) return found;
  const [first, second] = type?.params ?? [];
  if (type?.kind === 'list' && first !== undefined) return listOf(variableType(first));
  if (type?.kind === 'map' && first !== undefined) return mapOf(variableType(first), variableType(second));
  return DYN;
}

const knownConditions = new WeakMap<readonly MatchCondition[], readonly NamedExpression[]>();

/** Those of a webhook: compiled once for each list that is stored. */
export function conditionsOf(conditions: readonly MatchCondition[]): readonly NamedExpression[] {
  const found = knownConditions.get(conditions);
  if (found !== undefined) return found;
  const made = compileConditions(conditions, false);
  knownConditions.set(conditions, made);
  return made;
}

/** Match conditions, compiled: of policies and of webhooks. */
export function compileConditions(conditions: readonly MatchCondition[], params: boolean): readonly NamedExpression[] {
  const scope = admissionScope({ params, authorizer: true });
  return conditions.map(({ name = '', expression = '' }) => ({
    name,
    text: expression,
    compiled: compileExpression(expression, scope, [BOOL]),
  }));
}

function compilePolicy(spec: PolicySpec): CompiledPolicy {
  const params = spec.paramKind !== undefined;
  const { compiled, types } = compileVariables(spec, { params, authorizer: true });
  const scope = admissionScope({ params, authorizer: true, variables: types });
  const quiet = admissionScope({ params, authorizer: false, variables: types });
  return {
    spec,
    conditions: compileConditions(spec.matchConditions ?? [], params),
    variables: compiled,
    validations: (spec.validations ?? []).map((validation) => {
      const { expression = '', messageExpression = '' } = validation;
      return {
        validation,
        text: expression,
        compiled: compileExpression(expression, scope, [BOOL]),
        message: messageExpression === '' ? undefined : compileExpression(messageExpression, quiet, [STRING]),
      };
    }),
    annotations: (spec.auditAnnotations ?? []).map(({ key = '', valueExpression = '' }) => ({
      name: key,
      text: valueExpression,
      compiled: compileExpression(valueExpression, scope, [STRING, NULL]),
    })),
  };
}
