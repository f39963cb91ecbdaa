/**
 * Waiting in the cluster's own time: on a simulated cluster every step moves its clock, so a wait of minutes takes
 * milliseconds. Ends early where no waiting helps, and says why, object by object, where it ends in failure.
 */
import type { KubeObject, ObjectRef } from '../clusters/cluster.ts';
import { waitsForConsumer } from './claims.ts';
import { type Explanation, explainObject, findPodProblems } from './explain.ts';
import type { Operation } from './operation.ts';
import { findLive } from './plan.ts';
import { describeRef, formatDuration, refKey } from './progress.ts';
import { assessReadiness, type Readiness } from './readiness.ts';
import { ReleaseError } from './release.ts';

/** How often is looked, in the cluster's time. */
const STEP = 1000;

export interface WaitInput {
  readonly refs: readonly ObjectRef[];
  readonly waitForJobs: boolean;
}

interface Unready {
  readonly ref: ObjectRef;
  readonly object: KubeObject | undefined;
  readonly readiness: Readiness;
}

/**
 * Until all are ready at once. Throws NotReady when one has failed for good, Timeout when the operation's timeout has
 * passed; the message names the first object and its reason, the details all of them.
 */
export async function waitUntilReady(operation: Operation, input: WaitInput): Promise<void> {
  const { clock } = operation.cluster;
  const deadline = clock.now() + operation.timeout;
  const told = new Map<string, string>();
  for (;;) {
    operation.signal?.throwIfAborted();
    const unready: Unready[] = [];
    for (const ref of input.refs) {
      const object = await findLive(operation.cluster, ref);
      const readiness = await assess(operation, { object, waitForJobs: input.waitForJobs });
      const key = refKey(ref);
      const before = told.get(key);
      const news = await describeState(operation, { object, readiness });
      // What was ready when it was first looked at is no news.
      const isNews = before === undefined ? readiness.state !== 'ready' : before !== news;
      told.set(key, news);
      if (isNews) operation.tell(`${describeRef(ref)}: ${news}`, { kind: 'wait', object: ref });
      if (readiness.state !== 'ready') unready.push({ ref, object, readiness });
    }
    const failed = unready.filter(({ readiness }) => readiness.state === 'failed');
    if (failed.length > 0)
      throw await explainFailure(operation, { unready: failed, code: 'NotReady', after: undefined });
    if (unready.length === 0) return;
    const left = deadline - clock.now();
    if (left <= 0) throw await explainFailure(operation, { unready, code: 'Timeout', after: operation.timeout });
    await clock.sleep(Math.min(STEP, left), operation.signal);
  }
}

/** Until none of the objects is there. Throws Timeout. */
export async function waitUntilGone(operation: Operation, refs: readonly ObjectRef[]): Promise<void> {
  const { clock } = operation.cluster;
  const deadline = clock.now() + operation.timeout;
  let left = refs;
  for (;;) {
    operation.signal?.throwIfAborted();
    const there: ObjectRef[] = [];
    for (const ref of left) {
      if ((await findLive(operation.cluster, ref)) !== undefined) there.push(ref);
    }
    const [first] = there;
    if (first === undefined) return;
    const time = deadline - clock.now();
    if (time <= 0) {
      throw new ReleaseError(
        'Timeout',
        `${describeRef(first)} is still there after ${formatDuration(operation.timeout)}`,
        {
          details: there.map((ref) => `${describeRef(ref)}: still there`),
        },
      );
    }
    left = there;
    await clock.sleep(Math.min(STEP, time), operation.signal);
  }
}

/** The readiness, with the first thing that is wrong with a pod. */
async function describeState(
  operation: Operation,
  input: { readonly object: KubeObject | undefined; readonly readiness: Readiness },
): Promise<string> {
  const { object, readiness } = input;
  if (readiness.state === 'ready' || object === undefined) return readiness.message;
  const [problem] = await findPodProblems(operation.cluster, object);
  // A container that is not ready yet is what waiting is for.
  if (problem === undefined || problem.brief.endsWith('not ready')) return readiness.message;
  return `${readiness.message}, pod ${problem.pod}: ${problem.brief}`;
}

async function assess(
  operation: Operation,
  input: { readonly object: KubeObject | undefined; readonly waitForJobs: boolean },
): Promise<Readiness> {
  const { object } = input;
  const readiness = assessReadiness(object, input);
  if (object?.kind !== 'PersistentVolumeClaim' || readiness.state !== 'progressing') return readiness;
  if (!(await waitsForConsumer(operation.cluster, object))) return readiness;
  return { state: 'ready', message: 'waits for its first consumer' };
}

async function explainFailure(
  operation: Operation,
  input: {
    readonly unready: readonly Unready[];
    readonly code: 'NotReady' | 'Timeout';
    readonly after: number | undefined;
  },
): Promise<ReleaseError> {
  const lines: string[] = [];
  let first: Explanation | undefined;
  for (const { ref, object, readiness } of input.unready) {
    const explanation: Explanation =
      object === undefined ? { reason: undefined, lines: [] } : await explainObject(operation.cluster, object);
    first ??= explanation;
    lines.push(`${describeRef(ref)}: ${readiness.message}`, ...explanation.lines.map((line) => `  ${line}`));
  }
  const [unready] = input.unready;
  const what = unready === undefined ? '' : `${describeRef(unready.ref)}: ${unready.readiness.message}`;
  const more = input.unready.length > 1 ? ` (and ${input.unready.length - 1} more)` : '';
  const why = first?.reason === undefined ? '' : `: ${first.reason}`;
  const message =
    input.after === undefined
      ? `${what}${why}${more}`
      : `not ready after ${formatDuration(input.after)}: ${what}${why}${more}`;
  return new ReleaseError(input.code, message, { details: lines });
}
