/** A server that renders on threads of its own: it answers others meanwhile, whatever the templates do. */
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { packageFromPath } from '../chart-sources/directory.ts';
import { createHttpClient, type HttpClient } from '../cli/http-client.ts';
import type { OperationResult } from '../server/api.ts';
import { readConfig } from '../server/config.ts';
import { startServer } from '../server/main.ts';
import { type ChartFiles, temporaryFolder, WEB_CHART, writeChart } from './charts.ts';
import { failureOf } from './harness.ts';
import { buildRenderThread, type RenderThreadScript } from './render-thread.ts';

let script: RenderThreadScript;
beforeAll(async () => {
  script = await buildRenderThread();
});
afterAll(() => script.remove());

/** Steps that no test waits for. */
const ENDLESS = { outputBytes: 1_000_000_000, steps: 1_000_000_000_000, depth: 100_000 };

async function start(limits: { seconds?: number; memory?: number; threads?: number } = {}): Promise<HttpClient> {
  const config = readConfig({ data: await temporaryFolder(), listen: '127.0.0.1:0', clockRate: '0' }, {});
  const renderThreads = { seconds: 60, threads: 1, entry: script.entry, ...limits };
  const server = await startServer({ ...config, renderLimits: ENDLESS, renderThreads }, { isPublic: false });
  onTestFinished(() => server.close());
  const client = createHttpClient(server.address);
  await client.json('POST', '/api/v1/clusters', { name: 'dev' });
  return client;
}

async function installOf(files: ChartFiles, more: object = {}): Promise<object> {
  const { archive } = await packageFromPath(await writeChart(files));
  const chart = { archive: Buffer.from(archive).toString('base64') };
  return { cluster: 'dev', namespace: 'default', name: 'web', chart, ...more };
}

function dryRun(client: HttpClient, body: object): Promise<OperationResult> {
  return client.json('POST', '/api/v1/releases', { ...body, dryRun: true });
}

/** The longest that /healthz and a list of pods took, in milliseconds, until something is over. */
async function longestAnswer(client: HttpClient, until: Promise<unknown>): Promise<{ worst: number; count: number }> {
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  until.then(over, over);
  let worst = 0;
  let count = 0;
  while (!isOver) {
    const before = performance.now();
    await client.bytes('/healthz');
    await client.json('GET', '/clusters/dev/api/v1/pods');
    worst = Math.max(worst, performance.now() - before);
    count += 1;
  }
  return { worst, count };
}

const LOOPS = '{{ range until 1000000 }}{{ range until 1000000 }}{{ end }}{{ end }}';

test.each([
  ['loops', LOOPS],
  ['long texts', '{{ range until 1000000 }}{{ repeat 1000000 "x" | upper | trim | trunc 0 }}{{ end }}'],
])('answers others while templates make %s, and ends them at the limit of time', async (_, template) => {
  const client = await start({ seconds: 2 });
  const install = failureOf(dryRun(client, await installOf({ 'templates/a.yaml': template })));
  const { worst, count } = await longestAnswer(client, install);
  expect(worst).toBeLessThan(1000);
  expect(count).toBeGreaterThan(3);
  expect(await install).toMatchObject({
    code: 'RenderFailed',
    message: 'rendering takes longer than 2 seconds (--max-render-seconds)',
  });
  // The next one has a thread again.
  expect(await dryRun(client, await installOf(WEB_CHART))).toMatchObject({ dryRun: true });
});

test('outlives templates that take all the memory of their thread', async () => {
  const client = await start({ memory: 64 });
  const hostile =
    '{{ $all := dict }}{{ range until 1000000 }}{{ $_ := set $all (toString .) (list . . . .) }}{{ end }}';
  expect(await failureOf(dryRun(client, await installOf({ 'templates/a.yaml': hostile })))).toMatchObject({
    code: 'RenderFailed',
    message: 'rendering takes more than 64 MiB of memory',
  });
  expect(await dryRun(client, await installOf(WEB_CHART))).toMatchObject({ dryRun: true });
});

test('renders as on its own thread: lookups, values of --set, upgrades that reuse values, and errors', async () => {
  const client = await start();
  const files: ChartFiles = {
    'values.yaml': 'a: 1\n',
    'templates/a.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: web}
data:
  type: {{ kindOf .Values.a }} {{ .Values.a }} {{ .Values.b }}
  found: "{{ len (lookup "v1" "ConfigMap" "default" "web") }}"
  namespaces: {{ (lookup "v1" "Namespace" "" (lookup "v1" "Namespace" "" "default").metadata.name).metadata.name }}
  has: "{{ .Capabilities.APIVersions.Has "example.com/v1/Thing" }}"
`,
    'crds/things.yaml': `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Thing, plural: things}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
`,
  };
  const body = await installOf(files, { values: { set: ['a=9007199254740993', 'b=x'] } });
  const first = await client.json<OperationResult>('POST', '/api/v1/releases', body);
  expect(first.release.manifest).toContain(
    'type: int64 9007199254740993 x\n  found: "0"\n  namespaces: default\n  has: "true"',
  );
  const upgrade = { ...(await installOf({ ...files, 'values.yaml': 'a: 2\n' })), reuseValues: true };
  const second = await client.json<OperationResult>('PUT', '/api/v1/releases/dev/default/web', upgrade);
  expect(second.release.manifest).toContain('x\n  found: "4"\n');
  const faulty = await installOf({ 'templates/a.yaml': 'a:\n  {{ fail "no" }}' }, { name: 'faulty' });
  expect(await failureOf(dryRun(client, faulty))).toMatchObject({
    code: 'RenderFailed',
    message: 'execution error at (web/templates/a.yaml:2:5): no',
  });
});

test('has the stack for a thousand nested includes', async () => {
  const client = await start();
  const names = Array.from({ length: 1001 }, (_, i) => i);
  const helpers = names.map((i) => `{{ define "h${i}" }}{{ include "h${i + 1}" . }}{{ end }}`).join('');
  const body = await installOf({
    'templates/_h.tpl': `${helpers}{{ define "h1001" }}deep{{ end }}`,
    'templates/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {at: {{ include "h0" . }}}\n',
  });
  expect((await dryRun(client, body)).release.manifest).toContain('at: deep');
});

test('ends what renders when it is closed', async () => {
  const config = readConfig({ data: await temporaryFolder(), listen: '127.0.0.1:0', clockRate: '0' }, {});
  const renderThreads = { seconds: 600, threads: 1, entry: script.entry };
  const server = await startServer({ ...config, renderLimits: ENDLESS, renderThreads }, { isPublic: false });
  const client = createHttpClient(server.address);
  await client.json('POST', '/api/v1/clusters', { name: 'dev' });
  const install = failureOf(dryRun(client, await installOf({ 'templates/a.yaml': LOOPS })));
  await client.bytes('/healthz');
  await server.close();
  await install;
});
