/**
 * Which of a definition's names are taken (apiextensions-apiserver's controller/status, v1.34): within a group no two
 * definitions may use the same names. What is accepted once stays the definition's.
 */
import { deepEqual, type JsonObject } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { type DefinitionSpec, definitionSpec } from './definition.ts';

type Names = DefinitionSpec['names'];

export interface Condition extends JsonObject {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

export interface DefinitionStatus {
  readonly conditions?: readonly Condition[] | null;
  readonly acceptedNames?: Partial<Names>;
  readonly storedVersions?: readonly string[] | null;
}

// The server's own writing.
export function definitionStatus(definition: KubeObject): DefinitionStatus {
  return (definition.status ?? {}) as DefinitionStatus;
}

export function hasCondition(definition: KubeObject, type: string): boolean {
  return (definitionStatus(definition).conditions ?? []).some((one) => one.type === type && one.status === 'True');
}

/** What the other definitions of the group hold. */
interface Taken {
  readonly resources: ReadonlySet<string>;
  readonly kinds: ReadonlySet<string>;
}

function takenBy(others: readonly KubeObject[]): Taken {
  const resources = new Set<string>();
  const kinds = new Set<string>();
  for (const other of others) {
    const { plural, singular, shortNames = [], kind, listKind } = definitionStatus(other).acceptedNames ?? {};
    for (const name of [plural, singular, ...shortNames]) if (name !== undefined && name !== '') resources.add(name);
    for (const name of [kind, listKind]) if (name !== undefined && name !== '') kinds.add(name);
  }
  return { resources, kinds };
}

/** The status with the names that are accepted now and with what there is to say of them. */
export function namingStatus(definition: KubeObject, others: readonly KubeObject[], now: string): DefinitionStatus {
  const before = definitionStatus(definition);
  const wanted = definitionSpec(definition).names;
  const accepted: Record<string, unknown> = { plural: '', kind: '', ...before.acceptedNames };
  const taken = takenBy(others);
  let conflict: { reason: string; message: string } | undefined;
  const claim = (
    field: 'plural' | 'singular' | 'kind' | 'listKind',
    names: ReadonlySet<string>,
    reason: string,
  ): void => {
    const name = wanted[field] ?? '';
    if (name === (accepted[field] ?? '') || !names.has(name)) {
      if (name !== '') accepted[field] = name;
    } else conflict = { reason, message: `${JSON.stringify(name)} is already in use` };
  };
  claim('plural', taken.resources, 'PluralConflict');
  claim('singular', taken.resources, 'SingularConflict');
  const problems = shortNameProblems(wanted.shortNames ?? [], before.acceptedNames?.shortNames ?? [], taken.resources);
  if (problems.length > 0) {
    const message = problems.length === 1 ? (problems[0] ?? '') : `[${problems.join(', ')}]`;
    conflict = { reason: 'ShortNamesConflict', message };
  } else if (wanted.shortNames === undefined) delete accepted.shortNames;
  else accepted.shortNames = wanted.shortNames;
  claim('kind', taken.kinds, 'KindConflict');
  claim('listKind', taken.kinds, 'ListKindConflict');
  if (wanted.categories === undefined) delete accepted.categories;
  else accepted.categories = wanted.categories;
  const named: Omit<Condition, 'lastTransitionTime'> =
    conflict === undefined
      ? { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' }
      : { type: 'NamesAccepted', status: 'False', ...conflict };
  const isEstablished = hasCondition(definition, 'Established');
  const established =
    isEstablished || conflict === undefined
      ? {
          type: 'Established',
          status: 'True',
          reason: 'InitialNamesAccepted',
          message: 'the initial names have been accepted',
        }
      : { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' };
  let conditions = setCondition(before.conditions ?? [], named as Condition, now);
  if (!isEstablished) conditions = setCondition(conditions, established, now);
  const approval = approvalOf(definition);
  if (approval !== undefined) conditions = setCondition(conditions, approval, now);
  return { ...before, conditions, acceptedNames: accepted };
}

function shortNameProblems(
  wanted: readonly string[],
  own: readonly string[],
  taken: ReadonlySet<string>,
): readonly string[] {
  return wanted
    .filter((name) => !own.includes(name) && taken.has(name))
    .map((name) => `${JSON.stringify(name)} is already in use`);
}

/** With a condition added or changed; the time of its last transition is that of the status. */
export function setCondition(
  conditions: readonly Condition[],
  condition: Omit<Condition, 'lastTransitionTime'>,
  now: string,
): readonly Condition[] {
  const { type, status, reason, message } = condition as Condition;
  const before = conditions.find((one) => one.type === type);
  const time = before?.status === status ? before.lastTransitionTime : now;
  const after: Condition = { type, status, lastTransitionTime: time, reason, message };
  if (before === undefined) return [...conditions, after];
  return deepEqual(before, after) ? conditions : conditions.map((one) => (one === before ? after : one));
}

const APPROVAL = 'api-approved.kubernetes.io';

/** Definitions in Kubernetes' own groups tell who approved them. */
function approvalOf(definition: KubeObject): Condition | undefined {
  const { group } = definitionSpec(definition);
  if (!/(^|\.)(k8s\.io|kubernetes\.io)$/.test(group)) return undefined;
  const value = definition.metadata.annotations?.[APPROVAL] ?? '';
  const type = 'KubernetesAPIApprovalPolicyConformant';
  if (value === '') {
    const message = `protected groups must have approval annotation "${APPROVAL}", see https://github.com/kubernetes/enhancements/pull/1111`;
    return { type, status: 'False', reason: 'MissingAnnotation', message };
  }
  if (value.startsWith('unapproved')) {
    const message = `not approved: ${JSON.stringify(value)}`;
    return { type, status: 'False', reason: 'UnapprovedAnnotation', message };
  }
  return { type, status: 'True', reason: 'ApprovedAnnotation', message: `approved in ${value}` };
}
