/** POST /api/v1/promotions: a release from one cluster to another; with `dryRun` only the difference. */
import { type Request, type Response, Router } from 'express';
import { promote } from '../../promotion/promote.ts';
import { answerOperation } from '../answer.ts';
import type { PromotionResult } from '../api.ts';
import { chartOf, operationAnswer } from '../details.ts';
import { parseFields, readOperationOptions, readValues } from '../input.ts';
import type { Services } from '../services.ts';

export function createPromotionRouter(services: Services): Router {
  const router = Router();
  router.post('/', (request, response) => promoteRelease(services, { request, response }));
  return router;
}

async function promoteRelease(
  services: Services,
  { request, response }: { readonly request: Request; readonly response: Response },
): Promise<void> {
  const fields = parseFields(request.body);
  const name = fields.required('release');
  const namespace = fields.required('namespace');
  const from = services.clusters.get(fields.required('from'));
  const to = services.clusters.get(fields.required('to'));
  const revision = fields.integer('revision');
  const overlay = readValues(fields.object('values'));
  const source = { cluster: from.name, namespace, name };
  await answerOperation({ request, response }, (observe) =>
    services.clusters.changing(to.name, async (): Promise<PromotionResult> => {
      const result = await promote(
        {
          cluster: to,
          store: services.store,
          limits: services.renderLimits,
          renderer: services.renderer,
          ...(observe === undefined ? {} : { observe }),
        },
        {
          ...readOperationOptions(fields),
          from: source,
          to: { cluster: to.name, namespace: fields.string('toNamespace') ?? namespace, name },
          overlay,
          resetOverlay: fields.boolean('resetOverlay') === true,
          ...(revision === undefined ? {} : { revision }),
        },
      );
      const chart = await chartOf(services.store, await services.store.get(source, result.release.promotion?.revision));
      return {
        ...(await operationAnswer(result, chart)),
        chart: { name: result.chart.name, from: result.chart.from ?? null, to: result.chart.to },
        values: result.values,
      };
    }),
  );
}
