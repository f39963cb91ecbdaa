/**
 * Preemption (pkg/scheduler/framework/preemption and plugins/defaultpreemption v1.34): where removing pods of lower
 * priority would make room, the node whose victims matter least gives way: fewest broken disruption budgets, then lowest
 * highest priority, lowest sum, fewest pods, latest start.
 */
import type { Pod, PodDisruptionBudget } from '../apimachinery/kinds.ts';
import { labelSelectorOf } from '../apimachinery/selector.ts';
import type { Client } from '../apiserver/client.ts';
import type { NodeInfo, PodInfo } from './node-info.ts';

export interface Preemption {
  readonly node: NodeInfo;
  readonly victims: readonly Pod[];
}

export interface PreemptionRequest {
  readonly pod: Pod;
  /** Nodes where evicting could help. */
  readonly candidates: readonly NodeInfo[];
  readonly client: Client;
  /** Whether the pod fits on a node that is as the copy says. */
  fits(node: NodeInfo): boolean;
}

interface Candidate extends Preemption {
  readonly violations: number;
}

function priorityOf(pod: Pod): number {
  return pod.spec.priority ?? 0;
}

/** More important: higher priority, or equal and running for longer. */
function byImportance(a: PodInfo, b: PodInfo): number {
  const difference = priorityOf(b.pod) - priorityOf(a.pod);
  if (difference !== 0) return difference;
  return startOf(a.pod) < startOf(b.pod) ? -1 : 1;
}

function startOf(pod: Pod): string {
  return pod.status?.startTime ?? '9999';
}

/** Undefined when no node can be freed. */
export function findPreemption(request: PreemptionRequest): Preemption | undefined {
  const { pod, candidates, client } = request;
  if (pod.spec.preemptionPolicy === 'Never') return undefined;
  const budgets = client.list<PodDisruptionBudget>('poddisruptionbudgets.policy');
  const found: Candidate[] = [];
  for (const node of candidates) {
    const candidate = selectVictims(request, node, budgets);
    if (candidate !== undefined) found.push(candidate);
  }
  return found.sort(byCost)[0];
}

function selectVictims(
  request: PreemptionRequest,
  node: NodeInfo,
  budgets: readonly PodDisruptionBudget[],
): Candidate | undefined {
  const priority = priorityOf(request.pod);
  const lower = [...node.pods.values()].filter(({ pod }) => priorityOf(pod) < priority);
  if (lower.length === 0) return undefined;
  const copy = node.copy();
  for (const { pod } of lower) copy.remove(pod.metadata.uid);
  if (!request.fits(copy)) return undefined;
  const { violating, others } = splitByBudgets(lower.sort(byImportance), budgets);
  const victims: Pod[] = [];
  // Spare as many as possible, the most important first; those with a budget come before the others.
  const spare = (info: PodInfo): boolean => {
    copy.add(info);
    if (request.fits(copy)) return true;
    copy.remove(info.pod.metadata.uid);
    victims.push(info.pod);
    return false;
  };
  const violations = violating.filter((info) => !spare(info)).length;
  for (const info of others) spare(info);
  return { node, victims, violations };
}

function splitByBudgets(pods: readonly PodInfo[], budgets: readonly PodDisruptionBudget[]) {
  const left = new Map(budgets.map((budget) => [budget, budget.status?.disruptionsAllowed ?? 0]));
  const violating: PodInfo[] = [];
  const others: PodInfo[] = [];
  for (const info of pods) {
    const { namespace, labels, name } = info.pod.metadata;
    let isViolated = false;
    for (const budget of budgets) {
      if (budget.metadata.namespace !== namespace) continue;
      if (budget.status?.disruptedPods?.[name] !== undefined) continue;
      const selector = labelSelectorOf(budget.spec.selector);
      if (selector.requirements.length === 0 || !selector.matches(labels)) continue;
      const allowed = (left.get(budget) ?? 0) - 1;
      left.set(budget, allowed);
      if (allowed < 0) isViolated = true;
    }
    (isViolated ? violating : others).push(info);
  }
  return { violating, others };
}

function byCost(a: Candidate, b: Candidate): number {
  const highest = ({ victims }: Candidate) => Math.max(...victims.map(priorityOf));
  const sum = ({ victims }: Candidate) => victims.reduce((total, pod) => total + priorityOf(pod) + 2147483648, 0);
  const earliest = ({ victims }: Candidate) => {
    const top = Math.max(...victims.map(priorityOf));
    return victims
      .filter((pod) => priorityOf(pod) === top)
      .map(startOf)
      .sort()[0] as string; // there is at least one victim
  };
  return (
    a.violations - b.violations ||
    highest(a) - highest(b) ||
    sum(a) - sum(b) ||
    a.victims.length - b.victims.length ||
    (earliest(a) > earliest(b) ? -1 : earliest(a) < earliest(b) ? 1 : 0)
  );
}
