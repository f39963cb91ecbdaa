import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../apimachinery/object.ts';
import { createTestServer, type TestServer } from '../apiserver.testing.ts';

/** A cluster whose namespace `apps` has the LimitRange or ResourceQuota. */
function clusterWith(kind: 'LimitRange' | 'ResourceQuota', spec: object): TestServer {
  const api = createTestServer({ disableAdmission: ['ServiceAccount'] });
  api.client.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'apps' } });
  create(api, kind, 'bounds', spec);
  return api;
}

function create(api: TestServer, kind: string, name: string, spec: object): KubeObject {
  const body = { apiVersion: 'v1', kind, metadata: { name, namespace: 'apps' }, spec } as KubeObject;
  return api.client.create(`${kind.toLowerCase()}s`, body);
}

function pod(resources: object = {}, rest: object = {}): object {
  return { containers: [{ name: 'c', image: 'i', resources }], ...rest };
}

function claim(storage: string, storageClassName?: string): object {
  return { accessModes: ['ReadWriteOnce'], storageClassName, resources: { requests: { storage } } };
}

/** What is said about each: its refusal without the start, or `created`. */
function answers(api: TestServer, kind: string, specs: readonly object[]): readonly string[] {
  return specs.map((spec, index) => {
    try {
      create(api, kind, `n${index}`, spec);
      return 'created';
    } catch (error) {
      return (error as Error).message.replace(/^[a-z]+ "n\d+" is forbidden: /, '');
    }
  });
}

describe('a LimitRange of containers', () => {
  test('fills in requests and limits and says so', () => {
    const api = clusterWith('LimitRange', {
      limits: [
        { type: 'Container', max: { memory: '1Gi' }, default: { cpu: '500m' }, defaultRequest: { cpu: '200m' } },
      ],
    });
    const made = create(api, 'Pod', 'p', pod({}, { initContainers: [{ name: 'n', image: 'i' }] }));
    expect(made.metadata.annotations?.['kubernetes.io/limit-ranger']).toBe(
      'LimitRanger plugin set: cpu, memory request for container c; cpu, memory limit for container c; ' +
        'cpu, memory request for init container n; cpu, memory limit for init container n',
    );
    expect(made.spec).toMatchObject({
      containers: [{ resources: { requests: { cpu: '200m', memory: '1Gi' }, limits: { cpu: '500m', memory: '1Gi' } } }],
    });
  });

  test('bounds both, and how far they are apart', () => {
    const api = clusterWith('LimitRange', {
      limits: [
        { type: 'Container', max: { cpu: '1' }, min: { cpu: '100m' } },
        { type: 'Pod', maxLimitRequestRatio: { cpu: '1.5' } },
      ],
    });
    const cpu = (request: string, limit: string): object => pod({ requests: { cpu: request }, limits: { cpu: limit } });
    expect(answers(api, 'Pod', [cpu('50m', '2'), cpu('600m', '1'), cpu('800m', '1')])).toEqual([
      '[minimum cpu usage per Container is 100m, but request is 50m, maximum cpu usage per Container is 1, but limit is 2, ' +
        'cpu max limit to request ratio per Pod is 1500m, but provided ratio is 40.000000]',
      'cpu max limit to request ratio per Pod is 1500m, but provided ratio is 1.666667',
      'created',
    ]);
  });
});

test('a LimitRange of claims bounds what they request', () => {
  const api = clusterWith('LimitRange', {
    limits: [{ type: 'PersistentVolumeClaim', max: { storage: '2Gi' }, min: { storage: '1Gi' } }],
  });
  expect(answers(api, 'PersistentVolumeClaim', [claim('500Mi'), claim('3072Mi'), claim('1536Mi')])).toEqual([
    'minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 500Mi',
    'maximum storage usage per PersistentVolumeClaim is 2Gi, but request is 3Gi',
    'created',
  ]);
});

describe('a ResourceQuota', () => {
  test('wants to be told what it limits', () => {
    const api = clusterWith('ResourceQuota', { hard: { 'requests.cpu': '1', 'limits.memory': '1Gi' } });
    const some = { requests: { cpu: '500m' } };
    expect(answers(api, 'Pod', [pod(), pod(some, { initContainers: [{ name: 'n', image: 'i' }] })])).toEqual([
      'failed quota: bounds: must specify limits.memory for: c; requests.cpu for: c',
      'failed quota: bounds: must specify limits.memory for: c,n; requests.cpu for: n',
    ]);
  });

  test('sums what pods request', () => {
    const api = clusterWith('ResourceQuota', { hard: { 'requests.cpu': '1', pods: '2' } });
    const cpu = (request: string): object => pod({ requests: { cpu: request } });
    expect(answers(api, 'Pod', [cpu('1500m'), cpu('600m'), cpu('600m'), cpu('400m'), cpu('1m')])).toEqual([
      'exceeded quota: bounds, requested: requests.cpu=1500m, used: requests.cpu=0, limited: requests.cpu=1',
      'created',
      'exceeded quota: bounds, requested: requests.cpu=600m, used: requests.cpu=600m, limited: requests.cpu=1',
      'created',
      'exceeded quota: bounds, requested: pods=1,requests.cpu=1m, used: pods=2,requests.cpu=1, limited: pods=2,requests.cpu=1',
    ]);
  });

  test('sums storage, of each class as well', () => {
    const hard = { 'requests.storage': '5Gi', 'fast.storageclass.storage.k8s.io/requests.storage': '1Gi' };
    const api = clusterWith('ResourceQuota', { hard });
    expect(answers(api, 'PersistentVolumeClaim', [claim('2Gi', 'fast'), claim('1Gi', 'fast'), claim('4Gi')])).toEqual([
      'exceeded quota: bounds, requested: fast.storageclass.storage.k8s.io/requests.storage=2Gi, used: ' +
        'fast.storageclass.storage.k8s.io/requests.storage=0, limited: fast.storageclass.storage.k8s.io/requests.storage=1Gi',
      'created',
      'created',
    ]);
  });

  test('looks at services again when they change', () => {
    const api = clusterWith('ResourceQuota', { hard: { services: '1', 'services.nodeports': '1' } });
    const ports = ['a', 'b'].map((name, index) => ({ name, port: 80 + index }));
    const made = create(api, 'Service', 's', { ports });
    expect(() =>
      api.client.update('services', { ...made, spec: { ...(made.spec as object), type: 'NodePort' } }),
    ).toThrow(
      'exceeded quota: bounds, requested: services.nodeports=2, used: services.nodeports=0, limited: services.nodeports=1',
    );
  });

  const cpu = { requests: { cpu: '1' } };
  const dying = { activeDeadlineSeconds: 5 };
  const important = { priorityClassName: 'system-node-critical' };
  const spread = {
    affinity: {
      podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'a', namespaces: ['x'] }] },
    },
  };
  const KINDS = {
    plain: pod(),
    requesting: pod(cpu),
    dying: pod({}, dying),
    important: pod({}, important),
    spread: pod({}, spread),
  };
  test.each([
    ['BestEffort', ['plain', 'dying', 'important', 'spread']],
    ['NotBestEffort', ['requesting']],
    ['Terminating', ['dying']],
    ['NotTerminating', ['plain', 'requesting', 'important', 'spread']],
    ['PriorityClass', ['important']],
    ['CrossNamespacePodAffinity', ['spread']],
  ])('of scope %s counts only: %s', (scope, counted) => {
    const api = clusterWith('ResourceQuota', { hard: { pods: '0' }, scopes: [scope] });
    const said = answers(api, 'Pod', Object.values(KINDS));
    expect(Object.keys(KINDS).filter((_, index) => said[index] !== 'created')).toEqual(counted);
  });
});
