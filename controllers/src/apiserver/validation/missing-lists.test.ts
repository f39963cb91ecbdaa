/** Lists that Go writes as null when they are left out (no omitempty) are told as missing, never a failure of ours. */
import { expect, test } from 'vitest';
import { createTestServer } from '../apiserver.testing.ts';

const key = { namespace: 'default', name: 'a' };

test.each([
  [
    'endpointslices.discovery.k8s.io',
    { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4', endpoints: [{}] },
    'endpoints[0].addresses: Required value: must contain at least 1 address',
  ],
  [
    'jobs.batch',
    {
      apiVersion: 'batch/v1',
      kind: 'Job',
      spec: { template: { spec: { restartPolicy: 'Never', resources: { requests: { cpu: '1' } } } } },
    },
    'spec.template.spec.containers: Required value',
  ],
])('%s', (resource, object, message) => {
  const { client } = createTestServer();
  expect(() => client.create(resource, { ...object, metadata: key })).toThrow(message);
});
