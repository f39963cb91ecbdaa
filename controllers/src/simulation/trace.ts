/**
 * Records what happens in a simulated cluster as a timeline for people: what became of workloads, pods, Jobs and claims,
 * and when, in virtual time. Changes that show nothing new are left out.
 */
import type { KubeObject } from '../apimachinery/object.ts';
import type { Instant } from '../apimachinery/time.ts';
import type { Change } from '../store/object-store.ts';
import type { Simulation } from './simulation.ts';

export interface TimelineEntry {
  readonly at: Instant;
  /** Milliseconds since the recording began. */
  readonly elapsed: number;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** One or a few words: `Running`, `2/3 ready`, `Complete`, `deleted`. */
  readonly state: string;
  /** Why, where there is more to say. */
  readonly detail: string;
}

export interface TimelineOptions {
  /** Only this namespace. */
  readonly namespace?: string;
  /** Default: workloads, pods, Jobs, CronJobs, claims and autoscalers. */
  readonly kinds?: readonly string[];
  /** Warnings among the events, too. Default true. */
  readonly warnings?: boolean;
}

export interface TimelineRecorder {
  readonly entries: readonly TimelineEntry[];
  stop(): void;
}

interface Shown {
  readonly state: string;
  readonly detail: string;
}

interface Loose extends KubeObject {
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly terminated?: { readonly reason?: string; readonly exitCode: number };
}

function conditionsOf(object: Loose): readonly Condition[] {
  return (object.status?.conditions ?? []) as readonly Condition[];
}

function condition(object: Loose, type: string): Condition | undefined {
  return conditionsOf(object).find((each) => each.type === type);
}

function count(object: Loose, field: string): number {
  const value = object.status?.[field];
  return typeof value === 'number' ? value : 0;
}

/** As `kubectl get pods` words it, nearly. */
function showPod(pod: Loose): Shown {
  const phase = String(pod.status?.phase ?? 'Pending');
  if (pod.metadata.deletionTimestamp !== undefined) return { state: 'Terminating', detail: '' };
  const statuses = [
    ...((pod.status?.initContainerStatuses ?? []) as readonly { state?: ContainerState }[]),
    ...((pod.status?.containerStatuses ?? []) as readonly { state?: ContainerState }[]),
  ];
  const stuck = statuses.find(({ state }) => {
    const reason = state?.waiting?.reason;
    return reason !== undefined && reason !== 'ContainerCreating' && reason !== 'PodInitializing';
  });
  if (stuck?.state?.waiting?.reason !== undefined) {
    return { state: stuck.state.waiting.reason, detail: stuck.state.waiting.message ?? '' };
  }
  const failed = statuses.find(({ state }) => state?.terminated !== undefined && state.terminated.exitCode !== 0);
  if (failed?.state?.terminated !== undefined) {
    const { reason = 'Error', exitCode } = failed.state.terminated;
    return { state: reason, detail: `exit code ${exitCode}` };
  }
  if (phase === 'Running') {
    return condition(pod, 'Ready')?.status === 'True'
      ? { state: 'Ready', detail: '' }
      : { state: 'Running', detail: 'not ready' };
  }
  const scheduled = condition(pod, 'PodScheduled');
  if (scheduled?.status === 'False')
    return { state: scheduled.reason ?? 'Unschedulable', detail: scheduled.message ?? '' };
  return { state: phase, detail: String(pod.status?.message ?? '') };
}

function showReplicas(object: Loose): Shown {
  const wanted = Number(object.spec?.replicas ?? 1);
  const progressing = condition(object, 'Progressing');
  const updated = count(object, 'updatedReplicas');
  const isBehind = object.kind !== 'ReplicaSet' && updated < wanted;
  const detail = progressing?.status === 'False' ? (progressing.message ?? '') : isBehind ? `${updated} updated` : '';
  return { state: `${count(object, 'readyReplicas')}/${wanted} ready`, detail };
}

function showFinished(object: Loose): Shown {
  const finished = conditionsOf(object).find(
    ({ type, status }) => status === 'True' && ['Complete', 'Failed', 'Suspended'].includes(type),
  );
  if (finished !== undefined)
    return { state: finished.type, detail: finished.type === 'Failed' ? (finished.message ?? '') : '' };
  return { state: `${count(object, 'active')} active`, detail: '' };
}

/** How each kind is shown. */
const SHOWN: ReadonlyMap<string, (object: Loose) => Shown> = new Map([
  ['Pod', showPod],
  ['Deployment', showReplicas],
  ['StatefulSet', showReplicas],
  [
    'DaemonSet',
    (object: Loose) => ({
      state: `${count(object, 'numberReady')}/${count(object, 'desiredNumberScheduled')} ready`,
      detail: '',
    }),
  ],
  ['Job', showFinished],
  [
    'CronJob',
    (object: Loose) => ({ state: `last run ${String(object.status?.lastScheduleTime ?? 'never')}`, detail: '' }),
  ],
  ['PersistentVolumeClaim', (object: Loose) => ({ state: String(object.status?.phase ?? 'Pending'), detail: '' })],
  ['HorizontalPodAutoscaler', (object: Loose) => ({ state: `wants ${count(object, 'desiredReplicas')}`, detail: '' })],
]);

export function recordTimeline(simulation: Simulation, options: TimelineOptions = {}): TimelineRecorder {
  const { namespace, kinds = [...SHOWN.keys()], warnings = true } = options;
  const begin = simulation.now();
  const entries: TimelineEntry[] = [];
  const last = new Map<string, string>();

  function add(object: KubeObject, shown: Shown): void {
    const { namespace: where = '', name = '' } = object.metadata;
    const at = simulation.now();
    entries.push({ at, elapsed: at - begin, kind: object.kind, namespace: where, name, ...shown });
  }

  function note(change: Change): void {
    const object = change.object as Loose;
    if (namespace !== undefined && object.metadata.namespace !== namespace) return;
    if (object.kind === 'Event') {
      if (warnings && change.type === 'ADDED' && object.type === 'Warning') noteWarning(object);
      return;
    }
    const show = SHOWN.get(object.kind);
    if (show === undefined || !kinds.includes(object.kind)) return;
    const shown = change.type === 'DELETED' ? { state: 'deleted', detail: '' } : show(object);
    const text = `${shown.state} ${shown.detail}`;
    if (last.get(change.key) === text) return;
    if (change.type === 'DELETED') last.delete(change.key);
    else last.set(change.key, text);
    add(object, shown);
  }

  function noteWarning(event: Loose): void {
    const about = event.involvedObject as { readonly kind: string; readonly name: string };
    const at = simulation.now();
    entries.push({
      at,
      elapsed: at - begin,
      kind: about.kind,
      namespace: event.metadata.namespace ?? '',
      name: about.name,
      state: String(event.reason),
      detail: String(event.message),
    });
  }

  const stop = simulation.observe(note);
  return { entries, stop };
}

/** `+1m05s  Pod/web-1  Ready`: one line for each entry. */
export function formatTimeline(entries: readonly TimelineEntry[]): string {
  const width = Math.max(0, ...entries.map(({ kind, name }) => kind.length + name.length + 1));
  return entries
    .map(({ elapsed, kind, name, state, detail }) => {
      const line = `${formatElapsed(elapsed).padStart(9)}  ${`${kind}/${name}`.padEnd(width)}  ${state}`;
      return detail === '' ? line : `${line}  (${detail})`;
    })
    .join('\n');
}

/** `+1.5s`, `+2m05s`, `+3h07m`, `+12d04h`. */
function formatElapsed(elapsed: number): string {
  const seconds = elapsed / 1000;
  const pad = (value: number) => String(Math.floor(value)).padStart(2, '0');
  if (seconds < 60) return `+${seconds.toFixed(1)}s`;
  if (seconds < 3600) return `+${Math.floor(seconds / 60)}m${pad(seconds % 60)}s`;
  if (seconds < 86_400) return `+${Math.floor(seconds / 3600)}h${pad((seconds % 3600) / 60)}m`;
  return `+${Math.floor(seconds / 86_400)}d${pad((seconds % 86_400) / 3600)}h`;
}
