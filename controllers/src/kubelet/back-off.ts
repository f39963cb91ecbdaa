/**
 * The kubelet's back-off (client-go's flowcontrol.Backoff as pkg/kubelet uses it, v1.34): 10 s doubling to 300 s; after
 * twice the longest without a failure it starts over.
 */
import type { Duration, Instant } from '../apimachinery/time.ts';

export const FIRST_BACK_OFF: Duration = 10_000;
export const MAX_BACK_OFF: Duration = 300_000;

export interface BackOff {
  readonly delay: Duration;
  readonly updatedAt: Instant;
}

/** How long after a failure at `failedAt` the next try may be; 0 for the first failure in a while. */
export function backOffDelay(backOff: BackOff | undefined, failedAt: Instant): Duration {
  return backOff === undefined || isForgotten(backOff, failedAt) ? 0 : backOff.delay;
}

/** The back-off after another try. */
export function nextBackOff(
  backOff: BackOff | undefined,
  { failedAt, now }: { failedAt: Instant; now: Instant },
): BackOff {
  const delay =
    backOff === undefined || isForgotten(backOff, failedAt)
      ? FIRST_BACK_OFF
      : Math.min(backOff.delay * 2, MAX_BACK_OFF);
  return { delay, updatedAt: now };
}

function isForgotten(backOff: BackOff, failedAt: Instant): boolean {
  return failedAt - backOff.updatedAt > 2 * MAX_BACK_OFF;
}

/** The back-off that so many restarts in a row leave behind, for a kubelet that starts anew. */
export function backOffAfter(restarts: number, updatedAt: Instant): BackOff | undefined {
  if (restarts === 0) return undefined;
  return { delay: Math.min(FIRST_BACK_OFF * 2 ** (restarts - 1), MAX_BACK_OFF), updatedAt };
}

/** As the kubelet prints it: `10s`, `2m40s`, `5m0s`. */
export function formatBackOff(delay: Duration): string {
  const seconds = Math.round(delay / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.trunc(seconds / 60)}m${seconds % 60}s`;
}
