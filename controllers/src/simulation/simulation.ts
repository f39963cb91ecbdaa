/**
 * A simulated cluster: a store, its API server, the control plane and the kubelets, moved by one queue of events in
 * virtual time. Time stands still until all that is due at a moment is done, then jumps to the next event.
 *
 * Everything that matters is in the objects: a simulation restored from a snapshot goes on from them.
 */

import type { Pod } from '../apimachinery/kinds.ts';
import { resourceOfKey, storageKey } from '../apimachinery/resource.ts';
import { type Duration, formatTime, type Instant } from '../apimachinery/time.ts';
import { type ApiServer, createApiServer } from '../apiserver/apiserver.ts';
import { type ClusterAuthority, standInAuthority } from '../apiserver/authentication/authority.ts';
import type { Client } from '../apiserver/client.ts';
import { createHttpHandler, type HttpHandler } from '../apiserver/http.ts';
import type { ControllerFault } from '../controller-manager/manager.ts';
import { type BehaviorDefaults, DEFAULT_BEHAVIOR } from '../kubelet/behavior.ts';
import { execInPod } from '../kubelet/exec/pod-exec.ts';
import { containerLog } from '../kubelet/logs.ts';
import { nodeUsage, podUsage } from '../kubelet/usage.ts';
import { createMvccStore, type MvccObjectStore, restoreMvccStore } from '../store/mvcc.ts';
import type { Change } from '../store/object-store.ts';
import { bootstrapCluster, type NodeSpec } from './bootstrap.ts';
import { type Clock, type ClockMode, createVirtualClock } from './clock.ts';
import { createControlPlane } from './control-plane.ts';
import { createEventQueue, type EventClass } from './event-queue.ts';
import type { SimulationFeatures, SimulationOptions, SimulationSnapshot, SimulationState } from './options.ts';
import { createRandomStreams, type RandomState } from './random.ts';

export interface Simulation {
  readonly name: string;
  /** All rights, synchronous. A write is seen by the control plane when time is next settled or advanced. */
  readonly client: Client;
  readonly clock: Clock;
  readonly api: ApiServer;
  /** Kubernetes' API over HTTP; whoever mounts it strips the prefix of the path, and settles after writes. */
  readonly handler: HttpHandler;
  readonly kubernetesVersion: string;
  /** Reconciles that failed by a fault of this program. */
  readonly faults: readonly ControllerFault[];
  /** Batch: a sleep on the clock moves time. Served: time is driven by `advanceTo`. */
  clockMode: ClockMode;
  now(): Instant;
  /** Runs all that is due now; no time passes. Throws when a controller never comes to rest. */
  settle(): void;
  /** Virtual time passes. */
  advance(duration: Duration): void;
  /** As advance, to a moment; one in the past only settles. */
  advanceTo(instant: Instant): void;
  /** Advances event by event until the condition holds; false when it did not within the limit. */
  advanceUntil(done: () => boolean, limit: Duration): boolean;
  /** When the next event is planned; undefined when nothing is left to happen. */
  nextEventTime(): Instant | undefined;
  /** Tells of every change of the store, in order; answers how to stop. */
  observe(listener: (change: Change, resource: string) => void): () => void;
  /** All but the objects, as they are at this moment. */
  state(): SimulationState;
  snapshot(): SimulationSnapshot;
  /** A simulation of its own that starts from here; what happens in one is not seen in the other. */
  fork(name?: string): Simulation;
}

const DEFAULT_START: Instant = Date.UTC(2026, 0, 1);
export const KUBERNETES_VERSION = 'v1.34.2';
const DEFAULT_SERVICE_CIDR = '10.96.0.0/16';
const MAX_ROUNDS = 10_000;
/** What waits outside for a time comes after all that is due inside. */
const OUTSIDE: EventClass = 3;

interface Origin {
  readonly name: string;
  readonly seed: string;
  readonly kubernetesVersion: string;
  readonly behavior: BehaviorDefaults;
  readonly features: SimulationFeatures;
  readonly now: Instant;
  readonly store: MvccObjectStore;
  readonly random: RandomState;
  readonly authority: ClusterAuthority;
  /** What to put into an empty cluster. */
  readonly fill?: { readonly nodes: readonly NodeSpec[]; readonly missingImages: readonly string[] };
}

/** The address after that of the network: `10.96.0.0/16` gives `10.96.0.1`. */
function firstAddress(cidr: string): string {
  return (cidr.split('/')[0] ?? '').replace(/\d+$/, (last) => String(Number(last) + 1));
}

export function createSimulation(options: SimulationOptions): Simulation {
  const { name, nodes = 3 } = options;
  return start({
    name,
    seed: options.seed ?? name,
    kubernetesVersion: options.kubernetesVersion ?? KUBERNETES_VERSION,
    behavior: { ...DEFAULT_BEHAVIOR, ...options.behavior },
    features: { metrics: true, disableAdmission: [], rbac: false, ...options.features },
    now: options.startTime ?? DEFAULT_START,
    store: createMvccStore(),
    random: {},
    authority: options.authority ?? standInAuthority(name),
    fill: {
      nodes: typeof nodes === 'number' ? Array.from({ length: nodes }, () => ({})) : nodes,
      missingImages: options.missingImages ?? [],
    },
  });
}

/** Goes on from a snapshot: from its objects, at its time. */
export function restoreSimulation(
  snapshot: SimulationSnapshot,
  options: Pick<SimulationOptions, 'authority'> = {},
): Simulation {
  const { store, version: _, ...rest } = snapshot;
  const { authority = standInAuthority(snapshot.name) } = options;
  return start({ ...rest, authority, store: restoreMvccStore(store) });
}

function start(origin: Origin): Simulation {
  const { name, seed, kubernetesVersion, behavior, features, authority, store } = origin;
  const { serviceCidr = DEFAULT_SERVICE_CIDR } = features;
  let now = origin.now;
  let clockMode: ClockMode = 'batch';
  let isRunning = false;
  let isSettling = false;
  let hasBegun = false;
  const random = createRandomStreams(seed, origin.random);
  const queue = createEventQueue();
  const listeners = new Set<(change: Change, resource: string) => void>();
  const clockNow = () => now;

  const api = createApiServer({
    store,
    now: clockNow,
    random: random.stream('apiserver'),
    disableAdmission: features.disableAdmission,
    serviceCidr,
    authority,
    enforcesRbac: features.rbac === true,
    kubelet: {
      log({ namespace, pod, ...query }) {
        const found = store.get(storageKey('', 'pods', namespace, pod))?.object as Pod | undefined; // stored under pods
        return found === undefined ? '' : containerLog(found, query, { now, client: api.client });
      },
      exec: (target) => execInPod(target, { client, now: clockNow, schedule: plan(OUTSIDE) }),
      ...(features.metrics ? { usage: { pod: podUsage, node: nodeUsage } } : {}),
    },
  });
  const { client } = api;
  const plan = (eventClass: EventClass) => (at: Instant, run: () => void) =>
    queue.schedule(Math.max(at, now), eventClass, run);
  const controlPlane = createControlPlane({
    api,
    seed,
    behavior,
    metrics: features.metrics,
    now: clockNow,
    random,
    schedule: plan,
  });

  function dispatch(change: Change): void {
    const text = resourceOfKey(change.key);
    controlPlane.observe(text, change);
    for (const listener of listeners) listener(change, text);
    if (clockMode === 'served' && !isRunning) settleSoon();
  }

  /**
   * Tells the control plane of all that is there. A simulation that starts from another's objects does so when its time
   * is first asked for: a fork that is only read costs nothing.
   */
  function begin(): void {
    if (hasBegun) return;
    hasBegun = true;
    for (const { key, object, revision } of store.list('')) {
      dispatch({ type: 'ADDED', key, revision, object, previous: undefined });
    }
    store.subscribe('', store.revision, dispatch);
  }

  /** While served, what clients write is acted on at once, as the clock itself only moves now and then. */
  function settleSoon(): void {
    if (isSettling) return;
    isSettling = true;
    queueMicrotask(() => {
      isSettling = false;
      if (isRunning) return;
      try {
        settle();
      } catch (error) {
        controlPlane.faults.push({ controller: 'simulation', key: { name }, at: now, error });
      }
    });
  }

  /** Rounds until nothing is left to do at this moment. */
  function settle(): void {
    if (isRunning) throw new Error(`simulation ${name}: settle called while it runs`);
    begin();
    isRunning = true;
    try {
      for (let round = 0; ; round++) {
        let work = 0;
        for (let run = queue.takeDue(now); run !== undefined; run = queue.takeDue(now)) {
          run();
          work++;
        }
        work += controlPlane.runRound();
        if (work === 0) return;
        if (round >= MAX_ROUNDS) throw new Error(`simulation ${name} never comes to rest at ${formatTime(now)}`);
      }
    } finally {
      isRunning = false;
    }
  }

  function advanceTo(instant: Instant): void {
    settle();
    for (let next = queue.nextTime(); next !== undefined && next <= instant; next = queue.nextTime()) {
      now = Math.max(now, next);
      settle();
    }
    now = Math.max(now, instant);
    settle();
  }

  const clock = createVirtualClock({
    get mode() {
      return clockMode;
    },
    now: clockNow,
    advance: (duration) => advanceTo(now + duration),
    at: plan(OUTSIDE),
  });

  if (origin.fill !== undefined) {
    begin();
    const serviceIp = firstAddress(serviceCidr);
    bootstrapCluster(client, { ...origin.fill, kubernetesVersion, now, serviceIp, serviceCidr });
  }

  const state = (): SimulationState => ({
    version: 1,
    name,
    seed,
    kubernetesVersion,
    behavior,
    features,
    now,
    random: random.snapshot(),
    revision: store.revision,
  });

  const simulation: Simulation = {
    name,
    client,
    clock,
    api,
    handler: createHttpHandler(api, { gitVersion: kubernetesVersion }),
    kubernetesVersion,
    faults: controlPlane.faults,
    get clockMode() {
      return clockMode;
    },
    set clockMode(mode) {
      begin();
      clockMode = mode;
    },
    now: clockNow,
    settle,
    advance: (duration) => advanceTo(now + duration),
    advanceTo,
    advanceUntil(done, limit) {
      const until = now + limit;
      settle();
      while (!done()) {
        const next = queue.nextTime();
        if (next === undefined || next > until) {
          now = Math.max(now, until);
          settle();
          return done();
        }
        now = Math.max(now, next);
        settle();
      }
      return true;
    },
    nextEventTime() {
      if (!hasBegun) settle();
      return queue.nextTime();
    },
    observe(listener) {
      begin();
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    state,
    snapshot() {
      const { revision: _, ...rest } = state();
      return { ...rest, store: store.snapshot() };
    },
    fork: (forkName = name) =>
      start({
        name: forkName,
        seed,
        kubernetesVersion,
        behavior,
        features,
        now,
        store: store.fork(),
        random: random.snapshot(),
        authority,
      }),
  };
  if (hasBegun) settle();
  return simulation;
}
