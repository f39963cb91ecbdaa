/**
 * The client of controllers, scheduler and kubelet: calls the verbs directly, in the storage version of each resource
 * unless the resource's name has another (`horizontalpodautoscalers.v1.autoscaling`).
 */
import { badRequest } from '../apimachinery/api-errors.ts';
import type { KubeObject } from '../apimachinery/object.ts';
import { storagePrefix } from '../apimachinery/resource.ts';
import { ApiError } from '../apimachinery/status.ts';
import type { Client, ListOptions, ObjectKey, WriteOptions } from './client.ts';
import { encodeObject } from './codec.ts';
import type { Core } from './core.ts';
import type { Resource } from './resources/resource.ts';
import { createObject } from './verbs/create.ts';
import { deleteObject } from './verbs/delete.ts';
import { patchObject } from './verbs/patch.ts';
import { findObject, getObject, listStored, parseSelection } from './verbs/read.ts';
import type { ResourceRequest, WriteRequest } from './verbs/request.ts';
import { createSubresource } from './verbs/subresources.ts';
import { updateObject } from './verbs/update.ts';

const NOTHING: readonly never[] = [];

/** A client whose writes are recorded under a field manager, e.g. `kube-controller-manager`. */
export function createInProcessClient(core: Core, fieldManager: string): Client {
  const find = (name: string): { readonly resource: Resource; readonly version: string } => {
    const resource = core.resources.find(name);
    if (resource !== undefined) return { resource, version: resource.storageVersion };
    const [plural = '', version = '', ...group] = name.split('.');
    const versioned = core.resources.lookup(group.join('.'), version, plural);
    if (versioned === undefined) throw new ApiError('NotFound', 'the server could not find the requested resource');
    return { resource: versioned, version };
  };
  const at = (name: string, key: ObjectKey, subresource = ''): ResourceRequest => {
    const { resource, version } = find(name);
    return { resource, version, namespace: key.namespace ?? '', name: key.name, subresource };
  };
  const write = (
    name: string,
    key: ObjectKey,
    body: object,
    options: WriteOptions = {},
    subresource = '',
  ): WriteRequest => {
    const { resource, version } = find(name);
    return {
      resource,
      version,
      namespace: key.namespace ?? '',
      name: key.name,
      subresource,
      body: body as Readonly<Record<string, unknown>>,
      options: { fieldManager, ...options },
    };
  };
  const keyOf = (object: KubeObject): ObjectKey => {
    if (typeof object.metadata !== 'object' || object.metadata === null) throw badRequest('metadata is required');
    return { namespace: object.metadata.namespace ?? '', name: object.metadata.name ?? '' };
  };

  return {
    // Objects are what the caller's type parameter says by the API's contract.
    get: <T extends KubeObject>(resource: string, key: ObjectKey) => getObject(core, at(resource, key)) as T,
    find: <T extends KubeObject>(resource: string, key: ObjectKey) =>
      findObject(core, at(resource, key)) as T | undefined,
    list<T extends KubeObject>(name: string, options: ListOptions = {}) {
      const { resource, version } = find(name);
      if (options.labelSelector === undefined && options.fieldSelector === undefined) {
        const stored = core.store.list(
          storagePrefix(resource.group, resource.resource, resource.namespaced ? options.namespace : undefined),
        );
        return stored.length === 0 ? NOTHING : stored.map(({ object }) => encodeObject(resource, version, object) as T);
      }
      const selection = parseSelection(resource, options.labelSelector, options.fieldSelector);
      const { namespace } = options;
      const stored = listStored(core, resource, { selection, ...(namespace === undefined ? {} : { namespace }) });
      return stored.map(({ object }) => encodeObject(resource, version, object) as T);
    },
    create: <T extends KubeObject>(resource: string, object: KubeObject, options?: WriteOptions) =>
      createObject(core, write(resource, keyOf(object), object, options)) as T,
    update: <T extends KubeObject>(resource: string, object: KubeObject, options?: WriteOptions) =>
      updateObject(core, write(resource, keyOf(object), object, options)) as T,
    updateStatus: <T extends KubeObject>(resource: string, object: KubeObject, options?: WriteOptions) =>
      updateObject(core, write(resource, keyOf(object), object, options, 'status')) as T,
    patch<T extends KubeObject>(
      resource: string,
      key: ObjectKey,
      patch: Parameters<Client['patch']>[2],
      options: Parameters<Client['patch']>[3] = {},
    ) {
      const request = write(resource, key, {}, options, options.subresource ?? '');
      return patchObject(core, request, patch) as T;
    },
    delete(resource, key, options) {
      const { gone, object } = deleteObject(core, at(resource, key), options);
      return gone ? undefined : object;
    },
    createSubresource: (resource, key, subresource, body) =>
      createSubresource(core, write(resource, key, body, {}, subresource)),
  };
}
