/**
 * ValidatingAdmissionPolicy (the apiserver's pkg/admission/plugin/policy/validating, v1.34): the policies of the cluster,
 * each as far as its bindings go, by CEL.
 */
import { forbidden } from '../../apimachinery/api-errors.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { storageKey, storagePrefix } from '../../apimachinery/resource.ts';
import { ApiError, type StatusReason } from '../../apimachinery/status.ts';
import type { Core } from '../core.ts';
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts';
import {
  type CompiledPolicy,
  type CompiledValidation,
  compiledPolicy,
} from './validating-admission-policy/compiled-policy.ts';
import {
  activationOf,
  Evaluator,
  matchConditions,
  OutOfBudget,
  POLICY_BUDGET,
} from './validating-admission-policy/evaluation.ts';
import { matchRequest } from './validating-admission-policy/matching.ts';
import { collectParams, resourceOf } from './validating-admission-policy/params.ts';
import { type BindingSpec, bindingSpec, type ParamKind } from './validating-admission-policy/policy.ts';

const GROUP = 'admissionregistration.k8s.io';
/** Those that admission is configured by are beyond it. */
const EXEMPT = new Set([
  'mutatingwebhookconfigurations',
  'validatingwebhookconfigurations',
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
  'mutatingadmissionpolicies',
  'mutatingadmissionpolicybindings',
]);
const LONGEST_MESSAGE = 5 * 1024;

/** What a policy says against a request. */
interface Denial {
  readonly message: string;
  readonly reason?: string | undefined;
}

interface Invocation {
  readonly core: Core;
  readonly request: AdmissionRequest;
  readonly object: KubeObject | undefined;
  readonly policy: CompiledPolicy;
  readonly version: string;
}

export const validatingAdmissionPolicy: AdmissionPlugin = {
  name: 'ValidatingAdmissionPolicy',
  validate(request, object, core) {
    if (request.resource.group === GROUP && EXEMPT.has(request.resource.resource)) return;
    const bindings = core.store.list(storagePrefix(GROUP, 'validatingadmissionpolicybindings'));
    if (bindings.length === 0) return;
    const denials: string[] = [];
    let reason: string | undefined;
    for (const [name, list] of byPolicy(bindings.map(({ object: binding }) => binding))) {
      const stored = core.store.get(storageKey(GROUP, 'validatingadmissionpolicies', '', name))?.object;
      if (stored === undefined) continue;
      const policy = compiledPolicy(stored);
      const version = matchRequest(core, policy.spec.matchConstraints ?? {}, request, object);
      if (version === undefined) continue;
      const { paramKind } = policy.spec;
      if (paramKind !== undefined && resourceOf(core, paramKind) === undefined) {
        if (policy.spec.failurePolicy !== 'Ignore')
          denials.push(
            `ValidatingAdmissionPolicy '${name}' denied request: failed to configure policy: failed to find resource referenced by paramKind: '${kindText(paramKind)}'`,
          );
        continue;
      }
      for (const binding of list) {
        const denied = applyBinding({ core, request, object, policy, version }, name, binding);
        if (denied.length > 0) reason ??= denied[0]?.reason ?? 'Invalid';
        const prefix = `ValidatingAdmissionPolicy '${name}' with binding '${binding.metadata.name ?? ''}' denied request: `;
        denials.push(...denied.map(({ message }) => `${prefix}${message}`));
      }
    }
    const [message] = denials;
    if (message !== undefined) throw refusal(request, object, message, reason ?? 'Invalid');
  },
};

/** As Go prints a group, version and kind. */
function kindText({ apiVersion = '', kind = '' }: ParamKind): string {
  return `${apiVersion.includes('/') ? '' : '/'}${apiVersion}, Kind=${kind}`;
}

function byPolicy(bindings: readonly KubeObject[]): ReadonlyMap<string, readonly KubeObject[]> {
  const out = new Map<string, KubeObject[]>();
  for (const binding of bindings) {
    const { policyName = '' } = bindingSpec(binding);
    out.set(policyName, [...(out.get(policyName) ?? []), binding]);
  }
  return out;
}

function refusal(request: AdmissionRequest, object: KubeObject | undefined, message: string, reason: string): ApiError {
  const name = request.name || object?.metadata.name || object?.metadata.generateName || 'Unknown';
  const error = forbidden(request.resource, name, message);
  return new ApiError(reason as StatusReason, error.message, { ...error.details, causes: [{ message }] });
}

/** What the policy denies where a binding applies it; warnings go to the client. */
function applyBinding(invocation: Invocation, name: string, binding: KubeObject): readonly Denial[] {
  const { core, request, object, policy } = invocation;
  const spec = bindingSpec(binding);
  if (spec.matchResources !== undefined && matchRequest(core, spec.matchResources, request, object) === undefined)
    return [];
  const fails = policy.spec.failurePolicy !== 'Ignore';
  const params = collectParams(core, policy.spec.paramKind, spec.paramRef, request.namespace);
  if (typeof params === 'string') return fails ? [{ message: `failed to configure binding: ${params}` }] : [];
  return params.flatMap((param) => {
    const { failed, broken } = evaluate(invocation, param);
    return [...enforce(failed, spec, invocation, name, binding), ...broken];
  });
}

function enforce(
  found: readonly Denial[],
  { validationActions = [] }: BindingSpec,
  { request }: Invocation,
  name: string,
  binding: KubeObject,
): readonly Denial[] {
  const denials: Denial[] = [];
  for (const denial of found) {
    if (validationActions.includes('Deny')) denials.push(denial);
    if (validationActions.includes('Warn'))
      request.warn?.(
        `Validation failed for ValidatingAdmissionPolicy '${name}' with binding '${binding.metadata.name ?? ''}': ${denial.message}`,
      );
  }
  return denials;
}

/** What fails with one parameter, and annotations that break: those deny, whatever the binding does otherwise. */
interface Verdict {
  readonly failed: readonly Denial[];
  readonly broken: readonly Denial[];
}

function evaluate(invocation: Invocation, params: KubeObject | undefined): Verdict {
  const { core, request, object, policy, version } = invocation;
  const failure = (message: string): readonly Denial[] => (policy.spec.failurePolicy === 'Ignore' ? [] : [{ message }]);
  const activation = activationOf({ core, request, object, matched: { version }, params });
  const matches = policy.conditions.length === 0 || matchConditions(policy.conditions, activation);
  if (typeof matches === 'string') return { failed: failure(matches), broken: [] };
  if (!matches) return { failed: [], broken: [] };
  const evaluator = new Evaluator(activation, POLICY_BUDGET, policy.variables);
  try {
    const failed = policy.validations.flatMap((validation) => judge(validation, evaluator, failure));
    const broken = policy.annotations.flatMap(({ text, compiled }) => {
      const { problem } = evaluator.run(text, compiled);
      return problem === undefined ? [] : failure(problem);
    });
    return { failed, broken };
  } catch (error) {
    if (!(error instanceof OutOfBudget)) throw error;
    return { failed: failure(error.message), broken: [] };
  }
}

function judge(
  { validation, text, compiled, message }: CompiledValidation,
  evaluator: Evaluator,
  failure: (message: string) => readonly Denial[],
): readonly Denial[] {
  const { value, problem } = evaluator.run(text, compiled);
  if (problem !== undefined) return failure(problem);
  if (value === true) return [];
  const made = message === undefined ? undefined : evaluator.run(validation.messageExpression ?? '', message).value;
  const own = typeof made === 'string' ? made.trim() : '';
  const isGood = own !== '' && !own.includes('\n') && Buffer.byteLength(own) <= LONGEST_MESSAGE;
  const written = (validation.message ?? '').trim() || `failed expression: ${text.trim()}`;
  return [{ message: isGood ? own : written, reason: validation.reason }];
}
