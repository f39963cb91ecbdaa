import { describe, expect, test } from 'vitest';
import type { ConfigMap, ReplicaSet } from '../apimachinery/kinds.ts';
import type { KubeObject, OwnerReference } from '../apimachinery/object.ts';
import { createTestCluster, deployment, type TestCluster } from '../simulation/simulation.testing.ts';

function configMap(
  name: string,
  owners: readonly OwnerReference[] = [],
  finalizers: readonly string[] = [],
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      ...(owners.length === 0 ? {} : { ownerReferences: owners }),
      ...(finalizers.length === 0 ? {} : { finalizers }),
    },
  };
}

function ownerRef({ metadata }: KubeObject, blocks = true): OwnerReference {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name: metadata.name ?? '',
    uid: metadata.uid ?? '',
    blockOwnerDeletion: blocks,
  };
}

function make(
  cluster: TestCluster,
  name: string,
  owners: readonly KubeObject[] = [],
  finalizers: readonly string[] = [],
) {
  return cluster.create<ConfigMap>(
    'configmaps',
    configMap(
      name,
      owners.map((owner) => ownerRef(owner)),
      finalizers,
    ),
  );
}

function names(cluster: TestCluster): readonly string[] {
  return cluster
    .list('configmaps')
    .map(({ metadata }) => metadata.name ?? '')
    .filter((name) => name !== 'kube-root-ca.crt');
}

describe('deleting an owner', () => {
  test('in the background: it goes first, then what it owned, over all levels', () => {
    const cluster = createTestCluster();
    const grandparent = make(cluster, 'a');
    const parent = make(cluster, 'b', [grandparent]);
    make(cluster, 'c', [parent]);
    cluster.delete('configmaps', 'a', 'Background');
    expect(names(cluster)).toEqual([]);
  });

  test('in the foreground: it waits for what blocks it', () => {
    const cluster = createTestCluster();
    const parent = make(cluster, 'a');
    make(cluster, 'b', [parent], ['example.com/hold']);
    cluster.delete('configmaps', 'a', 'Foreground');
    expect(names(cluster)).toEqual(['a', 'b']);
    cluster.patch('configmaps', 'b', { metadata: { finalizers: null } });
    expect(names(cluster)).toEqual([]);
  });

  test('in the foreground: it does not wait for what does not block it', () => {
    const cluster = createTestCluster();
    const parent = make(cluster, 'a');
    cluster.create('configmaps', configMap('b', [ownerRef(parent, false)], ['example.com/hold']));
    cluster.delete('configmaps', 'a', 'Foreground');
    expect(names(cluster)).toEqual(['b']);
  });

  test('orphaning: what it owned stays, without the reference', () => {
    const cluster = createTestCluster();
    cluster.create('deployments.apps', deployment(2));
    cluster.pass(10);
    cluster.delete('deployments.apps', 'web', 'Orphan');
    cluster.pass(10);
    expect(cluster.find('deployments.apps', 'web')).toBeUndefined();
    const [set] = cluster.list<ReplicaSet>('replicasets.apps');
    expect(set?.metadata.ownerReferences ?? []).toEqual([]);
    expect(cluster.readyPods()).toHaveLength(2);
  });

  test('a Deployment in the foreground goes last', () => {
    const cluster = createTestCluster();
    cluster.create('deployments.apps', deployment(2));
    cluster.pass(10);
    const gone: string[] = [];
    cluster.simulation.observe(({ type, object }) => {
      if (type === 'DELETED' && object.kind !== 'Event') gone.push(object.kind);
    });
    cluster.delete('deployments.apps', 'web', 'Foreground');
    cluster.pass(60);
    expect(gone).toEqual(['Pod', 'Pod', 'ReplicaSet', 'Deployment']);
  });
});

describe('references', () => {
  test('to an owner that is not there, or is another object of that name, mean deletion', () => {
    const cluster = createTestCluster();
    const real = make(cluster, 'real');
    const stranger = { ...real, metadata: { ...real.metadata, uid: '00000000-0000-4000-8000-000000000000' } };
    make(cluster, 'lost', [stranger]);
    cluster.simulation.settle();
    expect(names(cluster)).toEqual(['real']);
  });

  test('one owner that is there keeps the object, and the dangling ones are taken off', () => {
    const cluster = createTestCluster();
    const [a, b] = [make(cluster, 'a'), make(cluster, 'b')];
    make(cluster, 'c', [a, b]);
    cluster.delete('configmaps', 'a', 'Background');
    expect(names(cluster)).toEqual(['b', 'c']);
    const left = cluster.get<ConfigMap>('configmaps', 'c').metadata.ownerReferences?.map(({ name }) => name);
    expect(left).toEqual(['b']);
  });

  test('to an owner in another namespace are told and end in deletion', () => {
    const cluster = createTestCluster();
    const far = cluster.simulation.client.create('configmaps', {
      ...configMap('far'),
      metadata: { name: 'far', namespace: 'kube-public' },
    });
    make(cluster, 'near', [far]);
    cluster.simulation.settle();
    expect(names(cluster)).toEqual([]);
    expect(cluster.events('ConfigMap', 'near').join()).toContain('OwnerRefInvalidNamespace');
  });

  test('in a circle do not keep each other alive', () => {
    const cluster = createTestCluster();
    const a = make(cluster, 'a');
    const b = make(cluster, 'b', [a]);
    cluster.patch('configmaps', 'a', { metadata: { ownerReferences: [ownerRef(b)] } });
    cluster.delete('configmaps', 'a', 'Foreground');
    cluster.pass(60);
    expect(names(cluster)).toEqual([]);
  });
});

describe('a namespace that is deleted', () => {
  const create = (cluster: TestCluster) => {
    const { client } = cluster.simulation;
    client.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } });
    cluster.simulation.settle();
    client.create('deployments.apps', { ...deployment(2), metadata: { name: 'web', namespace: 'team' } });
    client.create('configmaps', {
      ...configMap('held', [], ['example.com/hold']),
      metadata: { name: 'held', namespace: 'team', finalizers: ['example.com/hold'] },
    });
    cluster.pass(10);
    client.delete('namespaces', { name: 'team' });
  };

  test('empties itself, pods first, and waits for finalizers', () => {
    const cluster = createTestCluster();
    create(cluster);
    cluster.pass(120);
    const { client } = cluster.simulation;
    expect(client.list('deployments.apps', { namespace: 'team' })).toEqual([]);
    const conditions = (
      client.get('namespaces', { name: 'team' }) as unknown as {
        status: { conditions: { type: string; status: string; message: string }[] };
      }
    ).status.conditions;
    expect(conditions.filter(({ status }) => status === 'True').map(({ type }) => type)).toEqual([
      'NamespaceContentRemaining',
      'NamespaceFinalizersRemaining',
    ]);
    expect(conditions.find(({ type }) => type === 'NamespaceContentRemaining')?.message).toBe(
      'Some resources are remaining: configmaps. has 1 resource instances',
    );
    client.patch(
      'configmaps',
      { namespace: 'team', name: 'held' },
      { type: 'merge', patch: { metadata: { finalizers: null } } },
    );
    cluster.pass(60);
    expect(client.find('namespaces', { name: 'team' })).toBeUndefined();
  });

  test('takes in nothing new', () => {
    const cluster = createTestCluster();
    create(cluster);
    const { client } = cluster.simulation;
    expect(() =>
      client.create('configmaps', { ...configMap('late'), metadata: { name: 'late', namespace: 'team' } }),
    ).toThrow('because it is being terminated');
    cluster.pass(60);
    expect(cluster.simulation.faults).toEqual([]);
  });
});
