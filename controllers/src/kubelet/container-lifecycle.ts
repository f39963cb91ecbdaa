/**
 * The way of one container: image, creation, run with its probes, end, back-off and start again
 * (pkg/kubelet/images, kuberuntime and prober v1.34), with the kubelet's events.
 */
import type { Pod } from '../apimachinery/kinds.ts';
import type { Duration, Instant } from '../apimachinery/time.ts';
import type { EventType } from '../apiserver/event-recorder.ts';
import { backOffDelay, formatBackOff, MAX_BACK_OFF, nextBackOff } from './back-off.ts';
import type { ContainerBehavior } from './behavior.ts';
import { judgeProbes } from './container-probes.ts';
import type { ContainerState } from './container-state.ts';
import { containerId } from './container-state.ts';
import { fullImageName, isImageReference, notFoundMessage, pullPolicy } from './images.ts';
import { fnv32a } from './text-hash.ts';

export interface LifecycleContext {
  readonly pod: Pod;
  readonly now: Instant;
  readonly images: Set<string>;
  isImageMissing(image: string): boolean;
  environmentProblem(state: ContainerState): string | undefined;
  event(state: ContainerState, type: EventType, reason: string, message: string): void;
  /** How it behaves in the run that begins. */
  behaviorOf(state: ContainerState): ContainerBehavior;
  /** Whether a container that ended with the code is started again. */
  restarts(state: ContainerState, exitCode: number): boolean;
}

/** From the end of a container to its next start or its back-off: about the kubelet's relist. */
const NOTICE: Duration = 1000;
/** Looking whether an image that is there is still current. */
const RECHECK: Duration = 100;
const FOREVER = Number.POSITIVE_INFINITY;

/** Starts the way: at the image. */
export function beginContainer(state: ContainerState, context: LifecycleContext): void {
  const image = state.spec.image ?? '';
  const { now, images } = context;
  if (!isImageReference(image)) {
    const message = `Failed to apply default image tag "${image}": couldn't parse image name "${image}": invalid reference format`;
    context.event(state, 'Warning', 'InspectFailed', message);
    block(state, context, 'InvalidImageName', message);
    return;
  }
  const policy = pullPolicy(image, state.spec.imagePullPolicy);
  const isMissing = state.behavior.imageMissing || context.isImageMissing(image);
  // The annotation speaks of this pod: for it the image is nowhere. A pattern speaks of the registry.
  const isPresent = images.has(fullImageName(image)) && !state.behavior.imageMissing;
  if (policy === 'Never' && isMissing && !isPresent) {
    const message = `Container image "${image}" is not present with pull policy of Never`;
    context.event(state, 'Warning', 'ErrImageNeverPull', message);
    block(state, context, 'ErrImageNeverPull', message);
    return;
  }
  if (policy === 'Never' || (policy === 'IfNotPresent' && isPresent)) {
    context.event(state, 'Normal', 'Pulled', `Container image "${image}" already present on machine`);
    images.add(fullImageName(image));
    createContainer(state, context);
    return;
  }
  context.event(state, 'Normal', 'Pulling', `Pulling image "${image}"`);
  state.stage = 'pulling';
  state.until = now + (isPresent && !isMissing ? Math.min(RECHECK, state.behavior.pull) : state.behavior.pull);
}

function block(state: ContainerState, context: LifecycleContext, reason: string, message: string): void {
  state.stage = 'blocked';
  state.waiting = { reason, message };
  state.until = FOREVER;
  context.event(state, 'Warning', 'Failed', `Error: ${reason === 'CreateContainerConfigError' ? message : reason}`);
}

function createContainer(state: ContainerState, context: LifecycleContext): void {
  const problem = context.environmentProblem(state);
  if (problem !== undefined) {
    block(state, context, 'CreateContainerConfigError', problem);
    return;
  }
  context.event(state, 'Normal', 'Created', `Created container: ${state.spec.name}`);
  state.stage = 'creating';
  state.until = context.now + state.behavior.start;
}

/** Moves on a container whose stage is over. */
export function advanceContainer(state: ContainerState, context: LifecycleContext): void {
  switch (state.stage) {
    case 'pulling':
      finishPull(state, context);
      break;
    case 'pull-failed':
      backOffPull(state, context);
      break;
    case 'pull-back-off':
      beginContainer(state, context);
      break;
    case 'creating':
      run(state, context);
      break;
    case 'running':
      observe(state, context);
      break;
    case 'exited':
      restart(state, context);
      break;
    case 'crash-back-off':
      startAgain(state, context);
      break;
    default:
      state.until = FOREVER;
  }
}

function finishPull(state: ContainerState, context: LifecycleContext): void {
  const image = state.spec.image ?? '';
  const { now } = context;
  if (state.behavior.imageMissing || context.isImageMissing(image)) {
    const detail = `rpc error: code = NotFound desc = ${notFoundMessage(image)}`;
    context.event(state, 'Warning', 'Failed', `Failed to pull image "${image}": ${detail}`);
    context.event(state, 'Warning', 'Failed', 'Error: ErrImagePull');
    state.pullBackOff = nextBackOff(state.pullBackOff, { failedAt: now, now });
    state.pullFailedAt = now;
    state.stage = 'pull-failed';
    state.waiting = { reason: 'ErrImagePull', message: detail };
    state.until = now + NOTICE;
    return;
  }
  const size = 20_000_000 + (fnv32a(fullImageName(image)) % 180_000_000);
  const took = `${state.behavior.pull}ms`.replace(/^(\d+)000ms$/, '$1s');
  context.event(
    state,
    'Normal',
    'Pulled',
    `Successfully pulled image "${image}" in ${took} (${took} including waiting). Image size: ${size} bytes.`,
  );
  context.images.add(fullImageName(image));
  state.pullBackOff = undefined;
  createContainer(state, context);
}

function backOffPull(state: ContainerState, context: LifecycleContext): void {
  const image = state.spec.image ?? '';
  const delay = state.pullBackOff?.delay ?? 0;
  const message = `Back-off pulling image "${image}"`;
  context.event(state, 'Normal', 'BackOff', message);
  context.event(state, 'Warning', 'Failed', 'Error: ImagePullBackOff');
  const previous = state.waiting.message;
  state.stage = 'pull-back-off';
  state.waiting = {
    reason: 'ImagePullBackOff',
    message: previous === undefined ? message : `${message}: ErrImagePull: ${previous}`,
  };
  // At the longest back-off trying again changes nothing, so nothing is planned: see `imagesChanged`.
  state.until = delay >= MAX_BACK_OFF ? FOREVER : state.pullFailedAt + delay;
}

/** What can be pulled may have changed: plans the next try of a pull that gave up planning. */
export function imagesChanged(state: ContainerState, context: LifecycleContext): void {
  if (state.stage !== 'pull-back-off' || state.until !== FOREVER) return;
  if (state.behavior.imageMissing || context.isImageMissing(state.spec.image ?? '')) return;
  const tries = Math.max(1, Math.ceil((context.now - state.pullFailedAt) / MAX_BACK_OFF));
  state.until = state.pullFailedAt + tries * MAX_BACK_OFF;
}

function run(state: ContainerState, context: LifecycleContext): void {
  state.runs++;
  state.behavior = context.behaviorOf(state);
  state.stage = 'running';
  state.startedAt = context.now;
  state.started = false;
  state.ready = false;
  state.reported.clear();
  context.event(state, 'Normal', 'Started', `Started container ${state.spec.name}`);
  observe(state, context);
}

/** A running container at a moment: it goes on, ends by itself, was told to stop, or is killed by a probe. */
function observe(state: ContainerState, context: LifecycleContext): void {
  const { behavior, startedAt } = state;
  if (state.stopping !== undefined) {
    endContainer(state, context, state.stopping);
    return;
  }
  const ending = behavior.ending !== undefined && state.runs <= behavior.ending.times ? behavior.ending : undefined;
  const endsAt = ending === undefined ? FOREVER : startedAt + ending.after;
  if (ending !== undefined && endsAt <= context.now) {
    endContainer(state, context, ending);
    return;
  }
  const verdict = judgeProbes(state, context);
  state.started = verdict.started;
  state.ready = verdict.ready;
  state.until = Math.min(endsAt, verdict.until);
  if (verdict.kill !== undefined) kill(state, context, verdict.kill);
}

function kill(state: ContainerState, context: LifecycleContext, message: string): void {
  context.event(state, 'Normal', 'Killing', message);
  endContainer(state, context, { exitCode: 137, reason: 'Error' });
}

/** The container ended. */
export function endContainer(
  state: ContainerState,
  context: LifecycleContext,
  { exitCode, reason, message = '' }: { readonly exitCode: number; readonly reason: string; readonly message?: string },
): void {
  state.exit = {
    exitCode,
    reason,
    ...(message === '' ? {} : { message }),
    startedAt: state.startedAt,
    finishedAt: context.now,
    containerId: containerId(context.pod, state.spec.name, state.runs),
  };
  state.started = false;
  state.ready = false;
  if (state.stopping === undefined && context.restarts(state, exitCode)) {
    state.stage = 'exited';
    state.until = context.now + NOTICE;
  } else {
    state.stage = 'done';
    state.until = FOREVER;
  }
}

function restart(state: ContainerState, context: LifecycleContext): void {
  const { exit } = state;
  if (exit === undefined || !context.restarts(state, exit.exitCode)) {
    state.stage = 'done';
    state.until = FOREVER;
    return;
  }
  const delay = backOffDelay(state.backOff, exit.finishedAt);
  if (exit.finishedAt + delay <= context.now) {
    startAgain(state, context);
    return;
  }
  const { name, namespace = '', uid } = context.pod.metadata;
  const pod = `${name}_${namespace}(${uid})`;
  context.event(state, 'Warning', 'BackOff', `Back-off restarting failed container ${state.spec.name} in pod ${pod}`);
  state.stage = 'crash-back-off';
  state.waiting = {
    reason: 'CrashLoopBackOff',
    message: `back-off ${formatBackOff(delay)} restarting failed container=${state.spec.name} pod=${pod}`,
  };
  state.until = exit.finishedAt + delay;
}

function startAgain(state: ContainerState, context: LifecycleContext): void {
  const failedAt = state.exit?.finishedAt ?? context.now;
  state.backOff = nextBackOff(state.backOff, { failedAt, now: context.now });
  beginContainer(state, context);
}

/** Asks a running container to stop; others end at once. */
export function stopContainer(state: ContainerState, context: LifecycleContext, limits: StopLimits): void {
  if (state.stage === 'done') return;
  if (state.stage !== 'running') {
    state.stage = state.exit === undefined ? state.stage : 'done';
    state.until = FOREVER;
    return;
  }
  if (state.stopping === undefined) {
    context.event(state, 'Normal', 'Killing', `Stopping container ${state.spec.name}`);
  }
  const ownEnd = context.now + limits.preStop + state.behavior.termination;
  const isInTime = ownEnd <= limits.deadline;
  state.stopping = { exitCode: isInTime ? 143 : 137, reason: 'Error' };
  state.until = Math.min(ownEnd, limits.deadline);
}

export interface StopLimits {
  /** The end of the grace period. */
  readonly deadline: Instant;
  readonly preStop: Duration;
}
