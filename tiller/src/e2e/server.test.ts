/** The server over HTTP: registry, clusters, releases, events and web files on one port, and all of it after a restart. */
import { request } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { packageFromPath } from '../chart-sources/directory.ts';
import { createHttpClient, type HttpClient } from '../cli/http-client.ts';
import type {
  ClusterSummary,
  Items,
  OperationResult,
  PodSummary,
  ReleaseDetail,
  ReleaseSummary,
  ServerEvent,
} from '../server/api.ts';
import { readConfig } from '../server/config.ts';
import { type RunningServer, startServer } from '../server/main.ts';
import { temporaryFolder, WEB_CHART, writeChart } from './charts.ts';

async function start(data: string): Promise<{ readonly server: RunningServer; readonly client: HttpClient }> {
  const config = readConfig({ data, listen: '127.0.0.1:0', clockRate: '0' }, {});
  const server = await startServer(config, { isPublic: true });
  onTestFinished(() => server.close());
  return { server, client: createHttpClient(server.address) };
}

interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

function raw(
  address: string,
  options: { method?: string; path: string; headers?: Record<string, string>; body?: string },
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const { body, ...rest } = options;
    const sent = request(address, { agent: false, ...rest }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    sent.on('error', reject).end(body);
  });
}

async function chartInput(): Promise<{ archive: string }> {
  const { archive } = await packageFromPath(await writeChart(WEB_CHART));
  return { archive: Buffer.from(archive).toString('base64') };
}

const RELEASE = '/api/v1/releases/dev/default/web';

test('everything is there again after a restart', async () => {
  const data = await temporaryFolder();
  const first = await start(data);
  await first.client.json('POST', '/api/v1/clusters', { name: 'dev', nodes: 2, missingImages: ['*/gone:*'] });
  const { archive } = await packageFromPath(await writeChart(WEB_CHART));
  await first.client.upload('/api/v1/spaces/library/charts', archive);
  const body = { cluster: 'dev', namespace: 'default', name: 'web', chart: { ref: 'library/web' }, wait: true };
  await first.client.json('POST', '/api/v1/releases', body);
  const before = await first.client.json<Items<PodSummary>>('GET', '/api/v1/clusters/dev/pods');
  expect(before.items.map(({ status, ready }) => [status, ready])).toEqual([
    ['Running', true],
    ['Running', true],
  ]);
  const cluster = await first.client.json<ClusterSummary>('GET', '/api/v1/clusters/dev');
  await first.server.close();

  const second = await start(data);
  expect(await second.client.json('GET', '/api/v1/clusters/dev')).toEqual(cluster);
  expect(await second.client.json('GET', '/api/v1/clusters/dev/pods')).toEqual(before);
  expect(await second.client.json('GET', '/api/v1/charts/resolve?ref=library/web')).toMatchObject({ version: '1.0.0' });
  const release = await second.client.json<ReleaseDetail>('GET', `${RELEASE}?readiness=true`);
  expect(release).toMatchObject({ status: 'deployed', revision: 1, computedValues: { greeting: 'hello' } });
  expect(release.readiness?.every(({ ready }) => ready)).toBe(true);
  const failing = {
    chart: { ref: 'library/web' },
    values: { set: ['image=x.example/gone:1'] },
    wait: true,
    timeout: '30s',
  };
  await expect(second.client.json('PUT', RELEASE, failing)).rejects.toMatchObject({ code: 'Timeout' });
});

test('an operation tells its timeline as lines, in the time of the cluster', async () => {
  const { client } = await start(await temporaryFolder());
  await client.json('POST', '/api/v1/clusters', { name: 'dev' });
  const body = { cluster: 'dev', namespace: 'default', name: 'web', chart: await chartInput(), wait: true };
  const lines: string[] = [];
  const call = { method: 'POST', path: '/api/v1/releases', body };
  const result = await client.operate<OperationResult>(call, ({ kind, message, elapsed }) => {
    lines.push(`${kind} ${elapsed > 0 ? 'later' : 'now'} ${message}`);
  });
  expect(result).toMatchObject({ installed: true, release: { status: 'deployed' } });
  expect(lines).toContain('object now Deployment default/web: created');
  expect(lines).toContain('wait later Deployment default/web: 2/2 ready');
  await expect(client.operate(call, () => {})).rejects.toMatchObject({ code: 'AlreadyExists' });
});

test('each refusal has its status and a body with code and message', async () => {
  const { server, client } = await start(await temporaryFolder());
  await client.json('POST', '/api/v1/clusters', { name: 'dev' });
  const send = async (method: string, path: string, body?: unknown) => {
    const answer = await raw(server.address, {
      method,
      path,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const { code, message } = JSON.parse(answer.text);
    expect(message).not.toContain('\n');
    return `${answer.status} ${code}`;
  };
  const install = { cluster: 'dev', namespace: 'default', name: 'web', chart: await chartInput() };
  expect(await send('POST', '/api/v1/clusters', { name: 'dev' })).toBe('409 AlreadyExists');
  expect(await send('POST', '/api/v1/clusters', { name: '../x' })).toBe('422 Invalid');
  expect(await send('POST', '/api/v1/clusters', { name: 7 })).toBe('422 Invalid');
  expect(await send('POST', '/api/v1/clusters', '{"name"')).toBe('400 BadRequest');
  expect(await send('GET', '/api/v1/clusters/none')).toBe('404 NotFound');
  expect(await send('POST', '/api/v1/clusters/dev/clock/advance', { duration: '-5s' })).toBe('422 Invalid');
  expect(await send('POST', '/api/v1/releases', { ...install, cluster: 'none' })).toBe('404 NotFound');
  expect(await send('POST', '/api/v1/releases', { ...install, name: 'NOT OK' })).toBe('422 Invalid');
  expect(await send('POST', '/api/v1/releases', { ...install, chart: { ref: 'no/chart' } })).toBe('404 NotFound');
  expect(await send('POST', '/api/v1/releases', { ...install, chart: { archive: 'AAAA' } })).toMatch(/^422 /);
  expect(await send('POST', '/api/v1/releases', { ...install, values: { set: 'a=b' } })).toBe('422 Invalid');
  expect(await send('PUT', RELEASE, { chart: install.chart })).toBe('404 NotFound');
  expect(await send('GET', RELEASE)).toBe('404 NotFound');
  expect(await send('GET', `${RELEASE}?revision=x`)).toBe('422 Invalid');
  expect(await send('DELETE', RELEASE)).toBe('404 NotFound');
  expect(await send('GET', '/api/v1/nothing')).toBe('404 NotFound');
  expect(await send('GET', '/clusters/none/api/v1/pods')).toBe('404 404');
  expect((await client.json<Items<ReleaseSummary>>('GET', '/api/v1/releases')).items).toEqual([]);
});

test('deleting a cluster takes its releases along', async () => {
  const data = await temporaryFolder();
  const { client } = await start(data);
  await client.json('POST', '/api/v1/clusters', { name: 'dev' });
  await client.json('POST', '/api/v1/releases', {
    cluster: 'dev',
    namespace: 'default',
    name: 'web',
    chart: await chartInput(),
  });
  await client.json('DELETE', '/api/v1/clusters/dev');
  expect((await client.json<Items<ReleaseSummary>>('GET', '/api/v1/releases')).items).toEqual([]);
  expect((await client.json<Items<ClusterSummary>>('GET', '/api/v1/clusters')).items).toEqual([]);
});

test('events give the present state, and then what changes', async () => {
  const { server, client } = await start(await temporaryFolder());
  await client.json('POST', '/api/v1/clusters', { name: 'dev' });
  const seen: string[] = [];
  const done = new Promise<void>((resolve, reject) => {
    const stream = request(`${server.address}/api/v1/events`, { agent: false }, (response) => {
      expect(response.headers['content-type']).toContain('text/event-stream');
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
        const events = text.split('\n\n');
        text = events.pop() ?? '';
        for (const event of events) {
          const parsed = JSON.parse(/^data: (.*)$/m.exec(event)?.[1] ?? '') as ServerEvent;
          seen.push(describeEvent(parsed));
          if (parsed.type === 'release' && parsed.release.status === 'deployed') {
            stream.destroy();
            resolve();
          }
        }
      });
    });
    stream.on('error', reject).end();
  });
  await client.json('POST', '/api/v1/releases', {
    cluster: 'dev',
    namespace: 'default',
    name: 'web',
    chart: await chartInput(),
    wait: true,
  });
  await done;
  expect(seen[0]).toBe('cluster dev');
  expect(seen).toContain('ready');
  expect(seen).toContain('release web pending-install');
  expect(seen).toContain('release web deployed');
});

test('web files have a policy and an ETag, and pages fall back to the index', async () => {
  const { server } = await start(await temporaryFolder());
  const page = await raw(server.address, { path: '/' });
  expect(page.status).toBe(200);
  expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  const other = await raw(server.address, { path: '/releases/dev' });
  expect(other).toMatchObject({ status: 200, text: page.text });
  const again = await raw(server.address, { path: '/', headers: { 'if-none-match': String(page.headers.etag) } });
  expect(again.status).toBe(304);
  expect((await raw(server.address, { path: '/missing.js' })).status).toBe(404);
  expect((await raw(server.address, { path: '/../package.json' })).status).toBe(404);
  expect(await raw(server.address, { path: '/healthz' })).toMatchObject({ status: 200, text: 'ok' });
});

function describeEvent(event: ServerEvent): string {
  if (event.type === 'cluster') return `cluster ${event.cluster.name}`;
  if (event.type === 'release') return `release ${event.release.name} ${event.release.status}`;
  return event.type;
}
