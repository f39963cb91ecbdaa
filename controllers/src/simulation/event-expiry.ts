/**
 * Events live for an hour after their last change, as kube-apiserver's --event-ttl. They are removed together, at most
 * five minutes late, so that a long jump of the clock is not made of their ends.
 */
import type { KubeObject } from '../apimachinery/object.ts';
import { isApiError } from '../apimachinery/status.ts';
import { HOUR, type Instant, MINUTE } from '../apimachinery/time.ts';
import type { Client } from '../apiserver/client.ts';
import type { Change } from '../store/object-store.ts';

const TTL = HOUR;
const GRAIN = 5 * MINUTE;

export interface EventExpiryOptions {
  readonly client: Client;
  readonly now: () => Instant;
  readonly schedule: (at: Instant, run: () => void) => () => void;
}

/** Answers what to tell of each change of an event. */
export function createEventExpiry({ client, now, schedule }: EventExpiryOptions): (change: Change) => void {
  /** In order of their last change. */
  const alive = new Map<string, { readonly object: KubeObject; readonly at: Instant }>();
  let isPlanned = false;

  function plan(): void {
    const [oldest] = alive.values();
    if (isPlanned || oldest === undefined) return;
    isPlanned = true;
    schedule(Math.ceil((oldest.at + TTL) / GRAIN) * GRAIN, () => {
      isPlanned = false;
      expire();
    });
  }

  function expire(): void {
    for (const { object, at } of [...alive.values()]) {
      if (at + TTL > now()) break;
      const { namespace = '', name = '' } = object.metadata;
      try {
        client.delete('events', { namespace, name });
      } catch (error) {
        if (!isApiError(error, 'NotFound')) throw error;
      }
    }
    plan();
  }

  return (change) => {
    alive.delete(change.key);
    if (change.type === 'DELETED') return;
    alive.set(change.key, { object: change.object, at: now() });
    plan();
  };
}
