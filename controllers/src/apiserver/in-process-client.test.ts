import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../apimachinery/object.ts';
import { createTestServer } from './apiserver.testing.ts';

test('a resource named with a version takes and gives objects of that version', () => {
  const { client } = createTestServer();
  const key = { namespace: 'default', name: 'web' };
  const patch = {
    apiVersion: 'autoscaling/v1',
    kind: 'HorizontalPodAutoscaler',
    metadata: key,
    spec: {
      maxReplicas: 5,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      targetCPUUtilizationPercentage: 50,
    },
  };
  const resource = 'horizontalpodautoscalers.v1.autoscaling';
  client.patch(resource, key, { type: 'apply', patch }, { fieldManager: 'test' });
  expect(client.get(resource, key)).toMatchObject({ apiVersion: 'autoscaling/v1', spec: patch.spec });
  expect(client.get('horizontalpodautoscalers.autoscaling', key)).toMatchObject({
    apiVersion: 'autoscaling/v2',
    spec: { metrics: [{ resource: { name: 'cpu', target: { averageUtilization: 50 } } }] },
  });
  expect(client.list(resource)[0]?.apiVersion).toBe('autoscaling/v1');
  expect(() => client.get('horizontalpodautoscalers.v9.autoscaling', key)).toThrow('could not find');
});

describe('an update made of the stored object', () => {
  const create = () => {
    const server = createTestServer();
    const metadata = { name: 'web', namespace: 'default', labels: { app: 'web' }, annotations: { note: 'one' } };
    const template = {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'web:1' }] },
    };
    const spec = { replicas: 2, selector: { matchLabels: { app: 'web' } }, template };
    const stored = server.client.create('deployments.apps', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec,
    } as KubeObject);
    return { ...server, stored };
  };

  test('shares what has not changed with it, and is otherwise the same as one made of a copy', () => {
    const shared = create();
    const copied = create();
    const withStatus = (object: KubeObject): KubeObject => ({
      ...object,
      status: { replicas: 1, observedGeneration: 1 },
    });
    const after = shared.client.updateStatus('deployments.apps', withStatus(shared.stored));
    const copy = copied.client.updateStatus('deployments.apps', withStatus(structuredClone(copied.stored)));
    expect(after.spec).toBe(shared.stored.spec);
    expect(after.metadata.labels).toBe(shared.stored.metadata.labels);
    expect(JSON.stringify(after)).toBe(JSON.stringify(copy));
    const scaled = (object: KubeObject): KubeObject => ({
      ...object,
      spec: { ...(object.spec as object), replicas: 3 },
    });
    const next = shared.client.update('deployments.apps', scaled(after));
    expect(next.status).toBe(after.status);
    expect(JSON.stringify(next)).toBe(
      JSON.stringify(copied.client.update('deployments.apps', scaled(structuredClone(copy)))),
    );
  });

  test('is checked where it has changed, though its labels are the stored ones', () => {
    const { client, stored } = create();
    const broken = { ...stored, metadata: { ...stored.metadata, finalizers: ['not a name'] } };
    expect(() => client.update('deployments.apps', broken)).toThrow('metadata.finalizers: Invalid value: "not a name"');
  });
});
