/**
 * The EndpointSlice controller (pkg/controller/endpointslice and k8s.io/endpointslice v1.34): at most 100 endpoints a
 * slice, one set of slices for each set of ports; changes keep to the slices that are there.
 */
import { deepEqual } from '../../apimachinery/json.ts';
import type { Endpoint, EndpointSlice, Node, Pod, Service } from '../../apimachinery/kinds.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { newControllerRef } from '../../apimachinery/owner.ts';
import { isPodReady } from '../../apimachinery/pod.ts';
import { isApiError } from '../../apimachinery/status.ts';
import type { Controller, ReconcileContext } from '../controller.ts';
import { isNamespaceTerminating } from '../pod-control.ts';
import { watchSelf } from '../watching.ts';
import {
  createTriggerTimes,
  type EndpointPort,
  HEADLESS_LABEL,
  hasSelector,
  isHeadless,
  portsOn,
  SELECTING_SERVICES,
  servicePods,
  TRIGGER_TIME,
} from './service-pods.ts';

export const RESOURCE = 'endpointslices.discovery.k8s.io';
export const SERVICE_LABEL = 'kubernetes.io/service-name';
export const MANAGED_LABEL = 'endpointslice.kubernetes.io/managed-by';
const MANAGER = 'endpointslice-controller.k8s.io';
const MAX_ENDPOINTS = 100;
const ZONE_LABEL = 'topology.kubernetes.io/zone';

export function createEndpointSliceController(): Controller {
  const triggers = createTriggerTimes();
  return {
    name: 'endpoint-slice-controller',
    watches: [
      watchSelf('services'),
      SELECTING_SERVICES,
      {
        resource: RESOURCE,
        keys({ object }) {
          const { namespace = '', labels = {} } = object.metadata;
          const name = labels[SERVICE_LABEL];
          return name !== undefined && labels[MANAGED_LABEL] === MANAGER ? [{ namespace, name }] : [];
        },
      },
    ],
    reconcile(key, context) {
      const service = context.client.find<Service>('services', key);
      if (service === undefined || service.metadata.deletionTimestamp !== undefined || !hasSelector(service)) {
        triggers.forget(`${key.namespace}/${key.name}`);
        return undefined;
      }
      const pods = servicePods(service, context.client);
      sync(service, pods, triggers.next(service, pods), context);
      return undefined;
    },
  };
}

interface Wanted {
  readonly ports: readonly EndpointPort[];
  /** By the uid of the pod. */
  readonly endpoints: Map<string, Endpoint>;
}

function sync(service: Service, pods: readonly Pod[], trigger: string | undefined, context: ReconcileContext): void {
  const groups = new Map<string, Wanted>();
  for (const pod of pods) {
    const ports = portsOn(pod, service);
    const text = JSON.stringify(ports);
    const group = groups.get(text) ?? { ports, endpoints: new Map() };
    group.endpoints.set(pod.metadata.uid, endpointOf(pod, service, context));
    groups.set(text, group);
  }
  const existing = context.client
    .list<EndpointSlice>(RESOURCE, { namespace: service.metadata.namespace ?? '' })
    .filter(
      ({ metadata }) =>
        metadata.labels?.[SERVICE_LABEL] === service.metadata.name &&
        metadata.labels[MANAGED_LABEL] === MANAGER &&
        metadata.deletionTimestamp === undefined,
    );
  const byPorts = new Map<string, EndpointSlice[]>();
  for (const slice of existing) {
    const text = portText(slice.ports);
    byPorts.set(text, [...(byPorts.get(text) ?? []), slice]);
  }
  if (groups.size === 0) {
    keepPlaceholder(service, existing, trigger, context);
    return;
  }
  const wantedTexts = new Map([...groups.values()].map((group) => [portText(group.ports), group]));
  const spare = [...byPorts].filter(([text]) => !wantedTexts.has(text)).flatMap(([, slices]) => slices);
  for (const [text, group] of wantedTexts) {
    const own = byPorts.get(text) ?? [];
    // A placeholder without endpoints takes on the first ports.
    if (own.length === 0) {
      const placeholder = spare.find(({ endpoints }) => (endpoints ?? []).length === 0);
      if (placeholder !== undefined) own.push(...spare.splice(spare.indexOf(placeholder), 1));
    }
    syncGroup(service, group, own, { trigger, context });
  }
  for (const slice of spare) remove(slice, context);
}

/** Equal for equal sets of ports. */
export function portText(ports: EndpointSlice['ports']): string {
  return JSON.stringify(
    (ports ?? [])
      .map(({ name = '', port = 0, protocol = 'TCP', appProtocol = '' }) => [name, port, protocol, appProtocol])
      .sort(),
  );
}

function endpointOf(pod: Pod, service: Service, { client }: ReconcileContext): Endpoint {
  const { name, namespace = '', uid, deletionTimestamp } = pod.metadata;
  const publishes = service.spec.publishNotReadyAddresses === true;
  const serving = isPodReady(pod);
  const terminating = deletionTimestamp !== undefined;
  const { nodeName } = pod.spec;
  const zone =
    nodeName === undefined ? undefined : client.find<Node>('nodes', { name: nodeName })?.metadata.labels?.[ZONE_LABEL];
  const hasHostname = pod.spec.hostname !== undefined && pod.spec.subdomain === service.metadata.name;
  return {
    addresses: [pod.status?.podIP ?? ''],
    conditions: { ready: publishes || (serving && !terminating), serving, terminating },
    ...(hasHostname && pod.spec.hostname !== undefined ? { hostname: pod.spec.hostname } : {}),
    targetRef: { kind: 'Pod', namespace, name, uid },
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(zone === undefined ? {} : { zone }),
  };
}

interface SyncOptions {
  readonly trigger: string | undefined;
  readonly context: ReconcileContext;
}

function syncGroup(service: Service, wanted: Wanted, existing: readonly EndpointSlice[], options: SyncOptions): void {
  const left = new Map(wanted.endpoints);
  const plans = existing.map((slice) => {
    const endpoints: Endpoint[] = [];
    for (const endpoint of slice.endpoints ?? []) {
      const uid = endpoint.targetRef?.uid ?? '';
      const now = left.get(uid);
      if (now === undefined) continue;
      left.delete(uid);
      endpoints.push(now);
    }
    return { slice, endpoints };
  });
  // New ones go where something changes anyway, the fullest first.
  for (const plan of [...plans].sort((a, b) => b.endpoints.length - a.endpoints.length)) {
    for (const [uid, endpoint] of left) {
      if (plan.endpoints.length >= MAX_ENDPOINTS) break;
      plan.endpoints.push(endpoint);
      left.delete(uid);
    }
  }
  for (const { slice, endpoints } of plans) {
    if (endpoints.length === 0 && plans.length > 1) remove(slice, options.context);
    else update(service, slice, { ports: wanted.ports, endpoints }, options);
  }
  const rest = [...left.values()];
  for (let start = 0; start < rest.length; start += MAX_ENDPOINTS) {
    create(service, { ports: wanted.ports, endpoints: rest.slice(start, start + MAX_ENDPOINTS) }, options);
  }
}

interface Content {
  readonly ports: readonly EndpointPort[];
  readonly endpoints: readonly Endpoint[];
}

/** A Service without endpoints has one empty slice. */
function keepPlaceholder(
  service: Service,
  existing: readonly EndpointSlice[],
  trigger: string | undefined,
  context: ReconcileContext,
): void {
  const empty: Content = { ports: [], endpoints: [] };
  const [first, ...others] = existing;
  if (first === undefined) create(service, empty, { trigger, context });
  else update(service, first, empty, { trigger, context });
  for (const slice of others) remove(slice, context);
}

function labelsOf(service: Service): Readonly<Record<string, string>> {
  const { [HEADLESS_LABEL]: _, ...own } = service.metadata.labels ?? {};
  return {
    ...own,
    ...(isHeadless(service) ? { [HEADLESS_LABEL]: '' } : {}),
    [SERVICE_LABEL]: service.metadata.name,
    [MANAGED_LABEL]: MANAGER,
  };
}

function create(service: Service, content: Content, { trigger, context }: SyncOptions): void {
  const draft: KubeObject = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName: `${service.metadata.name}-`,
      namespace: service.metadata.namespace ?? '',
      labels: labelsOf(service),
      ...(trigger === undefined ? {} : { annotations: { [TRIGGER_TIME]: trigger } }),
      ownerReferences: [newControllerRef(service)],
    },
    addressType: 'IPv4',
    endpoints: content.endpoints,
    ports: content.ports,
  };
  try {
    context.client.create(RESOURCE, draft);
  } catch (error) {
    if (!isNamespaceTerminating(error)) throw error;
  }
}

function update(service: Service, slice: EndpointSlice, content: Content, { trigger, context }: SyncOptions): void {
  const labels = labelsOf(service);
  const isSame =
    deepEqual(slice.endpoints ?? [], content.endpoints) &&
    portText(slice.ports) === portText(content.ports) &&
    deepEqual(slice.metadata.labels, labels);
  if (isSame) return;
  const { [TRIGGER_TIME]: _, ...others } = slice.metadata.annotations ?? {};
  const annotations = trigger === undefined ? others : { ...others, [TRIGGER_TIME]: trigger };
  context.client.update(RESOURCE, {
    ...slice,
    metadata: { ...slice.metadata, labels, annotations },
    endpoints: content.endpoints,
    ports: content.ports,
  });
}

function remove(slice: EndpointSlice, { client }: ReconcileContext): void {
  const { namespace = '', name } = slice.metadata;
  try {
    client.delete(RESOURCE, { namespace, name });
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error;
  }
}
