/**
 * What the probes of a running container say (pkg/kubelet/prober v1.34): whether it has started, is ready, or has to be
 * restarted, and when that can change. The first failure of each probe in a run is told as an event.
 */
import type { Pod, Probe } from '../apimachinery/kinds.ts';
import type { Instant } from '../apimachinery/time.ts';
import type { EventType } from '../apiserver/event-recorder.ts';
import type { ContainerState } from './container-state.ts';
import { failsAt, failsFrom, type Probed, probeTiming, succeedsAt } from './probes.ts';

export interface ProbeContext {
  readonly pod: Pod;
  readonly now: Instant;
  event(state: ContainerState, type: EventType, reason: string, message: string): void;
}

export interface ProbeVerdict {
  /** Why the container has to be killed. */
  readonly kill?: string;
  readonly started: boolean;
  readonly ready: boolean;
  /** The next moment at which the verdict can be another. */
  readonly until: Instant;
}

const FOREVER = Number.POSITIVE_INFINITY;

/** The probes at a moment, from the container's start on. */
export function judgeProbes(state: ContainerState, context: ProbeContext): ProbeVerdict {
  const { now } = context;
  const { spec, behavior, startedAt } = state;
  const looks: Instant[] = [];
  const next = () => Math.min(FOREVER, ...looks.filter((at) => at > now));
  const startup = probed(state, 'startup', startedAt);
  const startsAt = spec.startupProbe === undefined ? startedAt : succeedsAt(startup);
  if (startsAt > now) {
    const killAt = failsAt(startup);
    report(state, context, { which: 'Startup', at: failsFrom(startup), looks });
    looks.push(startsAt, killAt);
    const verdict = { started: false, ready: false, until: next() };
    if (killAt > now) return verdict;
    return { ...verdict, kill: `Container ${spec.name} failed startup probe, will be restarted` };
  }
  if (spec.livenessProbe !== undefined || behavior.hasLiveness) {
    const liveness = probed(state, 'liveness', startsAt);
    const killAt = failsAt(liveness);
    report(state, context, { which: 'Liveness', at: failsFrom(liveness), looks });
    looks.push(killAt);
    if (killAt <= now) {
      const kill = `Container ${spec.name} failed liveness probe, will be restarted`;
      return { started: true, ready: false, until: now, kill };
    }
  }
  const ready = isReady(state, context, { startsAt, looks });
  return { started: true, ready, until: next() };
}

function probed(state: ContainerState, which: 'startup' | 'readiness' | 'liveness', from: Instant): Probed {
  const { spec, behavior, startedAt } = state;
  const probe: Probe | undefined = {
    startup: spec.startupProbe,
    readiness: spec.readinessProbe,
    liveness: spec.livenessProbe,
  }[which];
  return { timing: probeTiming(probe), answer: behavior[which], startedAt, from };
}

function isReady(
  state: ContainerState,
  context: ProbeContext,
  { startsAt, looks }: { readonly startsAt: Instant; readonly looks: Instant[] },
): boolean {
  const { spec, behavior } = state;
  if (spec.readinessProbe === undefined && !behavior.hasReadiness) return true;
  const readiness = probed(state, 'readiness', startsAt);
  const readyAt = succeedsAt(readiness);
  if (readyAt > context.now) {
    if (behavior.readiness.from > 0) {
      report(state, context, { which: 'Readiness', at: failsFrom(readiness), looks });
    }
    looks.push(readyAt);
    return false;
  }
  const unreadyAt = failsAt(readiness);
  if (unreadyAt === FOREVER || behavior.readiness.from > 0) return true;
  report(state, context, { which: 'Readiness', at: failsFrom(readiness), looks });
  looks.push(unreadyAt);
  return unreadyAt > context.now;
}

/** The first failure of a probe in a run is told; equal ones after it would only count up. */
function report(
  state: ContainerState,
  context: ProbeContext,
  {
    which,
    at,
    looks,
  }: { readonly which: 'Startup' | 'Liveness' | 'Readiness'; readonly at: Instant; readonly looks: Instant[] },
): void {
  if (state.reported.has(which)) return;
  if (at > context.now) {
    looks.push(at);
    return;
  }
  state.reported.add(which);
  const probe = {
    Startup: state.spec.startupProbe,
    Liveness: state.spec.livenessProbe,
    Readiness: state.spec.readinessProbe,
  }[which];
  context.event(state, 'Warning', 'Unhealthy', `${which} probe failed: ${probeFailure(probe, context.pod)}`);
}

function probeFailure(probe: Probe | undefined, pod: Pod): string {
  if (probe?.exec !== undefined) return '';
  if (probe?.tcpSocket !== undefined) {
    return `dial tcp ${pod.status?.podIP ?? ''}:${probe.tcpSocket.port}: connect: connection refused`;
  }
  if (probe?.grpc !== undefined) return 'service unhealthy (responded with "NOT_SERVING")';
  return 'HTTP probe failed with statuscode: 503';
}
