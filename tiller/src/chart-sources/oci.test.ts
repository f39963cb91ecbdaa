/** OCI registries over real HTTP: our own, alone and behind a server of tokens. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerAccess } from './download.ts';
import { OciChartSource } from './oci.ts';
import { parseOciReference } from './oci-client.ts';
import { type Intercept, type ServedRegistry, serveRegistry } from './served-registry.testing.ts';

const PLAIN: ServerAccess = { plainHttp: true };

describe('charts of our registry by OCI', () => {
  let registry: ServedRegistry;
  const source = new OciChartSource({ access: () => PLAIN });

  beforeAll(async () => {
    registry = await serveRegistry();
    for (const version of ['1.0.0', '1.2.0+build.7', '2.0.0-rc.1'])
      await registry.push('shop', { name: 'web', version });
  });
  afterAll(() => registry.close());

  it('searches the tags, whose _ is the + of versions', async () => {
    const ref = `oci://${registry.host}/shop/web`;
    expect((await source.resolve(ref)).version).toBe('1.2.0+build.7');
    expect((await source.resolve(ref, '~1.0')).version).toBe('1.0.0');
    expect((await source.resolve(ref, '>0.0.0-0')).version).toBe('2.0.0-rc.1');
    await expect(source.resolve(ref, '^7')).rejects.toThrow(
      'could not locate a version matching provided version string ^7',
    );
  });

  it('pulls the chart that a tag names', async () => {
    const ref = `oci://${registry.host}/shop/web`;
    const pulled = await source.pull(await source.resolve(ref, '^1'));
    expect(pulled.chart.metadata).toMatchObject({ name: 'web', version: '1.2.0+build.7' });
    const byTag = await source.pullArchive(await source.resolve(`${ref}:1.2.0+build.7`));
    expect(byTag.ref).toBe(`${registry.host}/shop/web:1.2.0_build.7`);
    const byDigest = await source.pull(await source.resolve(`${ref}@${byTag.digest}`));
    expect(byDigest.digest).toBe(pulled.digest);
  });

  it('takes no two versions at once', async () => {
    await expect(source.resolve(`oci://${registry.host}/shop/web:1.0.0`, '2.0.0')).rejects.toThrow(
      'chart reference and version mismatch: 2.0.0 is not 1.0.0',
    );
  });

  it('says what the registry says of charts that are not there', async () => {
    const missing = `oci://${registry.host}/shop/nope`;
    await expect(source.resolve(missing)).rejects.toThrow(
      /GET "http:.*\/v2\/shop\/nope\/tags\/list": response status code 404/,
    );
    await expect(source.pull({ ref: missing, name: 'nope', version: '1.0.0' })).rejects.toThrow(
      `failed to perform "FetchReference" on source: ${registry.host}/shop/nope:1.0.0: not found`,
    );
  });
});

describe('registries that ask who is there', () => {
  const user = `Basic ${Buffer.from('ann:secret').toString('base64')}`;
  const asked: string[] = [];
  let registry: ServedRegistry;
  let corrupt = false;

  const guard: Intercept = (request, response) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
    if (url.pathname === '/token') {
      asked.push(`${url.searchParams.get('service')} ${url.searchParams.get('scope')}`);
      if (request.headers.authorization !== user) response.writeHead(401).end();
      else response.end(JSON.stringify({ token: 'let-me-in' }));
      return true;
    }
    if (corrupt && url.pathname.includes('/blobs/')) {
      response.end('something else');
      return true;
    }
    if (!url.pathname.startsWith('/v2/') || request.headers.authorization === 'Bearer let-me-in') return false;
    const challenge = `Bearer realm="${url.origin}/token",service="shop-registry",scope="repository:shop/web:pull"`;
    response.writeHead(401, { 'www-authenticate': challenge }).end();
    return true;
  };

  beforeAll(async () => {
    registry = await serveRegistry(guard);
    await registry.push('shop', { name: 'web', version: '1.0.0' });
  });
  afterAll(() => registry.close());

  it('get a token once, with name and password', async () => {
    const source = new OciChartSource({ access: () => ({ ...PLAIN, username: 'ann', password: 'secret' }) });
    const pulled = await source.pull(await source.resolve(`oci://${registry.host}/shop/web`));
    expect(pulled.chart.metadata.version).toBe('1.0.0');
    expect(asked).toEqual(['shop-registry repository:shop/web:pull']);
  });

  it('turn strangers away', async () => {
    const source = new OciChartSource({ access: () => PLAIN });
    await expect(source.resolve(`oci://${registry.host}/shop/web`)).rejects.toThrow('/token?service=shop-registry');
  });

  it('can send no other package than the one that the manifest names', async () => {
    const source = new OciChartSource({ access: () => ({ ...PLAIN, username: 'ann', password: 'secret' }) });
    corrupt = true;
    await expect(source.pull(await source.resolve(`oci://${registry.host}/shop/web`))).rejects.toThrow(
      'is not what it should be: its digest is sha256:',
    );
    corrupt = false;
  });
});

describe('references', () => {
  it('have a host, a name, and a tag or digest', () => {
    expect(parseOciReference('oci://h:5000/a/b:1.0.0+x')).toEqual({
      host: 'h:5000',
      repository: 'a/b',
      tag: '1.0.0+x',
      digest: '',
    });
    const digest = `sha256:${'0'.repeat(64)}`;
    expect(parseOciReference(`oci://h/a@${digest}`)).toEqual({ host: 'h', repository: 'a', tag: '', digest });
  });

  it.each(['oci://h', 'oci:///a', 'oci://h/A', 'oci://h/a@sha256:1', 'oci://h/../x'])('refuses %s', (ref) => {
    expect(() => parseOciReference(ref)).toThrow('invalid reference');
  });
});
