/**
 * What plugins share about pods.
 */
import { isObject } from '../../apimachinery/json.ts';
import type { Draft } from '../resources/resource.ts';
import type { AdmissionRequest } from './admission.ts';

/** A pod's spec that may still be changed; undefined for any other request. */
export function newPodSpec(request: AdmissionRequest, draft: Draft | undefined): Record<string, unknown> | undefined {
  return request.operation === 'CREATE' ? podSpec(request, draft) : undefined;
}

export function podSpec(
  { resource, subresource }: AdmissionRequest,
  draft: Draft | undefined,
): Record<string, unknown> | undefined {
  if (resource.group !== '' || resource.kind !== 'Pod' || subresource !== '' || draft === undefined) return undefined;
  return isObject(draft.spec) ? (draft.spec as Record<string, unknown>) : undefined;
}
