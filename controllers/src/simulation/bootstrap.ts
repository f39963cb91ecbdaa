/**
 * What a new cluster has: nodes, the default StorageClass, the priority classes of the system, the Service `kubernetes`,
 * and the ConfigMap that simulated behaviour is read from. System namespaces are the API server's.
 */
import type { Node, Taint } from '../apimachinery/kinds.ts';
import type { KubeObject } from '../apimachinery/object.ts';
import { formatTime, type Instant } from '../apimachinery/time.ts';
import type { Client } from '../apiserver/client.ts';

export interface NodeSpec {
  /** Default `node-1`, `node-2`, ... */
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly Taint[];
  /** Quantities; default 4 CPU, 16Gi, 110 pods. */
  readonly capacity?: Readonly<Record<string, string>>;
}

export interface BootstrapOptions {
  readonly nodes: readonly NodeSpec[];
  readonly kubernetesVersion: string;
  readonly missingImages: readonly string[];
  readonly now: Instant;
  /** The address of the Service `kubernetes`. */
  readonly serviceIp: string;
  /** The range of the Services' addresses. */
  readonly serviceCidr: string;
}

const CAPACITY = { cpu: '4', 'ephemeral-storage': '100Gi', memory: '16Gi', pods: '110' };
const ZONES = ['zone-a', 'zone-b', 'zone-c'];
const PROVISIONER = 'simulation.drydock.dev/provisioner';

/** Fills an empty cluster. */
export function bootstrapCluster(client: Client, options: BootstrapOptions): void {
  for (const object of systemObjects(options)) client.create(object.resource, object.body);
  options.nodes.forEach((spec, index) => {
    addNode(client, spec, { index, kubernetesVersion: options.kubernetesVersion, now: options.now });
  });
  addServerAddresses(client, options);
}

function systemObjects({ missingImages, serviceIp }: BootstrapOptions): readonly {
  readonly resource: string;
  readonly body: KubeObject;
}[] {
  const priority = (name: string, value: number, description: string) => ({
    resource: 'priorityclasses.scheduling.k8s.io',
    body: { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value, description },
  });
  return [
    priority(
      'system-cluster-critical',
      2_000_000_000,
      'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
    ),
    priority(
      'system-node-critical',
      2_000_001_000,
      'Used for system critical pods that must not be moved from their current node.',
    ),
    {
      resource: 'storageclasses.storage.k8s.io',
      body: {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
        provisioner: PROVISIONER,
        reclaimPolicy: 'Delete',
        volumeBindingMode: 'WaitForFirstConsumer',
        allowVolumeExpansion: true,
      },
    },
    {
      resource: 'configmaps',
      body: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'simulation-behavior', namespace: 'kube-system' },
        data: { missingImages: missingImages.join('\n') },
      },
    },
    {
      resource: 'services',
      body: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: {
          name: 'kubernetes',
          namespace: 'default',
          labels: { component: 'apiserver', provider: 'kubernetes' },
        },
        spec: {
          clusterIP: serviceIp,
          ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }],
          type: 'ClusterIP',
          sessionAffinity: 'None',
        },
      },
    },
  ];
}

/** Where the API server is said to be: beside the nodes, behind no Service of its own. */
const SERVER = { ip: '172.18.0.1', port: 6443 };

/** What the API server itself keeps up: the endpoints of `kubernetes`, and the range that Services get addresses from. */
function addServerAddresses(client: Client, { now, serviceCidr }: BootstrapOptions): void {
  const metadata = (labels: Readonly<Record<string, string>>) => ({ name: 'kubernetes', namespace: 'default', labels });
  client.create('endpoints', {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: metadata({ 'endpointslice.kubernetes.io/skip-mirror': 'true' }),
    subsets: [{ addresses: [{ ip: SERVER.ip }], ports: [{ name: 'https', port: SERVER.port, protocol: 'TCP' }] }],
  });
  client.create('endpointslices.discovery.k8s.io', {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: metadata({ 'kubernetes.io/service-name': 'kubernetes' }),
    addressType: 'IPv4',
    endpoints: [{ addresses: [SERVER.ip], conditions: { ready: true } }],
    ports: [{ name: 'https', port: SERVER.port, protocol: 'TCP' }],
  });
  const range = client.create('servicecidrs.networking.k8s.io', {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: { name: 'kubernetes' },
    spec: { cidrs: [serviceCidr] },
  });
  const condition = {
    type: 'Ready',
    status: 'True',
    reason: '',
    message: 'Kubernetes default Service CIDR is ready',
    lastTransitionTime: formatTime(now),
  };
  client.updateStatus('servicecidrs.networking.k8s.io', { ...range, status: { conditions: [condition] } });
}

/** Makes a node that is Ready. */
export function addNode(
  client: Client,
  spec: NodeSpec,
  {
    index,
    kubernetesVersion,
    now,
  }: { readonly index: number; readonly kubernetesVersion: string; readonly now: Instant },
): void {
  const name = spec.name ?? `node-${index + 1}`;
  const capacity = { ...CAPACITY, ...spec.capacity };
  const time = formatTime(now);
  const node = client.create<Node>('nodes', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'node.kubernetes.io/instance-type': 'simulated',
        'topology.kubernetes.io/region': 'local',
        'topology.kubernetes.io/zone': ZONES[index % ZONES.length] ?? 'zone-a',
        ...spec.labels,
      },
    },
    spec: {
      podCIDR: `10.${244 + Math.floor(index / 256)}.${index % 256}.0/24`,
      podCIDRs: [`10.${244 + Math.floor(index / 256)}.${index % 256}.0/24`],
      providerID: `simulation://${name}`,
      ...(spec.taints === undefined ? {} : { taints: spec.taints }),
    },
  });
  const condition = (type: string, status: string, reason: string, message: string) => ({
    type,
    status,
    lastHeartbeatTime: time,
    lastTransitionTime: time,
    reason,
    message,
  });
  client.updateStatus('nodes', {
    ...node,
    status: {
      capacity,
      allocatable: capacity,
      conditions: [
        condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
        condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
        condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
        condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
      ],
      addresses: [
        { type: 'InternalIP', address: `172.18.${Math.floor((index + 2) / 256)}.${(index + 2) % 256}` },
        { type: 'Hostname', address: name },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: {
        architecture: 'amd64',
        bootID: node.metadata.uid,
        containerRuntimeVersion: 'containerd://2.1.4',
        kernelVersion: '6.8.0-simulated',
        kubeProxyVersion: '',
        kubeletVersion: kubernetesVersion,
        machineID: node.metadata.uid.replaceAll('-', ''),
        operatingSystem: 'linux',
        osImage: 'Drydock simulated node',
        systemUUID: node.metadata.uid,
      },
    },
  });
}
