/** For tests: a registry of our own, served over real HTTP on loopback, and packages to put into it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chartFromFiles, packageChart } from '@drydock/charts';
import { createRegistry, createRegistryRouter, FilesystemStorageBackend, SqliteCatalog } from '@drydock/registry';
import express from 'express';

export interface ServedRegistry {
  /** e.g. `http://127.0.0.1:40123` */
  readonly url: string;
  readonly host: string;
  push(space: string, chart: { name: string; version: string }): Promise<void>;
  close(): Promise<void>;
}

/** Answers a request itself, and says so by `true`; otherwise the registry does. */
export type Intercept = (request: IncomingMessage, response: ServerResponse) => boolean;

export async function serveRegistry(intercept: Intercept = () => false): Promise<ServedRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-served-'));
  const catalog = new SqliteCatalog(join(folder, 'catalog.db'));
  const registry = createRegistry({ storage: new FilesystemStorageBackend(join(folder, 'storage')), catalog });
  const app = express();
  app.use(createRegistryRouter(registry));
  const server = createServer((request, response) => {
    if (!intercept(request, response)) app(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}`,
    host,
    async push(space, chart) {
      await registry.push(space, chartPackage(chart));
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      catalog.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A package of a chart with one template. */
export function chartPackage({ name, version }: { name: string; version: string }): Uint8Array {
  const files = [
    ['Chart.yaml', `apiVersion: v2\nname: ${name}\nversion: ${version}\n`],
    ['templates/config.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n'],
  ];
  return packageChart(
    chartFromFiles(files.map(([path = '', text = '']) => ({ name: path, data: new TextEncoder().encode(text) }))),
  );
}
