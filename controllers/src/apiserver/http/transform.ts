/**
 * An object in the form that the client accepts: whole, as metadata only, or as a table.
 */
import type { KubeObject } from '../../apimachinery/object.ts';
import type { Core } from '../core.ts';
import type { Resource } from '../resources/resource.ts';
import { tableOf } from '../table.ts';
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
      ...options,
    });
  if (accept.as === 'PartialObjectMetadata') return partial(object);
  return object;
}

/** metadata.k8s.io's PartialObjectMetadata. */
export function partial(object: KubeObject): object {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}
