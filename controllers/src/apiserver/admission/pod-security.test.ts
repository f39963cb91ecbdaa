import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../apimachinery/object.ts';
import { isApiError } from '../../apimachinery/status.ts';
import { createTestServer } from '../apiserver.testing.ts';
import type { Resource } from '../resources/resource.ts';
import { createObject } from '../verbs/create.ts';
import { updateObject } from '../verbs/update.ts';

const PREFIX = 'pod-security.kubernetes.io/';
const api = createTestServer({ disableAdmission: ['ServiceAccount'] });
let count = 0;

/** A namespace with labels, e.g. `{ enforce: 'baseline' }`. */
function namespaceWith(labels: Readonly<Record<string, string>>): string {
  const name = `ns-${count++}`;
  api.client.create('namespaces', namespaceObject(name, labels));
  return name;
}

function namespaceObject(name: string, labels: Readonly<Record<string, string>>): KubeObject {
  const prefixed = Object.entries(labels).map(([key, value]) => [PREFIX + key, value]);
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: Object.fromEntries(prefixed) } };
}

function resourceOf(name: string): Resource {
  const resource = api.core.resources.find(name);
  if (resource === undefined) throw new Error(`no ${name}`);
  return resource;
}

/** Creates something in a namespace: `ok`, or the refusal; and the warnings. */
function create(resource: string, namespace: string, body: KubeObject): readonly string[] {
  const warnings: string[] = [];
  const found = resourceOf(resource);
  const request = { resource: found, version: found.storageVersion, namespace, name: '', subresource: '' };
  try {
    createObject(api.core, { ...request, body, options: { dryRun: true }, warn: (text) => warnings.push(text) });
    return ['ok', ...warnings];
  } catch (error) {
    if (!isApiError(error)) throw error;
    return [error.message, ...warnings];
  }
}

const pod = (spec: object): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  spec: { containers: [{ name: 'a', image: 'i' }], ...spec },
});
const container = (securityContext: object, name = 'a') => ({ name, image: 'i', securityContext });
const RESTRICTED = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [container({ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } })],
};

describe('a namespace that enforces', () => {
  test('baseline refuses known ways to more privileges, and says which', () => {
    const namespace = namespaceWith({ enforce: 'baseline' });
    expect(create('pods', namespace, pod({}))).toEqual(['ok']);
    const spec = {
      hostNetwork: true,
      volumes: [{ name: 'h', hostPath: { path: '/' } }],
      containers: [container({ privileged: true, capabilities: { add: ['NET_ADMIN', 'CHOWN'] } }), container({}, 'b')],
    };
    expect(create('pods', namespace, pod(spec))).toEqual([
      'pods "p" is forbidden: violates PodSecurity "baseline:latest": non-default capabilities (container "a" must not include "NET_ADMIN" in securityContext.capabilities.add), host namespaces (hostNetwork=true), hostPath volumes (volume "h"), privileged (container "a" must not set securityContext.privileged=true)',
    ]);
  });

  test('restricted refuses what does not give up what it does not need', () => {
    const namespace = namespaceWith({ enforce: 'restricted' });
    expect(create('pods', namespace, pod(RESTRICTED))).toEqual(['ok']);
    expect(create('pods', namespace, pod({ initContainers: [{ name: 'init', image: 'i' }] }))).toEqual([
      'pods "p" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (containers "init", "a" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (containers "init", "a" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or containers "init", "a" must set securityContext.runAsNonRoot=true), seccompProfile (pod or containers "init", "a" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    ]);
    expect(
      create('pods', namespace, pod({ ...RESTRICTED, volumes: [{ name: 'h', hostPath: { path: '/' } }] })),
    ).toEqual([
      'pods "p" is forbidden: violates PodSecurity "restricted:latest": restricted volume types (volume "h" uses restricted volume type "hostPath")',
    ]);
  });

  test('a version has the checks of then', () => {
    const old = namespaceWith({ enforce: 'restricted', 'enforce-version': 'v1.18' });
    const sysctls = [{ name: 'net.ipv4.tcp_rmem', value: '1' }];
    expect(create('pods', old, pod({ securityContext: { runAsNonRoot: true, sysctls } }))).toEqual([
      'pods "p" is forbidden: violates PodSecurity "restricted:v1.18": forbidden sysctls (net.ipv4.tcp_rmem), allowPrivilegeEscalation != false (container "a" must set securityContext.allowPrivilegeEscalation=false)',
    ]);
    expect(create('pods', namespaceWith({ enforce: 'baseline' }), pod({ securityContext: { sysctls } }))).toEqual([
      'ok',
    ]);
  });
});

test('what would make pods that are refused is warned of, and let through', () => {
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd' },
    spec: {
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: { labels: { a: 'b' } }, spec: { hostPID: true, containers: [{ name: 'a', image: 'i' }] } },
    },
  };
  const warning = 'would violate PodSecurity "baseline:latest": host namespaces (hostPID=true)';
  expect(create('deployments.apps', namespaceWith({ enforce: 'baseline' }), deployment)).toEqual(['ok', warning]);
  expect(create('pods', namespaceWith({ warn: 'baseline' }), pod({ hostPID: true }))).toEqual(['ok', warning]);
});

describe('the labels of a namespace', () => {
  test('must be levels and versions', () => {
    expect(create('namespaces', '', namespaceObject('x', { enforce: 'high', 'warn-version': '1.2' }))).toEqual([
      'Namespace "x" is invalid: [metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "high": must be one of privileged, baseline, restricted, metadata.labels[pod-security.kubernetes.io/warn-version]: Invalid value: "1.2": must be "latest" or "v1.x"]',
    ]);
  });

  test('that become stricter tell of the pods that are there', () => {
    const name = namespaceWith({});
    for (const each of ['a', 'b', 'c']) {
      const spec = each === 'c' ? { hostIPC: true } : { hostPID: true, hostIPC: true, hostNetwork: true };
      api.client.create('pods', { ...pod(spec), metadata: { name: each, namespace: name } });
    }
    const warnings: string[] = [];
    const resource = resourceOf('namespaces');
    const body = namespaceObject(name, { enforce: 'restricted', 'enforce-version': 'v1.7' });
    updateObject(api.core, {
      resource,
      version: 'v1',
      namespace: '',
      name,
      subresource: '',
      body,
      options: {},
      warn: (text) => warnings.push(text),
    });
    expect(warnings).toEqual([
      `existing pods in namespace "${name}" violate the new PodSecurity enforce level "restricted:v1.7"`,
      'a (and 2 other pods): host namespaces, runAsNonRoot != true',
    ]);
  });
});
