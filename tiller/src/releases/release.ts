/**
 * What a release is: one revision of a chart's objects in one cluster, with Helm v4's fields and statuses. What the
 * user gave as values is kept apart from the chart's defaults; the chart itself is kept by digest.
 */
import type { JsonValue } from '@drydock/charts';
import type { KubeObject } from '../clusters/cluster.ts';

export type ReleaseStatus =
  | 'unknown'
  | 'deployed'
  | 'uninstalled'
  | 'superseded'
  | 'failed'
  | 'uninstalling'
  | 'pending-install'
  | 'pending-upgrade'
  | 'pending-rollback';

/** A release's name is unique within a namespace of a cluster. */
export interface ReleaseId {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
}

/** Plain JSON. Keys come from users: read them with Object.entries or Object.hasOwn only. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

export interface ReleaseChart {
  readonly name: string;
  readonly version: string;
  readonly appVersion: string;
  /** SHA-256 of the archive, in hexadecimal: the key of ReleaseStore.archive. */
  readonly digest: string;
  /** Where it came from, for people: a path or SPACE/NAME. */
  readonly source: string;
}

/** One rendered document. */
export interface ReleaseManifest {
  /** e.g. `mychart/templates/service.yaml` */
  readonly source: string;
  readonly text: string;
  /** Null for a document that holds only comments: it is part of the manifest, and nothing else. */
  readonly object: KubeObject | null;
}

export type HookPhase = 'Running' | 'Succeeded' | 'Failed';

export interface HookRun {
  readonly startedAt: number;
  readonly completedAt?: number;
  readonly phase: HookPhase;
  /** The last lines of what it logged. */
  readonly log?: string;
}

export interface ReleaseHook extends ReleaseManifest {
  readonly object: KubeObject;
  readonly events: readonly string[];
  readonly weight: number;
  readonly deletePolicies: readonly string[];
  readonly outputLogPolicies: readonly string[];
  readonly lastRun?: HookRun;
}

/** Where a promoted revision came from, and what was laid over its values. */
export interface Promotion {
  readonly from: ReleaseId;
  readonly revision: number;
  /** What the values were before the overlay: what the next environment gets. */
  readonly base: JsonObject;
  readonly overlay: JsonObject;
}

export interface Release {
  readonly id: ReleaseId;
  readonly revision: number;
  readonly status: ReleaseStatus;
  readonly description: string;
  readonly chart: ReleaseChart;
  /** What the user gave. */
  readonly values: JsonObject;
  readonly manifests: readonly ReleaseManifest[];
  readonly hooks: readonly ReleaseHook[];
  readonly notes: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch, in the cluster's time. */
  readonly firstDeployed: number;
  readonly lastDeployed: number;
  readonly deleted?: number;
  readonly promotion?: Promotion;
  /** Why it failed: one line for each object, event and log line. */
  readonly failure?: readonly string[];
}

/** A release without its body: what lists show. */
export type ReleaseSummary = Omit<Release, 'manifests' | 'hooks' | 'notes' | 'values' | 'promotion' | 'failure'>;

export type ReleaseErrorCode =
  | 'NotFound'
  | 'AlreadyExists'
  | 'Conflict'
  | 'Invalid'
  | 'OperationInProgress'
  | 'StaleRelease'
  | 'HookFailed'
  | 'Timeout'
  | 'NotReady'
  | 'Refused'
  | 'Interrupted'
  | 'Unavailable';

/** What went wrong with a release. `details` is a list of lines or a structure, for people and for JSON. */
export class ReleaseError extends Error {
  override readonly name = 'ReleaseError';
  readonly code: ReleaseErrorCode;
  readonly details: unknown;
  constructor(code: ReleaseErrorCode, message: string, options: { details?: unknown; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details;
  }
}

export function isPending(status: ReleaseStatus): boolean {
  return status === 'pending-install' || status === 'pending-upgrade' || status === 'pending-rollback';
}

/** Helm's rule for release names: DNS-1123 subdomain of at most 53 characters. Throws Invalid. */
export function checkReleaseName(name: string): void {
  if (name.length > 53 || !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name)) {
    throw new ReleaseError(
      'Invalid',
      `release name "${name.slice(0, 80)}" is invalid: lower-case letters, digits, "-" and ".", at most 53 characters`,
    );
  }
}

/** `release "web" in namespace "shop" of cluster "dev"`, the start of most messages. */
export function describeRelease(id: ReleaseId): string {
  return `release "${id.name}" in namespace "${id.namespace}" of cluster "${id.cluster}"`;
}

/** A text of several lines as one. */
export function oneLine(text: string): string {
  return text.trim().replace(/\s*[\r\n]+\s*/g, ' ');
}

/** The documents as `helm get manifest` and `helm get hooks` print them. */
export function formatManifests(manifests: readonly ReleaseManifest[]): string {
  return manifests.map((each) => `---\n# Source: ${each.source}\n${each.text.replace(/\n+$/, '')}\n`).join('');
}

export function summarize(release: Release): ReleaseSummary {
  const { manifests: _m, hooks: _h, notes: _n, values: _v, promotion: _p, failure: _f, ...summary } = release;
  return summary;
}
