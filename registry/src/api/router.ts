/** The registry's faces as one express router, to be mounted at the root; paths that are not its own go on to the next. */
import express, { type Router } from 'express';
import type { Registry } from '../registry.ts';
import { createChartMuseumRouter } from './chartmuseum.ts';
import { createHelmRepositoryRouter } from './helm-repository.ts';
import { createOciRouter } from './oci.ts';
import { createBodyReader } from './request-body.ts';
import { answerError } from './respond.ts';
import { createSpacesRouter } from './spaces.ts';

export interface RegistryRouterOptions {
  /** The space that is meant where a path names none: ChartMuseum's without a tenant, OCI repositories of one part. */
  readonly defaultSpace?: string;
}

/** Errors that are no RegistryError go on to the application's own handler, which logs them. */
export function createRegistryRouter(registry: Registry, options: RegistryRouterOptions = {}): Router {
  const { defaultSpace = 'default' } = options;
  const bodies = createBodyReader(registry.limits);
  const router = express.Router();
  router.use(createSpacesRouter(registry, bodies));
  router.use(createOciRouter(registry, { bodies, defaultSpace }));
  router.use(createHelmRepositoryRouter(registry));
  router.use(createChartMuseumRouter(registry, { bodies, defaultSpace }));
  router.use(answerError);
  return router;
}
