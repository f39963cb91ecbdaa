import { expect, test } from 'vitest';
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
