/**
 * APIServices that name a Service (kube-aggregator's status/remote and apiserver/handler_proxy.go, v1.34): whether they are
 * available follows the Service and its endpoints; nobody is really asked.
 */
import { getPath, isObject } from '../../apimachinery/json.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { storageKey, storagePrefix } from '../../apimachinery/resource.ts';
import { formatTime } from '../../apimachinery/time.ts';
import type { Core } from '../core.ts';
import { API_SERVICES_PREFIX } from './local-services.ts';

export interface ServiceReference {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
}

/** A group and version that another server answers for. */
export interface RemoteGroupVersion {
  readonly group: string;
  readonly version: string;
  readonly isAvailable: boolean;
}

function referenceOf(apiService: KubeObject): ServiceReference | undefined {
  const service = getPath(apiService, ['spec', 'service']);
  if (!isObject(service)) return undefined;
  return {
    namespace: String(service.namespace ?? ''),
    name: String(service.name ?? ''),
    port: typeof service.port === 'number' ? service.port : 443,
  };
}

const kept = new WeakMap<Core, { readonly services: readonly KubeObject[]; readonly found: RemoteGroupVersion[] }>();

/** All that name a Service. */
export function remoteGroupVersions(core: Core): readonly RemoteGroupVersion[] {
  const services = core.store.list(API_SERVICES_PREFIX).map(({ object }) => object);
  const known = kept.get(core);
  if (known?.services.length === services.length && services.every((one, at) => one === known.services[at]))
    return known.found;
  const found = services
    .filter((object) => referenceOf(object) !== undefined)
    .map((object) => ({
      group: String(getPath(object, ['spec', 'group']) ?? ''),
      version: String(getPath(object, ['spec', 'version']) ?? ''),
      isAvailable: isAvailable(object),
    }));
  kept.set(core, { services, found });
  return found;
}

/** The one of a group and version; undefined where the cluster answers itself. */
export function remoteGroupVersion(core: Core, group: string, version: string): RemoteGroupVersion | undefined {
  return remoteGroupVersions(core).find((one) => one.group === group && one.version === version);
}

function isAvailable({ status }: KubeObject): boolean {
  const conditions = isObject(status) && Array.isArray(status.conditions) ? status.conditions : [];
  return conditions.some((one) => isObject(one) && one.type === 'Available' && one.status === 'True');
}

/** Keeps the condition Available. Answers how to stop. */
export function followRemoteServices(core: Core): () => void {
  // By namespace: its Services and slices are watched while an APIService names one there.
  const watched = new Map<string, () => void>();
  const check = (key: string): void => {
    const stored = core.store.get(key);
    const reference = stored === undefined ? undefined : referenceOf(stored.object);
    if (stored === undefined || reference === undefined) return;
    watchNamespace(reference.namespace);
    writeCondition(core, key, stored.object, stored.revision, availability(core, reference));
  };
  const checkAll = (namespace: string): void => {
    for (const { key, object } of core.store.list(API_SERVICES_PREFIX))
      if (referenceOf(object)?.namespace === namespace) check(key);
  };
  const watchNamespace = (namespace: string): void => {
    if (watched.has(namespace)) return;
    const stops = [
      storagePrefix('', 'services', namespace),
      storagePrefix('discovery.k8s.io', 'endpointslices', namespace),
    ].map((prefix) => core.store.subscribe(prefix, core.store.revision, () => checkAll(namespace)));
    watched.set(namespace, () => {
      for (const stop of stops) stop();
    });
  };
  for (const { key } of core.store.list(API_SERVICES_PREFIX)) check(key);
  const stop = core.store.subscribe(API_SERVICES_PREFIX, core.store.revision, ({ type, key }) => {
    if (type !== 'DELETED') check(key);
  });
  return () => {
    stop();
    for (const end of watched.values()) end();
  };
}

interface Availability {
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

function availability(core: Core, { namespace, name, port }: ServiceReference): Availability {
  const unavailable = (reason: string, message: string): Availability => ({ status: 'False', reason, message });
  const text = `service/${name} in ${JSON.stringify(namespace)}`;
  const service = core.store.get(storageKey('', 'services', namespace, name))?.object;
  if (service === undefined) return unavailable('ServiceNotFound', `${text} is not present`);
  if (getPath(service, ['spec', 'type']) === 'ClusterIP') {
    const ports = getPath(service, ['spec', 'ports']);
    const found = Array.isArray(ports) ? ports.filter(isObject).find((one) => one.port === port) : undefined;
    if (found === undefined) return unavailable('ServicePortError', `${text} is not listening on port ${port}`);
    const slices = core.store
      .list(storagePrefix('discovery.k8s.io', 'endpointslices', namespace))
      .filter(({ object }) => object.metadata.labels?.['kubernetes.io/service-name'] === name)
      .map(({ object }) => object);
    if (slices.length === 0) return unavailable('EndpointsNotFound', `cannot find endpointslices for ${text}`);
    const portName = String(found.name ?? '');
    if (!slices.some((slice) => hasReadyEndpoint(slice, portName))) {
      const message = `endpointslices for ${text} have no addresses with port name ${JSON.stringify(portName)}`;
      return unavailable('MissingEndpoints', message);
    }
  }
  return { status: 'True', reason: 'Passed', message: 'all checks passed' };
}

function hasReadyEndpoint({ endpoints, ports }: KubeObject, portName: string): boolean {
  const isReady =
    Array.isArray(endpoints) &&
    endpoints.some((one) => isObject(one) && getPath(one, ['conditions', 'ready']) !== false);
  const hasPort = Array.isArray(ports) && ports.some((one) => isObject(one) && (one.name ?? '') === portName);
  return isReady && hasPort;
}

function writeCondition(core: Core, key: string, object: KubeObject, revision: number, now: Availability): void {
  const status = isObject(object.status) ? object.status : {};
  const conditions = Array.isArray(status.conditions) ? status.conditions.filter(isObject) : [];
  const before = conditions.find(({ type }) => type === 'Available');
  if (before?.status === now.status && before.reason === now.reason && before.message === now.message) return;
  const isSame = before?.status === now.status;
  const lastTransitionTime = isSame ? before?.lastTransitionTime : formatTime(core.now());
  const after = { type: 'Available', status: now.status, lastTransitionTime, reason: now.reason, message: now.message };
  const others = conditions.filter((one) => one !== before);
  core.store.put(key, { ...object, status: { ...status, conditions: [...others, after] } }, revision);
}
