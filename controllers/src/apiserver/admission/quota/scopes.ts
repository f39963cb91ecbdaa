/**
 * The scopes of a quota (pkg/quota/v1/evaluator/core, v1.34): which objects it is for.
 */
import { getPath, isObject, type JsonObject } from '../../../apimachinery/json.ts';
import type { KubeObject } from '../../../apimachinery/object.ts';
import { labelSelectorOf } from '../../../apimachinery/selector.ts';
import { qosClass } from '../../resources/core/qos.ts';

interface Requirement {
  readonly scopeName: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

export interface QuotaScopes {
  readonly scopes?: readonly string[];
  readonly scopeSelector?: { readonly matchExpressions?: readonly Requirement[] };
}

/** Whether an object is in all scopes of a quota. */
export function isInScope(spec: QuotaScopes, groupResource: string, object: KubeObject): boolean {
  const requirements: readonly Requirement[] = [
    ...(spec.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' })),
    ...(spec.scopeSelector?.matchExpressions ?? []),
  ];
  if (requirements.length === 0) return true;
  if (groupResource === 'pods') return requirements.every((each) => matchesPod(each, object));
  if (groupResource === 'persistentvolumeclaims')
    return requirements.every((each) => each.scopeName === 'VolumeAttributesClass' && matchesClaim(each, object));
  return false;
}

function matchesPod(requirement: Requirement, object: KubeObject): boolean {
  const spec = (object.spec ?? {}) as JsonObject;
  const ends = typeof spec.activeDeadlineSeconds === 'number' && spec.activeDeadlineSeconds >= 0;
  switch (requirement.scopeName) {
    case 'Terminating':
      return ends;
    case 'NotTerminating':
      return !ends;
    case 'BestEffort':
      return qosClass(spec) === 'BestEffort';
    case 'NotBestEffort':
      return qosClass(spec) !== 'BestEffort';
    case 'PriorityClass':
      return matchesValue(requirement, spec.priorityClassName);
    case 'CrossNamespacePodAffinity':
      return crossesNamespaces(spec);
    default:
      return false;
  }
}

function matchesClaim(requirement: Requirement, object: KubeObject): boolean {
  const names = [
    getPath(object, ['spec', 'volumeAttributesClassName']),
    getPath(object, ['status', 'currentVolumeAttributesClassName']),
    getPath(object, ['status', 'modifyVolumeStatus', 'targetVolumeAttributesClassName']),
  ].filter((name) => typeof name === 'string' && name !== '');
  if (names.length === 0) return matchesValue(requirement, undefined);
  return names.some((name) => matchesValue(requirement, name));
}

/** As a selector would choose an object that has the scope as its label. */
function matchesValue({ scopeName: key, operator, values = [] }: Requirement, value: unknown): boolean {
  const selector = labelSelectorOf({ matchExpressions: [{ key, operator, values: [...values] }] });
  return selector.matches(typeof value === 'string' && value !== '' ? { [key]: value } : {});
}

/** Some term of its affinity names namespaces. */
function crossesNamespaces(spec: JsonObject): boolean {
  return ['podAffinity', 'podAntiAffinity'].some((field) => {
    const affinity = getPath(spec, ['affinity', field]);
    if (!isObject(affinity)) return false;
    const {
      requiredDuringSchedulingIgnoredDuringExecution: hard,
      preferredDuringSchedulingIgnoredDuringExecution: soft,
    } = affinity;
    const terms = [
      ...(Array.isArray(hard) ? hard : []),
      ...(Array.isArray(soft) ? soft.map((term) => (isObject(term) ? term.podAffinityTerm : undefined)) : []),
    ].filter(isObject);
    return terms.some(
      ({ namespaces, namespaceSelector }) =>
        (Array.isArray(namespaces) && namespaces.length > 0) || namespaceSelector !== undefined,
    );
  });
}
