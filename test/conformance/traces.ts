/**
 * Runs the recorded scenarios of a real control plane (v1.34.2 with KWOK kubelets) on a simulated cluster and gathers
 * the same facts: final objects, histories of conditions and scales, orders of pods, events.
 */
import { type Change, createSimulation, isApiError, type KubeObject, type Simulation } from '@drydock/controllers';
import { createMasker, type Masker, type Named } from './traces-mask.ts';

export interface Step {
  readonly op: string;
  readonly kind?: string;
  readonly name?: string;
  readonly selector?: Readonly<Record<string, string>>;
  readonly object?: KubeObject;
  readonly patchType?: 'merge' | 'strategic' | 'json';
  readonly patch?: Readonly<Record<string, unknown>>;
  readonly replicas?: number;
  readonly revision?: number;
  readonly seconds?: number;
  readonly timeout?: number;
  readonly count?: number;
  readonly minCount?: number;
  readonly gone?: boolean;
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
  readonly all?: readonly { readonly path: string; readonly value?: unknown; readonly op?: string }[];
  readonly set?: { readonly ready?: boolean; readonly phase?: string; readonly exitCode?: number };
}

export interface Trace {
  readonly name: string;
  readonly description: string;
  readonly steps: readonly Step[];
  readonly invariant: Readonly<Record<string, unknown>>;
}

const NAMESPACE = 'scenario';
const NODES = 20;
/** What the recorder listed at the end of a scenario. */
const KINDS = [
  'Pod',
  'ReplicaSet',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicationController',
  'ControllerRevision',
  'Job',
  'CronJob',
  'Service',
  'EndpointSlice',
  'PodDisruptionBudget',
  'HorizontalPodAutoscaler',
  'ResourceQuota',
  'LimitRange',
  'PersistentVolumeClaim',
  'ConfigMap',
];
const DEFAULT_TIMEOUT = 60;
const QUIET = 1500;

interface Stored extends KubeObject {
  readonly metadata: KubeObject['metadata'] & { readonly name: string; readonly uid: string };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

interface Seen {
  readonly at: number;
  readonly resource: string;
  readonly change: Change;
}

/** Plays the steps; answers what was seen, in the shape of the trace's `invariant`. */
export function runTrace(trace: Trace): Record<string, unknown> {
  const simulation = createSimulation({
    name: trace.name,
    // Nor has it metrics, nor the admission of service accounts.
    features: { metrics: false, disableAdmission: ['ServiceAccount'] },
    nodes: Array.from({ length: NODES }, (_, index) => ({
      name: `node-${index}`,
      labels: { 'topology.kubernetes.io/zone': `z${index % 3}`, type: 'kwok' },
      capacity: { cpu: '32', memory: '256Gi', pods: '110' },
    })),
  });
  // The recorded server has no storage classes.
  simulation.client.delete('storageclasses.storage.k8s.io', { name: 'standard' });
  simulation.client.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  simulation.advance(5000);
  const seen: Seen[] = [];
  const order = new Map<string, number>();
  created.set(simulation, order);
  const stop = simulation.observe((change, resource) => {
    seen.push({ at: simulation.now(), resource, change });
    if (change.type === 'ADDED') order.set(change.object.metadata.uid ?? '', order.size + 1);
  });
  const results = trace.steps.map((step) => play(step, simulation, seen));
  stop();
  return gather(simulation, seen, results);
}

function resourceOf(simulation: Simulation, object: { readonly apiVersion?: string; readonly kind: string }): string {
  const found = [...simulation.api.core.resources.all()].find(
    ({ kind, group }) =>
      kind === object.kind &&
      (object.apiVersion === undefined || (object.apiVersion.split('/').at(-2) ?? '') === group),
  );
  if (found === undefined) throw new Error(`no resource of kind ${object.kind}`);
  return found.group === '' ? found.resource : `${found.resource}.${found.group}`;
}

function isNamespaced(simulation: Simulation, resource: string): boolean {
  return simulation.api.core.resources.find(resource)?.namespaced === true;
}

function play(step: Step, simulation: Simulation, seen: readonly Seen[]): Record<string, unknown> {
  const filled = JSON.parse(JSON.stringify(step).replaceAll('$NS', NAMESPACE)) as Step;
  try {
    return { ...perform(filled, simulation, seen) };
  } catch (error) {
    if (!isApiError(error)) throw error;
    const causes = error.details?.causes;
    return {
      code: error.code,
      reason: error.reason,
      message: error.message,
      ...(causes === undefined ? {} : { causes }),
    };
  } finally {
    simulation.settle();
  }
}

function keyFor(simulation: Simulation, resource: string, name: string) {
  return isNamespaced(simulation, resource) ? { namespace: NAMESPACE, name } : { name };
}

function matching(step: Step, simulation: Simulation): readonly Stored[] {
  const resource = resourceOf(simulation, { kind: step.kind ?? '' });
  const objects = simulation.client.list<Stored>(
    resource,
    isNamespaced(simulation, resource) ? { namespace: NAMESPACE } : {},
  );
  return objects
    .filter(({ metadata }) => step.name === undefined || metadata.name === step.name)
    .filter(({ metadata }) =>
      Object.entries(step.selector ?? {}).every(([key, value]) => metadata.labels?.[key] === value),
    )
    .filter((object) => (step.op === 'wait' && step.name !== undefined ? true : holds(object, step)))
    .sort((a, b) => orderOf(simulation, a) - orderOf(simulation, b));
}

/** The order of creation: more exact than whole seconds. */
const created = new WeakMap<Simulation, Map<string, number>>();

function orderOf(simulation: Simulation, { metadata }: Stored): number {
  return created.get(simulation)?.get(metadata.uid) ?? 0;
}

function perform(step: Step, simulation: Simulation, seen: readonly Seen[]): Record<string, unknown> {
  const { client } = simulation;
  switch (step.op) {
    case 'apply':
      return apply(step, simulation);
    case 'patch': {
      const [target] = step.name === undefined ? matching(step, simulation) : [{ metadata: { name: step.name } }];
      const resource = resourceOf(simulation, { kind: step.kind ?? '' });
      const type = step.patchType ?? 'merge';
      const patch =
        type === 'json'
          ? { type, patch: step.patch as unknown as readonly unknown[] }
          : { type, patch: step.patch ?? {} };
      client.patch(resource, keyFor(simulation, resource, target?.metadata.name ?? ''), patch);
      return { code: 200 };
    }
    case 'scale': {
      const resource = resourceOf(simulation, { kind: step.kind ?? '' });
      const patch = { spec: { replicas: step.replicas } };
      client.patch(
        resource,
        { namespace: NAMESPACE, name: step.name ?? '' },
        { type: 'merge', patch },
        { subresource: 'scale' },
      );
      return { code: 200 };
    }
    case 'delete': {
      const resource = resourceOf(simulation, { kind: step.kind ?? '' });
      const name = step.kind === 'Namespace' && step.name === 'ns' ? NAMESPACE : step.name;
      const [target] = name === undefined ? matching(step, simulation) : [{ metadata: { name } }];
      const options = step.propagationPolicy === undefined ? {} : { propagationPolicy: step.propagationPolicy };
      client.delete(resource, keyFor(simulation, resource, target?.metadata.name ?? ''), options);
      return { code: 200 };
    }
    case 'evict': {
      const target = matching(step, simulation).find(({ metadata }) => metadata.deletionTimestamp === undefined);
      const name = target?.metadata.name ?? '';
      client.createSubresource('pods', { namespace: NAMESPACE, name }, 'eviction', {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name, namespace: NAMESPACE },
      });
      return { code: 201 };
    }
    case 'podStatus':
      return setPodStatus(step, simulation);
    case 'rollbackTo':
      return rollBack(step, simulation);
    case 'sleep':
      simulation.advance((step.seconds ?? 0) * 1000);
      return {};
    case 'settle':
      settle(simulation, seen);
      return {};
    case 'wait':
      return { satisfied: wait(step, simulation) };
    default:
      throw new Error(`unknown step ${step.op}`);
  }
}

function apply(step: Step, simulation: Simulation): Record<string, unknown> {
  const { client } = simulation;
  const object = step.object as KubeObject;
  const resource = resourceOf(simulation, object);
  const name = object.metadata.name ?? '';
  const key = keyFor(simulation, resource, name);
  const placed = 'namespace' in key ? { ...object, metadata: { ...object.metadata, namespace: NAMESPACE } } : object;
  if (client.find(resource, key) === undefined) {
    client.create(resource, placed);
    return { code: 201 };
  }
  client.patch(resource, key, { type: 'merge', patch: placed });
  return { code: 200 };
}

/** What the recorder's fake kubelet wrote on demand. */
function setPodStatus(step: Step, simulation: Simulation): Record<string, unknown> {
  const [pod] = matching(step, simulation);
  if (pod === undefined) throw new Error('podStatus: no pod matches');
  const { ready, phase, exitCode = 0 } = step.set ?? {};
  const status = (pod.status ?? {}) as Record<string, unknown>;
  const time = new Date(simulation.now()).toISOString().replace(/\.\d+Z$/, 'Z');
  const isReady = phase === undefined && ready === true;
  const conditions = ((status.conditions ?? []) as { type: string; status: string }[]).map((condition) =>
    ['Ready', 'ContainersReady'].includes(condition.type)
      ? { ...condition, status: isReady ? 'True' : 'False', lastTransitionTime: time }
      : condition,
  );
  const containerStatuses = ((status.containerStatuses ?? []) as Record<string, unknown>[]).map((container) => ({
    ...container,
    ready: isReady,
    ...(phase === undefined
      ? {}
      : {
          started: false,
          state: {
            terminated: { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', startedAt: time, finishedAt: time },
          },
        }),
  }));
  simulation.client.updateStatus('pods', {
    ...pod,
    status: { ...status, ...(phase === undefined ? {} : { phase }), conditions, containerStatuses },
  });
  return { code: 200 };
}

function rollBack(step: Step, simulation: Simulation): Record<string, unknown> {
  const name = step.name ?? '';
  const { client } = simulation;
  const deployment = client.get<Stored>('deployments.apps', { namespace: NAMESPACE, name });
  const set = client
    .list<Stored>('replicasets.apps', { namespace: NAMESPACE })
    .find(
      ({ metadata }) =>
        metadata.annotations?.['deployment.kubernetes.io/revision'] === String(step.revision) &&
        metadata.ownerReferences?.some(({ uid }) => uid === deployment.metadata.uid) === true,
    );
  const template = JSON.parse(JSON.stringify(set?.spec?.template ?? {}));
  delete template.metadata?.labels?.['pod-template-hash'];
  const patch = [{ op: 'replace', path: '/spec/template', value: template }];
  client.patch('deployments.apps', { namespace: NAMESPACE, name }, { type: 'json', patch });
  return { code: 200 };
}

/** Until nothing changed for a while. Events are no change. */
function settle(simulation: Simulation, seen: readonly Seen[]): void {
  const limit = simulation.now() + DEFAULT_TIMEOUT * 1000;
  for (;;) {
    const last = seen.findLast(({ resource }) => resource !== 'events')?.at ?? simulation.now();
    const quietAt = Math.max(last, simulation.now() - QUIET) + QUIET;
    const next = simulation.nextEventTime();
    if (next === undefined || next > quietAt || next > limit) {
      simulation.advanceTo(Math.min(quietAt, limit));
      return;
    }
    simulation.advanceTo(next);
  }
}

function wait(step: Step, simulation: Simulation): boolean {
  const done = (): boolean => {
    if (step.gone === true) {
      const resource = resourceOf(simulation, { kind: step.kind ?? '' });
      const name = step.kind === 'Namespace' && step.name === 'ns' ? NAMESPACE : (step.name ?? '');
      return simulation.client.find(resource, keyFor(simulation, resource, name)) === undefined;
    }
    const found = matching(step, simulation);
    if (step.count !== undefined) return found.length === step.count;
    if (step.minCount !== undefined) return found.length >= step.minCount;
    return found.some((object) => isObserved(object) && holds(object, step));
  };
  return simulation.advanceUntil(done, (step.timeout ?? DEFAULT_TIMEOUT) * 1000);
}

function isObserved({ metadata, status }: Stored): boolean {
  const observed = status?.observedGeneration;
  return typeof observed !== 'number' || observed >= (metadata.generation ?? 0);
}

function holds(object: Stored, step: Step): boolean {
  return (step.all ?? []).every(({ path, value, op }) => {
    const found = valueAt(object, path);
    if (op === 'exists') return found !== undefined && found !== null;
    if (op === 'ge') return Number(found ?? 0) >= Number(value);
    if (value === 0 || value === null) return (found ?? value) === value;
    return found === value;
  });
}

/** `status.conditions[type=Ready].status`. */
function valueAt(object: unknown, path: string): unknown {
  let current = object;
  for (const part of path.match(/[^.[\]]+(\[[^\]]+\])?/g) ?? []) {
    const [, name = '', , key, wanted] = /^([^[]+)(\[([^=]+)=([^\]]+)\])?$/.exec(part) ?? [];
    current = (current as Record<string, unknown> | undefined)?.[name];
    if (key !== undefined && Array.isArray(current)) current = current.find((item) => String(item[key]) === wanted);
  }
  return current;
}

function ownerKey(object: KubeObject, masker: Masker): string {
  const owner = object.metadata.ownerReferences?.find(({ controller }) => controller === true);
  return owner === undefined ? 'none' : masker.key({ kind: owner.kind, metadata: { name: owner.name } });
}

function isActive(pod: Stored): boolean {
  return pod.metadata.deletionTimestamp === undefined && !['Succeeded', 'Failed'].includes(String(pod.status?.phase));
}

/** The facts of a run, masked. */
function gather(simulation: Simulation, seen: readonly Seen[], results: readonly Record<string, unknown>[]) {
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
