/**
 * Cells of the core kinds (pkg/printers/internalversion/printers.go, v1.34).
 */
import { getPath, isObject } from '../../../apimachinery/json.ts';
import type { KubeObject } from '../../../apimachinery/object.ts';
import { formatAge } from '../../age.ts';
import {
  age,
  type Cells,
  containerCells,
  firstThree,
  keyCount,
  labelsText,
  list,
  number,
  text,
  texts,
} from '../columns.ts';

function nodeStatus(o: KubeObject): string {
  const ready = list(o, 'status.conditions').find(({ type }) => type === 'Ready');
  const status = [ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'];
  if (getPath(o, ['spec', 'unschedulable']) === true) status.push('SchedulingDisabled');
  return status.join(',');
}

function nodeRoles(o: KubeObject): string {
  const labels = o.metadata.labels ?? {};
  const roles = Object.keys(labels).flatMap((key) => {
    if (key.startsWith('node-role.kubernetes.io/')) return [key.slice('node-role.kubernetes.io/'.length)];
    return key === 'kubernetes.io/role' && labels[key] ? [labels[key]] : [];
  });
  return [...new Set(roles)].sort().join(',') || '<none>';
}

const nodeAddress = (o: KubeObject, kind: string): string =>
  String(list(o, 'status.addresses').find(({ type }) => type === kind)?.address ?? '<none>');

const node: Cells = (o, now) => [
  o.metadata.name,
  nodeStatus(o),
  nodeRoles(o),
  age(o, now),
  text(o, 'status.nodeInfo.kubeletVersion'),
  nodeAddress(o, 'InternalIP'),
  nodeAddress(o, 'ExternalIP'),
  text(o, 'status.nodeInfo.osImage') || '<unknown>',
  text(o, 'status.nodeInfo.kernelVersion') || '<unknown>',
  text(o, 'status.nodeInfo.containerRuntimeVersion') || '<unknown>',
];

function servicePorts(o: KubeObject): string {
  return (
    list(o, 'spec.ports')
      .map(({ port, nodePort, protocol }) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol ?? 'TCP'}`)
      .join(',') || '<none>'
  );
}

/** Addresses of a load balancer, each once, sorted. */
export function ingressAddresses(o: KubeObject): readonly string[] {
  const all = list(o, 'status.loadBalancer.ingress').map((entry) => text(entry, 'ip') || text(entry, 'hostname'));
  return [...new Set(all.filter((address) => address !== ''))].sort();
}

function serviceExternal(o: KubeObject): string {
  const external = texts(o, 'spec.externalIPs');
  switch (text(o, 'spec.type')) {
    case 'LoadBalancer':
      return [...ingressAddresses(o), ...external].join(',') || '<pending>';
    case 'ExternalName':
      return text(o, 'spec.externalName');
    default:
      return external.join(',') || '<none>';
  }
}

const service: Cells = (o, now) => [
  o.metadata.name,
  text(o, 'spec.type'),
  texts(o, 'spec.clusterIPs')[0] ?? '<none>',
  serviceExternal(o),
  servicePorts(o),
  age(o, now),
  labelsText(getPath(o, ['spec', 'selector'])),
];

const ACCESS = new Map([
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
]);

function accessModes(value: unknown): string {
  return Array.isArray(value)
    ? [...ACCESS]
        .filter(([mode]) => value.includes(mode))
        .map(([, short]) => short)
        .join(',')
    : '';
}

const phaseOf = (o: KubeObject): string =>
  o.metadata.deletionTimestamp === undefined ? text(o, 'status.phase') : 'Terminating';

/** The deprecated annotation comes before the field. */
const storageClassOf = (o: KubeObject): string =>
  o.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? text(o, 'spec.storageClassName');

const claim: Cells = (o, now) => {
  const bound = text(o, 'spec.volumeName') !== '';
  return [
    o.metadata.name,
    phaseOf(o),
    text(o, 'spec.volumeName'),
    bound ? text(o, 'status.capacity.storage') || '0' : '',
    bound ? accessModes(getPath(o, ['status', 'accessModes'])) : '',
    storageClassOf(o),
    text(o, 'spec.volumeAttributesClassName') || '<unset>',
    age(o, now),
    text(o, 'spec.volumeMode') || '<unset>',
  ];
};

const volume: Cells = (o, now) => [
  o.metadata.name,
  text(o, 'spec.capacity.storage') || '0',
  accessModes(getPath(o, ['spec', 'accessModes'])),
  text(o, 'spec.persistentVolumeReclaimPolicy'),
  phaseOf(o),
  isObject(getPath(o, ['spec', 'claimRef']))
    ? `${text(o, 'spec.claimRef.namespace')}/${text(o, 'spec.claimRef.name')}`
    : '',
  storageClassOf(o),
  text(o, 'spec.volumeAttributesClassName') || '<unset>',
  text(o, 'status.reason'),
  age(o, now),
  text(o, 'spec.volumeMode') || '<unset>',
];

const namespace: Cells = (o, now) => [o.metadata.name, text(o, 'status.phase'), age(o, now)];

const configMap: Cells = (o, now) => [o.metadata.name, keyCount(o.data) + keyCount(o.binaryData), age(o, now)];

const secret: Cells = (o, now) => [o.metadata.name, text(o, 'type'), keyCount(o.data), age(o, now)];

const serviceAccount: Cells = (o, now) => [o.metadata.name, list(o, 'secrets').length, age(o, now)];

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

const endpoints: Cells = (o, now) => {
  const all = list(o, 'subsets').flatMap((subset) => {
    const addresses = list(subset, 'addresses').map(({ ip }) => String(ip));
    const ports = list(subset, 'ports');
    if (ports.length === 0) return addresses;
    return ports.flatMap(({ port }) => addresses.map((address) => `${bracketed(address)}:${String(port)}`));
  });
  return [o.metadata.name, firstThree(all) || '<none>', age(o, now)];
};

/** Of either group: events.k8s.io has other names for the old fields. */
const event: Cells = (o, now) => {
  const read = (core: string, other: string): string => text(o, core) || text(o, other);
  const since = (time: string): string => formatAge(time, now);
  const first = since(read('firstTimestamp', 'deprecatedFirstTimestamp') || text(o, 'eventTime'));
  const series = isObject(o.series);
  const last = series ? text(o, 'series.lastObservedTime') : read('lastTimestamp', 'deprecatedLastTimestamp');
  const count = series ? number(o, 'series.count') : number(o, 'count') || number(o, 'deprecatedCount') || 1;
  const kind = read('involvedObject.kind', 'regarding.kind').toLowerCase();
  const name = read('involvedObject.name', 'regarding.name');
  const component =
    read('source.component', 'deprecatedSource.component') || read('reportingComponent', 'reportingController');
  const host = read('source.host', 'deprecatedSource.host') || text(o, 'reportingInstance');
  return [
    last === '' && !series ? first : since(last),
    text(o, 'type'),
    text(o, 'reason'),
    name === '' ? kind : `${kind}/${name}`,
    read('involvedObject.fieldPath', 'regarding.fieldPath'),
    host === '' ? component : `${component}, ${host}`,
    read('message', 'note').trim(),
    first,
    count,
    o.metadata.name,
  ];
};

const podTemplate: Cells = (o) => [
  o.metadata.name,
  ...containerCells(o, 'template.spec.containers'),
  labelsText(getPath(o, ['template', 'metadata', 'labels'])),
];

const resourceQuota: Cells = (o, now) => {
  const hard = getPath(o, ['status', 'hard']);
  const used = getPath(o, ['status', 'used']);
  const quantity = (of: unknown, name: string): string => {
    const value = isObject(of) && Object.hasOwn(of, name) ? of[name] : undefined;
    return value === undefined ? '0' : String(value);
  };
  const requests: string[] = [];
  const limits: string[] = [];
  for (const name of Object.keys(isObject(hard) ? hard : {}).sort()) {
    const target = name.startsWith('limits.') ? limits : requests;
    target.push(`${name}: ${quantity(used, name)}/${quantity(hard, name)}`);
  }
  return [o.metadata.name, requests.join(', '), limits.join(', '), age(o, now)];
};

const componentStatus: Cells = (o) => {
  const healthy = list(o, 'conditions').find(({ type }) => type === 'Healthy');
  const status = healthy === undefined ? 'Unknown' : healthy.status === 'True' ? 'Healthy' : 'Unhealthy';
  return [o.metadata.name, status, text(healthy, 'message'), text(healthy, 'error')];
};

export const CORE_TABLES: readonly (readonly [string, Cells])[] = [
  ['Node.', node],
  ['Service.', service],
  ['Namespace.', namespace],
  ['ConfigMap.', configMap],
  ['Secret.', secret],
  ['ServiceAccount.', serviceAccount],
  ['Endpoints.', endpoints],
  ['Event.', event],
  ['Event.events.k8s.io', event],
  ['PersistentVolumeClaim.', claim],
  ['PersistentVolume.', volume],
  ['PodTemplate.', podTemplate],
  ['ResourceQuota.', resourceQuota],
  ['ComponentStatus.', componentStatus],
];
