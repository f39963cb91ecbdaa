/**
 * Which pods go first when there are too many: ActivePodsWithRanks of pkg/controller (v1.34). Ages are compared on a
 * scale of powers of two, and pods that are alike by that are ordered by their uid.
 */
import type { Pod } from '../apimachinery/kinds.ts';
import { isPodReady, isSidecar, podCondition } from '../apimachinery/pod.ts';
import { type Instant, parseTime } from '../apimachinery/time.ts';

const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';
const PHASE_ORDER = new Map([
  ['Pending', 0],
  ['Unknown', 1],
  ['Running', 2],
]);

/** The pods in the order in which they should be deleted; `related` are ready siblings that may share their nodes. */
export function inDeletionOrder(
  pods: readonly Pod[],
  options: { readonly related: readonly Pod[]; readonly now: Instant },
): Pod[] {
  const readyOnNode = new Map<string, number>();
  for (const pod of options.related) {
    const node = pod.spec.nodeName ?? '';
    if (node !== '' && isPodReady(pod) && pod.metadata.deletionTimestamp === undefined) {
      readyOnNode.set(node, (readyOnNode.get(node) ?? 0) + 1);
    }
  }
  const rank = (pod: Pod) => readyOnNode.get(pod.spec.nodeName ?? '') ?? 0;
  return [...pods].sort((a, b) => compare(a, b, rank, options.now));
}

function compare(a: Pod, b: Pod, rank: (pod: Pod) => number, now: Instant): number {
  const assigned = Number((a.spec.nodeName ?? '') !== '') - Number((b.spec.nodeName ?? '') !== '');
  if (assigned !== 0) return assigned;
  const phase = (PHASE_ORDER.get(a.status?.phase ?? '') ?? 0) - (PHASE_ORDER.get(b.status?.phase ?? '') ?? 0);
  if (phase !== 0) return phase;
  const [readyA, readyB] = [isPodReady(a), isPodReady(b)];
  if (readyA !== readyB) return readyA ? 1 : -1;
  const cost = deletionCost(a) - deletionCost(b);
  if (cost !== 0) return cost;
  const colocated = rank(b) - rank(a);
  if (colocated !== 0) return colocated;
  if (readyA) {
    const ready = compareAges(readySince(a), readySince(b), { a, b, now });
    if (ready !== 0) return ready;
  }
  const restarts = compareRestarts(a, b);
  if (restarts !== 0) return restarts;
  return compareAges(parseTime(a.metadata.creationTimestamp), parseTime(b.metadata.creationTimestamp), { a, b, now });
}

function readySince(pod: Pod): Instant {
  return parseTime(podCondition(pod, 'Ready')?.lastTransitionTime ?? '');
}

/** Younger first, by powers of two; equal ranks of unequal times go by uid. */
function compareAges(
  since: Instant,
  other: Instant,
  { a, b, now }: { readonly a: Pod; readonly b: Pod; readonly now: Instant },
): number {
  if (since === other) return 0;
  const difference = ageRank(since, now) - ageRank(other, now);
  if (difference !== 0) return difference;
  return a.metadata.uid < b.metadata.uid ? -1 : 1;
}

function ageRank(since: Instant, now: Instant): number {
  const age = (now - since) * 1e6;
  return age > 0 ? Math.trunc(Math.log2(age)) : -1;
}

function deletionCost(pod: Pod): number {
  const text = pod.metadata.annotations?.[DELETION_COST];
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : 0;
}

function compareRestarts(a: Pod, b: Pod): number {
  const [left, right] = [maxRestarts(a), maxRestarts(b)];
  return right.regular !== left.regular ? right.regular - left.regular : right.sidecar - left.sidecar;
}

function maxRestarts(pod: Pod): { readonly regular: number; readonly sidecar: number } {
  const sidecars = new Set((pod.spec.initContainers ?? []).filter(isSidecar).map(({ name }) => name));
  const most = (counts: readonly number[]) => counts.reduce((max, count) => Math.max(max, count), 0);
  return {
    regular: most((pod.status?.containerStatuses ?? []).map((status) => status.restartCount)),
    sidecar: most(
      (pod.status?.initContainerStatuses ?? [])
        .filter(({ name }) => sidecars.has(name))
        .map((status) => status.restartCount),
    ),
  };
}
