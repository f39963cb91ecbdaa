import { beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../apimachinery/json.ts';
import { getPath } from '../../apimachinery/json.ts';
import { createTestServer, type TestServer } from '../apiserver.testing.ts';
import { openApiV2, openApiV3Document, openApiV3Index } from './documents.ts';

const SCHEMA = {
  type: 'object',
  required: ['spec'],
  properties: {
    spec: {
      type: 'object',
      description: 'What is wanted',
      required: ['name', 'maybe'],
      properties: {
        name: { type: 'string', default: 'x', minLength: 1 },
        maybe: { type: 'string', nullable: true },
        port: { 'x-kubernetes-int-or-string': true },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, properties: { a: { type: 'string' } } },
        one: { type: 'object', properties: { a: { type: 'string' } }, oneOf: [{ required: ['a'] }] },
        template: { type: 'object', 'x-kubernetes-embedded-resource': true, properties: { spec: { type: 'object' } } },
      },
    },
  },
};
const definition = (versions: readonly object[]) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
    versions,
  },
});
const V1 = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: SCHEMA } };
const V2 = { ...V1, name: 'v2', storage: false };

let api: TestServer;

beforeAll(() => {
  api = createTestServer();
  api.client.create('customresourcedefinitions.apiextensions.k8s.io', definition([V1, V2]));
});

async function v3(path: string): Promise<JsonObject> {
  const document = await openApiV3Document(api.core, path);
  return JSON.parse(Buffer.from(document?.bytes ?? []).toString()) as JsonObject;
}

async function v2(): Promise<JsonObject> {
  return JSON.parse(Buffer.from((await openApiV2(api.core, 'json')).bytes).toString()) as JsonObject;
}

describe('OpenAPI', () => {
  test('has a document of each group and version, found by its hash', async () => {
    const { paths } = (await openApiV3Index(api.core)) as { paths: Record<string, { serverRelativeURL: string }> };
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['api/v1', 'apis/apps/v1', 'apis/example.com/v1']));
    const hash = (await openApiV3Document(api.core, 'apis/apps/v1'))?.hash;
    expect(paths['apis/apps/v1']?.serverRelativeURL).toBe(`/openapi/v3/apis/apps/v1?hash=${hash}`);
    expect(await openApiV3Document(api.core, 'apis/nope/v1')).toBeUndefined();
  });

  test('describes built-in fields in the words of Kubernetes', async () => {
    const replicas = getPath(await v3('apis/apps/v1'), [
      'components',
      'schemas',
      'io.k8s.api.apps.v1.DeploymentSpec',
      'properties',
      'replicas',
      'description',
    ]);
    expect(replicas).toContain('Number of desired pods');
  });

  test('describes custom resources as they are defined', async () => {
    const document = await v3('apis/example.com/v1');
    const widget = getPath(document, ['components', 'schemas', 'com.example.v1.Widget']) as JsonObject;
    expect(widget['x-kubernetes-group-version-kind']).toEqual([
      { group: 'example.com', kind: 'Widget', version: 'v1' },
    ]);
    expect(getPath(widget, ['properties', 'spec', 'properties'])).toMatchObject({
      name: { type: 'string', default: 'x', minLength: 1 },
      maybe: { type: 'string', nullable: true },
      port: { anyOf: [{ type: 'integer' }, { type: 'string' }] },
      one: { oneOf: [{ required: ['a'] }] },
      template: { required: ['kind', 'apiVersion'], properties: { metadata: {}, spec: { type: 'object' } } },
    });
    const path = '/apis/example.com/v1/namespaces/{namespace}/widgets/{name}';
    const patch = getPath(document, ['paths', path, 'patch']) as JsonObject;
    expect(patch).toMatchObject({ operationId: 'patchExampleComV1NamespacedWidget', tags: ['exampleCom_v1'] });
    expect((patch.parameters as { name: string }[]).map(({ name }) => name)).toContain('fieldValidation');
  });

  test('leaves out of v2 what its readers stumble on', async () => {
    const spec = getPath(await v2(), ['definitions', 'com.example.v1.Widget', 'properties', 'spec']) as JsonObject;
    expect(spec.required).toEqual(['name']);
    expect(spec.properties).toMatchObject({ name: { type: 'string', minLength: 1 }, maybe: {} });
    expect(getPath(spec, ['properties', 'free'])).toEqual({ 'x-kubernetes-preserve-unknown-fields': true });
    expect(getPath(spec, ['properties', 'one'])).toEqual({ type: 'object', properties: { a: { type: 'string' } } });
  });

  test('follows the versions that a definition serves', async () => {
    expect(Object.keys((await v2()).definitions as object)).toContain('com.example.v2.Widget');
    const { hash } = await openApiV2(api.core, 'json');
    const stored = api.client.get('customresourcedefinitions.apiextensions.k8s.io', { name: 'widgets.example.com' });
    const spec = { ...(stored.spec as JsonObject), versions: [V1, { ...V2, served: false }] };
    api.client.update('customresourcedefinitions.apiextensions.k8s.io', { ...stored, spec });
    expect(Object.keys((await v2()).definitions as object)).not.toContain('com.example.v2.Widget');
    expect((await openApiV2(api.core, 'json')).hash).not.toBe(hash);
  });

  test('is also written as protobuf, with the custom resources behind the others', async () => {
    const { bytes } = await openApiV2(api.core, 'protobuf');
    const text = Buffer.from(bytes).toString('latin1');
    expect(text.slice(0, 5)).toBe('\n\x032.0');
    expect(text).toContain('com.example.v1.Widget');
  });
});
