/**
 * One pod on its node, from admission to its end (pkg/kubelet/pod_workers.go and kubelet.go v1.34): volumes, sandbox, init
 * containers one after the other, sidecars that stay, the containers together, restarts, deadlines, and termination
 * within the grace period. It acts when something changes or a stage is over, and writes the status when it differs.
 */
import { deepEqual } from '../apimachinery/json.ts';
import type { Pod, PodStatus } from '../apimachinery/kinds.ts';
import { isPodTerminal } from '../apimachinery/pod.ts';
import { isApiError } from '../apimachinery/status.ts';
import { formatTime, type Instant, parseTime, SECOND } from '../apimachinery/time.ts';
import type { EventNote } from '../apiserver/event-recorder.ts';
import { kwokDelay } from './behavior.ts';
import { advanceContainer, beginContainer, imagesChanged, type LifecycleContext } from './container-lifecycle.ts';
import { type ContainerState, containerStatus } from './container-state.ts';
import { debuggerStatus, ephemeralOf } from './ephemeral.ts';
import type { NodeRuntime } from './node-runtime.ts';
import { resumeContainers, runningBehavior, startingState } from './pod-containers.ts';
import { podStatus, type StatusInput } from './pod-status.ts';
import { graceOf, isAtRest, stopAll } from './pod-termination.ts';
import { environmentProblem, mountProblem } from './references.ts';

export interface PodWorker {
  /** The object changed. */
  update(pod: Pod): void;
  /** Something that the pod waits for may be there now. */
  recheck(): void;
  /** The object is gone. */
  stop(): void;
}

const FOREVER = Number.POSITIVE_INFINITY;
const MAX_STEPS = 1000;
/** From the end of the last container until the sandbox and volumes are gone. */
const CLEAN_UP = 100;

export function createPodWorker(initial: Pod, runtime: NodeRuntime): PodWorker {
  let pod = initial;
  const { client } = runtime;
  const init = (pod.spec.initContainers ?? []).map((spec) => startingState(pod, { spec, list: 'init', runtime }));
  const main = pod.spec.containers.map((spec) => startingState(pod, { spec, list: 'main', runtime }));
  /** Debuggers: they count for nothing, and end with the pod. */
  const ephemeral = ephemeralOf(pod).map((spec) => startingState(pod, { spec, list: 'main', runtime }));
  const all = [...init, ...main, ...ephemeral];
  let startTime = pod.status?.startTime ?? '';
  let podIp = pod.status?.podIP;
  let hasSandbox = podIp !== undefined;
  let sandboxAt = FOREVER;
  let mountMessage: string | undefined;
  let failure: { readonly reason: string; readonly message: string } | undefined;
  /** When the grace period ends; set once the pod is being deleted or has to end. */
  let killAt: Instant | undefined;
  let isFinal = isPodTerminal(pod);
  let cancel: (() => void) | undefined;
  let isStopped = false;
  /** It has ended; its sandbox and volumes are being removed. */
  let isCleaning = false;

  function context(): LifecycleContext {
    return {
      pod,
      now: runtime.now(),
      images: runtime.images,
      isImageMissing: runtime.isImageMissing,
      environmentProblem: (state) => environmentProblem(pod, state.spec, client),
      behaviorOf: (state) => runningBehavior(pod, podIp, state, runtime),
      event(state, type, reason, message) {
        const list = listOf(state);
        event({ type, reason, message, fieldPath: `spec.${list}{${state.spec.name}}` });
      },
      restarts(state, exitCode) {
        if (killAt !== undefined || ephemeral.includes(state)) return false;
        if (state.kind === 'sidecar') return true;
        const policy = pod.spec.restartPolicy ?? 'Always';
        if (state.kind === 'init') return policy !== 'Never' && exitCode !== 0;
        return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
      },
    };
  }

  function listOf(state: ContainerState): string {
    if (ephemeral.includes(state)) return 'ephemeralContainers';
    return state.kind === 'main' ? 'containers' : 'initContainers';
  }

  /** Those that were added since. */
  function addDebuggers(): void {
    for (const spec of ephemeralOf(pod).slice(ephemeral.length)) {
      const state = startingState(pod, { spec, list: 'main', runtime });
      ephemeral.push(state);
      all.push(state);
    }
  }

  function event(note: EventNote): void {
    runtime.recorder.record(pod, note);
  }

  function admit(): boolean {
    const rejection = runtime.reject(pod);
    startTime = formatTime(runtime.now());
    if (rejection === undefined) return true;
    event({ type: 'Warning', reason: rejection.reason, message: rejection.message });
    isFinal = true;
    write({
      ...pod.status,
      phase: 'Failed',
      reason: rejection.reason,
      message: `Pod was rejected: ${rejection.message}`,
      startTime,
    });
    return false;
  }

  /** True when the sandbox is there. */
  function prepareSandbox(): boolean {
    if (hasSandbox) return true;
    const problem = mountProblem(pod, client);
    if (problem !== undefined) {
      if (problem.message !== mountMessage) event({ type: 'Warning', reason: 'FailedMount', message: problem.message });
      mountMessage = problem.message;
      return false;
    }
    mountMessage = undefined;
    const delay = kwokDelay(pod, 'pod-create', runtime.spread(pod.metadata.uid)) ?? 0;
    if (sandboxAt === FOREVER) sandboxAt = runtime.now() + delay;
    if (sandboxAt > runtime.now()) return false;
    podIp = pod.spec.hostNetwork === true ? runtime.hostIp() : runtime.takeIp(pod);
    hasSandbox = true;
    return true;
  }

  /** Starts what is next in turn. True when all that had to come first is done. */
  function startInTurn(ctx: LifecycleContext): boolean {
    for (const state of init) {
      if (state.stage === 'idle') beginContainer(state, ctx);
      const isDone =
        state.kind === 'sidecar'
          ? state.stage === 'running' && state.started
          : state.stage === 'done' && state.exit?.exitCode === 0;
      // Once containers run, a sidecar that restarts holds nothing up.
      if (!isDone && !main.some(({ runs }) => runs > 0)) return false;
    }
    for (const state of [...main, ...ephemeral]) if (state.stage === 'idle') beginContainer(state, ctx);
    return true;
  }

  /** One pass; true when something moved. */
  function move(): boolean {
    const ctx = context();
    let moved = false;
    for (const state of all) {
      if (state.until > ctx.now) continue;
      const before = state.stage;
      advanceContainer(state, ctx);
      moved ||= state.stage !== before || state.until <= ctx.now;
    }
    if (killAt !== undefined) return stopAll({ init, main: [...main, ...ephemeral] }, ctx, killAt) || moved;
    if (isPastDeadline(ctx.now)) {
      failure = {
        reason: 'DeadlineExceeded',
        message: 'Pod was active on the node longer than the specified deadline',
      };
      event({ type: 'Normal', reason: 'DeadlineExceeded', message: failure.message });
      killAt = ctx.now + graceOf(pod) * SECOND;
      return true;
    }
    if (!prepareSandbox()) return moved;
    const idle = all.filter(({ stage }) => stage === 'idle').length;
    startInTurn(ctx);
    if (isOver()) {
      killAt = ctx.now + graceOf(pod) * SECOND; // what is left are sidecars
      return true;
    }
    return moved || all.filter(({ stage }) => stage === 'idle').length !== idle;
  }

  /** All containers ended for good, or an init container did. */
  function isOver(): boolean {
    const failedInit = init.some(
      ({ kind, stage, exit }) => kind === 'init' && stage === 'done' && exit?.exitCode !== 0,
    );
    return failedInit || main.every(({ stage }) => stage === 'done');
  }

  function deadlineAt(): Instant {
    const { activeDeadlineSeconds } = pod.spec;
    return activeDeadlineSeconds === undefined ? FOREVER : parseTime(startTime) + activeDeadlineSeconds * SECOND;
  }

  function isPastDeadline(now: Instant): boolean {
    return deadlineAt() <= now;
  }

  function step(): void {
    if (isStopped || isCleaning) return;
    cancel?.();
    cancel = undefined;
    if (isFinal) {
      finishDeletion();
      return;
    }
    if (startTime === '' && !admit()) return;
    for (let count = 0; count < MAX_STEPS && move(); count++);
    const isEnded = killAt !== undefined && all.every(isAtRest);
    writeCurrent(isEnded);
    if (isEnded) {
      isFinal = true;
      isCleaning = true;
      cancel = runtime.schedule(runtime.now() + CLEAN_UP, () => {
        isCleaning = false;
        finishDeletion();
      });
      return;
    }
    plan();
  }

  function plan(): void {
    const next = Math.min(
      ...all.map(({ until }) => until),
      hasSandbox ? FOREVER : sandboxAt,
      killAt === undefined ? deadlineAt() : FOREVER,
    );
    if (next === FOREVER) return;
    cancel = runtime.schedule(Math.max(next, runtime.now()), step);
  }

  function statusInput(isTerminal: boolean): StatusInput {
    return {
      pod,
      now: runtime.now(),
      init: init.map((state) => containerStatus(pod, state)),
      main: main.map((state) => containerStatus(pod, state)),
      ephemeral: ephemeral.map((state) => debuggerStatus(pod, state)),
      hasSandbox: hasSandbox && !isTerminal,
      isTerminal,
      hostIp: runtime.hostIp(),
      podIp,
      startTime,
      failure: isTerminal ? failure : undefined,
    };
  }

  function writeCurrent(isTerminal: boolean): void {
    const { namespace = '', name } = pod.metadata;
    const current = client.find<Pod>('pods', { namespace, name });
    if (current === undefined || current.metadata.uid !== pod.metadata.uid) return;
    pod = current;
    write(podStatus(statusInput(isTerminal)));
  }

  function write(status: PodStatus): void {
    if (deepEqual(status, pod.status)) return;
    try {
      pod = client.updateStatus<Pod>('pods', { ...pod, status });
    } catch (error) {
      if (!isApiError(error, 'NotFound', 'Conflict')) throw error;
    }
  }

  /** A pod that has ended and should be gone is removed for good. */
  function finishDeletion(): void {
    if (podIp !== undefined && pod.spec.hostNetwork !== true) runtime.releaseIp(podIp);
    if (pod.metadata.deletionTimestamp === undefined || isStopped) return;
    const { namespace = '', name, uid } = pod.metadata;
    try {
      client.delete('pods', { namespace, name }, { gracePeriodSeconds: 0, preconditions: { uid } });
    } catch (error) {
      if (!isApiError(error, 'NotFound', 'Conflict')) throw error;
    }
  }

  function refreshBehavior(): void {
    for (const state of all) {
      state.behavior = context().behaviorOf(state);
      if (state.stage === 'running' && state.stopping === undefined) state.until = runtime.now();
      imagesChanged(state, context());
    }
  }

  if (startTime !== '' && !isFinal) resumeContainers(pod, all, runtime);

  return {
    update(next) {
      const previous = pod;
      pod = next;
      addDebuggers();
      if (isPodTerminal(next) && !isFinal) {
        isFinal = true;
        cancel?.();
      }
      const deletion = next.metadata.deletionTimestamp;
      if (deletion !== undefined) {
        const grace = (next.metadata.deletionGracePeriodSeconds ?? 0) * SECOND;
        const end =
          killAt === undefined || previous.metadata.deletionTimestamp === undefined
            ? runtime.now() + grace
            : parseTime(deletion);
        killAt = killAt === undefined ? end : Math.min(killAt, end);
      }
      if (!deepEqual(previous.metadata.annotations, next.metadata.annotations)) refreshBehavior();
      step();
    },
    recheck() {
      for (const state of all) {
        if (state.stage === 'blocked') state.stage = 'idle';
      }
      refreshBehavior();
      step();
    },
    stop() {
      isStopped = true;
      cancel?.();
      if (podIp !== undefined && pod.spec.hostNetwork !== true) runtime.releaseIp(podIp);
    },
  };
}
