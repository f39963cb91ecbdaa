/**
 * Where a DaemonSet's pods belong: nodes that match and whose taints are tolerated, with the tolerations that every
 * daemon pod gets (pkg/controller/daemon/util v1.34). A pod is pinned to its node by affinity; the scheduler binds it.
 */
import type { Affinity, DaemonSet, Node, Pod, PodSpec, PodTemplateSpec, Toleration } from '../../apimachinery/kinds.ts';
import { matchesNodeAffinity, pinnedNodes, untoleratedTaint } from '../../apimachinery/node-affinity.ts';

export const HASH_LABEL = 'controller-revision-hash';
const GENERATION_LABEL = 'pod-template-generation';
const GENERATION_ANNOTATION = 'deprecated.daemonset.template.generation';

const ADDED: readonly Toleration[] = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
];

/** The template's tolerations; an added one replaces its equal and comes last. */
function tolerationsOf(spec: PodSpec): readonly Toleration[] {
  const added =
    spec.hostNetwork === true
      ? [...ADDED, { key: 'node.kubernetes.io/network-unavailable', operator: 'Exists', effect: 'NoSchedule' }]
      : ADDED;
  const own = (spec.tolerations ?? []).filter(
    (toleration) =>
      !added.some(
        ({ key, effect }) => key === toleration.key && effect === toleration.effect && toleration.operator === 'Exists',
      ),
  );
  return [...own, ...added];
}

export interface Placement {
  readonly shouldRun: boolean;
  readonly shouldContinue: boolean;
}

export function placementOn(set: DaemonSet, node: Node): Placement {
  const spec = set.spec.template.spec;
  if (spec === undefined) return { shouldRun: false, shouldContinue: false };
  const isNamed = (spec.nodeName ?? '') === '' || spec.nodeName === node.metadata.name;
  if (!isNamed || !matchesNodeAffinity(spec, node)) return { shouldRun: false, shouldContinue: false };
  const tolerations = tolerationsOf(spec);
  if (untoleratedTaint(tolerations, node.spec.taints, ['NoSchedule', 'NoExecute']) === undefined) {
    return { shouldRun: true, shouldContinue: true };
  }
  // What runs may stay until a taint drives it away.
  const isDriven = untoleratedTaint(tolerations, node.spec.taints, ['NoExecute']) !== undefined;
  return { shouldRun: false, shouldContinue: !isDriven };
}

/** The node that a daemon pod is on or was made for. */
export function targetNode(pod: Pod): string {
  if ((pod.spec.nodeName ?? '') !== '') return pod.spec.nodeName ?? '';
  const [name] = pinnedNodes(pod.spec) ?? [];
  return name ?? '';
}

export function templateGeneration(set: DaemonSet): string | undefined {
  return set.metadata.annotations?.[GENERATION_ANNOTATION];
}

/** The template of the pods of a revision, without a node. */
export function daemonTemplate(set: DaemonSet, hash: string): PodTemplateSpec {
  const { template } = set.spec;
  const generation = templateGeneration(set);
  return {
    ...template,
    metadata: {
      ...template.metadata,
      labels: {
        ...template.metadata?.labels,
        ...(generation === undefined ? {} : { [GENERATION_LABEL]: generation }),
        [HASH_LABEL]: hash,
      },
    },
    ...(template.spec === undefined ? {} : { spec: { ...template.spec, tolerations: tolerationsOf(template.spec) } }),
  };
}

/** The affinity that pins a pod to a node, in place of what the template wants of node names and terms. */
export function pinnedTo(affinity: Affinity | undefined, node: string): Affinity {
  return {
    ...affinity,
    nodeAffinity: {
      ...affinity?.nodeAffinity,
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }],
      },
    },
  };
}

export function isUpdated(pod: Pod, set: DaemonSet, hash: string): boolean {
  const labels = pod.metadata.labels ?? {};
  const generation = templateGeneration(set);
  return labels[HASH_LABEL] === hash || (generation !== undefined && labels[GENERATION_LABEL] === generation);
}
