/** ChartMuseum's API by real HTTP, as its clients call it. */
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
import { createRegistry, type Registry } from '../registry.ts';
import { FilesystemStorageBackend } from '../storage/filesystem.ts';
import { chartPackage } from '../test-packages.ts';
import { createRegistryRouter } from './router.ts';

const folder = mkdtempSync(join(tmpdir(), 'drydock-museum-'));
let made = 0;
let registry: Registry;
let handler: ReturnType<typeof express>;
let server: Server;
let url = '';

const web = chartPackage({ name: 'web', version: '1.0.0', more: 'description: A web\n' });
const otherWeb = chartPackage({ name: 'web', version: '1.0.0', values: 'other: true\n' });

beforeAll(async () => {
  server = createServer((request, response) => handler(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

beforeEach(() => {
  const root = join(folder, String(++made));
  const storage = new FilesystemStorageBackend(join(root, 'storage'));
  registry = createRegistry({ storage, catalog: new SqliteCatalog(join(root, 'catalog.db')) });
  handler = express();
  handler.use(createRegistryRouter(registry));
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function call(
  method: string,
  path: string,
  body?: Uint8Array | FormData,
): Promise<{ status: number; body: unknown }> {
  const sent = body instanceof FormData || body === undefined ? body : new Uint8Array(body);
  const response = await fetch(url + path, { method, ...(sent === undefined ? {} : { body: sent }) });
  const text = await response.text();
  const isJson = text !== '' && /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, body: isJson ? JSON.parse(text) : text };
}

async function bytesAt(path: string): Promise<Buffer> {
  return Buffer.from(await (await fetch(url + path)).arrayBuffer());
}

function provenanceOf(file: string, archive: Uint8Array): Buffer {
  return Buffer.from(
    `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nname: web\nversion: 1.0.0\n\n...\nfiles:\n  ${file}: ${digestOf(archive)}\n-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n`,
  );
}

function form(fields: Readonly<Record<string, Uint8Array>>): FormData {
  const data = new FormData();
  for (const [name, bytes] of Object.entries(fields)) {
    data.set(name, new Blob([new Uint8Array(bytes)]), `${name}.bin`);
  }
  return data;
}

describe.each([
  ['', '', 'default'],
  ['/dev', '/dev', 'dev'],
  ['/team/a/dev', '/team/a/dev', 'team/a/dev'],
])('at /api%s/charts', (tenant, repository, space) => {
  const charts = `/api${tenant}/charts`;

  test('saves, tells, serves and deletes a package', async () => {
    expect(await call('POST', charts, web)).toEqual({ status: 201, body: { saved: true } });
    expect((await registry.getVersion(space, 'web', '1.0.0')).digest).toBe(digestOf(web));
    const version = { name: 'web', version: '1.0.0', urls: ['charts/web-1.0.0.tgz'], digest: digestOf(web).slice(7) };
    expect((await call('GET', charts)).body).toEqual({ web: [expect.objectContaining(version)] });
    expect((await call('GET', `${charts}/web`)).body).toEqual([expect.objectContaining(version)]);
    expect((await call('GET', `${charts}/web/1.0.0`)).body).toMatchObject(version);
    expect((await call('GET', `${charts}/web/latest`)).body).toMatchObject(version);
    expect((await call('HEAD', `${charts}/web`)).status).toBe(200);
    expect((await call('HEAD', `${charts}/web/1.0.0`)).status).toBe(200);
    for (const file of [`${repository}/charts/web-1.0.0.tgz`, `${repository}/web-1.0.0.tgz`]) {
      expect((await bytesAt(file)).equals(web)).toBe(true);
    }
    expect((await bytesAt(`${repository}/index.yaml`)).toString()).toContain('\n    - web-1.0.0.tgz\n');
    expect((await bytesAt(`/charts/${space}/index.yaml`)).toString()).toContain('\n    - web-1.0.0.tgz\n');
    expect(await call('DELETE', `${charts}/web/1.0.0`)).toEqual({ status: 200, body: { deleted: true } });
    expect(await call('DELETE', `${charts}/web/1.0.0`)).toMatchObject({
      status: 404,
      body: { error: expect.any(String) },
    });
    expect((await call('HEAD', `${charts}/web`)).status).toBe(404);
  });

  test('keeps a version as it is, but for ?force where the space allows it', async () => {
    await call('POST', charts, web);
    expect(await call('POST', charts, web)).toEqual({ status: 201, body: { saved: true } });
    expect(await call('POST', charts, otherWeb)).toMatchObject({
      status: 409,
      body: { error: expect.stringContaining('1.0.0') },
    });
    expect((await call('POST', `${charts}?force`, otherWeb)).status).toBe(409);
    await registry.updateSpace(space, { overwrite: true });
    expect((await call('POST', charts, otherWeb)).status).toBe(409);
    expect((await call('POST', `${charts}?force`, otherWeb)).status).toBe(201);
    expect((await bytesAt(`${repository}/charts/web-1.0.0.tgz`)).equals(otherWeb)).toBe(true);
  });

  test('keeps provenance with the package that it is for', async () => {
    const provenance = provenanceOf('web-1.0.0.tgz', web);
    const prov = `/api${tenant}/prov`;
    expect((await call('POST', prov, provenance)).status).toBe(404);
    await call('POST', charts, web);
    expect((await call('GET', `${repository}/charts/web-1.0.0.tgz.prov`)).status).toBe(404);
    expect((await call('POST', prov, provenanceOf('web-1.0.0.tgz', otherWeb))).status).toBe(422);
    expect((await call('POST', prov, Buffer.from('unsigned'))).status).toBe(422);
    expect(await call('POST', prov, provenance)).toEqual({ status: 201, body: { saved: true } });
    expect((await bytesAt(`${repository}/charts/web-1.0.0.tgz.prov`)).equals(provenance)).toBe(true);
    expect((await bytesAt(`/charts/${space}/web-1.0.0.tgz.prov`)).equals(provenance)).toBe(true);
  });

  test('takes a form with chart and prov', async () => {
    const provenance = provenanceOf('web-1.0.0.tgz', web);
    expect((await call('POST', charts, form({ other: web }))).status).toBe(400);
    expect(
      (await call('POST', charts, form({ chart: web, prov: provenanceOf('web-1.0.0.tgz', otherWeb) }))).status,
    ).toBe(422);
    expect((await call('HEAD', `${charts}/web`)).status).toBe(404);
    expect((await call('POST', charts, form({ chart: web, prov: provenance }))).status).toBe(201);
    expect((await bytesAt(`${repository}/web-1.0.0.tgz.prov`)).equals(provenance)).toBe(true);
  });
});

test('templates and values of a version are told', async () => {
  await call('POST', '/api/charts', web);
  expect((await call('GET', '/api/charts/web/1.0.0/templates')).body).toEqual({
    templates: [{ name: 'templates/config.yaml', data: expect.stringMatching(/^[A-Za-z0-9+/]+=*$/) }],
    values: { replicas: 1 },
  });
  expect((await call('GET', '/api/charts/web/1.0.0/values')).body).toBe('replicas: 1\n');
});

test('charts are listed in pages by name', async () => {
  for (const name of ['a', 'b', 'c']) {
    await registry.push('default', chartPackage({ name, version: '1.0.0' }));
    await registry.push('default', chartPackage({ name, version: '1.1.0' }));
  }
  const names = async (query: string): Promise<string[]> =>
    Object.keys((await call('GET', `/api/charts?${query}`)).body as object);
  expect(await names('')).toEqual(['a', 'b', 'c']);
  expect(await names('offset=1')).toEqual(['b', 'c']);
  expect(await names('offset=1&limit=1')).toEqual(['b']);
  for (const query of ['offset=-1', 'limit=0', 'limit=x']) {
    expect(await call('GET', `/api/charts?${query}`)).toMatchObject({
      status: 400,
      body: { error: expect.any(String) },
    });
  }
});

test("paths of Drydock's own API are no tenants", async () => {
  for (const path of ['/api/v1/charts', '/api/v1/clusters/charts/web']) {
    const { body } = await call('GET', path);
    expect(body).toEqual(expect.stringContaining('Cannot GET'));
  }
  expect((await call('GET', '/health')).body).toEqual({ healthy: true });
});
