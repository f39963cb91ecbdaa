/**
 * When probes change their minds (pkg/kubelet/prober v1.34): the answers of a container are known ahead, so the moments
 * at which a threshold is reached are computed instead of ticking. A probe first runs when its initial delay since the
 * container's start is over, then every period; a readiness probe also runs at the moment the container counts as started.
 */
import type { Probe } from '../apimachinery/kinds.ts';
import { type Duration, type Instant, SECOND } from '../apimachinery/time.ts';
import type { ProbeAnswer } from './probe-answers.ts';

export interface ProbeTiming {
  readonly period: Duration;
  readonly delay: Duration;
  readonly successes: number;
  readonly failures: number;
}

export function probeTiming(probe: Probe | undefined): ProbeTiming {
  return {
    period: (probe?.periodSeconds ?? 10) * SECOND,
    delay: (probe?.initialDelaySeconds ?? 0) * SECOND,
    successes: probe?.successThreshold ?? 1,
    failures: probe?.failureThreshold ?? 3,
  };
}

/** What a probe's answers are about. */
export interface Probed {
  readonly timing: ProbeTiming;
  readonly answer: ProbeAnswer;
  readonly startedAt: Instant;
  /** Probing begins only here: readiness and liveness wait for startup. */
  readonly from: Instant;
}

/** The first run at or after an instant. */
function firstRun({ timing, startedAt, from }: Probed, notBefore: Instant): Instant {
  const first = Math.max(startedAt + timing.delay, from);
  if (notBefore <= first) return first;
  return first + Math.ceil((notBefore - first) / timing.period) * timing.period;
}

/** When enough runs in a row have succeeded; Infinity: never. */
export function succeedsAt(probed: Probed): Instant {
  const { timing, answer, startedAt } = probed;
  if (answer.from === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
  const at = firstRun(probed, startedAt + answer.from) + (timing.successes - 1) * timing.period;
  return at >= startedAt + answer.until ? Number.POSITIVE_INFINITY : at;
}

/** The first run that fails while the answer is no: from the start, or from when it turns. */
export function failsFrom(probed: Probed): Instant {
  const { answer, startedAt } = probed;
  const since = answer.from > 0 ? startedAt : startedAt + answer.until;
  return since === Number.POSITIVE_INFINITY ? since : firstRun(probed, since);
}

/** When enough runs in a row have failed; Infinity: never. */
export function failsAt(probed: Probed): Instant {
  const { timing, answer, startedAt } = probed;
  const at = failsFrom(probed) + (timing.failures - 1) * timing.period;
  // Answers that turn good in time come before the threshold.
  return answer.from > 0 && at >= startedAt + answer.from ? Number.POSITIVE_INFINITY : at;
}
