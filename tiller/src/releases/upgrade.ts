/**
 * Upgrade, as Helm v4's, from any state: a release whose last revision failed or was cut off is as good a base as a
 * deployed one. The values of the last revision are reused as Helm's flags say.
 */
import { coalesceValues, loadArchive, type Values, valuesFromJson } from '@drydock/charts';
import { removeObjects } from './apply.ts';
import { dryResult, type InstallOptions, installExclusively, newRevision } from './install.ts';
import {
  appliedRevisions,
  deployedRevision,
  exclusively,
  type Operation,
  type OperationResult,
  type ReleaseContext,
  settledHistory,
  startOperation,
} from './operation.ts';
import { checkReleaseName, describeRelease, type Release, ReleaseError } from './release.ts';
import { renderRelease } from './render.ts';
import { executeRevision, type Outcome, planRevision, revisionError } from './revise.ts';
import { rollbackTo } from './rollback.ts';
import { mergeValues } from './values.ts';

export interface UpgradeOptions extends InstallOptions {
  /** Install when there is no such release. */
  readonly install?: boolean;
  readonly resetValues?: boolean;
  readonly reuseValues?: boolean;
  readonly resetThenReuseValues?: boolean;
  /** Delete the objects that a failed upgrade made. */
  readonly cleanupOnFail?: boolean;
}

/** Throws as install does, and NotFound when there is no such release and `install` is off. */
export async function upgrade(context: ReleaseContext, options: UpgradeOptions): Promise<OperationResult> {
  checkReleaseName(options.id.name);
  return exclusively({ store: context.store, id: options.id }, async () => {
    const history = await settledHistory(context.store, options.id);
    const last = history.at(-1);
    if (last === undefined || last.status === 'uninstalled') {
      if (options.install === true) return installExclusively(context, { ...options, replace: true });
      throw new ReleaseError(
        'NotFound',
        last === undefined
          ? `${describeRelease(options.id)} not found: install it, or use --install`
          : `${describeRelease(options.id)} is uninstalled: use --install to install it again`,
      );
    }
    return upgradeRevision(startOperation(context, options.timeout), { options, history, last });
  });
}

interface UpgradeInput {
  readonly options: UpgradeOptions;
  readonly history: readonly Release[];
  readonly last: Release;
}

async function upgradeRevision(operation: Operation, input: UpgradeInput): Promise<OperationResult> {
  const { options, history, last } = input;
  const current = deployedRevision(history) ?? last;
  const { values, defaults } = await effectiveValues(operation, { options, current });
  const isClientOnly = options.dryRun === true && options.clientOnly === true;
  const rendered = await renderRelease({
    cluster: operation.cluster,
    renderer: operation.renderer,
    api: await operation.cluster.discover(),
    package: options.package,
    defaults,
    values,
    id: options.id,
    revision: last.revision + 1,
    isUpgrade: true,
    skipSchemaValidation: options.skipSchemaValidation === true,
    postRender: options.postRender,
    withoutLookup: isClientOnly,
    bringsCrds: false,
    limits: operation.limits,
  });
  const release = newRevision({
    options: { ...options, values, labels: { ...last.labels, ...options.labels } },
    rendered,
    revision: last.revision + 1,
    first: last.firstDeployed,
    now: operation.cluster.clock.now(),
  });
  if (isClientOnly) return dryResult(release, { plan: { objects: [] }, installed: false });
  const planned = await planRevision(operation, {
    kind: 'upgrade',
    release,
    archive: options.package.archive,
    previous: appliedRevisions(history),
    options,
    description: 'Upgrade complete',
  });
  if (options.dryRun === true) {
    return dryResult(release, { plan: planned.plan, installed: false });
  }
  const outcome = await executeRevision(operation, planned);
  if (outcome.error !== undefined) throw await recover(operation, { ...input, outcome });
  return { release: outcome.release, plan: planned.plan, dryRun: false, installed: false };
}

/** What a failed upgrade's flags ask for; answers the error to throw. */
async function recover(
  operation: Operation,
  input: UpgradeInput & { readonly outcome: Outcome },
): Promise<ReleaseError> {
  const { options, outcome } = input;
  if (options.cleanupOnFail === true && outcome.created.length > 0) {
    operation.tell('Upgrade failed: removing the objects that it made');
    await removeObjects(operation, outcome.created);
  }
  if (options.rollbackOnFailure !== true) return revisionError(outcome, { kind: 'upgrade' });
  const good = input.history.findLast(({ status }) => status === 'deployed' || status === 'superseded');
  if (good === undefined) {
    return revisionError(outcome, { kind: 'upgrade', consequence: 'and there is no earlier success to roll back to' });
  }
  operation.tell(`Upgrade failed: rolling back to revision ${good.revision}`);
  try {
    await rollbackTo(operation, {
      history: await operation.store.history(options.id),
      target: good,
      options: { ...options, wait: true, dryRun: false, rollbackOnFailure: false, description: undefined },
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return revisionError(outcome, { kind: 'upgrade', consequence: `and the rollback failed too (${why})` });
  }
  return revisionError(outcome, {
    kind: 'upgrade',
    consequence: 'and has been rolled back due to rollback-on-failure being set',
  });
}

/**
 * The values of the new revision, and what stands in for the chart's defaults, by Helm's rules: without flags the last
 * values are reused when none are given; --reuse-values keeps the last chart's defaults, too; --reset-then-reuse-values
 * takes the new chart's defaults with the last values; --reset-values takes only what is given.
 */
async function effectiveValues(
  operation: Operation,
  input: { readonly options: UpgradeOptions; readonly current: Release },
): Promise<{ readonly values: Values; readonly defaults?: Values }> {
  const { options, current } = input;
  const given = options.values;
  if (options.resetValues === true) return { values: given };
  const last = valuesFromJson(current.values);
  if (options.reuseValues === true) {
    const lastChart = loadArchive(await operation.store.archive(current.chart.digest));
    return { values: mergeValues(given, last), defaults: coalesceValues(lastChart, last) };
  }
  if (options.resetThenReuseValues === true) return { values: mergeValues(given, last) };
  return { values: given.size === 0 ? last : given };
}
