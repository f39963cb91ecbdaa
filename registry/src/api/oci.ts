/**
 * The OCI distribution specification 1.1 below /v2: pull, push (whole, in parts, mounted), tags, referrers, deletion, catalogue.
 * Names have any number of parts, so requests are told apart by patterns of the path and not by express.
 */
import express, { type Request, type Response, type Router } from 'express';
import { RegistryError } from '../errors.ts';
import { mediaTypes } from '../oci/manifest.ts';
import { parseRepository, type Repository } from '../oci/reference.ts';
import type { Registry } from '../registry.ts';
import { answerOciError } from './oci-errors.ts';
import { appendUpload, finishUpload, startUpload, tellUpload } from './oci-uploads.ts';
import type { BodyReader } from './request-body.ts';
import { matchesEtag } from './respond.ts';

export interface OciContext {
  readonly registry: Registry;
  readonly bodies: BodyReader;
  readonly request: Request;
  readonly response: Response;
  /** As the client names it, for links. */
  readonly name: string;
  readonly repository: Repository;
  /** The last part of the path: a digest, a tag, an upload's id. */
  readonly reference: string;
}

export interface OciRouterOptions {
  readonly bodies: BodyReader;
  readonly defaultSpace: string;
}

type Handler = (context: OciContext) => Promise<void>;

interface Route {
  readonly pattern: RegExp;
  readonly methods: ReadonlyMap<string, Handler>;
}

const routes: readonly Route[] = [
  { pattern: /^\/(.+)\/blobs\/uploads\/?()$/, methods: new Map([['POST', startUpload]]) },
  {
    pattern: /^\/(.+)\/blobs\/uploads\/([^/]+)$/,
    methods: new Map([
      ['GET', tellUpload],
      ['PATCH', appendUpload],
      ['PUT', finishUpload],
      ['DELETE', cancelUpload],
    ]),
  },
  {
    pattern: /^\/(.+)\/blobs\/([^/]+)$/,
    methods: new Map([
      ['GET', sendBlob],
      ['HEAD', sendBlob],
      ['DELETE', deleteBlob],
    ]),
  },
  {
    pattern: /^\/(.+)\/manifests\/([^/]+)$/,
    methods: new Map([
      ['GET', sendManifest],
      ['HEAD', sendManifest],
      ['PUT', putManifest],
      ['DELETE', deleteManifest],
    ]),
  },
  { pattern: /^\/(.+)\/tags\/list()$/, methods: new Map([['GET', listTags]]) },
  { pattern: /^\/(.+)\/referrers\/([^/]+)$/, methods: new Map([['GET', listReferrers]]) },
];

/** `/v2...`, to be mounted at the root. */
export function createOciRouter(registry: Registry, { bodies, defaultSpace }: OciRouterOptions): Router {
  const router = express.Router({ caseSensitive: true });
  router.use('/v2', async (request, response) => {
    response.set('Docker-Distribution-Api-Version', 'registry/2.0');
    if (request.path === '/') {
      response.json({});
      return;
    }
    if (request.path === '/_catalog') {
      const repositories = await registry.oci.listRepositories();
      response.json({ repositories: pageOf({ request, response }, repositories) });
      return;
    }
    const path = decodePath(request.path);
    for (const { pattern, methods } of routes) {
      const [, name, reference = ''] = pattern.exec(path) ?? [];
      if (name !== undefined) {
        const handler = methods.get(request.method);
        if (handler === undefined) {
          response.set('Allow', [...methods.keys()].join(', '));
          throw new RegistryError('MethodNotAllowed', `${request.method} is not allowed here`);
        }
        const repository = parseRepository(name, defaultSpace);
        await handler({ registry, bodies, request, response, name, repository, reference });
        return;
      }
    }
    throw new RegistryError('NotFound', `there is no ${request.originalUrl.slice(0, 200)}`);
  });
  router.use('/v2', answerOciError);
  return router;
}

async function sendBlob({ registry, request, response, repository, reference }: OciContext): Promise<void> {
  const bytes = await registry.oci.getBlob(repository, reference);
  sendBytes({ request, response }, { digest: reference, bytes, mediaType: 'application/octet-stream' });
}

async function deleteBlob({ registry, response, repository, reference }: OciContext): Promise<void> {
  await registry.oci.deleteBlob(repository, reference);
  response.status(202).end();
}

async function sendManifest({ registry, request, response, repository, reference }: OciContext): Promise<void> {
  sendBytes({ request, response }, await registry.oci.getManifest(repository, reference));
}

async function putManifest(context: OciContext): Promise<void> {
  const { registry, bodies, request, response, name, repository, reference } = context;
  const contentType = request.get('content-type') ?? '';
  const { digest, subject } = await bodies.withBody(request, (bytes) => {
    if (bytes.length > maxManifestBytes) {
      throw new RegistryError('TooLarge', `the manifest is larger than ${maxManifestBytes} bytes`);
    }
    return registry.oci.putManifest(repository, reference, { bytes, contentType });
  });
  response.set({ Location: `/v2/${name}/manifests/${digest}`, 'Docker-Content-Digest': digest });
  if (subject !== undefined) {
    response.set('OCI-Subject', subject);
  }
  response.status(201).end();
}

async function deleteManifest({ registry, response, repository, reference }: OciContext): Promise<void> {
  await registry.oci.deleteManifest(repository, reference);
  response.status(202).end();
}

async function cancelUpload({ registry, response, repository, reference }: OciContext): Promise<void> {
  await registry.oci.uploads.size(repository.name, reference);
  await registry.oci.uploads.delete(repository.name, reference);
  response.status(204).end();
}

async function listTags({ registry, request, response, name, repository }: OciContext): Promise<void> {
  const tags = await registry.oci.listTags(repository);
  response.json({ name, tags: pageOf({ request, response }, tags) });
}

async function listReferrers({ registry, request, response, repository, reference }: OciContext): Promise<void> {
  const all = await registry.oci.listReferrers(repository, reference);
  const wanted: unknown = request.query.artifactType;
  const isFiltered = typeof wanted === 'string' && wanted !== '';
  if (isFiltered) {
    response.set('OCI-Filters-Applied', 'artifactType');
  }
  const manifests = isFiltered ? all.filter(({ artifactType }) => artifactType === wanted) : all;
  response.set('Content-Type', mediaTypes.index);
  response.send(Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.index, manifests })));
}

const maxManifestBytes = 4 * 1024 * 1024;

function sendBytes(
  { request, response }: { readonly request: Request; readonly response: Response },
  what: { readonly digest: string; readonly bytes: Uint8Array; readonly mediaType: string },
): void {
  response.set({
    'Docker-Content-Digest': what.digest,
    ETag: `"${what.digest}"`,
    'X-Content-Type-Options': 'nosniff',
  });
  if (matchesEtag(request.get('if-none-match'), what.digest)) {
    response.status(304).end();
    return;
  }
  response.set({ 'Content-Type': what.mediaType, 'Content-Length': String(what.bytes.byteLength) });
  response.end(what.bytes);
}

/** The names after `last`, up to `n`, with a link to what comes next. Throws BadRequest. */
function pageOf(
  { request, response }: { readonly request: Request; readonly response: Response },
  names: readonly string[],
): readonly string[] {
  const { n, last } = request.query;
  const after = typeof last === 'string' ? names.filter((name) => name > last) : names;
  if (n === undefined) {
    return after;
  }
  if (typeof n !== 'string' || !/^[0-9]{1,9}$/.test(n)) {
    throw new RegistryError('BadRequest', 'query parameter n must be a number from 0');
  }
  const page = after.slice(0, Number(n));
  const end = page.at(-1);
  if (page.length < after.length && end !== undefined) {
    const path = request.originalUrl.split('?')[0];
    response.set('Link', `<${path}?n=${n}&last=${encodeURIComponent(end)}>; rel="next"`);
  }
  return page;
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new RegistryError('BadRequest', 'the path can not be decoded');
  }
}
