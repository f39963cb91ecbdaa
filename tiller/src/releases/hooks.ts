/**
 * Hooks as Helm v4 runs them (pkg/action/hooks.go): those of an event by weight and name, one after the other; Jobs and
 * Pods are waited for; delete policies before, after success and after failure. What a failed hook logged is reported.
 */
import { ClusterError, type KubeObject, type ObjectRef } from '../clusters/cluster.ts';
import { collectLogs, describeProblem, explainObject, findPodProblems, type PodProblem } from './explain.ts';
import { placeObject, unfold } from './objects.ts';
import type { Operation } from './operation.ts';
import { FIELD_MANAGER, findLive, refusal } from './plan.ts';
import { describeRef, formatDuration, refOf } from './progress.ts';
import { assessReadiness } from './readiness.ts';
import { type HookRun, ReleaseError, type ReleaseHook } from './release.ts';
import { isCustomResourceDefinition, type ResourceIndex } from './resources.ts';
import { waitUntilGone } from './wait.ts';

export type HookEvent =
  | 'pre-install'
  | 'post-install'
  | 'pre-upgrade'
  | 'post-upgrade'
  | 'pre-rollback'
  | 'post-rollback'
  | 'pre-delete'
  | 'post-delete'
  | 'test';

export interface HookInput {
  readonly hooks: readonly ReleaseHook[];
  readonly event: HookEvent;
  readonly namespace: string;
  readonly resources: ResourceIndex;
}

/** How often a running hook is looked at, in the cluster's time. */
const STEP = 1000;
const LOG_TAIL = 20;

/** The hooks of an event in the order in which they run. */
export function hooksOf(hooks: readonly ReleaseHook[], event: HookEvent): readonly ReleaseHook[] {
  return hooks
    .filter((hook) => hook.events.includes(event))
    .toSorted((a, b) => a.weight - b.weight || compareNames(nameOf(a), nameOf(b)));
}

/**
 * Runs the hooks of an event. Answers all hooks, those that ran with their run. Throws HookError, which has them too,
 * when one fails; the rest then do not run.
 */
export async function runHooks(operation: Operation, input: HookInput): Promise<readonly ReleaseHook[]> {
  const chosen = hooksOf(input.hooks, input.event);
  const runs = new Map<ReleaseHook, HookRun>();
  const withRuns = () => input.hooks.map((hook) => ({ ...hook, ...runOf(runs.get(hook)) }));
  const done: ReleaseHook[] = [];
  for (const hook of chosen) {
    const objects = unfold(hook.object).map((object) => placeObject(object, { ...input, source: hook.source }));
    const startedAt = operation.cluster.clock.now();
    try {
      await runHook(operation, { hook, objects, event: input.event });
    } catch (error) {
      const log = await logOf(operation, objects);
      runs.set(hook, { startedAt, completedAt: operation.cluster.clock.now(), phase: 'Failed', ...log });
      await clearHook(operation, { hook, objects, policy: 'hook-failed' });
      for (const succeeded of done) await clearAfterSuccess(operation, input, succeeded);
      throw new HookError(error, { hook, event: input.event, hooks: withRuns(), log: log.log });
    }
    const log = await logOf(operation, objects);
    runs.set(hook, { startedAt, completedAt: operation.cluster.clock.now(), phase: 'Succeeded', ...log });
    done.push(hook);
  }
  for (const hook of done.toReversed()) await clearAfterSuccess(operation, input, hook);
  return withRuns();
}

/** A hook that failed. `hooks` are the release's, with what ran. */
export class HookError extends ReleaseError {
  readonly hooks: readonly ReleaseHook[];
  constructor(
    cause: unknown,
    about: {
      readonly hook: ReleaseHook;
      readonly event: HookEvent;
      readonly hooks: readonly ReleaseHook[];
      readonly log: string | undefined;
    },
  ) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const details = cause instanceof ReleaseError && Array.isArray(cause.details) ? cause.details : [];
    super('HookFailed', `${about.event} hook ${about.hook.object.kind} ${nameOf(about.hook)} failed: ${reason}`, {
      cause,
      details: [...details, ...(about.log === undefined || details.length > 0 ? [] : about.log.split('\n'))],
    });
    this.hooks = about.hooks;
  }
}

/** Asks the cluster, by dry run, whether it would take the hooks. Throws Refused. */
export async function rehearseHooks(operation: Operation, input: Omit<HookInput, 'event'>): Promise<void> {
  for (const hook of input.hooks) {
    for (const each of unfold(hook.object)) {
      const object = placeObject(each, { ...input, source: hook.source });
      if (input.resources.find(object.apiVersion, object.kind)?.known !== true) continue;
      try {
        await operation.cluster.create(object, { dryRun: true });
      } catch (error) {
        if (!(error instanceof ClusterError)) throw error;
        if (error.code !== 'Invalid' && error.code !== 'BadRequest') continue;
        throw refusal(error, { source: hook.source, ref: refOf(object) });
      }
    }
  }
}

async function runHook(
  operation: Operation,
  input: { readonly hook: ReleaseHook; readonly objects: readonly KubeObject[]; readonly event: HookEvent },
): Promise<void> {
  const { hook, objects } = input;
  await clearHook(operation, { hook, objects, policy: 'before-hook-creation' });
  const refs: ObjectRef[] = [];
  for (const object of objects) {
    try {
      // As Helm, a hook that is there and is not to be deleted first is applied over.
      const made =
        object.metadata.name === undefined
          ? await operation.cluster.create(object)
          : await operation.cluster.apply(object, { fieldManager: FIELD_MANAGER, force: true });
      refs.push(refOf(made));
    } catch (error) {
      if (error instanceof ClusterError) throw refusal(error, { source: hook.source, ref: refOf(object) });
      throw error;
    }
  }
  for (const ref of refs) {
    operation.tell(`hook ${input.event} ${describeRef(ref)}: started`, { kind: 'hook', object: ref });
    await waitForCompletion(operation, ref);
    operation.tell(`hook ${input.event} ${describeRef(ref)}: done`, { kind: 'hook', object: ref });
  }
}

/** Jobs until they are complete, Pods until they have succeeded; other kinds are done when they are there. */
async function waitForCompletion(operation: Operation, ref: ObjectRef): Promise<void> {
  if (ref.kind !== 'Job' && ref.kind !== 'Pod') return;
  const { clock } = operation.cluster;
  const deadline = clock.now() + operation.timeout;
  let told = '';
  // A Job that fails for good takes its pods away, and with them what was wrong: it is noted while they are there.
  let problems: readonly PodProblem[] = [];
  for (;;) {
    operation.signal?.throwIfAborted();
    const object = await findLive(operation.cluster, ref);
    // A Job with ttlSecondsAfterFinished may be gone when looked at: it has run.
    if (object === undefined) return;
    const readiness = assessReadiness(object, { waitForJobs: true });
    const isDone = ref.kind === 'Pod' ? readiness.message === 'succeeded' : readiness.state === 'ready';
    if (isDone) return;
    const now = await findPodProblems(operation.cluster, object);
    if (now.length > 0) problems = now;
    const news = now[0] === undefined ? readiness.message : `${readiness.message}, pod ${now[0].pod}: ${now[0].brief}`;
    if (news !== told) {
      told = news;
      operation.tell(`${describeRef(ref)}: ${told}`, { kind: 'wait', object: ref });
    }
    const left = deadline - clock.now();
    if (readiness.state === 'failed' || left <= 0) {
      const explanation = await explainObject(operation.cluster, object);
      const noted = problems.map(describeProblem).filter((line) => !explanation.lines.includes(line));
      const lines = [...explanation.lines, ...noted];
      const reason = problems[0] === undefined ? explanation.reason : describeProblem(problems[0]);
      const logs = await collectLogs(operation.cluster, object);
      const how =
        readiness.state === 'failed' ? readiness.message : `not done after ${formatDuration(operation.timeout)}`;
      throw new ReleaseError(
        readiness.state === 'failed' ? 'HookFailed' : 'Timeout',
        `${how}${reason === undefined ? '' : `: ${reason}`}`,
        { details: [...lines, ...logs.filter((line) => !lines.includes(line))] },
      );
    }
    await clock.sleep(Math.min(STEP, left), operation.signal);
  }
}

async function clearAfterSuccess(operation: Operation, input: HookInput, hook: ReleaseHook): Promise<void> {
  const objects = unfold(hook.object).map((object) => placeObject(object, { ...input, source: hook.source }));
  await clearHook(operation, { hook, objects, policy: 'hook-succeeded' });
}

/** Deletes a hook's objects if its policies say so at this point, and waits until they are gone. CRDs stay. */
async function clearHook(
  operation: Operation,
  input: { readonly hook: ReleaseHook; readonly objects: readonly KubeObject[]; readonly policy: string },
): Promise<void> {
  const { deletePolicies } = input.hook;
  const policies = deletePolicies.length === 0 ? ['before-hook-creation'] : deletePolicies;
  if (!policies.includes(input.policy)) return;
  const refs = input.objects
    .filter((object) => object.metadata.name !== undefined && !isCustomResourceDefinition(object))
    .map(refOf);
  for (const ref of refs) await operation.cluster.delete(ref, { propagationPolicy: 'Background' });
  await waitUntilGone(operation, refs);
}

async function logOf(operation: Operation, objects: readonly KubeObject[]): Promise<{ log?: string }> {
  const lines: string[] = [];
  for (const object of objects) {
    if ((object.kind !== 'Job' && object.kind !== 'Pod') || object.metadata.name === undefined) continue;
    const live = await findLive(operation.cluster, refOf(object));
    if (live !== undefined) lines.push(...(await collectLogs(operation.cluster, live)));
  }
  return lines.length === 0 ? {} : { log: lines.slice(-LOG_TAIL).join('\n') };
}

function runOf(run: HookRun | undefined): { lastRun?: HookRun } {
  return run === undefined ? {} : { lastRun: run };
}

function nameOf(hook: ReleaseHook): string {
  return hook.object.metadata.name ?? hook.object.metadata.generateName ?? '';
}

function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
