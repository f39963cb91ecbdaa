import { describe, expect, test } from 'vitest';
import type { ReplicaSet, ReplicationController } from '../apimachinery/kinds.ts';
import { createTestCluster, pod, template } from '../simulation/simulation.testing.ts';

function replicaSet(replicas: number) {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'web' },
    spec: { replicas, selector: { matchLabels: { app: 'web' } }, template: template() },
  };
}

describe('a ReplicaSet', () => {
  test('adopts pods that match and have no owner, and lets go of one that no longer matches', () => {
    const cluster = createTestCluster();
    cluster.create('pods', pod('stray'));
    cluster.create('replicasets.apps', replicaSet(2));
    cluster.pass(10);
    expect(cluster.pods('app=web')).toHaveLength(2);
    expect(cluster.pods().find(({ metadata }) => metadata.name === 'stray')?.metadata.ownerReferences?.[0]?.name).toBe(
      'web',
    );
    cluster.patch('pods', 'stray', { metadata: { labels: { app: 'other' } } });
    cluster.pass(10);
    expect(cluster.pods('app=web')).toHaveLength(2);
    expect(cluster.pods('app=other')[0]?.metadata.ownerReferences ?? []).toEqual([]);
  });

  test('replaces a failed pod and leaves it behind', () => {
    const cluster = createTestCluster();
    cluster.create('replicasets.apps', replicaSet(1));
    cluster.pass(5);
    const [first] = cluster.pods();
    if (first === undefined) throw new Error('no pod');
    cluster.simulation.client.updateStatus('pods', { ...first, status: { ...first.status, phase: 'Failed' } });
    cluster.pass(5);
    expect(
      cluster
        .pods()
        .map(({ status }) => status?.phase)
        .sort(),
    ).toEqual(['Failed', 'Running']);
  });

  test.each([
    ['pending before running', { 'p-a': { annotations: { image: 'missing' } }, 'p-b': {} }, 'p-a'],
    ['not ready before ready', { 'p-a': {}, 'p-b': { annotations: { readiness: 'never' } } }, 'p-b'],
    [
      'the cheaper before the dearer',
      {
        'p-a': { annotations: { 'controller.kubernetes.io/pod-deletion-cost': '10' } },
        'p-b': { annotations: { 'controller.kubernetes.io/pod-deletion-cost': '-1' } },
      },
      'p-b',
    ],
  ] as const)('deletes %s', (_, pods, victim) => {
    const cluster = createTestCluster();
    for (const [name, options] of Object.entries(pods)) cluster.create('pods', pod(name, options));
    cluster.create('replicasets.apps', replicaSet(2));
    cluster.pass(30);
    cluster.patch('replicasets.apps', 'web', { spec: { replicas: 1 } });
    cluster.pass(60);
    expect(cluster.pods()).toHaveLength(1);
    expect(cluster.pods()[0]?.metadata.name).not.toBe(victim);
  });

  test('makes at most 500 pods at once, and goes on', () => {
    const cluster = createTestCluster({ nodes: 1 });
    cluster.create('replicasets.apps', replicaSet(600));
    cluster.simulation.settle();
    expect(cluster.pods()).toHaveLength(600);
    expect(cluster.get<ReplicaSet>('replicasets.apps', 'web').status?.replicas).toBe(600);
  });
});

describe('a ReplicationController', () => {
  test('keeps its pods as a ReplicaSet does', () => {
    const cluster = createTestCluster();
    cluster.create('replicationcontrollers', {
      apiVersion: 'v1',
      kind: 'ReplicationController',
      metadata: { name: 'web' },
      spec: { replicas: 2, selector: { app: 'web' }, template: template() },
    });
    cluster.pass(10);
    const status = cluster.get<ReplicationController>('replicationcontrollers', 'web').status;
    expect(status).toMatchObject({ replicas: 2, readyReplicas: 2, availableReplicas: 2 });
    cluster.patch('replicationcontrollers', 'web', { spec: { replicas: 1 } });
    cluster.pass(10);
    expect(cluster.pods()).toHaveLength(1);
  });
});
