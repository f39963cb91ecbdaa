/**
 * The composition root: the one place that knows which implementation stands behind each port, and builds the server
 * from them.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRegistry, createRegistryRouter, FilesystemStorageBackend, SqliteCatalog } from '@drydock/registry';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { RegistryChartSource } from '../chart-sources/registry.ts';
import { SimulatedClusters } from '../clusters/simulated-clusters.ts';
import { SqliteReleaseStore } from '../release-store/sqlite.ts';
import { ReleaseError } from '../releases/release.ts';
import { directRenderer } from '../releases/renderer.ts';
import { createWorkerRenderer } from '../rendering/worker-renderer.ts';
import { VERSION } from '../version.ts';
import { publishClusters } from './cluster-events.ts';
import type { ServerConfig } from './config.ts';
import { summaryAnswer } from './details.ts';
import { answerError } from './errors.ts';
import { createEventHub } from './event-hub.ts';
import { serveKubernetes } from './kubernetes.ts';
import { observeStore, storeAfter } from './observed-store.ts';
import { createClusterRouter } from './routes/clusters.ts';
import { createEventRouter } from './routes/events.ts';
import { createPromotionRouter } from './routes/promotions.ts';
import { createReleaseRouter } from './routes/releases.ts';
import type { Services } from './services.ts';
import { serveWebFiles } from './web-files.ts';

export interface App {
  readonly clusters: SimulatedClusters;
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** Writes all state to disk and lets go of it. */
  close(): Promise<void>;
}

/** From here, both in src/ and in dist/bundle/, the web page's build is at the same place. */
const WEB_FOLDER = fileURLToPath(new URL('../../../web/dist', import.meta.url));

/** Opens the data folder, which the caller holds the lock of. */
export async function composeApp(config: ServerConfig): Promise<App> {
  const releases = new SqliteReleaseStore(join(config.data, 'releases.db'));
  const events = createEventHub();
  const catalog = new SqliteCatalog(join(config.data, 'catalog.db'));
  const registry = createRegistry({
    storage: new FilesystemStorageBackend(join(config.data, 'registry')),
    catalog,
  });
  const { clockRate, syncWrites = false } = config;
  const clusters = await SimulatedClusters.open({ folder: join(config.data, 'clusters'), clockRate, syncWrites });
  // What a release's record says of a cluster is in the cluster already, whenever the process may end.
  const recorded = storeAfter(releases, (cluster) => clusters.flush(cluster));
  const store = observeStore(recorded, (summary, { deleted }) => {
    events.publish({ type: 'release', deleted, release: summaryAnswer(summary) });
  });
  const charts = new RegistryChartSource(registry);
  const { renderLimits, renderThreads } = config;
  const threads = renderThreads === undefined ? undefined : createWorkerRenderer(renderThreads);
  const renderer = threads ?? directRenderer;
  const services: Services = { clusters, store, charts, registry, events, renderLimits, renderer };
  const stopEvents = publishClusters(services);
  const api = await createExpress(services, config);
  const kubernetes = serveKubernetes(clusters);
  return {
    clusters,
    handle(request, response) {
      if (!kubernetes(request, response)) api(request, response);
    },
    async close() {
      stopEvents();
      await threads?.close();
      await clusters.close();
      await catalog.close();
      releases.close();
    },
  };
}

async function createExpress(services: Services, config: ServerConfig): Promise<Express> {
  const app = express();
  app.disable('x-powered-by');
  app.get('/healthz', (_request, response) => {
    response.type('text/plain').send('ok');
  });
  app.get('/api/v1/version', (_request, response) => {
    response.json({ version: VERSION });
  });
  app.get('/api/v1/charts/resolve', async (request, response) => {
    const { ref, version } = request.query;
    if (typeof ref !== 'string') throw new ReleaseError('Invalid', '"ref" is missing in the query');
    response.json(await services.charts.resolve(ref, typeof version === 'string' ? version : undefined));
  });
  const json = express.json({ limit: config.maxBodyBytes });
  app.use('/api/v1/clusters', json, createClusterRouter(services));
  app.use('/api/v1/releases', json, createReleaseRouter(services));
  app.use('/api/v1/promotions', json, createPromotionRouter(services));
  app.use('/api/v1/events', createEventRouter(services));
  app.use(createRegistryRouter(services.registry));
  app.use(['/api', '/charts', '/clusters', '/v2'], (request) => {
    throw new ReleaseError('NotFound', `nothing is at ${request.method} ${request.originalUrl.slice(0, 200)}`);
  });
  app.use(await serveWebFiles(WEB_FOLDER));
  app.use((request) => {
    throw new ReleaseError('NotFound', `nothing is at ${request.method} ${request.originalUrl.slice(0, 200)}`);
  });
  app.use(answerWithError);
  return app;
}

const answerWithError: ErrorRequestHandler = (error, request, response, next) => {
  const { status, body } = answerError(error);
  // The edge is the one place that logs: what is not foreseen, with its stack. The rest its asker is told.
  if (status === 500)
    process.stderr.write(`${request.method} ${request.originalUrl}: ${String(error?.stack ?? error)}\n`);
  if (response.headersSent) next(error);
  else response.status(status).json(body);
};
