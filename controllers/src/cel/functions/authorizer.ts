/**
 * authorizer.group('apps').resource('deployments').check('create').allowed() (the apiserver's pkg/cel/library/authz.go).
 * Who may do what is asked of the one who gives the variable.
 */
import { structType } from '../types.ts';
import type { Value } from '../values.ts';
import type { CelFunction } from './function.ts';
import { type OpaqueValue, opaqueKind } from './opaque-values.ts';

/** What an expression asks for. */
export interface AccessQuestion {
  readonly verb: string;
  /** Of a request that is for no resource. */
  readonly path?: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  /** Set where not the one who asks is meant. */
  readonly serviceAccount?: { readonly namespace: string; readonly name: string };
}

export interface AccessAnswer {
  readonly allowed: boolean;
  readonly reason: string;
}

export type Ask = (question: AccessQuestion) => AccessAnswer;

interface Draft {
  readonly ask: Ask;
  readonly question: Omit<AccessQuestion, 'verb'>;
}

const never = (): boolean => false;
const typeName = (name: string) => structType(`kubernetes.authorization.${name}`);
export const AUTHORIZER_TYPE = typeName('Authorizer');
const AUTHORIZER = opaqueKind<Draft>(AUTHORIZER_TYPE, never);
const PATH = opaqueKind<Draft>(typeName('PathCheck'), never);
const GROUP = opaqueKind<Draft>(typeName('GroupCheck'), never);
const RESOURCE = opaqueKind<Draft>(typeName('ResourceCheck'), never);
const DECISION = opaqueKind<AccessAnswer>(typeName('Decision'), never);

/** The value of the variable `authorizer`. */
export function authorizerValue(ask: Ask): OpaqueValue<Draft> {
  return AUTHORIZER.make({ ask, question: {} });
}

/** The value of `authorizer.requestResource`. */
export function resourceCheckValue(ask: Ask, question: Omit<AccessQuestion, 'verb'>): Value {
  return RESOURCE.make({ ask, question });
}

export const RESOURCE_CHECK_TYPE = typeName('ResourceCheck');

type Kind = typeof RESOURCE;

/** A method that adds a word to what is asked. */
function step(name: string, from: Kind, to: Kind, add: (text: string) => Omit<AccessQuestion, 'verb'>): CelFunction {
  return {
    name,
    call: ([value, text]) => {
      const draft = from.read(value);
      if (draft === undefined || typeof text !== 'string') return undefined;
      return to.make({ ask: draft.ask, question: { ...draft.question, ...add(text) } });
    },
  };
}

function ofDecision(name: string, call: (answer: AccessAnswer) => Value): CelFunction {
  return {
    name,
    call: ([value]) => {
      const answer = DECISION.read(value);
      return answer === undefined ? undefined : call(answer);
    },
  };
}

export const AUTHORIZER_FUNCTIONS: readonly CelFunction[] = [
  step('path', AUTHORIZER, PATH, (path) => ({ path })),
  step('group', AUTHORIZER, GROUP, (group) => ({ group })),
  step('resource', GROUP, RESOURCE, (resource) => ({ resource })),
  step('subresource', RESOURCE, RESOURCE, (subresource) => ({ subresource })),
  step('namespace', RESOURCE, RESOURCE, (namespace) => ({ namespace })),
  step('name', RESOURCE, RESOURCE, (name) => ({ name })),
  // Selectors narrow a question; the rules that answer it don't know them.
  step('fieldSelector', RESOURCE, RESOURCE, () => ({})),
  step('labelSelector', RESOURCE, RESOURCE, () => ({})),
  {
    name: 'serviceAccount',
    call: ([value, namespace, name]) => {
      const draft = AUTHORIZER.read(value);
      if (draft === undefined || typeof namespace !== 'string' || typeof name !== 'string') return undefined;
      return AUTHORIZER.make({ ...draft, question: { ...draft.question, serviceAccount: { namespace, name } } });
    },
  },
  {
    name: 'check',
    call: ([value, verb]) => {
      const draft = PATH.read(value) ?? RESOURCE.read(value);
      if (draft === undefined || typeof verb !== 'string') return undefined;
      return DECISION.make(draft.ask({ ...draft.question, verb }));
    },
  },
  ofDecision('allowed', ({ allowed }) => allowed),
  ofDecision('reason', ({ reason }) => reason),
  ofDecision('errored', () => false),
  ofDecision('error', () => ''),
];
