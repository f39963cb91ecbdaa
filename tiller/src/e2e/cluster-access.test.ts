/** Clusters over HTTPS on ports of their own, and the kubeconfigs that lead there. */
import { type Agent, request } from 'node:https';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createHttpClient, type HttpClient } from '../cli/http-client.ts';
import type { ClusterSummary, Kubeconfig } from '../server/api.ts';
import { readConfig } from '../server/config.ts';
import { type RunningServer, startServer } from '../server/main.ts';
import { temporaryFolder } from './charts.ts';

async function start(
  data: string,
  clockRate = '0',
): Promise<{ readonly server: RunningServer; readonly client: HttpClient }> {
  const config = readConfig({ data, listen: '127.0.0.1:0', clockRate }, {});
  const server = await startServer(config, { isPublic: true });
  onTestFinished(() => server.close());
  return { server, client: createHttpClient(server.address) };
}

interface Access {
  readonly server: string;
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
}

async function accessTo(client: HttpClient, name: string): Promise<Access> {
  const config = await client.json<Kubeconfig>('GET', `/api/v1/clusters/${name}/kubeconfig`);
  const [cluster] = config.clusters;
  const [user] = config.users;
  if (cluster === undefined || user === undefined) throw new Error('the kubeconfig is empty');
  const bytes = (text: string) => Buffer.from(text, 'base64');
  return {
    server: cluster.cluster.server,
    ca: bytes(cluster.cluster['certificate-authority-data']),
    cert: bytes(user.user['client-certificate-data']),
    key: bytes(user.user['client-key-data']),
  };
}

function get(url: string, options: Partial<Access> & { readonly agent?: Agent | false } = {}): Promise<string> {
  const { ca, cert, key } = options;
  return new Promise((resolve, reject) => {
    const tls = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
    const sent = request(url, { agent: false, ...tls }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
    });
    sent.on('error', reject).end();
  });
}

test('a cluster answers over HTTPS, under its own CA, at the same port after a restart', async () => {
  const data = await temporaryFolder();
  const first = await start(data);
  await first.client.json('POST', '/api/v1/clusters', { name: 'dev' });
  await first.client.json('POST', '/api/v1/clusters', { name: 'prod' });
  const access = await accessTo(first.client, 'dev');
  const { server, ca } = access;
  expect(JSON.parse(await get(`${server}/version`, access))).toMatchObject({ gitVersion: 'v1.34.2' });
  await expect(get(`${server}/version`)).rejects.toThrow(/certificate/);
  const other = await accessTo(first.client, 'prod');
  expect(other.server).not.toBe(server);
  await expect(get(`${other.server}/version`, { ca })).rejects.toThrow(/certificate/);
  const published = await get(`${server}/api/v1/namespaces/default/configmaps/kube-root-ca.crt`, access);
  expect(JSON.parse(published).data['ca.crt']).toBe(ca.toString());
  await first.server.close();

  const second = await start(data);
  expect((await accessTo(second.client, 'dev')).server).toBe(server);
  expect(JSON.parse(await get(`${server}/version`, access))).toMatchObject({ gitVersion: 'v1.34.2' });
});

test('a cluster that is deleted is no longer served, and a new one of its name has another CA', async () => {
  const { client } = await start(await temporaryFolder());
  await client.json('POST', '/api/v1/clusters', { name: 'dev' });
  const access = await accessTo(client, 'dev');
  await client.json('DELETE', '/api/v1/clusters/dev');
  await expect(get(`${access.server}/version`, access)).rejects.toThrow(/ECONNREFUSED/);
  await client.json('POST', '/api/v1/clusters', { name: 'dev' });
  expect((await accessTo(client, 'dev')).ca.equals(access.ca)).toBe(false);
});

test("a cluster's clock runs at its own rate", async () => {
  const { client } = await start(await temporaryFolder(), '1');
  await client.json('POST', '/api/v1/clusters', { name: 'fast', clockRate: 100_000 });
  await client.json('POST', '/api/v1/clusters', { name: 'plain' });
  const now = async (name: string) =>
    Date.parse((await client.json<ClusterSummary>('GET', `/api/v1/clusters/${name}`)).now);
  const access = await accessTo(client, 'fast');
  const [fast, plain] = [await now('fast'), await now('plain')];
  // A request brings a cluster's time up to now.
  while ((await now('fast')) - fast < 60_000) await get(`${access.server}/version`, access);
  expect((await now('plain')) - plain).toBeLessThan(60_000);
  expect(await client.json('PUT', '/api/v1/clusters/fast/clock/rate', { clockRate: 0 })).toEqual({ clockRate: 0 });
  const stopped = await now('fast');
  await get(`${access.server}/version`, access);
  expect(await now('fast')).toBe(stopped);
  await expect(client.json('PUT', '/api/v1/clusters/fast/clock/rate', { clockRate: -1 })).rejects.toThrow(
    '"clockRate" must be a number from 0 up, not -1',
  );
});

test('a cluster whose port is taken meanwhile gets another', async () => {
  const data = await temporaryFolder();
  const first = await start(data);
  await first.client.json('POST', '/api/v1/clusters', { name: 'dev' });
  const { server, ...access } = await accessTo(first.client, 'dev');
  await first.server.close();
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(Number(new URL(server).port), '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  const moved = await accessTo((await start(data)).client, 'dev');
  expect(moved.server).not.toBe(server);
  expect(JSON.parse(await get(`${moved.server}/version`, access))).toMatchObject({ major: '1' });
});

test('certificates say who asks, tokens too, and nobody else is let in where roles count', async () => {
  const { client } = await start(await temporaryFolder());
  await client.json('POST', '/api/v1/clusters', { name: 'dev', rbac: true });
  const { ca, server, ...admin } = await accessTo(client, 'dev');
  const pods = `${server}/api/v1/pods`;
  expect(JSON.parse(await get(pods, { ca, ...admin }))).toMatchObject({ kind: 'PodList' });
  expect(JSON.parse(await get(pods, { ca }))).toMatchObject({
    message:
      'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" at the cluster scope',
  });
  await client.json('POST', '/api/v1/clusters', { name: 'other' });
  const stranger = await accessTo(client, 'other');
  expect(JSON.parse(await get(pods, { ca, cert: stranger.cert, key: stranger.key }))).toMatchObject({
    message: 'Unauthorized',
  });
});
