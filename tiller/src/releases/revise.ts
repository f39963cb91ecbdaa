/**
 * One new revision, from its documents to its end: planned and refused before anything is recorded, then recorded as
 * pending, hooks, objects, readiness, hooks, and recorded as deployed or failed. Install, upgrade and rollback differ in
 * where the documents come from, and in what they do after a failure.
 */
import type { KubeObject, ObjectRef } from '../clusters/cluster.ts';
import { applyPlan } from './apply.ts';
import { HookError, type HookEvent, rehearseHooks, runHooks } from './hooks.ts';
import { objectsOf, type SourcedObject, unfold } from './objects.ts';
import { failureLines, messageOf, type Operation, type OperationOptions, supersede, trimHistory } from './operation.ts';
import { countActions, type Plan, planChanges } from './plan.ts';
import { refOf } from './progress.ts';
import { type Release, ReleaseError, type ReleaseStatus } from './release.ts';
import { indexResources, type ResourceIndex } from './resources.ts';
import { waitUntilReady } from './wait.ts';

export type RevisionKind = 'install' | 'upgrade' | 'rollback';

export interface RevisionInput {
  readonly kind: RevisionKind;
  /** The revision as it will be; its status and description are set here. */
  readonly release: Release;
  readonly archive: Uint8Array;
  /** Revisions whose objects may be in the cluster. */
  readonly previous: readonly Release[];
  readonly options: OperationOptions;
  /** CRDs that will have come before the objects, when they are not in the cluster yet. */
  readonly definitions?: readonly KubeObject[];
  /** What to say of it when it has worked. */
  readonly description: string;
}

export interface PlannedRevision extends RevisionInput {
  readonly plan: Plan;
  readonly resources: ResourceIndex;
}

/** How a revision ended. */
export interface Outcome {
  readonly release: Release;
  /** Objects that this revision made, in order. */
  readonly created: readonly ObjectRef[];
  readonly error?: unknown;
}

/** Plans a revision. Throws ReleaseError when the cluster would refuse an object, before anything is changed. */
export async function planRevision(operation: Operation, input: RevisionInput): Promise<PlannedRevision> {
  const { release, options } = input;
  const { namespace } = release.id;
  const api = await operation.cluster.discover();
  const resources = indexResources(api, [
    ...release.manifests.flatMap(({ object }) => unfold(object)),
    ...(input.definitions ?? []),
  ]);
  const plan = await planChanges({
    cluster: operation.cluster,
    id: release.id,
    desired: objectsOf(release.manifests, { namespace, resources }),
    previous: input.previous.flatMap((revision) => placedObjects(revision, resources)),
    resources,
    forceConflicts: options.forceConflicts === true,
    takeOwnership: options.takeOwnership === true,
  });
  if (options.noHooks !== true) await rehearseHooks(operation, { hooks: release.hooks, namespace, resources });
  return { ...input, plan, resources };
}

/** The objects that a revision applied; those of kinds that the cluster no longer has are left out. */
export function placedObjects(release: Release, resources: ResourceIndex): readonly SourcedObject[] {
  const manifests = release.manifests.flatMap(({ source, text, object: document }) =>
    unfold(document)
      .filter((object) => resources.find(object.apiVersion, object.kind) !== undefined)
      .map((object) => ({ source, text, object })),
  );
  return objectsOf(manifests, { namespace: release.id.namespace, resources });
}

/** Does a planned revision, and records its end. Throws only when the record can't be made. */
export async function executeRevision(operation: Operation, planned: PlannedRevision): Promise<Outcome> {
  const outcome = await recordRevision(operation, planned);
  if (outcome.error === undefined) await supersede(operation.store, outcome.release);
  await trimHistory(operation.store, outcome.release, planned.options.historyMax);
  return outcome;
}

async function recordRevision(operation: Operation, planned: PlannedRevision): Promise<Outcome> {
  const pending: ReleaseStatus = `pending-${planned.kind}`;
  let release: Release = { ...planned.release, status: pending, description: `Preparing ${planned.kind}` };
  await operation.store.create(release, planned.archive);
  const created: ObjectRef[] = [];
  try {
    release = await runEvent(operation, { planned, release, event: `pre-${planned.kind}` });
    const counts = countActions(planned.plan);
    operation.tell(
      `Applying ${planned.plan.objects.length} objects: ${counts.create} to create, ${counts.change} to change, ` +
        `${counts.unchanged} unchanged, ${counts.remove} to remove`,
    );
    await applyPlan(operation, {
      plan: planned.plan,
      forceConflicts: planned.options.forceConflicts === true,
      created,
    });
    if (planned.options.wait === true || planned.options.rollbackOnFailure === true) {
      const refs = planned.plan.objects.filter(({ desired }) => desired?.metadata.name !== undefined);
      await waitUntilReady(operation, {
        refs: refs.map(({ ref }) => ref),
        waitForJobs: planned.options.waitForJobs === true,
      });
      operation.tell('All objects are ready');
    }
    release = await runEvent(operation, { planned, release, event: `post-${planned.kind}` });
    release = { ...release, status: 'deployed', description: planned.options.description ?? planned.description };
    await operation.store.update(release, pending);
    return { release, created };
  } catch (error) {
    const noun = planned.kind === 'install' ? 'Release' : planned.kind === 'upgrade' ? 'Upgrade' : 'Rollback';
    const failed: Release = {
      ...release,
      ...(error instanceof HookError ? { hooks: error.hooks } : {}),
      status: 'failed',
      description: `${noun} "${release.id.name}" failed: ${messageOf(error)}`,
      failure: [messageOf(error), ...failureLines(error)],
    };
    await operation.store.update(failed, pending);
    return { release: failed, created, error };
  }
}

/** The error of a revision that failed, as the caller shows it. `consequence` says what was done about it. */
export function revisionError(outcome: Outcome, input: { kind: RevisionKind; consequence?: string }): ReleaseError {
  const { error, release } = outcome;
  const message = `${input.kind} of release "${release.id.name}" (revision ${release.revision}) failed`;
  const consequence = input.consequence === undefined ? '' : `, ${input.consequence}`;
  return new ReleaseError(
    error instanceof ReleaseError ? error.code : 'Unavailable',
    `${message}${consequence}: ${messageOf(error)}`,
    { details: failureLines(error), cause: error },
  );
}

async function runEvent(
  operation: Operation,
  input: { readonly planned: PlannedRevision; readonly release: Release; readonly event: HookEvent },
): Promise<Release> {
  const { planned, release, event } = input;
  if (planned.options.noHooks === true) return release;
  const hooks = await runHooks(operation, {
    hooks: release.hooks,
    event,
    namespace: release.id.namespace,
    resources: planned.resources,
  });
  return { ...release, hooks };
}

/** The objects of a revision, for people. */
export function refsOf(release: Release, resources: ResourceIndex): readonly ObjectRef[] {
  return placedObjects(release, resources)
    .filter(({ object }) => object.metadata.name !== undefined)
    .map(({ object }) => refOf(object));
}
