/**
 * From containers to the pod's status: the phase by the kubelet's getPhase, and its conditions in its order
 * (pkg/kubelet/kubelet_pods.go and status/generate.go v1.34).
 */
import type { ContainerStatus, Pod, PodCondition, PodStatus } from '../apimachinery/kinds.ts';
import { isSidecar } from '../apimachinery/pod.ts';
import { formatTime, type Instant } from '../apimachinery/time.ts';

export interface StatusInput {
  readonly pod: Pod;
  readonly now: Instant;
  readonly init: readonly ContainerStatus[];
  readonly main: readonly ContainerStatus[];
  readonly ephemeral: readonly ContainerStatus[];
  readonly hasSandbox: boolean;
  /** No container will be started again. */
  readonly isTerminal: boolean;
  readonly hostIp: string;
  readonly podIp: string | undefined;
  readonly startTime: string;
  /** Why the pod as a whole failed, e.g. DeadlineExceeded. */
  readonly failure: { readonly reason: string; readonly message: string } | undefined;
}

const OWN_CONDITIONS = new Set([
  'PodReadyToStartContainers',
  'Initialized',
  'Ready',
  'ContainersReady',
  'PodScheduled',
]);

/** The status to write. Parts of others (conditions, nominatedNodeName, qosClass) stay. */
export function podStatus(input: StatusInput): PodStatus {
  const { pod, init, main, hostIp, podIp, failure } = input;
  const { generation } = pod.metadata;
  const previous = pod.status ?? {};
  const phase = failure === undefined ? podPhase(input) : 'Failed';
  const kept = previous.phase === phase ? { reason: previous.reason, message: previous.message } : {};
  const { reason, message } = failure ?? kept;
  const { reason: _, message: __, ...rest } = previous;
  return {
    ...rest,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    phase,
    conditions: conditionsOf(input, phase),
    ...(message === undefined ? {} : { message }),
    ...(reason === undefined ? {} : { reason }),
    hostIP: hostIp,
    hostIPs: [{ ip: hostIp }],
    ...(podIp === undefined ? {} : { podIP: podIp, podIPs: [{ ip: podIp }] }),
    startTime: input.startTime,
    ...(init.length === 0 ? {} : { initContainerStatuses: init }),
    containerStatuses: main,
    ...(input.ephemeral.length === 0 ? {} : { ephemeralContainerStatuses: input.ephemeral }),
  } as PodStatus; // hostIPs and observedGeneration are younger than the types
}

function exitCodeOf({ state, lastState }: ContainerStatus): number | undefined {
  return (state?.terminated ?? (state?.waiting === undefined ? undefined : lastState?.terminated))?.exitCode;
}

/** getPhase. */
export function podPhase({ pod, init, main, isTerminal }: StatusInput): string {
  const policy = pod.spec.restartPolicy ?? 'Always';
  const sidecars = new Set((pod.spec.initContainers ?? []).filter(isSidecar).map(({ name }) => name));
  let pendingInit = 0;
  let pendingSidecars = 0;
  let running = 0;
  let waiting = 0;
  let failedInit = 0;
  for (const status of init) {
    if (sidecars.has(status.name)) {
      if (status.state?.running !== undefined) {
        running++;
        if (status.started !== true) pendingSidecars++;
      } else if (status.state?.terminated === undefined && status.lastState?.terminated === undefined) {
        pendingSidecars++;
        waiting++;
      }
      continue;
    }
    const exitCode = exitCodeOf(status);
    if (exitCode === undefined) pendingInit++;
    else if (exitCode !== 0) failedInit++;
  }
  let stopped = 0;
  let succeeded = 0;
  for (const status of main) {
    if (status.state?.running !== undefined) running++;
    else if (exitCodeOf(status) === undefined) waiting++;
    else {
      stopped++;
      if (status.state?.terminated?.exitCode === 0) succeeded++;
    }
  }
  if (failedInit > 0 && (policy === 'Never' || isTerminal)) return 'Failed';
  const hasStarted = main.some(({ state }) => state?.running !== undefined || state?.terminated !== undefined);
  if (isTerminal && running === 0) {
    return stopped > 0 && stopped === succeeded && waiting === 0 ? 'Succeeded' : 'Failed';
  }
  if (pendingInit > 0 || (pendingSidecars > 0 && !hasStarted) || waiting > 0) return 'Pending';
  if (running > 0) return 'Running';
  if (stopped === 0) return 'Pending';
  if (policy === 'Always') return 'Running';
  if (stopped === succeeded) return 'Succeeded';
  return policy === 'Never' ? 'Failed' : 'Running';
}

type Draft = { readonly type: string; readonly status: string; readonly reason?: string; readonly message?: string };

function conditionsOf(input: StatusInput, phase: string): readonly PodCondition[] {
  const { pod, now } = input;
  const known = new Map((pod.status?.conditions ?? []).map((condition) => [condition.type, condition]));
  const foreign = (pod.status?.conditions ?? []).filter(({ type }) => !OWN_CONDITIONS.has(type));
  const containersReady = containersReadyCondition(input, phase);
  const drafts: readonly Draft[] = [
    { type: 'PodReadyToStartContainers', status: input.hasSandbox ? 'True' : 'False' },
    initializedCondition(input, phase),
    readyCondition(pod, containersReady),
    containersReady,
    { type: 'PodScheduled', status: 'True' },
  ];
  const { generation } = pod.metadata;
  const own = drafts.map((draft) => {
    const before = known.get(draft.type);
    const isSame = before?.status === draft.status && before.lastTransitionTime !== undefined;
    return {
      type: draft.type,
      ...(generation === undefined ? {} : { observedGeneration: generation }),
      status: draft.status,
      lastProbeTime: null,
      lastTransitionTime: isSame ? before?.lastTransitionTime : formatTime(now),
      ...(draft.reason === undefined ? {} : { reason: draft.reason }),
      ...(draft.message === undefined ? {} : { message: draft.message }),
    };
  });
  return [...foreign, ...own] as readonly PodCondition[]; // lastProbeTime null is what the kubelet writes
}

function terminalReason(phase: string): string | undefined {
  return phase === 'Succeeded' ? 'PodCompleted' : phase === 'Failed' ? 'PodFailed' : undefined;
}

function containersReadyCondition({ pod, init, main }: StatusInput, phase: string): Draft {
  const type = 'ContainersReady';
  const reason = terminalReason(phase);
  if (reason !== undefined) return { type, status: 'False', reason };
  const sidecars = new Set((pod.spec.initContainers ?? []).filter(isSidecar).map(({ name }) => name));
  const unready = [...init.filter(({ name }) => sidecars.has(name)), ...main].filter(({ ready }) => !ready);
  if (unready.length === 0) return { type, status: 'True' };
  const message = `containers with unready status: [${unready.map(({ name }) => name).join(' ')}]`;
  return { type, status: 'False', reason: 'ContainersNotReady', message };
}

function readyCondition(pod: Pod, containersReady: Draft): Draft {
  const type = 'Ready';
  if (containersReady.status !== 'True') return { ...containersReady, type };
  const problems = (pod.spec.readinessGates ?? []).flatMap(({ conditionType }) => {
    const condition = pod.status?.conditions?.find((c) => c.type === conditionType);
    if (condition === undefined) {
      return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`];
    }
    if (condition.status === 'True') return [];
    return [`the status of pod readiness gate "${conditionType}" is not "True", but ${condition.status}`];
  });
  if (problems.length === 0) return { type, status: 'True' };
  return { type, status: 'False', reason: 'ReadinessGatesNotReady', message: problems.join(', ') };
}

function initializedCondition({ pod, init, main }: StatusInput, phase: string): Draft {
  const type = 'Initialized';
  if (phase === 'Succeeded') return { type, status: 'True', reason: 'PodCompleted' };
  if (main.some(({ state, lastState }) => state?.waiting === undefined || lastState?.terminated !== undefined)) {
    return { type, status: 'True' };
  }
  const sidecars = new Set((pod.spec.initContainers ?? []).filter(isSidecar).map(({ name }) => name));
  const incomplete = init.filter((status) =>
    sidecars.has(status.name) ? status.started !== true : status.state?.terminated?.exitCode !== 0,
  );
  if (incomplete.length === 0) return { type, status: 'True' };
  const message = `containers with incomplete status: [${incomplete.map(({ name }) => name).join(' ')}]`;
  return { type, status: 'False', reason: 'ContainersNotInitialized', message };
}
