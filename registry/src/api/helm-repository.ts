/**
 * Each space as a Helm repository at /charts/SPACE: `index.yaml` (and `index.json`) with conditional requests and gzip, and
 * the packages beside it.
 */
import express, { type Request, type Response, type Router } from 'express';
import { RegistryError } from '../errors.ts';
import type { HelmIndexFormat } from '../helm-index/helm-indexes.ts';
import type { Registry } from '../registry.ts';
import { allowOnly, matchesEtag, sendPackage } from './respond.ts';

const indexFiles: ReadonlyMap<string, { readonly format: HelmIndexFormat; readonly type: string }> = new Map([
  ['index.yaml', { format: 'yaml', type: 'application/yaml; charset=utf-8' }],
  ['index.json', { format: 'json', type: 'application/json; charset=utf-8' }],
]);

/** `/charts/SPACE/...`, to be mounted at the root. */
export function createHelmRepositoryRouter(registry: Registry): Router {
  const router = express.Router({ caseSensitive: true });
  router
    .route('/charts/:space/:file')
    .get(async (request, response) => {
      const { space, file } = request.params;
      if (indexFiles.has(file)) {
        await sendIndex(registry, request, response);
        return;
      }
      if (!file.endsWith('.tgz')) {
        throw new RegistryError('NotFound', `there is no ${file.slice(0, 200)} in the repository of space ${space}`);
      }
      sendPackage(request, response, await registry.pullFile(space, file));
    })
    .all(allowOnly('GET', 'HEAD'));
  return router;
}

async function sendIndex(registry: Registry, request: Request, response: Response): Promise<void> {
  const { space = '', file = '' } = request.params as Record<string, string>;
  const { format, type } = indexFiles.get(file) ?? { format: 'yaml', type: '' };
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
