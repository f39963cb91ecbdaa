/**
 * Columns of the core kinds and of networking and storage (pkg/printers/internalversion/printers.go, v1.34).
 */
import { getPath, isObject } from '../../../apimachinery/json.ts';
import type { KubeObject } from '../../../apimachinery/object.ts';
import { formatAge } from '../../age.ts';
import { columnsOf, labelsText, list, number, text } from '../columns.ts';
import type { TableFacts } from '../resource.ts';
import { podTable } from './pod-table.ts';

const age = (object: KubeObject, now: number): string => formatAge(object.metadata.creationTimestamp, now);
const keys = (value: unknown): number => (isObject(value) ? Object.keys(value).length : 0);

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

const node: TableFacts = {
  columns: columnsOf(
    'Name|Status|Roles|Age|Version||Internal-IP|External-IP|OS-Image|Kernel-Version|Container-Runtime',
  ),
  cells: (o, now) => [
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
  ],
};

function servicePorts(o: KubeObject): string {
  return (
    list(o, 'spec.ports')
      .map(({ port, nodePort, protocol }) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol ?? 'TCP'}`)
      .join(',') || '<none>'
  );
}

function serviceExternal(o: KubeObject): string {
  const given = getPath(o, ['spec', 'externalIPs']);
  const external = Array.isArray(given) ? given.map(String) : [];
  switch (text(o, 'spec.type')) {
    case 'LoadBalancer': {
      const ingress = list(o, 'status.loadBalancer.ingress').map(({ ip, hostname }) => String(ip ?? hostname ?? ''));
      const all = [...ingress, ...external];
      return all.length === 0 ? '<pending>' : all.join(',');
    }
    case 'ExternalName':
      return text(o, 'spec.externalName');
    default:
      return external.join(',') || '<none>';
  }
}

const service: TableFacts = {
  columns: columnsOf('Name|Type|Cluster-IP|External-IP|Port(s)|Age||Selector'),
  cells: (o, now) => [
    o.metadata.name,
    text(o, 'spec.type'),
    text(o, 'spec.clusterIP') || '<none>',
    serviceExternal(o),
    servicePorts(o),
    age(o, now),
    labelsText(getPath(o, ['spec', 'selector'])),
  ],
};

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

const claim: TableFacts = {
  columns: columnsOf('Name|Status|Volume|Capacity|Access Modes|StorageClass|VolumeAttributesClass|Age||VolumeMode'),
  cells: (o, now) => {
    const bound = text(o, 'spec.volumeName') !== '';
    return [
      o.metadata.name,
      o.metadata.deletionTimestamp === undefined ? text(o, 'status.phase') : 'Terminating',
      text(o, 'spec.volumeName'),
      bound ? text(o, 'status.capacity.storage') : '',
      bound ? accessModes(getPath(o, ['status', 'accessModes'])) : '',
      text(o, 'spec.storageClassName'),
      text(o, 'spec.volumeAttributesClassName') || '<unset>',
      age(o, now),
      text(o, 'spec.volumeMode') || '<unset>',
    ];
  },
};

const volume: TableFacts = {
  columns: columnsOf(
    'Name|Capacity|Access Modes|Reclaim Policy|Status|Claim|StorageClass|VolumeAttributesClass|Reason|Age||VolumeMode',
  ),
  cells: (o, now) => {
    const name = text(o, 'spec.claimRef.name');
    return [
      o.metadata.name,
      text(o, 'spec.capacity.storage'),
      accessModes(getPath(o, ['spec', 'accessModes'])),
      text(o, 'spec.persistentVolumeReclaimPolicy'),
      o.metadata.deletionTimestamp === undefined ? text(o, 'status.phase') : 'Terminating',
      name === '' ? '' : `${text(o, 'spec.claimRef.namespace')}/${name}`,
      text(o, 'spec.storageClassName'),
      text(o, 'spec.volumeAttributesClassName') || '<unset>',
      text(o, 'status.reason'),
      age(o, now),
      text(o, 'spec.volumeMode') || '<unset>',
    ];
  },
};

function ingressHosts(o: KubeObject): string {
  const hosts = list(o, 'spec.rules')
    .map(({ host }) => String(host ?? ''))
    .filter((host) => host !== '');
  if (hosts.length === 0) return '*';
  return hosts.length > 3 ? `${hosts.slice(0, 3).join(',')} + ${hosts.length - 3} more...` : hosts.join(',');
}

const ingress: TableFacts = {
  columns: columnsOf('Name|Class|Hosts|Address|Ports|Age'),
  cells: (o, now) => [
    o.metadata.name,
    text(o, 'spec.ingressClassName') || '<none>',
    ingressHosts(o),
    list(o, 'status.loadBalancer.ingress')
      .map(({ ip, hostname }) => String(ip ?? hostname ?? ''))
      .join(','),
    list(o, 'spec.tls').length > 0 ? '80, 443' : '80',
    age(o, now),
  ],
};

const namespace: TableFacts = {
  columns: columnsOf('Name|Status|Age'),
  cells: (o, now) => [o.metadata.name, text(o, 'status.phase'), age(o, now)],
};

const configMap: TableFacts = {
  columns: columnsOf('Name|Data:integer|Age'),
  cells: (o, now) => [o.metadata.name, keys(o.data) + keys(o.binaryData), age(o, now)],
};

const secret: TableFacts = {
  columns: columnsOf('Name|Type|Data:integer|Age'),
  cells: (o, now) => [o.metadata.name, text(o, 'type'), keys(o.data), age(o, now)],
};

const serviceAccount: TableFacts = {
  columns: columnsOf('Name|Secrets:integer|Age'),
  cells: (o, now) => [o.metadata.name, list(o, 'secrets').length, age(o, now)],
};

const endpoints: TableFacts = {
  columns: columnsOf('Name|Endpoints|Age'),
  cells: (o, now) => {
    const all = list(o, 'subsets').flatMap((subset) =>
      list(subset, 'addresses').flatMap(({ ip }) => {
        const ports = list(subset, 'ports');
        return ports.length === 0 ? [String(ip)] : ports.map(({ port }) => `${String(ip)}:${String(port)}`);
      }),
    );
    const shown = all.length > 3 ? `${all.slice(0, 3).join(',')} + ${all.length - 3} more...` : all.join(',');
    return [o.metadata.name, shown || '<none>', age(o, now)];
  },
};

const event: TableFacts = {
  columns: columnsOf('Last Seen|Type|Reason|Object|Message||Subobject|Source|First Seen|Count:integer|Name'),
  cells: (o, now) => {
    const first = text(o, 'firstTimestamp') || text(o, 'eventTime');
    const last = text(o, 'lastTimestamp') || text(o, 'series.lastObservedTime') || first;
    const component = text(o, 'source.component') || text(o, 'reportingComponent');
    const host = text(o, 'source.host') || text(o, 'reportingInstance');
    return [
      formatAge(last, now),
      text(o, 'type'),
      text(o, 'reason'),
      `${text(o, 'involvedObject.kind').toLowerCase()}/${text(o, 'involvedObject.name')}`,
      text(o, 'message').trim(),
      text(o, 'involvedObject.fieldPath'),
      [component, host].filter((part) => part !== '').join(', '),
      formatAge(first, now),
      number(o, 'count') || 1,
      o.metadata.name,
    ];
  },
};

const storageClass: TableFacts = {
  columns: columnsOf('Name|Provisioner|ReclaimPolicy|VolumeBindingMode|AllowVolumeExpansion:boolean|Age'),
  cells: (o, now) => [
    `${o.metadata.name}${o.metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true' ? ' (default)' : ''}`,
    text(o, 'provisioner'),
    text(o, 'reclaimPolicy') || 'Delete',
    text(o, 'volumeBindingMode') || 'Immediate',
    o.allowVolumeExpansion === true,
    age(o, now),
  ],
};

const endpointSlice: TableFacts = {
  columns: columnsOf('Name|AddressType|Ports|Endpoints|Age'),
  cells: (o, now) => {
    const addresses = list(o, 'endpoints').flatMap(({ addresses }) =>
      Array.isArray(addresses) ? addresses.map(String) : [],
    );
    const shown =
      addresses.length > 3
        ? `${addresses.slice(0, 3).join(',')} + ${addresses.length - 3} more...`
        : addresses.join(',');
    const ports = list(o, 'ports').map(({ port }) => String(port ?? '*'));
    return [o.metadata.name, text(o, 'addressType'), ports.join(',') || '<unset>', shown || '<unset>', age(o, now)];
  },
};

const nameAndCreated: TableFacts = {
  columns: columnsOf('Name|Created At'),
  cells: (o) => [o.metadata.name, o.metadata.creationTimestamp],
};

const binding: TableFacts = {
  columns: columnsOf('Name|Role|Age||Users|Groups|ServiceAccounts'),
  cells: (o, now) => {
    const subjects = list(o, 'subjects');
    const of = (kind: string, namespaced = false): string =>
      subjects
        .filter((subject) => subject.kind === kind)
        .map(({ name, namespace: where }) => (namespaced ? `${String(where)}/${String(name)}` : String(name)))
        .join(', ');
    return [
      o.metadata.name,
      `${text(o, 'roleRef.kind')}/${text(o, 'roleRef.name')}`,
      age(o, now),
      of('User'),
      of('Group'),
      of('ServiceAccount', true),
    ];
  },
};

const networkPolicy: TableFacts = {
  columns: columnsOf('Name|Pod-Selector|Age'),
  cells: (o, now) => [o.metadata.name, labelsText(getPath(o, ['spec', 'podSelector', 'matchLabels'])), age(o, now)],
};

const priorityClass: TableFacts = {
  columns: columnsOf('Name|Value:integer|Global-Default:boolean|Age|PreemptionPolicy'),
  cells: (o, now) => [
    o.metadata.name,
    number(o, 'value'),
    o.globalDefault === true,
    age(o, now),
    text(o, 'preemptionPolicy'),
  ],
};

const lease: TableFacts = {
  columns: columnsOf('Name|Holder|Age'),
  cells: (o, now) => [o.metadata.name, text(o, 'spec.holderIdentity'), age(o, now)],
};

const RBAC = 'rbac.authorization.k8s.io';

export const POD_TABLES: readonly (readonly [string, TableFacts])[] = [
  ['Pod.', podTable],
  ['Node.', node],
  ['Service.', service],
  ['Namespace.', namespace],
  ['ConfigMap.', configMap],
  ['Secret.', secret],
  ['ServiceAccount.', serviceAccount],
  ['Endpoints.', endpoints],
  ['Event.', event],
  ['PersistentVolumeClaim.', claim],
  ['PersistentVolume.', volume],
  ['Ingress.networking.k8s.io', ingress],
  ['NetworkPolicy.networking.k8s.io', networkPolicy],
  ['StorageClass.storage.k8s.io', storageClass],
  ['EndpointSlice.discovery.k8s.io', endpointSlice],
  ['PriorityClass.scheduling.k8s.io', priorityClass],
  ['Lease.coordination.k8s.io', lease],
  [`Role.${RBAC}`, nameAndCreated],
  [`ClusterRole.${RBAC}`, nameAndCreated],
  [`RoleBinding.${RBAC}`, binding],
  [`ClusterRoleBinding.${RBAC}`, binding],
];
