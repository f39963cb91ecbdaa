/**
 * Promotion: what runs in one environment goes to another, the same chart (by digest) with the same values, but for the
 * overlay that belongs to the target. The overlay is remembered with the release, so that the next promotion needs only
 * the release's name; an environment further on gets the values without it.
 */
import { loadArchive, type Values, valuesFromJson, valuesToJson } from '@drydock/charts';
import { changedFields, type FieldChange } from '../releases/diff.ts';
import {
  deployedRevision,
  type OperationOptions,
  type OperationResult,
  type ReleaseContext,
} from '../releases/operation.ts';
import { describeRelease, type Release, ReleaseError, type ReleaseId } from '../releases/release.ts';
import { upgrade } from '../releases/upgrade.ts';
import { mergeValues } from '../releases/values.ts';

export interface PromoteOptions extends OperationOptions {
  readonly from: ReleaseId;
  readonly to: ReleaseId;
  /** Of the source; default: the deployed one. */
  readonly revision?: number;
  /** What differs in the target; default: the overlay of the promotion before. */
  readonly overlay?: Values;
  /** Promote without an overlay. */
  readonly resetOverlay?: boolean;
}

export interface PromotionResult extends OperationResult {
  /** Versions of the chart in the target: before (undefined where there was no release) and after. */
  readonly chart: { readonly name: string; readonly from: string | undefined; readonly to: string };
  /** What changed in the target's user-supplied values. */
  readonly values: readonly FieldChange[];
}

/**
 * Installs or upgrades the release in the target. With `dryRun` it only says what would change. Throws NotFound when the
 * source has no deployed revision, and as upgrade does.
 */
export async function promote(target: ReleaseContext, options: PromoteOptions): Promise<PromotionResult> {
  const { store } = target;
  if (describeRelease(options.from) === describeRelease(options.to)) {
    throw new ReleaseError('Invalid', `${describeRelease(options.from)} can not be promoted to itself`);
  }
  const source = await sourceRevision(target, options);
  const current = (await store.history(options.to)).at(-1);
  const base = source.promotion?.base ?? source.values;
  const overlay = chooseOverlay(options, current);
  const values = mergeValues(overlay, valuesFromJson(base));
  const archive = await store.archive(source.chart.digest);
  const result = await upgrade(target, {
    ...operationOptions(options),
    createNamespace: options.createNamespace ?? true,
    id: options.to,
    package: { chart: loadArchive(archive), archive, digest: source.chart.digest, source: source.chart.source },
    values,
    install: true,
    resetValues: true,
    promotion: { from: options.from, revision: source.revision, base, overlay: valuesToJson(overlay) },
    description: options.description ?? `Promoted from ${options.from.cluster} (revision ${source.revision})`,
  });
  const isThere = current !== undefined && current.status !== 'uninstalled';
  return {
    ...result,
    chart: {
      name: source.chart.name,
      from: isThere ? current.chart.version : undefined,
      to: source.chart.version,
    },
    values: changedFields(isThere ? current.values : {}, result.release.values),
  };
}

async function sourceRevision(context: ReleaseContext, options: PromoteOptions): Promise<Release> {
  if (options.revision !== undefined) return context.store.get(options.from, options.revision);
  const deployed = deployedRevision(await context.store.history(options.from));
  if (deployed === undefined) {
    throw new ReleaseError('NotFound', `${describeRelease(options.from)} has no deployed revision to promote`);
  }
  return deployed;
}

function chooseOverlay(options: PromoteOptions, current: Release | undefined): Values {
  if (options.overlay !== undefined && options.overlay.size > 0) return options.overlay;
  if (options.resetOverlay === true || current?.promotion === undefined) return new Map();
  return valuesFromJson(current.promotion.overlay);
}

function operationOptions(options: PromoteOptions): OperationOptions {
  const { from: _from, to: _to, revision: _revision, overlay: _overlay, resetOverlay: _reset, ...rest } = options;
  return rest;
}
