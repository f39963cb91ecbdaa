import { describe, expect, test } from 'vitest';
import type { EndpointSlice, Endpoints, Service } from '../../apimachinery/kinds.ts';
import { createTestCluster, deployment, type TestCluster } from '../../simulation/simulation.testing.ts';

function service(spec: Readonly<Record<string, unknown>> = {}) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }], ...spec },
  };
}

const PORTS = { container: { ports: [{ name: 'http', containerPort: 8080 }] } };

function slices(cluster: TestCluster): readonly EndpointSlice[] {
  return cluster.list<EndpointSlice>('endpointslices.discovery.k8s.io', 'kubernetes.io/service-name=web');
}

function conditions(cluster: TestCluster): readonly unknown[] {
  return slices(cluster).flatMap(({ endpoints }) => (endpoints ?? []).map((endpoint) => endpoint.conditions));
}

describe('the endpoints of a Service', () => {
  test('are its ready pods, on the port that they name, in both forms', () => {
    const cluster = createTestCluster();
    cluster.create('services', service());
    cluster.create('deployments.apps', deployment(2, { template: PORTS }));
    cluster.pass(10);
    const [slice] = slices(cluster);
    expect(slice?.ports).toEqual([{ name: 'http', port: 8080, protocol: 'TCP' }]);
    expect(slice?.endpoints?.map(({ addresses }) => addresses[0]).sort()).toEqual(
      cluster
        .pods()
        .map(({ status }) => status?.podIP)
        .sort(),
    );
    expect(conditions(cluster)).toEqual(Array(2).fill({ ready: true, serving: true, terminating: false }));
    const { subsets } = cluster.get<Endpoints>('endpoints', 'web');
    expect(subsets?.[0]?.addresses).toHaveLength(2);
    expect(subsets?.[0]?.ports).toEqual([{ name: 'http', port: 8080, protocol: 'TCP' }]);
  });

  test('list pods that are not ready, and publish them where that is wanted', () => {
    const cluster = createTestCluster();
    cluster.create('services', service({ publishNotReadyAddresses: true, clusterIP: 'None' }));
    cluster.create('deployments.apps', deployment(1, { template: { ...PORTS, annotations: { readiness: 'never' } } }));
    cluster.pass(10);
    expect(conditions(cluster)).toEqual([{ ready: true, serving: false, terminating: false }]);
    expect(slices(cluster)[0]?.metadata.labels).toHaveProperty('service.kubernetes.io/headless');
    cluster.patch('services', 'web', { spec: { publishNotReadyAddresses: false } });
    expect(conditions(cluster)).toEqual([{ ready: false, serving: false, terminating: false }]);
    expect(cluster.get<Endpoints>('endpoints', 'web').subsets?.[0]?.notReadyAddresses).toHaveLength(1);
  });

  test('keep a pod that is being deleted until it is gone', () => {
    const cluster = createTestCluster();
    cluster.create('services', service());
    cluster.create('deployments.apps', deployment(1, { template: { ...PORTS, annotations: { termination: '20s' } } }));
    cluster.pass(10);
    cluster.patch('deployments.apps', 'web', { spec: { replicas: 0 } });
    cluster.pass(5);
    expect(conditions(cluster)).toEqual([{ ready: false, serving: true, terminating: true }]);
    cluster.pass(30);
    expect(conditions(cluster)).toEqual([]);
  });

  test('fill slices of a hundred', () => {
    const cluster = createTestCluster({ nodes: 5 });
    cluster.create('services', service());
    cluster.create('deployments.apps', deployment(250, { template: PORTS }));
    cluster.pass(20);
    const counts = slices(cluster).map(({ endpoints }) => endpoints?.length ?? 0);
    expect(counts.sort((a, b) => b - a)).toEqual([100, 100, 50]);
  });

  test('go with their Service', () => {
    const cluster = createTestCluster();
    cluster.create('services', service());
    cluster.simulation.settle();
    expect(slices(cluster)).toHaveLength(1);
    cluster.delete('services', 'web');
    expect(slices(cluster)).toHaveLength(0);
    expect(cluster.find('endpoints', 'web')).toBeUndefined();
  });
});

describe('Endpoints that someone wrote for a Service without a selector', () => {
  const byHand = (addresses: readonly string[]) => ({
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: 'web', labels: { own: 'yes' }, annotations: { note: 'kept' } },
    subsets: [{ addresses: addresses.map((ip) => ({ ip })), ports: [{ port: 80 }] }],
  });
  const withoutSelector = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { ports: [{ port: 80 }] },
  };

  function mirrored(): TestCluster {
    const cluster = createTestCluster();
    cluster.create('services', withoutSelector);
    cluster.create('endpoints', byHand(['10.1.2.3', '2001:db8::1']));
    cluster.simulation.settle();
    return cluster;
  }

  test('are mirrored, a slice for each family of addresses', () => {
    const found = slices(mirrored());
    expect(found.map(({ addressType, endpoints }) => [addressType, endpoints?.[0]?.addresses]).sort()).toEqual([
      ['IPv4', ['10.1.2.3']],
      ['IPv6', ['2001:db8::1']],
    ]);
    expect(found[0]?.ports).toEqual([{ name: '', port: 80, protocol: 'TCP' }]);
    expect(found[0]?.metadata).toMatchObject({
      labels: { own: 'yes', 'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io' },
      annotations: { note: 'kept' },
      ownerReferences: [{ kind: 'Endpoints', name: 'web', controller: true }],
    });
  });

  test('are followed: an update keeps the slice, their end ends it', () => {
    const cluster = mirrored();
    const before = slices(cluster).find(({ addressType }) => addressType === 'IPv4');
    cluster.patch('endpoints', 'web', { subsets: byHand(['10.2.3.4']).subsets });
    const after = slices(cluster);
    expect(after.map(({ metadata, endpoints }) => [metadata.name, endpoints?.[0]?.addresses])).toEqual([
      [before?.metadata.name, ['10.2.3.4']],
    ]);
    cluster.delete('endpoints', 'web');
    expect(slices(cluster)).toEqual([]);
  });

  test('are not mirrored when they say so, or when the Service selects pods', () => {
    const cluster = mirrored();
    cluster.patch('endpoints', 'web', { metadata: { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } } });
    expect(slices(cluster)).toEqual([]);
    const other = mirrored();
    other.patch('services', 'web', { spec: { selector: { app: 'web' } } });
    expect(slices(other).map(({ metadata }) => metadata.labels?.['endpointslice.kubernetes.io/managed-by'])).toEqual([
      'endpointslice-controller.k8s.io',
    ]);
  });
});

describe('a Service of type LoadBalancer', () => {
  test('gets an address of its own, and gives it back', () => {
    const cluster = createTestCluster();
    cluster.create('services', service({ type: 'LoadBalancer' }));
    cluster.create('services', { ...service({ type: 'LoadBalancer' }), metadata: { name: 'other' } });
    cluster.simulation.settle();
    const address = (name: string) => cluster.get<Service>('services', name).status?.loadBalancer?.ingress?.[0]?.ip;
    expect(new Set([address('web'), address('other')]).size).toBe(2);
    cluster.delete('services', 'web');
    expect(cluster.find('services', 'web')).toBeUndefined();
  });
});
