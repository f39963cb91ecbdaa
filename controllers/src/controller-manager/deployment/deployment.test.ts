import { describe, expect, test } from 'vitest';
import type { Deployment, ReplicaSet } from '../../apimachinery/kinds.ts';
import { createTestCluster, deployment, progressing, type TestCluster } from '../../simulation/simulation.testing.ts';
import { annotatedReplicas, MAX_REPLICAS, proportion, resolveFenceposts, specReplicas } from './arithmetic.ts';
import { REVISION } from './revisions.ts';

function sets(cluster: TestCluster): readonly ReplicaSet[] {
  return [...cluster.list<ReplicaSet>('replicasets.apps')].sort(
    (a, b) => Number(a.metadata.annotations?.[REVISION]) - Number(b.metadata.annotations?.[REVISION]),
  );
}

function sizes(cluster: TestCluster): readonly number[] {
  return sets(cluster).map(specReplicas);
}

function web(cluster: TestCluster): Deployment {
  return cluster.get<Deployment>('deployments.apps', 'web');
}

function setImage(cluster: TestCluster, image: string): void {
  cluster.patch('deployments.apps', 'web', { spec: { template: { spec: { containers: [{ name: 'main', image }] } } } });
}

function rolling(maxSurge: number | string, maxUnavailable: number | string) {
  return { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } } };
}

describe('surge and unavailability', () => {
  test.each([
    ['39%', '39%', 10, 4, 3],
    [undefined, undefined, 10, 0, 1],
    ['0%', '0%', 0, 0, 1],
    ['25%', '25%', 4, 1, 1],
    [1, 0, 3, 1, 0],
    ['1%', '1%', 2, 1, 0],
  ] as const)(
    '%s and %s of %i come to %i and %i',
    (surge, unavailable, desired, expectedSurge, expectedUnavailable) => {
      expect(resolveFenceposts(surge, unavailable, desired)).toEqual({
        surge: expectedSurge,
        unavailable: expectedUnavailable,
      });
    },
  );
});

describe('shares when scaling', () => {
  const share = (desired: number, before: number, replicas: number, toAdd: number, added = 0) => {
    const set = { metadata: { annotations: { [MAX_REPLICAS]: String(before) } }, spec: { replicas } };
    const owner = { spec: { replicas: desired, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0 } } } };
    return proportion(set as unknown as ReplicaSet, owner as unknown as Deployment, { toAdd, added });
  };
  test.each([
    [10, 5, 2, 5, 0, 2],
    [10, 5, 3, 5, 2, 3],
    [4, 9, 8, -5, 0, -4],
    [0, 9, 8, -9, 0, -8],
    [8, 13, 8, -5, 0, -3],
  ])('of %i (before %i) for a set of %i', (desired, before, replicas, toAdd, added, expected) => {
    expect(share(desired, before, replicas, toAdd, added)).toBe(expected);
  });
});

describe('a rollout', () => {
  test('creates one ReplicaSet with the revision and replica annotations, and becomes complete', () => {
    const cluster = createTestCluster();
    cluster.create('deployments.apps', deployment(3));
    cluster.simulation.settle();
    expect(progressing(web(cluster))).toBe('ReplicaSetUpdated');
    cluster.pass(5);
    const [set] = sets(cluster);
    expect(set?.metadata.annotations).toMatchObject({
      [REVISION]: '1',
      'deployment.kubernetes.io/desired-replicas': '3',
      'deployment.kubernetes.io/max-replicas': '4',
    });
    expect(set?.metadata.name).toBe(`web-${set?.metadata.labels?.['pod-template-hash']}`);
    expect(web(cluster).metadata.annotations?.[REVISION]).toBe('1');
    expect(progressing(web(cluster))).toBe('NewReplicaSetAvailable');
    expect(web(cluster).status).toMatchObject({ replicas: 3, updatedReplicas: 3, availableReplicas: 3 });
    expect(cluster.events('Deployment')).toEqual([
      `ScalingReplicaSet: Scaled up replica set ${set?.metadata.name} from 0 to 3`,
    ]);
  });

  test('keeps within surge and availability at every moment', () => {
    const cluster = createTestCluster();
    cluster.create('deployments.apps', deployment(10, rolling(3, 2)));
    cluster.pass(10);
    const seen: { total: number; available: number }[] = [];
    cluster.simulation.observe(() => {
      const all = sets(cluster);
      seen.push({
        total: all.reduce((sum, set) => sum + specReplicas(set), 0),
        available: cluster.readyPods().length,
      });
    });
    setImage(cluster, 'nginx:1.26');
    cluster.pass(120);
    expect(sizes(cluster)).toEqual([0, 10]);
    expect(Math.max(...seen.map(({ total }) => total))).toBe(13);
    expect(Math.min(...seen.map(({ available }) => available))).toBeGreaterThanOrEqual(8);
  });

  test('with crashing new pods stops with old pods left, and one more lost old pod changes nothing', () => {
    const cluster = createTestCluster();
    cluster.create('deployments.apps', deployment(10, rolling(3, 2)));
    cluster.pass(10);
    cluster.patch('deployments.apps', 'web', {
      spec: { template: { metadata: { annotations: { 'simulation.drydock.dev/readiness': 'never' } } } },
    });
    cluster.pass(120);
    expect(sizes(cluster)).toEqual([8, 5]);
    const [old] = sets(cluster);
    const lost = cluster.readyPods().find((pod) => pod.metadata.ownerReferences?.[0]?.uid === old?.metadata.uid);
    cluster.patch('pods', lost?.metadata.name ?? '', {
      metadata: { annotations: { 'simulation.drydock.dev/readiness': 'never' } },
    });
    cluster.pass(60);
    expect(sizes(cluster)).toEqual([8, 5]);
  });

  test('going back re-uses the ReplicaSet under a new revision and notes the old one', () => {
    const cluster = createTestCluster();
    cluster.create('deployments.apps', deployment(1));
    cluster.pass(10);
    setImage(cluster, 'nginx:1.26');
    cluster.pass(20);
    setImage(cluster, 'nginx:1.25');
    cluster.pass(20);
    const all = sets(cluster);
    expect(all).toHaveLength(2);
    expect(all.at(-1)?.metadata.annotations).toMatchObject({
      [REVISION]: '3',
      'deployment.kubernetes.io/revision-history': '1',
    });
    expect(all.at(-1)?.spec.template?.spec?.containers[0]?.image).toBe('nginx:1.25');
    expect(web(cluster).metadata.annotations?.[REVISION]).toBe('3');
  });

  test('counts revisions in 64 bits', () => {
    const cluster = createTestCluster();
    cluster.create('deployments.apps', deployment(1));
    cluster.pass(10);
    const [set] = sets(cluster);
    cluster.patch('replicasets.apps', set?.metadata.name ?? '', {
      metadata: { annotations: { [REVISION]: '3546343826724305832' } },
    });
    setImage(cluster, 'nginx:1.26');
    cluster.pass(20);
    expect(web(cluster).metadata.annotations?.[REVISION]).toBe('3546343826724305833');
  });

  test('a changed minReadySeconds changes the ReplicaSet and makes no new one', () => {
    const cluster = createTestCluster();
    cluster.create('deployments.apps', deployment(1));
    cluster.pass(10);
    cluster.patch('deployments.apps', 'web', { spec: { minReadySeconds: 7 } });
    cluster.pass(10);
    expect(sets(cluster).map(({ spec }) => spec.minReadySeconds)).toEqual([7]);
  });

  test('waits minReadySeconds before pods are available', () => {
    const cluster = createTestCluster();
    cluster.create('deployments.apps', deployment(1, { minReadySeconds: 30 }));
    cluster.pass(20);
    expect(web(cluster).status?.readyReplicas).toBe(1);
    expect(web(cluster).status?.availableReplicas).toBeUndefined();
    cluster.pass(15);
    expect(web(cluster).status?.availableReplicas).toBe(1);
  });

  test('keeps as much history as it may', () => {
    const cluster = createTestCluster();
    cluster.create('deployments.apps', deployment(1, { revisionHistoryLimit: 2 }));
    for (const version of [1, 2, 3, 4, 5]) {
      setImage(cluster, `nginx:1.${version}`);
      cluster.pass(30);
    }
    expect(sizes(cluster)).toEqual([0, 0, 1]);
  });

  test('a name that is taken by another template counts as a collision and is passed by', () => {
    const first = createTestCluster();
    first.create('deployments.apps', deployment(1));
    first.pass(5);
    const name = sets(first)[0]?.metadata.name ?? '';
    const cluster = createTestCluster();
    const stranger = { app: 'stranger' };
    cluster.create('replicasets.apps', {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name },
      spec: {
        replicas: 0,
        selector: { matchLabels: stranger },
        template: { metadata: { labels: stranger }, spec: { containers: [{ name: 'main', image: 'a:1' }] } },
      },
    });
    cluster.create('deployments.apps', deployment(1));
    cluster.pass(10);
    expect(web(cluster).status?.collisionCount).toBe(1);
    expect(web(cluster).status?.availableReplicas).toBe(1);
  });
});

describe('the progress deadline', () => {
  test('is exceeded when nothing moves, and undone by later progress', () => {
    const cluster = createTestCluster();
    cluster.create(
      'deployments.apps',
      deployment(2, { progressDeadlineSeconds: 60, template: { annotations: { readiness: 'never' } } }),
    );
    cluster.pass(59);
    expect(progressing(web(cluster))).toBe('ReplicaSetUpdated');
    cluster.pass(10);
    expect(progressing(web(cluster))).toBe('ProgressDeadlineExceeded');
    for (const pod of cluster.pods()) {
      cluster.patch('pods', pod.metadata.name, {
        metadata: { annotations: { 'simulation.drydock.dev/readiness': 'after=0s' } },
      });
    }
    cluster.pass(30);
    expect(progressing(web(cluster))).toBe('NewReplicaSetAvailable');
  });

  test('does not count after the rollout was complete', () => {
    const cluster = createTestCluster();
    cluster.create('deployments.apps', deployment(2, { progressDeadlineSeconds: 60 }));
    cluster.pass(10);
    const [pod] = cluster.pods();
    cluster.patch('pods', pod?.metadata.name ?? '', {
      metadata: { annotations: { 'simulation.drydock.dev/readiness': 'never' } },
    });
    cluster.pass(3600);
    expect(progressing(web(cluster))).toBe('NewReplicaSetAvailable');
    expect(web(cluster).status?.availableReplicas).toBe(1);
  });
});

describe('pausing', () => {
  test('holds a change of template until it goes on, and still scales', () => {
    const cluster = createTestCluster();
    cluster.create('deployments.apps', deployment(2));
    cluster.pass(10);
    cluster.patch('deployments.apps', 'web', { spec: { paused: true } });
    setImage(cluster, 'nginx:1.26');
    cluster.patch('deployments.apps', 'web', { spec: { replicas: 4 } });
    cluster.pass(30);
    expect(sizes(cluster)).toEqual([4]);
    expect(progressing(web(cluster))).toBe('DeploymentPaused');
    cluster.patch('deployments.apps', 'web', { spec: { paused: false } });
    cluster.pass(60);
    expect(sizes(cluster)).toEqual([0, 4]);
  });
});

describe('scaling in the middle of a rollout', () => {
  test('grows all ReplicaSets in proportion: 8 and 5 of 10 become 20 and 13 of 30', () => {
    const cluster = createTestCluster({ nodes: 10 });
    cluster.create('deployments.apps', deployment(10, rolling(3, 2)));
    cluster.pass(10);
    cluster.patch('deployments.apps', 'web', {
      spec: { template: { metadata: { annotations: { 'simulation.drydock.dev/image': 'missing' } } } },
    });
    cluster.pass(60);
    expect(sizes(cluster)).toEqual([8, 5]);
    cluster.patch('deployments.apps', 'web', { spec: { replicas: 30 } });
    cluster.simulation.settle();
    expect(sizes(cluster)).toEqual([20, 13]);
    for (const set of sets(cluster)) expect(annotatedReplicas(set, MAX_REPLICAS)).toBe(33);
  });
});

describe('Recreate', () => {
  test('starts new pods only when the last old one is gone, terminating ones included', () => {
    const cluster = createTestCluster();
    cluster.create(
      'deployments.apps',
      deployment(3, { strategy: { type: 'Recreate' }, template: { annotations: { termination: '20s' } } }),
    );
    cluster.pass(10);
    setImage(cluster, 'nginx:1.26');
    cluster.pass(15);
    expect(cluster.pods()).toHaveLength(3);
    expect(sizes(cluster)).toEqual([0]);
    cluster.pass(20);
    expect(sizes(cluster)).toEqual([0, 3]);
    expect(cluster.readyPods()).toHaveLength(3);
  });
});

describe('refusals', () => {
  test('a quota that is exceeded shows on the ReplicaSet and the Deployment, and goes when there is room', () => {
    const cluster = createTestCluster();
    cluster.create('resourcequotas', {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'q' },
      spec: { hard: { pods: '2' } },
    });
    cluster.simulation.settle();
    cluster.create('deployments.apps', deployment(4));
    cluster.pass(10);
    const failure = () => web(cluster).status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
    expect(cluster.pods()).toHaveLength(2);
    expect(failure()).toMatchObject({ status: 'True', reason: 'FailedCreate' });
    expect(failure()?.message).toContain('exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2');
    cluster.patch('resourcequotas', 'q', { spec: { hard: { pods: '10' } } });
    cluster.pass(1000);
    expect(cluster.readyPods()).toHaveLength(4);
    expect(failure()).toBeUndefined();
    expect(cluster.simulation.faults).toEqual([]);
  });
});
