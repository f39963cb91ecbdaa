/** The registry's faces by real HTTP on a loopback port. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request as httpRequest, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import express from 'express';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SqliteCatalog } from '../catalog/sqlite.ts';
import { digestOf } from '../digest.ts';
import type { RegistryLimits } from '../limits.ts';
import { createRegistry, type Registry } from '../registry.ts';
import { FilesystemStorageBackend } from '../storage/filesystem.ts';
import { chartPackage, tarball } from '../test-packages.ts';
import { createRegistryRouter } from './router.ts';

const folder = mkdtempSync(join(tmpdir(), 'drydock-api-'));
let made = 0;
let registry: Registry;
let handler: ReturnType<typeof express>;
let server: Server;
let port = 0;
let api = '';

const web = chartPackage({ name: 'web', version: '1.0.0', more: 'description: A web\nappVersion: "2.0"\n' });
const otherWeb = chartPackage({ name: 'web', version: '1.0.0', values: 'replicas: 2\n' });
const webPath = '/api/v1/spaces/dev/charts/web/versions/1.0.0';
const limits = { packageBytes: 100_000, uploadBytes: 400_000 };

beforeAll(async () => {
  server = createServer((request, response) => handler(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
  api = `http://127.0.0.1:${port}`;
});

function open(openLimits: Partial<RegistryLimits>): void {
  const root = join(folder, String(++made));
  const storage = new FilesystemStorageBackend(join(root, 'storage'));
  registry = createRegistry({ storage, catalog: new SqliteCatalog(join(root, 'catalog.db')), limits: openLimits });
  handler = express();
  handler.use(createRegistryRouter(registry));
  handler.use((_request, response) => {
    response.status(418).send('another');
  });
}

beforeEach(() => {
  open(limits);
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function call(
  method: string,
  path: string,
  init: RequestInit = {},
): Promise<{ status: number; body: unknown; headers: Headers }> {
  const response = await fetch(api + path, { method, ...init });
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').startsWith('application/json');
  return { status: response.status, body: isJson ? JSON.parse(text) : text, headers: response.headers };
}

function put(path: string, body: Uint8Array, headers: Record<string, string> = {}): ReturnType<typeof call> {
  return call('PUT', path, { body: new Uint8Array(body), headers });
}

function form(field: string, archive: Uint8Array): FormData {
  const data = new FormData();
  data.set('note', 'a field before');
  data.set(field, new Blob([new Uint8Array(archive)], { type: 'application/gzip' }), 'web-1.0.0.tgz');
  return data;
}

async function download(
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; bytes: Buffer; headers: Headers }> {
  const response = await fetch(api + path, { headers });
  return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()), headers: response.headers };
}

describe('a version', () => {
  test('is pushed by PUT or POST of the bare package, and pulled again', async () => {
    for (const [method, version] of [
      ['PUT', '1.0.0'],
      ['POST', '1.1.0'],
    ] as const) {
      const archive = chartPackage({ name: 'web', version });
      const path = `/api/v1/spaces/dev/charts/web/versions/${version}`;
      const pushed = await call(method, path, { body: new Uint8Array(archive) });
      expect(pushed.status).toBe(201);
      expect(pushed.body).toEqual({
        space: 'dev',
        chart: 'web',
        version,
        digest: digestOf(archive),
        size: archive.length,
        link: path,
      });
      const pulled = await download(path);
      expect(pulled.status).toBe(200);
      expect(pulled.bytes.equals(archive)).toBe(true);
      expect(pulled.headers.get('content-type')).toBe('application/gzip');
      expect(pulled.headers.get('etag')).toBe(`"${digestOf(archive)}"`);
    }
  });

  test.each(['chartfile', 'chart'])('is pushed as the field %s of a form', async (field) => {
    const pushed = await call('POST', '/api/v1/spaces/dev/charts', { body: form(field, web) });
    expect([pushed.status, pushed.body]).toEqual([
      201,
      expect.objectContaining({ chart: 'web', version: '1.0.0', link: webPath }),
    ]);
    expect((await download(webPath)).bytes.equals(web)).toBe(true);
    expect((await call('PUT', webPath, { body: form(field, web) })).status).toBe(200);
  });

  test('pushed again is 200 with the same bytes, and 409 with both digests for others', async () => {
    await put(webPath, web);
    expect((await put(webPath, web)).status).toBe(200);
    const refused = await put(webPath, otherWeb);
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({
      code: 'Conflict',
      message: expect.stringContaining('dev/web 1.0.0'),
      details: { stored: digestOf(web), pushed: digestOf(otherWeb) },
    });
  });

  test('pushed twice at once is once 201, once 409', async () => {
    for (let round = 0; round < 10; round += 1) {
      const path = `/api/v1/spaces/dev/charts/web/versions/2.0.${round}`;
      const answers = await Promise.all(
        [1, 2].map((writer) =>
          put(path, chartPackage({ name: 'web', version: `2.0.${round}`, values: `w: ${writer}\n` })),
        ),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    }
  });

  test('is deleted', async () => {
    await put(webPath, web);
    expect((await call('DELETE', webPath)).status).toBe(204);
    expect(await call('GET', webPath)).toMatchObject({ status: 404, body: { code: 'ChartNotFound' } });
    expect((await call('DELETE', webPath)).status).toBe(404);
  });

  test('is not sent to a client that has it, and HEAD sends no bytes', async () => {
    await put(webPath, web);
    expect((await download(webPath, { 'if-none-match': `"${digestOf(web)}"` })).status).toBe(304);
    expect((await download(webPath, { 'if-none-match': `"x", W/"${digestOf(web)}"` })).status).toBe(304);
    const head = await call('HEAD', webPath);
    expect([head.status, head.headers.get('content-length'), head.body]).toEqual([200, String(web.length), '']);
  });

  test('with build metadata works under both spellings of its URL', async () => {
    const archive = chartPackage({ name: 'web', version: '1.0.0-rc.1+build.5' });
    const base = '/api/v1/spaces/dev/charts/web/versions/';
    expect((await put(`${base}1.0.0-rc.1+build.5`, archive)).status).toBe(201);
    for (const path of [
      `${base}1.0.0-rc.1%2Bbuild.5`,
      '/charts/dev/web-1.0.0-rc.1+build.5.tgz',
      '/charts/dev/web-1.0.0-rc.1%2Bbuild.5.tgz',
    ]) {
      expect((await download(path)).bytes.equals(archive)).toBe(true);
    }
  });

  test('has metadata with its subcharts, and values', async () => {
    const archive = chartPackage({
      name: 'web',
      version: '1.0.0',
      more: 'dependencies:\n- name: db\n  version: ^1.0.0\n  repository: ""\nannotations:\n  __proto__: x\n  a/b: c\n',
      values: 'replicas: 2\ndeep:\n  list: [1, {a: b}]\n',
      files: [{ name: 'charts/db/Chart.yaml', text: 'apiVersion: v2\nname: db\nversion: 1.2.3\n' }],
    });
    await put(webPath, archive);
    const { body } = await call('GET', `${webPath}/manifests/metadata`);
    expect(body).toMatchObject({
      name: 'web',
      version: '1.0.0',
      apiVersion: 'v2',
      space: 'dev',
      digest: digestOf(archive),
      size: archive.length,
      dependencies: [{ name: 'db', version: '^1.0.0' }],
      subcharts: [{ name: 'db', version: '1.2.3', subcharts: [] }],
    });
    expect(JSON.stringify(body)).toContain('"annotations":{"__proto__":"x","a/b":"c"}');
    const values = await call('GET', `${webPath}/manifests/values`);
    expect(values).toMatchObject({ status: 200, body: { replicas: 2, deep: { list: [1, { a: 'b' }] } } });
  });
});

describe('lists', () => {
  beforeEach(async () => {
    for (const [space, name, version] of [
      ['dev', 'web', '1.0.0'],
      ['dev', 'web', '1.10.0'],
      ['dev', 'web', '1.9.0'],
      ['dev', 'web', '2.0.0-rc.1'],
      ['dev', 'api', '0.1.0'],
      ['prod', 'web', '1.0.0'],
    ] as const) {
      await registry.push(space, chartPackage({ name, version }));
    }
  });

  test.each([
    ['/api/v1/spaces', 2, ['dev', 'prod']],
    ['/api/v1/spaces?start=1', 2, ['prod']],
    ['/api/v1/spaces/dev/charts', 2, ['api', 'web']],
    ['/api/v1/spaces/dev/charts?limit=1', 2, ['api']],
    ['/api/v1/spaces/dev/charts?limit=0', 2, []],
    ['/api/v1/spaces/dev/charts/web/versions', 4, ['2.0.0-rc.1', '1.10.0', '1.9.0', '1.0.0']],
    ['/api/v1/spaces/dev/charts/web/versions?start=1&limit=2', 4, ['1.10.0', '1.9.0']],
  ])('%s has a total of %i and the items %j', async (path, total, items) => {
    expect((await call('GET', path)).body).toEqual({ metadata: { total, itemsLength: items.length }, items });
  });

  test.each([
    ['/api/v1/spaces/dev/metadata', 5, ['api 0.1.0', 'web 2.0.0-rc.1', 'web 1.10.0', 'web 1.9.0', 'web 1.0.0']],
    ['/api/v1/spaces/dev/metadata/latest', 2, ['api 0.1.0', 'web 1.10.0']],
    ['/api/v1/spaces/dev/charts/web/metadata?limit=2', 4, ['web 2.0.0-rc.1', 'web 1.10.0']],
  ])('%s tells the metadata of a total of %i: %j', async (path, total, items) => {
    const { body } = await call('GET', path);
    const listing = body as { metadata: { total: number }; items: { name: string; version: string }[] };
    expect(listing.metadata.total).toBe(total);
    expect(listing.items.map(({ name, version }) => `${name} ${version}`)).toEqual(items);
  });

  test('the latest metadata of a chart is one object', async () => {
    expect((await call('GET', '/api/v1/spaces/dev/charts/web/metadata/latest')).body).toMatchObject({
      version: '1.10.0',
    });
    expect((await call('GET', '/api/v1/spaces/dev/charts/db/metadata/latest')).status).toBe(404);
  });

  test.each(['start=-1', 'limit=x', 'limit=1.5', 'start=1&start=2', 'limit='])('%s is a 400', async (query) => {
    expect(await call('GET', `/api/v1/spaces?${query}`)).toMatchObject({ status: 400, body: { code: 'BadRequest' } });
  });
});

describe('a space', () => {
  test('is made by a query or a body, once', async () => {
    const first = await call('POST', '/api/v1/spaces?space=dev');
    expect([first.status, first.body]).toEqual([
      201,
      expect.objectContaining({ name: 'dev', link: '/api/v1/spaces/dev' }),
    ]);
    expect(await call('POST', '/api/v1/spaces?space=dev')).toMatchObject({
      status: 409,
      body: { code: 'AlreadyExists' },
    });
    const headers = { 'content-type': 'application/json' };
    expect((await call('POST', '/api/v1/spaces', { body: '{"name":"prod"}', headers })).status).toBe(201);
    expect((await call('POST', '/api/v1/spaces', { body: '{"name":', headers })).status).toBe(400);
    expect((await call('POST', '/api/v1/spaces')).body).toMatchObject({
      code: 'BadRequest',
      message: expect.stringContaining('space'),
    });
    expect((await call('POST', '/api/v1/spaces?space=A/..')).body).toMatchObject({ code: 'InvalidSpaceName' });
    expect((await call('GET', '/api/v1/spaces/dev')).body).toMatchObject({ name: 'dev' });
  });

  test('lets versions be replaced only after its owner has said so, and its name may have parts', async () => {
    const headers = { 'content-type': 'application/json' };
    const space = '/api/v1/spaces/team%2Fdev';
    expect((await call('PUT', space, { body: '{"overwrite":true}', headers })).status).toBe(404);
    const made = await call('POST', '/api/v1/spaces?space=team/dev', { body: '{"overwrite":false}', headers });
    expect(made).toMatchObject({ status: 201, body: { name: 'team/dev', overwrite: false, link: space } });
    expect((await call('PUT', space, { body: '{"overwrite":"yes"}', headers })).status).toBe(400);
    expect((await call('PUT', space, { body: '{"overwrite":true}', headers })).body).toMatchObject({ overwrite: true });
    expect((await call('GET', space)).body).toMatchObject({ overwrite: true });
    expect((await put(`${space}/charts/web/versions/1.0.0`, web)).status).toBe(201);
    expect((await download('/charts/team/dev/web-1.0.0.tgz')).bytes.equals(web)).toBe(true);
    expect((await download('/charts/team/dev/index.yaml')).status).toBe(200);
  });

  test('is deleted with its charts, and a chart with its versions', async () => {
    await put(webPath, web);
    await registry.push('dev', chartPackage({ name: 'api', version: '1.0.0' }));
    expect((await call('DELETE', '/api/v1/spaces/dev/charts/web')).status).toBe(204);
    expect((await call('DELETE', '/api/v1/spaces/dev/charts/web')).status).toBe(404);
    expect((await call('DELETE', '/api/v1/spaces/dev')).status).toBe(204);
    expect((await call('GET', '/api/v1/spaces/dev/charts')).status).toBe(404);
  });
});

describe('a refused push', () => {
  const bomb = gzipSync(Buffer.alloc(60 * 1024 * 1024), { level: 9 });
  const link = (target: string): Buffer =>
    tarball([
      { name: 'web/Chart.yaml', text: 'apiVersion: v2\nname: web\nversion: 1.0.0\n' },
      { name: 'web/values.yaml', type: '2', target },
    ]);
  test.each([
    ['bytes that are no archive', Buffer.from('hello'), 400, 'InvalidArchive'],
    ['an empty body', Buffer.alloc(0), 400, 'InvalidArchive'],
    ['gzip of no tar', gzipSync('hello'), 400, 'InvalidArchive'],
    ['a truncated package', web.subarray(0, -30), 400, 'InvalidArchive'],
    ['a package without Chart.yaml', tarball([{ name: 'web/values.yaml', text: '' }]), 422, 'InvalidChart'],
    ['an unpacked size far over the packed one', bomb, 400, 'InvalidArchive'],
    [
      'a path out of the archive',
      chartPackage({ name: 'web', version: '1.0.0', files: [{ name: '../../x', text: 'x' }] }),
      400,
      'InvalidArchive',
    ],
    ['a link out of the archive', link('/etc/passwd'), 400, 'InvalidArchive'],
    ['a chart without a name', chartPackage({ name: '""', version: '1.0.0' }), 422, 'InvalidChart'],
    ['a bad version', chartPackage({ name: 'web', version: '1.x' }), 422, 'InvalidChart'],
    ['Chart.yaml that is no YAML', tarball([{ name: 'web/Chart.yaml', text: 'name: [' }]), 422, 'InvalidChart'],
    [
      'metadata that aliases make large',
      chartPackage({
        name: 'web',
        version: '1.0.0',
        more: `description: &a ${'x'.repeat(50_000)}\nkeywords: [${'*a,'.repeat(30)}]\n`,
      }),
      422,
      'InvalidChart',
    ],
    ['another name than the URL', chartPackage({ name: 'api', version: '1.0.0' }), 422, 'ChartMismatch'],
    ['another version than the URL', chartPackage({ name: 'web', version: '1.0.1' }), 422, 'ChartMismatch'],
  ])('for %s answers one line and leaves nothing', async (_, archive, status, code) => {
    const response = await fetch(api + webPath, { method: 'PUT', body: new Uint8Array(archive) });
    const text = await response.text();
    expect([response.status, text.trimEnd().split('\n').length]).toEqual([status, 1]);
    expect(JSON.parse(text)).toMatchObject({ code, message: expect.any(String), details: expect.any(Object) });
    expect((await call('GET', '/api/v1/spaces')).body).toMatchObject({ metadata: { total: 0 } });
  });

  test.each([
    ['a bad space name', 'PUT', '/api/v1/spaces/Dev/charts/web/versions/1.0.0', 400, 'InvalidSpaceName'],
    ['a path trick', 'PUT', '/api/v1/spaces/..%2Fdev/charts/web/versions/1.0.0', 400, 'InvalidSpaceName'],
    ['a path that cannot be decoded', 'PUT', '/api/v1/spaces/%ff/charts/web/versions/1.0.0', 400, 'BadRequest'],
    ['another method', 'PATCH', webPath, 405, 'MethodNotAllowed'],
    ['an unknown path', 'PUT', '/api/v1/spaces/dev/nothing', 404, 'NotFound'],
  ])('for %s answers %s %s with %i', async (_, method, path, status, code) => {
    expect(await call(method, path, { body: new Uint8Array(web) })).toMatchObject({ status, body: { code } });
  });

  test('says which fields a form lacks, and that it is cut off', async () => {
    const lacking = await call('POST', '/api/v1/spaces/dev/charts', { body: form('file', web) });
    expect(lacking).toMatchObject({
      status: 400,
      body: { code: 'BadRequest', message: expect.stringContaining('chartfile') },
    });
    const headers = { 'content-type': 'multipart/form-data; boundary=b' };
    for (const body of ['', '--b', '--b\r\nContent-Disposition: form-data; name="chartfile"\r\n\r\ndata', 'text']) {
      expect((await call('POST', '/api/v1/spaces/dev/charts', { body, headers })).status).toBe(400);
    }
  });

  test('for a body that is compressed, or JSON, is a 415', async () => {
    expect((await put(webPath, web, { 'content-encoding': 'gzip' })).status).toBe(415);
    expect((await put(webPath, Buffer.from('{}'), { 'content-type': 'application/json' })).status).toBe(415);
  });

  test('of more bytes than the limit is a 413, announced or not', async () => {
    expect(await put(webPath, Buffer.alloc(300_000))).toMatchObject({ status: 413, body: { code: 'TooLarge' } });
    const request = httpRequest(api + webPath, { method: 'PUT' });
    request.on('error', () => undefined);
    const answered = once(request, 'response');
    const chunk = Buffer.alloc(50_000);
    for (let sent = 0; sent < 6; sent += 1) {
      request.write(chunk);
    }
    const [response] = (await answered) as [{ statusCode: number }];
    expect(response.statusCode).toBe(413);
    request.destroy();
  });

  test('when too many are received at once is a 503, and there is room again after', async () => {
    const slow = Array.from({ length: 8 }, () => {
      const request = httpRequest(api + webPath, { method: 'PUT', headers: { 'content-length': 90_000 } });
      request.on('error', () => undefined);
      request.write(Buffer.alloc(60_000));
      return request;
    });
    const [response] = (await Promise.race(slow.map((request) => once(request, 'response')))) as [
      { statusCode: number; headers: Record<string, string> },
    ];
    expect([response.statusCode, response.headers['retry-after']]).toEqual([503, '1']);
    for (const request of slow) {
      request.destroy();
    }
    await expect.poll(async () => (await put(webPath, web)).status).toBe(201);
  });

  test('that pauses, or takes too long, is a 408, a package or JSON, and its room is free again', async () => {
    for (const [slow, type, path] of [
      [{ uploadPause: 20, uploadTime: 60_000 }, 'application/gzip', webPath],
      [{ uploadPause: 60_000, uploadTime: 20 }, 'application/gzip', webPath],
      [{ uploadPause: 20, uploadTime: 60_000 }, 'application/json', '/api/v1/spaces/dev/charts'],
    ] as const) {
      open({ ...limits, ...slow, uploadBytes: 100_000 });
      const method = path === webPath ? 'PUT' : 'POST';
      const headers = { 'content-length': 90_000, 'content-type': type };
      const request = httpRequest(api + path, { method, headers });
      request.on('error', () => undefined);
      request.write(Buffer.alloc(60_000));
      const [response] = (await once(request, 'response')) as [{ statusCode: number }];
      expect(response.statusCode).toBe(408);
      request.destroy();
      await expect.poll(async () => (await put(webPath, web)).status).toBe(201);
    }
  });

  test('cut off in the middle leaves nothing', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.write(`PUT ${webPath} HTTP/1.1\r\nHost: x\r\nContent-Length: ${web.length}\r\n\r\n`);
    socket.write(web.subarray(0, 100));
    await once(socket, 'ready');
    socket.destroy();
    await once(socket, 'close');
    expect((await call('GET', '/api/v1/spaces')).body).toMatchObject({ metadata: { total: 0 } });
  });
});

describe('the Helm repository of a space', () => {
  test('lists every version with digest, time, relative URL and metadata', async () => {
    await put(webPath, web);
    await registry.push('dev', chartPackage({ name: 'web', version: '1.1.0+b' }));
    await registry.push('prod', chartPackage({ name: 'api', version: '1.0.0' }));
    const { bytes, headers } = await download('/charts/dev/index.json');
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(JSON.parse(bytes.toString())).toMatchObject({
      apiVersion: 'v1',
      entries: {
        web: [
          { version: '1.1.0+b', urls: ['web-1.1.0+b.tgz'] },
          {
            name: 'web',
            version: '1.0.0',
            description: 'A web',
            appVersion: '2.0',
            urls: ['web-1.0.0.tgz'],
            digest: digestOf(web).slice('sha256:'.length),
            created: expect.stringMatching(/^\d{4}-.*Z$/),
          },
        ],
      },
    });
    const yaml = (await download('/charts/dev/index.yaml')).bytes.toString();
    expect(yaml).toContain(`\n  web:\n  - apiVersion: v2\n`);
    expect(yaml).toContain(`    digest: ${digestOf(web).slice('sha256:'.length)}\n    urls:\n    - web-1.0.0.tgz\n`);
    expect(yaml).not.toContain('name: api');
  });

  test('answers 304 until something changes, compressed or not', async () => {
    await put(webPath, web);
    const first = await download('/charts/dev/index.yaml');
    const etag = first.headers.get('etag') ?? '';
    const again = { 'if-none-match': etag };
    expect((await download('/charts/dev/index.yaml', again)).status).toBe(304);
    expect((await download('/charts/dev/index.yaml', { ...again, 'accept-encoding': 'identity' })).status).toBe(304);
    await registry.push('dev', chartPackage({ name: 'web', version: '1.1.0' }));
    const changed = await download('/charts/dev/index.yaml', again);
    expect(changed.status).toBe(200);
    expect(changed.bytes.toString()).toContain('version: 1.1.0');
    await registry.delete('dev', 'web', '1.1.0');
    expect((await download('/charts/dev/index.yaml', again)).status).toBe(304);
  });

  test('is sent as gzip to who takes it, and plain to who does not', async () => {
    await put(webPath, web);
    const plain = await download('/charts/dev/index.yaml', { 'accept-encoding': 'identity' });
    expect(plain.headers.get('content-encoding')).toBeNull();
    const raw = await new Promise<Buffer>((resolve, reject) => {
      httpRequest(`${api}/charts/dev/index.yaml`, { headers: { 'accept-encoding': 'gzip' } }, async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response as AsyncIterable<Buffer>) {
          chunks.push(chunk);
        }
        resolve(Buffer.concat(chunks));
      })
        .on('error', reject)
        .end();
    });
    expect(gunzipSync(raw).equals(plain.bytes)).toBe(true);
    const head = await call('HEAD', '/charts/dev/index.yaml', { headers: { 'accept-encoding': 'identity' } });
    expect(head.headers.get('content-length')).toBe(String(plain.bytes.length));
  });

  test('serves packages by file name, and 404 for others', async () => {
    await put(webPath, web);
    expect((await download('/charts/dev/web-1.0.0.tgz')).bytes.equals(web)).toBe(true);
    for (const path of [
      '/charts/dev/web-1.0.1.tgz',
      '/charts/prod/index.yaml',
      '/charts/dev/x',
      '/charts/dev/..%2f..%2fx.tgz',
    ]) {
      expect(await call('GET', path)).toMatchObject({
        status: 404,
        body: { code: expect.stringMatching(/NotFound$/) },
      });
    }
    expect((await call('DELETE', '/charts/dev/web-1.0.0.tgz')).status).toBe(405);
  });
});

test('leaves other paths to who comes after', async () => {
  for (const path of ['/', '/api/v1/releases', '/charts', '/v3/']) {
    expect((await call('GET', path)).status).toBe(418);
  }
});
