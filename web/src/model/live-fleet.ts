/**
 * The fleet kept live. After a connection begins, events gather aside until `ready`, and then replace what was shown, so that
 * what went away meanwhile goes away here; changes are drawn at most once a frame, however many come.
 */

import type { ServerEvent } from '@drydock/tiller/api';
import { type ReadonlySignal, signal } from '@preact/signals';
import { openEventStream } from '../api/events.ts';
import { applyEvents, emptyFleet, type Fleet } from './fleet.ts';

export type Connection =
  | { readonly state: 'connecting' }
  | { readonly state: 'live' }
  | { readonly state: 'lost'; readonly retryMilliseconds: number };

export interface LiveFleet {
  readonly connection: ReadonlySignal<Connection>;
  /** Undefined until the first state is complete. */
  readonly fleet: ReadonlySignal<Fleet | undefined>;
}

/** Opens the event stream of the server that the page came from. */
export function createLiveFleet(url: string): LiveFleet {
  const connection = signal<Connection>({ state: 'connecting' });
  const fleet = signal<Fleet | undefined>(undefined);
  let gathered: ServerEvent[] = [];
  let complete = false;
  let frame = 0;

  const draw = (): void => {
    frame = 0;
    fleet.value = applyEvents(fleet.value ?? emptyFleet, gathered);
    gathered = [];
  };

  openEventStream(url, {
    opened() {
      gathered = [];
      complete = false;
      connection.value = { state: 'connecting' };
    },
    received(event) {
      if (event.type === 'ready') {
        fleet.value = applyEvents(emptyFleet, gathered);
        gathered = [];
        complete = true;
        connection.value = { state: 'live' };
        return;
      }
      gathered.push(event);
      if (complete && frame === 0) {
        frame = requestAnimationFrame(draw);
      }
    },
    lost(retryMilliseconds) {
      cancelAnimationFrame(frame);
      frame = 0;
      gathered = [];
      complete = false;
      connection.value = { state: 'lost', retryMilliseconds };
    },
  });
  return { connection, fleet };
}
