/**
 * The port that every controller implements: level-based and idempotent, as controller-runtime's Reconciler. The
 * queues around it (dedup, back-off 5ms*2^n up to 1000s, requeue) are manager.ts.
 */
import type { KubeObject } from '../apimachinery/object.ts';
import type { Duration, Instant } from '../apimachinery/time.ts';
import type { Client, ObjectKey } from '../apiserver/client.ts';
import type { Change } from '../store/object-store.ts';

/** Seeded; one stream for each cluster and controller. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A whole number in [0, below). */
  below(below: number): number;
}

export interface WatchSource {
  /** GroupResource text, e.g. `replicasets.apps`; `*` for every resource. */
  readonly resource: string;
  /** The keys to reconcile because of a change. */
  keys(change: Change, client: Client): readonly ObjectKey[];
}

export interface ReconcileContext {
  readonly client: Client;
  readonly now: Instant;
  readonly random: Random;
  /** Records an event on an object, as client-go's EventRecorder; equal ones are counted up. */
  event(object: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void;
}

/** When to look again, without a change. */
export interface Requeue {
  readonly after: Duration;
}

export interface Controller {
  /** As upstream names it in events and leases, e.g. `deployment-controller`. */
  readonly name: string;
  /** The source of its events, where upstream has another name for that. */
  readonly eventSource?: string;
  readonly watches: readonly WatchSource[];
  /** Throws ApiError (or anything) to be tried again with back-off. */
  reconcile(key: ObjectKey, context: ReconcileContext): Requeue | undefined;
}

/** Thrown by a reconcile that is to be tried again with back-off, without being anybody's fault. */
export class Retry extends Error {
  override readonly name = 'Retry';
}
