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

/**
 * `batch`: a sleep moves the simulation on at once. `served`: time is driven from outside (it follows the wall clock),
 * and a sleep waits until it gets there.
 */
export type ClockMode = 'batch' | 'served';

export interface VirtualTime {
  readonly mode: ClockMode;
  now(): Instant;
  advance(duration: Duration): void;
  /** Runs something when the time has come; answers how to call it off. */
  at(instant: Instant, run: () => void): () => void;
}

/** The clock of a simulation. */
export function createVirtualClock(time: VirtualTime): Clock {
  return {
    now: () => time.now(),
    async sleep(duration, signal) {
      signal?.throwIfAborted();
      const until = time.now() + Math.max(0, duration);
      if (time.mode === 'served') {
        await new Promise<void>((resolve, reject) => {
          const abort = () => {
            cancel();
            reject(signal?.reason);
          };
          const cancel = time.at(until, () => {
            signal?.removeEventListener('abort', abort);
            resolve();
          });
          signal?.addEventListener('abort', abort, { once: true });
        });
        return;
      }
      // Others get their turn first, so that two waiters at once end at the later of their times, not at the sum.
      await Promise.resolve();
      signal?.throwIfAborted();
      if (time.now() < until) time.advance(until - time.now());
    },
  };
}
