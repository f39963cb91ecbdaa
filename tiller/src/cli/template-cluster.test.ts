/** Rendering with a cluster: a real server with a simulated cluster, over its HTTP API. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chartFromFiles, renderChart, valuesFromJson } from '@drydock/charts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../server/config.ts';
import { startServer } from '../server/main.ts';
import { renderAsking } from './asked-render.ts';
import { createHttpClient, type HttpClient } from './http-client.ts';
import { type CheckOptions, openTemplateCluster, type TemplateCluster } from './template-cluster.ts';

const folder = mkdtempSync(join(tmpdir(), 'drydock-template-cluster-'));
let server: Awaited<ReturnType<typeof startServer>>;
let client: HttpClient;
let cluster: TemplateCluster;

beforeAll(async () => {
  const config = readConfig({ data: folder, listen: '127.0.0.1:0', clockRate: '0' }, {});
  server = await startServer(config, { isPublic: false });
  client = createHttpClient(server.address);
  await client.json('POST', '/api/v1/clusters', { name: 'dev' });
  cluster = await openTemplateCluster(client, { root: '/clusters/dev', withDryRun: true });
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const options: CheckOptions = {
  release: 'web',
  namespace: 'default',
  isUpgrade: false,
  takeOwnership: false,
  skipValidation: false,
};

async function render(template: string) {
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  const chart = chartFromFiles([
    { name: 'Chart.yaml', data: encode('apiVersion: v2\nname: web\nversion: 1.0.0\n') },
    { name: 'templates/all.yaml', data: encode(template) },
  ]);
  const release = { name: 'web', namespace: 'default' };
  return renderAsking((known) => renderChart(chart, { release, capabilities: cluster.capabilities, ...known }), {
    lookup: async (key) => valuesFromJson((await cluster.lookup(key)) ?? {}),
    withDns: false,
  });
}

const configMap = (name: string, more = ''): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${more}`;

describe('a cluster of the server', () => {
  it('has versions and kinds among its capabilities', async () => {
    const { manifests } = await render(
      configMap('{{ .Capabilities.APIVersions.Has "apps/v1/Deployment" }}-{{ .Capabilities.APIVersions.Has "no/v1" }}'),
    );
    expect(manifests[0]?.name).toBe('true-false');
  });

  it('answers lookups, also those that depend on others', async () => {
    const { manifests } = await render(
      configMap(
        '{{ with lookup "v1" "Namespace" "" "default" }}{{ (lookup "v1" "Namespace" "" .metadata.name).kind | lower }}{{ end }}-{{ len (lookup "v1" "Secret" "" "nope") }}',
      ),
    );
    expect(manifests[0]?.name).toBe('namespace-0');
  });

  it('takes objects that it would take, in a namespace to come, too', async () => {
    const { manifests } = await render(`${configMap('a')}---\n${configMap('b', '  namespace: to-come\n')}`);
    await cluster.check(manifests, options);
    expect(
      await cluster.lookup({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'a' }),
    ).toBeUndefined();
  });

  it('refuses what it would refuse, and kinds that it does not know', async () => {
    const bad = await render('apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: d\nspec: {}\n');
    await expect(cluster.check(bad.manifests, options)).rejects.toThrow(
      /^unable to build kubernetes objects from release manifest: .*spec\./s,
    );
    await cluster.check(bad.manifests, { ...options, skipValidation: true });
    const unknown = await render('apiVersion: example.com/v1\nkind: Thing\nmetadata:\n  name: t\n');
    await expect(cluster.check(unknown.manifests, options)).rejects.toThrow(
      'no matches for kind "Thing" in version "example.com/v1"',
    );
  });

  it('keeps the objects of others', async () => {
    await client.json('POST', '/clusters/dev/api/v1/namespaces/default/configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'taken' },
    });
    const { manifests } = await render(configMap('taken'));
    await expect(cluster.check(manifests, options)).rejects.toThrow(
      'unable to continue with install: ConfigMap "taken" in namespace "default" exists and cannot be imported into the current release: invalid ownership metadata; label validation error: missing key "app.kubernetes.io/managed-by": must be set to "Helm"; annotation validation error: missing key "meta.helm.sh/release-name": must be set to "web"',
    );
    await cluster.check(manifests, { ...options, takeOwnership: true });
  });
});
