/**
 * Uninstall, as Helm v4's: hooks, objects in reverse of the install order (but those that say
 * `helm.sh/resource-policy: keep`), hooks, and the history, unless it is kept. CRDs of `crds/`, hook objects, volume
 * claims of StatefulSets and the namespace stay, as with Helm.
 */
import { ClusterError, type ObjectRef } from '../clusters/cluster.ts';
import { runHooks } from './hooks.ts';
import { isKept, ownershipProblem } from './objects.ts';
import {
  exclusively,
  messageOf,
  type Operation,
  type ReleaseContext,
  settledHistory,
  startOperation,
} from './operation.ts';
import { findLive } from './plan.ts';
import { describeRef, refKey, refOf } from './progress.ts';
import { describeRelease, type Release, ReleaseError, type ReleaseId } from './release.ts';
import { indexResources, type ResourceIndex } from './resources.ts';
import { placedObjects } from './revise.ts';
import { waitUntilGone } from './wait.ts';

export interface UninstallOptions {
  readonly id: ReleaseId;
  readonly keepHistory?: boolean;
  readonly noHooks?: boolean;
  /** Until all deleted objects, and all that they own, are gone. */
  readonly wait?: boolean;
  readonly timeout?: number;
  readonly dryRun?: boolean;
  readonly description?: string;
}

export interface UninstallResult {
  readonly release: Release;
  readonly removed: readonly ObjectRef[];
  /** What `helm.sh/resource-policy: keep` or another owner kept. */
  readonly kept: readonly ObjectRef[];
  readonly dryRun: boolean;
}

/** Throws NotFound when there is no such release, Refused with all refusals when objects can't be deleted. */
export async function uninstall(context: ReleaseContext, options: UninstallOptions): Promise<UninstallResult> {
  return exclusively({ store: context.store, id: options.id }, () => {
    return removeRelease(startOperation(context, options.timeout), options);
  });
}

/** As uninstall, within an operation that holds the release. */
export async function removeRelease(operation: Operation, options: UninstallOptions): Promise<UninstallResult> {
  const { id } = options;
  const history = await settledHistory(operation.store, id);
  const last = history.at(-1);
  if (last === undefined) throw new ReleaseError('NotFound', `${describeRelease(id)} not found`);
  const resources = indexResources(await operation.cluster.discover(), []);
  if (last.status === 'uninstalled') return removeRecord(operation, { options, last });
  const { removed, kept } = await chooseObjects(operation, { history, resources });
  if (options.dryRun === true) return { release: last, removed, kept, dryRun: true };

  const hooks = { hooks: last.hooks, namespace: id.namespace, resources };
  const withHooks = options.noHooks !== true;
  let release: Release = { ...last, status: 'uninstalling', description: 'Deletion in progress (or silently failed)' };
  await operation.store.update(release, last.status);
  if (withHooks) release = { ...release, hooks: await runHooks(operation, { ...hooks, event: 'pre-delete' }) };
  await deleteObjects(operation, { refs: removed, wait: options.wait === true });
  if (options.wait === true) await waitUntilGone(operation, removed);
  if (withHooks) {
    release = {
      ...release,
      hooks: await runHooks(operation, { ...hooks, hooks: release.hooks, event: 'post-delete' }),
    };
  }
  release = {
    ...release,
    status: 'uninstalled',
    deleted: operation.cluster.clock.now(),
    description: options.description ?? 'Uninstallation complete',
  };
  if (options.keepHistory === true) {
    await operation.store.update(release, 'uninstalling');
    for (const { status, ...older } of history) {
      if (status === 'deployed' && older.revision !== release.revision) {
        await operation.store.update({ ...older, status: 'superseded' }, 'deployed');
      }
    }
  } else {
    await operation.store.remove(id);
  }
  return { release, removed, kept, dryRun: false };
}

/** A release that is uninstalled already: only its history is left to remove. */
async function removeRecord(
  operation: Operation,
  input: { readonly options: UninstallOptions; readonly last: Release },
): Promise<UninstallResult> {
  const { options, last } = input;
  if (options.keepHistory === true) {
    throw new ReleaseError('NotFound', `${describeRelease(last.id)} is already uninstalled`);
  }
  if (options.dryRun !== true) await operation.store.remove(last.id);
  return { release: last, removed: [], kept: [], dryRun: options.dryRun === true };
}

/** What of any revision is there, newest revision first, each revision in reverse of the install order. */
async function chooseObjects(
  operation: Operation,
  input: { readonly history: readonly Release[]; readonly resources: ResourceIndex },
): Promise<{ readonly removed: readonly ObjectRef[]; readonly kept: readonly ObjectRef[] }> {
  const removed: ObjectRef[] = [];
  const kept: ObjectRef[] = [];
  const seen = new Set<string>();
  for (const revision of input.history.toReversed()) {
    for (const { object } of placedObjects(revision, input.resources).toReversed()) {
      const ref = refOf(object);
      if (object.metadata.name === undefined || seen.has(refKey(ref))) continue;
      seen.add(refKey(ref));
      const live = await findLive(operation.cluster, ref);
      if (live === undefined) continue;
      const stays = isKept(live) || isKept(object) || ownershipProblem(live, revision.id) !== undefined;
      (stays ? kept : removed).push(ref);
    }
  }
  return { removed, kept };
}

async function deleteObjects(
  operation: Operation,
  input: { readonly refs: readonly ObjectRef[]; readonly wait: boolean },
): Promise<void> {
  const problems: string[] = [];
  for (const ref of input.refs) {
    try {
      // In the foreground an object is there until what it owns is gone: pods are waited for, too.
      await operation.cluster.delete(ref, { propagationPolicy: input.wait ? 'Foreground' : 'Background' });
      operation.tell(`${describeRef(ref)}: removed`, { kind: 'object', object: ref });
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      problems.push(`${describeRef(ref)}: ${messageOf(error)}`);
    }
  }
  const [first] = problems;
  if (first === undefined) return;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  throw new ReleaseError('Refused', `uninstall could not delete ${first}${more}`, { details: problems });
}
