/**
 * A collection in the form that the client accepts.
 */
import type { KubeObject } from '../../apimachinery/object.ts';
import { formatGroupVersion } from '../../apimachinery/resource.ts';
import { encodeObject } from '../codec.ts';
import type { Core } from '../core.ts';
import { tableOf } from '../table.ts';
import type { ResourceRequest } from '../verbs/request.ts';
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
  const metadata = {
    resourceVersion: String(form.revision),
    ...(form.continue === undefined ? {} : { continue: form.continue }),
    ...(form.remaining === undefined ? {} : { remainingItemCount: form.remaining }),
  };
  const objects = stored.map((object) => encodeObject(resource, version, object));
  if (form.accept.as === 'Table')
    return tableOf(core, resource, objects, { metadata, headers: true, include: form.include });
  if (form.accept.as === 'PartialObjectMetadataList') {
    return { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items: objects.map(partial) };
  }
  const apiVersion = formatGroupVersion({ group: resource.group, version });
  // Items of a typed list don't repeat their kind; those of custom resources do.
  const items = resource.custom ? objects : objects.map(({ apiVersion: _v, kind: _k, ...rest }) => rest);
  return { kind: `${resource.kind}List`, apiVersion, metadata, items };
}
