/**
 * A collection in the form that the client accepts.
 */
import type { KubeObject } from '../../apimachinery/object.ts';
import { formatGroupVersion } from '../../apimachinery/resource.ts';
import { ApiError } from '../../apimachinery/status.ts';
import { encodeObject } from '../codec.ts';
import type { Core } from '../core.ts';
import { tableOf } from '../table.ts';
import type { ResourceRequest } from '../verbs/request.ts';
import { encodeList } from './encoded.ts';
import type { Accepted } from './negotiate.ts';
import { partial } from './transform.ts';

export interface ListForm {
  readonly accept: Accepted;
  readonly revision: number;
  readonly continue?: string;
  readonly remaining?: number;
  readonly include?: string | undefined;
}

export function listAnswer(
  core: Core,
  { resource, version }: ResourceRequest,
  stored: readonly KubeObject[],
  form: ListForm,
): unknown {
  const isWhole = form.accept.as === undefined;
  const metadata = {
    resourceVersion: String(form.revision),
    // Lists of custom resources always have it.
    ...(form.continue === undefined
      ? resource.custom && isWhole
        ? { continue: '' }
        : {}
      : { continue: form.continue }),
    ...(form.remaining === undefined ? {} : { remainingItemCount: form.remaining }),
  };
  if (isWhole && form.accept.type === 'application/json') return encodeList(resource, version, { metadata, stored });
  const objects = stored.map((object) => encodeObject(resource, version, object));
  if (form.accept.as === 'Table')
    return tableOf(core, resource, objects, {
      metadata,
      headers: true,
      include: form.include,
      version: form.accept.version,
    });
  if (form.accept.as === 'PartialObjectMetadataList') {
    const items = objects.map((object) => partial(object, form.accept.version));
    return {
      kind: 'PartialObjectMetadataList',
      apiVersion: `meta.k8s.io/${form.accept.version ?? 'v1'}`,
      metadata,
      items,
    };
  }
  if (form.accept.as === 'PartialObjectMetadata') {
    throw new ApiError(
      'NotAcceptable',
      `you requested PartialObjectMetadata, but the requested object is a list (*${resource.group.split('.')[0] || 'core'}.${resource.kind}List)`,
    );
  }
  const apiVersion = formatGroupVersion({ group: resource.group, version });
  // Items of a typed list don't repeat their kind; those of custom resources do.
  const items = resource.custom ? objects : objects.map(({ apiVersion: _v, kind: _k, ...rest }) => rest);
  // What is worked out has no version.
  return { kind: `${resource.kind}List`, apiVersion, metadata: resource.computed === undefined ? metadata : {}, items };
}
