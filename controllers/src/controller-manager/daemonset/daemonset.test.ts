import { describe, expect, test } from 'vitest';
import type { ControllerRevision, DaemonSet } from '../../apimachinery/kinds.ts';
import {
  createTestCluster,
  type TemplateOptions,
  type TestCluster,
  template,
} from '../../simulation/simulation.testing.ts';
import { goJson } from '../history.ts';
import { budgetOf } from './rolling-update.ts';

function daemonSet({ template: options = {}, ...spec }: { template?: TemplateOptions; [field: string]: unknown } = {}) {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent' },
    spec: { selector: { matchLabels: { app: 'agent' } }, template: template({ app: 'agent', ...options }), ...spec },
  };
}

function agent(cluster: TestCluster): DaemonSet {
  return cluster.get<DaemonSet>('daemonsets.apps', 'agent');
}

function nodesOf(cluster: TestCluster): readonly string[] {
  return cluster
    .pods()
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ spec }) => spec.nodeName ?? '')
    .sort();
}

function patchNode(cluster: TestCluster, name: string, patch: Readonly<Record<string, unknown>>): void {
  cluster.simulation.client.patch('nodes', { name }, { type: 'merge', patch });
  cluster.simulation.settle();
}

function setImage(cluster: TestCluster, image: string): void {
  cluster.patch('daemonsets.apps', 'agent', {
    spec: { template: { spec: { containers: [{ name: 'main', image }] } } },
  });
}

describe('the budget of an update', () => {
  test.each([
    [{}, 10, 0, 1],
    [{ maxUnavailable: '15%' }, 10, 0, 2],
    [{ maxSurge: '15%', maxUnavailable: 0 }, 10, 2, 0],
    [{ maxSurge: 0, maxUnavailable: 0 }, 10, 0, 1],
  ])('%o of %i nodes', (rollingUpdate, desired, maxSurge, maxUnavailable) => {
    const set = { spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate } } } as unknown as DaemonSet;
    expect(budgetOf(set, desired)).toEqual({ maxSurge, maxUnavailable });
  });
});

describe('a DaemonSet', () => {
  test('has a pod on each node, bound by the scheduler, also on cordoned ones', () => {
    const cluster = createTestCluster();
    patchNode(cluster, 'node-2', { spec: { unschedulable: true } });
    cluster.create('daemonsets.apps', daemonSet());
    cluster.pass(5);
    expect(nodesOf(cluster)).toEqual(['node-1', 'node-2', 'node-3']);
    expect(agent(cluster).status).toMatchObject({ desiredNumberScheduled: 3, numberReady: 3, numberAvailable: 3 });
    const [pod] = cluster.pods();
    expect(cluster.events('Pod', pod?.metadata.name).join()).toContain('Scheduled: Successfully assigned');
    expect(pod?.spec.tolerations?.map(({ key }) => key)).toEqual(
      expect.arrayContaining([
        'node.kubernetes.io/not-ready',
        'node.kubernetes.io/unreachable',
        'node.kubernetes.io/unschedulable',
      ]),
    );
  });

  test('follows the nodes that its selector matches', () => {
    const cluster = createTestCluster();
    cluster.create('daemonsets.apps', daemonSet({ template: { spec: { nodeSelector: { disk: 'ssd' } } } }));
    cluster.pass(5);
    expect(nodesOf(cluster)).toEqual([]);
    patchNode(cluster, 'node-3', { metadata: { labels: { disk: 'ssd' } } });
    cluster.pass(5);
    expect(nodesOf(cluster)).toEqual(['node-3']);
    patchNode(cluster, 'node-3', { metadata: { labels: { disk: null } } });
    cluster.pass(5);
    expect(nodesOf(cluster)).toEqual([]);
  });

  test('a NoSchedule taint keeps new pods away and lets the running one stay; NoExecute drives it away', () => {
    const cluster = createTestCluster();
    cluster.create('daemonsets.apps', daemonSet());
    cluster.pass(5);
    const taint = (effect: string) =>
      patchNode(cluster, 'node-1', { spec: { taints: [{ key: 'k', value: 'v', effect }] } });
    taint('NoSchedule');
    cluster.pass(5);
    expect(nodesOf(cluster)).toEqual(['node-1', 'node-2', 'node-3']);
    expect(agent(cluster).status?.numberMisscheduled).toBe(1);
    taint('NoExecute');
    cluster.pass(5);
    expect(nodesOf(cluster)).toEqual(['node-2', 'node-3']);
  });

  test('updates within the budget', () => {
    const cluster = createTestCluster({ nodes: 4 });
    cluster.create(
      'daemonsets.apps',
      daemonSet({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 2 } } }),
    );
    cluster.pass(5);
    let fewest = 4;
    cluster.simulation.observe(() => {
      fewest = Math.min(fewest, cluster.readyPods().length);
    });
    setImage(cluster, 'nginx:1.26');
    cluster.pass(60);
    expect(fewest).toBe(2);
    expect(agent(cluster).status).toMatchObject({ updatedNumberScheduled: 4, numberAvailable: 4 });
  });

  test('with surge the new pod comes first', () => {
    const cluster = createTestCluster();
    const rollingUpdate = { maxSurge: 1, maxUnavailable: 0 };
    cluster.create('daemonsets.apps', daemonSet({ updateStrategy: { type: 'RollingUpdate', rollingUpdate } }));
    cluster.pass(5);
    let fewest = 3;
    cluster.simulation.observe(() => {
      fewest = Math.min(fewest, agent(cluster).status?.numberAvailable ?? 0);
    });
    setImage(cluster, 'nginx:1.26');
    cluster.simulation.settle();
    expect(cluster.pods()).toHaveLength(4);
    cluster.pass(60);
    expect(fewest).toBe(3);
    expect(cluster.pods().map(({ spec }) => spec.containers[0]?.image)).toEqual([
      'nginx:1.26',
      'nginx:1.26',
      'nginx:1.26',
    ]);
  });

  test('waits for deletions with OnDelete', () => {
    const cluster = createTestCluster({ nodes: 1 });
    cluster.create('daemonsets.apps', daemonSet({ updateStrategy: { type: 'OnDelete' } }));
    cluster.pass(5);
    setImage(cluster, 'nginx:1.26');
    cluster.pass(60);
    expect(cluster.pods()[0]?.spec.containers[0]?.image).toBe('nginx:1.25');
    cluster.delete('pods', cluster.pods()[0]?.metadata.name ?? '');
    cluster.pass(10);
    expect(cluster.pods()[0]?.spec.containers[0]?.image).toBe('nginx:1.26');
  });

  test('replaces failed pods with a growing back-off, and says so', () => {
    const cluster = createTestCluster({ nodes: 1 });
    cluster.create('daemonsets.apps', daemonSet());
    cluster.pass(5);
    for (let round = 0; round < 3; round++) {
      const [pod] = cluster.readyPods();
      if (pod === undefined) throw new Error('no pod is ready');
      cluster.simulation.client.updateStatus('pods', { ...pod, status: { ...pod.status, phase: 'Failed' } });
      cluster.pass(20);
    }
    expect(cluster.readyPods()).toHaveLength(1);
    expect(cluster.events('DaemonSet').filter((line) => line.startsWith('FailedDaemonPod')).length).toBeGreaterThan(0);
  });

  test('keeps its template with sorted keys, as clients compare it', () => {
    const cluster = createTestCluster();
    cluster.create('daemonsets.apps', daemonSet());
    cluster.pass(5);
    const [revision] = cluster.list<ControllerRevision>('controllerrevisions.apps');
    const text = JSON.stringify(revision?.data);
    expect(text).toMatch(/^\{"spec":\{"template":\{"\$patch":"replace","metadata":.*"spec":\{"containers":/);
    expect(text).toBe(goJson(revision?.data));
  });
});
