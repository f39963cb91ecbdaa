/** The facts of a run, as the recorder gathered them: final objects, histories of conditions and scales, events. */
import type { KubeObject, Simulation } from '@drydock/controllers';
import { createMasker, type Masker, type Named } from './traces-mask.ts';
import { valueAt } from './traces-match.ts';
import { KINDS, NAMESPACE, NODES, resourceOf, type Seen, type Stored } from './traces-scenario.ts';

/** The facts of a run, masked. */
export function gather(simulation: Simulation, seen: readonly Seen[], results: readonly Record<string, unknown>[]) {
  const nodes = Array.from({ length: NODES }, (_, index) => `node-${index}`);
  const masker = createMasker({ namespace: NAMESPACE, nodes });
  const own = seen.filter(({ change }) => {
    const { namespace, name } = change.object.metadata;
    return namespace === NAMESPACE || (change.object.kind === 'Namespace' && name === NAMESPACE);
  });
  for (const { change } of own) if (change.object.kind !== 'Event') masker.note(change.object as unknown as Named);
  return {
    stepResults: masker.object(results),
    final: finalObjects(simulation, masker),
    conditionHistory: conditionHistory(own, masker),
    replicaSetScaleHistory: scaleHistory(own, masker),
    ...podCounts(own, masker),
    minAvailableAfterFirstFullyAvailable: leastAvailable(own, masker),
    statefulPodOrder: statefulOrder(own),
    daemonSetNodes: daemonNodes(own, masker),
    events: eventsByObject(own, masker),
  };
}

function ownerKey(object: KubeObject, masker: Masker): string {
  const owner = object.metadata.ownerReferences?.find(({ controller }) => controller === true);
  return owner === undefined ? 'none' : masker.key({ kind: owner.kind, metadata: { name: owner.name } });
}

function isActive(pod: Stored): boolean {
  return pod.metadata.deletionTimestamp === undefined && !['Succeeded', 'Failed'].includes(String(pod.status?.phase));
}

function finalObjects(simulation: Simulation, masker: Masker): Record<string, unknown> {
  const final: Record<string, unknown> = {};
  const groups = new Map<string, Map<string, { count: number; object: unknown }>>();
  const namespace = simulation.client.find<Stored>('namespaces', { name: NAMESPACE });
  if (namespace !== undefined) final['Namespace/ns'] = masker.object(namespace);
  for (const kind of KINDS) {
    for (const object of simulation.client.list<Stored>(resourceOf(simulation, { kind }), { namespace: NAMESPACE })) {
      if (object.metadata.name === 'kube-root-ca.crt') continue;
      const key = masker.key(object);
      const masked = masker.object(object);
      if (!key.includes('<rand>')) {
        final[key] = masked;
        continue;
      }
      const group = groups.get(key) ?? new Map();
      const text = JSON.stringify(masked);
      group.set(text, { count: (group.get(text)?.count ?? 0) + 1, object: masked });
      groups.set(key, group);
    }
  }
  for (const [key, group] of groups) final[key] = [...group.values()];
  return final;
}

function conditionHistory(own: readonly Seen[], masker: Masker) {
  const history: Record<string, Record<string, [unknown, unknown][]>> = {};
  for (const { change } of own) {
    const object = change.object as unknown as Stored;
    if (change.type === 'DELETED') continue;
    const conditions = object.status?.conditions;
    if (!Array.isArray(conditions)) continue;
    const key = object.kind === 'Namespace' ? 'Namespace/ns' : masker.key(object);
    if (key.includes('<rand>')) continue;
    history[key] ??= {};
    const types = history[key];
    for (const { type, status, reason = '' } of conditions) {
      // Not KWOK's, which leaves a pod that has ended as it was.
      if (type === 'PodReadyToStartContainers' || reason === 'PodFailed' || reason === 'PodCompleted') continue;
      types[type] ??= [];
      const list = types[type];
      const last = list.at(-1);
      if (last?.[0] !== status || last?.[1] !== reason) list.push([status, reason]);
    }
  }
  return history;
}

function scaleHistory(own: readonly Seen[], masker: Masker) {
  const history: Record<string, number[]> = {};
  for (const { change } of own) {
    const object = change.object as unknown as Stored;
    if (object.kind !== 'ReplicaSet') continue;
    const key = masker.key(object);
    history[key] ??= [];
    const list = history[key];
    const replicas = Number(object.spec?.replicas);
    if (list.at(-1) !== replicas) list.push(replicas);
  }
  return history;
}

function podCounts(own: readonly Seen[], masker: Masker) {
  const pods = new Map<string, Stored>();
  const owners = new Map<string, Set<string>>();
  let maxActivePods = 0;
  const maxActivePodsByOwner: Record<string, number> = {};
  for (const { change } of own) {
    const pod = change.object as unknown as Stored;
    if (pod.kind !== 'Pod') continue;
    if (change.type === 'DELETED') pods.delete(pod.metadata.uid);
    else pods.set(pod.metadata.uid, pod);
    const key = ownerKey(pod, masker);
    owners.set(key, (owners.get(key) ?? new Set()).add(pod.metadata.uid));
    const active = [...pods.values()].filter(isActive);
    maxActivePods = Math.max(maxActivePods, active.length);
    for (const name of new Set(active.map((each) => ownerKey(each, masker)))) {
      const count = active.filter((each) => ownerKey(each, masker) === name).length;
      maxActivePodsByOwner[name] = Math.max(maxActivePodsByOwner[name] ?? 0, count);
    }
  }
  const podsCreatedByOwner = Object.fromEntries([...owners].map(([key, uids]) => [key, uids.size]));
  return { maxActivePods, maxActivePodsByOwner, podsCreatedByOwner };
}

function leastAvailable(own: readonly Seen[], masker: Masker) {
  const least: Record<string, number> = {};
  for (const { change } of own) {
    const object = change.object as unknown as Stored;
    if (!['Deployment', 'StatefulSet', 'DaemonSet'].includes(object.kind) || change.type === 'DELETED') continue;
    const key = masker.key(object);
    const available = Number(object.status?.availableReplicas ?? object.status?.numberAvailable ?? 0);
    const wanted = Number(object.spec?.replicas ?? object.status?.desiredNumberScheduled ?? 1);
    const isFull = available >= wanted && available > 0;
    if (least[key] === undefined && !isFull) continue;
    least[key] = Math.min(least[key] ?? available, available);
  }
  return least;
}

function statefulOrder(own: readonly Seen[]): readonly string[] {
  const order: string[] = [];
  const states = new Map<string, { ready: boolean; deleting: boolean }>();
  for (const { change } of own) {
    const pod = change.object as unknown as Stored;
    if (pod.kind !== 'Pod' || pod.metadata.labels?.['statefulset.kubernetes.io/pod-name'] === undefined) continue;
    const { uid, name, deletionTimestamp } = pod.metadata;
    const state = states.get(uid) ?? { ready: false, deleting: false };
    if (!states.has(uid)) order.push(`created ${name}`);
    states.set(uid, state);
    const isReady = valueAt(pod, 'status.conditions[type=Ready].status') === 'True';
    if (isReady && !state.ready) order.push(`ready ${name}`);
    state.ready = isReady;
    if (deletionTimestamp !== undefined && !state.deleting) order.push(`deleting ${name}`);
    state.deleting = deletionTimestamp !== undefined;
    if (change.type === 'DELETED') order.push(`gone ${name}`);
  }
  return order;
}

function daemonNodes(own: readonly Seen[], masker: Masker) {
  const nodes: Record<string, Set<string>> = {};
  for (const { change } of own) {
    const pod = change.object as unknown as Stored;
    const key = ownerKey(pod, masker);
    const node = pod.spec?.nodeName;
    if (pod.kind !== 'Pod' || !key.startsWith('DaemonSet/') || typeof node !== 'string') continue;
    nodes[key] ??= new Set();
    nodes[key].add(node.replace(NAMESPACE, 'ns'));
  }
  return Object.fromEntries(Object.entries(nodes).map(([key, set]) => [key, [...set].sort()]));
}

interface EventLine {
  type: string;
  reason: string;
  source: string;
  count: number;
  messages: string[];
}

function eventsByObject(own: readonly Seen[], masker: Masker) {
  const latest = new Map<string, KubeObject>();
  for (const { change } of own) if (change.object.kind === 'Event') latest.set(change.key, change.object);
  const byObject: Record<string, EventLine[]> = {};
  for (const event of latest.values()) {
    const { involvedObject, reason, type, message, source, count, series, reportingComponent } = event as unknown as {
      involvedObject: { kind: string; name: string };
      reason: string;
      type: string;
      message: string;
      source?: { component?: string };
      count?: number;
      series?: { count: number };
      reportingComponent?: string;
    };
    const component = source?.component ?? reportingComponent ?? '';
    // Kubelets differ: theirs is KWOK.
    if (component === 'kubelet') continue;
    const key = `${involvedObject.kind}/${masker.text(involvedObject.name)}`;
    byObject[key] ??= [];
    const lines = byObject[key];
    const line = lines.find((each) => each.type === type && each.reason === reason && each.source === component);
    const times = count ?? series?.count ?? 1;
    const text = masker.text(message);
    if (line === undefined) lines.push({ type, reason, source: component, count: times, messages: [text] });
    else {
      line.count += times;
      if (!line.messages.includes(text)) line.messages.push(text);
    }
  }
  return byObject;
}
