import { describe, expect, it } from 'vitest';
import { createSimulation } from '../../simulation/simulation.ts';
import { findObject, getObject, listStored, parseSelection } from '../verbs/read.ts';

function cluster(metrics = true) {
  const simulation = createSimulation({ name: 'metrics', nodes: 1, features: { metrics } });
  simulation.client.create('pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default', labels: { app: 'web' } },
    spec: {
      containers: [
        { name: 'main', image: 'web:1', resources: { requests: { cpu: '200m', memory: '64Mi' } } },
        { name: 'side', image: 'side:1' },
      ],
    },
  });
  simulation.advance(60_000);
  const { core } = simulation.api;
  return { simulation, core, find: (resource: string) => core.resources.lookup('metrics.k8s.io', 'v1beta1', resource) };
}

describe('metrics.k8s.io', () => {
  it('tells what the containers of running pods use', () => {
    const { core, find } = cluster();
    const resource = find('pods');
    if (resource === undefined) throw new Error('pods are not served');
    const request = { resource, version: 'v1beta1', namespace: 'default', name: 'web', subresource: '' };
    expect(getObject(core, request)).toEqual({
      kind: 'PodMetrics',
      apiVersion: 'metrics.k8s.io/v1beta1',
      metadata: {
        name: 'web',
        namespace: 'default',
        creationTimestamp: '2026-01-01T00:01:00Z',
        labels: { app: 'web' },
      },
      timestamp: '2026-01-01T00:01:00Z',
      window: '15s',
      containers: [
        { name: 'main', usage: { cpu: '100000000n', memory: '32768Ki' } },
        { name: 'side', usage: { cpu: '5000000n', memory: '32768Ki' } },
      ],
    });
    expect(() => getObject(core, { ...request, name: 'other' })).toThrow('pods "other" not found');
  });

  it('has no metrics of a pod that does not run', () => {
    const { core, find, simulation } = cluster();
    const resource = find('pods');
    if (resource === undefined) throw new Error('pods are not served');
    simulation.client.create('pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'pending', namespace: 'default' },
      spec: { nodeSelector: { none: 'such' }, containers: [{ name: 'main', image: 'web:1' }] },
    });
    simulation.settle();
    const request = { resource, version: 'v1beta1', namespace: 'default', name: 'pending', subresource: '' };
    expect(findObject(core, request)).toBeUndefined();
    expect(() => getObject(core, request)).toThrow('podmetrics.metrics.k8s.io "default/pending" not found');
    const all = listStored(core, resource, { selection: parseSelection(resource, 'app', undefined) });
    expect(all.map(({ object }) => object.metadata.name)).toEqual(['web']);
  });

  it('adds up what the pods of a node use', () => {
    const { core, find } = cluster();
    const resource = find('nodes');
    if (resource === undefined) throw new Error('nodes are not served');
    const request = { resource, version: 'v1beta1', namespace: '', name: 'node-1', subresource: '' };
    expect(getObject(core, request)).toMatchObject({ usage: { cpu: '205000000n', memory: `${(64 + 512) * 1024}Ki` } });
    expect(resource.facts.table?.cells(getObject(core, request), 0)).toEqual(['node-1', '205m', '576Mi', '15s']);
  });

  it('is not served by a cluster without metrics', () => {
    const { core, find } = cluster(false);
    expect(find('pods')).toBeUndefined();
    expect(core.resources.groups().map(({ group }) => group)).not.toContain('metrics.k8s.io');
  });
});
