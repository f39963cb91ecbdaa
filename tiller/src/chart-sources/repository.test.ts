/** Repositories over real HTTP: our own registry's, and small servers that do what real ones do. */
import { createHash } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { download } from './download.ts';
import { RepositoryChartSource } from './repository.ts';
import { findEntry, isRange, readIndex, resolveUrl } from './repository-index.ts';
import { chartPackage, type ServedRegistry, serveRegistry } from './served-registry.testing.ts';

const servers: Server[] = [];

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

describe('a space of our registry as a repository', () => {
  let registry: ServedRegistry;
  let source: RepositoryChartSource;

  beforeAll(async () => {
    registry = await serveRegistry();
    for (const version of ['1.0.0', '1.2.0', '2.0.0-rc.1']) await registry.push('shop', { name: 'web', version });
    source = new RepositoryChartSource({ url: `${registry.url}/charts/shop` });
  });
  afterAll(() => registry.close());

  it('takes the latest release without a range, and the newest that fits one', async () => {
    expect((await source.resolve('web')).version).toBe('1.2.0');
    expect((await source.resolve('web', '~1.0')).version).toBe('1.0.0');
    expect((await source.resolve('web', '>0.0.0-0')).version).toBe('2.0.0-rc.1');
  });

  it('pulls the package, which is the chart', async () => {
    const pulled = await source.pull(await source.resolve('web', '1.0.0'));
    expect(pulled.chart.metadata).toMatchObject({ name: 'web', version: '1.0.0' });
    expect(pulled.digest).toBe(createHash('sha256').update(pulled.archive).digest('hex'));
  });

  it('says which chart or version is not there', async () => {
    await expect(source.resolve('nope')).rejects.toThrow(
      `chart "nope" not found in ${registry.url}/charts/shop repository`,
    );
    await expect(source.resolve('web', '^7')).rejects.toThrow('chart "web" version "^7" not found in ');
  });
});

describe('repositories of others', () => {
  const archive = chartPackage({ name: 'web', version: '1.0.0' });
  const digest = createHash('sha256').update(archive).digest('hex');
  const index = (url: string, sum = digest): string =>
    `apiVersion: v1\nentries:\n  web:\n  - name: web\n    version: 1.0.0\n    digest: ${sum}\n    urls: [${url}]\n`;

  it('follows redirects, and leaves name and password with the server that they are for', async () => {
    const seen: (string | undefined)[] = [];
    const other = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.end(Buffer.from(archive));
    });
    const url = await serve((request, response) => {
      seen.push(request.headers.authorization);
      if (request.url?.endsWith('index.yaml')) response.end(index('files/web-1.0.0.tgz'));
      else response.writeHead(302, { location: `${other}${request.url}` }).end();
    });
    const access = { username: 'ann', password: 'secret' };
    const source = new RepositoryChartSource({ url: `${url}/stable/`, access });
    const pulled = await source.pull(await source.resolve('web'));
    expect(pulled.chart.metadata.name).toBe('web');
    const basic = `Basic ${Buffer.from('ann:secret').toString('base64')}`;
    expect(seen).toEqual([basic, basic, undefined]);
    seen.length = 0;
    const open = new RepositoryChartSource({ url: `${url}/stable/`, access: { ...access, passCredentials: true } });
    await open.pull(await open.resolve('web'));
    expect(seen).toEqual([basic, basic, basic]);
  });

  it('refuses a package that is not the one of the index', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/index.yaml') response.end(index('web-1.0.0.tgz', 'a'.repeat(64)));
      else response.end(Buffer.from(archive));
    });
    const source = new RepositoryChartSource({ url });
    await expect(source.pull(await source.resolve('web'))).rejects.toThrow(
      `chart "web" 1.0.0 of ${url} is not what its index says: sha256 is ${digest}, not ${'a'.repeat(64)}`,
    );
  });

  it('tells of servers that answer badly or not at all', async () => {
    const url = await serve((_request, response) => response.writeHead(403).end());
    await expect(new RepositoryChartSource({ url }).resolve('web')).rejects.toThrow(
      `looks like "${url}" is not a valid chart repository or cannot be reached: failed to fetch ${url}/index.yaml : 403 Forbidden`,
    );
    await expect(new RepositoryChartSource({ url: 'http://127.0.0.1:1' }).resolve('web')).rejects.toThrow(
      'Get "http://127.0.0.1:1/index.yaml": dial tcp 127.0.0.1:1: connect: connection refused',
    );
    await expect(new RepositoryChartSource({ url: 'ftp://example.com' }).resolve('web')).rejects.toThrow(
      'scheme "ftp" not supported',
    );
  });

  it('stops at a limit, and at redirects without an end', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/loop') response.writeHead(302, { location: '/loop' }).end();
      else response.end('x'.repeat(1000));
    });
    await expect(download({ url: `${url}/big`, limit: 999 })).rejects.toThrow(`${url}/big is larger than 999 bytes`);
    await expect(download({ url: `${url}/loop`, limit: 999 })).rejects.toThrow('stopped after 10 redirects');
  });
});

describe('an index', () => {
  it('keeps what is valid, newest first, from YAML and JSON alike', () => {
    const entries = { web: [{ name: 'web', version: '1.0.0', urls: ['a'] }, null, { name: 'web', version: 'junk' }] };
    const json = readIndex(JSON.stringify({ apiVersion: 'v1', entries }));
    expect(json.get('web')).toEqual([{ name: 'web', version: '1.0.0', urls: ['a'] }]);
    const yaml = readIndex(
      'apiVersion: v1\nentries:\n  w:\n  - {name: w, version: 1.2}\n  - {name: w, version: 1.10.0}\n',
    );
    expect(yaml.get('w')?.map(({ version }) => version)).toEqual(['1.10.0', '1.2']);
  });

  it('is refused when it is empty, no YAML, or of no version', () => {
    expect(() => readIndex('')).toThrow('empty index.yaml file');
    expect(() => readIndex('entries: {}')).toThrow('no API version specified');
    expect(() => readIndex('<html>: <a: b')).toThrow();
  });

  it('prefers an entry whose version is the very text, and is not led astray by names of Object', () => {
    const index = readIndex(
      'apiVersion: v1\nentries:\n  w:\n  - {name: w, version: 1.2.3+b}\n  - {name: w, version: 1.2.3+a}\n',
    );
    expect(findEntry(index, { name: 'w', range: '1.2.3+a' })?.version).toBe('1.2.3+a');
    expect(findEntry(index, { name: 'constructor', range: '' })).toBeUndefined();
  });

  it('tells ranges from versions', () => {
    expect(['^1', '~1.2', '1.x', '1 - 2', '>1', '*'].every(isRange)).toBe(true);
    expect(['1.2.3', '1.2.3-rc.x', '1.2.3+xyz'].some(isRange)).toBe(false);
  });

  it('has URLs relative to the repository, whose query goes along', () => {
    expect(resolveUrl('https://h/a/b', 'c-1.tgz')).toBe('https://h/a/b/c-1.tgz');
    expect(resolveUrl('https://h/a/b/?k=v', '../c.tgz')).toBe('https://h/a/c.tgz?k=v');
    expect(resolveUrl('https://h/a', '/c.tgz')).toBe('https://h/c.tgz');
    expect(resolveUrl('https://h/a', 'https://other/c.tgz')).toBe('https://other/c.tgz');
  });
});
