/**
 * Rollback, as Helm v4's: a new revision with the documents, chart and values of an old one. It goes out from what is
 * live, so objects that are missing are made and those of revisions in between are removed.
 */
import {
  appliedRevisions,
  exclusively,
  type Operation,
  type OperationOptions,
  type OperationResult,
  type ReleaseContext,
  settledHistory,
  startOperation,
} from './operation.ts';
import { describeRelease, type Release, ReleaseError, type ReleaseId } from './release.ts';
import { executeRevision, planRevision, revisionError } from './revise.ts';

export interface RollbackOptions extends Omit<OperationOptions, 'description'> {
  readonly id: ReleaseId;
  /** Default: the one before the latest. */
  readonly revision?: number;
  readonly description?: string | undefined;
}

/** Throws NotFound for a release or revision that is not there, and as install does. */
export async function rollback(context: ReleaseContext, options: RollbackOptions): Promise<OperationResult> {
  return exclusively({ store: context.store, id: options.id }, async () => {
    const history = await settledHistory(context.store, options.id);
    const last = history.at(-1);
    if (last === undefined) throw new ReleaseError('NotFound', `${describeRelease(options.id)} not found`);
    const revision = options.revision ?? last.revision - 1;
    const target = history.find((release) => release.revision === revision);
    if (target === undefined) {
      const known = history.map((release) => release.revision).join(', ');
      throw new ReleaseError(
        'NotFound',
        `${describeRelease(options.id)} has no revision ${revision} (it has ${known})`,
      );
    }
    return rollbackTo(startOperation(context, options.timeout), { history, target, options });
  });
}

export interface RollbackInput {
  readonly history: readonly Release[];
  readonly target: Release;
  readonly options: RollbackOptions;
}

/** As rollback, within an operation that holds the release. */
export async function rollbackTo(operation: Operation, input: RollbackInput): Promise<OperationResult> {
  const { history, target, options } = input;
  const last = history.at(-1) ?? target;
  const { failure: _failure, deleted: _deleted, ...kept } = target;
  const release: Release = {
    ...kept,
    revision: last.revision + 1,
    hooks: target.hooks.map(({ lastRun: _run, ...hook }) => hook),
    labels: last.labels,
    firstDeployed: last.firstDeployed,
    lastDeployed: operation.cluster.clock.now(),
  };
  const { description, ...shared } = options;
  const planned = await planRevision(operation, {
    kind: 'rollback',
    release,
    archive: await operation.store.archive(target.chart.digest),
    previous: appliedRevisions(history),
    options: shared,
    description: description ?? `Rollback to ${target.revision}`,
  });
  if (options.dryRun === true) {
    const dry: Release = { ...release, status: 'pending-rollback', description: 'Dry run complete' };
    return { release: dry, plan: planned.plan, dryRun: true, installed: false };
  }
  const outcome = await executeRevision(operation, planned);
  if (outcome.error !== undefined) throw revisionError(outcome, { kind: 'rollback' });
  return { release: outcome.release, plan: planned.plan, dryRun: false, installed: false };
}
