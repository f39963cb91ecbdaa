/**
 * InterPodAffinity (v1.34): required affinity and anti-affinity of the pod, required anti-affinity of the pods that are
 * there, and scores by preferred terms of both.
 */
import type { Pod, PodAffinityTerm } from '../../apimachinery/kinds.ts';
import { MAX_SCORE, type PodCycle, type SchedulerPlugin, type Snapshot } from '../framework.ts';
import { matchesAffinityTerm, type NodeInfo, requiredAntiAffinity } from '../node-info.ts';

const HARD_AFFINITY_WEIGHT = 1;

/** `key=value` of a topology, to count by. */
function pair(node: NodeInfo, key: string): string | undefined {
  const value = node.node.metadata.labels?.[key];
  return value === undefined ? undefined : `${key}=${value}`;
}

function bump(counts: Map<string, number>, key: string | undefined, by: number): void {
  if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + by);
}

function filterCycle(pod: Pod, snapshot: Snapshot): PodCycle['filter'] {
  const affinity = pod.spec.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  const antiAffinity = requiredAntiAffinity(pod);
  const matches = (term: PodAffinityTerm, owner: Pod, other: Pod) =>
    matchesAffinityTerm(term, owner, other, (namespace) => snapshot.namespaceLabels(namespace));
  const wanted = new Map<string, number>();
  const unwanted = new Map<string, number>();
  const closed = new Map<string, number>();
  for (const node of snapshot.nodes) {
    for (const { pod: other } of node.withAntiAffinity.values()) {
      for (const term of requiredAntiAffinity(other)) {
        if (matches(term, other, pod)) bump(closed, pair(node, term.topologyKey), 1);
      }
    }
    if (affinity.length + antiAffinity.length === 0) continue;
    for (const { pod: other } of node.pods.values()) {
      // Upstream counts a pod for affinity only when it fulfils all terms.
      if (affinity.length > 0 && affinity.every((term) => matches(term, pod, other))) {
        for (const term of affinity) bump(wanted, pair(node, term.topologyKey), 1);
      }
      for (const term of antiAffinity) {
        if (matches(term, pod, other)) bump(unwanted, pair(node, term.topologyKey), 1);
      }
    }
  }
  if (affinity.length + antiAffinity.length + closed.size === 0) return undefined;
  // The first of a group that wants to be together may go anywhere.
  const isFirst = wanted.size === 0 && affinity.every((term) => matches(term, pod, pod));
  return (node) => {
    const hasTopologies = affinity.every(({ topologyKey }) => pair(node, topologyKey) !== undefined);
    const isNear = affinity.every(({ topologyKey }) => (wanted.get(pair(node, topologyKey) ?? '') ?? 0) > 0);
    if (!hasTopologies || !(isNear || isFirst)) {
      return { reasons: ["node(s) didn't match pod affinity rules"], hopeless: true };
    }
    if (antiAffinity.some(({ topologyKey }) => (unwanted.get(pair(node, topologyKey) ?? '') ?? 0) > 0)) {
      return { reasons: ["node(s) didn't match pod anti-affinity rules"] };
    }
    const labels = node.node.metadata.labels ?? {};
    for (const key of closed.keys()) {
      const at = key.indexOf('=');
      if (labels[key.slice(0, at)] === key.slice(at + 1)) {
        return { reasons: ["node(s) didn't satisfy existing pods anti-affinity rules"] };
      }
    }
    return undefined;
  };
}

function scoreCycle(pod: Pod, snapshot: Snapshot): Pick<PodCycle, 'score' | 'normalize'> {
  const preferred = pod.spec.affinity?.podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const avoided = pod.spec.affinity?.podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const matches = (term: PodAffinityTerm, owner: Pod, other: Pod) =>
    matchesAffinityTerm(term, owner, other, (namespace) => snapshot.namespaceLabels(namespace));
  const weights = new Map<string, number>();
  const ownTerms = preferred.length + avoided.length > 0;
  for (const node of snapshot.nodes) {
    for (const { pod: other } of ownTerms ? node.pods.values() : node.withAffinity.values()) {
      for (const { weight, podAffinityTerm: term } of preferred) {
        if (matches(term, pod, other)) bump(weights, pair(node, term.topologyKey), weight);
      }
      for (const { weight, podAffinityTerm: term } of avoided) {
        if (matches(term, pod, other)) bump(weights, pair(node, term.topologyKey), -weight);
      }
      const theirs = other.spec.affinity;
      for (const term of theirs?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) {
        if (matches(term, other, pod)) bump(weights, pair(node, term.topologyKey), HARD_AFFINITY_WEIGHT);
      }
      for (const { weight, podAffinityTerm } of theirs?.podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ??
        []) {
        if (matches(podAffinityTerm, other, pod)) bump(weights, pair(node, podAffinityTerm.topologyKey), weight);
      }
      for (const { weight, podAffinityTerm } of theirs?.podAntiAffinity
        ?.preferredDuringSchedulingIgnoredDuringExecution ?? []) {
        if (matches(podAffinityTerm, other, pod)) bump(weights, pair(node, podAffinityTerm.topologyKey), -weight);
      }
    }
  }
  if (weights.size === 0) return {};
  return {
    score({ node }) {
      let score = 0;
      for (const [key, weight] of weights) {
        const at = key.indexOf('=');
        if (node.metadata.labels?.[key.slice(0, at)] === key.slice(at + 1)) score += weight;
      }
      return score;
    },
    normalize(scores) {
      const [least, most] = [Math.min(...scores), Math.max(...scores)];
      return scores.map((score) => (most === least ? 0 : Math.trunc((MAX_SCORE * (score - least)) / (most - least))));
    },
  };
}

export const interPodAffinity: SchedulerPlugin = {
  name: 'InterPodAffinity',
  weight: 2,
  wakes: ['node', 'pod-added', 'pod-removed', 'pod-updated'],
  prepare({ pod }, snapshot) {
    const hasTerms = (pod.spec.affinity?.podAffinity ?? pod.spec.affinity?.podAntiAffinity) !== undefined;
    if (!hasTerms && !snapshot.nodes.some(({ withAffinity }) => withAffinity.size > 0)) return undefined;
    const filter = filterCycle(pod, snapshot);
    return { ...(filter === undefined ? {} : { filter }), ...scoreCycle(pod, snapshot) };
  },
};
