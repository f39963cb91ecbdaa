/**
 * The expressions of admission at work: what they see of a request, within what they may cost together (the apiserver's
 * pkg/admission/plugin/cel/activation.go and condition.go, v1.34).
 */

import type { KubeObject } from '../../../apimachinery/object.ts';
import { formatGroupVersion, storageKey } from '../../../apimachinery/resource.ts';
import {
  type AccessQuestion,
  type Ask,
  authorizerValue,
  resourceCheckValue,
} from '../../../cel/functions/authorizer.ts';
import type { Activation } from '../../../cel/plans.ts';
import { jsonValue } from '../../../cel/schema-values.ts';
import { CelError, type CelMap, isError, type Value } from '../../../cel/values.ts';
import type { UserInfo } from '../../authentication/user.ts';
import { decide } from '../../authorization/authorizer.ts';
import { encodeObject } from '../../codec.ts';
import type { Core } from '../../core.ts';
import type { AdmissionRequest } from '../admission.ts';
import type { NamedExpression } from './compiled-policy.ts';
import type { CompiledExpression } from './expressions.ts';

/** What one expression may cost. */
const CALL_LIMIT = 1_000_000;
export const POLICY_BUDGET = 10_000_000;
const CONDITION_BUDGET = 2_500_000;
const OUT_OF_BUDGET = 'validation failed due to running out of cost budget, no further validation rules will be run';

/** Who writes without a name. */
const CONTROL_PLANE: UserInfo = { username: 'system:kube-controller-manager', groups: ['system:authenticated'] };

/** Thrown when all expressions together have cost too much. */
export class OutOfBudget {
  readonly message = OUT_OF_BUDGET;
}

export interface Outcome {
  /** Absent where evaluation failed. */
  readonly value?: Value;
  readonly problem?: string;
}

/** Which version and kind of a request a rule matched. */
export interface MatchedVersion {
  readonly version: string;
}

export interface Seen {
  readonly core: Core;
  readonly request: AdmissionRequest;
  readonly object: KubeObject | undefined;
  readonly matched: MatchedVersion;
  /** The parameter, where the policy has some. */
  readonly params: KubeObject | undefined;
}

/** The variables that an expression sees, but the policy's own. */
export function activationOf({ core, request, object, matched, params }: Seen): Activation {
  const { resource } = request;
  const shown = (each: KubeObject | undefined): Value =>
    each === undefined ? null : jsonValue(encodeObject(resource, matched.version, each));
  const user = request.user ?? CONTROL_PLANE;
  const ask: Ask = ({ serviceAccount, ...question }) => {
    const isFree = request.user === undefined || !core.enforcesRbac;
    if (isFree && serviceAccount === undefined) return { allowed: true, reason: '' };
    return decide(core, { ...question, user: serviceAccount === undefined ? user : accountUser(serviceAccount) });
  };
  const known = new Map<string, Value>();
  const make = (name: string): Value | undefined => {
    switch (name) {
      case 'object':
        return shown(object);
      case 'oldObject':
        return request.operation === 'CREATE' ? null : shown(request.old);
      case 'params':
        return params === undefined ? null : jsonValue(params);
      case 'request':
        return jsonValue(describeRequest(request, matched));
      case 'namespaceObject':
        return jsonValue(namespaceOf(core, request) ?? null);
      case 'authorizer':
        return authorizerValue(ask);
      case 'authorizer.requestResource':
        return resourceCheckValue(ask, questionOf(request));
      default:
        return undefined;
    }
  };
  return (name) => {
    const found = known.get(name);
    if (found !== undefined) return found;
    const made = make(name);
    if (made !== undefined) known.set(name, made);
    return made;
  };
}

function questionOf({ resource, subresource, namespace, name }: AdmissionRequest): Omit<AccessQuestion, 'verb'> {
  return {
    group: resource.group,
    resource: resource.resource,
    ...(subresource === '' ? {} : { subresource }),
    ...(namespace === '' ? {} : { namespace }),
    ...(name === '' ? {} : { name }),
  };
}

function accountUser({ namespace, name }: { readonly namespace: string; readonly name: string }) {
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'];
  return { username: `system:serviceaccount:${namespace}:${name}`, groups };
}

/** A namespace's own write sees none. */
export function namespaceOf(core: Core, { namespace, resource }: AdmissionRequest): KubeObject | undefined {
  if (namespace === '' || (resource.group === '' && resource.kind === 'Namespace')) return undefined;
  return core.store.get(storageKey('', 'namespaces', '', namespace))?.object;
}

/** admission.k8s.io/v1 AdmissionRequest, without the objects. */
function describeRequest(request: AdmissionRequest, matched: MatchedVersion): Readonly<Record<string, unknown>> {
  const { resource, subresource, operation, dryRun } = request;
  const user = request.user ?? CONTROL_PLANE;
  const { group, kind } = resource;
  const version = request.version ?? resource.storageVersion;
  const sub = subresource === '' ? {} : { subResource: subresource, requestSubResource: subresource };
  return {
    uid: '',
    kind: { group, version: matched.version, kind },
    resource: { group, version: matched.version, resource: resource.resource },
    requestKind: { group, version, kind },
    requestResource: { group, version, resource: resource.resource },
    ...sub,
    ...(request.name === '' ? {} : { name: request.name }),
    ...(request.namespace === '' ? {} : { namespace: request.namespace }),
    operation,
    userInfo: {
      username: user.username,
      ...(user.uid === undefined ? {} : { uid: user.uid }),
      groups: user.groups,
      ...(user.extra === undefined ? {} : { extra: user.extra }),
    },
    dryRun,
    options: {
      apiVersion: formatGroupVersion({ group: 'meta.k8s.io', version: 'v1' }),
      kind: `${operation.charAt(0)}${operation.slice(1).toLowerCase()}Options`,
      ...(dryRun ? { dryRun: ['All'] } : {}),
    },
  };
}

/** Runs expressions one after the other, within one budget. */
export class Evaluator {
  readonly #activation: Activation;
  #budget: number;

  constructor(activation: Activation, budget: number, variables?: ReadonlyMap<string, CompiledExpression>) {
    this.#budget = budget;
    const lazy = variables === undefined ? undefined : new LazyVariables(variables, this);
    this.#activation = (name) => (name === 'variables' ? lazy : activation(name));
  }

  /** What an expression gives. Throws OutOfBudget. */
  run(text: string, compiled: CompiledExpression): Outcome {
    if ('problem' in compiled) return { problem: `compilation error: ${compiled.problem.text}` };
    const { value, cost } = compiled.program.evaluate(this.#activation, CALL_LIMIT);
    this.#budget -= cost;
    if (this.#budget < 0) throw new OutOfBudget();
    if (isError(value)) return { problem: `expression '${text}' resulted in error: ${value.message}` };
    return { value };
  }

  /** The value of a variable of the policy. */
  variable(name: string, compiled: CompiledExpression): Value {
    if ('problem' in compiled)
      return new CelError(`composited variable ${JSON.stringify(name)} fails to compile: ${compiled.problem.text}`);
    const { value, cost } = compiled.program.evaluate(this.#activation, CALL_LIMIT);
    this.#budget -= cost;
    if (isError(value))
      return new CelError(`composited variable ${JSON.stringify(name)} fails to evaluate: ${value.message}`);
    return value;
  }
}

/** `variables`: each is computed when it is first asked for. */
class LazyVariables implements CelMap {
  readonly isMap = true;
  readonly #compiled: ReadonlyMap<string, CompiledExpression>;
  readonly #evaluator: Evaluator;
  readonly #values = new Map<string, Value>();

  constructor(compiled: ReadonlyMap<string, CompiledExpression>, evaluator: Evaluator) {
    this.#compiled = compiled;
    this.#evaluator = evaluator;
  }

  get size(): number {
    return this.#compiled.size;
  }

  find(key: Value): Value | undefined {
    if (typeof key !== 'string') return undefined;
    const known = this.#values.get(key);
    const compiled = this.#compiled.get(key);
    if (known !== undefined || compiled === undefined) return known;
    const value = this.#evaluator.variable(key, compiled);
    this.#values.set(key, value);
    return value;
  }

  keys(): Iterable<Value> {
    return this.#compiled.keys();
  }
}

/** Whether all match conditions hold; a text where that could not be told. */
export function matchConditions(conditions: readonly NamedExpression[], activation: Activation): boolean | string {
  const evaluator = new Evaluator(activation, CONDITION_BUDGET);
  const problems: string[] = [];
  try {
    for (const { text, compiled } of conditions) {
      const { value, problem } = evaluator.run(text, compiled);
      if (problem !== undefined) problems.push(problem);
      else if (value === false) return false;
    }
  } catch (error) {
    if (!(error instanceof OutOfBudget)) throw error;
    return error.message;
  }
  if (problems.length === 0) return true;
  const distinct = [...new Set(problems)];
  return distinct.length === 1 ? (distinct[0] ?? '') : `[${distinct.join(', ')}]`;
}
