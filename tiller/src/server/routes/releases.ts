/**
 * /api/v1/releases: a release is at /{cluster}/{namespace}/{name}. POST installs, PUT upgrades, POST .../rollback,
 * DELETE uninstalls; GET answers one revision, .../history all.
 */
import { type Request, type Response, Router } from 'express';
import { packageFromArchive } from '../../chart-sources/archive.ts';
import type { ChartPackage } from '../../chart-sources/chart-source.ts';
import { install } from '../../releases/install.ts';
import { ReleaseError, type ReleaseId, type ReleaseStatus } from '../../releases/release.ts';
import { rollback } from '../../releases/rollback.ts';
import { uninstall } from '../../releases/uninstall.ts';
import { upgrade } from '../../releases/upgrade.ts';
import { answerOperation } from '../answer.ts';
import type { ReleaseDetail } from '../api.ts';
import { chartOf, detailAnswer, objectAnswer, operationAnswer, readinessAnswer, summaryAnswer } from '../details.ts';
import { type Fields, parseFields, readOperationOptions, readValues } from '../input.ts';
import type { Services } from '../services.ts';

const PATH = '/:cluster/:namespace/:name';

export function createReleaseRouter(services: Services): Router {
  const router = Router();
  router.get('/', async (request, response) => {
    const { cluster, namespace, status } = request.query;
    const items = await services.store.list({
      ...(typeof cluster === 'string' ? { cluster } : {}),
      ...(typeof namespace === 'string' ? { namespace } : {}),
      // A parsed border: an unknown status finds nothing.
      ...(typeof status === 'string' ? { statuses: status.split(',') as ReleaseStatus[] } : {}),
    });
    response.json({ items: items.map(summaryAnswer) });
  });
  router.post('/', (request, response) => installRelease(services, { request, response }));
  router.get(PATH, (request, response) => getRelease(services, { request, response }));
  router.get(`${PATH}/history`, async (request, response) => {
    const id = readId(request);
    services.clusters.get(id.cluster);
    const history = await services.store.history(id);
    if (history.length === 0) await services.store.get(id);
    response.json({ items: history.map(summaryAnswer) });
  });
  router.put(PATH, (request, response) => upgradeRelease(services, { request, response }));
  router.post(`${PATH}/rollback`, (request, response) => rollbackRelease(services, { request, response }));
  router.delete(PATH, (request, response) => uninstallRelease(services, { request, response }));
  return router;
}

interface Exchange {
  readonly request: Request;
  readonly response: Response;
}

async function installRelease(services: Services, { request, response }: Exchange): Promise<void> {
  const fields = parseFields(request.body);
  const id: ReleaseId = {
    cluster: fields.required('cluster'),
    namespace: fields.required('namespace'),
    name: fields.required('name'),
  };
  const cluster = services.clusters.get(id.cluster);
  const values = readValues(fields.object('values'));
  const chart = await readChart(services, fields);
  await answerOperation({ request, response, status: 201 }, (observe) =>
    services.clusters.changing(id.cluster, async () => {
      const result = await install(
        {
          cluster,
          store: services.store,
          limits: services.renderLimits,
          renderer: services.renderer,
          ...(observe === undefined ? {} : { observe }),
        },
        { ...readOperationOptions(fields), id, package: chart, values, replace: fields.boolean('replace') === true },
      );
      return operationAnswer(result, chart.chart);
    }),
  );
}

async function upgradeRelease(services: Services, { request, response }: Exchange): Promise<void> {
  const id = readId(request);
  const cluster = services.clusters.get(id.cluster);
  const fields = parseFields(request.body);
  const values = readValues(fields.object('values'));
  const chart = await readChart(services, fields);
  await answerOperation({ request, response }, (observe) =>
    services.clusters.changing(id.cluster, async () => {
      const result = await upgrade(
        {
          cluster,
          store: services.store,
          limits: services.renderLimits,
          renderer: services.renderer,
          ...(observe === undefined ? {} : { observe }),
        },
        {
          ...readOperationOptions(fields),
          id,
          package: chart,
          values,
          install: fields.boolean('install') === true,
          resetValues: fields.boolean('resetValues') === true,
          reuseValues: fields.boolean('reuseValues') === true,
          resetThenReuseValues: fields.boolean('resetThenReuseValues') === true,
          cleanupOnFail: fields.boolean('cleanupOnFail') === true,
        },
      );
      return operationAnswer(result, chart.chart);
    }),
  );
}

async function rollbackRelease(services: Services, { request, response }: Exchange): Promise<void> {
  const id = readId(request);
  const cluster = services.clusters.get(id.cluster);
  const fields = parseFields(request.body ?? {});
  const revision = fields.integer('revision');
  await answerOperation({ request, response }, (observe) =>
    services.clusters.changing(id.cluster, async () => {
      const result = await rollback(
        { cluster, store: services.store, ...(observe === undefined ? {} : { observe }) },
        { ...readOperationOptions(fields), id, ...(revision === undefined ? {} : { revision }) },
      );
      return operationAnswer(result, await chartOf(services.store, result.release));
    }),
  );
}

async function uninstallRelease(services: Services, { request, response }: Exchange): Promise<void> {
  const id = readId(request);
  const cluster = services.clusters.get(id.cluster);
  const fields = parseFields(request.body ?? {});
  const { timeout, description } = readOperationOptions(fields);
  await answerOperation({ request, response }, (observe) =>
    services.clusters.changing(id.cluster, async () => {
      const result = await uninstall(
        { cluster, store: services.store, ...(observe === undefined ? {} : { observe }) },
        {
          id,
          keepHistory: fields.boolean('keepHistory') === true,
          noHooks: fields.boolean('noHooks') === true,
          wait: fields.boolean('wait') === true,
          dryRun: fields.boolean('dryRun') === true,
          ...(timeout === undefined ? {} : { timeout }),
          ...(description === undefined ? {} : { description }),
        },
      );
      return {
        release: summaryAnswer(result.release),
        removed: result.removed.map(objectAnswer),
        kept: result.kept.map(objectAnswer),
        dryRun: result.dryRun,
      };
    }),
  );
}

async function getRelease(services: Services, { request, response }: Exchange): Promise<void> {
  const id = readId(request);
  const cluster = services.clusters.get(id.cluster);
  const revision = request.query.revision;
  if (revision !== undefined && (typeof revision !== 'string' || !/^[1-9]\d{0,9}$/.test(revision))) {
    throw new ReleaseError('Invalid', 'revision must be a whole number from 1 up');
  }
  const release = await services.store.get(id, revision === undefined ? undefined : Number(revision));
  const detail: ReleaseDetail = await detailAnswer(release, await chartOf(services.store, release));
  const withReadiness = request.query.readiness === 'true' && release.status !== 'uninstalled';
  response.json(withReadiness ? { ...detail, readiness: await readinessAnswer(cluster, release) } : detail);
}

function readId(request: Request): ReleaseId {
  const { cluster = '', namespace = '', name = '' } = request.params as Readonly<Record<string, string>>;
  return { cluster, namespace, name };
}

/** The chart of a request: an archive that came along, or one of the registry. */
export async function readChart(services: Services, fields: Fields): Promise<ChartPackage> {
  const chart = fields.object('chart');
  if (chart === undefined) throw new ReleaseError('Invalid', '"chart" is missing in the body');
  const archive = chart.string('archive');
  if (archive !== undefined) {
    return packageFromArchive(Buffer.from(archive, 'base64'), chart.string('source') ?? 'the uploaded archive');
  }
  return services.charts.pull(await services.charts.resolve(chart.required('ref'), chart.string('version')));
}
