/**
 * The types of Drydock's own HTTP API under /api/v1: what the server answers and takes, shared by the CLI and the web
 * page. Types only. Times are ISO 8601 in the cluster's own time unless a field says otherwise; durations in requests
 * are Go's (`5m30s`) with `d` for days, or a number of milliseconds.
 */

/** Every body of an answer that is not 2xx, and the last line of a stream that failed. */
export interface ErrorBody {
  /** A stable word: NotFound, AlreadyExists, Conflict, Invalid, Timeout, ... */
  readonly code: string;
  /** One line: what, where, what to do. */
  readonly message: string;
  readonly details?: unknown;
}

export interface ClusterSummary {
  readonly name: string;
  readonly kubernetesVersion: string;
  readonly nodes: number;
  readonly readyNodes: number;
  readonly pods: number;
  readonly readyPods: number;
  /** The cluster's own time. */
  readonly now: string;
  /** Path of the cluster's Kubernetes API on this server, e.g. `/clusters/dev`. */
  readonly server: string;
}

/** Body of POST /api/v1/clusters. */
export interface CreateCluster {
  readonly name: string;
  readonly nodes?: number;
  readonly seed?: string;
  /** Patterns of images that can't be pulled, with `*` for any characters. */
  readonly missingImages?: readonly string[];
  readonly kubernetesVersion?: string;
  /** Milliseconds of its time for each of wall time; default: the server's `--clock-rate`. */
  readonly clockRate?: number;
  /** Whether requests to its Kubernetes API need roles; default: everyone may do everything. */
  readonly rbac?: boolean;
}

/** GET /api/v1/clusters/{name}/kubeconfig: what kubectl and helm reach the cluster with, as user with all rights. */
export interface Kubeconfig {
  readonly apiVersion: 'v1';
  readonly kind: 'Config';
  readonly clusters: readonly {
    readonly name: string;
    readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string };
  }[];
  readonly users: readonly {
    readonly name: string;
    readonly user: { readonly 'client-certificate-data': string; readonly 'client-key-data': string };
  }[];
  readonly contexts: readonly {
    readonly name: string;
    readonly context: { readonly cluster: string; readonly user: string };
  }[];
  readonly 'current-context': string;
  readonly preferences: Readonly<Record<string, never>>;
}

/** Body of PUT /api/v1/clusters/{name}/clock/rate, and its answer. */
export interface ClockRate {
  readonly clockRate: number;
}

/** Body of POST /api/v1/clusters/{name}/clock/advance. */
export interface AdvanceClock {
  readonly duration: string | number;
}

export interface ClockAdvanced {
  readonly from: string;
  readonly now: string;
}

export interface PodSummary {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  /** As kubectl's STATUS column: Running, Pending, CrashLoopBackOff, Completed, ... */
  readonly status: string;
  readonly readyContainers: number;
  readonly containers: number;
  readonly restarts: number;
  readonly ready: boolean;
  readonly node?: string;
  readonly createdAt: string;
  /** The release that it belongs to, by the label app.kubernetes.io/instance. */
  readonly release?: string;
  /** e.g. `ReplicaSet/web-5d4f`. */
  readonly owner?: string;
}

export type ReleaseStatusName =
  | 'unknown'
  | 'deployed'
  | 'uninstalled'
  | 'superseded'
  | 'failed'
  | 'uninstalling'
  | 'pending-install'
  | 'pending-upgrade'
  | 'pending-rollback';

export interface ReleaseSummary {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  readonly revision: number;
  readonly status: ReleaseStatusName;
  readonly chart: string;
  readonly chartVersion: string;
  readonly appVersion: string;
  /** When this revision was made. */
  readonly updated: string;
  readonly description: string;
}

export interface ReleaseObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

export interface ObjectReadiness extends ReleaseObject {
  readonly ready: boolean;
  /** e.g. `2/3 ready`. */
  readonly message: string;
}

export interface ReleaseHook {
  readonly name: string;
  readonly kind: string;
  readonly path: string;
  readonly events: readonly string[];
  readonly weight: number;
  readonly deletePolicies: readonly string[];
  readonly phase?: string;
  readonly startedAt?: string;
  readonly completedAt?: string;
  /** Tail of the log of a hook that ran. */
  readonly log?: string;
}

/** GET /api/v1/releases/{cluster}/{namespace}/{name}[?revision=N][&all=true] */
export interface ReleaseDetail extends ReleaseSummary {
  readonly firstDeployed: string;
  readonly notes: string;
  /** What the user gave. */
  readonly values: Readonly<Record<string, unknown>>;
  /** With the chart's defaults. */
  readonly computedValues: Readonly<Record<string, unknown>>;
  /** As `helm get manifest` prints it. */
  readonly manifest: string;
  /** As `helm get hooks` prints it. */
  readonly hookManifest: string;
  readonly hooks: readonly ReleaseHook[];
  readonly objects: readonly ReleaseObject[];
  readonly labels: Readonly<Record<string, string>>;
  readonly promotedFrom?: { readonly cluster: string; readonly namespace: string; readonly revision: number };
  /** What a failed revision had to report. */
  readonly failure?: readonly string[];
  /** Only with ?readiness=true: the objects' state in the cluster now. */
  readonly readiness?: readonly ObjectReadiness[];
}

/** User-supplied values as the command line gives them; precedence as Helm's. */
export interface ValuesInput {
  readonly files?: readonly { readonly name: string; readonly text: string }[];
  readonly set?: readonly string[];
  readonly setString?: readonly string[];
  readonly setJson?: readonly string[];
  readonly setLiteral?: readonly string[];
  /** A key and its text; or pairs as --set-file has them, with the text of each path in them. */
  readonly setFile?: readonly (
    | { readonly key: string; readonly text: string }
    | { readonly pairs: string; readonly files: readonly { readonly path: string; readonly text: string }[] }
  )[];
}

/** A chart of the registry, or an archive that comes along. */
export type ChartInput =
  | { readonly ref: string; readonly version?: string }
  | { readonly archive: string /* base64 of a .tgz */; readonly source?: string };

export interface OperationOptions {
  readonly wait?: boolean;
  readonly waitForJobs?: boolean;
  /** Of the cluster's time; default 5m. */
  readonly timeout?: string | number;
  readonly rollbackOnFailure?: boolean;
  readonly noHooks?: boolean;
  readonly skipCrds?: boolean;
  readonly forceConflicts?: boolean;
  readonly takeOwnership?: boolean;
  readonly createNamespace?: boolean;
  readonly skipSchemaValidation?: boolean;
  readonly description?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly dryRun?: boolean;
  /**
   * With dryRun, of install and upgrade: only render, without `lookup`, and an install with default capabilities and
   * without asking the cluster anything.
   */
  readonly clientOnly?: boolean;
  /** Of install and upgrade. */
  readonly postRender?: PostRenderInput;
  /** Revisions kept; 0 is all. Default 10. */
  readonly historyMax?: number;
}

/**
 * Post-rendering where the caller is: a request with a seed alone is answered with a RenderedAnswer, and does nothing; the
 * same request with `replaced`, its files changed, goes on with them.
 */
export interface PostRenderInput {
  /** 64 hexadecimal digits, by chance. */
  readonly seed: string;
  readonly replaced?: RenderedFiles;
}

export interface RenderedFiles {
  readonly now: number;
  readonly digest: string;
  readonly files: readonly { readonly name: string; readonly text: string }[];
}

export interface RenderedAnswer {
  readonly rendered: RenderedFiles;
}

/** Body of POST /api/v1/releases: install. */
export interface InstallRequest extends OperationOptions {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  readonly chart: ChartInput;
  readonly values?: ValuesInput;
  readonly replace?: boolean;
}

/** Body of PUT /api/v1/releases/{cluster}/{namespace}/{name}: upgrade. */
export interface UpgradeRequest extends OperationOptions {
  readonly chart: ChartInput;
  readonly values?: ValuesInput;
  readonly install?: boolean;
  readonly resetValues?: boolean;
  readonly reuseValues?: boolean;
  readonly resetThenReuseValues?: boolean;
  readonly cleanupOnFail?: boolean;
}

/** Body of POST .../{name}/rollback. */
export interface RollbackRequest extends OperationOptions {
  /** Default: the one before the latest. */
  readonly revision?: number;
}

/** Body of DELETE .../{name}. */
export interface UninstallRequest {
  readonly keepHistory?: boolean;
  readonly noHooks?: boolean;
  readonly wait?: boolean;
  readonly timeout?: string | number;
  readonly dryRun?: boolean;
  readonly description?: string;
  readonly ignoreNotFound?: boolean;
}

/** Body of POST /api/v1/promotions. */
export interface PromotionRequest extends OperationOptions {
  readonly release: string;
  readonly namespace: string;
  readonly from: string;
  readonly to: string;
  /** Default: the same as `namespace`. */
  readonly toNamespace?: string;
  /** Default: the deployed one. */
  readonly revision?: number;
  /** What differs in the target; default: the overlay of the promotion before. */
  readonly values?: ValuesInput;
  readonly resetOverlay?: boolean;
}

export interface FieldChange {
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

export type PlanAction = 'create' | 'change' | 'replace' | 'unchanged' | 'remove' | 'keep';

export interface PlannedObject extends ReleaseObject {
  readonly action: PlanAction;
  readonly fields: readonly FieldChange[];
}

/** The answer of install, upgrade and rollback. */
export interface OperationResult {
  readonly release: ReleaseDetail;
  readonly plan: readonly PlannedObject[];
  readonly dryRun: boolean;
  /** Whether upgrade --install installed. */
  readonly installed: boolean;
}

export interface UninstallResult {
  readonly release: ReleaseSummary;
  readonly removed: readonly ReleaseObject[];
  readonly kept: readonly ReleaseObject[];
  readonly dryRun: boolean;
}

export interface PromotionResult extends OperationResult {
  readonly chart: { readonly name: string; readonly from: string | null; readonly to: string };
  readonly values: readonly FieldChange[];
}

/** One line of the timeline of an operation. */
export interface ProgressEvent {
  readonly kind: 'step' | 'object' | 'hook' | 'wait';
  /** Milliseconds of the cluster's time since the operation began. */
  readonly elapsed: number;
  readonly message: string;
  readonly object?: ReleaseObject;
}

/** With `Accept: application/x-ndjson`, operations answer one of these a line; the last is `result` or `error`. */
export type StreamLine =
  | { readonly type: 'progress'; readonly progress: ProgressEvent }
  | { readonly type: 'result'; readonly result: unknown }
  | { readonly type: 'error'; readonly error: ErrorBody };

export interface Items<T> {
  readonly items: readonly T[];
}

/**
 * What GET /api/v1/events sends, as server-sent events: `event:` is `type`, `data:` is the whole object as JSON. First
 * comes the present state (each cluster, release and pod), then `ready`, then changes.
 */
export type ServerEvent =
  | { readonly type: 'cluster'; readonly deleted: boolean; readonly cluster: ClusterSummary }
  | { readonly type: 'release'; readonly deleted: boolean; readonly release: ReleaseSummary }
  | { readonly type: 'pod'; readonly deleted: boolean; readonly pod: PodSummary }
  | { readonly type: 'ready' };

/** GET /api/v1/charts/resolve?ref=SPACE/NAME[&version=RANGE]: the version that a reference means. */
export interface ResolvedChart {
  readonly ref: string;
  readonly name: string;
  readonly version: string;
}

/** GET /api/v1/version */
export interface ServerVersion {
  readonly version: string;
}
