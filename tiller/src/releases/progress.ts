/**
 * What an operation tells while it runs: a timeline in the cluster's own time.
 */
import type { ClusterClock, KubeObject, ObjectRef } from '../clusters/cluster.ts';

export interface Progress {
  readonly kind: 'step' | 'object' | 'hook' | 'wait';
  /** Milliseconds of the cluster's time since the operation began. */
  readonly elapsed: number;
  readonly message: string;
  readonly object?: ObjectRef;
}

export type Observe = (progress: Progress) => void;

/** Says one thing. `kind` defaults to `step`. */
export type Tell = (message: string, about?: { kind?: Progress['kind']; object?: ObjectRef }) => void;

/** Starts the timeline of an operation now. */
export function startTimeline(clock: ClusterClock, observe: Observe | undefined): Tell {
  const start = clock.now();
  return (message, about = {}) => {
    observe?.({
      kind: about.kind ?? 'step',
      elapsed: clock.now() - start,
      message,
      ...(about.object === undefined ? {} : { object: about.object }),
    });
  };
}

/** `Deployment shop/web`, or `Namespace shop` for what has no namespace. */
export function describeRef(ref: ObjectRef): string {
  return ref.namespace === undefined ? `${ref.kind} ${ref.name}` : `${ref.kind} ${ref.namespace}/${ref.name}`;
}

export function refOf(object: KubeObject): ObjectRef {
  const { name = '', namespace } = object.metadata;
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    name,
    ...(namespace === undefined || namespace === '' ? {} : { namespace }),
  };
}

/** Group, kind, namespace and name: the same object whatever the version. */
export function refKey(ref: ObjectRef): string {
  const slash = ref.apiVersion.indexOf('/');
  const group = slash < 0 ? '' : ref.apiVersion.slice(0, slash);
  return `${group}/${ref.kind}/${ref.namespace ?? ''}/${ref.name}`;
}

/** `1m30s`, `12s`, `250ms`: as Go prints a duration, without fractions of a second above one. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) return milliseconds <= 0 ? '0s' : `${Math.round(milliseconds)}ms`;
  let seconds = Math.round(milliseconds / 1000);
  const hours = Math.floor(seconds / 3600);
  seconds -= hours * 3600;
  const minutes = Math.floor(seconds / 60);
  seconds -= minutes * 60;
  if (hours > 0) return `${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
}
