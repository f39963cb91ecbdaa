import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../apimachinery/object.ts';
import { isApiError } from '../apimachinery/status.ts';
import { createTestServer } from './apiserver.testing.ts';

function configMap(name: string, data: Record<string, string>): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, data };
}

describe('the in-process client', () => {
  test('gives an object its identity when it is created', () => {
    const { client } = createTestServer();
    const made = client.create('configmaps', configMap('a', { k: 'v' }));
    expect(made.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(made.metadata.creationTimestamp).toBe('2026-01-01T00:00:00Z');
    expect(client.get('configmaps', { namespace: 'default', name: 'a' })).toEqual(made);
    expect(() => client.create('configmaps', configMap('a', {}))).toThrow('configmaps "a" already exists');
    expect(() => client.get('configmaps', { namespace: 'default', name: 'b' })).toThrow('configmaps "b" not found');
    expect(client.find('configmaps', { namespace: 'default', name: 'b' })).toBeUndefined();
  });

  test('refuses a missing namespace', () => {
    const { client } = createTestServer();
    const object = { ...configMap('a', {}), metadata: { name: 'a', namespace: 'nope' } };
    expect(() => client.create('configmaps', object)).toThrow('namespaces "nope" not found');
  });

  test('generates names with five characters', () => {
    const { client } = createTestServer();
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'x-', namespace: 'default' } };
    expect(client.create('configmaps', object).metadata.name).toMatch(/^x-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });

  test('a write that changes nothing keeps the resourceVersion and makes no event', () => {
    const { client, store } = createTestServer();
    const made = client.create('configmaps', configMap('a', { k: 'v' }));
    const revision = store.revision;
    expect(client.update('configmaps', made).metadata.resourceVersion).toBe(made.metadata.resourceVersion);
    expect(store.revision).toBe(revision);
    const changed = client.update('configmaps', { ...made, data: { k: 'w' } });
    expect(store.revision).toBe(revision + 1);
    expect(() => client.update('configmaps', { ...made, data: { k: 'x' } })).toThrow('the object has been modified');
    expect(changed.data).toEqual({ k: 'w' });
  });

  test('a dry run answers and stores nothing', () => {
    const { client, store } = createTestServer();
    const revision = store.revision;
    expect(client.create('configmaps', configMap('a', {}), { dryRun: true }).metadata.uid).toBeDefined();
    expect(store.revision).toBe(revision);
  });

  test('an object with finalizers waits for them', () => {
    const { client } = createTestServer();
    const key = { namespace: 'default', name: 'a' };
    const made = client.create('configmaps', { ...configMap('a', {}), metadata: { ...key, finalizers: ['x.io/f'] } });
    const waiting = client.delete('configmaps', key);
    expect(waiting?.metadata.deletionTimestamp).toBe('2026-01-01T00:00:00Z');
    expect(waiting?.metadata.uid).toBe(made.metadata.uid);
    client.patch('configmaps', key, { type: 'merge', patch: { metadata: { finalizers: null } } });
    expect(client.find('configmaps', key)).toBeUndefined();
  });
});

describe('a definition of custom resources', () => {
  const names = { plural: 'books', kind: 'Book' };
  const v1 = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } };
  const sound = { group: 'example.com', scope: 'Namespaced', names, versions: [v1] };

  test.each([
    ['nothing', {}, 'spec.group: Required value'],
    ['no versions', { ...sound, versions: [] }, 'must have exactly one version marked as storage version'],
    ['no storage version', { ...sound, versions: [{ ...v1, storage: false }] }, 'must have exactly one version'],
    ['two of a name', { ...sound, versions: [v1, { ...v1, storage: false }] }, 'must contain unique version names'],
    ['no schema', { ...sound, versions: [{ ...v1, schema: undefined }] }, 'openAPIV3Schema: Required value'],
    ['a wrong scope', { ...sound, scope: 'Global' }, 'Unsupported value: "Global": supported values: "Cluster", "Name'],
    ['another name', { ...sound, group: 'example.org' }, 'must be spec.names.plural+"."+spec.group'],
    ['a group without a dot', { ...sound, group: 'example' }, 'should be a domain with at least one dot'],
    ['one name for kind and list', { ...sound, names: { ...names, listKind: 'Book' } }, 'may not be the same'],
  ])('is refused with %s, and nothing is stored', (_, spec, message) => {
    const { client } = createTestServer();
    const definition = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' };
    const object = { ...definition, metadata: { name: 'books.example.com' }, spec };
    expect(() => client.create('customresourcedefinitions.apiextensions.k8s.io', object)).toThrow(message);
    expect(client.list('customresourcedefinitions.apiextensions.k8s.io')).toEqual([]);
  });
});

describe('the default storage class', () => {
  const claim = (name: string, spec: object): KubeObject => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: 'default' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
  });
  const storageClass = (name: string, annotations: Record<string, string>): KubeObject => ({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name, annotations },
    provisioner: 'example.com/disks',
  });

  test('is that of a new claim which names none, and of no other', () => {
    const { client, advance } = createTestServer();
    const classOf = (object: KubeObject) => client.create('persistentvolumeclaims', object).spec;
    expect(classOf(claim('before', {}))).not.toHaveProperty('storageClassName');
    const isDefault = { 'storageclass.kubernetes.io/is-default-class': 'true' };
    client.create('storageclasses.storage.k8s.io', storageClass('old', isDefault));
    client.create('storageclasses.storage.k8s.io', storageClass('other', {}));
    advance(60_000);
    client.create('storageclasses.storage.k8s.io', storageClass('new', isDefault));
    expect(classOf(claim('none', {}))).toMatchObject({ storageClassName: 'new' });
    expect(classOf(claim('named', { storageClassName: 'other' }))).toMatchObject({ storageClassName: 'other' });
    expect(classOf(claim('empty', { storageClassName: '' }))).toMatchObject({ storageClassName: '' });
  });
});

describe('finalizers', () => {
  test('a short name that is not standard is refused on core kinds, and allowed on definitions', () => {
    const { client } = createTestServer();
    const finalizers = ['customresourcecleanup.apiextensions.k8s.io'];
    const config = configMap('a', {});
    expect(() => client.create('configmaps', { ...config, metadata: { ...config.metadata, finalizers } })).toThrow(
      'name is neither a standard finalizer name nor is it fully qualified',
    );
    const version = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } };
    const names = { plural: 'books', singular: 'book', kind: 'Book', listKind: 'BookList' };
    const made = client.create('customresourcedefinitions.apiextensions.k8s.io', {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'books.example.com', finalizers },
      spec: { group: 'example.com', scope: 'Namespaced', names, versions: [version] },
    });
    expect(made.metadata.finalizers).toEqual(finalizers);
  });
});

describe('server-side apply', () => {
  const key = { namespace: 'default', name: 'a' };
  const config = (data: Record<string, string>) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { ...key },
    data,
  });

  test('creates, and again changes nothing', () => {
    const { client, store, advance } = createTestServer();
    const made = client.patch(
      'configmaps',
      key,
      { type: 'apply', patch: config({ a: '1' }) },
      { fieldManager: 'helm' },
    );
    const revision = store.revision;
    advance(60_000);
    const again = client.patch(
      'configmaps',
      key,
      { type: 'apply', patch: config({ a: '1' }) },
      { fieldManager: 'helm' },
    );
    expect(again).toEqual(made);
    expect(store.revision).toBe(revision);
  });

  test('removes what its manager no longer says, and keeps what others own', () => {
    const { client } = createTestServer();
    client.patch('configmaps', key, { type: 'apply', patch: config({ a: '1', b: '2' }) }, { fieldManager: 'helm' });
    client.patch('configmaps', key, { type: 'merge', patch: { data: { c: '3' } } }, { fieldManager: 'kubectl-edit' });
    const after = client.patch(
      'configmaps',
      key,
      { type: 'apply', patch: config({ a: '1' }) },
      { fieldManager: 'helm' },
    );
    expect(after.data).toEqual({ a: '1', c: '3' });
  });

  test('conflicts name manager and field, and force takes over', () => {
    const { client } = createTestServer();
    client.patch('configmaps', key, { type: 'apply', patch: config({ a: '1' }) }, { fieldManager: 'helm' });
    const theirs = { type: 'apply' as const, patch: config({ a: '2' }) };
    expect(() => client.patch('configmaps', key, theirs, { fieldManager: 'other' })).toThrow(
      'Apply failed with 1 conflict: conflict with "helm": .data.a',
    );
    const forced = client.patch('configmaps', key, theirs, { fieldManager: 'other', force: true });
    expect(forced.data).toEqual({ a: '2' });
  });

  const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
  const appliedByClient = (data: Record<string, string>) => {
    const { client } = createTestServer();
    const applied = { ...config(data), metadata: { ...key, annotations: {} } };
    const metadata = { ...key, annotations: { [annotation]: `${JSON.stringify(applied)}\n` } };
    client.create('configmaps', { ...applied, metadata }, { fieldManager: 'kubectl-client-side-apply' });
    return client;
  };

  test('takes over for kubectl what it applied before on the client, and keeps its annotation', () => {
    const client = appliedByClient({ a: '1', b: '2' });
    const theirs = { type: 'apply' as const, patch: config({ a: '<2>' }) };
    expect(() => client.patch('configmaps', key, theirs, { fieldManager: 'other' })).toThrow('Apply failed with 1');
    const after = client.patch('configmaps', key, theirs, { fieldManager: 'kubectl' });
    expect(after.data).toMatchObject({ a: '<2>' });
    expect(after.metadata.annotations?.[annotation]).toBe(
      '{"apiVersion":"v1","data":{"a":"\\u003c2\\u003e"},"kind":"ConfigMap","metadata":{"name":"a","namespace":"default"}}\n',
    );
  });

  test('does not take over what another changed since kubectl applied it on the client', () => {
    const client = appliedByClient({ a: '1', b: '2' });
    client.patch('configmaps', key, { type: 'merge', patch: { data: { a: '9' } } }, { fieldManager: 'kubectl-edit' });
    const theirs = { type: 'apply' as const, patch: config({ a: '2' }) };
    expect(() => client.patch('configmaps', key, theirs, { fieldManager: 'kubectl' })).toThrow(
      'Apply failed with 1 conflict: conflict with "kubectl-edit" using v1: .data.a',
    );
  });

  test('tells values of other types than the fields have before it looks at anything else', () => {
    const { client } = createTestServer();
    const messageOf = (resource: string, patch: object): string => {
      try {
        client.patch(resource, key, { type: 'apply', patch: { ...patch } }, { fieldManager: 'helm' });
      } catch (error) {
        return isApiError(error) ? `${error.code} ${error.message}` : String(error);
      }
      return 'no error';
    };
    const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: key };
    expect(messageOf('configmaps', { ...configMap, data: { a: 7 } })).toBe(
      '400 failed to create typed patch object (default/a; /v1, Kind=ConfigMap): .data.a: expected string, got &value.valueUnstructured{Value:7}',
    );
    expect(messageOf('configmaps', { ...configMap, data: ['a'], immutable: 'yes' })).toBe(
      '400 failed to create typed patch object (default/a; /v1, Kind=ConfigMap): errors:\n  .data: expected map, got &{[a]}\n  .immutable: expected boolean, got &{yes}',
    );
    const deployment = (container: object, spec: object = {}) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: key,
      spec: { template: { spec: { containers: [{ name: 'c', ...container }, { name: 'c' }] } }, ...spec },
    });
    const prefix = '400 failed to create typed patch object (default/a; apps/v1, Kind=Deployment): errors:\n  ';
    const at = '.spec.template.spec.containers';
    expect(
      messageOf('deployments.apps', deployment({ ports: [null], env: [{ name: 'A', value: { b: [1, 'c'] } }] })),
    ).toBe(
      `${prefix}${at}[name="c"].ports: element 0: associative list with keys may not have a null element\n  ${at}[name="c"].env[name="A"].value: expected string, got &value.valueUnstructured{Value:map[string]interface {}{"b":[]interface {}{1, "c"}}}\n  ${at}: duplicate entries for key [name="c"]`,
    );
    expect(messageOf('deployments.apps', deployment({ named: 1 }, { replicas: '2' }))).toBe(
      `${prefix}${at}[name="c"].named: field not declared in schema\n  ${at}: duplicate entries for key [name="c"]\n  .spec.replicas: expected numeric (int or float), got string`,
    );
    expect(messageOf('secrets', { apiVersion: 'v1', kind: 'Secret', metadata: key, data: { a: '%%' } })).toBe(
      '400 failed to convert new object (default/a; /v1, Kind=Secret) to proper version: unable to convert unstructured object to /v1, Kind=Secret: error decoding from json: illegal base64 data at input byte 0',
    );
  });
});
