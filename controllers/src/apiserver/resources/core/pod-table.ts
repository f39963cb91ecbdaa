/**
 * The columns of pods: printPod (pkg/printers/internalversion/printers.go, v1.34).
 */
import { getPath, isObject } from '../../../apimachinery/json.ts';
import type { KubeObject } from '../../../apimachinery/object.ts';
import { parseTime } from '../../../apimachinery/time.ts';
import { formatAge, formatHumanDuration } from '../../age.ts';
import { builtInColumns, list, text } from '../columns.ts';
import type { TableFacts } from '../resource.ts';

interface ContainerStatus {
  readonly name?: string;
  readonly ready?: boolean;
  readonly started?: boolean;
  readonly restartCount?: number;
  readonly state?: { readonly waiting?: Reason; readonly running?: object; readonly terminated?: Terminated };
  readonly lastState?: { readonly terminated?: Terminated };
}

interface Reason {
  readonly reason?: string;
}

interface Terminated extends Reason {
  readonly exitCode?: number;
  readonly signal?: number;
  readonly finishedAt?: string;
}

interface Summary {
  readonly reason: string;
  readonly ready: number;
  readonly total: number;
  readonly restarts: number;
  readonly lastRestart: number | undefined;
}

function terminatedText({ reason, exitCode = 0, signal = 0 }: Terminated): string {
  if (reason) return reason;
  return signal !== 0 ? `Signal:${signal}` : `ExitCode:${exitCode}`;
}

function summarize(pod: KubeObject): Summary {
  const containers = list(pod, 'spec.containers');
  const initContainers = list(pod, 'spec.initContainers');
  const sidecars = new Set(initContainers.filter((c) => c.restartPolicy === 'Always').map(({ name }) => String(name)));
  const conditions = list(pod, 'status.conditions');
  const phase = text(pod, 'status.phase');
  let reason = text(pod, 'status.reason') || phase;
  for (const condition of conditions) {
    if (condition.type === 'PodScheduled' && condition.reason === 'SchedulingGated') reason = 'SchedulingGated';
  }
  let restarts = 0;
  let sidecarRestarts = 0;
  let ready = 0;
  let last: number | undefined;
  let sidecarLast: number | undefined;
  const finished = ({ lastState }: ContainerStatus): number | undefined =>
    lastState?.terminated?.finishedAt === undefined ? undefined : parseTime(lastState.terminated.finishedAt);
  const later = (a: number | undefined, b: number | undefined): number | undefined =>
    a === undefined || (b !== undefined && b > a) ? b : a;
  const initStatuses = list(pod, 'status.initContainerStatuses') as readonly ContainerStatus[];
  let initializing = false;
  for (const [index, status] of initStatuses.entries()) {
    restarts += status.restartCount ?? 0;
    last = later(last, finished(status));
    const sidecar = sidecars.has(status.name ?? '');
    if (sidecar) {
      sidecarRestarts += status.restartCount ?? 0;
      sidecarLast = later(sidecarLast, finished(status));
    }
    const { terminated, waiting } = status.state ?? {};
    if (terminated !== undefined && (terminated.exitCode ?? 0) === 0) continue;
    if (sidecar && status.started === true) {
      if (status.ready === true) ready += 1;
      continue;
    }
    if (terminated !== undefined) reason = `Init:${terminatedText(terminated)}`;
    else if (waiting?.reason && waiting.reason !== 'PodInitializing') reason = `Init:${waiting.reason}`;
    else reason = `Init:${index}/${initContainers.length}`;
    initializing = true;
    break;
  }
  const initialized = conditions.some((c) => c.type === 'Initialized' && c.status === 'True');
  if (!initializing || initialized) {
    restarts = sidecarRestarts;
    last = sidecarLast;
    let running = false;
    const statuses = list(pod, 'status.containerStatuses') as readonly ContainerStatus[];
    for (const status of [...statuses].reverse()) {
      restarts += status.restartCount ?? 0;
      last = later(last, finished(status));
      const { terminated, waiting } = status.state ?? {};
      if (waiting?.reason) reason = waiting.reason;
      else if (terminated !== undefined) reason = terminatedText(terminated);
      else if (status.ready === true && status.state?.running !== undefined) {
        running = true;
        ready += 1;
      }
    }
    if (reason === 'Completed' && running) {
      reason = conditions.some((c) => c.type === 'Ready' && c.status === 'True') ? 'Running' : 'NotReady';
    }
  }
  if (pod.metadata.deletionTimestamp !== undefined) {
    if (getPath(pod, ['status', 'reason']) === 'NodeLost') reason = 'Unknown';
    else if (phase !== 'Succeeded' && phase !== 'Failed') reason = 'Terminating';
  }
  return { reason, ready, total: containers.length + sidecars.size, restarts, lastRestart: last };
}

function gates(pod: KubeObject): string {
  const all = list(pod, 'spec.readinessGates');
  if (all.length === 0) return '<none>';
  const conditions = list(pod, 'status.conditions');
  const met = all.filter(({ conditionType }) =>
    conditions.some((c) => c.type === conditionType && c.status === 'True'),
  ).length;
  return `${met}/${all.length}`;
}

const ENDED = new Map([
  ['Succeeded', 'The pod has completed successfully.'],
  ['Failed', 'The pod failed.'],
]);

export const podTable: TableFacts = {
  columns: builtInColumns('Pod.'),
  conditions(pod) {
    const phase = text(pod, 'status.phase');
    const message = ENDED.get(phase);
    return message === undefined ? [] : [{ type: 'Completed', status: 'True', reason: phase, message }];
  },
  cells(pod, now) {
    const { reason, ready, total, restarts, lastRestart } = summarize(pod);
    const ips = getPath(pod, ['status', 'podIPs']);
    const first = Array.isArray(ips) && isObject(ips[0]) ? String(ips[0].ip ?? '') : text(pod, 'status.podIP');
    return [
      pod.metadata.name,
      `${ready}/${total}`,
      reason,
      restarts !== 0 && lastRestart !== undefined
        ? `${restarts} (${formatHumanDuration(now - lastRestart)} ago)`
        : String(restarts),
      formatAge(pod.metadata.creationTimestamp, now),
      first || '<none>',
      text(pod, 'spec.nodeName') || '<none>',
      text(pod, 'status.nominatedNodeName') || '<none>',
      gates(pod),
    ];
  },
};
