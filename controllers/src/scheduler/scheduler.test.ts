import { describe, expect, test } from 'vitest';
import type { Pod } from '../apimachinery/kinds.ts';
import { podCondition } from '../apimachinery/pod.ts';
import { podRequests } from '../apimachinery/pod-resources.ts';
import {
  createTestCluster,
  deployment,
  pod,
  type TemplateOptions,
  type TestCluster,
} from '../simulation/simulation.testing.ts';

function requests(cpu: string, memory = '10Mi') {
  return { container: { resources: { requests: { cpu, memory } } } };
}

function nodeOf(cluster: TestCluster, name: string): string | undefined {
  return cluster.get<Pod>('pods', name).spec.nodeName;
}

function spread(cluster: TestCluster): readonly number[] {
  const counts = new Map<string, number>();
  for (const { spec } of cluster.pods()) counts.set(spec.nodeName ?? '', (counts.get(spec.nodeName ?? '') ?? 0) + 1);
  return [...counts.values()].sort();
}

/** Why a pod that is created has no node. */
function refusal(cluster: TestCluster, options: TemplateOptions): string {
  cluster.create('pods', pod('wanted', options));
  cluster.pass(1);
  const condition = podCondition(cluster.get<Pod>('pods', 'wanted'), 'PodScheduled');
  expect(condition).toMatchObject({ status: 'False', reason: 'Unschedulable' });
  return condition?.message?.replace(/\. no new claims.*$/, '') ?? '';
}

const onNode = (key: string, values: readonly string[]) => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key, operator: 'In', values }] }],
    },
  },
});

describe('requests of a pod', () => {
  test('are the sum of containers and sidecars, or the largest init container with the sidecars before it', () => {
    const container = (name: string, cpu: string, more = {}) => ({
      name,
      image: 'a',
      resources: { requests: { cpu } },
      ...more,
    });
    const spec = {
      containers: [container('a', '100m'), container('b', '200m')],
      initContainers: [container('s', '50m', { restartPolicy: 'Always' }), container('i', '1')],
      overhead: { cpu: '10m' },
    };
    expect(podRequests(spec).get('cpu')).toBe(1060);
    expect(podRequests({ ...spec, initContainers: spec.initContainers.slice(0, 1) }).get('cpu')).toBe(360);
  });
});

describe('placement', () => {
  test('spreads the replicas of a workload over the nodes', () => {
    const cluster = createTestCluster({ nodes: 4 });
    cluster.create('deployments.apps', deployment(8));
    cluster.pass(5);
    expect(spread(cluster)).toEqual([2, 2, 2, 2]);
  });

  test('fills nodes by requests and says what lacks', () => {
    const cluster = createTestCluster({ nodes: 2 });
    cluster.create('deployments.apps', deployment(4, { template: requests('1500m') }));
    cluster.pass(5);
    expect(spread(cluster)).toEqual([2, 2]);
    expect(refusal(cluster, requests('1500m'))).toBe('0/2 nodes are available: 2 Insufficient cpu');
    expect(cluster.get<Pod>('pods', 'wanted').status?.conditions?.[0]?.message).toContain(
      'preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.',
    );
    expect(cluster.events('Pod', 'wanted').join()).toContain(
      'FailedScheduling: 0/2 nodes are available: 2 Insufficient cpu.',
    );
  });

  test.each<[string, TemplateOptions, string]>([
    ['more than any node has', requests('100'), '3 Insufficient cpu'],
    ['several at once', requests('100', '100Gi'), '3 Insufficient cpu, 3 Insufficient memory'],
    [
      'a label that no node has',
      { spec: { nodeSelector: { disk: 'ssd' } } },
      "3 node(s) didn't match Pod's node affinity/selector",
    ],
    [
      'an affinity that no node has',
      { spec: { affinity: onNode('disk', ['ssd']) } },
      "3 node(s) didn't match Pod's node affinity/selector",
    ],
    [
      'company that is not there',
      {
        spec: {
          affinity: {
            podAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: [
                { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'db' } } },
              ],
            },
          },
        },
      },
      "3 node(s) didn't match pod affinity rules",
    ],
    [
      'a claim that is not there',
      { spec: { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'none' } }] } },
      'persistentvolumeclaim "none" not found',
    ],
  ])('refuses %s', (_, options, message) => {
    const text = refusal(createTestCluster(), options);
    expect(text.replace(/\. not found$/, '')).toBe(`0/3 nodes are available: ${message}`);
  });

  test('counts each node under its first reason', () => {
    const cluster = createTestCluster({ nodes: [{}, { taints: [{ key: 'k', effect: 'NoSchedule' }] }, {}] });
    cluster.simulation.client.patch(
      'nodes',
      { name: 'node-3' },
      { type: 'merge', patch: { spec: { unschedulable: true } } },
    );
    cluster.simulation.settle();
    expect(refusal(cluster, requests('100'))).toBe(
      '0/3 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable',
    );
  });

  test('keeps host ports apart', () => {
    const cluster = createTestCluster({ nodes: 1 });
    const options = { container: { ports: [{ containerPort: 80, hostPort: 80 }] } };
    cluster.create('pods', pod('first', options));
    cluster.simulation.settle();
    expect(refusal(cluster, options)).toBe(
      "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports",
    );
  });

  test('prefers what is preferred', () => {
    const cluster = createTestCluster();
    const preferred = [
      {
        weight: 100,
        preference: { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['node-3'] }] },
      },
    ];
    cluster.create(
      'pods',
      pod('a', {
        spec: { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred } } },
      }),
    );
    cluster.simulation.settle();
    expect(nodeOf(cluster, 'a')).toBe('node-3');
  });

  test('keeps pods with anti-affinity on different nodes, and others away from them', () => {
    const cluster = createTestCluster({ nodes: 2 });
    const term = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'web' } } };
    const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
    cluster.create('deployments.apps', deployment(2, { template: { spec: { affinity } } }));
    cluster.pass(5);
    expect(spread(cluster)).toEqual([1, 1]);
    expect(refusal(cluster, {})).toBe(
      "0/2 nodes are available: 2 node(s) didn't satisfy existing pods anti-affinity rules",
    );
  });

  test('holds hard spread constraints to their skew', () => {
    const cluster = createTestCluster({ nodes: [{}, {}, { labels: { pool: 'small' } }] });
    const topologySpreadConstraints = [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'DoNotSchedule',
        labelSelector: { matchLabels: { app: 'web' } },
      },
    ];
    cluster.simulation.client.patch(
      'nodes',
      { name: 'node-3' },
      { type: 'merge', patch: { spec: { unschedulable: true } } },
    );
    cluster.create('deployments.apps', deployment(6, { template: { spec: { topologySpreadConstraints } } }));
    cluster.pass(5);
    // The cordoned node counts as a domain without pods, as upstream's default policy has it.
    expect(cluster.pods().filter(({ spec }) => spec.nodeName !== undefined)).toHaveLength(2);
  });
});

describe('waiting pods', () => {
  test('get a node when one comes', () => {
    const cluster = createTestCluster({ nodes: 0 });
    cluster.create('pods', pod('wanted'));
    cluster.pass(60);
    expect(podCondition(cluster.get<Pod>('pods', 'wanted'), 'PodScheduled')?.message).toBe(
      'no nodes available to schedule pods',
    );
    cluster.simulation.client.create('nodes', {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'late' },
      status: { allocatable: { cpu: '1', memory: '1Gi', pods: '10' } },
    });
    cluster.pass(10);
    expect(nodeOf(cluster, 'wanted')).toBe('late');
  });

  test('get the room that others leave', () => {
    const cluster = createTestCluster({ nodes: 1 });
    cluster.create('pods', pod('first', requests('3')));
    cluster.simulation.settle();
    cluster.create('pods', pod('second', requests('3')));
    cluster.pass(60);
    expect(nodeOf(cluster, 'second')).toBeUndefined();
    cluster.delete('pods', 'first');
    cluster.pass(20);
    expect(nodeOf(cluster, 'second')).toBe('node-1');
  });

  test('with gates wait for those to be taken away', () => {
    const cluster = createTestCluster();
    cluster.create('pods', pod('gated', { spec: { schedulingGates: [{ name: 'example.com/quota' }] } }));
    cluster.pass(60);
    expect(podCondition(cluster.get<Pod>('pods', 'gated'), 'PodScheduled')?.reason).toBe('SchedulingGated');
    cluster.patch('pods', 'gated', { spec: { schedulingGates: [] } });
    cluster.pass(5);
    expect(nodeOf(cluster, 'gated')).toBeDefined();
  });

  test('of another scheduler are not its business', () => {
    const cluster = createTestCluster();
    cluster.create('pods', pod('other', { spec: { schedulerName: 'mine' } }));
    cluster.pass(60);
    expect(nodeOf(cluster, 'other')).toBeUndefined();
  });
});

describe('preemption', () => {
  const priorityClass = (name: string, value: number) => ({
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name },
    value,
  });

  test('makes room for a pod of higher priority by removing the fewest and least important', () => {
    const cluster = createTestCluster({ nodes: 2 });
    const { client } = cluster.simulation;
    client.create('priorityclasses.scheduling.k8s.io', priorityClass('low', 10));
    client.create('priorityclasses.scheduling.k8s.io', priorityClass('high', 1000));
    const place = (name: string, node: string, cpu: string, priorityClassName?: string) => {
      const spec = {
        nodeSelector: { 'kubernetes.io/hostname': node },
        ...(priorityClassName === undefined ? {} : { priorityClassName }),
      };
      cluster.create('pods', pod(name, { ...requests(cpu), spec }));
    };
    place('low-1', 'node-1', '3', 'low');
    place('none-2', 'node-2', '3');
    cluster.pass(5);
    cluster.create('pods', pod('vip', { ...requests('2'), spec: { priorityClassName: 'high' } }));
    cluster.simulation.settle();
    expect(cluster.get<Pod>('pods', 'vip').status).toMatchObject({ nominatedNodeName: 'node-2' });
    const victim = cluster.get<Pod>('pods', 'none-2');
    expect(podCondition(victim, 'DisruptionTarget')?.reason).toBe('PreemptionByScheduler');
    cluster.pass(60);
    expect(nodeOf(cluster, 'vip')).toBe('node-2');
    expect(cluster.find('pods', 'none-2')).toBeUndefined();
    expect(cluster.find('pods', 'low-1')).toBeDefined();
  });

  test('is not for pods that do not want it', () => {
    const cluster = createTestCluster({ nodes: 1 });
    const { client } = cluster.simulation;
    client.create('priorityclasses.scheduling.k8s.io', { ...priorityClass('polite', 1000), preemptionPolicy: 'Never' });
    cluster.create('pods', pod('first', requests('3')));
    cluster.pass(5);
    cluster.create('pods', pod('second', { ...requests('3'), spec: { priorityClassName: 'polite' } }));
    cluster.pass(60);
    expect(cluster.readyPods().map(({ metadata }) => metadata.name)).toEqual(['first']);
  });
});
