/**
 * The DaemonSet controller (pkg/controller/daemon v1.34): a pod on each node that should have one, replaced when it
 * fails, moved to new revisions by the rolling update.
 */
import { deepEqual, sortedJson } from '../../apimachinery/json.ts';
import type { ControllerRevision, DaemonSet, Node, Pod } from '../../apimachinery/kinds.ts';
import { isPodAvailable, isPodReady, isPodTerminal, nextAvailabilityCheck } from '../../apimachinery/pod.ts';
import { labelSelectorOf } from '../../apimachinery/selector.ts';
import { type Duration, type Instant, MINUTE, SECOND } from '../../apimachinery/time.ts';
import type { Controller, ReconcileContext, Requeue, WatchSource } from '../controller.ts';
import { encodeUtf8, fnv32a, safeEncode } from '../hash.ts';
import { byRevision, revisionData, syncRevision, truncateHistory } from '../history.ts';
import { claim, createPod, deletePod, isNamespaceTerminating, podFromTemplate } from '../pod-control.ts';
import { keyOf, watchOwned, watchSelf } from '../watching.ts';
import { daemonTemplate, HASH_LABEL, pinnedTo, placementOn, targetNode } from './placement.ts';
import { allowsSurge, type DaemonChanges, type DaemonPass, rollingUpdate } from './rolling-update.ts';
import { byAge, writeStatus } from './status.ts';

const BURST = 250;
const FIRST_BACK_OFF: Duration = SECOND;
const MAX_BACK_OFF: Duration = 15 * MINUTE;

/** When failed pods of a set on a node were last replaced. In memory only, as upstream: a restart forgives. */
type FailureBackOff = Map<string, { readonly delay: Duration; readonly at: Instant }>;

const ALL_ON_NODE_CHANGE: WatchSource = {
  resource: 'nodes',
  keys({ type, object, previous }, client) {
    const node = object as unknown as Node; // it comes from `nodes`
    const before = previous as unknown as Node | undefined;
    // A node that is gone is noticed by its pods, as upstream.
    if (type === 'DELETED') return [];
    const isRelevant =
      type === 'ADDED' ||
      !deepEqual(before?.metadata.labels, node.metadata.labels) ||
      !deepEqual(before?.spec, node.spec);
    return isRelevant ? client.list('daemonsets.apps').map(keyOf) : [];
  },
};

export function createDaemonSetController(): Controller {
  const failures: FailureBackOff = new Map();
  return {
    name: 'daemonset-controller',
    watches: [
      watchSelf('daemonsets.apps'),
      watchOwned({
        resource: 'pods',
        kind: 'DaemonSet',
        ownerResource: 'daemonsets.apps',
        selector: (owner) => (owner as DaemonSet).spec.selector, // listed as DaemonSets
      }),
      ALL_ON_NODE_CHANGE,
    ],
    reconcile(key, context) {
      const set = context.client.find<DaemonSet>('daemonsets.apps', key);
      return set === undefined ? undefined : sync(set, failures, context);
    },
  };
}

function sync(set: DaemonSet, failures: FailureBackOff, context: ReconcileContext): Requeue | undefined {
  const { namespace = '' } = set.metadata;
  const selector = labelSelectorOf(set.spec.selector);
  if (selector.requirements.length === 0) {
    const message = 'This daemon set is selecting all pods. A non-empty selector is required.';
    context.event(set, 'Warning', 'SelectingAll', message);
    return undefined;
  }
  if (set.metadata.deletionTimestamp !== undefined) return undefined;
  const revisions = claim(
    context.client.list<ControllerRevision>('controllerrevisions.apps', { namespace }),
    set,
    context,
    {
      resource: 'controllerrevisions.apps',
      ownerResource: 'daemonsets.apps',
      selector,
    },
  ).sort(byRevision);
  const { revision, collisionCount } = syncRevision(
    {
      owner: set,
      template: set.spec.template,
      revisions,
      collisionCount: set.status?.collisionCount ?? 0,
      hashLabel: HASH_LABEL,
      hash: (count) => revisionHash(set, count),
    },
    context,
  );
  const hash = revision.metadata.labels?.[HASH_LABEL] ?? '';
  const nodes = context.client.list<Node>('nodes');
  const makePass = (): DaemonPass => {
    const pods = claim(context.client.list<Pod>('pods', { namespace }), set, context, {
      resource: 'pods',
      ownerResource: 'daemonsets.apps',
      selector,
    });
    return { set, hash, nodes, podsByNode: groupByNode(pods), now: context.now };
  };
  const pass = makePass();
  const main = manage(pass, failures, context);
  let error = apply(pass, main.changes, context);
  const isQuiet = main.changes.create.length + main.changes.remove.length === 0;
  if (isQuiet && error === undefined && set.spec.updateStrategy?.type !== 'OnDelete') {
    error = apply(pass, rollingUpdate(pass), context);
  }
  const all = [...pass.podsByNode.values()].flat();
  const live = new Set([hash, ...all.map(({ metadata }) => metadata.labels?.[HASH_LABEL])]);
  truncateHistory(
    revisions,
    {
      isLive: ({ metadata }) => live.has(metadata.labels?.[HASH_LABEL]),
      limit: set.spec.revisionHistoryLimit ?? 10,
    },
    context,
  );
  const after = makePass();
  writeStatus(after, collisionCount, context);
  if (error !== undefined) throw error;
  const minReadySeconds = set.spec.minReadySeconds ?? 0;
  const availability = nextAvailabilityCheck([...after.podsByNode.values()].flat(), {
    minReadySeconds,
    now: context.now,
  });
  const next = Math.min(main.retryAfter ?? Number.POSITIVE_INFINITY, availability ?? Number.POSITIVE_INFINITY);
  return next === Number.POSITIVE_INFINITY ? undefined : { after: next };
}

/** Collisions of the hash change it. */
function revisionHash(set: DaemonSet, collisionCount: number): string {
  const salt = new Uint8Array(collisionCount === 0 ? 0 : 4);
  if (collisionCount > 0) new DataView(salt.buffer).setUint32(0, collisionCount, true);
  return safeEncode(String(fnv32a(encodeUtf8(sortedJson(revisionData(set.spec.template))), salt)));
}

/** A pod that has ended and is being deleted is not there any more. */
function groupByNode(pods: readonly Pod[]): ReadonlyMap<string, readonly Pod[]> {
  const groups = new Map<string, Pod[]>();
  for (const pod of pods) {
    if (isPodTerminal(pod) && pod.metadata.deletionTimestamp !== undefined) continue;
    const node = targetNode(pod);
    const group = groups.get(node);
    if (group === undefined) groups.set(node, [pod]);
    else group.push(pod);
  }
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}

interface Managed {
  readonly changes: DaemonChanges;
  readonly retryAfter: Duration | undefined;
}

/** What each node has too few or too many of. */
function manage(pass: DaemonPass, failures: FailureBackOff, context: ReconcileContext): Managed {
  const create: string[] = [];
  const remove: Pod[] = [];
  let retryAfter: Duration | undefined;
  for (const node of pass.nodes) {
    const { name } = node.metadata;
    const pods = pass.podsByNode.get(name);
    const { shouldRun, shouldContinue } = placementOn(pass.set, node);
    if (shouldRun && pods === undefined) {
      create.push(name);
      continue;
    }
    const alive = (pods ?? []).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    if (!shouldContinue) {
      remove.push(...alive);
      continue;
    }
    const ended = endedPods(pass, name, alive, { failures, context });
    remove.push(...ended.remove);
    if (ended.retryAfter !== undefined) retryAfter = Math.min(retryAfter ?? ended.retryAfter, ended.retryAfter);
    const running = alive.filter((pod) => !isPodTerminal(pod)).sort(byAge);
    if (!allowsSurge(pass.set)) remove.push(...running.slice(1));
    else if (running.length === 0 && shouldRun) create.push(name);
    else if (running.length > 1) remove.push(...surplus(pass, running));
  }
  const known = new Set(pass.nodes.map(({ metadata }) => metadata.name));
  for (const [node, pods] of pass.podsByNode) {
    if (!known.has(node)) remove.push(...pods.filter(({ spec }) => (spec.nodeName ?? '') === ''));
  }
  return { changes: { create, remove }, retryAfter };
}

/** Failed pods go, with a back-off; succeeded ones go at once. */
function endedPods(
  { set, now }: DaemonPass,
  node: string,
  pods: readonly Pod[],
  { failures, context }: { readonly failures: FailureBackOff; readonly context: ReconcileContext },
): { readonly remove: readonly Pod[]; readonly retryAfter: Duration | undefined } {
  const remove: Pod[] = [];
  let retryAfter: Duration | undefined;
  for (const pod of pods) {
    const about = `${pod.metadata.namespace}/${pod.metadata.name} on node ${node}`;
    if (pod.status?.phase === 'Succeeded') {
      context.event(set, 'Normal', 'SucceededDaemonPod', `Found succeeded daemon pod ${about}, will try to delete it`);
      remove.push(pod);
    } else if (pod.status?.phase === 'Failed') {
      const key = `${set.metadata.uid}/${node}`;
      const last = failures.get(key);
      const isRecent = last !== undefined && now - last.at <= 2 * MAX_BACK_OFF;
      if (isRecent && now - last.at < last.delay) {
        retryAfter = last.at + last.delay - now;
        continue;
      }
      failures.set(key, { delay: isRecent ? Math.min(last.delay * 2, MAX_BACK_OFF) : FIRST_BACK_OFF, at: now });
      context.event(set, 'Warning', 'FailedDaemonPod', `Found failed daemon pod ${about}, will try to kill it`);
      remove.push(pod);
    }
  }
  return { remove, retryAfter };
}

/** Of several pods the oldest new and the oldest old one may stay, until the new is available or the old is not ready. */
function surplus({ set, hash, now }: DaemonPass, running: readonly Pod[]): readonly Pod[] {
  const newest = running.find(({ metadata }) => metadata.labels?.[HASH_LABEL] === hash);
  const oldest = running.find(({ metadata }) => metadata.labels?.[HASH_LABEL] !== hash);
  const remove = running.filter((pod) => pod !== newest && pod !== oldest);
  if (newest === undefined || oldest === undefined) return remove;
  const isDone = isPodAvailable(newest, { minReadySeconds: set.spec.minReadySeconds ?? 0, now });
  return !isPodReady(oldest) || isDone ? [...remove, oldest] : remove;
}

/** Makes and deletes pods, at most 250 of each; answers the first error. */
function apply({ set, hash }: DaemonPass, changes: DaemonChanges, context: ReconcileContext): unknown {
  let failure: unknown;
  const template = daemonTemplate(set, hash);
  let batch = 1;
  let inBatch = 0;
  for (const node of changes.create.slice(0, BURST)) {
    if (template.spec === undefined) break;
    const pinned = { ...template, spec: { ...template.spec, affinity: pinnedTo(template.spec.affinity, node) } };
    try {
      createPod(podFromTemplate(pinned, set), set, context);
    } catch (error) {
      if (!isNamespaceTerminating(error)) failure ??= error;
    }
    inBatch++;
    if (inBatch < batch) continue;
    if (failure !== undefined) break;
    batch *= 2;
    inBatch = 0;
  }
  for (const pod of changes.remove.slice(0, BURST)) {
    try {
      deletePod(pod, set, context);
    } catch (error) {
      failure ??= error;
    }
  }
  return failure;
}
