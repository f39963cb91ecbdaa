/**
 * ChartMuseum's API (v0.16) for its clients and plug-ins: `/api/charts`, `/api/prov`, `/index.yaml` and `/charts/FILE`, for the
 * default space at the root and for any other below its name, at any depth (`/api/team/dev/charts`, `/team/dev/index.yaml`).
 * Differences: the same bytes pushed again are saved, not refused; `?force` replaces only where the space allows it.
 */
import express, {
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response,
  type Router,
} from 'express';
import type { VersionEntry } from '../catalog/catalog.ts';
import { httpStatusOf, isRegistryError, RegistryError } from '../errors.ts';
import { indexFields } from '../helm-index/formats.ts';
import type { JsonObject } from '../json.ts';
import { packageFileName } from '../names.ts';
import { chartNotFound } from '../not-found.ts';
import { openPackage, readDefaultValues, readFile } from '../package.ts';
import type { Registry } from '../registry.ts';
import { sendRepositoryFile } from './helm-repository.ts';
import { isForm, parseForm } from './multipart.ts';
import { wildcardOf } from './paths.ts';
import type { BodyReader } from './request-body.ts';
import { answerError } from './respond.ts';

export interface ChartMuseumOptions {
  readonly bodies: BodyReader;
  /** The space at the root. */
  readonly defaultSpace: string;
}

/** The faces of ChartMuseum, to be mounted at the root behind the registry's own API. */
export function createChartMuseumRouter(registry: Registry, options: ChartMuseumOptions): Router {
  const { bodies, defaultSpace } = options;
  const router = express.Router({ caseSensitive: true });
  const spaceOf = (request: Request): string => wildcardOf(request, 'space') ?? defaultSpace;

  async function save(request: Request, response: Response): Promise<void> {
    const space = spaceOf(request);
    await bodies.withBody(request, async (body) => {
      const { chart, provenance } = filesOf(request, body);
      if (chart !== undefined) {
        await registry.push(space, chart, {
          overwrite: request.query.force !== undefined,
          ...(provenance === undefined ? {} : { provenance }),
        });
      } else if (provenance !== undefined) {
        await registry.pushProvenance(space, provenance);
      }
    });
    response.status(201).json({ saved: true });
  }

  async function find(request: Request): Promise<VersionEntry> {
    const { name = '', version = '' } = request.params as Record<string, string>;
    if (version !== 'latest') {
      return registry.getVersion(spaceOf(request), name, version);
    }
    const space = spaceOf(request);
    const { items } = await registry.listVersions(space, { chart: name, latest: true });
    const [newest] = items;
    if (newest === undefined) {
      throw chartNotFound({ space, chart: name });
    }
    return newest;
  }

  const pullArchive = async (request: Request): Promise<Uint8Array> => {
    const { space, chart, version } = await find(request);
    return (await registry.pull(space, chart, version)).archive;
  };

  router.get('/health', (_request, response) => {
    response.json({ healthy: true });
  });
  for (const tenant of ['', '/*space']) {
    router.get(`${tenant}/index.yaml`, async (request, response) => {
      await sendRepositoryFile(registry, { request, response, space: spaceOf(request), file: 'index.yaml' });
    });
    router.get(`${tenant}/charts/:file`, async (request, response, next) => {
      const { file = '' } = request.params as Record<string, string>;
      if (!isPackageFile(file)) {
        next();
        return;
      }
      await sendRepositoryFile(registry, { request, response, space: spaceOf(request), file });
    });
    // The index names packages by their file names alone, so they are beside it.
    router.get(`${tenant}/:file`, async (request, response, next) => {
      const { file = '' } = request.params as Record<string, string>;
      if (!isPackageFile(file)) {
        next();
        return;
      }
      await sendRepositoryFile(registry, { request, response, space: spaceOf(request), file });
    });

    const api = `/api${tenant}`;
    router.get(`${api}/charts`, own, async (request, response) => {
      response.json(await listAll(registry, request, spaceOf(request)));
    });
    router.post([`${api}/charts`, `${api}/prov`], own, save);
    router.get(`${api}/charts/:name`, own, async (request, response) => {
      const { items } = await registry.listVersions(spaceOf(request), { chart: nameOf(request) });
      response.json(items.map(museumView));
    });
    router
      .route(`${api}/charts/:name/:version`)
      .all(own)
      .get(async (request, response) => {
        response.json(museumView(await find(request)));
      })
      .delete(async (request, response) => {
        const { space, chart, version } = await find(request);
        await registry.delete(space, chart, version);
        response.json({ deleted: true });
      });
    router.get(`${api}/charts/:name/:version/templates`, own, async (request, response) => {
      const archive = await pullArchive(request);
      const templates = openPackage(archive).templates.map(({ name, data }) => ({
        name,
        data: Buffer.from(data).toString('base64'),
      }));
      response.json({ templates, values: readDefaultValues(archive) });
    });
    router.get(`${api}/charts/:name/:version/values`, own, async (request, response) => {
      const values = readFile(await pullArchive(request), 'values.yaml');
      if (values === undefined) {
        throw new RegistryError('NotFound', 'values.yaml not found');
      }
      response.type('application/yaml').send(Buffer.from(values));
    });
  }
  router.use(answerMuseumError);
  return router;
}

/** ChartMuseum's error is `{"error": text}`; statuses are ours. */
const answerMuseumError: ErrorRequestHandler = (error: unknown, request, response, next) => {
  if (response.headersSent || !request.complete || !isRegistryError(error) || httpStatusOf(error.code) >= 500) {
    answerError(error, request, response, next);
    return;
  }
  response.status(httpStatusOf(error.code)).json({ error: error.message, code: error.code, details: error.details });
};

/** Below /api/v1 are Drydock's own paths. */
const own: RequestHandler = (request, _response, next) => {
  next(/^v1(?:\/|$)/.test(wildcardOf(request, 'space') ?? '') ? 'route' : undefined);
};

function nameOf(request: Request): string {
  return wildcardOf(request, 'name') ?? '';
}

function isPackageFile(file: string): boolean {
  return file.endsWith('.tgz') || file.endsWith('.tgz.prov');
}

/** What was sent: the fields `chart` and `prov` of a form, or one file as the body, of the kind that the path says. */
function filesOf(request: Request, body: Buffer): { readonly chart?: Buffer; readonly provenance?: Buffer } {
  const type = request.get('content-type') ?? '';
  if (!isForm(type)) {
    return request.path.endsWith('/prov') ? { provenance: body } : { chart: body };
  }
  const parts = parseForm(type, body);
  const chart = parts.find(({ name }) => name === 'chart')?.data;
  const provenance = parts.find(({ name }) => name === 'prov')?.data;
  if (chart === undefined && provenance === undefined) {
    throw new RegistryError('BadRequest', 'no package or provenance file found in form fields chart and prov');
  }
  return { ...(chart === undefined ? {} : { chart }), ...(provenance === undefined ? {} : { provenance }) };
}

async function listAll(registry: Registry, request: Request, space: string): Promise<JsonObject> {
  const offset = readNumber(request, 'offset', 0);
  const limit = readNumber(request, 'limit', 1);
  if (offset === undefined && limit === undefined) {
    const charts = new Map<string, object[]>();
    for (const entry of (await registry.listVersions(space)).items) {
      const versions = charts.get(entry.chart);
      if (versions === undefined) {
        charts.set(entry.chart, [museumView(entry)]);
      } else {
        versions.push(museumView(entry));
      }
    }
    return Object.fromEntries(charts);
  }
  const page = { start: offset ?? 0, limit: limit ?? Number.MAX_SAFE_INTEGER };
  const { items } = await registry.listCharts(space, page);
  const versions = await Promise.all(items.map((chart) => registry.listVersions(space, { chart })));
  return Object.fromEntries(items.map((chart, index) => [chart, (versions[index]?.items ?? []).map(museumView)]));
}

function readNumber(request: Request, name: string, least: number): number | undefined {
  const value: unknown = request.query[name];
  if (value === undefined) {
    return undefined;
  }
  if (typeof value !== 'string' || !/^[0-9]{1,15}$/.test(value) || Number(value) < least) {
    const kind = least === 0 ? 'non-negative' : 'positive';
    throw new RegistryError('BadRequest', `${name} is not a valid ${kind} integer`);
  }
  return Number(value);
}

function museumView(entry: VersionEntry): object {
  return { ...indexFields(entry), urls: [`charts/${packageFileName(entry)}`] };
}
