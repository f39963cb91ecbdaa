/**
 * Nodes with their pods as changes report them: what pkg/scheduler/backend/cache (v1.34) keeps, without its snapshots,
 * since nothing changes during a scheduling cycle here.
 */
import type { Node, Pod } from '../apimachinery/kinds.ts';
import { isPodTerminal } from '../apimachinery/pod.ts';
import { groupOf, NodeInfo, type PodInfo, podInfoOf } from './node-info.ts';

export interface SchedulerCache {
  /** In order of name. */
  nodes(): readonly NodeInfo[];
  setNode(node: Node): void;
  removeNode(name: string): void;
  /** A pod that has a node; one that is finished takes nothing. */
  setPod(pod: Pod): void;
  removePod(pod: Pod): void;
}

export function createSchedulerCache(): SchedulerCache {
  const byName = new Map<string, NodeInfo>();
  /** Pods of nodes that are not there (any more, or yet). */
  const homeless = new Map<string, Map<string, PodInfo>>();
  const nodeOfPod = new Map<string, string>();
  let ordered: readonly NodeInfo[] | undefined;

  function forget(uid: string): void {
    const name = nodeOfPod.get(uid);
    if (name === undefined) return;
    nodeOfPod.delete(uid);
    byName.get(name)?.remove(uid);
    homeless.get(name)?.delete(uid);
  }

  function place(info: PodInfo, name: string): void {
    nodeOfPod.set(info.pod.metadata.uid, name);
    const node = byName.get(name);
    if (node !== undefined) {
      node.add(info);
      return;
    }
    const waiting = homeless.get(name) ?? new Map<string, PodInfo>();
    waiting.set(info.pod.metadata.uid, info);
    homeless.set(name, waiting);
  }

  return {
    nodes() {
      ordered ??= [...byName.values()].sort((a, b) => (a.node.metadata.name < b.node.metadata.name ? -1 : 1));
      return ordered;
    },
    setNode(node) {
      const { name } = node.metadata;
      const known = byName.get(name);
      if (known !== undefined) {
        known.setNode(node);
        return;
      }
      const info = new NodeInfo(node);
      byName.set(name, info);
      ordered = undefined;
      for (const pod of homeless.get(name)?.values() ?? []) info.add(pod);
      homeless.delete(name);
    },
    removeNode(name) {
      const node = byName.get(name);
      if (node === undefined) return;
      byName.delete(name);
      ordered = undefined;
      if (node.pods.size > 0) homeless.set(name, new Map(node.pods));
    },
    setPod(pod) {
      const { uid } = pod.metadata;
      const name = pod.spec.nodeName ?? '';
      if (name === '' || isPodTerminal(pod)) {
        forget(uid);
        return;
      }
      const node = byName.get(name);
      const known = nodeOfPod.get(uid) === name ? node?.pods.get(uid) : undefined;
      if (known !== undefined && known.pod.spec === pod.spec && known.group === groupOf(pod)) {
        // Only status or annotations: sums stay as they are.
        node?.pods.set(uid, { ...known, pod });
        return;
      }
      forget(uid);
      place(podInfoOf(pod), name);
    },
    removePod(pod) {
      forget(pod.metadata.uid);
    },
  };
}
