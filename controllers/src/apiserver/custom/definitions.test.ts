import { beforeEach, describe, expect, test } from 'vitest';
import type { KubeObject } from '../../apimachinery/object.ts';
import { createTestServer, type TestServer } from '../apiserver.testing.ts';
import { applyObject } from '../verbs/apply.ts';

const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io';
const schema = (properties: object) => ({ openAPIV3Schema: { type: 'object', properties } });
const define = (plural: string, kind: string, more: object = {}, spec: object = {}) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.example.com` },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural, kind, ...more },
    versions: [{ name: 'v1', served: true, storage: true, schema: schema({ a: { type: 'string' } }) }],
    ...spec,
  },
});

let api: TestServer;
const conditionsOf = (name: string) =>
  Object.fromEntries(
    (
      api.client.get(DEFINITIONS, { name }).status as { conditions: { type: string; status: string; reason: string }[] }
    ).conditions.map(({ type, status, reason }) => [type, `${status} ${reason}`]),
  );
const made = (object: object): KubeObject => api.client.create('widgets.example.com', object as KubeObject);

beforeEach(() => {
  api = createTestServer();
});

describe('definitions', () => {
  test('get no names that another of their group has, until it is gone', () => {
    api.client.create(DEFINITIONS, define('widgets', 'Widget', { shortNames: ['w'] }));
    api.client.create(DEFINITIONS, define('gadgets', 'Gadget', { shortNames: ['w'] }));
    expect(conditionsOf('widgets.example.com')).toMatchObject({ NamesAccepted: 'True NoConflicts' });
    expect(conditionsOf('gadgets.example.com')).toEqual({
      NamesAccepted: 'False ShortNamesConflict',
      Established: 'False NotAccepted',
    });
    expect(api.core.resources.find('gadgets.example.com')).toBeUndefined();
    api.client.delete(DEFINITIONS, { name: 'widgets.example.com' });
    expect(conditionsOf('gadgets.example.com')).toMatchObject({ Established: 'True InitialNamesAccepted' });
    expect(api.core.resources.find('gadgets.example.com')?.shortNames).toEqual(['w']);
  });

  test('go when the last of their objects is gone, and take no new ones meanwhile', () => {
    api.client.create(DEFINITIONS, define('widgets', 'Widget'));
    const widget = { apiVersion: 'example.com/v1', kind: 'Widget' };
    made({ ...widget, metadata: { name: 'x', namespace: 'default', finalizers: ['example.com/wait'] } });
    made({ ...widget, metadata: { name: 'y', namespace: 'default' } });
    api.client.delete(DEFINITIONS, { name: 'widgets.example.com' });
    expect(conditionsOf('widgets.example.com')).toMatchObject({ Terminating: 'True InstanceDeletionInProgress' });
    const left = api.client.list('widgets.example.com');
    expect(left.map(({ metadata }) => metadata.name)).toEqual(['x']);
    expect(() => made({ ...widget, metadata: { name: 'z', namespace: 'default' } })).toThrow(
      'create not allowed while custom resource definition is terminating',
    );
    const [waiting] = left;
    if (waiting === undefined) throw new Error('one waits');
    api.client.update('widgets.example.com', { ...waiting, metadata: { ...waiting.metadata, finalizers: [] } });
    expect(() => api.client.get(DEFINITIONS, { name: 'widgets.example.com' })).toThrow('not found');
  });

  test('default and prune what was stored before they said so', () => {
    const before = { a: { type: 'string' }, b: { type: 'string' } };
    const version = { name: 'v1', served: true, storage: true };
    const first = define('widgets', 'Widget', {}, { versions: [{ ...version, schema: schema(before) }] });
    const stored = api.client.create(DEFINITIONS, first);
    const name = { name: 'x', namespace: 'default' };
    made({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: name, b: 'gone' });
    const after = { a: { type: 'string', default: 'A' } };
    const live = api.client.get(DEFINITIONS, { name: stored.metadata.name ?? '' });
    const spec = { ...(live.spec as object), versions: [{ ...version, schema: schema(after) }] };
    api.client.update(DEFINITIONS, { ...live, spec });
    const seen = api.client.get('widgets.example.com', name);
    expect(seen.a).toBe('A');
    expect(seen).not.toHaveProperty('b');
  });

  test('remember every version that has been stored', () => {
    const versions = (storage: string) =>
      ['v1', 'v2'].map((name) => ({ name, served: true, storage: name === storage, schema: schema({}) }));
    api.client.create(DEFINITIONS, define('widgets', 'Widget', {}, { versions: versions('v1') }));
    const live = api.client.get(DEFINITIONS, { name: 'widgets.example.com' });
    const moved = api.client.update(DEFINITIONS, {
      ...live,
      spec: { ...(live.spec as object), versions: versions('v2') },
    });
    expect(moved.status).toMatchObject({ storedVersions: ['v1', 'v2'] });
    const only = { ...(moved.spec as object), versions: versions('v2').slice(1) };
    expect(() => api.client.update(DEFINITIONS, { ...moved, spec: only })).toThrow(
      'missing from spec.versions; v1 was',
    );
  });
});

describe('junctors of schemas', () => {
  const property = (more: object) => ({ type: 'string', ...more });
  const junctions = {
    any: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] },
    all: property({ allOf: [{ minLength: 3 }, { maxLength: 5 }] }),
    one: {
      type: 'object',
      properties: { a: property({}), b: property({}) },
      oneOf: [{ required: ['a'] }, { required: ['b'] }],
    },
    none: { type: 'object', properties: { a: property({}) }, not: { required: ['a'] } },
  };

  test.each([
    [{ any: true }, '<nil>: Invalid value: "": "any" must validate at least one schema (anyOf)'],
    [
      { all: 'a' },
      'all in body should be at least 3 chars long, <nil>: Invalid value: "": "all" must validate all the',
    ],
    [{ one: {} }, '"one" must validate one and only one schema (oneOf). Found none valid, one.a: Required value'],
    [{ one: { a: 'x', b: 'y' } }, '"one" must validate one and only one schema (oneOf). Found 2 valid alternatives'],
    [{ none: { a: 'x' } }, '"none" must not validate the schema (not)'],
  ])('%j is refused with what it misses', (fields, problem) => {
    const versions = [{ name: 'v1', served: true, storage: true, schema: schema(junctions) }];
    api.client.create(DEFINITIONS, define('widgets', 'Widget', {}, { versions }));
    const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'x', namespace: 'default' } };
    expect(() => made({ ...widget, ...fields })).toThrow(problem);
  });
});

describe('versions of custom resources', () => {
  const versions = ['v1', 'v2'].map((name) => ({
    name,
    served: true,
    storage: name === 'v1',
    schema: schema({ a: { type: 'string' } }),
  }));
  const apply = (version: string, metadata: object) => {
    const resource = api.core.resources.lookup('example.com', version, 'widgets');
    if (resource === undefined) throw new Error('it is served');
    const config = {
      apiVersion: `example.com/${version}`,
      kind: 'Widget',
      metadata: { name: 'x', namespace: 'default', ...metadata },
      a: 'b',
    };
    const user = { username: 'u', groups: [] };
    const target = { resource, version, namespace: 'default', name: 'x', subresource: '', user };
    return applyObject(api.core, { ...target, body: config, options: { fieldManager: 'm' } }, config);
  };

  test('are applied one after the other, and keep their name when nothing else of the metadata is said any more', () => {
    api.client.create(DEFINITIONS, define('widgets', 'Widget', {}, { versions }));
    expect(apply('v1', { finalizers: ['example.com/wait'] }).metadata.finalizers).toEqual(['example.com/wait']);
    const second = apply('v2', {});
    expect(second).toMatchObject({
      apiVersion: 'example.com/v2',
      metadata: { name: 'x', namespace: 'default' },
      a: 'b',
    });
    expect(second.metadata.finalizers).toBeUndefined();
  });

  test('are not converted where a webhook would be asked', () => {
    const service = { name: 'converter', namespace: 'default', path: '/convert' };
    const webhook = { conversionReviewVersions: ['v1'], clientConfig: { service } };
    const conversion = { strategy: 'Webhook', webhook };
    api.client.create(DEFINITIONS, define('widgets', 'Widget', {}, { versions, conversion }));
    expect(apply('v1', {}).metadata.name).toBe('x');
    expect(() => apply('v2', {})).toThrow(
      'conversion webhook for example.com/v2, Kind=Widget failed: Post "https://converter.default.svc:443/convert?timeout=30s": no endpoints available for service "converter"',
    );
  });
});
