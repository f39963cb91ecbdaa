import { beforeEach, describe, expect, test } from 'vitest';
import { getPath } from '../../apimachinery/json.ts';
import { createTestServer, type TestServer } from '../apiserver.testing.ts';
import { aggregatedDiscovery, groupList } from '../discovery.ts';

const API_SERVICES = 'apiservices.apiregistration.k8s.io';
const remote = {
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: { name: 'v1.wardle.example.com' },
  spec: {
    group: 'wardle.example.com',
    version: 'v1',
    groupPriorityMinimum: 2000,
    versionPriority: 200,
    insecureSkipTLSVerify: true,
    service: { namespace: 'default', name: 'wardle', port: 443 },
  },
};

let api: TestServer;
const conditionOf = (name: string) => getPath(api.client.get(API_SERVICES, { name }), ['status', 'conditions']);
const slice = (ready: boolean) => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 'wardle-1', namespace: 'default', labels: { 'kubernetes.io/service-name': 'wardle' } },
  addressType: 'IPv4',
  endpoints: [{ addresses: ['10.0.0.9'], conditions: { ready } }],
  ports: [{ name: '', port: 8443, protocol: 'TCP' }],
});

beforeEach(() => {
  api = createTestServer();
});

describe('APIServices', () => {
  test('stand for every group and version of the cluster itself', () => {
    const apps = api.client.get(API_SERVICES, { name: 'v1.apps' });
    expect(apps.spec).toMatchObject({ group: 'apps', version: 'v1', groupPriorityMinimum: 17800, versionPriority: 15 });
    expect(conditionOf('v1.apps')).toMatchObject([{ type: 'Available', status: 'True', reason: 'Local' }]);
  });

  test('come and go with definitions', () => {
    const name = { name: 'v1.example.com' };
    api.client.create('customresourcedefinitions.apiextensions.k8s.io', {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Cluster',
        names: { plural: 'widgets', kind: 'Widget' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
      },
    });
    expect(api.client.get(API_SERVICES, name).spec).toMatchObject({ groupPriorityMinimum: 1000, versionPriority: 100 });
    api.client.delete('customresourcedefinitions.apiextensions.k8s.io', { name: 'widgets.example.com' });
    expect(() => api.client.get(API_SERVICES, name)).toThrow('not found');
  });

  test('of a Service are available as it has ready endpoints, and stale in discovery until then', () => {
    const freshness = () => {
      const { items } = aggregatedDiscovery(api.core, false) as {
        items: { metadata: { name: string }; versions: { freshness: string }[] }[];
      };
      return items.find(({ metadata }) => metadata.name === 'wardle.example.com')?.versions[0]?.freshness;
    };
    api.client.create(API_SERVICES, remote);
    expect(conditionOf('v1.wardle.example.com')).toMatchObject([
      { status: 'False', reason: 'ServiceNotFound', message: 'service/wardle in "default" is not present' },
    ]);
    expect(JSON.stringify(groupList(api.core))).toContain('wardle.example.com/v1');
    expect(freshness()).toBe('Stale');
    api.client.create('services', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'wardle', namespace: 'default' },
      spec: { ports: [{ port: 443 }] },
    });
    expect(conditionOf('v1.wardle.example.com')).toMatchObject([{ reason: 'EndpointsNotFound' }]);
    const made = api.client.create('endpointslices.discovery.k8s.io', slice(false));
    expect(conditionOf('v1.wardle.example.com')).toMatchObject([{ reason: 'MissingEndpoints' }]);
    api.client.update('endpointslices.discovery.k8s.io', { ...slice(true), metadata: made.metadata });
    expect(conditionOf('v1.wardle.example.com')).toMatchObject([{ status: 'True', reason: 'Passed' }]);
    expect(freshness()).toBe('Current');
  });
});
