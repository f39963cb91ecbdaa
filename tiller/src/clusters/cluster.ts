/**
 * The port to a Kubernetes API, simulated or real: all that releases need of a cluster, and nothing more.
 * Errors are ClusterError with Kubernetes' reasons as codes.
 */

export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  /** Absent for what is cluster-scoped. */
  readonly namespace?: string;
  readonly name: string;
}

export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name?: string;
    readonly generateName?: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly creationTimestamp?: string | null;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

export interface KubeList {
  readonly items: readonly KubeObject[];
  readonly resourceVersion: string;
}

export interface ListQuery {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: KubeObject;
}

export interface WriteOptions {
  readonly dryRun?: boolean;
}

export interface ApplyOptions extends WriteOptions {
  readonly fieldManager: string;
  /** Take over fields that other managers own. */
  readonly force?: boolean;
}

export type Patch =
  | { readonly type: 'json'; readonly patch: readonly unknown[] }
  | { readonly type: 'merge' | 'strategic'; readonly patch: Readonly<Record<string, unknown>> };

export interface DeleteOptions extends WriteOptions {
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
  readonly gracePeriodSeconds?: number;
}

export interface ApiResource {
  readonly apiVersion: string;
  readonly kind: string;
  /** The plural in URLs. */
  readonly resource: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

export interface ApiResources {
  /** `v1.34.2`, as the version endpoint gives it. */
  readonly gitVersion: string;
  readonly resources: readonly ApiResource[];
}

export interface LogOptions {
  readonly container?: string;
  readonly tailLines?: number;
}

/** The cluster's own time, in milliseconds. */
export interface ClusterClock {
  now(): number;
  /** On a virtual clock this moves the cluster's time forward. */
  sleep(duration: number, signal?: AbortSignal): Promise<void>;
}

/** A refusal of the cluster. `code` is Kubernetes' reason (NotFound, AlreadyExists, Conflict, Invalid, Forbidden, ...). */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
  readonly code: string;
  readonly status: number;
  readonly details: unknown;
  constructor(code: string, message: string, options: { status: number; details?: unknown; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = options.status;
    this.details = options.details;
  }
}

export interface Cluster {
  readonly name: string;
  readonly clock: ClusterClock;
  discover(): Promise<ApiResources>;
  /** undefined where it is not there; NoMatch where the kind is unknown. */
  get(ref: ObjectRef): Promise<KubeObject | undefined>;
  list(query: ListQuery): Promise<KubeList>;
  /** Changes after `from` (a list's resourceVersion) until the signal aborts. */
  watch(query: ListQuery, from: string, signal: AbortSignal): AsyncIterable<WatchEvent>;
  create(object: KubeObject, options?: WriteOptions): Promise<KubeObject>;
  /** Server-side apply: creates or merges. Conflict where others own a field and force is off. */
  apply(object: KubeObject, options: ApplyOptions): Promise<KubeObject>;
  patch(ref: ObjectRef, patch: Patch, options?: WriteOptions): Promise<KubeObject>;
  /** Absent is success. */
  delete(ref: ObjectRef, options?: DeleteOptions): Promise<void>;
  /** The lines of a pod's log. */
  logs(ref: ObjectRef, options?: LogOptions): AsyncIterable<string>;
}
