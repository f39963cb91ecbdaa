/** The registry's faces as one express router, to be mounted at the root; paths that are not its own go on to the next. */
import express, { type Router } from 'express';
import type { Registry } from '../registry.ts';
import { createHelmRepositoryRouter } from './helm-repository.ts';
import { createBodyReader } from './request-body.ts';
import { answerError } from './respond.ts';
import { createSpacesRouter } from './spaces.ts';

export function createRegistryRouter(registry: Registry): Router {
  const bodies = createBodyReader(registry.limits);
  const router = express.Router();
  router.use(createSpacesRouter(registry, bodies));
  router.use(createHelmRepositoryRouter(registry));
  router.use(answerError);
  return router;
}
