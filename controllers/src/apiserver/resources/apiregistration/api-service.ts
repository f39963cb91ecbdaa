/**
 * APIService (kube-aggregator's registry/apiservice, v1.34): without a Service the cluster itself answers for it.
 */
import { getPath, isObject, type JsonObject } from '../../../apimachinery/json.ts';
import { isPathSegment } from '../../../apimachinery/names.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import { validateApiService } from '../../validation/api-service.ts';
import type { Draft, KindContext, KindFacts } from '../resource.ts';

export const apiService: KindFacts = {
  group: 'apiregistration.k8s.io',
  kind: 'APIService',
  name: isPathSegment,
  generation: 'none',
  prepareCreate,
  validate: validateApiService,
  validateUpdate: validateApiService,
};

/** What the cluster answers for itself is available at once. */
export function localStatus(now: string): JsonObject {
  const message = 'Local APIServices are always available';
  return { conditions: [{ type: 'Available', status: 'True', lastTransitionTime: now, reason: 'Local', message }] };
}

function prepareCreate(draft: Draft, { core }: KindContext): void {
  const isLocal = !isObject(getPath(draft, ['spec', 'service']));
  draft.status = isLocal ? localStatus(formatTime(core.now())) : {};
}
