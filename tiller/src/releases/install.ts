/**
 * Install, as Helm v4's: a new release in a cluster. What would be refused is refused before a record is made; what was
 * made on the way (namespace, CRDs) goes again then.
 */
import { type Values, valuesToJson } from '@drydock/charts';
import type { ChartPackage } from '../chart-sources/chart-source.ts';
import { ClusterError, type ObjectRef } from '../clusters/cluster.ts';
import { installDefinitions, removeObjects } from './apply.ts';
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
import {
  checkReleaseName,
  describeRelease,
  type Promotion,
  type Release,
  ReleaseError,
  type ReleaseId,
} from './release.ts';
import { renderRelease } from './render.ts';
import type { RenderedRelease } from './renderer.ts';
import { executeRevision, planRevision, revisionError } from './revise.ts';
import { removeRelease } from './uninstall.ts';

export interface InstallOptions extends OperationOptions {
  readonly id: ReleaseId;
  readonly package: ChartPackage;
  /** What the user gave. */
  readonly values: Values;
  /** Reuse the name of a release that failed or was uninstalled with its history kept. */
  readonly replace?: boolean;
  readonly promotion?: Promotion;
}

/**
 * Installs a release. Throws ReleaseError (AlreadyExists for a name in use, NotFound for a namespace, Refused for an
 * object, Timeout and NotReady with --wait) and ChartError.
 */
export async function install(context: ReleaseContext, options: InstallOptions): Promise<OperationResult> {
  checkReleaseName(options.id.name);
  return exclusively({ store: context.store, id: options.id }, () => installExclusively(context, options));
}

/** As install, for a caller that holds the release already. */
export async function installExclusively(context: ReleaseContext, options: InstallOptions): Promise<OperationResult> {
  const operation = startOperation(context, options.timeout);
  const history = await settledHistory(context.store, options.id);
  checkNameIsFree(history, options);
  const undo: ObjectRef[] = [];
  try {
    return await installRevision(operation, { options, history, undo });
  } catch (error) {
    // Before the record is made, nothing may be left; afterwards `undo` is empty.
    if (undo.length > 0) await removeObjects(operation, undo);
    throw error;
  }
}

function checkNameIsFree(history: readonly Release[], options: InstallOptions): void {
  const last = history.at(-1);
  if (last === undefined) return;
  if (options.replace === true && (last.status === 'uninstalled' || last.status === 'failed')) return;
  throw new ReleaseError(
    'AlreadyExists',
    `${describeRelease(options.id)}: cannot reuse a name that is still in use (revision ${last.revision} is ` +
      `${last.status}): upgrade it, or uninstall it first`,
  );
}

async function installRevision(
  operation: Operation,
  input: { readonly options: InstallOptions; readonly history: readonly Release[]; readonly undo: ObjectRef[] },
): Promise<OperationResult> {
  const { options, history, undo } = input;
  const { id } = options;
  const last = history.at(-1);
  const revision = (last?.revision ?? 0) + 1;
  const bringsCrds = options.skipCrds !== true;
  const isClientOnly = options.dryRun === true && options.clientOnly === true;
  if (!isClientOnly) await ensureNamespace(operation, { options, undo });
  const rendered = await renderRelease({
    cluster: operation.cluster,
    renderer: operation.renderer,
    api: isClientOnly ? undefined : await operation.cluster.discover(),
    withoutLookup: isClientOnly,
    package: options.package,
    values: options.values,
    id,
    revision,
    isUpgrade: false,
    skipSchemaValidation: options.skipSchemaValidation === true,
    postRender: options.postRender,
    bringsCrds: bringsCrds && !isClientOnly,
    limits: operation.limits,
  });
  const release = newRevision({
    options,
    rendered,
    revision,
    first: last?.firstDeployed,
    now: operation.cluster.clock.now(),
  });
  if (isClientOnly) return dryResult(release, { plan: { objects: [] }, installed: true });
  const crds = bringsCrds ? rendered.crds : [];
  if (options.dryRun !== true) undo.push(...(await installDefinitions(operation, crds)));
  const planned = await planRevision(operation, {
    kind: 'install',
    release,
    archive: options.package.archive,
    previous: appliedRevisions(history),
    options,
    definitions: options.dryRun === true ? crds.map(({ object }) => object) : [],
    description: 'Install complete',
  });
  if (options.dryRun === true) {
    return dryResult(release, { plan: planned.plan, installed: true });
  }
  undo.length = 0;
  const outcome = await executeRevision(operation, planned);
  if (outcome.error === undefined) {
    return { release: outcome.release, plan: planned.plan, dryRun: false, installed: true };
  }
  if (options.rollbackOnFailure !== true) throw revisionError(outcome, { kind: 'install' });
  operation.tell(`Install failed: uninstalling "${id.name}"`);
  await removeRelease(operation, { id, keepHistory: false, noHooks: options.noHooks === true, wait: true });
  throw revisionError(outcome, {
    kind: 'install',
    consequence: 'and has been uninstalled due to rollback-on-failure being set',
  });
}

/** Of an operation that ends before anything is done. */
export function dryResult(release: Release, about: Pick<OperationResult, 'plan' | 'installed'>): OperationResult {
  const status = about.installed ? 'pending-install' : 'pending-upgrade';
  return { ...about, release: { ...release, status, description: 'Dry run complete' }, dryRun: true };
}

async function ensureNamespace(
  operation: Operation,
  input: { readonly options: InstallOptions; readonly undo: ObjectRef[] },
): Promise<void> {
  const { options } = input;
  const ref: ObjectRef = { apiVersion: 'v1', kind: 'Namespace', name: options.id.namespace };
  if ((await operation.cluster.get(ref)) !== undefined) return;
  if (options.createNamespace !== true) {
    throw new ReleaseError(
      'NotFound',
      `${describeRelease(options.id)}: namespaces "${ref.name}" not found: create it, or use --create-namespace`,
    );
  }
  if (options.dryRun === true) return;
  try {
    await operation.cluster.create({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: ref.name, labels: { name: ref.name } },
    });
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    throw new ReleaseError('Refused', `namespace "${ref.name}": ${error.message}`, { cause: error });
  }
  input.undo.push(ref);
  operation.tell(`Namespace ${ref.name}: created`, { kind: 'object', object: ref });
}

/** A revision with all that the chart and the user gave; its status is for the caller to set. */
export function newRevision(input: {
  readonly options: Pick<InstallOptions, 'id' | 'package' | 'values' | 'labels' | 'promotion'>;
  readonly rendered: RenderedRelease;
  readonly revision: number;
  readonly first: number | undefined;
  readonly now: number;
}): Release {
  const { options, rendered } = input;
  const { metadata } = options.package.chart;
  return {
    id: options.id,
    revision: input.revision,
    status: 'unknown',
    description: '',
    chart: {
      name: metadata.name,
      version: metadata.version,
      appVersion: metadata.appVersion ?? '',
      digest: options.package.digest,
      source: options.package.source,
    },
    values: valuesToJson(options.values),
    manifests: rendered.manifests,
    hooks: rendered.hooks,
    notes: rendered.notes,
    labels: options.labels ?? {},
    firstDeployed: input.first ?? input.now,
    lastDeployed: input.now,
    ...(options.promotion === undefined ? {} : { promotion: options.promotion }),
  };
}
