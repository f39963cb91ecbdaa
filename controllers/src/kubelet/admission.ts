/**
 * What a kubelet turns down that someone bound to its node (pkg/kubelet/lifecycle/predicate.go v1.34): pods that do not
 * fit, want another node, or ports that are taken. The pod fails for good; its owner makes another.
 */
import type { Node, Pod } from '../apimachinery/kinds.ts';
import { matchesNodeAffinity, untoleratedTaint } from '../apimachinery/node-affinity.ts';
import { isPodTerminal } from '../apimachinery/pod.ts';
import { addAmounts, amountsOf, podRequests, subtractAmounts } from '../apimachinery/pod-resources.ts';

export interface NodeRejection {
  readonly reason: string;
  readonly message: string;
}

/** What the pods of a node take together, kept up to date pod by pod. */
export interface NodeUsage {
  set(pod: Pod): void;
  remove(uid: string): void;
  /** The pods that run or will, and their sums, without one of them. */
  without(uid: string): { readonly pods: readonly Pod[]; readonly amounts: Map<string, number> };
}

export function createNodeUsage(): NodeUsage {
  const pods = new Map<string, { pod: Pod; readonly requests: ReadonlyMap<string, number> }>();
  const sums = new Map<string, number>();
  function remove(uid: string): void {
    const known = pods.get(uid);
    if (known === undefined) return;
    pods.delete(uid);
    subtractAmounts(sums, known.requests);
  }
  return {
    set(pod) {
      const { uid } = pod.metadata;
      const known = pods.get(uid);
      if (isPodTerminal(pod)) remove(uid);
      else if (known !== undefined) known.pod = pod;
      else {
        const requests = podRequests(pod.spec);
        requests.set('pods', 1);
        pods.set(uid, { pod, requests });
        addAmounts(sums, requests);
      }
    },
    remove,
    without(uid) {
      const amounts = new Map(sums);
      const own = pods.get(uid);
      if (own !== undefined) subtractAmounts(amounts, own.requests);
      return {
        get pods() {
          return [...pods.values()].filter(({ pod }) => pod.metadata.uid !== uid).map(({ pod }) => pod);
        },
        amounts,
      };
    },
  };
}

export function nodeRejection(pod: Pod, node: Node, usage: NodeUsage): NodeRejection | undefined {
  const others = usage.without(pod.metadata.uid);
  const used = others.amounts;
  const capacity = amountsOf(node.status?.allocatable);
  const requests = podRequests(pod.spec);
  requests.set('pods', 1);
  for (const [name, amount] of requests) {
    const [taken, limit] = [used.get(name) ?? 0, capacity.get(name) ?? 0];
    if (amount === 0 || taken + amount <= limit) continue;
    return {
      reason: `OutOf${name}`,
      message: `Node didn't have enough resource: ${name}, requested: ${amount}, used: ${taken}, capacity: ${limit}`,
    };
  }
  if (!matchesNodeAffinity(pod.spec, node)) {
    return {
      reason: 'NodeAffinity',
      message: "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
    };
  }
  if (untoleratedTaint(pod.spec.tolerations, node.spec.taints, ['NoExecute']) !== undefined) {
    return {
      reason: 'TaintToleration',
      message: "Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate",
    };
  }
  const ports = hostPorts(pod);
  if (ports.length > 0 && others.pods.some((other) => hostPorts(other).some((port) => ports.includes(port)))) {
    return {
      reason: 'NodePorts',
      message: "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports",
    };
  }
  return undefined;
}

function hostPorts(pod: Pod): readonly string[] {
  return pod.spec.containers.flatMap(({ ports = [] }) =>
    ports
      .filter(({ hostPort = 0 }) => hostPort > 0)
      .map(({ hostPort, protocol }) => `${protocol ?? 'TCP'}/${hostPort}`),
  );
}
