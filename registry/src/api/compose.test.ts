/** Composition by real HTTP: subcharts renamed, nested, left out, and configs of every level. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadArchive, renderChart, valuesToJson } from '@drydock/charts';
import express from 'express';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { SqliteCatalog } from '../catalog/sqlite.ts';
import { createRegistry, type Registry } from '../registry.ts';
import { FilesystemStorageBackend } from '../storage/filesystem.ts';
import { chartPackage } from '../test-packages.ts';
import { createRegistryRouter } from './router.ts';

const folder = mkdtempSync(join(tmpdir(), 'drydock-compose-'));
let made = 0;
let registry: Registry;
let handler: ReturnType<typeof express>;
let server: Server;
let url = '';

const template = (text: string) => ({
  name: 'templates/config.yaml',
  text: `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-{{ .Chart.Name }}\ndata:\n  size: {{ ${text} | quote }}\n`,
});
const subchart = (path: string, name: string, version: string) => [
  { name: `${path}/Chart.yaml`, text: `apiVersion: v2\nname: ${name}\nversion: ${version}\n` },
  { name: `${path}/values.yaml`, text: 'size: old\n' },
  { ...template('.Values.size'), name: `${path}/templates/config.yaml` },
];

beforeAll(async () => {
  server = createServer((request, response) => handler(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

beforeEach(async () => {
  const root = join(folder, String(++made));
  const storage = new FilesystemStorageBackend(join(root, 'storage'));
  registry = createRegistry({ storage, catalog: new SqliteCatalog(join(root, 'catalog.db')) });
  handler = express();
  handler.use(createRegistryRouter(registry));
  const shop = chartPackage({
    name: 'shop',
    version: '1.0.0',
    more: 'dependencies:\n- name: db\n  version: 2.0.0\n  condition: db.enabled\n- name: mail\n  version: 3.0.0\n',
    values: 'size: old\nschema: kept\n',
    files: [
      { name: 'values.schema.json', text: '{"required": ["schema"]}' },
      ...subchart('charts/db', 'db', '2.0.0'),
      ...subchart('charts/db/charts/disk', 'disk', '0.1.0'),
      ...subchart('charts/mail', 'mail', '3.0.0'),
    ],
  });
  await registry.push('dev', shop);
  await registry.push('lib', chartPackage({ name: 'cache', version: '4.0.0', files: [template('.Values.size')] }));
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function compose(body: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${url}/api/v1/spaces/dev/charts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const inParent = (chart?: string) => ({ independent: false, ...(chart === undefined ? {} : { chart }) });
const configs = {
  package: { independent: true, space: 'dev', chart: 'shop', version: '1.0.0' },
  _config: { size: 'root' },
  store: {
    package: inParent('db'),
    _config: { size: 'medium' },
    disk: { package: inParent(), _config: { size: 'small' } },
  },
  cache: { package: { independent: true, space: 'lib', chart: 'cache', version: '4.0.0' }, _config: { size: 'large' } },
};
const save = { chart: 'suite', version: '0.1.0', description: 'Composed' };

test('makes a chart that renders with renamed, nested and independent subcharts, and none that is not named', async () => {
  const answer = await compose({ save, configs });
  expect(answer).toMatchObject({ status: 201, body: { space: 'dev', chart: 'suite', version: '0.1.0' } });
  const chart = loadArchive((await registry.pull('dev', 'suite', '0.1.0')).archive);
  expect(chart.metadata).toMatchObject({
    name: 'suite',
    version: '0.1.0',
    description: 'Composed',
    dependencies: [
      { name: 'store', version: '2.0.0' },
      { name: 'cache', version: '4.0.0' },
    ],
  });
  expect(valuesToJson(chart.values)).toEqual({
    size: 'root',
    store: { size: 'medium', disk: { size: 'small' } },
    cache: { size: 'large' },
  });
  const rendered = renderChart(chart, { release: { name: 'r', namespace: 'n' } });
  const sizes = rendered.manifests.map(({ text }) => /name: (\S+)\n(?:data:\n {2}size: "(\w+)")?/.exec(text)?.slice(1));
  expect(sizes.sort()).toEqual([
    ['r', undefined],
    ['r-cache', 'large'],
    ['r-disk', 'small'],
    ['r-store', 'medium'],
  ]);
  expect((await compose({ save, configs })).status).toBe(200);
});

test('writes configs as the original did where that is asked for', async () => {
  await compose({ save: { ...save, layout: '_config' }, configs });
  const chart = loadArchive((await registry.pull('dev', 'suite', '0.1.0')).archive);
  expect(valuesToJson(chart.values)).toEqual({
    _config: { size: 'root' },
    store: { _config: { size: 'medium' }, disk: { _config: { size: 'small' } } },
    cache: { _config: { size: 'large' } },
  });
});

test.each([
  ['no save', { configs }, 400, 'InvalidComposition'],
  ['no version', { save: { chart: 'x' }, configs }, 400, 'InvalidComposition'],
  ['a bad version', { save: { ...save, version: 'x' }, configs }, 400, 'InvalidVersion'],
  [
    'a root that is no chart of its own',
    { save, configs: { ...configs, package: inParent() } },
    400,
    'InvalidComposition',
  ],
  ['a package without independent', { save, configs: { ...configs, package: {} } }, 400, 'InvalidComposition'],
  ['a config that is no object', { save, configs: { ...configs, _config: [] } }, 400, 'InvalidComposition'],
  [
    'a subchart that the parent has not',
    { save, configs: { ...configs, x: { package: inParent() } } },
    404,
    'ChartNotFound',
  ],
  [
    'a chart that is not there',
    { save, configs: { package: { independent: true, chart: 'none', version: '1.0.0' } } },
    404,
    'ChartNotFound',
  ],
  ['a path as a name', { save, configs: { ...configs, '../x': { package: inParent('db') } } }, 400, 'InvalidChartName'],
  [
    'a config without end',
    { save, configs: { ...configs, _config: JSON.parse(`${'{"a":'.repeat(1500)}1${'}'.repeat(1500)}`) } },
    400,
    'InvalidComposition',
  ],
  [
    'a composition of very many charts',
    { save, configs: { ...configs, ...Object.fromEntries(Array.from({ length: 201 }, (_, n) => [`n${n}`, configs])) } },
    400,
    'InvalidComposition',
  ],
  ['text that YAML cannot hold', { save: { ...save, description: '\ud800' }, configs }, 400, 'InvalidComposition'],
  ['a version that is taken', { save: { chart: 'shop', version: '1.0.0' }, configs }, 409, 'Conflict'],
])('%s is refused and leaves nothing', async (_, body, status, code) => {
  expect(await compose(body)).toMatchObject({ status, body: { code } });
  expect((await registry.listCharts('dev')).items).toEqual(['shop']);
});
