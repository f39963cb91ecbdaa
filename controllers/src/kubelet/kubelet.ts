/**
 * The kubelets of all nodes of a simulated cluster: a worker for each pod that has a node, and what the pods of a node
 * share (images, addresses, capacity). What cluster-wide behaviour there is stands in the ConfigMap
 * `kube-system/simulation-behavior`: `missingImages` holds patterns of images that can't be pulled.
 */
import { deepEqual } from '../apimachinery/json.ts';
import type { ConfigMap, Node, Pod } from '../apimachinery/kinds.ts';
import { isPodTerminal } from '../apimachinery/pod.ts';
import type { Instant } from '../apimachinery/time.ts';
import type { Client } from '../apiserver/client.ts';
import type { EventRecorder } from '../apiserver/event-recorder.ts';
import type { Change } from '../store/object-store.ts';
import { createNodeUsage, type NodeUsage, nodeRejection } from './admission.ts';
import { type BehaviorDefaults, DEFAULT_BEHAVIOR } from './behavior.ts';
import { createImagePatterns } from './images.ts';
import { createIpPool, type IpPool } from './ip-pool.ts';
import type { NodeRuntime } from './node-runtime.ts';
import { createPodWorker, type PodWorker } from './pod-worker.ts';
import { fnv32a } from './text-hash.ts';

export const BEHAVIOR_CONFIG = { namespace: 'kube-system', name: 'simulation-behavior' } as const;

export interface KubeletOptions {
  readonly client: Client;
  readonly now: () => Instant;
  readonly schedule: (at: Instant, run: () => void) => () => void;
  readonly recorder: (node: string) => EventRecorder;
  /** Makes the spread of random delays differ between simulations. */
  readonly seed: string;
  readonly defaults?: BehaviorDefaults;
}

export interface Kubelet {
  /** Tells the kubelets of a change of an object of a resource. */
  observe(resource: string, change: Change): void;
  /** Acts on what changed; the number of pods looked at. */
  runRound(): number;
}

interface NodeState {
  readonly name: string;
  readonly runtime: NodeRuntime;
  readonly pods: Map<string, Pod>;
  readonly usage: NodeUsage;
  hostIp: string;
  /** Taken away: nothing happens on it until it comes back. */
  isDown: boolean;
  /** What would have happened meanwhile. */
  readonly missed: (() => void)[];
}

const NODE_DOWN = 'simulation.drydock.dev/node';

const DEPENDENCIES = new Set(['configmaps', 'secrets', 'persistentvolumeclaims']);

export function createKubelet(options: KubeletOptions): Kubelet {
  const { client, now, schedule, seed, defaults = DEFAULT_BEHAVIOR } = options;
  const nodes = new Map<string, NodeState>();
  const workers = new Map<string, { readonly worker: PodWorker; readonly node: string }>();
  const changed = new Map<string, Pod>();
  const rechecks = new Set<string>();
  let isMissing: (image: string) => boolean = createImagePatterns('');

  function nodeState(name: string): NodeState {
    const known = nodes.get(name);
    if (known !== undefined) return known;
    let pool: IpPool | undefined;
    const addresses = (): IpPool => {
      if (pool !== undefined) return pool;
      const cidr = client.find<Node>('nodes', { name })?.spec.podCIDR;
      pool = createIpPool(cidr ?? `10.244.${nodes.size % 256}.0/24`);
      for (const { status } of state.pods.values()) if (status?.podIP !== undefined) pool.claim(status.podIP);
      return pool;
    };
    const state: NodeState = {
      name,
      pods: new Map(),
      usage: createNodeUsage(),
      hostIp: hostIpOf(client.find<Node>('nodes', { name })),
      isDown: isNodeDown(client.find<Node>('nodes', { name })),
      missed: [],
      runtime: {
        client,
        recorder: options.recorder(name),
        defaults,
        images: new Set(),
        now,
        schedule: (at, run) =>
          schedule(at, () => {
            if (state.isDown) state.missed.push(run);
            else run();
          }),
        isImageMissing: (image) => isMissing(image),
        hostIp: () => state.hostIp,
        takeIp: () => addresses().take(),
        releaseIp: (ip) => addresses().release(ip),
        reject(pod) {
          const node = client.find<Node>('nodes', { name });
          return node === undefined ? undefined : nodeRejection(pod, node, state.usage);
        },
        spread: (uid) => fnv32a(`${seed}/${uid}`) / 4294967296,
      },
    };
    nodes.set(name, state);
    return state;
  }

  function observePod(change: Change): void {
    const pod = change.object as Pod; // `observe` saw that it comes from `pods`
    const { uid } = pod.metadata;
    const node = pod.spec.nodeName ?? '';
    if (change.type === 'DELETED') {
      workers.get(uid)?.worker.stop();
      workers.delete(uid);
      changed.delete(uid);
      nodes.get(node)?.pods.delete(uid);
      nodes.get(node)?.usage.remove(uid);
      return;
    }
    if (node === '') return;
    const state = nodeState(node);
    state.pods.set(uid, pod);
    state.usage.set(pod);
    if (isWorkFor(pod, change.previous as Pod | undefined)) changed.set(uid, pod);
  }

  /** Status that others wrote is theirs; the worker looks at what it was asked for. */
  function isWorkFor(pod: Pod, previous: Pod | undefined): boolean {
    if (previous === undefined || !workers.has(pod.metadata.uid)) return true;
    return (
      previous.metadata.deletionTimestamp !== pod.metadata.deletionTimestamp ||
      previous.metadata.generation !== pod.metadata.generation ||
      !deepEqual(previous.metadata.annotations, pod.metadata.annotations) ||
      isPodTerminal(previous) !== isPodTerminal(pod) ||
      (pod.spec.readinessGates ?? []).length > 0
    );
  }

  function observeNode(change: Change): void {
    const node = change.object as Node; // `observe` saw that it comes from `nodes`
    const state = nodes.get(node.metadata.name);
    if (state === undefined) return;
    const isDown = change.type !== 'DELETED' && isNodeDown(node);
    if (state.isDown && !isDown) for (const pod of state.pods.values()) changed.set(pod.metadata.uid, pod);
    state.isDown = isDown;
    state.hostIp = hostIpOf(node);
  }

  function observeConfig(change: Change): void {
    const { namespace, name } = change.object.metadata;
    if (namespace !== BEHAVIOR_CONFIG.namespace || name !== BEHAVIOR_CONFIG.name) return;
    const text = change.type === 'DELETED' ? '' : ((change.object as unknown as ConfigMap).data?.missingImages ?? '');
    isMissing = createImagePatterns(text);
    for (const uid of workers.keys()) rechecks.add(uid);
  }

  /** A pod that waits for something of the namespace may go on. */
  function observeDependency(change: Change): void {
    if (change.type === 'DELETED') return;
    for (const { pods } of nodes.values()) {
      for (const pod of pods.values()) {
        if (pod.metadata.namespace === change.object.metadata.namespace && isWaiting(pod))
          rechecks.add(pod.metadata.uid);
      }
    }
  }

  function isWaiting(pod: Pod): boolean {
    return pod.status?.phase === 'Pending' || pod.status?.phase === undefined;
  }

  return {
    observe(resource, change) {
      if (resource === 'pods') {
        observePod(change);
        return;
      }
      if (resource === 'nodes') observeNode(change);
      if (resource === 'configmaps') observeConfig(change);
      if (DEPENDENCIES.has(resource)) observeDependency(change);
    },
    runRound() {
      if (changed.size + rechecks.size === 0) return 0;
      const pods = [...changed.values()];
      const again = [...rechecks];
      changed.clear();
      rechecks.clear();
      for (const pod of pods) {
        const { uid } = pod.metadata;
        const node = pod.spec.nodeName ?? '';
        const state = nodeState(node);
        if (!state.pods.has(uid) || state.isDown) continue;
        for (const run of state.missed.splice(0)) run();
        let entry = workers.get(uid);
        if (entry === undefined) {
          entry = { worker: createPodWorker(pod, state.runtime), node };
          workers.set(uid, entry);
        }
        entry.worker.update(pod);
      }
      for (const uid of again) {
        const entry = workers.get(uid);
        if (entry !== undefined && !nodeState(entry.node).isDown) entry.worker.recheck();
      }
      return pods.length + again.length;
    },
  };
}

function isNodeDown(node: Node | undefined): boolean {
  return node?.metadata.annotations?.[NODE_DOWN] === 'down';
}

function hostIpOf(node: Node | undefined): string {
  return node?.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '10.0.0.1';
}
