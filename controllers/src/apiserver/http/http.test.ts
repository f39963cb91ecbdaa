import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestServer, type TestServer } from '../apiserver.testing.ts';
import { createHttpHandler } from '../http.ts';

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  // What an API answers is looked at field by field.
  readonly body: Readonly<Record<string, unknown>>;
}

let api: TestServer;
let http: Server;
let port: number;

beforeAll(async () => {
  api = createTestServer({ disableAdmission: ['ServiceAccount'] });
  http = createServer(createHttpHandler(api));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  port = (http.address() as AddressInfo).port;
});

afterAll(() => {
  http.closeAllConnections();
  http.close();
});

function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const text =
      typeof body === 'string' || Buffer.isBuffer(body) ? body : body === undefined ? undefined : JSON.stringify(body);
    const outgoing = httpRequest(
      {
        port,
        host: '127.0.0.1',
        method,
        path,
        headers: { ...(text === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const answer = Buffer.concat(chunks).toString();
          let parsed = {};
          try {
            parsed = JSON.parse(answer);
          } catch {
            // plain text answers have no body
          }
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text: answer, body: parsed });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(text);
  });
}

const PODS = '/api/v1/namespaces/default/pods';
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const pod = (name: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'c', image: 'i' }], ...more },
});

describe('the API over HTTP', () => {
  test('says what it serves, the old way and the aggregated way', async () => {
    const groups = await call('GET', '/apis');
    expect(groups.body).toMatchObject({ kind: 'APIGroupList' });
    const list = await call('GET', '/apis/apps/v1');
    expect(list.text).toContain('"name":"deployments/scale"');
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
    const aggregated = await call('GET', '/apis', undefined, { Accept: accept });
    expect(aggregated.headers['content-type']).toContain('as=APIGroupDiscoveryList');
    expect(aggregated.text).toContain('"shortNames":["deploy"]');
    expect((await call('GET', '/version')).body).toMatchObject({ gitVersion: 'v1.34.2' });
  });

  test('answers an unknown group in plain text and an unknown resource with a Status', async () => {
    const group = await call('GET', '/apis/nope.io/v1/things');
    expect([group.status, group.text]).toEqual([404, '404 page not found\n']);
    const resource = await call('GET', '/apis/apps/v1/namespaces/default/things');
    expect(resource.body).toMatchObject({
      kind: 'Status',
      reason: 'NotFound',
      message: 'the server could not find the requested resource',
    });
  });

  test('stores no object of more than 1.5 MiB, at once or bit by bit', async () => {
    const configMaps = '/api/v1/namespaces/default/configmaps';
    const finalizers = (from: number) =>
      Array.from({ length: 10_000 }, (_, i) => `example.com/${from + i}-${'x'.repeat(35)}`);
    const first = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'large', finalizers: finalizers(0) } };
    expect((await call('POST', configMaps, first)).status).toBe(201);
    const more = { metadata: { finalizers: finalizers(10_000) } };
    const type = { 'Content-Type': 'application/strategic-merge-patch+json' };
    const grown = await call('PATCH', `${configMaps}/large`, more, type);
    expect([grown.status, grown.body.message]).toEqual([413, 'etcdserver: request is too large']);
    expect((await call('GET', `${configMaps}/large`)).text.length).toBeLessThan(1_500_000);
    await call('PATCH', `${configMaps}/large`, { metadata: { finalizers: null } }, type);
    expect((await call('DELETE', `${configMaps}/large`)).status).toBe(200);
  });

  test('sets the defaults of a pod', async () => {
    const made = await call('POST', PODS, pod('defaults'));
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      spec: {
        containers: [{ imagePullPolicy: 'Always', terminationMessagePath: '/dev/termination-log', resources: {} }],
        restartPolicy: 'Always',
        priority: 0,
        tolerations: [
          { key: 'node.kubernetes.io/not-ready', tolerationSeconds: 300 },
          { key: 'node.kubernetes.io/unreachable' },
        ],
      },
      status: { phase: 'Pending', qosClass: 'BestEffort' },
    });
  });

  test('refuses unknown and duplicate fields when it is strict, and warns of them when not', async () => {
    const text = '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"x","foo":1},"data":{"a":"1","a":"2"}}';
    const strict = await call('POST', `${CONFIG_MAPS}?fieldValidation=Strict`, text);
    expect(strict.status).toBe(400);
    expect(strict.text).toContain(
      'strict decoding error: unknown field \\"metadata.foo\\", duplicate field \\"data.a\\"',
    );
    const warned = await call('POST', CONFIG_MAPS, text);
    expect(warned.status).toBe(201);
    expect(String(warned.headers.warning)).toContain('299 - "duplicate field \\"data.a\\""');
    expect(warned.body).toMatchObject({ data: { a: '2' } });
  });

  test('names what does not fit in the words of Go', async () => {
    const wrong = await call('POST', PODS, pod('wrong', { containers: [{ name: 'c', image: 'i', args: [1] }] }));
    expect(wrong.body).toMatchObject({
      reason: 'BadRequest',
      message:
        'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal number into Go struct field Container.spec.containers.args of type string',
    });
  });

  test('answers 422 with a cause for each field', async () => {
    const invalid = await call('POST', PODS, pod('Bad_Name', { containers: [] }));
    expect(invalid.status).toBe(422);
    expect(invalid.body).toMatchObject({
      details: {
        causes: [
          { field: 'metadata.name', reason: 'FieldValueInvalid' },
          { field: 'spec.containers', message: 'Required value' },
        ],
      },
    });
  });

  test('gives lists in pages of one revision', async () => {
    for (const name of ['p1', 'p2', 'p3'])
      await call('POST', CONFIG_MAPS, { metadata: { name, labels: { page: 'y' } } });
    const first = await call('GET', `${CONFIG_MAPS}?labelSelector=page&limit=2`);
    const { continue: token, resourceVersion } = (
      first.body as { metadata: { continue: string; resourceVersion: string } }
    ).metadata;
    await call('POST', CONFIG_MAPS, { metadata: { name: 'p4', labels: { page: 'y' } } });
    const second = await call('GET', `${CONFIG_MAPS}?labelSelector=page&limit=2&continue=${token}`);
    expect(second.body).toMatchObject({ metadata: { resourceVersion }, items: [{ metadata: { name: 'p3' } }] });
    expect((await call('GET', `${CONFIG_MAPS}?continue=nonsense`)).status).toBe(400);
  });

  test('shows tables with the columns of the kind', async () => {
    await call('POST', PODS, pod('table'));
    const table = await call('GET', `${PODS}?fieldSelector=metadata.name=table`, undefined, {
      Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    });
    expect(table.body).toMatchObject({
      kind: 'Table',
      rows: [{ cells: ['table', '0/1', 'Pending', '0', '0s', '<none>', '<none>', '<none>', '<none>'] }],
    });
  });

  test('streams what is there and what comes, then a bookmark that says where that ends', async () => {
    await call('POST', CONFIG_MAPS, { metadata: { name: 'w1', labels: { watch: 'y' } } });
    const path = `${CONFIG_MAPS}?watch=1&labelSelector=watch&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=1`;
    const stream = call('GET', path);
    await new Promise((resolve) => http.once('request', resolve));
    await call('POST', CONFIG_MAPS, { metadata: { name: 'w2', labels: { watch: 'y' } } });
    await call(
      'PATCH',
      `${CONFIG_MAPS}/w2`,
      { metadata: { labels: null } },
      { 'Content-Type': 'application/merge-patch+json' },
    );
    const events = (await stream).text
      .trim()
      .split('\n')
      .map(
        (line) => JSON.parse(line) as { type: string; object: { metadata: { name?: string; annotations?: object } } },
      );
    expect(events.map(({ type, object }) => `${type} ${object.metadata.name ?? ''}`.trim())).toEqual([
      'ADDED w1',
      'BOOKMARK',
      'ADDED w2',
      'DELETED w2',
    ]);
    expect(events[1]?.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
  });

  test('says in the stream that the version to watch from is gone', async () => {
    const { body } = await call('POST', CONFIG_MAPS, { metadata: { name: 'w3' } });
    const { resourceVersion } = body.metadata as { resourceVersion: string };
    await call('POST', CONFIG_MAPS, { metadata: { name: 'w4' } });
    api.store.compact(api.store.revision);
    const watched = await call('GET', `${CONFIG_MAPS}?watch=1&resourceVersion=${resourceVersion}`);
    expect(watched.status).toBe(200);
    expect(watched.body).toEqual({
      type: 'ERROR',
      object: {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: `too old resource version: ${resourceVersion} (${Number(resourceVersion) + 1})`,
        reason: 'Expired',
        code: 410,
      },
    });
  });

  test('takes bodies in YAML and protobuf', async () => {
    const yaml = await call('POST', CONFIG_MAPS, 'metadata:\n  name: from-yaml\ndata:\n  a: "1"\n', {
      'Content-Type': 'application/yaml',
    });
    expect(yaml.body).toMatchObject({ data: { a: '1' } });
    const field = (number: number, bytes: Buffer): Buffer =>
      Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
    const text = (number: number, value: string): Buffer => field(number, Buffer.from(value));
    const raw = Buffer.concat([
      field(1, text(1, 'from-protobuf')),
      field(2, Buffer.concat([text(1, 'k'), text(2, 'v')])),
    ]);
    const type = Buffer.concat([text(1, 'v1'), text(2, 'ConfigMap')]);
    const body = Buffer.concat([Buffer.from('k8s\0'), field(1, type), field(2, raw)]);
    const protobuf = await call('POST', CONFIG_MAPS, body, { 'Content-Type': 'application/vnd.kubernetes.protobuf' });
    expect(protobuf.body).toMatchObject({ metadata: { name: 'from-protobuf' }, data: { k: 'v' } });
    expect(
      (await call('POST', CONFIG_MAPS, body.subarray(0, 20), { 'Content-Type': 'application/vnd.kubernetes.protobuf' }))
        .status,
    ).toBe(400);
  });

  test.each([
    ['malformed JSON', '{"a":', 'application/json', 400],
    ['a list for an object', '[]', 'application/json', 400],
    ['malformed YAML', 'a: [', 'application/yaml', 400],
    ['an unknown format', 'x', 'text/csv', 415],
    ['a body that is too large', 'x'.repeat(3 * 1024 * 1024 + 1), 'application/json', 413],
    ['the wrong kind', '{"kind":"Secret","apiVersion":"v1"}', 'application/json', 400],
  ])('answers %s with a Status', async (_name, body, type, status) => {
    const answer = await call('POST', CONFIG_MAPS, body, { 'Content-Type': type });
    expect([answer.status, (answer.body as { kind?: string }).kind]).toEqual([status, 'Status']);
  });

  test('keeps prototype keys as data', async () => {
    const made = await call(
      'POST',
      CONFIG_MAPS,
      '{"metadata":{"name":"proto"},"data":{"__proto__":"x","constructor":"y"}}',
    );
    expect(made.text).toContain('"__proto__":"x"');
    expect(({} as Record<string, unknown>).x).toBeUndefined();
    const patched = await call('PATCH', `${CONFIG_MAPS}/proto`, '{"data":{"__proto__":"z"}}', {
      'Content-Type': 'application/merge-patch+json',
    });
    expect(patched.text).toContain('"__proto__":"z"');
  });

  test('a delete answers with what was deleted, or with what waits', async () => {
    await call('POST', CONFIG_MAPS, { metadata: { name: 'gone' } });
    expect((await call('DELETE', `${CONFIG_MAPS}/gone`)).body).toMatchObject({
      kind: 'Status',
      status: 'Success',
      details: { name: 'gone', kind: 'configmaps' },
    });
    await call('POST', CONFIG_MAPS, { metadata: { name: 'held', finalizers: ['a.io/b'] } });
    expect((await call('DELETE', `${CONFIG_MAPS}/held`)).body).toMatchObject({
      kind: 'ConfigMap',
      metadata: { deletionGracePeriodSeconds: 0 },
    });
  });
});

describe('custom resources over HTTP', () => {
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'boats.sea.io' },
    spec: {
      group: 'sea.io',
      scope: 'Namespaced',
      names: { plural: 'boats', kind: 'Boat', shortNames: ['bo'] },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          subresources: { status: {}, scale: { specReplicasPath: '.spec.crew', statusReplicasPath: '.status.crew' } },
          additionalPrinterColumns: [{ name: 'Crew', type: 'integer', jsonPath: '.spec.crew' }],
          schema: {
            openAPIV3Schema: {
              type: 'object',
              required: ['spec'],
              properties: {
                spec: {
                  type: 'object',
                  required: ['name'],
                  properties: {
                    name: { type: 'string', maxLength: 5 },
                    crew: { type: 'integer', default: 2, minimum: 1 },
                    flags: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                  },
                },
                status: { type: 'object', properties: { crew: { type: 'integer' } } },
              },
            },
          },
        },
      ],
    },
  };
  const BOATS = '/apis/sea.io/v1/namespaces/default/boats';
  const BOAT = { apiVersion: 'sea.io/v1', kind: 'Boat' };

  test('are served, pruned, defaulted, validated, scaled and removed with their definition', async () => {
    expect((await call('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition)).status).toBe(
      201,
    );
    const made = await call('POST', BOATS, {
      apiVersion: 'sea.io/v1',
      kind: 'Boat',
      metadata: { name: 'a' },
      spec: { name: 'Ann', junk: 1, flags: { any: [1] } },
    });
    expect(made.body).toMatchObject({
      metadata: { generation: 1 },
      spec: { name: 'Ann', crew: 2, flags: { any: [1] } },
    });
    expect(made.text).not.toContain('junk":');
    const long = await call('POST', BOATS, { ...BOAT, metadata: { name: 'b' }, spec: { name: 'Leviathan', crew: 0 } });
    expect(long.status).toBe(422);
    const missing = await call('POST', BOATS, { ...BOAT, metadata: { name: 'b' } });
    expect(missing.body).toMatchObject({ message: 'Boat.sea.io "b" is invalid: spec: Required value' });
    const scaled = await call(
      'PATCH',
      `${BOATS}/a/scale`,
      { spec: { replicas: 7 } },
      { 'Content-Type': 'application/merge-patch+json' },
    );
    expect(scaled.body).toMatchObject({ kind: 'Scale', spec: { replicas: 7 } });
    const table = await call('GET', BOATS, undefined, { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' });
    expect(table.body).toMatchObject({ rows: [{ cells: ['a', 7] }] });
    const strategic = await call(
      'PATCH',
      `${BOATS}/a`,
      {},
      { 'Content-Type': 'application/strategic-merge-patch+json' },
    );
    expect(strategic.status).toBe(415);
    await call('DELETE', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/boats.sea.io');
    expect((await call('GET', BOATS)).status).toBe(404);
  });
});
