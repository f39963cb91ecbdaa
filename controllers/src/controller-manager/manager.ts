/**
 * Runs controllers: a queue of keys for each, as client-go's workqueue (v0.34). A key is in the queue once; a reconcile
 * that throws is tried again after 5ms*2^n, at most 1000 s; what a reconcile answers is its only plan to look again.
 *
 * Everything happens in rounds: in one round each controller, in the order of the list, reconciles what was queued when
 * its turn began. So many changes of one instant are looked at once, and the same seed gives the same history.
 */
import { isApiError } from '../apimachinery/status.ts';
import { type Duration, formatTime, type Instant } from '../apimachinery/time.ts';
import type { Client, ObjectKey } from '../apiserver/client.ts';
import type { EventRecorder } from '../apiserver/event-recorder.ts';
import type { Change } from '../store/object-store.ts';
import { type Controller, type Random, type ReconcileContext, Retry } from './controller.ts';

export interface ControllerManagerOptions {
  readonly controllers: readonly Controller[];
  readonly client: Client;
  readonly now: () => Instant;
  /** Runs something later; answers how to call it off. */
  readonly schedule: (at: Instant, run: () => void) => () => void;
  readonly random: (controller: string) => Random;
  readonly recorder: (controller: string) => EventRecorder;
  /** Where faults of this program are noted. */
  readonly faults: ControllerFault[];
}

/** A reconcile that failed for another reason than the API's refusal: a fault of this program. */
export interface ControllerFault {
  readonly controller: string;
  readonly key: ObjectKey;
  readonly at: Instant;
  readonly error: unknown;
}

export interface ControllerManager {
  /** Tells the controllers of a change of an object of a resource (`pods`, `deployments.apps`). */
  observe(resource: string, change: Change): void;
  /** One round; the number of reconciles in it. Throws when a key never comes to rest within one instant. */
  runRound(): number;
}

/** A controller that reconciles one key this often at one instant will never stop. */
const MAX_RECONCILES_PER_INSTANT = 1000;
const FIRST_BACK_OFF: Duration = 5;
const MAX_BACK_OFF: Duration = 1_000_000;
const MAX_FAULTS = 100;

function keyText(key: ObjectKey): string {
  return key.namespace === undefined ? key.name : `${key.namespace}/${key.name}`;
}

interface Queue {
  readonly controller: Controller;
  readonly context: Omit<ReconcileContext, 'now'>;
  waiting: Map<string, ObjectKey>;
  readonly planned: Map<string, () => void>;
  readonly failures: Map<string, number>;
  readonly reconciles: Map<string, number>;
  reconcilesAt: Instant;
}

export function createControllerManager(options: ControllerManagerOptions): ControllerManager {
  const { client, now, schedule, faults } = options;
  const watchers = new Map<string, { readonly queue: Queue; readonly keys: Controller['watches'][number]['keys'] }[]>();

  const queues = options.controllers.map((controller): Queue => {
    const recorder = options.recorder(controller.eventSource ?? controller.name);
    const queue: Queue = {
      controller,
      context: {
        client,
        random: options.random(controller.name),
        event: (object, type, reason, message) => recorder.record(object, { type, reason, message }),
      },
      waiting: new Map(),
      planned: new Map(),
      failures: new Map(),
      reconciles: new Map(),
      reconcilesAt: Number.NaN,
    };
    for (const { resource, keys } of controller.watches) {
      const list = watchers.get(resource) ?? [];
      list.push({ queue, keys });
      watchers.set(resource, list);
    }
    return queue;
  });

  const everything = watchers.get('*') ?? [];
  for (const [resource, list] of watchers) if (resource !== '*') list.push(...everything);

  function add(queue: Queue, key: ObjectKey): void {
    const text = keyText(key);
    if (!queue.waiting.has(text)) queue.waiting.set(text, key);
  }

  function plan(queue: Queue, key: ObjectKey, after: Duration | undefined): void {
    const text = keyText(key);
    queue.planned.get(text)?.();
    queue.planned.delete(text);
    if (after === undefined) return;
    if (after <= 0) {
      add(queue, key);
      return;
    }
    const cancel = schedule(now() + after, () => {
      queue.planned.delete(text);
      add(queue, key);
    });
    queue.planned.set(text, cancel);
  }

  function guard(queue: Queue, text: string): void {
    if (queue.reconcilesAt !== now()) {
      queue.reconcilesAt = now();
      queue.reconciles.clear();
    }
    const count = (queue.reconciles.get(text) ?? 0) + 1;
    queue.reconciles.set(text, count);
    if (count > MAX_RECONCILES_PER_INSTANT) {
      throw new Error(
        `${queue.controller.name} reconciled ${text} ${MAX_RECONCILES_PER_INSTANT} times at ${formatTime(now())} and never comes to rest`,
      );
    }
  }

  function reconcile(queue: Queue, key: ObjectKey): void {
    const text = keyText(key);
    guard(queue, text);
    try {
      const requeue = queue.controller.reconcile(key, { ...queue.context, now: now() });
      queue.failures.delete(text);
      plan(queue, key, requeue?.after);
    } catch (error) {
      if (!isApiError(error) && !(error instanceof Retry) && faults.length < MAX_FAULTS) {
        faults.push({ controller: queue.controller.name, key, at: now(), error });
      }
      const failures = queue.failures.get(text) ?? 0;
      queue.failures.set(text, failures + 1);
      plan(queue, key, Math.min(MAX_BACK_OFF, FIRST_BACK_OFF * 2 ** failures));
    }
  }

  return {
    observe(resource, change) {
      for (const { queue, keys } of watchers.get(resource) ?? everything) {
        for (const key of keys(change, client)) add(queue, key);
      }
    },
    runRound() {
      let count = 0;
      for (const queue of queues) {
        if (queue.waiting.size === 0) continue;
        const keys = queue.waiting;
        queue.waiting = new Map();
        for (const key of keys.values()) reconcile(queue, key);
        count += keys.size;
      }
      return count;
    },
  };
}
