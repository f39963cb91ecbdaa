/**
 * An object in the form that the client accepts: whole (as the bytes of its JSON where it asked for that), as metadata
 * only, or as a table.
 */
import type { KubeObject } from '../../apimachinery/object.ts';
import { ApiError } from '../../apimachinery/status.ts';
import type { Core } from '../core.ts';
import type { Resource } from '../resources/resource.ts';
import { tableOf } from '../table.ts';
import { encodeWhole } from './encoded.ts';
import type { Accepted } from './negotiate.ts';

export interface TransformOptions {
  /** Tables: whether the columns are written too (in a watch only once). */
  readonly headers?: boolean;
  readonly include?: string | undefined;
}

export function transformObject(
  core: Core,
  resource: Resource,
  accept: Accepted,
  object: KubeObject,
  options: TransformOptions = {},
): unknown {
  if (accept.as === 'Table')
    return tableOf(core, resource, [object], {
      metadata: { resourceVersion: object.metadata.resourceVersion ?? '' },
      version: accept.version,
      ...options,
    });
  if (accept.as === 'PartialObjectMetadata') return partial(object, accept.version);
  if (accept.as === 'PartialObjectMetadataList') {
    const kind = `(*${resource.group === '' ? 'core' : (resource.group.split('.')[0] ?? '')}.${resource.kind})`;
    throw new ApiError(
      'NotAcceptable',
      `you requested PartialObjectMetadataList, but the requested object is not a list ${kind}`,
    );
  }
  return accept.type === 'application/json' ? encodeWhole(object) : object;
}

/** metadata.k8s.io's PartialObjectMetadata. */
export function partial(object: KubeObject, version = 'v1'): object {
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata: object.metadata };
}
