/**
 * The default scheduler (pkg/scheduler v1.34): for each waiting pod filter the nodes, score those that do, bind to the
 * best (ties by the seeded random), or say why there is none, and look whether preemption helps.
 */
import type { Node, Pod, Service } from '../apimachinery/kinds.ts';
import { isPodTerminal } from '../apimachinery/pod.ts';
import { isApiError } from '../apimachinery/status.ts';
import { formatTime, type Instant } from '../apimachinery/time.ts';
import type { Client } from '../apiserver/client.ts';
import type { EventRecorder } from '../apiserver/event-recorder.ts';
import type { Change } from '../store/object-store.ts';
import { withPreemption } from './fit-error.ts';
import { type ClusterEvent, isRejection, type SchedulerPlugin, type Snapshot } from './framework.ts';
import { type NodeInfo, type PodInfo, podInfoOf } from './node-info.ts';
import { allowedNodes, createNodeSelection, firstMisfit, type Prepared } from './node-selection.ts';
import { DEFAULT_PLUGINS } from './plugins.ts';
import { findPreemption } from './preemption.ts';
import { createSchedulerCache } from './scheduler-cache.ts';
import { createSchedulingQueue, type QueuedPod } from './scheduling-queue.ts';

export const SCHEDULER_NAME = 'default-scheduler';

export interface SchedulerOptions {
  readonly client: Client;
  readonly now: () => Instant;
  readonly schedule: (at: Instant, run: () => void) => () => void;
  readonly random: { below(below: number): number };
  readonly recorder: EventRecorder;
  readonly plugins?: readonly SchedulerPlugin[];
}

export interface Scheduler {
  /** Tells the scheduler of a change of an object of a resource. */
  observe(resource: string, change: Change): void;
  /** Tries all pods that wait; the number of attempts. */
  runRound(): number;
}

/** Why no node did. */
interface Failure {
  readonly message: string;
  readonly plugins: ReadonlySet<SchedulerPlugin>;
  /** Nodes where evicting pods could help. */
  readonly candidates: readonly NodeInfo[];
}

const VOLUME_RESOURCES = new Set(['persistentvolumeclaims', 'persistentvolumes', 'storageclasses.storage.k8s.io']);

export function createScheduler(options: SchedulerOptions): Scheduler {
  const { client, now, random, recorder, plugins = DEFAULT_PLUGINS } = options;
  const cache = createSchedulerCache();
  const queue = createSchedulingQueue(options);
  const selection = createNodeSelection(random);

  const snapshot: Snapshot = {
    get nodes() {
      return cache.nodes();
    },
    client,
    namespaceLabels: (name) => client.find('namespaces', { name })?.metadata.labels,
    services: (namespace) => client.list<Service>('services', { namespace }),
  };

  function observePod(change: Change): void {
    const pod = change.object as Pod; // `observe` saw that it comes from `pods`
    const previous = change.previous as Pod | undefined;
    const isAssigned = (pod.spec.nodeName ?? '') !== '';
    if (change.type === 'DELETED') {
      queue.remove(pod.metadata.uid);
      if (!isAssigned) return;
      cache.removePod(pod);
      queue.wake('pod-removed');
      return;
    }
    if (!isAssigned) {
      if (pod.spec.schedulerName !== undefined && pod.spec.schedulerName !== SCHEDULER_NAME) return;
      if (isPodTerminal(pod) || pod.metadata.deletionTimestamp !== undefined) queue.remove(pod.metadata.uid);
      else queue.set(pod, { isChanged: previous !== undefined && isSchedulingChange(pod, previous) });
      return;
    }
    queue.remove(pod.metadata.uid);
    cache.setPod(pod);
    if (
      previous === undefined ||
      (previous.spec.nodeName ?? '') === '' ||
      previous.metadata.labels !== pod.metadata.labels
    ) {
      queue.wake('pod-added');
    }
    if (previous !== undefined && isPodTerminal(pod) && !isPodTerminal(previous)) queue.wake('pod-removed');
  }

  function observeNode(change: Change): void {
    const node = change.object as Node; // `observe` saw that it comes from `nodes`
    if (change.type === 'DELETED') {
      cache.removeNode(node.metadata.name);
      return;
    }
    cache.setNode(node);
    const previous = change.previous as Node | undefined;
    const isRelevant =
      previous === undefined ||
      previous.metadata.labels !== node.metadata.labels ||
      previous.spec !== node.spec ||
      previous.status?.allocatable !== node.status?.allocatable;
    if (isRelevant) queue.wake('node');
  }

  function prepare(info: PodInfo): readonly Prepared[] | (Failure & { readonly silent: boolean }) {
    const prepared: Prepared[] = [];
    for (const plugin of plugins) {
      const cycle = plugin.prepare(info, snapshot);
      if (cycle === undefined) continue;
      if (isRejection(cycle)) {
        const message = `0/${cache.nodes().length} nodes are available: ${cycle.rejected}.`;
        return {
          // What the PostFilter plugins make of a pod that no node was looked at for.
          message: `${message} not found`,
          plugins: new Set([plugin]),
          candidates: [],
          silent: cycle.silent === true,
        };
      }
      prepared.push({ plugin, cycle });
    }
    return prepared;
  }

  function attempt(entry: QueuedPod): void {
    const { pod } = entry;
    if ((pod.spec.schedulingGates ?? []).length > 0) {
      queue.fail(entry, new Set(['pod-updated']));
      setCondition(pod, 'SchedulingGated', 'Scheduling is blocked due to non-empty scheduling gates');
      return;
    }
    const info = podInfoOf(pod);
    const nodes = cache.nodes();
    if (nodes.length === 0) {
      fail(entry, { message: 'no nodes available to schedule pods', plugins: new Set(plugins), candidates: [] });
      return;
    }
    const prepared = prepare(info);
    if ('message' in prepared) {
      fail(entry, prepared);
      return;
    }
    const allowed = allowedNodes(prepared, nodes);
    const { feasible, reasons, failed, candidates } = selection.filter(prepared, allowed.nodes);
    if (feasible.length === 0) {
      const absent = nodes.length - allowed.nodes.length;
      if (absent > 0) {
        reasons.set(`node(s) didn't satisfy plugin(s) [${allowed.by.map(({ name }) => name).join(' ')}]`, absent);
        for (const plugin of allowed.by) failed.add(plugin);
      }
      const texts = [...reasons].map(([reason, count]) => `${count} ${reason}`).sort();
      const message = `0/${nodes.length} nodes are available: ${texts.join(', ')}.`;
      const victims = preempt(pod, prepared, candidates);
      fail(entry, {
        message: victims ? message : withPreemption(message, { total: nodes.length, hopeful: candidates.length }),
        plugins: failed,
        candidates,
      });
      return;
    }
    bind(entry, selection.best(prepared, feasible), prepared);
  }

  function bind(entry: QueuedPod, node: NodeInfo, prepared: readonly Prepared[]): void {
    const { pod } = entry;
    const { namespace = '', name } = pod.metadata;
    for (const { plugin, cycle } of prepared) {
      if (cycle.reserve?.(node) === false) {
        queue.fail(entry, new Set(plugin.wakes)); // the volumes come first
        entry.readyAt = now();
        return;
      }
    }
    const target = { apiVersion: 'v1', kind: 'Node', name: node.node.metadata.name };
    try {
      client.createSubresource('pods', { namespace, name }, 'binding', {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name, namespace },
        target,
      });
    } catch (error) {
      if (!isApiError(error)) throw error;
      if (!isApiError(error, 'NotFound')) queue.fail(entry, new Set(['node', 'pod-updated', 'pod-removed']));
      return;
    }
    recorder.record(pod, {
      type: 'Normal',
      reason: 'Scheduled',
      message: `Successfully assigned ${namespace}/${name} to ${target.name}`,
      action: 'Binding',
    });
  }

  /** Evicts where that makes room. True when victims are on their way. */
  function preempt(pod: Pod, prepared: readonly Prepared[], candidates: readonly NodeInfo[]): boolean {
    const chosen = findPreemption({
      pod,
      candidates,
      client,
      fits: (node) => firstMisfit(prepared, node) === undefined,
    });
    if (chosen === undefined) return false;
    for (const victim of chosen.victims) evict(victim, pod);
    const { namespace = '', name } = pod.metadata;
    const current = client.find<Pod>('pods', { namespace, name });
    if (current !== undefined) {
      const status = { ...current.status, nominatedNodeName: chosen.node.node.metadata.name };
      client.updateStatus('pods', { ...current, status });
    }
    return true;
  }

  function evict(victim: Pod, preemptor: Pod): void {
    const { namespace = '', name, deletionTimestamp } = victim.metadata;
    if (deletionTimestamp !== undefined) return;
    const current = client.find<Pod>('pods', { namespace, name });
    if (current === undefined) return;
    const others = (current.status?.conditions ?? []).filter(({ type }) => type !== 'DisruptionTarget');
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'PreemptionByScheduler',
      message: `${SCHEDULER_NAME}: preempting to accommodate a higher priority pod`,
      lastProbeTime: null,
      lastTransitionTime: formatTime(now()),
    };
    client.updateStatus('pods', { ...current, status: { ...current.status, conditions: [...others, condition] } });
    client.delete('pods', { namespace, name });
    recorder.record(victim, {
      type: 'Normal',
      reason: 'Preempted',
      message: `Preempted by pod ${preemptor.metadata.uid} on node ${victim.spec.nodeName ?? ''}`,
      action: 'Preempting',
    });
  }

  function fail(entry: QueuedPod, failure: Failure): void {
    const wakes = new Set<ClusterEvent>();
    for (const plugin of failure.plugins) for (const event of plugin.wakes) wakes.add(event);
    queue.fail(entry, wakes);
    recorder.record(entry.pod, {
      type: 'Warning',
      reason: 'FailedScheduling',
      message: failure.message,
      action: 'Scheduling',
    });
    setCondition(entry.pod, 'Unschedulable', failure.message);
  }

  function setCondition(pod: Pod, reason: string, message: string): void {
    const { namespace = '', name } = pod.metadata;
    const current = client.find<Pod>('pods', { namespace, name });
    if (current === undefined) return;
    const conditions = current.status?.conditions ?? [];
    const known = conditions.find(({ type }) => type === 'PodScheduled');
    if (known?.status === 'False' && known.reason === reason && known.message === message) return;
    const condition = {
      type: 'PodScheduled',
      status: 'False',
      reason,
      message,
      lastProbeTime: null,
      lastTransitionTime: known?.status === 'False' ? known.lastTransitionTime : formatTime(now()),
    };
    const next =
      known === undefined ? [...conditions, condition] : conditions.map((c) => (c === known ? condition : c));
    client.updateStatus('pods', { ...current, status: { ...current.status, conditions: next } });
  }

  return {
    observe(resource, change) {
      if (resource === 'pods') observePod(change);
      else if (resource === 'nodes') observeNode(change);
      else if (VOLUME_RESOURCES.has(resource)) queue.wake('volume');
    },
    runRound() {
      if (!queue.hasActive()) return 0;
      const entries = queue.takeActive();
      for (const entry of entries) attempt(entry);
      return entries.length;
    },
  };
}

/** Gates, labels, tolerations or requests changed; not just what others wrote into status. */
function isSchedulingChange(pod: Pod, previous: Pod): boolean {
  return pod.spec !== previous.spec || pod.metadata.labels !== previous.metadata.labels;
}
