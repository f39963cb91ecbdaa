/** Pods in a line, as kubectl's table shows them (Kubernetes v1.34 pkg/printers/internalversion printPod). */
import type { KubeObject } from '../clusters/cluster.ts';
import type { PodSummary } from './api.ts';

interface ContainerStatus {
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly state?: {
    readonly running?: object;
    readonly waiting?: { readonly reason?: string };
    readonly terminated?: { readonly reason?: string; readonly exitCode?: number; readonly signal?: number };
  };
}

interface PodFields {
  readonly spec?: { readonly nodeName?: string; readonly containers?: readonly unknown[] };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly conditions?: readonly { readonly type?: string; readonly status?: string; readonly reason?: string }[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

export function summarizePod(pod: KubeObject, cluster: string): PodSummary {
  // A parsed border: the API wrote it.
  const { spec = {}, status = {} } = pod as PodFields;
  const { metadata } = pod;
  const containers = status.containerStatuses ?? [];
  const owners = metadata.ownerReferences as
    | readonly { kind: string; name: string; controller?: boolean }[]
    | undefined;
  const owner = owners?.find((reference) => reference.controller === true);
  const release = metadata.labels?.['app.kubernetes.io/instance'] ?? metadata.labels?.release;
  return {
    cluster,
    namespace: metadata.namespace ?? '',
    name: metadata.name ?? '',
    status: statusColumn(pod, status),
    readyContainers: containers.filter((container) => container.ready === true).length,
    containers: spec.containers?.length ?? 0,
    restarts: containers.reduce((sum, container) => sum + (container.restartCount ?? 0), 0),
    ready: status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') === true,
    ...(spec.nodeName === undefined ? {} : { node: spec.nodeName }),
    createdAt: metadata.creationTimestamp ?? '',
    ...(release === undefined ? {} : { release }),
    ...(owner === undefined ? {} : { owner: `${owner.kind}/${owner.name}` }),
  };
}

function statusColumn(pod: KubeObject, status: NonNullable<PodFields['status']>): string {
  let column = status.reason ?? status.phase ?? 'Unknown';
  if (status.conditions?.some(({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated')) {
    column = 'SchedulingGated';
  }
  const initial = initColumn(status.initContainerStatuses ?? []);
  if (initial !== undefined) column = initial;
  else {
    for (const { state } of (status.containerStatuses ?? []).toReversed()) {
      if (state?.waiting?.reason) column = state.waiting.reason;
      else if (state?.terminated !== undefined) column = terminatedColumn(state.terminated);
    }
    const running = (status.containerStatuses ?? []).some(({ state, ready }) => state?.running !== undefined && ready);
    if (column === 'Completed' && running) column = 'Running';
  }
  return pod.metadata.deletionTimestamp === undefined ? column : 'Terminating';
}

/** The first init container that is not through decides. */
function initColumn(statuses: readonly ContainerStatus[]): string | undefined {
  for (const [index, { state, ready }] of statuses.entries()) {
    if (state?.terminated?.exitCode === 0 || (state?.running !== undefined && ready === true)) continue;
    if (state?.terminated !== undefined) return `Init:${terminatedColumn(state.terminated)}`;
    const reason = state?.waiting?.reason;
    if (reason && reason !== 'PodInitializing') return `Init:${reason}`;
    return `Init:${index}/${statuses.length}`;
  }
  return undefined;
}

function terminatedColumn(terminated: { reason?: string; exitCode?: number; signal?: number }): string {
  if (terminated.reason) return terminated.reason;
  return terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode ?? 0}`;
}
