/** The Endpoints controller (pkg/controller/endpoint v1.34): the older form of a Service's endpoints, one object each. */
import { deepEqual } from '../../apimachinery/json.ts';
import type { Endpoints, Pod, Service } from '../../apimachinery/kinds.ts';
import { isPodReady } from '../../apimachinery/pod.ts';
import { isApiError } from '../../apimachinery/status.ts';
import type { ObjectKey } from '../../apiserver/client.ts';
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

const MANAGED_LABEL = 'endpoints.kubernetes.io/managed-by';
const MANAGER = 'endpoint-controller';

type Subset = NonNullable<Endpoints['subsets']>[number];
type Address = NonNullable<Subset['addresses']>[number];

export function createEndpointsController(): Controller {
  const triggers = createTriggerTimes();
  return {
    name: 'endpoint-controller',
    watches: [watchSelf('services'), SELECTING_SERVICES, watchSelf('endpoints')],
    reconcile(key, context) {
      const service = context.client.find<Service>('services', key);
      if (service === undefined) {
        triggers.forget(`${key.namespace}/${key.name}`);
        removeEndpoints(key, context);
        return undefined;
      }
      if (!hasSelector(service)) return undefined;
      const publishes = service.spec.publishNotReadyAddresses === true;
      const pods = servicePods(service, context.client).filter(
        ({ metadata }) => publishes || metadata.deletionTimestamp === undefined,
      );
      write(service, subsetsOf(service, pods), triggers.next(service, pods), context);
      return undefined;
    },
  };
}

/** Those that this controller made go with their Service. */
function removeEndpoints(key: ObjectKey, { client }: ReconcileContext): void {
  const known = client.find<Endpoints>('endpoints', key);
  if (known === undefined || known.metadata.labels?.[MANAGED_LABEL] !== MANAGER) return;
  try {
    client.delete('endpoints', key);
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error;
  }
}

function subsetsOf(service: Service, pods: readonly Pod[]): readonly Subset[] {
  const groups = new Map<string, { ports: readonly EndpointPort[]; ready: Address[]; unready: Address[] }>();
  for (const pod of pods) {
    const ports = portsOn(pod, service);
    if (ports.length === 0 && !isHeadless(service)) continue;
    const text = JSON.stringify(ports);
    const group = groups.get(text) ?? { ports, ready: [], unready: [] };
    groups.set(text, group);
    const isReady = service.spec.publishNotReadyAddresses === true || isPodReady(pod);
    (isReady ? group.ready : group.unready).push(addressOf(pod, service));
  }
  const byIp = (a: Address, b: Address) => (a.ip < b.ip ? -1 : 1);
  return [...groups.values()].map(({ ports, ready, unready }) => ({
    ...(ready.length === 0 ? {} : { addresses: ready.sort(byIp) }),
    ...(unready.length === 0 ? {} : { notReadyAddresses: unready.sort(byIp) }),
    ...(ports.length === 0
      ? {}
      : { ports: ports.map(({ name, ...port }) => (name === '' ? port : { name, ...port })) }),
  }));
}

function addressOf(pod: Pod, service: Service): Address {
  const { name, namespace = '', uid } = pod.metadata;
  const hasHostname = pod.spec.hostname !== undefined && pod.spec.subdomain === service.metadata.name;
  return {
    ip: pod.status?.podIP ?? '',
    ...(hasHostname && pod.spec.hostname !== undefined ? { hostname: pod.spec.hostname } : {}),
    ...(pod.spec.nodeName === undefined ? {} : { nodeName: pod.spec.nodeName }),
    targetRef: { kind: 'Pod', namespace, name, uid },
  };
}

function write(
  service: Service,
  subsets: readonly Subset[],
  trigger: string | undefined,
  { client }: ReconcileContext,
): void {
  const { namespace = '', name } = service.metadata;
  const { [HEADLESS_LABEL]: _, ...own } = service.metadata.labels ?? {};
  const labels = { ...own, ...(isHeadless(service) ? { [HEADLESS_LABEL]: '' } : {}), [MANAGED_LABEL]: MANAGER };
  const known = client.find<Endpoints>('endpoints', { namespace, name });
  if (known !== undefined && deepEqual(known.subsets ?? [], subsets) && deepEqual(known.metadata.labels, labels))
    return;
  const { [TRIGGER_TIME]: __, ...others } = known?.metadata.annotations ?? {};
  const annotations = trigger === undefined ? others : { ...others, [TRIGGER_TIME]: trigger };
  const metadata = { ...known?.metadata, name, namespace, labels, annotations };
  const object = { apiVersion: 'v1', kind: 'Endpoints', metadata, subsets };
  try {
    if (known === undefined) client.create('endpoints', object);
    else client.update('endpoints', object);
  } catch (error) {
    if (!isNamespaceTerminating(error)) throw error;
  }
}
