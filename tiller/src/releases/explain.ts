/**
 * Why an object is not what it should be: its conditions, its pods' container states, the last warnings and log lines.
 * It is what people otherwise ask kubectl for, one object after the other, before the evidence is rolled back.
 */
import type { Cluster, KubeObject } from '../clusters/cluster.ts';
import { refOf } from './progress.ts';

export interface Explanation {
  /** The most telling cause in a few words, e.g. `pod web-1: container app: ImagePullBackOff: ...`. */
  readonly reason: string | undefined;
  readonly lines: readonly string[];
}

const PODS_SHOWN = 3;
const EVENTS_SHOWN = 5;
const LOG_LINES = 10;

interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly terminated?: { readonly exitCode?: number; readonly reason?: string; readonly message?: string };
}

interface ContainerStatus {
  readonly name: string;
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

interface Condition {
  readonly type?: string;
  readonly status?: string;
  readonly reason?: string;
  readonly message?: string;
}

interface PodStatus {
  readonly phase?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly conditions?: readonly Condition[];
  readonly initContainerStatuses?: readonly ContainerStatus[];
  readonly containerStatuses?: readonly ContainerStatus[];
}

/** Looks at the object and what belongs to it. What can't be read (a log, events) is left out. */
export async function explainObject(cluster: Cluster, object: KubeObject): Promise<Explanation> {
  const lines: string[] = conditionLines(object);
  let reason: string | undefined;
  const pods = await podsOf(cluster, object);
  const unready = pods.filter((pod) => !isPodReady(pod));
  for (const pod of unready.slice(0, PODS_SHOWN)) {
    const problems = podProblems(pod);
    reason ??= problems[0] === undefined ? undefined : describeProblem(problems[0]);
    lines.push(...problems.map(describeProblem));
    lines.push(...(await logLines(cluster, pod)));
  }
  if (unready.length > PODS_SHOWN) lines.push(`and ${unready.length - PODS_SHOWN} more pods that are not ready`);
  const events = await warnings(cluster, [object, ...unready]);
  reason ??= events.at(-1);
  lines.push(...events.map((event) => `event: ${event}`));
  return { reason, lines };
}

/** What is wrong with a pod at the moment. */
export interface PodProblem {
  readonly pod: string;
  /** e.g. `container app: ImagePullBackOff` */
  readonly brief: string;
  /** With the message. */
  readonly text: string;
}

/** What keeps an object's pods from being ready now; empty when they are only on their way. */
export async function findPodProblems(cluster: Cluster, object: KubeObject): Promise<readonly PodProblem[]> {
  const pods = await podsOf(cluster, object);
  return pods.filter((pod) => !isPodReady(pod)).flatMap(podProblems);
}

/** The last lines of what an object's pods (or the pod itself) logged, each with the pod's name. */
export async function collectLogs(cluster: Cluster, object: KubeObject): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const pod of (await podsOf(cluster, object)).slice(-PODS_SHOWN)) lines.push(...(await podLog(cluster, pod)));
  return lines;
}

/** The pods that an object's selector finds; a pod is its own. */
export async function podsOf(cluster: Cluster, object: KubeObject): Promise<readonly KubeObject[]> {
  if (object.kind === 'Pod') return [object];
  // A parsed border: selectors have been checked by the API.
  const spec = object.spec as { selector?: { matchLabels?: Readonly<Record<string, string>> } } | undefined;
  const labels = spec?.selector?.matchLabels;
  const { namespace } = object.metadata;
  if (object.kind === 'Service' || labels === undefined || namespace === undefined) return [];
  const labelSelector = Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  const { items } = await cluster.list({ apiVersion: 'v1', kind: 'Pod', namespace, labelSelector });
  return items;
}

function isPodReady(pod: KubeObject): boolean {
  const status = statusOf(pod);
  return status.phase === 'Succeeded' || findCondition(status.conditions, 'Ready')?.status === 'True';
}

function statusOf(pod: KubeObject): PodStatus {
  // A parsed border: the API wrote it.
  return (pod.status ?? {}) as PodStatus;
}

export function describeProblem({ pod, text }: PodProblem): string {
  return `pod ${pod}: ${text}`;
}

function podProblems(pod: KubeObject): readonly PodProblem[] {
  const status = statusOf(pod);
  const problems: PodProblem[] = [];
  const add = (brief: string, message: string) => {
    problems.push({ pod: pod.metadata.name ?? '', brief, text: message === '' ? brief : `${brief}: ${message}` });
  };
  const scheduled = findCondition(status.conditions, 'PodScheduled');
  if (scheduled?.status === 'False') add(scheduled.reason ?? 'Unschedulable', scheduled.message ?? '');
  if (status.reason !== undefined) add(status.reason, status.message ?? '');
  for (const container of [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]) {
    const problem = containerProblem(container);
    if (problem !== undefined) add(`container ${container.name}: ${problem.brief}`, problem.message);
  }
  return problems;
}

/** Reasons that only say that nothing has happened yet. */
const HARMLESS = new Set(['ContainerCreating', 'PodInitializing']);

function containerProblem(container: ContainerStatus): { brief: string; message: string } | undefined {
  const { waiting, terminated } = container.state ?? {};
  const last = container.lastState?.terminated;
  const exit = last?.exitCode === undefined ? '' : `, exit code ${last.exitCode}`;
  const restarts = (container.restartCount ?? 0) > 0 ? ` (${container.restartCount} restarts${exit})` : '';
  if (waiting !== undefined && !HARMLESS.has(waiting.reason ?? '')) {
    return { brief: `${waiting.reason ?? 'waiting'}${restarts}`, message: waiting.message ?? '' };
  }
  if (terminated !== undefined && terminated.exitCode !== 0) {
    const brief = `${terminated.reason ?? 'terminated'}, exit code ${terminated.exitCode}${restarts}`;
    return { brief, message: terminated.message ?? '' };
  }
  if (terminated === undefined && waiting === undefined && container.ready !== true) {
    return { brief: `not ready${restarts}`, message: '' };
  }
  return undefined;
}

function conditionLines(object: KubeObject): string[] {
  const status = object.status as { conditions?: readonly Condition[] } | undefined;
  const conditions = Array.isArray(status?.conditions) ? status.conditions : [];
  return conditions
    .filter((condition: Condition) => isTelling(object.kind, condition))
    .map((condition: Condition) =>
      [`condition ${condition.type}=${condition.status}`, condition.reason, condition.message]
        .filter(Boolean)
        .join(': '),
    );
}

/** Failure, or what should be true and is not; a pod's false conditions follow from its containers. */
function isTelling(kind: string, condition: Condition): boolean {
  if (/Fail|Stalled|Pressure/.test(condition.type ?? '')) return condition.status === 'True';
  return kind !== 'Pod' && condition.status === 'False';
}

async function warnings(cluster: Cluster, objects: readonly KubeObject[]): Promise<readonly string[]> {
  const namespace = objects[0]?.metadata.namespace;
  const uids = new Set(objects.map((object) => object.metadata.uid));
  const list = await cluster
    .list({ apiVersion: 'v1', kind: 'Event', ...(namespace === undefined ? {} : { namespace }) })
    .catch(() => ({ items: [] as readonly KubeObject[] }));
  const found = list.items
    .map(readEvent)
    .filter((event) => event.type === 'Warning' && uids.has(event.involvedObject?.uid))
    .sort((a, b) => timeOf(a) - timeOf(b));
  return found.slice(-EVENTS_SHOWN).map((event) => {
    const times = (event.count ?? 1) > 1 ? ` (x${event.count})` : '';
    const about = `${event.involvedObject?.kind ?? ''}/${event.involvedObject?.name ?? ''}`;
    return `${event.reason ?? ''} ${about}: ${(event.message ?? '').trim().replace(/\s*\n\s*/g, ' ')}${times}`;
  });
}

interface EventFields {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly count?: number;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly involvedObject?: { readonly kind?: string; readonly name?: string; readonly uid?: string };
}

function readEvent(object: KubeObject): EventFields {
  // A parsed border: v1 Events have these fields.
  return object as unknown as EventFields;
}

function timeOf(event: EventFields): number {
  const time = Date.parse(event.lastTimestamp ?? event.eventTime ?? '');
  return Number.isNaN(time) ? 0 : time;
}

async function logLines(cluster: Cluster, pod: KubeObject): Promise<readonly string[]> {
  const crashed = [...(statusOf(pod).containerStatuses ?? []), ...(statusOf(pod).initContainerStatuses ?? [])].some(
    (container) => container.state?.terminated !== undefined || container.lastState?.terminated !== undefined,
  );
  return crashed ? podLog(cluster, pod) : [];
}

async function podLog(cluster: Cluster, pod: KubeObject): Promise<readonly string[]> {
  const lines: string[] = [];
  try {
    for await (const line of cluster.logs(refOf(pod), { tailLines: LOG_LINES })) {
      lines.push(`log ${pod.metadata.name}: ${line}`);
    }
  } catch {
    // A pod that never started has no log: the report goes without.
    return [];
  }
  return lines.slice(-LOG_LINES);
}

function findCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}
