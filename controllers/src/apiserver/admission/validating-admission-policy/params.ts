/**
 * The parameters of a binding (the apiserver's CollectParams, pkg/admission/plugin/policy/generic, v1.34).
 */
import type { KubeObject } from '../../../apimachinery/object.ts';
import { storageKey, storagePrefix } from '../../../apimachinery/resource.ts';
import { labelSelectorOf } from '../../../apimachinery/selector.ts';
import { encodeObject } from '../../codec.ts';
import type { Core } from '../../core.ts';
import type { Resource } from '../../resources/resource.ts';
import type { ParamKind, ParamRef } from './policy.ts';

/** Each parameter to evaluate with, undefined for none; or what is wrong. */
export function collectParams(
  core: Core,
  kind: ParamKind | undefined,
  ref: ParamRef | undefined,
  namespace: string,
): readonly (KubeObject | undefined)[] | string {
  if (kind === undefined) return [undefined];
  const found = resourceOf(core, kind);
  if (ref === undefined) return [undefined];
  // That its kind is not served is told of the policy.
  if (found === undefined) return [];
  const { resource, version } = found;
  if (!resource.namespaced && (ref.namespace ?? '') !== '')
    return 'paramRef.namespace must not be provided for a cluster-scoped `paramKind`';
  const where = resource.namespaced ? ref.namespace || namespace : '';
  if (resource.namespaced && where === '')
    return 'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources';
  const params = read(core, resource, ref, where).map((object) => ({
    ...encodeObject(resource, version, object),
    apiVersion: kind.apiVersion ?? '',
    kind: kind.kind ?? '',
  }));
  if (params.length === 0 && ref.parameterNotFoundAction === 'Deny')
    return 'no params found for policy binding with `Deny` parameterNotFoundAction';
  return params;
}

function read(core: Core, { group, resource }: Resource, ref: ParamRef, namespace: string): readonly KubeObject[] {
  if ((ref.name ?? '') !== '') {
    const stored = core.store.get(storageKey(group, resource, namespace, ref.name ?? ''));
    return stored === undefined ? [] : [stored.object];
  }
  const selector = labelSelectorOf(ref.selector);
  return core.store
    .list(storagePrefix(group, resource, namespace === '' ? undefined : namespace))
    .map(({ object }) => object)
    .filter(({ metadata }) => selector.matches(metadata.labels ?? {}));
}

/** The resource of a kind, and the version that it is asked in; undefined where it is not served. */
export function resourceOf(
  core: Core,
  { apiVersion = '', kind = '' }: ParamKind,
): { readonly resource: Resource; readonly version: string } | undefined {
  const slash = apiVersion.indexOf('/');
  const [group, version] = slash < 0 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)];
  const resource = core.resources.byKind(group, kind);
  return resource?.versions.includes(version) === true ? { resource, version } : undefined;
}
