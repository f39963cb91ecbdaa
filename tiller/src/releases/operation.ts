/**
 * What every operation on a release shares: the ports that it works with, the options that Helm's install, upgrade and
 * rollback have in common, and the steps around it (lease, history, what a killed operation left).
 */
import type { Limits } from '@drydock/charts';
import type { Cluster } from '../clusters/cluster.ts';
import type { Lease, ReleaseStore } from '../release-store/release-store.ts';
import type { Plan } from './plan.ts';
import type { PostRender } from './post-render.ts';
import { type Observe, startTimeline, type Tell } from './progress.ts';
import { isPending, type Release, ReleaseError, type ReleaseId } from './release.ts';
import { directRenderer, type Renderer } from './renderer.ts';

/** Helm's default: 5m. */
export const DEFAULT_TIMEOUT = 300_000;
export const DEFAULT_HISTORY_MAX = 10;

/** The ports of an operation. */
export interface ReleaseContext {
  readonly cluster: Cluster;
  readonly store: ReleaseStore;
  readonly observe?: Observe;
  readonly signal?: AbortSignal;
  /** Where templates end; absent, the charts' default. */
  readonly limits?: Limits;
  /** Absent, charts are rendered on the caller's thread. */
  readonly renderer?: Renderer;
}

/** Helm's flags of the same names. */
export interface OperationOptions {
  readonly wait?: boolean;
  readonly waitForJobs?: boolean;
  /** Milliseconds of the cluster's time for each wait: the hooks of an event, the readiness of the objects. */
  readonly timeout?: number;
  readonly rollbackOnFailure?: boolean;
  readonly noHooks?: boolean;
  readonly skipCrds?: boolean;
  /** Take over fields that other field managers own. */
  readonly forceConflicts?: boolean;
  /** Take objects that belong to no release, or another. */
  readonly takeOwnership?: boolean;
  readonly createNamespace?: boolean;
  readonly skipSchemaValidation?: boolean;
  readonly description?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** A program of the caller's changes what is rendered. */
  readonly postRender?: PostRender;
  /** Say what would change, and change nothing. */
  readonly dryRun?: boolean;
  /**
   * With dryRun, of install and upgrade: only render, without `lookup`, and an install with default capabilities and
   * without asking the cluster anything.
   */
  readonly clientOnly?: boolean;
  /** Revisions kept; 0 keeps all. */
  readonly historyMax?: number;
}

/** A running operation. */
export interface Operation {
  readonly cluster: Cluster;
  readonly store: ReleaseStore;
  readonly tell: Tell;
  readonly timeout: number;
  readonly signal?: AbortSignal;
  readonly limits?: Limits;
  readonly renderer: Renderer;
}

/** What install, upgrade and rollback answer. */
export interface OperationResult {
  readonly release: Release;
  readonly plan: Plan;
  readonly dryRun: boolean;
  /** Whether it was the release's first revision. */
  readonly installed: boolean;
}

export function startOperation(context: ReleaseContext, timeout: number | undefined): Operation {
  return {
    cluster: context.cluster,
    store: context.store,
    tell: startTimeline(context.cluster.clock, context.observe),
    timeout: timeout ?? DEFAULT_TIMEOUT,
    renderer: context.renderer ?? directRenderer,
    ...(context.signal === undefined ? {} : { signal: context.signal }),
    ...(context.limits === undefined ? {} : { limits: context.limits }),
  };
}

/** Runs with the sole right to change the release. Throws OperationInProgress while another has it. */
export async function exclusively<T>(
  context: { readonly store: ReleaseStore; readonly id: ReleaseId },
  act: () => Promise<T>,
): Promise<T> {
  const lease: Lease = await context.store.acquire(context.id);
  try {
    return await act();
  } finally {
    await lease.release();
  }
}

/**
 * The history, oldest first. A revision that is still pending was cut off when its process died, since the caller
 * holds the lease: it is closed as failed, and is a base as good as any other.
 */
export async function settledHistory(store: ReleaseStore, id: ReleaseId): Promise<readonly Release[]> {
  const history = await store.history(id);
  const settled: Release[] = [];
  for (const release of history) {
    if (!isPending(release.status)) {
      settled.push(release);
      continue;
    }
    const closed: Release = {
      ...release,
      status: 'failed',
      description: `Interrupted: the operation was cut off while it was ${release.status}`,
    };
    await store.update(closed, release.status);
    settled.push(closed);
  }
  return settled;
}

/** The revision that counts as running: the latest deployed one. */
export function deployedRevision(history: readonly Release[]): Release | undefined {
  return history.findLast((release) => release.status === 'deployed');
}

/**
 * The revisions whose objects may be in the cluster: the deployed one and all that were tried after it; without a
 * deployed one, all.
 */
export function appliedRevisions(history: readonly Release[]): readonly Release[] {
  const index = history.findLastIndex((release) => release.status === 'deployed');
  return index < 0 ? history : history.slice(index);
}

/** Marks the deployed revisions but the given one as superseded. */
export async function supersede(store: ReleaseStore, current: Release): Promise<void> {
  for (const release of await store.history(current.id)) {
    if (release.status === 'deployed' && release.revision !== current.revision) {
      await store.update({ ...release, status: 'superseded' }, 'deployed');
    }
  }
}

/** Removes what the history limit leaves over. */
export async function trimHistory(
  store: ReleaseStore,
  release: Release,
  historyMax: number | undefined,
): Promise<void> {
  const keep = historyMax ?? DEFAULT_HISTORY_MAX;
  if (keep > 0) await store.prune(release.id, keep);
}

/** The lines that an error has for people besides its message. */
export function failureLines(error: unknown): readonly string[] {
  if (!(error instanceof ReleaseError) || !Array.isArray(error.details)) return [];
  return error.details.filter((line): line is string => typeof line === 'string');
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
