import { describe, expect, test } from 'vitest';
import type { ServiceCIDR } from '../apimachinery/kinds.ts';
import { createTestCluster, type TestCluster } from '../simulation/simulation.testing.ts';

const RESOURCE = 'servicecidrs.networking.k8s.io';

function range(cluster: TestCluster, name: string): ServiceCIDR | undefined {
  return cluster.simulation.client.find<ServiceCIDR>(RESOURCE, { name });
}

function readiness(cluster: TestCluster, name: string): string {
  const condition = range(cluster, name)?.status?.conditions?.find(({ type }) => type === 'Ready');
  return `${condition?.status} ${condition?.reason}`;
}

function create(cluster: TestCluster, name: string, ...cidrs: string[]): void {
  cluster.simulation.client.create(RESOURCE, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: { name },
    spec: { cidrs },
  });
  cluster.simulation.settle();
}

describe('a range of addresses for Services', () => {
  test('is there from the start, ready and with its finalizer', () => {
    const cluster = createTestCluster();
    expect(range(cluster, 'kubernetes')?.spec?.cidrs).toEqual(['10.96.0.0/16']);
    expect(range(cluster, 'kubernetes')?.metadata.finalizers).toEqual(['networking.k8s.io/service-cidr-finalizer']);
    expect(readiness(cluster, 'kubernetes')).toBe('True ');
  });

  test('goes 10 s after it is deleted when nothing has an address of it', () => {
    const cluster = createTestCluster();
    create(cluster, 'more', '203.0.113.0/24');
    expect(readiness(cluster, 'more')).toBe('True ');
    cluster.simulation.client.delete(RESOURCE, { name: 'more' });
    cluster.pass(8);
    expect(range(cluster, 'more')).toBeDefined();
    cluster.pass(3);
    expect(range(cluster, 'more')).toBeUndefined();
  });

  test('stays while a Service has an address that is in no other', () => {
    const cluster = createTestCluster();
    cluster.simulation.client.delete(RESOURCE, { name: 'kubernetes' });
    cluster.pass(20);
    expect(readiness(cluster, 'kubernetes')).toBe('False Terminating');
    create(cluster, 'wider', '10.0.0.0/8');
    cluster.pass(20);
    expect(range(cluster, 'kubernetes')).toBeUndefined();
  });
});
