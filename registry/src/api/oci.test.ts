/** The OCI face by real HTTP: charts in both directions, uploads in parts, tags, referrers, deletion and garbage. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SqliteCatalog } from '../catalog/sqlite.ts';
import { digestOf } from '../digest.ts';
import { mediaTypes } from '../oci/manifest.ts';
import { createRegistry, type Registry } from '../registry.ts';
import { FilesystemStorageBackend } from '../storage/filesystem.ts';
import { chartPackage } from '../test-packages.ts';
import { createRegistryRouter } from './router.ts';

const folder = mkdtempSync(join(tmpdir(), 'drydock-oci-'));
let made = 0;
let now = 0;
let registry: Registry;
let handler: ReturnType<typeof express>;
let server: Server;
let url = '';

const web = chartPackage({
  name: 'web',
  version: '1.0.0+b.1',
  more: 'description: A web\nhome: https://example.com\n',
});
const otherWeb = chartPackage({ name: 'web', version: '1.0.0+b.1', values: 'other: true\n' });

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
}

beforeAll(async () => {
  server = createServer((request, response) => handler(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

function open(root: string): void {
  const storage = new FilesystemStorageBackend(join(root, 'storage'));
  const catalog = new SqliteCatalog(join(root, 'catalog.db'));
  registry = createRegistry({ storage, catalog, limits: { packageBytes: 100_000 }, now: () => now });
  handler = express();
  handler.use(createRegistryRouter(registry));
}

beforeEach(() => {
  now = Date.now();
  open(join(folder, String(++made)));
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function call(
  method: string,
  path: string,
  init: { body?: Uint8Array | string; type?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const { body, type, headers = {} } = init;
  const response = await fetch(url + path, {
    method,
    headers: { ...headers, ...(type === undefined ? {} : { 'content-type': type }) },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
  });
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
}

function json(answer: Answer): unknown {
  return JSON.parse(answer.bytes.toString());
}

function codeOf(answer: Answer): unknown {
  return (json(answer) as { errors: { code: string }[] }).errors[0]?.code;
}

async function putBlob(repository: string, bytes: Buffer): Promise<string> {
  const digest = digestOf(bytes);
  const started = await call('POST', `/v2/${repository}/blobs/uploads/`);
  expect(started.status).toBe(202);
  const put = await call('PUT', `${started.headers.get('location')}?digest=${digest}`, { body: bytes });
  expect([put.status, put.headers.get('docker-content-digest')]).toEqual([201, digest]);
  return digest;
}

/** Pushes as `helm push` does: config, content, and a manifest under the version as a tag. */
async function pushChart(
  repository: string,
  options: { tag: string; archive: Buffer; created?: string },
): Promise<Answer> {
  const { tag, archive, created = '2026-01-01T00:00:00Z' } = options;
  const config = Buffer.from(JSON.stringify({ name: 'web', version: '1.0.0+b.1', apiVersion: 'v2' }));
  const manifest = {
    schemaVersion: 2,
    config: { mediaType: mediaTypes.chartConfig, digest: await putBlob(repository, config), size: config.length },
    layers: [{ mediaType: mediaTypes.chartContent, digest: await putBlob(repository, archive), size: archive.length }],
    annotations: { 'org.opencontainers.image.created': created },
  };
  return call('PUT', `/v2/${repository}/manifests/${tag}`, {
    body: JSON.stringify(manifest),
    type: mediaTypes.manifest,
  });
}

describe('a chart pushed by OCI', () => {
  test('is a version on every face at once, under the digest that was pushed', async () => {
    const pushed = await pushChart('dev/web', { tag: '1.0.0_b.1', archive: web });
    expect(pushed.status).toBe(201);
    expect((await registry.pull('dev', 'web', '1.0.0+b.1')).archive).toHaveLength(web.length);
    expect((await call('GET', '/charts/dev/index.yaml')).bytes.toString()).toContain('version: 1.0.0+b.1\n');
    for (const reference of ['1.0.0_b.1', pushed.headers.get('docker-content-digest')]) {
      const manifest = await call('GET', `/v2/dev/web/manifests/${reference}`);
      expect([manifest.status, manifest.headers.get('content-type')]).toEqual([200, mediaTypes.manifest]);
      expect(digestOf(manifest.bytes)).toBe(pushed.headers.get('docker-content-digest'));
    }
  });

  test('again with another manifest changes nothing that its tag says', async () => {
    const first = await pushChart('dev/web', { tag: '1.0.0_b.1', archive: web });
    const second = await pushChart('dev/web', { tag: '1.0.0_b.1', archive: web, created: '2026-02-02T00:00:00Z' });
    expect(second.status).toBe(201);
    const [one, two] = [first, second].map((answer) => answer.headers.get('docker-content-digest'));
    expect(one).not.toBe(two);
    expect((await call('HEAD', '/v2/dev/web/manifests/1.0.0_b.1')).headers.get('docker-content-digest')).toBe(one);
    expect((await call('HEAD', `/v2/dev/web/manifests/${two}`)).status).toBe(200);
  });

  test('with other bytes under the same version is refused, and its tag must be its version', async () => {
    await pushChart('dev/web', { tag: '1.0.0_b.1', archive: web });
    const conflicting = await pushChart('dev/web', { tag: '1.0.0_b.1', archive: otherWeb });
    expect([conflicting.status, codeOf(conflicting)]).toEqual([409, 'DENIED']);
    for (const [repository, tag] of [
      ['dev/web', 'latest'],
      ['dev/web', '1.0.1'],
      ['dev/api', '1.0.0_b.1'],
    ] as const) {
      const refused = await pushChart(repository, { tag, archive: web });
      expect([refused.status, codeOf(refused)]).toEqual([422, 'MANIFEST_INVALID']);
      expect((await call('HEAD', `/v2/${repository}/manifests/${tag}`)).status).toBe(404);
    }
  });

  test('is not taken for a chart when it is none', async () => {
    const refused = await pushChart('dev/web', { tag: '1.0.0', archive: Buffer.from('no archive') });
    expect([refused.status, codeOf(refused)]).toEqual([400, 'MANIFEST_INVALID']);
    expect((await registry.listSpaces()).total).toBe(0);
  });
});

describe('a chart pushed by HTTP', () => {
  test('has a manifest, a config and a content blob, the same on every server', async () => {
    const { entry } = await registry.push('dev', web);
    const byTag = await call('GET', '/v2/dev/web/manifests/1.0.0_b.1');
    const manifest = json(byTag) as {
      config: { digest: string; size: number };
      layers: { digest: string }[];
      annotations: object;
    };
    expect(manifest).toMatchObject({
      schemaVersion: 2,
      mediaType: mediaTypes.manifest,
      config: { mediaType: mediaTypes.chartConfig },
      layers: [{ mediaType: mediaTypes.chartContent, digest: digestOf(web), size: web.length }],
      annotations: {
        'org.opencontainers.image.title': 'web',
        'org.opencontainers.image.version': '1.0.0+b.1',
        'org.opencontainers.image.description': 'A web',
        'org.opencontainers.image.url': 'https://example.com',
        'org.opencontainers.image.created': new Date(entry.created).toISOString(),
      },
    });
    open(join(folder, String(made)));
    const byDigest = await call('GET', `/v2/dev/web/manifests/${digestOf(byTag.bytes)}`);
    expect(byDigest.bytes.equals(byTag.bytes)).toBe(true);
    const config = await call('GET', `/v2/dev/web/blobs/${manifest.config.digest}`);
    expect(json(config)).toMatchObject({ name: 'web', version: '1.0.0+b.1', apiVersion: 'v2' });
    expect((await call('GET', `/v2/dev/web/blobs/${digestOf(web)}`)).bytes.equals(web)).toBe(true);
    expect((await call('HEAD', `/v2/prod/web/blobs/${digestOf(web)}`)).status).toBe(404);
  });

  test('is gone everywhere when it is deleted by tag or digest', async () => {
    for (const reference of ['tag', 'digest']) {
      await registry.push('dev', web);
      const digest = digestOf((await call('GET', '/v2/dev/web/manifests/1.0.0_b.1')).bytes);
      const path = `/v2/dev/web/manifests/${reference === 'tag' ? '1.0.0_b.1' : digest}`;
      expect((await call('DELETE', path)).status).toBe(202);
      expect((await call('GET', path)).status).toBe(404);
      expect((await registry.listCharts('dev')).items).toEqual([]);
    }
  });

  test('keeps its tag from other artifacts, and its blobs from deletion', async () => {
    await registry.push('dev', web);
    const artifact = JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.index, manifests: [] });
    const refused = await call('PUT', '/v2/dev/web/manifests/1.0.0_b.1', { body: artifact, type: mediaTypes.index });
    expect([refused.status, codeOf(refused)]).toEqual([409, 'DENIED']);
    expect((await call('DELETE', `/v2/dev/web/blobs/${digestOf(web)}`)).status).toBe(409);
  });

  test('without a space is one of the default space', async () => {
    await registry.push('default', web);
    expect((await call('GET', '/v2/web/manifests/1.0.0_b.1')).status).toBe(200);
  });
});

describe('a blob', () => {
  const blob = Buffer.from('some bytes that are no chart');

  test('is uploaded in parts that go on after a restart, in order only', async () => {
    const started = await call('POST', '/v2/dev/web/blobs/uploads/');
    const path = started.headers.get('location') ?? '';
    const part = (start: number, end: number): Promise<Answer> =>
      call('PATCH', path, { body: blob.subarray(start, end), headers: { 'content-range': `${start}-${end - 1}` } });
    expect((await part(0, 10)).headers.get('range')).toBe('0-9');
    expect((await part(5, 12)).status).toBe(416);
    expect((await part(12, 20)).status).toBe(416);
    open(join(folder, String(made)));
    const told = await call('GET', path);
    expect([told.status, told.headers.get('range')]).toEqual([204, '0-9']);
    expect((await part(10, 20)).headers.get('range')).toBe('0-19');
    const wrong = await call('PUT', `${path}?digest=${digestOf(blob)}`, { body: 'wrong bytes' });
    expect([wrong.status, codeOf(wrong)]).toEqual([400, 'DIGEST_INVALID']);
    expect((await call('PUT', `${path}?digest=${digestOf(blob)}`, { body: blob.subarray(20) })).status).toBe(201);
    expect((await call('GET', `/v2/dev/web/blobs/${digestOf(blob)}`)).bytes.equals(blob)).toBe(true);
    expect((await call('GET', path)).status).toBe(404);
  });

  test('larger than the limit is refused, whole or in parts', async () => {
    const large = Buffer.alloc(60_000);
    expect(
      (await call('POST', `/v2/dev/web/blobs/uploads/?digest=${digestOf(large)}`, { body: Buffer.alloc(300_000) }))
        .status,
    ).toBe(413);
    const path = (await call('POST', '/v2/dev/web/blobs/uploads/')).headers.get('location') ?? '';
    expect((await call('PATCH', path, { body: large })).status).toBe(202);
    const over = await call('PATCH', path, { body: large });
    expect([over.status, codeOf(over)]).toEqual([413, 'SIZE_INVALID']);
    expect((await call('DELETE', path)).status).toBe(204);
  });

  test('is mounted from a repository that has it, and only from such', async () => {
    await registry.push('dev', web);
    const mount = `/v2/prod/web/blobs/uploads/?mount=${digestOf(web)}`;
    expect((await call('POST', `${mount}&from=dev/web`)).status).toBe(201);
    expect((await call('GET', `/v2/prod/web/blobs/${digestOf(web)}`)).bytes.equals(web)).toBe(true);
    expect((await call('POST', `${mount}&from=test/web`)).status).toBe(202);
  });

  test.each([
    ['GET', '/v2/dev/web/blobs/sha256:short', 400, 'DIGEST_INVALID'],
    ['GET', `/v2/dev/web/blobs/${digestOf(blob)}`, 404, 'BLOB_UNKNOWN'],
    ['GET', `/v2/Dev/web/blobs/${digestOf(blob)}`, 400, 'NAME_INVALID'],
    ['GET', `/v2/dev/..%2f..%2fx/blobs/${digestOf(blob)}`, 400, 'NAME_INVALID'],
    ['GET', '/v2/dev/web/manifests/1.0.0', 404, 'MANIFEST_UNKNOWN'],
    ['GET', '/v2/dev/web/manifests/-x', 400, 'MANIFEST_INVALID'],
    ['GET', '/v2/dev/web/tags/list', 404, 'NAME_UNKNOWN'],
    ['PATCH', '/v2/dev/web/blobs/uploads/x', 404, 'BLOB_UPLOAD_UNKNOWN'],
    ['POST', '/v2/dev/web/tags/list', 405, 'UNSUPPORTED'],
    ['GET', '/v2/dev/web', 404, 'UNSUPPORTED'],
  ])('%s %s is %i %s', async (method, path, status, code) => {
    const answer = await call(method, path);
    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
  });
});

describe('a hostile manifest', () => {
  test.each([
    ['of a type that a browser would run', { mediaType: 'text/html' }],
    ['of a type that is no header', { mediaType: 'application/x\r\nX-Y: z' }],
    ['with annotations that are nested', { annotations: { a: { b: { c: {} } } } }],
    [
      'with a digest without end',
      { subject: { mediaType: 'application/x', digest: `sha256:${'a'.repeat(300)}`, size: 1 } },
    ],
  ])('%s is a 400', async (_, fields) => {
    const body = JSON.stringify({ schemaVersion: 2, ...fields });
    const refused = await call('PUT', '/v2/dev/web/manifests/x', { body });
    expect([refused.status, codeOf(refused)]).toEqual([400, 'MANIFEST_INVALID']);
  });
});

describe('a repository', () => {
  test('lists tags of charts and artifacts in pages', async () => {
    for (const version of ['1.0.0', '1.1.0', '2.0.0']) {
      await registry.push('dev', chartPackage({ name: 'web', version }));
    }
    const index = JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.index, manifests: [] });
    await call('PUT', '/v2/dev/web/manifests/Extra', { body: index, type: mediaTypes.index });
    expect(json(await call('GET', '/v2/dev/web/tags/list'))).toEqual({
      name: 'dev/web',
      tags: ['1.0.0', '1.1.0', '2.0.0', 'Extra'],
    });
    const page = await call('GET', '/v2/dev/web/tags/list?n=2&last=1.0.0');
    expect(json(page)).toMatchObject({ tags: ['1.1.0', '2.0.0'] });
    expect(page.headers.get('link')).toBe('</v2/dev/web/tags/list?n=2&last=2.0.0>; rel="next"');
    expect(json(await call('GET', '/v2/_catalog'))).toEqual({ repositories: ['dev/web'] });
  });

  test('tells who refers to a chart, which survives the collection of garbage with its blobs', async () => {
    await registry.push('dev', web);
    const subject = digestOf((await call('GET', '/v2/dev/web/manifests/1.0.0_b.1')).bytes);
    const signature = Buffer.from('a signature');
    const [config, layer] = [await putBlob('dev/web', Buffer.from('{}')), await putBlob('dev/web', signature)];
    const unused = await putBlob('dev/web', Buffer.from('never named'));
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.manifest,
      artifactType: 'application/example.signature',
      config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: config, size: 2 },
      layers: [{ mediaType: 'text/plain', digest: layer, size: signature.length }],
      subject: { mediaType: mediaTypes.manifest, digest: subject, size: 1 },
      annotations: { a: 'b' },
    });
    const put = await call('PUT', `/v2/dev/web/manifests/${digestOf(Buffer.from(manifest))}`, {
      body: manifest,
      type: mediaTypes.manifest,
    });
    expect([put.status, put.headers.get('oci-subject')]).toEqual([201, subject]);
    const referrers = json(await call('GET', `/v2/dev/web/referrers/${subject}`)) as { manifests: object[] };
    expect(referrers.manifests).toEqual([
      expect.objectContaining({ artifactType: 'application/example.signature', annotations: { a: 'b' } }),
    ]);
    const filtered = await call('GET', `/v2/dev/web/referrers/${subject}?artifactType=other`);
    expect([json(filtered), filtered.headers.get('oci-filters-applied')]).toEqual([
      expect.objectContaining({ manifests: [] }),
      'artifactType',
    ]);
    now += 10_000;
    const report = await registry.collectGarbage({ grace: 1000 });
    expect(report.removed.map(({ digest }) => digest)).toEqual([unused]);
    expect((await call('GET', `/v2/dev/web/blobs/${layer}`)).bytes.equals(signature)).toBe(true);
    expect((await call('HEAD', `/v2/dev/web/blobs/${unused}`)).status).toBe(404);
  });

  test('leaves nothing after its chart is deleted and garbage is collected', async () => {
    await pushChart('dev/web', { tag: '1.0.0_b.1', archive: web });
    now += 10_000;
    expect((await registry.collectGarbage({ grace: 1000 })).removed).toEqual([]);
    await registry.delete('dev', 'web', '1.0.0+b.1');
    await registry.collectGarbage({ grace: 1000 });
    expect(await registry.collectGarbage({ grace: 1000 })).toMatchObject({ removed: [], kept: 0, waiting: 0 });
    expect((await call('GET', '/v2/dev/web/tags/list')).status).toBe(404);
  });
});
