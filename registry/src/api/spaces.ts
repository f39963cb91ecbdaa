/**
 * The registry's own API below /api/v1/spaces: spaces, charts, versions, metadata and values. It has the paths and answers of
 * caicloud/helm-registry v1, with these differences: a version is pushed by PUT or POST of the bare package too, metadata
 * lists the packaged subcharts under `subcharts` (its `dependencies` are Chart.yaml's), and PUT replaces nothing, since
 * versions are immutable.
 */
import type { IncomingMessage } from 'node:http';
import express, { type Request, type Response, type Router } from 'express';
import type { SpaceEntry, VersionEntry } from '../catalog/catalog.ts';
import { RegistryError } from '../errors.ts';
import { isJsonObject } from '../json.ts';
import type { ChartTree } from '../layout.ts';
import { chartNotFound } from '../not-found.ts';
import { readDefaultValues } from '../package.ts';
import type { PushOptions, PushResult } from '../push.ts';
import type { Registry } from '../registry.ts';
import type { SpaceSettings } from '../spaces.ts';
import { parseComposition } from './compose.ts';
import { fileOf, isForm, parseForm } from './multipart.ts';
import { readPage, sendListing } from './paging.ts';
import type { BodyReader } from './request-body.ts';
import { allowOnly, sendPackage } from './respond.ts';

const base = '/api/v1/spaces';
const maxJsonBytes = 1024 * 1024;

/** `/api/v1/spaces...`, to be mounted at the root. */
export function createSpacesRouter(registry: Registry, bodies: BodyReader): Router {
  const router = express.Router({ caseSensitive: true });
  const pageOf = (request: Request) => readPage(request, registry.limits.pageItems);

  async function push(request: Request, response: Response, expect: PushOptions['expect'] = {}): Promise<void> {
    const space = param(request, 'space');
    const pushed = await bodies.withBody(request, (body) => registry.push(space, packageOf(request, body), { expect }));
    sendPushed(response, pushed);
  }

  const pushVersion = (request: Request, response: Response): Promise<void> =>
    push(request, response, { chart: param(request, 'chart'), version: param(request, 'version') });

  router
    .route(base)
    .get(async (request, response) => {
      sendListing(response, await registry.listSpaces(pageOf(request)), (space) => space.name);
    })
    .post(async (request, response) => {
      const body = await readJson(bodies, request);
      const space = await registry.createSpace(spaceNameOf(request, body), settingsOf(body));
      response.status(201).json(spaceView(space));
    })
    .all(allowOnly('GET', 'HEAD', 'POST'));

  router
    .route(`${base}/:space`)
    .get(async (request, response) => {
      response.json(spaceView(await registry.getSpace(request.params.space)));
    })
    .put(async (request, response) => {
      const settings = settingsOf(await readJson(bodies, request));
      response.json(spaceView(await registry.updateSpace(request.params.space, settings)));
    })
    .delete(async (request, response) => {
      await registry.deleteSpace(request.params.space);
      response.status(204).end();
    })
    .all(allowOnly('GET', 'HEAD', 'PUT', 'DELETE'));

  router
    .route(`${base}/:space/charts`)
    .get(async (request, response) => {
      sendListing(response, await registry.listCharts(request.params.space, pageOf(request)), (chart) => chart);
    })
    .post(async (request, response) => {
      if (isJson(request)) {
        const space = param(request, 'space');
        const composition = parseComposition(await readJson(bodies, request), space);
        sendPushed(response, await registry.compose(space, composition));
      } else {
        await push(request, response);
      }
    })
    .all(allowOnly('GET', 'HEAD', 'POST'));

  router
    .route(`${base}/:space/charts/:chart`)
    .delete(async (request, response) => {
      await registry.deleteChart(request.params.space, request.params.chart);
      response.status(204).end();
    })
    .all(allowOnly('DELETE'));

  router
    .route(`${base}/:space/charts/:chart/versions`)
    .get(async (request, response) => {
      const { space, chart } = request.params;
      const listing = await registry.listVersions(space, { chart, page: pageOf(request) });
      sendListing(response, listing, (entry) => entry.version);
    })
    .all(allowOnly('GET', 'HEAD'));

  router
    .route(`${base}/:space/charts/:chart/versions/:version`)
    .get(async (request, response) => {
      const { space, chart, version } = request.params;
      sendPackage(request, response, await registry.pull(space, chart, version));
    })
    .put(pushVersion)
    .post(pushVersion)
    .delete(async (request, response) => {
      const { space, chart, version } = request.params;
      await registry.delete(space, chart, version);
      response.status(204).end();
    })
    .all(allowOnly('GET', 'HEAD', 'PUT', 'POST', 'DELETE'));

  router
    .route(`${base}/:space/charts/:chart/versions/:version/manifests/metadata`)
    .get(async (request, response) => {
      const { space, chart, version } = request.params;
      response.json(versionView(await registry.getVersion(space, chart, version)));
    })
    .all(allowOnly('GET', 'HEAD'));

  router
    .route(`${base}/:space/charts/:chart/versions/:version/manifests/values`)
    .get(async (request, response) => {
      const { space, chart, version } = request.params;
      response.json(readDefaultValues((await registry.pull(space, chart, version)).archive));
    })
    .all(allowOnly('GET', 'HEAD'));

  for (const latest of [false, true]) {
    const tail = latest ? '/latest' : '';
    router
      .route(`${base}/:space/metadata${tail}`)
      .get(async (request, response) => {
        const listing = await registry.listVersions(param(request, 'space'), { latest, page: pageOf(request) });
        sendListing(response, listing, versionView);
      })
      .all(allowOnly('GET', 'HEAD'));
  }

  router
    .route(`${base}/:space/charts/:chart/metadata`)
    .get(async (request, response) => {
      const { space, chart } = request.params;
      sendListing(response, await registry.listVersions(space, { chart, page: pageOf(request) }), versionView);
    })
    .all(allowOnly('GET', 'HEAD'));

  router
    .route(`${base}/:space/charts/:chart/metadata/latest`)
    .get(async (request, response) => {
      const { space, chart } = request.params;
      const { items } = await registry.listVersions(space, { chart, latest: true });
      const [newest] = items;
      if (newest === undefined) {
        throw chartNotFound({ space, chart });
      }
      response.json(versionView(newest));
    })
    .all(allowOnly('GET', 'HEAD'));

  router.use(base, (request) => {
    throw new RegistryError('NotFound', `there is no ${request.originalUrl.slice(0, 200)}`);
  });
  return router;
}

function sendPushed(response: Response, { entry, outcome }: PushResult): void {
  const { space, chart, version, digest, size } = entry;
  const status = outcome === 'created' ? 201 : 200;
  response.status(status).json({ space, chart, version, digest, size, link: versionLink(entry) });
}

/** The body where it is JSON, else undefined. Throws BadRequest, and as withBody. */
async function readJson(bodies: BodyReader, request: Request): Promise<unknown> {
  if (!isJson(request)) {
    return undefined;
  }
  const parse = async (body: Buffer): Promise<unknown> => {
    try {
      return body.length === 0 ? undefined : JSON.parse(body.toString('utf8'));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new RegistryError('BadRequest', `the body is no JSON: ${reason}`, { cause: error });
    }
  };
  return bodies.withBody(request, parse, { maxBytes: maxJsonBytes });
}

/** The package in the body: the field `chartfile` of a form, or the body itself. */
function packageOf(request: Request, body: Buffer): Buffer {
  const type = request.get('content-type') ?? '';
  if (isForm(type)) {
    return fileOf(parseForm(type, body), 'chartfile', 'chart');
  }
  if (isJson(request)) {
    throw new RegistryError(
      'UnsupportedMediaType',
      'send the package as the body, or as the field chartfile of a form',
    );
  }
  return body;
}

function isJson(request: IncomingMessage): boolean {
  return /^application\/(?:[^;]*\+)?json\b/i.test(request.headers['content-type'] ?? '');
}

/** `?space=NAME`, or `{"name": NAME}` as the body. */
function spaceNameOf(request: Request, body: unknown): string {
  const name: unknown = request.query.space ?? (isJsonObject(body) ? (body.name ?? body.space) : undefined);
  if (typeof name !== 'string') {
    throw new RegistryError('BadRequest', 'query parameter space, the name of the new space, is missing');
  }
  return name;
}

/** `overwrite` of the body. Throws BadRequest when it is no boolean. */
function settingsOf(body: unknown): SpaceSettings {
  const overwrite = isJsonObject(body) ? body.overwrite : undefined;
  if (overwrite === undefined) {
    return {};
  }
  if (typeof overwrite !== 'boolean') {
    throw new RegistryError('BadRequest', 'field overwrite of the space must be true or false');
  }
  return { overwrite };
}

function param(request: Request, name: string): string {
  const value = request.params[name];
  return typeof value === 'string' ? value : '';
}

function spaceView(space: SpaceEntry): object {
  return {
    name: space.name,
    created: new Date(space.created).toISOString(),
    overwrite: space.overwrite,
    link: `${base}/${encodeURIComponent(space.name)}`,
  };
}

function versionView(entry: VersionEntry): object {
  const { digest, size, created } = entry;
  return {
    ...treeView(entry),
    space: entry.space,
    digest,
    size,
    created: new Date(created).toISOString(),
    link: versionLink(entry),
  };
}

function treeView(tree: ChartTree): object {
  return { ...tree.metadata, subcharts: tree.subcharts.map(treeView) };
}

function versionLink(entry: VersionEntry): string {
  return `${base}/${encodeURIComponent(entry.space)}/charts/${entry.chart}/versions/${encodeURIComponent(entry.version)}`;
}
