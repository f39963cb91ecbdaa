/**
 * Defaults of the core group's types (pkg/apis/core/v1/defaults.go, v1.34).
 */
import { addQuantities, formatQuantity, milliValue, parseQuantity } from '../../apimachinery/quantity.ts';
import { child, fill, filled, items, type TypeDefault, type Value, withMissing } from './draft.ts';

/** Domain, path, tag, digest (distribution/reference). */
const REFERENCE =
  /^((localhost|[^/]*[.:A-Z][^/]*)\/)?[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*(:\w[\w.-]{0,127})?(@[A-Za-z][A-Za-z0-9]*([-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$/;

/** The tag of an image reference, empty where it is none; `latest` where there is neither tag nor digest. */
export function imageTag(image: string): string {
  if (!REFERENCE.test(image)) return '';
  const slash = image.lastIndexOf('/');
  const name = image.slice(slash + 1);
  const digest = name.includes('@');
  const colon = name.split('@')[0]?.indexOf(':') ?? -1;
  if (colon >= 0) return name.split('@')[0]?.slice(colon + 1) ?? '';
  return digest ? '' : 'latest';
}

const container: TypeDefault = (value) => {
  fill(value, {
    imagePullPolicy: imageTag(String(value.image ?? '')) === 'latest' ? 'Always' : 'IfNotPresent',
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  });
};

/** Requests that are not given are the limits, for each container of a pod (not of a template). */
function requestsFromLimits(value: Value): void {
  const resources = value.resources as Value | undefined;
  const limits = resources?.limits;
  if (resources === undefined || limits === undefined) return;
  resources.requests = withMissing(resources.requests, limits);
}

const SUPPORTED_POD_LEVEL = /^(cpu|memory|hugepages-.*)$/;

function podLevelRequests(spec: Value): void {
  const resources = spec.resources as Value | undefined;
  const limits = resources?.limits as Value | undefined;
  if (resources === undefined || limits === undefined) return;
  const requests: Value = { ...(resources.requests as Value | undefined) };
  const sums = new Map<string, ReturnType<typeof parseQuantity>>();
  for (const item of items(spec, 'containers')) {
    const given = ((item.resources as Value | undefined)?.requests ?? {}) as Record<string, string>;
    for (const [key, text] of Object.entries(given)) {
      const before = sums.get(key);
      const value = parseQuantity(text);
      sums.set(key, before === undefined ? value : addQuantities(before, value));
    }
  }
  for (const [key, sum] of sums) {
    if (requests[key] === undefined && (key === 'cpu' || key === 'memory')) requests[key] = formatQuantity(sum);
  }
  for (const key of Object.keys(limits)) {
    if (requests[key] === undefined && SUPPORTED_POD_LEVEL.test(key)) requests[key] = limits[key];
  }
  if (Object.keys(requests).length > 0) resources.requests = requests;
}

function hostPorts(list: readonly Value[]): void {
  for (const item of list)
    for (const port of items(item, 'ports')) if (port.hostPort === undefined) port.hostPort = port.containerPort;
}

const pod: TypeDefault = (value) => {
  const spec = child(value, 'spec');
  const all = [...items(spec, 'containers'), ...items(spec, 'initContainers')];
  for (const item of all) requestsFromLimits(item);
  podLevelRequests(spec);
  fill(spec, { enableServiceLinks: true });
  if (spec.hostNetwork === true) hostPorts(all);
};

/** Behind gates that are off: HostnameOverride, ContainerRestartRules, ContainerStopSignals, EnvFiles. */
const DISABLED_POD_FIELDS = ['hostnameOverride'];

function dropDisabled(item: Value): void {
  delete item.restartPolicyRules;
  const lifecycle = item.lifecycle as Value | undefined;
  if (lifecycle?.stopSignal !== undefined) {
    delete lifecycle.stopSignal;
    if (Object.keys(lifecycle).length === 0) delete item.lifecycle;
  }
  for (const variable of items(item, 'env')) {
    const from = variable.valueFrom as Value | undefined;
    if (from !== undefined) delete from.fileKeyRef;
  }
}

/** Behind gates that are off: ClusterTrustBundleProjection, PodCertificateRequest. */
const projection: TypeDefault = (value) => {
  delete value.clusterTrustBundle;
  delete value.podCertificate;
};

const podSpec: TypeDefault = (value) => {
  fill(value, {
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    schedulerName: 'default-scheduler',
  });
  if (value.securityContext === undefined) value.securityContext = {};
  for (const key of DISABLED_POD_FIELDS) delete value[key];
  for (const item of items(value, 'containers')) delete item.restartPolicy;
  for (const list of ['containers', 'initContainers', 'ephemeralContainers']) items(value, list).forEach(dropDisabled);
  // Behind a gate that is off: ImageVolume.
  if (Array.isArray(value.volumes) && items(value, 'volumes').some((item) => item.image !== undefined)) {
    const kept = items(value, 'volumes').filter((item) => item.image === undefined);
    if (kept.length === 0) delete value.volumes;
    else value.volumes = kept;
  }
  // The old name of the field follows the new one; a pod that has only the old one gets both.
  if (value.serviceAccountName === undefined) value.serviceAccountName = value.serviceAccount;
  if (value.serviceAccountName === undefined) delete value.serviceAccountName;
  else value.serviceAccount = value.serviceAccountName;
};

const volume: TypeDefault = (value) => {
  const sources = Object.keys(value).filter((key) => key !== 'name');
  if (sources.length === 0) value.emptyDir = {};
  const image = value.image as Value | undefined;
  if (image !== undefined)
    fill(image, { pullPolicy: imageTag(String(image.reference ?? '')) === 'latest' ? 'Always' : 'IfNotPresent' });
};

const service: TypeDefault = (value) => {
  const spec = child(value, 'spec');
  fill(spec, { sessionAffinity: 'None', type: 'ClusterIP' });
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
  if (spec.sessionAffinity === 'ClientIP') {
    const timeout = ((spec.sessionAffinityConfig as Value | undefined)?.clientIP as Value | undefined)?.timeoutSeconds;
    if (timeout === undefined) spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: 10_800 } };
  }
  for (const port of items(spec, 'ports')) {
    if (port.protocol === undefined) port.protocol = 'TCP';
    if (port.targetPort === undefined || port.targetPort === 0 || port.targetPort === '') port.targetPort = port.port;
  }
  const type = spec.type;
  const external = Array.isArray(spec.externalIPs) && spec.externalIPs.length > 0;
  if (type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && external))
    fill(spec, { externalTrafficPolicy: 'Cluster' });
  if (type === 'NodePort' || type === 'LoadBalancer' || type === 'ClusterIP') spec.internalTrafficPolicy ??= 'Cluster';
  if (type !== 'LoadBalancer') return;
  fill(spec, { allocateLoadBalancerNodePorts: true });
  const balancer = (value.status as Value | undefined)?.loadBalancer as Value | undefined;
  for (const ingress of items(balancer ?? {}, 'ingress'))
    if (ingress.ip !== undefined) fill(ingress, { ipMode: 'VIP' });
};

const replicationController: TypeDefault = (value) => {
  const spec = child(value, 'spec');
  if (spec.replicas === undefined) spec.replicas = 1;
  const labels = ((spec.template as Value | undefined)?.metadata as Value | undefined)?.labels as Value | undefined;
  if (labels === undefined) return;
  if (spec.selector === undefined) spec.selector = { ...labels };
  const metadata = child(value, 'metadata');
  if (metadata.labels === undefined) metadata.labels = { ...labels };
};

const namespace: TypeDefault = (value) => {
  const metadata = child(value, 'metadata');
  if (typeof metadata.name !== 'string' || metadata.name === '') return;
  metadata.labels = { ...(metadata.labels as Value | undefined), 'kubernetes.io/metadata.name': metadata.name };
};

/** Finer than a thousandth is rounded up. */
const resourceList: TypeDefault = (value) => {
  for (const key of Object.keys(value)) {
    const text = value[key];
    if (typeof text !== 'string' || !/[nu]$|\./.test(text)) continue;
    const quantity = parseQuantity(text);
    value[key] = formatQuantity({ nano: BigInt(milliValue(quantity)) * 1_000_000n, format: quantity.format });
  }
};

const claimSpec: TypeDefault = (value) => {
  if (value.volumeMode === undefined) value.volumeMode = 'Filesystem';
};

/** A pointer without omitempty: written as null. */
const apiGroup: TypeDefault = (value) => {
  if (value.apiGroup === undefined) value.apiGroup = null;
};

const nodeSpec: TypeDefault = (value) => {
  // Dynamic configuration of kubelets is gone.
  delete value.configSource;
  if (value.podCIDRs === undefined && typeof value.podCIDR === 'string') value.podCIDRs = [value.podCIDR];
};

const nodeStatus: TypeDefault = (value) => {
  if (value.allocatable === undefined && value.capacity !== undefined)
    value.allocatable = { ...(value.capacity as Value) };
};

const limitRangeItem: TypeDefault = (value) => {
  if (value.type !== 'Container') return;
  value.default = withMissing(value.default, value.max);
  value.defaultRequest = withMissing(withMissing(value.defaultRequest, value.default), value.min);
  for (const key of ['default', 'defaultRequest']) {
    if (value[key] !== undefined && Object.keys(value[key] as object).length === 0) delete value[key];
  }
};

const mode = filled({ defaultMode: 420 });
const tcp = filled({ protocol: 'TCP' });

export const CORE_DEFAULTS: readonly (readonly [string, TypeDefault])[] = [
  ['core/v1.Container', container],
  ['core/v1.EphemeralContainer', container],
  ['core/v1.ContainerPort', tcp],
  ['core/v1.EndpointPort', tcp],
  ['core/v1.Pod', pod],
  ['core/v1.PodSpec', podSpec],
  ['core/v1.Volume', volume],
  ['core/v1.Probe', filled({ timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 })],
  ['core/v1.HTTPGetAction', filled({ path: '/', scheme: 'HTTP' })],
  [
    'core/v1.GRPCAction',
    (value) => {
      if (value.service === undefined) value.service = '';
    },
  ],
  ['core/v1.SecretVolumeSource', mode],
  ['core/v1.ConfigMapVolumeSource', mode],
  ['core/v1.DownwardAPIVolumeSource', mode],
  ['core/v1.ProjectedVolumeSource', mode],
  ['core/v1.VolumeProjection', projection],
  ['core/v1.ServiceAccountTokenProjection', filled({ expirationSeconds: 3600 })],
  [
    'core/v1.HostPathVolumeSource',
    (value) => {
      if (value.type === undefined) value.type = '';
    },
  ],
  ['core/v1.ISCSIVolumeSource', filled({ iscsiInterface: 'default' })],
  ['core/v1.ISCSIPersistentVolumeSource', filled({ iscsiInterface: 'default' })],
  ['core/v1.RBDVolumeSource', filled({ pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' })],
  ['core/v1.RBDPersistentVolumeSource', filled({ pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' })],
  ['core/v1.ScaleIOVolumeSource', filled({ storageMode: 'ThinProvisioned', fsType: 'xfs' })],
  ['core/v1.ScaleIOPersistentVolumeSource', filled({ storageMode: 'ThinProvisioned', fsType: 'xfs' })],
  [
    'core/v1.AzureDiskVolumeSource',
    filled({ cachingMode: 'ReadWrite', fsType: 'ext4', readOnly: false, kind: 'Shared' }),
  ],
  ['core/v1.ObjectFieldSelector', filled({ apiVersion: 'v1' })],
  ['core/v1.ResourceList', resourceList],
  [
    'core/v1.ServiceAccount',
    (value) => {
      // Only the names of secrets are kept.
      if (Array.isArray(value.secrets))
        value.secrets = items(value, 'secrets').map(({ name }) => (name === undefined ? {} : { name }));
    },
  ],
  ['core/v1.Secret', filled({ type: 'Opaque' })],
  ['core/v1.Service', service],
  ['core/v1.ReplicationController', replicationController],
  [
    'core/v1.PersistentVolume',
    (value) => {
      fill(child(value, 'spec'), { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' });
      fill(child(value, 'status'), { phase: 'Pending' });
    },
  ],
  ['core/v1.PersistentVolumeClaim', (value) => fill(child(value, 'status'), { phase: 'Pending' })],
  ['core/v1.PersistentVolumeClaimSpec', claimSpec],
  ['core/v1.Namespace', namespace],
  ['core/v1.NamespaceStatus', filled({ phase: 'Active' })],
  ['core/v1.NodeStatus', nodeStatus],
  ['core/v1.NodeSpec', nodeSpec],
  ['core/v1.TypedLocalObjectReference', apiGroup],
  ['core/v1.TypedObjectReference', apiGroup],
  ['core/v1.LimitRangeItem', limitRangeItem],
];
