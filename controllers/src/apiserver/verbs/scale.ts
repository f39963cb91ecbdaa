/**
 * The scale subresource (autoscaling/v1 Scale; pkg/registry/apps/.../storage.go, v1.34): replicas and selector of a
 * workload as one small object.
 */
import {
  badRequest,
  conflict,
  invalid,
  invalidObject,
  notFound,
  OPTIMISTIC_LOCK,
} from '../../apimachinery/api-errors.ts';
import { getPath, isObject, type JsonObject, withPath } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import {
  formatLabelSelector,
  formatRequirements,
  type LabelSelectorSpec,
  parseLabelSelector,
} from '../../apimachinery/selector.ts';
import type { Core } from '../core.ts';
import { scalePathsOf } from '../custom/definition.ts';
import type { Draft, Resource } from '../resources/resource.ts';
import { type ResourceRequest, subjectOf, type WriteRequest } from './request.ts';
import { keyOf, updateDecoded } from './update.ts';

export interface ScalePaths {
  readonly spec: readonly string[];
  readonly status: readonly string[];
  readonly selector: readonly string[] | undefined;
}

const BUILT_IN: ScalePaths = {
  spec: ['spec', 'replicas'],
  status: ['status', 'replicas'],
  selector: ['spec', 'selector'],
};

function pathsOf(resource: Resource, version: string): ScalePaths {
  return resource.definition === undefined ? BUILT_IN : (scalePathsOf(resource.definition, version) ?? BUILT_IN);
}

/** Throws NotFound. */
export function getScale(core: Core, request: ResourceRequest): KubeObject {
  const stored = core.store.get(keyOf(request));
  if (stored === undefined) throw notFound(subjectOf(request.resource), request.name);
  return scaleOf(request, stored.object);
}

function scaleOf({ resource, version }: ResourceRequest, object: KubeObject): KubeObject {
  const paths = pathsOf(resource, version);
  const { name = '', namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const replicas = getPath(object, paths.spec);
  const selector = selectorText(resource, paths.selector === undefined ? undefined : getPath(object, paths.selector));
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
    },
    spec: typeof replicas === 'number' && replicas !== 0 ? { replicas } : {},
    status: {
      replicas: Number(getPath(object, paths.status) ?? 0),
      ...(selector === '' ? {} : { selector }),
    },
  };
}

function selectorText(resource: Resource, selector: unknown): string {
  if (typeof selector === 'string') return selector;
  if (!isObject(selector)) return '';
  if (resource.kind !== 'ReplicationController') return formatLabelSelector(selector as LabelSelectorSpec);
  const text = Object.entries(selector)
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(',');
  return formatRequirements(parseLabelSelector(text).requirements);
}

/** Writes spec.replicas. */
export function updateScale(core: Core, request: WriteRequest): KubeObject {
  return patchScale(core, request, () => request.body as KubeObject);
}

/** Changes the scale object by a function, and the workload with it. */
export function patchScale(core: Core, request: WriteRequest, change: (scale: JsonObject) => KubeObject): KubeObject {
  const { resource } = request;
  const stored = core.store.get(keyOf(request));
  if (stored === undefined) throw notFound(subjectOf(resource), request.name);
  const scale = change(scaleOf(request, stored.object));
  if (!isObject(scale) || !isObject(scale.metadata)) throw badRequest('the body is not a Scale');
  const version = scale.metadata.resourceVersion ?? '';
  if (version !== '' && version !== stored.object.metadata.resourceVersion) {
    throw conflict(subjectOf(resource), request.name, OPTIMISTIC_LOCK);
  }
  const replicas = isObject(scale.spec) ? (scale.spec.replicas ?? 0) : 0;
  if (typeof replicas !== 'number' || !Number.isInteger(replicas))
    throw badRequest('spec.replicas must be a whole number');
  if (replicas < 0) {
    throw invalidObject({ group: 'autoscaling', kind: 'Scale' }, request.name, [
      invalid('spec.replicas', replicas, 'must be greater than or equal to 0'),
    ]);
  }
  const { spec } = pathsOf(resource, request.version);
  const changed = withPath(stored.object as JsonObject, spec, replicas) as KubeObject;
  const draft: Draft = { ...changed, metadata: { ...changed.metadata } };
  const owner = { ...request, version: resource.storageVersion };
  return scaleOf(request, updateDecoded(core, owner, draft, stored.object));
}
