/**
 * Each space as a Helm repository at /charts/SPACE: `index.yaml` (and `index.json`) with conditional requests and gzip, and
 * the packages with their provenance beside it.
 */
import express, { type Request, type Response, type Router } from 'express';
import { RegistryError } from '../errors.ts';
import type { HelmIndexFormat } from '../helm-index/helm-indexes.ts';
import type { Registry } from '../registry.ts';
import { wildcardOf } from './paths.ts';
import { allowOnly, matchesEtag, sendPackage } from './respond.ts';

const indexFiles: ReadonlyMap<string, { readonly format: HelmIndexFormat; readonly type: string }> = new Map([
  ['index.yaml', { format: 'yaml', type: 'application/yaml; charset=utf-8' }],
  ['index.json', { format: 'json', type: 'application/json; charset=utf-8' }],
]);

export interface RepositoryRequest {
  readonly request: Request;
  readonly response: Response;
  readonly space: string;
  /** An index, a package or a provenance file. */
  readonly file: string;
}

/** `/charts/SPACE/...`, to be mounted at the root. */
export function createHelmRepositoryRouter(registry: Registry): Router {
  const router = express.Router({ caseSensitive: true });
  router
    .route('/charts/*space/:file')
    .get(async (request, response) => {
      const [space = '', file = ''] = [wildcardOf(request, 'space'), wildcardOf(request, 'file')];
      await sendRepositoryFile(registry, { request, response, space, file });
    })
    .all(allowOnly('GET', 'HEAD'));
  return router;
}

/** Answers with a file of a space's repository. Throws NotFound for a name of another kind, and as the registry does. */
export async function sendRepositoryFile(registry: Registry, what: RepositoryRequest): Promise<void> {
  const { request, response, space, file } = what;
  const index = indexFiles.get(file);
  if (index !== undefined) {
    await sendIndex(registry, what, index);
  } else if (file.endsWith('.tgz')) {
    sendPackage(request, response, await registry.pullFile(space, file));
  } else if (file.endsWith('.tgz.prov')) {
    const provenance = await registry.pullProvenance(space, file.slice(0, -'.prov'.length));
    response.type('application/pgp-signature').send(Buffer.from(provenance));
  } else {
    throw new RegistryError('NotFound', `there is no ${file.slice(0, 200)} in the repository of space ${space}`);
  }
}

async function sendIndex(
  registry: Registry,
  { request, response, space }: RepositoryRequest,
  { format, type }: { readonly format: HelmIndexFormat; readonly type: string },
): Promise<void> {
  const index = await registry.helmIndex(space, format);
  response.set({ ETag: index.etag, 'Cache-Control': 'no-cache', Vary: 'Accept-Encoding' });
  if (matchesEtag(request.get('if-none-match'), index.etag.slice('W/"'.length, -1))) {
    response.status(304).end();
    return;
  }
  const compressed = request.acceptsEncodings('gzip', 'identity') === 'gzip';
  if (compressed) {
    response.set('Content-Encoding', 'gzip');
  }
  const buffers = compressed ? await index.gzip() : index.text;
  const length = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
  response.set({ 'Content-Type': type, 'Content-Length': String(length) });
  if (request.method !== 'HEAD') {
    response.cork();
    for (const buffer of buffers) {
      response.write(buffer);
    }
    response.uncork();
  }
  response.end();
}
