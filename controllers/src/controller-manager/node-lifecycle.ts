/**
 * Nodes that do not answer (pkg/controller/nodelifecycle v1.34). A simulated node is taken away by the annotation
 * `simulation.drydock.dev/node: down`: its kubelet stops, and 50 s later the node is Unknown, tainted, and its pods are
 * not ready. The taints follow the Ready condition; `unschedulable` has its taint too. Heartbeats are not written.
 */
import { deepEqual } from '../apimachinery/json.ts';
import type { Node, Pod, Taint } from '../apimachinery/kinds.ts';
import { podCondition } from '../apimachinery/pod.ts';
import { type Duration, formatTime, SECOND } from '../apimachinery/time.ts';
import type { Controller, ReconcileContext, Requeue } from './controller.ts';
import { watchSelf } from './watching.ts';

export const NODE_DOWN = 'simulation.drydock.dev/node';
const GRACE: Duration = 50 * SECOND;
const NOT_READY = 'node.kubernetes.io/not-ready';
const UNREACHABLE = 'node.kubernetes.io/unreachable';
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';
const OWN_TAINTS = new Set([NOT_READY, UNREACHABLE, UNSCHEDULABLE]);
const CONDITIONS = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

/** Whether a simulated node is taken away. */
export function isNodeDown(node: Node): boolean {
  return node.metadata.annotations?.[NODE_DOWN] === 'down';
}

export function createNodeLifecycleController(): Controller {
  const downSince = new Map<string, number>();
  return {
    name: 'node-lifecycle-controller',
    eventSource: 'node-controller',
    watches: [watchSelf('nodes')],
    reconcile({ name }, context) {
      const node = context.client.find<Node>('nodes', { name });
      if (node === undefined) {
        downSince.delete(name);
        return undefined;
      }
      let wait: Requeue | undefined;
      let current = node;
      if (isNodeDown(node)) {
        const since = downSince.get(name) ?? context.now;
        downSince.set(name, since);
        const left = since + GRACE - context.now;
        if (left > 0) wait = { after: left };
        else current = setReady(node, 'Unknown', context);
      } else if (downSince.delete(name) || readiness(node) === 'Unknown') {
        current = setReady(node, 'True', context);
      }
      syncTaints(current, context);
      return wait;
    },
  };
}

function readiness(node: Node): string | undefined {
  return node.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
}

function setReady(node: Node, status: 'True' | 'Unknown', context: ReconcileContext): Node {
  if (readiness(node) === status) return node;
  const { client, now } = context;
  const time = formatTime(now);
  const conditions = (node.status?.conditions ?? []).map((condition) => {
    if (!CONDITIONS.includes(condition.type)) return condition;
    const isReady = condition.type === 'Ready';
    const value = status === 'Unknown' ? 'Unknown' : isReady ? 'True' : 'False';
    const reason =
      status === 'Unknown' ? 'NodeStatusUnknown' : isReady ? 'KubeletReady' : `KubeletHasNo${condition.type}`;
    const message =
      status === 'Unknown' ? 'Kubelet stopped posting node status.' : isReady ? 'kubelet is posting ready status' : '';
    return { ...condition, status: value, lastTransitionTime: time, reason, message };
  });
  const updated = client.updateStatus<Node>('nodes', { ...node, status: { ...node.status, conditions } });
  if (status === 'Unknown') {
    context.event(node, 'Normal', 'NodeNotReady', `Node ${node.metadata.name} status is now: NodeNotReady`);
    markPods(node, context);
  }
  return updated;
}

/** The pods of a node that does not answer are not ready. */
function markPods(node: Node, context: ReconcileContext): void {
  const { client, now } = context;
  for (const pod of client.list<Pod>('pods', { fieldSelector: `spec.nodeName=${node.metadata.name}` })) {
    if (podCondition(pod, 'Ready')?.status !== 'True') continue;
    const conditions = (pod.status?.conditions ?? []).map((condition) =>
      condition.type === 'Ready' ? { ...condition, status: 'False', lastTransitionTime: formatTime(now) } : condition,
    );
    client.updateStatus('pods', { ...pod, status: { ...pod.status, conditions } });
    context.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready');
  }
}

function syncTaints(node: Node, { client, now }: ReconcileContext): void {
  const ready = readiness(node);
  const wanted: Taint[] = [];
  const add = (key: string, effect: string) => wanted.push({ key, effect });
  if (ready === 'False') {
    add(NOT_READY, 'NoSchedule');
    add(NOT_READY, 'NoExecute');
  } else if (ready === 'Unknown') {
    add(UNREACHABLE, 'NoSchedule');
    add(UNREACHABLE, 'NoExecute');
  }
  if (node.spec.unschedulable === true) add(UNSCHEDULABLE, 'NoSchedule');
  const known = node.spec.taints ?? [];
  const own = wanted.map((taint) => {
    const before = known.find(({ key, effect }) => key === taint.key && effect === taint.effect);
    return before ?? { ...taint, timeAdded: formatTime(now) };
  });
  const taints = [...known.filter(({ key }) => !OWN_TAINTS.has(key)), ...own];
  const isSame =
    known.length === taints.length && taints.every((taint) => known.some((other) => deepEqual(taint, other)));
  if (isSame) return;
  const { taints: _, ...spec } = node.spec;
  client.update('nodes', { ...node, spec: taints.length === 0 ? spec : { ...spec, taints } });
}
