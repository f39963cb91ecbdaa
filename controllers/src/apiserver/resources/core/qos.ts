/**
 * The quality of service of a pod (pkg/apis/core/helper/qos, v1.34).
 */
import { isObject, type JsonObject } from '../../../apimachinery/json.ts';
import { compareQuantities, parseQuantity, ZERO_QUANTITY } from '../../../apimachinery/quantity.ts';

const COUNTED = ['cpu', 'memory'];

/** Guaranteed where every container's limits and requests for CPU and memory are there and equal. */
export function qosClass(spec: JsonObject): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const own = isObject(spec.resources) && (filled(spec.resources.requests) || filled(spec.resources.limits));
  const containers = own ? [spec] : [...listOf(spec.containers), ...listOf(spec.initContainers)];
  let any = false;
  let guaranteed = true;
  for (const container of containers) {
    const resources = isObject(container.resources) ? container.resources : {};
    const requests = isObject(resources.requests) ? resources.requests : {};
    const limits = isObject(resources.limits) ? resources.limits : {};
    for (const name of COUNTED) {
      const request = amount(requests[name]);
      const limit = amount(limits[name]);
      if (request.nano > 0n || limit.nano > 0n) any = true;
      if (limit.nano === 0n || compareQuantities(request, limit) !== 0) guaranteed = false;
    }
  }
  if (!any) return 'BestEffort';
  return guaranteed ? 'Guaranteed' : 'Burstable';
}

function filled(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length > 0;
}

function amount(value: unknown): typeof ZERO_QUANTITY {
  return typeof value === 'string' || typeof value === 'number' ? parseQuantity(value) : ZERO_QUANTITY;
}

function listOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
