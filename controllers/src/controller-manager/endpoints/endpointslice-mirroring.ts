/**
 * The EndpointSlice mirroring controller (pkg/controller/endpointslicemirroring v1.34): the Endpoints that someone wrote
 * for a Service without a selector, as one slice for each set of ports and family of addresses.
 */
import { formatIp, parseIp } from '../../apimachinery/ip.ts';
import { deepEqual } from '../../apimachinery/json.ts';
import type { Endpoint, EndpointSlice, Endpoints, Service } from '../../apimachinery/kinds.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { newControllerRef } from '../../apimachinery/owner.ts';
import { isApiError } from '../../apimachinery/status.ts';
import type { Client, ObjectKey } from '../../apiserver/client.ts';
import type { Controller, ReconcileContext } from '../controller.ts';
import { isNamespaceTerminating } from '../pod-control.ts';
import { watchSelf } from '../watching.ts';
import { MANAGED_LABEL, portText, RESOURCE, SERVICE_LABEL } from './endpointslice.ts';
import { TRIGGER_TIME } from './service-pods.ts';

const MANAGER = 'endpointslicemirroring-controller.k8s.io';
const SKIP_LABEL = 'endpointslice.kubernetes.io/skip-mirror';
const LEADER = 'control-plane.alpha.kubernetes.io/leader';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
/** Of one subset; what is beyond is not mirrored. */
const MAX_ENDPOINTS = 1000;

type Subset = NonNullable<Endpoints['subsets']>[number];
type Address = NonNullable<Subset['addresses']>[number];
type Ports = readonly NonNullable<EndpointSlice['ports']>[number][];

export function createEndpointSliceMirroringController(): Controller {
  return {
    name: 'endpoint-slice-mirroring-controller',
    watches: [
      watchSelf('endpoints'),
      watchSelf('services'),
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
      const endpoints = context.client.find<Endpoints>('endpoints', key);
      const service = context.client.find<Service>('services', key);
      const mirrored = mirroredSlices(key, context.client);
      if (endpoints === undefined || service === undefined || !shouldMirror(endpoints, service)) {
        for (const slice of mirrored) remove(slice, context.client);
      } else mirror(endpoints, mirrored, context);
      return undefined;
    },
  };
}

function shouldMirror({ metadata }: Endpoints, { spec }: Service): boolean {
  return (
    spec.selector === undefined &&
    metadata.labels?.[SKIP_LABEL] !== 'true' &&
    metadata.annotations?.[LEADER] === undefined
  );
}

function mirroredSlices({ namespace = '', name }: ObjectKey, client: Client): readonly EndpointSlice[] {
  return client
    .list<EndpointSlice>(RESOURCE, { namespace, labelSelector: `${SERVICE_LABEL}=${name},${MANAGED_LABEL}=${MANAGER}` })
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

interface Wanted {
  readonly addressType: string;
  readonly ports: Ports;
  readonly endpoints: Endpoint[];
}

function groupText(addressType: string, ports: EndpointSlice['ports']): string {
  return `${addressType}-${portText(ports)}`;
}

function mirror(endpoints: Endpoints, mirrored: readonly EndpointSlice[], context: ReconcileContext): void {
  const left = [...mirrored];
  const missing: Wanted[] = [];
  for (const [text, wanted] of wantedSlices(endpoints, context)) {
    const known = left.find((slice) => groupText(slice.addressType, slice.ports) === text);
    if (known === undefined) missing.push(wanted);
    else {
      left.splice(left.indexOf(known), 1);
      update(endpoints, known, wanted, context.client);
    }
  }
  for (const wanted of missing) {
    // A slice that is to go is used again, where its addresses are of the same family: that cannot change.
    const spare = left.findIndex(({ addressType }) => addressType === wanted.addressType);
    const [recycled] = spare < 0 ? [] : left.splice(spare, 1);
    if (recycled !== undefined) update(endpoints, recycled, wanted, context.client);
    else if (endpoints.metadata.deletionTimestamp === undefined) create(endpoints, wanted, context.client);
  }
  for (const slice of left) remove(slice, context.client);
}

/** By ports and family; events tell of what could not be mirrored. */
function wantedSlices(endpoints: Endpoints, context: ReconcileContext): ReadonlyMap<string, Wanted> {
  const groups = new Map<string, Wanted>();
  let [invalid, skipped] = [0, 0];
  for (const subset of endpoints.subsets ?? []) {
    const ports = portsOf(subset);
    const all = [
      ...(subset.addresses ?? []).map((address) => ({ address, isReady: true })),
      ...(subset.notReadyAddresses ?? []).map((address) => ({ address, isReady: false })),
    ];
    let added = 0;
    for (const { address, isReady } of all) {
      if (added >= MAX_ENDPOINTS) break;
      const ip = parseIp(address.ip);
      if (ip === undefined) {
        invalid += 1;
        continue;
      }
      const text = groupText(ip.family, ports);
      const group = groups.get(text) ?? { addressType: ip.family, ports, endpoints: [] };
      groups.set(text, group);
      group.endpoints.push(endpointOf(address, formatIp(ip), isReady));
      added += 1;
    }
    skipped += all.length - added;
  }
  if (invalid > 0) {
    const message = `Skipped ${invalid} invalid IP addresses when mirroring to EndpointSlices`;
    context.event(endpoints, 'Warning', 'InvalidIPAddress', message);
  }
  if (skipped > invalid) {
    const message = `A max of ${MAX_ENDPOINTS} addresses can be mirrored to EndpointSlices per Endpoints subset. ${skipped} addresses were skipped`;
    context.event(endpoints, 'Warning', 'TooManyAddressesToMirror', message);
  }
  return groups;
}

function portsOf({ ports = [] }: Subset): Ports {
  return ports.map(({ name = '', port, protocol = 'TCP', appProtocol }) => ({
    name,
    port,
    protocol,
    ...(appProtocol === undefined ? {} : { appProtocol }),
  }));
}

function endpointOf({ hostname = '', nodeName, targetRef }: Address, address: string, ready: boolean): Endpoint {
  return {
    addresses: [address],
    conditions: { ready },
    ...(hostname === '' ? {} : { hostname }),
    ...(targetRef === undefined ? {} : { targetRef }),
    ...(nodeName === undefined ? {} : { nodeName }),
  };
}

function labelsOf({ metadata }: Endpoints): Readonly<Record<string, string>> {
  return { ...metadata.labels, [SERVICE_LABEL]: metadata.name, [MANAGED_LABEL]: MANAGER };
}

function annotationsOf({ metadata }: Endpoints): Readonly<Record<string, string>> {
  const { [TRIGGER_TIME]: _, [LAST_APPLIED]: __, ...others } = metadata.annotations ?? {};
  return others;
}

function create(endpoints: Endpoints, wanted: Wanted, client: Client): void {
  const draft: KubeObject = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName: `${endpoints.metadata.name}-`,
      namespace: endpoints.metadata.namespace ?? '',
      labels: labelsOf(endpoints),
      annotations: annotationsOf(endpoints),
      ownerReferences: [newControllerRef(endpoints)],
    },
    ...wanted,
  };
  try {
    client.create(RESOURCE, draft);
  } catch (error) {
    if (!isNamespaceTerminating(error)) throw error;
  }
}

function update(endpoints: Endpoints, slice: EndpointSlice, wanted: Wanted, client: Client): void {
  const [labels, annotations] = [labelsOf(endpoints), annotationsOf(endpoints)];
  const isSame =
    deepEqual(slice.endpoints ?? [], wanted.endpoints) &&
    portText(slice.ports) === portText(wanted.ports) &&
    deepEqual(slice.metadata.labels, labels) &&
    deepEqual(slice.metadata.annotations ?? {}, annotations);
  if (isSame) return;
  client.update(RESOURCE, {
    ...slice,
    metadata: { ...slice.metadata, labels, annotations, ownerReferences: [newControllerRef(endpoints)] },
    ports: wanted.ports,
    endpoints: wanted.endpoints,
  });
}

function remove(slice: EndpointSlice, client: Client): void {
  const { namespace = '', name } = slice.metadata;
  try {
    client.delete(RESOURCE, { namespace, name });
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error;
  }
}
