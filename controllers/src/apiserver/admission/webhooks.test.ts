import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../apimachinery/object.ts';
import { isApiError } from '../../apimachinery/status.ts';
import { createTestServer, type TestServer } from '../apiserver.testing.ts';
import type { Resource } from '../resources/resource.ts';
import { createObject } from '../verbs/create.ts';

const HOOK = {
  name: 'check.example.com',
  clientConfig: { service: { name: 'hooks', namespace: 'system', path: '/check' } },
  rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }],
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
};
const CALL = 'Post "https://hooks.system.svc:443/check?timeout=10s"';
const FAILED = `Internal error occurred: failed calling webhook "check.example.com": failed to call webhook: ${CALL}: `;

function resourceOf(api: TestServer, name: string): Resource {
  const resource = api.core.resources.find(name);
  if (resource === undefined) throw new Error(`no ${name}`);
  return resource;
}

/** A cluster with a webhook, of the kind and with what differs from the usual one. */
function clusterWith(hook: object, kind = 'ValidatingWebhookConfiguration'): TestServer {
  const api = createTestServer({ disableAdmission: ['ServiceAccount'] });
  const namespace = (name: string, labels: object = {}) =>
    api.client.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } } as KubeObject);
  namespace('system');
  namespace('apps', { team: 'a' });
  api.client.create(`${kind.toLowerCase()}s.admissionregistration.k8s.io`, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name: 'hooks' },
    webhooks: [{ ...HOOK, ...hook }],
  });
  return api;
}

function addService(api: TestServer, ready: boolean): void {
  api.client.create('services', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'hooks', namespace: 'system' },
    spec: { ports: [{ name: 'https', port: 443 }] },
  });
  api.client.create('endpointslices.discovery.k8s.io', {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'hooks-1', namespace: 'system', labels: { 'kubernetes.io/service-name': 'hooks' } },
    addressType: 'IPv4',
    ports: [{ name: 'https', port: 9443 }],
    endpoints: [{ addresses: ['10.1.0.1'], conditions: { ready } }],
  });
}

/** Creates a ConfigMap: `ok`, or the refusal; and the warnings. */
function create(api: TestServer, labels: object = {}, resource = 'configmaps'): readonly string[] {
  const warnings: string[] = [];
  const found = resourceOf(api, resource);
  const body = { apiVersion: 'v1', kind: found.kind, metadata: { name: 'm', labels } };
  const request = { resource: found, version: 'v1', namespace: 'apps', name: '', subresource: '', body };
  try {
    createObject(api.core, { ...request, options: { dryRun: true }, warn: (text) => warnings.push(text) });
    return ['ok', ...warnings];
  } catch (error) {
    if (!isApiError(error)) throw error;
    return [error.message, ...warnings];
  }
}

describe.each(['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'])('a webhook of a %s', (kind) => {
  test('whose Service is missing or has no ready endpoints refuses, as Kubernetes does', () => {
    const api = clusterWith({}, kind);
    expect(create(api)).toEqual([`${FAILED}service "hooks" not found`]);
    addService(api, false);
    expect(create(api)).toEqual([`${FAILED}no endpoints available for service "hooks"`]);
  });

  test('whose Service is ready lets through, with a warning', () => {
    const api = clusterWith({}, kind);
    addService(api, true);
    const warning = `webhook "check.example.com" of ${kind} "hooks" was not really asked: its Service system/hooks is ready, and it is taken to allow`;
    expect(create(api)).toEqual(['ok', warning]);
  });

  test('lets through what it ignores failures of', () => {
    expect(create(clusterWith({ failurePolicy: 'Ignore' }, kind))).toEqual(['ok']);
  });
});

describe('a webhook is for', () => {
  const rule = (change: object) => ({ rules: [{ ...HOOK.rules[0], ...change }] });
  const refused = [`${FAILED}service "hooks" not found`];

  test('what its rules say', () => {
    expect(create(clusterWith(rule({ resources: ['secrets'] })))).toEqual(['ok']);
    expect(create(clusterWith(rule({ operations: ['UPDATE', 'DELETE'] })))).toEqual(['ok']);
    expect(create(clusterWith(rule({ apiGroups: ['apps'] })))).toEqual(['ok']);
    expect(create(clusterWith(rule({ scope: 'Cluster' })))).toEqual(['ok']);
    expect(create(clusterWith(rule({ resources: ['*/*'], apiGroups: ['*'], apiVersions: ['*'] })))).toEqual(refused);
    expect(create(clusterWith(rule({ resources: ['configmaps/status'] })))).toEqual(['ok']);
  });

  test('the namespaces and the objects that its selectors match', () => {
    const matching = { matchLabels: { team: 'a' } };
    expect(create(clusterWith({ namespaceSelector: matching }))).toEqual(refused);
    expect(create(clusterWith({ namespaceSelector: { matchLabels: { team: 'b' } } }))).toEqual(['ok']);
    expect(create(clusterWith({ objectSelector: matching }))).toEqual(['ok']);
    expect(create(clusterWith({ objectSelector: matching }), { team: 'a' })).toEqual(refused);
  });

  test('what its conditions hold for', () => {
    const condition = (expression: string) => ({ matchConditions: [{ name: 'c', expression }] });
    expect(create(clusterWith(condition("object.metadata.name == 'm'")))).toEqual(refused);
    expect(create(clusterWith(condition("object.metadata.name == 'other'")))).toEqual(['ok']);
  });

  test('never the configuration of admission itself', () => {
    const api = clusterWith(rule({ apiGroups: ['*'], apiVersions: ['*'], resources: ['*'], operations: ['*'] }));
    api.client.delete('validatingwebhookconfigurations.admissionregistration.k8s.io', { name: 'hooks' });
    expect(create(api)).toEqual(['ok']);
  });
});

test('a webhook counts for deletions of what is there', () => {
  const api = clusterWith({ rules: [{ ...HOOK.rules[0], operations: ['DELETE'] }] });
  api.client.create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm', namespace: 'apps' } });
  const remove = (name: string) => () => api.client.delete('configmaps', { name, namespace: 'apps' });
  expect(remove('m')).toThrow(`${FAILED}service "hooks" not found`);
  expect(remove('none')).toThrow('configmaps "none" not found');
});
