import { describe, expect, test } from 'vitest';
import type { ControllerRevision, PersistentVolumeClaim, StatefulSet } from '../../apimachinery/kinds.ts';
import {
  createTestCluster,
  type TemplateOptions,
  type TestCluster,
  template,
} from '../../simulation/simulation.testing.ts';

function statefulSet(
  replicas: number,
  { template: options = {}, ...spec }: { template?: TemplateOptions; [field: string]: unknown } = {},
) {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db' },
    spec: {
      replicas,
      serviceName: 'db',
      selector: { matchLabels: { app: 'db' } },
      template: template({ app: 'db', ...options }),
      ...spec,
    },
  };
}

const CLAIMS = {
  volumeClaimTemplates: [
    {
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    },
  ],
};

function db(cluster: TestCluster): StatefulSet {
  return cluster.get<StatefulSet>('statefulsets.apps', 'db');
}

function podNames(cluster: TestCluster): readonly string[] {
  return cluster.pods().map(({ metadata }) => metadata.name);
}

function order(cluster: TestCluster): string[] {
  const lines: string[] = [];
  cluster.simulation.observe(({ type, object }) => {
    if (object.kind !== 'Pod') return;
    if (type === 'ADDED') lines.push(`+${object.metadata.name}`);
    if (type === 'DELETED') lines.push(`-${object.metadata.name}`);
  });
  return lines;
}

function setImage(cluster: TestCluster, image: string): void {
  cluster.patch('statefulsets.apps', 'db', { spec: { template: { spec: { containers: [{ name: 'main', image }] } } } });
}

function images(cluster: TestCluster): readonly string[] {
  return cluster.pods().map(({ spec }) => spec.containers[0]?.image ?? '');
}

describe('an ordered StatefulSet', () => {
  test('starts one pod after the other, and stops from the highest', () => {
    const cluster = createTestCluster();
    const lines = order(cluster);
    cluster.create('statefulsets.apps', statefulSet(3));
    cluster.pass(1);
    expect(podNames(cluster)).toEqual(['db-0']);
    cluster.pass(10);
    expect(podNames(cluster)).toEqual(['db-0', 'db-1', 'db-2']);
    cluster.patch('statefulsets.apps', 'db', { spec: { replicas: 1 } });
    cluster.pass(20);
    expect(lines).toEqual(['+db-0', '+db-1', '+db-2', '-db-2', '-db-1']);
  });

  test('gives its pods a stable identity', () => {
    const cluster = createTestCluster();
    cluster.create('statefulsets.apps', statefulSet(1, { ordinals: { start: 5 } }));
    cluster.pass(5);
    const [pod] = cluster.pods();
    expect(pod?.metadata.name).toBe('db-5');
    expect(pod?.spec).toMatchObject({ hostname: 'db-5', subdomain: 'db' });
    expect(pod?.metadata.labels).toMatchObject({
      'statefulset.kubernetes.io/pod-name': 'db-5',
      'apps.kubernetes.io/pod-index': '5',
      'controller-revision-hash': db(cluster).status?.updateRevision,
    });
  });

  test('updates from the highest, one at a time, and keeps the current revision until all are new', () => {
    const cluster = createTestCluster();
    cluster.create('statefulsets.apps', statefulSet(3));
    cluster.pass(15);
    const before = db(cluster).status?.currentRevision;
    setImage(cluster, 'nginx:1.26');
    cluster.pass(2);
    expect(images(cluster).filter((image) => image === 'nginx:1.25')).toHaveLength(2);
    expect(db(cluster).status?.currentRevision).toBe(before);
    cluster.pass(30);
    expect(new Set(images(cluster))).toEqual(new Set(['nginx:1.26']));
    expect(db(cluster).status?.currentRevision).toBe(db(cluster).status?.updateRevision);
    expect(db(cluster).status?.currentRevision).not.toBe(before);
  });

  test('goes back to an equal revision under a new number', () => {
    const cluster = createTestCluster();
    cluster.create('statefulsets.apps', statefulSet(1));
    cluster.pass(10);
    const first = db(cluster).status?.currentRevision;
    setImage(cluster, 'nginx:1.26');
    cluster.pass(20);
    setImage(cluster, 'nginx:1.25');
    cluster.pass(20);
    expect(db(cluster).status?.currentRevision).toBe(first);
    const revisions = cluster.list<ControllerRevision>('controllerrevisions.apps').map(({ revision }) => revision);
    expect([...revisions].sort()).toEqual([2, 3]);
  });

  test('stays stuck on a broken template after it is reverted, until the pod is deleted', () => {
    const cluster = createTestCluster();
    cluster.create('statefulsets.apps', statefulSet(1));
    cluster.pass(10);
    cluster.patch('statefulsets.apps', 'db', {
      spec: { template: { metadata: { annotations: { 'simulation.drydock.dev/image': 'missing' } } } },
    });
    cluster.pass(30);
    cluster.patch('statefulsets.apps', 'db', {
      spec: { template: { metadata: { annotations: { 'simulation.drydock.dev/image': null } } } },
    });
    cluster.pass(300);
    expect(cluster.readyPods()).toHaveLength(0);
    cluster.delete('pods', 'db-0');
    cluster.pass(30);
    expect(cluster.readyPods()).toHaveLength(1);
  });

  test('keeps pods below the partition on the current revision, also when they are made again', () => {
    const cluster = createTestCluster();
    cluster.create(
      'statefulsets.apps',
      statefulSet(3, { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } }),
    );
    cluster.pass(15);
    setImage(cluster, 'nginx:1.26');
    cluster.pass(20);
    expect(images(cluster)).toEqual(['nginx:1.25', 'nginx:1.25', 'nginx:1.26']);
    cluster.delete('pods', 'db-0');
    cluster.pass(20);
    expect(images(cluster)).toEqual(['nginx:1.25', 'nginx:1.25', 'nginx:1.26']);
  });

  test('replaces a failed pod under the same name', () => {
    const cluster = createTestCluster();
    cluster.create('statefulsets.apps', statefulSet(1));
    cluster.pass(10);
    const [pod] = cluster.pods();
    if (pod === undefined) throw new Error('no pod');
    cluster.simulation.client.updateStatus('pods', { ...pod, status: { ...pod.status, phase: 'Failed' } });
    cluster.pass(10);
    expect(cluster.pods()[0]?.metadata.uid).not.toBe(pod.metadata.uid);
    expect(podNames(cluster)).toEqual(['db-0']);
    expect(cluster.readyPods()).toHaveLength(1);
  });
});

describe('a parallel StatefulSet', () => {
  test('starts all pods at once, and updates them one at a time', () => {
    const cluster = createTestCluster();
    cluster.create('statefulsets.apps', statefulSet(3, { podManagementPolicy: 'Parallel' }));
    cluster.simulation.settle();
    expect(podNames(cluster)).toHaveLength(3);
    cluster.pass(10);
    setImage(cluster, 'nginx:1.26');
    cluster.simulation.settle();
    expect(cluster.pods().filter(({ metadata }) => metadata.deletionTimestamp !== undefined)).toHaveLength(1);
  });
});

describe('claims', () => {
  test('are made before the pods, bound, and kept when the set goes', () => {
    const cluster = createTestCluster();
    cluster.create('statefulsets.apps', statefulSet(2, CLAIMS));
    cluster.pass(15);
    const claims = () => cluster.list<PersistentVolumeClaim>('persistentvolumeclaims');
    expect(claims().map(({ metadata, status }) => `${metadata.name} ${status?.phase}`)).toEqual([
      'data-db-0 Bound',
      'data-db-1 Bound',
    ]);
    expect(cluster.pods()[0]?.spec.volumes?.find(({ name }) => name === 'data')?.persistentVolumeClaim?.claimName).toBe(
      'data-db-0',
    );
    cluster.delete('statefulsets.apps', 'db', 'Background');
    cluster.pass(30);
    expect(cluster.pods()).toHaveLength(0);
    expect(claims()).toHaveLength(2);
  });

  test('go with a pod that is scaled away when the policy says so', () => {
    const cluster = createTestCluster();
    const policy = { persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete', whenDeleted: 'Retain' } };
    cluster.create('statefulsets.apps', statefulSet(2, { ...CLAIMS, ...policy }));
    cluster.pass(15);
    cluster.patch('statefulsets.apps', 'db', { spec: { replicas: 1 } });
    cluster.pass(15);
    const names = cluster.list('persistentvolumeclaims').map(({ metadata }) => metadata.name);
    expect(names).toEqual(['data-db-0']);
  });

  test('go with the set when the policy says so', () => {
    const cluster = createTestCluster();
    const policy = { persistentVolumeClaimRetentionPolicy: { whenScaled: 'Retain', whenDeleted: 'Delete' } };
    cluster.create('statefulsets.apps', statefulSet(2, { ...CLAIMS, ...policy }));
    cluster.pass(15);
    cluster.delete('statefulsets.apps', 'db', 'Background');
    cluster.pass(15);
    expect(cluster.list('persistentvolumeclaims')).toHaveLength(0);
    expect(cluster.simulation.client.list('persistentvolumes')).toHaveLength(0);
  });
});
