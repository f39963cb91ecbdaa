import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../apimachinery/object.ts';
import { createTestServer } from '../apiserver.testing.ts';

const { client } = createTestServer();
const MOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

function account(name: string, more: object = {}): void {
  client.create('serviceaccounts', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace: 'default' },
    ...more,
  });
}

interface PodSpec {
  readonly serviceAccountName?: string;
  readonly imagePullSecrets?: readonly { readonly name: string }[];
  readonly volumes?: readonly { readonly name: string; readonly projected?: object }[];
  readonly containers: readonly { readonly volumeMounts?: readonly { readonly mountPath: string }[] }[];
}

/** As a pod with a spec is stored. */
function admitted(spec: object, metadata: object = {}): PodSpec {
  const pod: KubeObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default', ...metadata },
    spec: { containers: [{ name: 'a', image: 'i' }], ...spec },
  };
  return client.create('pods', pod, { dryRun: true }).spec as unknown as PodSpec; // validated
}

account('default');
account('quiet', { automountServiceAccountToken: false, imagePullSecrets: [{ name: 'pull' }] });
client.create('serviceaccounts', {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: {
    name: 'strict',
    namespace: 'default',
    annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' },
  },
  secrets: [{ name: 'own' }],
});

describe('a pod', () => {
  test('gets the default account and its token, unless something else is at its place', () => {
    const { serviceAccountName, volumes, containers } = admitted({});
    expect(serviceAccountName).toBe('default');
    expect(volumes?.map(({ name }) => name)).toEqual([expect.stringMatching(/^kube-api-access-[a-z0-9]{5}$/)]);
    expect(containers[0]?.volumeMounts).toEqual([{ name: volumes?.[0]?.name, readOnly: true, mountPath: MOUNT }]);
    const mounted = { name: 'a', image: 'i', volumeMounts: [{ name: 'v', mountPath: MOUNT }] };
    const other = admitted({ containers: [mounted], volumes: [{ name: 'v', emptyDir: {} }] });
    expect(other.volumes?.map(({ name }) => name)).toEqual(['v']);
    const known = admitted({ volumes: [{ name: 'kube-api-access-mine', emptyDir: {} }] });
    expect(known.volumes).toHaveLength(1);
    expect(known.containers[0]?.volumeMounts).toMatchObject([{ name: 'kube-api-access-mine' }]);
  });

  test('takes what its account says of the token and of images, unless it says so itself', () => {
    const quiet = admitted({ serviceAccountName: 'quiet' });
    expect(quiet.volumes).toBeUndefined();
    expect(quiet.imagePullSecrets).toEqual([{ name: 'pull' }]);
    const own = { automountServiceAccountToken: true, imagePullSecrets: [{ name: 'own' }] };
    const loud = admitted({ serviceAccountName: 'quiet', ...own });
    expect(loud.volumes).toHaveLength(1);
    expect(loud.imagePullSecrets).toEqual([{ name: 'own' }]);
  });

  test('is refused without its account', () => {
    expect(() => admitted({ serviceAccountName: 'gone' }, { name: undefined, generateName: 'web-' })).toThrow(
      'pods "web-" is forbidden: error looking up service account default/gone: serviceaccount "gone" not found',
    );
  });

  test('of an account that allows its own Secrets only is refused with others', () => {
    const refusal = (spec: object) => () => admitted({ serviceAccountName: 'strict', ...spec });
    const variable = { name: 'KEY', valueFrom: { secretKeyRef: { name: 'other', key: 'k' } } };
    const end = 'is not allowed because service account strict does not reference that secret';
    expect(refusal({ containers: [{ name: 'a', image: 'i', env: [variable] }] })).toThrow(
      `pods "p" is forbidden: container a with envVar KEY referencing secret.secretName="other" ${end}`,
    );
    expect(refusal({ volumes: [{ name: 'v', secret: { secretName: 'other' } }] })).toThrow(
      `pods "p" is forbidden: volume with secret.secretName="other" ${end}`,
    );
    expect(refusal({ volumes: [{ name: 'v', secret: { secretName: 'own' } }] })).not.toThrow();
  });

  test('that mirrors one of a kubelet refers to no account and no Secret', () => {
    const mirror = { annotations: { 'kubernetes.io/config.mirror': 'x' } };
    const node = { nodeName: 'n' };
    expect(() => admitted({ ...node, serviceAccountName: 'default' }, mirror)).toThrow(
      'pods "p" is forbidden: a mirror pod may not reference service accounts',
    );
    expect(() => admitted({ ...node, volumes: [{ name: 'v', secret: { secretName: 's' } }] }, mirror)).toThrow(
      'pods "p" is forbidden: a mirror pod may not reference secrets',
    );
    expect(admitted(node, mirror).volumes).toBeUndefined();
  });
});
