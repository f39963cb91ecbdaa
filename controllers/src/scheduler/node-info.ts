/**
 * What the scheduler knows of a node: the node, the pods that are on it or promised to it, and sums over them. Pods with
 * the same namespace and labels are counted together, so that spreading is cheap among a thousand replicas.
 */
import type { Node, Pod, PodAffinityTerm } from '../apimachinery/kinds.ts';
import { addAmounts, amountsOf, nonZeroRequests, podRequests, subtractAmounts } from '../apimachinery/pod-resources.ts';
import { type LabelSelector, labelSelectorOf } from '../apimachinery/selector.ts';

/** A pod with what scheduling computes of it once. */
export interface PodInfo {
  readonly pod: Pod;
  readonly requests: ReadonlyMap<string, number>;
  readonly nonZero: ReadonlyMap<string, number>;
  /** `protocol/port/ip` for each host port. */
  readonly hostPorts: readonly string[];
  /** Namespace and labels as one text. */
  readonly group: string;
}

export function groupOf(pod: Pod): string {
  return `${pod.metadata.namespace ?? ''} ${JSON.stringify(pod.metadata.labels ?? {})}`;
}

export function podInfoOf(pod: Pod): PodInfo {
  const hostPorts: string[] = [];
  for (const { ports = [] } of [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]) {
    for (const { hostPort = 0, protocol = 'TCP', hostIP } of ports) {
      if (hostPort > 0) hostPorts.push(`${protocol}/${hostPort}/${hostIP || '0.0.0.0'}`);
    }
  }
  return {
    pod,
    requests: podRequests(pod.spec),
    nonZero: nonZeroRequests(pod.spec),
    hostPorts,
    group: groupOf(pod),
  };
}

export function requiredAntiAffinity(pod: Pod): readonly PodAffinityTerm[] {
  return pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
}

interface Group {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>> | undefined;
  count: number;
}

/** Mutable state of the scheduler's cache; only scheduler-cache.ts changes it. */
export class NodeInfo {
  node: Node;
  allocatable: ReadonlyMap<string, number>;
  readonly pods = new Map<string, PodInfo>();
  readonly requested = new Map<string, number>();
  readonly nonZeroRequested = new Map<string, number>();
  /** Pods with required anti-affinity: they keep others away. */
  readonly withAntiAffinity = new Map<string, PodInfo>();
  readonly withAffinity = new Map<string, PodInfo>();
  readonly #groups = new Map<string, Group>();

  constructor(node: Node) {
    this.node = node;
    this.allocatable = amountsOf(node.status?.allocatable);
  }

  setNode(node: Node): void {
    if (node.status?.allocatable !== this.node.status?.allocatable)
      this.allocatable = amountsOf(node.status?.allocatable);
    this.node = node;
  }

  add(info: PodInfo): void {
    const { uid } = info.pod.metadata;
    this.pods.set(uid, info);
    addAmounts(this.requested, info.requests);
    addAmounts(this.nonZeroRequested, info.nonZero);
    if (requiredAntiAffinity(info.pod).length > 0) this.withAntiAffinity.set(uid, info);
    if (info.pod.spec.affinity?.podAffinity ?? info.pod.spec.affinity?.podAntiAffinity)
      this.withAffinity.set(uid, info);
    const group = this.#groups.get(info.group);
    if (group === undefined) {
      const { namespace = '', labels } = info.pod.metadata;
      this.#groups.set(info.group, { namespace, labels, count: 1 });
    } else {
      group.count++;
    }
  }

  remove(uid: string): void {
    const info = this.pods.get(uid);
    if (info === undefined) return;
    this.pods.delete(uid);
    this.withAntiAffinity.delete(uid);
    this.withAffinity.delete(uid);
    subtractAmounts(this.requested, info.requests);
    subtractAmounts(this.nonZeroRequested, info.nonZero);
    const group = this.#groups.get(info.group);
    if (group === undefined) return;
    group.count--;
    if (group.count === 0) this.#groups.delete(info.group);
  }

  /** How many pods of a namespace match; pods that are being deleted do not count. */
  countMatching(namespace: string, selector: LabelSelector): number {
    let count = 0;
    for (const group of this.#groups.values()) {
      if (group.namespace === namespace && selector.matches(group.labels)) count += group.count;
    }
    if (count === 0) return 0;
    for (const { pod } of this.pods.values()) {
      if (
        pod.metadata.deletionTimestamp !== undefined &&
        pod.metadata.namespace === namespace &&
        selector.matches(pod.metadata.labels)
      ) {
        count--;
      }
    }
    return count;
  }

  /** A copy to try things on, such as preemption. */
  copy(): NodeInfo {
    const copy = new NodeInfo(this.node);
    for (const info of this.pods.values()) copy.add(info);
    return copy;
  }
}

/** Whether a pod is meant by an affinity term of a pod in another namespace or the same. */
export function matchesAffinityTerm(
  term: PodAffinityTerm,
  owner: Pod,
  candidate: Pod,
  namespaceLabels: (namespace: string) => Readonly<Record<string, string>> | undefined,
): boolean {
  const namespace = candidate.metadata.namespace ?? '';
  const { namespaces = [], namespaceSelector } = term;
  const isInNamespace =
    namespaces.length === 0 && namespaceSelector === undefined
      ? namespace === (owner.metadata.namespace ?? '')
      : namespaces.includes(namespace) ||
        (namespaceSelector !== undefined &&
          labelSelectorOf(namespaceSelector).matches(namespaceLabels(namespace) ?? {}));
  return isInNamespace && termSelector(term, owner).matches(candidate.metadata.labels);
}

/** The term's selector, with matchLabelKeys and mismatchLabelKeys filled in from the pod that has it. */
export function termSelector(
  term: Pick<PodAffinityTerm, 'labelSelector'> & {
    readonly matchLabelKeys?: readonly string[];
    readonly mismatchLabelKeys?: readonly string[];
  },
  owner: Pod,
): LabelSelector {
  const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = term;
  if (matchLabelKeys.length + mismatchLabelKeys.length === 0) return labelSelectorOf(labelSelector);
  const labels = owner.metadata.labels ?? {};
  const requirement = (operator: string) => (key: string) => {
    const value = labels[key];
    return value === undefined ? [] : [{ key, operator, values: [value] }];
  };
  return labelSelectorOf({
    ...labelSelector,
    matchExpressions: [
      ...(labelSelector?.matchExpressions ?? []),
      ...matchLabelKeys.flatMap(requirement('In')),
      ...mismatchLabelKeys.flatMap(requirement('NotIn')),
    ],
  });
}
