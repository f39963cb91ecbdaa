/**
 * What a kubelet turns down that someone bound to its node (pkg/kubelet/lifecycle/predicate.go v1.34): pods that do not
 * fit, want another node, or ports that are taken. The pod fails for good; its owner makes another.
 */
import type { Node, Pod } from '../apimachinery/kinds.ts';
import { matchesNodeAffinity, untoleratedTaint } from '../apimachinery/node-affinity.ts';
import { isPodTerminal } from '../apimachinery/pod.ts';
import { addAmounts, amountsOf, podRequests } from '../apimachinery/pod-resources.ts';

export interface NodeRejection {
  readonly reason: string;
  readonly message: string;
}

/** @param others the pods that are on the node already */
export function nodeRejection(pod: Pod, node: Node, others: readonly Pod[]): NodeRejection | undefined {
  const running = others.filter((other) => !isPodTerminal(other) && other.metadata.uid !== pod.metadata.uid);
  const capacity = amountsOf(node.status?.allocatable);
  const used = new Map<string, number>([['pods', running.length]]);
  for (const other of running) addAmounts(used, podRequests(other.spec));
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
  if (running.some((other) => hostPorts(other).some((port) => ports.includes(port)))) {
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
