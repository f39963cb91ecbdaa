/**
 * What a kubelet holds of one container: where it is between the pull of its image and its end, and how that reads as a
 * ContainerStatus. A kubelet that starts anew takes it from the status again, to the second.
 */

import type { Container, ContainerStatus, Pod } from '../apimachinery/kinds.ts';
import { isSidecar } from '../apimachinery/pod.ts';
import { formatTime, type Instant, parseTime } from '../apimachinery/time.ts';
import { type BackOff, backOffAfter, FIRST_BACK_OFF, MAX_BACK_OFF } from './back-off.ts';
import type { ContainerBehavior } from './behavior.ts';
import { fullImageName } from './images.ts';
import { fnv32a } from './text-hash.ts';

export type ContainerKind = 'init' | 'sidecar' | 'main';

/**
 * idle: not its turn yet. pulling: the image is on its way. pull-failed: just now; pull-back-off: until the next try.
 * blocked: a reference is missing, or the image's name is none. creating: made, not running. running. exited: just now.
 * crash-back-off: until the next start. done: it ended and stays so.
 */
export type Stage =
  | 'idle'
  | 'pulling'
  | 'pull-failed'
  | 'pull-back-off'
  | 'blocked'
  | 'creating'
  | 'running'
  | 'exited'
  | 'crash-back-off'
  | 'done';

export interface Exit {
  readonly exitCode: number;
  readonly reason: string;
  readonly message?: string;
  readonly startedAt: Instant;
  readonly finishedAt: Instant;
  readonly containerId: string;
}

/** Changes as the pod worker moves the container along. */
export interface ContainerState {
  readonly spec: Container;
  readonly kind: ContainerKind;
  behavior: ContainerBehavior;
  stage: Stage;
  /** When the stage ends by itself. */
  until: Instant;
  waiting: { readonly reason: string; readonly message?: string };
  startedAt: Instant;
  started: boolean;
  ready: boolean;
  /** The last end; while running, that of the run before. */
  exit: Exit | undefined;
  /** Starts so far. */
  runs: number;
  /** It was created at least once: the next start is a restart. */
  backOff: BackOff | undefined;
  pullBackOff: BackOff | undefined;
  pullFailedAt: Instant;
  /** Probe failures that were reported in this run. */
  readonly reported: Set<string>;
  /** How it will end once it was told to stop. */
  stopping: { readonly exitCode: number; readonly reason: string } | undefined;
}

export function kindOf(container: Container, list: 'init' | 'main'): ContainerKind {
  return list === 'main' ? 'main' : isSidecar(container) ? 'sidecar' : 'init';
}

export function newContainerState(spec: Container, kind: ContainerKind, behavior: ContainerBehavior): ContainerState {
  return {
    spec,
    kind,
    behavior,
    stage: 'idle',
    until: Number.POSITIVE_INFINITY,
    waiting: { reason: 'ContainerCreating' },
    startedAt: Number.NaN,
    started: false,
    ready: false,
    exit: undefined,
    runs: 0,
    backOff: undefined,
    pullBackOff: undefined,
    pullFailedAt: Number.NaN,
    reported: new Set(),
    stopping: undefined,
  };
}

function exitOf(terminated: NonNullable<ContainerStatus['state']>['terminated']): Exit | undefined {
  if (terminated === undefined) return undefined;
  return {
    exitCode: terminated.exitCode,
    reason: terminated.reason ?? 'Error',
    ...(terminated.message === undefined ? {} : { message: terminated.message }),
    startedAt: parseTime(terminated.startedAt ?? ''),
    finishedAt: parseTime(terminated.finishedAt ?? ''),
    containerId: terminated.containerID ?? '',
  };
}

/** Takes up a container where its status says it is. */
export function resumeContainer(state: ContainerState, status: ContainerStatus | undefined, now: Instant): void {
  if (status === undefined) return;
  const { running, terminated, waiting } = status.state ?? {};
  state.exit = exitOf(terminated) ?? exitOf(status.lastState?.terminated);
  state.runs = status.restartCount + (running !== undefined || terminated !== undefined ? 1 : 0);
  if (running !== undefined) {
    state.stage = 'running';
    state.startedAt = parseTime(running.startedAt ?? '');
    state.started = status.started === true;
    state.ready = status.ready;
    state.until = now;
    state.backOff = backOffAfter(status.restartCount, state.startedAt);
    return;
  }
  if (terminated !== undefined) {
    state.stage = 'exited';
    state.until = now;
    state.backOff = backOffAfter(status.restartCount, parseTime(terminated.startedAt ?? ''));
    return;
  }
  if (waiting?.reason === 'CrashLoopBackOff' && state.exit !== undefined) {
    state.runs = status.restartCount + 1;
    state.stage = 'exited';
    state.until = now;
    state.backOff = backOffAfter(status.restartCount, state.exit.startedAt);
    return;
  }
  if (waiting?.reason === 'ErrImagePull' || waiting?.reason === 'ImagePullBackOff') {
    state.stage = waiting.reason === 'ErrImagePull' ? 'pull-failed' : 'pull-back-off';
    state.waiting = { reason: waiting.reason, ...(waiting.message === undefined ? {} : { message: waiting.message }) };
    state.pullFailedAt = now;
    state.pullBackOff = { delay: MAX_BACK_OFF, updatedAt: now };
    state.until = now + FIRST_BACK_OFF;
  }
}

/** A made-up but stable id, as containerd's. */
export function containerId(pod: Pod, container: string, run: number): string {
  let id = '';
  for (let part = 0; part < 8; part++) {
    id += fnv32a(`${pod.metadata.uid}/${container}/${run}/${part}`).toString(16).padStart(8, '0');
  }
  return `containerd://${id}`;
}

function imageId(image: string): string {
  const name = fullImageName(image);
  const repository = name.replace(/@.*$/, '').replace(/:[^:/]*$/, '');
  let digest = '';
  for (let part = 0; part < 8; part++) digest += fnv32a(`${name}/${part}`).toString(16).padStart(8, '0');
  return `${repository}@sha256:${digest}`;
}

function terminatedOf(exit: Exit) {
  return {
    terminated: {
      exitCode: exit.exitCode,
      reason: exit.reason,
      ...(exit.message === undefined ? {} : { message: exit.message }),
      startedAt: Number.isNaN(exit.startedAt) ? null : formatTime(exit.startedAt),
      finishedAt: Number.isNaN(exit.finishedAt) ? null : formatTime(exit.finishedAt),
      ...(exit.containerId === '' ? {} : { containerID: exit.containerId }),
    },
  };
}

const NEVER_RAN: ReadonlySet<Stage> = new Set([
  'idle',
  'pulling',
  'pull-failed',
  'pull-back-off',
  'blocked',
  'creating',
]);

/** The container's part of the pod's status. */
export function containerStatus(pod: Pod, state: ContainerState): ContainerStatus {
  const { spec, stage, exit, runs } = state;
  const isRunning = stage === 'running';
  const hasRun = runs > 0;
  const hasEnded = stage === 'exited' || stage === 'done' || (stage === 'creating' && exit !== undefined);
  const current = isRunning
    ? { running: { startedAt: formatTime(state.startedAt) } }
    : hasEnded && exit !== undefined
      ? terminatedOf(exit)
      : { waiting: state.waiting };
  const showsLast =
    exit !== undefined && !('terminated' in current) && (isRunning || stage === 'crash-back-off' || hasRun);
  const status = {
    name: spec.name,
    state: current,
    lastState: showsLast && exit !== undefined ? terminatedOf(exit) : {},
    ready: state.kind === 'init' ? stage === 'done' && exit?.exitCode === 0 : state.ready,
    restartCount: Math.max(0, runs - 1),
    image: spec.image ?? '',
    imageID: hasRun || !NEVER_RAN.has(stage) ? imageId(spec.image ?? '') : '',
    ...(hasRun ? { containerID: containerId(pod, spec.name, runs) } : {}),
    started: isRunning && state.started,
    ...(spec.resources?.requests === undefined ? {} : { allocatedResources: spec.resources.requests }),
    ...(spec.resources === undefined || Object.keys(spec.resources).length === 0 ? {} : { resources: spec.resources }),
  };
  return status as ContainerStatus; // null times are what the API writes for unknown ones
}
