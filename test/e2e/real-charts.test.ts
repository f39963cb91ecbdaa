/**
 * The whole story on charts that no one here wrote: pushed, installed and waited for, upgraded with a changed value,
 * rolled back and uninstalled. After each step all pods are Ready; at the end nothing is left but what Helm keeps.
 */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { OperationResult } from '@drydock/tiller/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type KubeObject, listEverything, listPods, unreadyPods } from '../support/kubernetes.ts';
import { hasShared, SHARED } from '../support/repository.ts';
import { request, startTestServer, type TestServer } from '../support/server.ts';
import { REAL_CHARTS } from './real-charts.ts';

const NAMESPACE = 'story';

describe.skipIf(!hasShared('charts'))('real charts (skipped where the recorded charts are not there)', () => {
  let server: TestServer;
  const rows: string[] = [];

  beforeAll(async () => {
    server = await startTestServer();
    await request(`${server.url}/api/v1/spaces`, { json: { space: 'story' } }).catch(() => undefined);
  });

  afterAll(async () => {
    await server?.close();
    process.stdout.write(`\n${['chart | pods | upgraded | kept', ...rows].join('\n')}\n${rows.length} charts hold\n`);
  });

  it.each(REAL_CHARTS)(
    '$chart is installed, upgraded, rolled back and uninstalled',
    async ({ chart, change, values = [] }) => {
      const archive = readFileSync(join(SHARED, 'charts', `${chart}.tgz`));
      const { name, version } = nameAndVersion(chart);
      const cluster = chart.replaceAll(/[^a-z0-9]/g, '-');
      const api = `${server.url}/clusters/${cluster}`;
      const release = `${server.url}/api/v1/releases/${cluster}/${NAMESPACE}/rel`;
      const input = { ref: `story/${name}`, version };
      await request(`${server.url}/api/v1/spaces/story/charts/${name}/versions/${version}`, {
        method: 'PUT',
        bytes: archive,
      });
      await request(`${server.url}/api/v1/clusters`, { json: { name: cluster, nodes: 5, seed: chart } });
      const before = await listEverything(api);

      await request(`${server.url}/api/v1/releases`, {
        json: {
          cluster,
          namespace: NAMESPACE,
          name: 'rel',
          chart: input,
          values: { set: values },
          wait: true,
          createNamespace: true,
        },
      });
      const installed = await listPods(api, NAMESPACE);
      expect(unreadyPods(installed)).toEqual([]);

      const upgraded = await request<OperationResult>(release, {
        method: 'PUT',
        json: { chart: input, values: { set: [change] }, wait: true, reuseValues: true },
      });
      expect(upgraded.release.revision).toBe(2);
      expect(upgraded.plan.filter(({ action }) => action === 'change' || action === 'create')).not.toEqual([]);
      expect(unreadyPods(await listPods(api, NAMESPACE))).toEqual([]);

      const back = await request<OperationResult>(`${release}/rollback`, { json: { revision: 1, wait: true } });
      expect(back.release.status).toBe('deployed');
      expect(unreadyPods(await listPods(api, NAMESPACE))).toEqual([]);

      await request(release, { method: 'DELETE', json: { wait: true } });
      const left = [...(await listEverything(api))].filter(([key]) => !before.has(key));
      expect(left.filter(([key, object]) => !isKeptByHelm(key, object)).map(([key]) => key)).toEqual([]);
      rows.push(`${chart} | ${installed.length} | ${upgraded.plan.length} objects | ${left.length - 1}`);
    },
  );
});

/** The namespace that was made, claims of a StatefulSet, CRDs of crds/ (neither is the release's), and what asks for it. */
function isKeptByHelm(key: string, object: KubeObject): boolean {
  const annotations = object.metadata.annotations ?? {};
  const isOfRelease = annotations['meta.helm.sh/release-name'] !== undefined;
  return (
    key === `Namespace /${NAMESPACE}` ||
    (key.startsWith('PersistentVolumeClaim ') && !isOfRelease) ||
    (key.startsWith('CustomResourceDefinition.') && !isOfRelease) ||
    annotations['helm.sh/resource-policy'] === 'keep'
  );
}

function nameAndVersion(chart: string): { readonly name: string; readonly version: string } {
  const [, name = '', version = ''] = /^(.*?)-(\d.*)$/.exec(basename(chart)) ?? [];
  return { name, version };
}
