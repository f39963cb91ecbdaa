/**
 * The port through which the outside waits in a cluster's own time. On a virtual clock a sleep moves the simulation
 * forward to its end; on the wall clock it waits.
 */
import type { Duration, Instant } from '../apimachinery/time.ts';

export interface Clock {
  now(): Instant;
  /** Resolves when the duration has passed in this clock's time; rejects with the signal's reason when aborted. */
  sleep(duration: Duration, signal?: AbortSignal): Promise<void>;
}
