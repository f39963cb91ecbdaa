/**
 * The expressions of admission: what they can name, and how they compile (the apiserver's
 * pkg/admission/plugin/cel/compile.go and composition.go, v1.34).
 */

import type { Scope } from '../../../cel/checker.ts';
import { compile } from '../../../cel/compile.ts';
import { AUTHORIZER_TYPE, RESOURCE_CHECK_TYPE } from '../../../cel/functions/authorizer.ts';
import { createProgram, type Program } from '../../../cel/interpreter.ts';
import { ProgramProblem } from '../../../cel/plans.ts';
import { type DeclaredType, scopeOf } from '../../../cel/schema-types.ts';
import {
  BOOL,
  type CelType,
  DYN,
  INT,
  listOf,
  mapOf,
  STRING,
  sameType,
  structType,
  TIMESTAMP,
} from '../../../cel/types.ts';

/** Sizes play no part here: these expressions are not priced before they run. */
function plain(type: CelType): DeclaredType {
  return { type, minSize: 0, maxElements: 0 };
}

function object(name: string, fields: Readonly<Record<string, DeclaredType>>): DeclaredType {
  return { ...plain(structType(`kubernetes.${name}`)), fields: new Map(Object.entries(fields)) };
}

const TEXT = plain(STRING);
const TEXTS = plain(listOf(STRING));
const TIME = plain(TIMESTAMP);
const KIND = object('GroupVersionKind', { group: TEXT, version: TEXT, kind: TEXT });
const RESOURCE = object('GroupVersionResource', { group: TEXT, version: TEXT, resource: TEXT });
const USER = object('UserInfo', {
  username: TEXT,
  uid: TEXT,
  groups: TEXTS,
  extra: plain(mapOf(STRING, listOf(STRING))),
});
const REQUEST = object('AdmissionRequest', {
  kind: KIND,
  resource: RESOURCE,
  subResource: TEXT,
  requestKind: KIND,
  requestResource: RESOURCE,
  requestSubResource: TEXT,
  name: TEXT,
  namespace: TEXT,
  operation: TEXT,
  userInfo: USER,
  dryRun: plain(BOOL),
  options: plain(DYN),
});
const CONDITION = object('NamespaceCondition', {
  status: TEXT,
  type: TEXT,
  lastTransitionTime: TIME,
  message: TEXT,
  reason: TEXT,
});
const NAMESPACE = object('Namespace', {
  metadata: object('NamespaceMetadata', {
    name: TEXT,
    generateName: TEXT,
    namespace: TEXT,
    labels: plain(mapOf(STRING, STRING)),
    annotations: plain(mapOf(STRING, STRING)),
    UID: TEXT,
    creationTimestamp: TIME,
    deletionGracePeriodSeconds: plain(INT),
    deletionTimestamp: TIME,
    generation: plain(INT),
    resourceVersion: TEXT,
    finalizers: TEXTS,
  }),
  spec: object('NamespaceSpec', { finalizers: TEXTS }),
  status: object('NamespaceStatus', {
    conditions: { ...plain(listOf(CONDITION.type)), element: CONDITION },
    phase: TEXT,
  }),
});

export interface Environment {
  readonly params: boolean;
  readonly authorizer: boolean;
  /** The types of the policy's variables; undefined where there can be none. */
  readonly variables?: ReadonlyMap<string, CelType>;
  /** Types that are known of objects and parameters; without, anything goes. */
  readonly object?: DeclaredType;
  readonly paramType?: DeclaredType;
}

/** What an expression of admission can name. */
export function admissionScope({ params, authorizer, variables, object: known, paramType }: Environment): Scope {
  const named = new Map<string, CelType>([
    ['object', known?.type ?? DYN],
    ['oldObject', known?.type ?? DYN],
    ['namespaceObject', NAMESPACE.type],
    ['request', REQUEST.type],
  ]);
  const declared = [NAMESPACE, REQUEST];
  if (params) named.set('params', paramType?.type ?? DYN);
  if (authorizer) {
    named.set('authorizer', AUTHORIZER_TYPE);
    named.set('authorizer.requestResource', RESOURCE_CHECK_TYPE);
  }
  for (const type of [known, paramType]) if (type !== undefined) declared.push(type);
  if (variables !== undefined) {
    const type = object(
      'variables',
      Object.fromEntries([...variables].map(([name, each]) => [name, plain(each)] as const)),
    );
    named.set('variables', type.type);
    declared.push(type);
  }
  return scopeOf(named, declared);
}

export interface ExpressionProblem {
  readonly text: string;
  /** It compiles, and still can't be run. */
  readonly internal: boolean;
}

export type CompiledExpression =
  | { readonly program: Program; readonly type: CelType }
  | { readonly problem: ExpressionProblem };

/** Compiles an expression that has to give one of some types; any where none are named. */
export function compileExpression(text: string, scope: Scope, results: readonly CelType[]): CompiledExpression {
  const checked = compile(text, scope);
  if ('errors' in checked) return { problem: { text: `compilation failed: ${checked.errors}`, internal: false } };
  const { type } = checked.compiled;
  if (results.length > 0 && !results.some((result) => sameType(result, type))) {
    const names = results.map(({ name }) => name);
    const wanted = names.length === 1 ? (names[0] ?? '') : `one of [${names.join(' ')}]`;
    return { problem: { text: `must evaluate to ${wanted} but got ${typeText(type)}`, internal: false } };
  }
  try {
    return { program: createProgram(checked.compiled), type };
  } catch (error) {
    if (!(error instanceof ProgramProblem)) throw error;
    return { problem: { text: `program instantiation failed: ${error.message}`, internal: true } };
  }
}

/** As Go prints a type: with the names that types have at run time. */
function typeText({ name, params }: CelType): string {
  return params.length === 0 ? name : `${name}(${params.map(typeText).join(', ')})`;
}
