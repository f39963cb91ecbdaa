import { describe, expect, test } from 'vitest';
import type {
  ClusterRole,
  HorizontalPodAutoscaler,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  PodDisruptionBudget,
  ResourceQuota,
  Secret,
} from '../apimachinery/kinds.ts';
import { createTestCluster, deployment, pod, type TestCluster } from '../simulation/simulation.testing.ts';

function claim(name: string, spec: Readonly<Record<string, unknown>> = {}) {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
  };
}

function volume(name: string, storage: string) {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, namespace: '' },
    spec: {
      capacity: { storage },
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'manual',
      persistentVolumeReclaimPolicy: 'Retain',
      hostPath: { path: '/x' },
    },
  };
}

describe('claims', () => {
  const phase = (cluster: TestCluster, name: string) =>
    cluster.get<PersistentVolumeClaim>('persistentvolumeclaims', name).status?.phase;

  test('of the default class wait for a consumer, then get a volume of their own', () => {
    const cluster = createTestCluster();
    cluster.create('persistentvolumeclaims', claim('data'));
    cluster.pass(10);
    expect(phase(cluster, 'data')).toBe('Pending');
    expect(cluster.events('PersistentVolumeClaim').join()).toContain('WaitForFirstConsumer');
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }];
    cluster.create('pods', pod('user', { spec: { volumes } }));
    cluster.pass(10);
    expect(phase(cluster, 'data')).toBe('Bound');
    expect(cluster.readyPods()).toHaveLength(1);
    cluster.delete('persistentvolumeclaims', 'data');
    expect(phase(cluster, 'data')).toBe('Bound');
    cluster.delete('pods', 'user');
    cluster.pass(10);
    expect(cluster.find('persistentvolumeclaims', 'data')).toBeUndefined();
    expect(cluster.simulation.client.list('persistentvolumes')).toEqual([]);
  });

  test('take the smallest volume that fits', () => {
    const cluster = createTestCluster();
    const { client } = cluster.simulation;
    for (const [name, size] of [
      ['big', '10Gi'],
      ['small', '500Mi'],
      ['fit', '2Gi'],
    ] as const)
      client.create('persistentvolumes', volume(name, size));
    cluster.create('persistentvolumeclaims', claim('data', { storageClassName: 'manual' }));
    cluster.simulation.settle();
    expect(cluster.get<PersistentVolumeClaim>('persistentvolumeclaims', 'data').spec.volumeName).toBe('fit');
    cluster.delete('persistentvolumeclaims', 'data');
    expect(client.get<PersistentVolume>('persistentvolumes', { name: 'fit' }).status?.phase).toBe('Released');
  });

  test('of a class that is not there stay pending and say so', () => {
    const cluster = createTestCluster();
    cluster.create('persistentvolumeclaims', claim('data', { storageClassName: 'fast' }));
    cluster.pass(60);
    expect(phase(cluster, 'data')).toBe('Pending');
    expect(cluster.events('PersistentVolumeClaim')).toEqual([
      'ProvisioningFailed: storageclass.storage.k8s.io "fast" not found',
    ]);
  });
});

describe('a disruption budget', () => {
  const budget = (spec: Readonly<Record<string, unknown>>) => ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web' },
    spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
  });
  const status = (cluster: TestCluster) =>
    cluster.get<PodDisruptionBudget>('poddisruptionbudgets.policy', 'web').status;
  const evict = (cluster: TestCluster, name: string) =>
    cluster.simulation.client.createSubresource('pods', { namespace: 'default', name }, 'eviction', {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name, namespace: 'default' },
    });

  test.each([
    [{ minAvailable: 2 }, 2, 1],
    [{ minAvailable: '50%' }, 2, 1],
    [{ maxUnavailable: '34%' }, 1, 2],
    [{ maxUnavailable: 1 }, 2, 1],
    [{ minAvailable: '100%' }, 3, 0],
  ])('%o of three pods', (spec, desiredHealthy, disruptionsAllowed) => {
    const cluster = createTestCluster();
    cluster.create('deployments.apps', deployment(3));
    cluster.create('poddisruptionbudgets.policy', budget(spec));
    cluster.pass(10);
    expect(status(cluster)).toMatchObject({ expectedPods: 3, currentHealthy: 3, desiredHealthy, disruptionsAllowed });
  });

  test('allows nothing without pods, and an eviction only within it', () => {
    const cluster = createTestCluster();
    cluster.create('poddisruptionbudgets.policy', budget({ minAvailable: 2 }));
    cluster.pass(1);
    expect(status(cluster)?.disruptionsAllowed).toBe(0);
    cluster.create('deployments.apps', deployment(3));
    cluster.pass(10);
    const [first, second] = cluster.pods().map(({ metadata }) => metadata.name);
    evict(cluster, first ?? '');
    cluster.simulation.settle();
    expect(() => evict(cluster, second ?? '')).toThrow('Cannot evict pod as it would violate');
    cluster.pass(10);
    expect(status(cluster)?.disruptionsAllowed).toBe(1);
  });
});

describe('a quota', () => {
  test('tells what is used, up and down', () => {
    const cluster = createTestCluster();
    cluster.create('resourcequotas', {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'q' },
      spec: { hard: { pods: '10', 'requests.cpu': '2', 'count/configmaps': '5' } },
    });
    cluster.simulation.settle();
    const used = () => cluster.get<ResourceQuota>('resourcequotas', 'q').status?.used;
    expect(used()).toEqual({ pods: '0', 'requests.cpu': '0', 'count/configmaps': '1' });
    cluster.create(
      'deployments.apps',
      deployment(3, { template: { container: { resources: { requests: { cpu: '300m' } } } } }),
    );
    cluster.pass(10);
    expect(used()).toEqual({ pods: '3', 'requests.cpu': '900m', 'count/configmaps': '1' });
    cluster.patch('deployments.apps', 'web', { spec: { replicas: 1 } });
    cluster.pass(10);
    expect(used()).toEqual({ pods: '1', 'requests.cpu': '300m', 'count/configmaps': '1' });
  });
});

describe('an autoscaler', () => {
  const autoscaler = (spec: Readonly<Record<string, unknown>> = {}) => ({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 1,
      maxReplicas: 6,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
      ],
      ...spec,
    },
  });
  const start = (cpu: string, spec: Readonly<Record<string, unknown>> = {}) => {
    const cluster = createTestCluster();
    const container = { resources: { requests: { cpu: '100m' } } };
    cluster.create('deployments.apps', deployment(2, { template: { container, annotations: { cpu } } }));
    cluster.pass(10);
    cluster.create('horizontalpodautoscalers.autoscaling', autoscaler(spec));
    return cluster;
  };
  const hpa = (cluster: TestCluster) =>
    cluster.get<HorizontalPodAutoscaler>('horizontalpodautoscalers.autoscaling', 'web');
  const condition = (cluster: TestCluster, type: string) =>
    hpa(cluster).status?.conditions?.find((each) => each.type === type);

  test('grows with the usage, up to its maximum', () => {
    const cluster = start('90m');
    cluster.pass(600);
    expect(cluster.readyPods()).toHaveLength(6);
    expect(condition(cluster, 'ScalingLimited')).toMatchObject({ status: 'True', reason: 'TooManyReplicas' });
    expect(cluster.events('HorizontalPodAutoscaler').join()).toContain(
      'SuccessfulRescale: New size: 4; reason: cpu resource utilization (percentage of request) above target',
    );
  });

  test('leaves a tenth around the target alone', () => {
    const cluster = start('54m');
    cluster.pass(600);
    expect(cluster.readyPods()).toHaveLength(2);
    expect(hpa(cluster).status?.currentMetrics?.[0]?.resource?.current).toEqual({
      averageUtilization: 54,
      averageValue: '54m',
    });
  });

  test('shrinks only five minutes after the last higher recommendation', () => {
    const cluster = start('50m');
    cluster.pass(90);
    for (const { metadata } of cluster.pods()) {
      cluster.patch('pods', metadata.name, { metadata: { annotations: { 'simulation.drydock.dev/cpu': '10m' } } });
    }
    cluster.pass(200);
    expect(cluster.readyPods()).toHaveLength(2);
    expect(condition(cluster, 'AbleToScale')?.reason).toBe('ScaleDownStabilized');
    cluster.pass(300);
    expect(cluster.readyPods()).toHaveLength(1);
  });

  test('brings the size within its bounds at once, and rests at zero', () => {
    const cluster = start('50m', { minReplicas: 3 });
    cluster.pass(30);
    expect(cluster.pods()).toHaveLength(3);
    cluster.patch('deployments.apps', 'web', { spec: { replicas: 0 } });
    cluster.pass(60);
    expect(cluster.pods()).toHaveLength(0);
    expect(condition(cluster, 'ScalingActive')?.reason).toBe('ScalingDisabled');
  });

  test('follows the rates of its behavior', () => {
    const behavior = { scaleUp: { policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] } };
    const cluster = start('200m', { behavior });
    cluster.pass(100);
    expect(cluster.pods()).toHaveLength(3);
    cluster.pass(60);
    expect(cluster.pods()).toHaveLength(4);
  });

  test('does not tick while nothing can change', () => {
    const cluster = start('50m');
    cluster.pass(900);
    expect(cluster.simulation.nextEventTime() ?? Number.POSITIVE_INFINITY).toBeGreaterThan(
      cluster.simulation.now() + 60_000,
    );
  });
});

describe('nodes', () => {
  const annotate = (cluster: TestCluster, value: string | null) => {
    const patch = { metadata: { annotations: { 'simulation.drydock.dev/node': value } } };
    cluster.simulation.client.patch('nodes', { name: 'node-1' }, { type: 'merge', patch });
  };
  const node = (cluster: TestCluster) => cluster.simulation.client.get<Node>('nodes', { name: 'node-1' });

  test('that are down become Unknown and tainted, and lose their pods after five minutes', () => {
    const cluster = createTestCluster({ nodes: 2 });
    cluster.create('deployments.apps', deployment(2));
    cluster.pass(10);
    annotate(cluster, 'down');
    cluster.pass(49);
    expect(node(cluster).spec.taints ?? []).toEqual([]);
    cluster.pass(2);
    expect(node(cluster).status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('Unknown');
    expect(node(cluster).spec.taints?.map(({ effect }) => effect)).toEqual(['NoSchedule', 'NoExecute']);
    expect(cluster.readyPods()).toHaveLength(1);
    cluster.pass(310);
    expect(cluster.readyPods()).toHaveLength(2);
    expect(cluster.pods()).toHaveLength(3);
    annotate(cluster, null);
    cluster.pass(60);
    expect(node(cluster).spec.taints ?? []).toEqual([]);
    expect(cluster.pods()).toHaveLength(2);
    expect(cluster.simulation.faults).toEqual([]);
  });

  test('that are gone take their pods with them, after a while', () => {
    const cluster = createTestCluster({ nodes: 2 });
    cluster.create('deployments.apps', deployment(2));
    cluster.pass(10);
    cluster.simulation.client.delete('nodes', { name: 'node-1' });
    cluster.pass(30);
    expect(cluster.pods().filter(({ spec }) => spec.nodeName === 'node-1')).toHaveLength(1);
    cluster.pass(30);
    expect(cluster.readyPods().map(({ spec }) => spec.nodeName)).toEqual(['node-2', 'node-2']);
  });

  test('with a NoExecute taint lose pods when the shortest toleration is over', () => {
    const cluster = createTestCluster({ nodes: 1 });
    const tolerations = [
      { key: 'k', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 100 },
      { key: 'k', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 30 },
    ];
    cluster.create('pods', pod('patient', { spec: { tolerations } }));
    cluster.create('pods', pod('hasty'));
    cluster.pass(10);
    const patch = { spec: { taints: [{ key: 'k', effect: 'NoExecute' }] } };
    cluster.simulation.client.patch('nodes', { name: 'node-1' }, { type: 'merge', patch });
    cluster.pass(5);
    expect(cluster.pods().map(({ metadata }) => metadata.name)).toEqual(['patient']);
    cluster.pass(40);
    expect(cluster.pods()).toEqual([]);
  });
});

describe('cluster roles', () => {
  test('that aggregate gather the rules of those with the label', () => {
    const cluster = createTestCluster();
    const { client } = cluster.simulation;
    const rule = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };
    const resource = 'clusterroles.rbac.authorization.k8s.io';
    const role = (name: string, fields: object) => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name },
      ...fields,
    });
    client.create(
      resource,
      role('all', { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to: 'all' } }] }, rules: [] }),
    );
    client.create(resource, { ...role('part', { rules: [rule] }), metadata: { name: 'part', labels: { to: 'all' } } });
    cluster.simulation.settle();
    expect(client.get<ClusterRole>(resource, { name: 'all' }).rules).toEqual([rule]);
  });
});

describe('the Secret of an account', () => {
  const secret = (name: string, account: string) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, annotations: { 'kubernetes.io/service-account.name': account } },
    type: 'kubernetes.io/service-account-token',
  });

  test('gets a token, and goes with the account', () => {
    const cluster = createTestCluster();
    cluster.create('serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'app' } });
    cluster.create('secrets', secret('app-token', 'app'));
    cluster.pass(1);
    const { data, metadata } = cluster.get<Secret>('secrets', 'app-token');
    expect(atob(data?.namespace ?? '')).toBe('default');
    expect(atob(data?.['ca.crt'] ?? '')).toMatch(/^-----BEGIN CERTIFICATE-----/);
    expect(atob(data?.token ?? '').split('.')).toHaveLength(3);
    expect(metadata.annotations?.['kubernetes.io/service-account.uid']).toMatch(/^[0-9a-f-]{36}$/);
    cluster.delete('serviceaccounts', 'app');
    cluster.pass(1);
    expect(cluster.find('secrets', 'app-token')).toBeUndefined();
  });

  test('of an account that is not there goes at once', () => {
    const cluster = createTestCluster();
    cluster.create('secrets', secret('stray', 'nobody'));
    cluster.pass(1);
    expect(cluster.find('secrets', 'stray')).toBeUndefined();
  });
});

describe('flow schemas', () => {
  const SCHEMAS = 'flowschemas.flowcontrol.apiserver.k8s.io';

  test('that refer to no priority level say so, until there is one', () => {
    const { simulation } = createTestCluster();
    expect(simulation.client.list(SCHEMAS)).toHaveLength(11);
    const create = (resource: string, kind: string, name: string, spec: object) =>
      simulation.client.create(`${resource}.flowcontrol.apiserver.k8s.io`, {
        apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
        kind,
        metadata: { name },
        spec,
      });
    const dangling = () => {
      simulation.settle();
      const { status } = simulation.client.get(SCHEMAS, { name: 'mine' });
      return (status as { conditions: readonly { status: string; reason: string }[] }).conditions;
    };
    create('flowschemas', 'FlowSchema', 'mine', {
      priorityLevelConfiguration: { name: 'slow' },
      matchingPrecedence: 7,
    });
    expect(dangling()).toMatchObject([{ type: 'Dangling', status: 'True', reason: 'NotFound' }]);
    const limited = { nominalConcurrencyShares: 1, limitResponse: { type: 'Reject' } };
    create('prioritylevelconfigurations', 'PriorityLevelConfiguration', 'slow', { type: 'Limited', limited });
    expect(dangling()).toMatchObject([{ type: 'Dangling', status: 'False', reason: 'Found' }]);
  });
});
