/**
 * Whether a pod wants a node: nodeSelector and required node affinity, as component-helpers' nodeaffinity (v1.34); and
 * whether it tolerates the node's taints. The scheduler, the DaemonSet controller and the kubelet ask alike.
 */
import type { Node, NodeSelector, NodeSelectorTerm, PodSpec, Taint, Toleration } from './kinds.ts';
import { labelSelectorOf } from './selector.ts';

type Labels = Readonly<Record<string, string>>;

function fulfilsExpression(
  labels: Labels,
  {
    key,
    operator,
    values = [],
  }: { readonly key: string; readonly operator: string; readonly values?: readonly string[] },
): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default: {
      if (value === undefined || !/^-?\d+$/.test(value)) return false;
      const limit = Number(values[0]);
      return operator === 'Gt' ? Number(value) > limit : operator === 'Lt' && Number(value) < limit;
    }
  }
}

/** One term: all of its expressions and fields. An empty term matches nothing. */
export function matchesTerm(node: Node, term: NodeSelectorTerm): boolean {
  const { matchExpressions = [], matchFields = [] } = term;
  if (matchExpressions.length + matchFields.length === 0) return false;
  const labels = node.metadata.labels ?? {};
  const fields = { 'metadata.name': node.metadata.name };
  return (
    matchExpressions.every((expression) => fulfilsExpression(labels, expression)) &&
    matchFields.every((field) => fulfilsExpression(fields, field))
  );
}

/** Any of the terms. */
export function matchesNodeSelector(node: Node, selector: NodeSelector): boolean {
  return selector.nodeSelectorTerms.some((term) => matchesTerm(node, term));
}

/** nodeSelector and requiredDuringSchedulingIgnoredDuringExecution. */
export function matchesNodeAffinity(spec: PodSpec, node: Node): boolean {
  if (spec.nodeSelector !== undefined) {
    if (!labelSelectorOf({ matchLabels: spec.nodeSelector }).matches(node.metadata.labels)) return false;
  }
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required === undefined || matchesNodeSelector(node, required);
}

/** The names that required affinity pins a pod to by metadata.name; undefined when it does not in all of its terms. */
export function pinnedNodes(spec: PodSpec): ReadonlySet<string> | undefined {
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  if (terms === undefined || terms.length === 0) return undefined;
  const names = new Set<string>();
  for (const { matchFields = [] } of terms) {
    const field = matchFields.find(({ key, operator }) => key === 'metadata.name' && operator === 'In');
    if (field === undefined) return undefined;
    for (const name of field.values ?? []) names.add(name);
  }
  return names;
}

export function toleratesTaint(toleration: Toleration, taint: Taint): boolean {
  if ((toleration.effect ?? '') !== '' && toleration.effect !== taint.effect) return false;
  if ((toleration.key ?? '') !== '' && toleration.key !== taint.key) return false;
  return toleration.operator === 'Exists' || (toleration.value ?? '') === (taint.value ?? '');
}

/** The first taint with one of the effects that no toleration covers. */
export function untoleratedTaint(
  tolerations: readonly Toleration[] | undefined,
  taints: readonly Taint[] | undefined,
  effects: readonly string[],
): Taint | undefined {
  return taints?.find(
    (taint) =>
      effects.includes(taint.effect) && !(tolerations ?? []).some((toleration) => toleratesTaint(toleration, taint)),
  );
}
