import { describe, expect, test } from 'vitest';
import type { Deployment, Event } from '../apimachinery/kinds.ts';
import { createEventQueue } from './event-queue.ts';
import { Fleet } from './fleet.ts';
import { createRandomStreams } from './random.ts';
import { createTestCluster, deployment, NAMESPACE, START, wrapCluster } from './simulation.testing.ts';
import { createSimulation, restoreSimulation, type Simulation } from './simulation.ts';
import { formatTimeline, recordTimeline } from './trace.ts';

function history(simulation: Simulation): string[] {
  const lines: string[] = [];
  simulation.observe(({ type, key, revision }) => lines.push(`${simulation.now()} ${type} ${key} ${revision}`));
  return lines;
}

describe('the queue of events', () => {
  test('goes by time, then class, then the order of scheduling', () => {
    const queue = createEventQueue();
    const order: string[] = [];
    queue.schedule(2, 0, () => order.push('late'));
    queue.schedule(1, 1, () => order.push('second class'));
    queue.schedule(1, 0, () => order.push('first'));
    queue.schedule(1, 0, () => order.push('second'));
    const cancel = queue.schedule(1, 0, () => order.push('called off'));
    cancel();
    for (let run = queue.takeDue(1); run !== undefined; run = queue.takeDue(1)) run();
    expect(order).toEqual(['first', 'second', 'second class']);
    expect(queue.nextTime()).toBe(2);
  });

  test('keeps its order over many events, some of them called off', () => {
    const queue = createEventQueue();
    const random = createRandomStreams('queue').stream('times');
    const seen: number[] = [];
    for (let index = 0; index < 5000; index++) {
      const at = random.below(1000);
      const cancel = queue.schedule(at, 0, () => seen.push(at));
      if (index % 2 === 0) cancel();
    }
    for (let run = queue.takeDue(1000); run !== undefined; run = queue.takeDue(1000)) run();
    expect(seen).toHaveLength(2500);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });
});

describe('seeded randomness', () => {
  test('gives the same numbers for the same seed and name, and others for others', () => {
    const draw = (seed: string, name: string) => {
      const stream = createRandomStreams(seed).stream(name);
      return Array.from({ length: 5 }, () => stream.below(1_000_000));
    };
    expect(draw('a', 'x')).toEqual(draw('a', 'x'));
    expect(draw('a', 'x')).not.toEqual(draw('a', 'y'));
    expect(draw('a', 'x')).not.toEqual(draw('b', 'x'));
  });

  test('goes on from a snapshot where it was', () => {
    const streams = createRandomStreams('a');
    streams.stream('x').next();
    const copy = createRandomStreams('a', streams.snapshot());
    expect(copy.stream('x').next()).toBe(streams.stream('x').next());
  });
});

describe('a new cluster', () => {
  test('has ready nodes, system namespaces, a default storage class and the service kubernetes', () => {
    const { client } = createSimulation({ name: 'new', nodes: 2 });
    const nodes = client.list<{ status: { conditions: { type: string; status: string }[] } } & Deployment>('nodes');
    expect(nodes.map(({ metadata }) => metadata.name)).toEqual(['node-1', 'node-2']);
    for (const { status } of nodes) {
      expect(status.conditions.find(({ type }) => type === 'Ready')?.status).toBe('True');
    }
    for (const name of ['default', 'kube-system', 'kube-public', 'kube-node-lease']) {
      expect(client.find('namespaces', { name })).toBeDefined();
      expect(client.find('serviceaccounts', { namespace: name, name: 'default' })).toBeDefined();
      expect(client.find('configmaps', { namespace: name, name: 'kube-root-ca.crt' })).toBeDefined();
    }
    expect(client.find('storageclasses.storage.k8s.io', { name: 'standard' })).toBeDefined();
    expect(client.find('services', { namespace: 'default', name: 'kubernetes' })).toBeDefined();
  });

  test('gets back the service account and the root certificate of a namespace when they are deleted', () => {
    const { simulation, delete: remove, find } = createTestCluster();
    remove('serviceaccounts', 'default');
    remove('configmaps', 'kube-root-ca.crt');
    simulation.settle();
    expect(find('serviceaccounts', 'default')).toBeDefined();
    expect(find('configmaps', 'kube-root-ca.crt')).toBeDefined();
  });
});

describe('virtual time', () => {
  test('does not pass while work is done, and jumps to the next event', () => {
    const { simulation, create, get } = createTestCluster();
    create('deployments.apps', deployment(3));
    simulation.settle();
    expect(simulation.now()).toBe(START);
    const isReady = () => get<Deployment>('deployments.apps', 'web').status?.availableReplicas === 3;
    expect(simulation.advanceUntil(isReady, 60_000)).toBe(true);
    expect(simulation.now()).toBe(START + 2000);
    expect(simulation.faults).toEqual([]);
  });

  test('stops at the limit when what is waited for does not come', () => {
    const { simulation } = createTestCluster();
    expect(simulation.advanceUntil(() => false, 5000)).toBe(false);
    expect(simulation.now()).toBe(START + 5000);
  });

  test('is moved by a sleep in batch mode, and two sleepers end at the later of their times', async () => {
    const { simulation } = createTestCluster();
    await Promise.all([simulation.clock.sleep(1000), simulation.clock.sleep(3000)]);
    expect(simulation.now()).toBe(START + 3000);
  });

  test('waits for the outside in served mode', async () => {
    const { simulation } = createTestCluster();
    simulation.clockMode = 'served';
    let isAwake = false;
    const sleeping = simulation.clock.sleep(1000).then(() => {
      isAwake = true;
    });
    await Promise.resolve();
    expect(isAwake).toBe(false);
    simulation.advanceTo(START + 1000);
    await sleeping;
    expect(isAwake).toBe(true);
  });

  test('ends a sleep with the reason of its signal', async () => {
    const { simulation } = createTestCluster();
    simulation.clockMode = 'served';
    const abort = new AbortController();
    const sleeping = simulation.clock.sleep(1000, abort.signal);
    abort.abort(new Error('enough'));
    await expect(sleeping).rejects.toThrow('enough');
  });

  test('lets the control plane act on writes at once while served', async () => {
    const { simulation, create, pods } = createTestCluster();
    simulation.clockMode = 'served';
    create('deployments.apps', deployment(2));
    await Promise.resolve();
    expect(pods()).toHaveLength(2);
  });
});

describe('determinism', () => {
  test('one seed gives one history, another seed another', () => {
    const play = (seed: string) => {
      const { simulation, create, patch, pass } = createTestCluster({ seed });
      const lines = history(simulation);
      create('deployments.apps', deployment(5));
      pass(10);
      patch('deployments.apps', 'web', { spec: { template: { spec: { terminationGracePeriodSeconds: 5 } } } });
      pass(60);
      return lines;
    };
    expect(play('one')).toEqual(play('one'));
    expect(play('one')).not.toEqual(play('two'));
  });
});

describe('snapshots and forks', () => {
  test('a rollout goes on from the objects alone', () => {
    const { simulation, create, pass } = createTestCluster();
    create('deployments.apps', deployment(4));
    pass(1);
    const restored = wrapCluster(restoreSimulation(JSON.parse(JSON.stringify(simulation.snapshot()))));
    expect(restored.readyPods()).toHaveLength(0);
    restored.pass(30);
    expect(restored.readyPods()).toHaveLength(4);
    expect(restored.get<Deployment>('deployments.apps', 'web').status?.availableReplicas).toBe(4);
    expect(restored.simulation.faults).toEqual([]);
  });

  test('a fork shares nothing that happens later', () => {
    const { simulation, create, pass, readyPods } = createTestCluster();
    create('deployments.apps', deployment(2));
    pass(10);
    const fork = wrapCluster(simulation.fork('what-if'));
    fork.patch('deployments.apps', 'web', { spec: { replicas: 5 } });
    fork.pass(10);
    expect(fork.readyPods()).toHaveLength(5);
    expect(readyPods()).toHaveLength(2);
    expect(simulation.now()).toBe(START + 10_000);
  });

  test('a fork is made without a copy, whatever the size, and its control plane begins when its time is asked for', () => {
    const { simulation } = createTestCluster();
    const { store } = simulation.api.core;
    for (let i = 0; i < 100_000; i += 1) {
      const metadata = { name: `c${i}`, namespace: 'default' };
      store.put(`//configmaps/default/c${i}`, { apiVersion: 'v1', kind: 'ConfigMap', metadata }, 'absent');
    }
    simulation.settle();
    const before = process.memoryUsage().heapUsed;
    const forks = Array.from({ length: 50 }, () => simulation.api.core.store.fork());
    // Copies would take 50 times 100,000 pointers, at 8 bytes or more.
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(10_000_000);
    expect(forks[49]?.list('//configmaps/default/').length).toBeGreaterThanOrEqual(100_000);
    const fork = wrapCluster(simulation.fork('what-if'));
    fork.create('deployments.apps', deployment(1));
    expect(fork.simulation.nextEventTime()).toBeDefined();
    fork.pass(10);
    expect(fork.readyPods()).toHaveLength(1);
    expect(simulation.client.list('deployments.apps')).toEqual([]);
  });

  test('a pod that crash-loops keeps its restart count over a restore', () => {
    const { simulation, create, pass } = createTestCluster();
    create('deployments.apps', deployment(1, { template: { annotations: { crash: 'exit=1 after=1s' } } }));
    pass(60);
    const restarts = (cluster: ReturnType<typeof wrapCluster>) =>
      cluster.pods()[0]?.status?.containerStatuses?.[0]?.restartCount ?? 0;
    const before = restarts(wrapCluster(simulation));
    expect(before).toBeGreaterThan(1);
    const restored = wrapCluster(restoreSimulation(simulation.snapshot()));
    restored.pass(600);
    expect(restarts(restored)).toBeGreaterThan(before);
  });
});

describe('events', () => {
  test('are counted up when they are the same, and expire an hour after the last', () => {
    const { simulation, create, pass } = createTestCluster({ nodes: 0 });
    create('deployments.apps', deployment(1));
    simulation.settle();
    const count = () => simulation.client.list<Event>('events').length;
    expect(count()).toBeGreaterThan(0);
    pass(2 * 3600);
    expect(count()).toBe(0);
  });
});

describe('a fleet', () => {
  test('keeps clusters by name', () => {
    const fleet = new Fleet();
    fleet.create({ name: 'prod' });
    fleet.create({ name: 'dev' });
    expect(fleet.list().map(({ name }) => name)).toEqual(['dev', 'prod']);
    expect(() => fleet.create({ name: 'dev' })).toThrow('cluster "dev" already exists');
    expect(() => fleet.create({ name: 'No such' })).toThrow('is not valid');
    fleet.delete('dev');
    expect(() => fleet.get('dev')).toThrow('cluster "dev" not found');
  });
});

describe('a timeline', () => {
  test('shows a rollout in virtual time, without what shows nothing new', () => {
    const { simulation, create, pass } = createTestCluster();
    const timeline = recordTimeline(simulation, { namespace: NAMESPACE, kinds: ['Deployment'] });
    create('deployments.apps', deployment(2));
    pass(10);
    timeline.stop();
    expect(timeline.entries.map(({ elapsed, state, detail }) => [elapsed, state, detail])).toEqual([
      [0, '0/2 ready', '0 updated'],
      [0, '0/2 ready', ''],
      [2000, '2/2 ready', ''],
    ]);
    expect(formatTimeline(timeline.entries)).toContain('+2.0s  Deployment/web  2/2 ready');
  });
});
