/**
 * Which API versions Kubernetes deprecated and removed, when, and what takes their place. The first table is what the
 * types of k8s.io/api v0.37 say of themselves, which is what `helm lint` v4.3 reports; the second has the versions that
 * are no longer among those types, from Kubernetes' deprecated API migration guide.
 */

/** When an API version of a kind went out of use. Versions are `1.22`. */
export interface ApiLifecycle {
  readonly deprecated: string;
  /** The first version of Kubernetes that no longer serves it. */
  readonly removed?: string;
  /** `networking.k8s.io/v1 Ingress`. */
  readonly replacement?: string;
  /** Whether Helm's own lint knows of it. */
  readonly isKnownToHelm: boolean;
}

interface Row {
  readonly groupVersion: string;
  /** Separated by spaces; a `+` behind one stands for its list kind, too. */
  readonly kinds: string;
  readonly deprecated: string;
  readonly removed?: string;
  /** The group and version to use; the kind stays. */
  readonly use?: string;
}

const knownToHelm: readonly Row[] = [
  {
    groupVersion: 'admissionregistration.k8s.io/v1alpha1',
    kinds: 'MutatingAdmissionPolicyBinding+ MutatingAdmissionPolicy+',
    deprecated: '1.35',
    removed: '1.38',
  },
  {
    groupVersion: 'admissionregistration.k8s.io/v1alpha1',
    kinds: 'ValidatingAdmissionPolicyBinding+ ValidatingAdmissionPolicy+',
    deprecated: '1.29',
    removed: '1.32',
  },
  {
    groupVersion: 'admissionregistration.k8s.io/v1beta1',
    kinds: 'MutatingAdmissionPolicyBinding+ MutatingAdmissionPolicy+',
    deprecated: '1.37',
    removed: '1.40',
    use: 'admissionregistration.k8s.io/v1',
  },
  {
    groupVersion: 'admissionregistration.k8s.io/v1beta1',
    kinds: 'MutatingWebhookConfiguration+ ValidatingWebhookConfiguration+',
    deprecated: '1.16',
    removed: '1.22',
    use: 'admissionregistration.k8s.io/v1',
  },
  {
    groupVersion: 'admissionregistration.k8s.io/v1beta1',
    kinds: 'ValidatingAdmissionPolicyBinding+ ValidatingAdmissionPolicy+',
    deprecated: '1.31',
    removed: '1.34',
  },
  {
    groupVersion: 'apps/v1beta1',
    kinds: 'ControllerRevision+ Deployment+ DeploymentRollback StatefulSet+',
    deprecated: '1.8',
    removed: '1.16',
    use: 'apps/v1',
  },
  { groupVersion: 'apps/v1beta1', kinds: 'Scale', deprecated: '1.8', removed: '1.16', use: 'autoscaling/v1' },
  {
    groupVersion: 'apps/v1beta2',
    kinds: 'ControllerRevision+ DaemonSet+ Deployment+ ReplicaSet+ StatefulSet+',
    deprecated: '1.9',
    removed: '1.16',
    use: 'apps/v1',
  },
  { groupVersion: 'apps/v1beta2', kinds: 'Scale', deprecated: '1.9', removed: '1.16', use: 'autoscaling/v1' },
  { groupVersion: 'authentication.k8s.io/v1alpha1', kinds: 'SelfSubjectReview', deprecated: '1.29', removed: '1.32' },
  { groupVersion: 'authentication.k8s.io/v1beta1', kinds: 'SelfSubjectReview', deprecated: '1.30', removed: '1.33' },
  {
    groupVersion: 'authentication.k8s.io/v1beta1',
    kinds: 'TokenReview',
    deprecated: '1.19',
    removed: '1.22',
    use: 'authentication.k8s.io/v1',
  },
  {
    groupVersion: 'authorization.k8s.io/v1beta1',
    kinds: 'LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview',
    deprecated: '1.19',
    removed: '1.22',
    use: 'authorization.k8s.io/v1',
  },
  { groupVersion: 'batch/v1beta1', kinds: 'CronJob+', deprecated: '1.21', removed: '1.25', use: 'batch/v1' },
  { groupVersion: 'certificates.k8s.io/v1alpha1', kinds: 'ClusterTrustBundle+', deprecated: '1.34', removed: '1.37' },
  {
    groupVersion: 'certificates.k8s.io/v1beta1',
    kinds: 'CertificateSigningRequest+',
    deprecated: '1.19',
    removed: '1.22',
    use: 'certificates.k8s.io/v1',
  },
  {
    groupVersion: 'certificates.k8s.io/v1beta1',
    kinds: 'ClusterTrustBundle+ PodCertificateRequest+',
    deprecated: '1.37',
    removed: '1.40',
    use: 'certificates.k8s.io/v1',
  },
  { groupVersion: 'coordination.k8s.io/v1alpha2', kinds: 'LeaseCandidate+', deprecated: '1.35', removed: '1.38' },
  { groupVersion: 'coordination.k8s.io/v1beta1', kinds: 'LeaseCandidate+', deprecated: '1.36', removed: '1.39' },
  {
    groupVersion: 'coordination.k8s.io/v1beta1',
    kinds: 'Lease+',
    deprecated: '1.19',
    removed: '1.22',
    use: 'coordination.k8s.io/v1',
  },
  {
    groupVersion: 'discovery.k8s.io/v1beta1',
    kinds: 'EndpointSlice+',
    deprecated: '1.21',
    removed: '1.25',
    use: 'discovery.k8s.io/v1',
  },
  { groupVersion: 'events.k8s.io/v1beta1', kinds: 'Event+', deprecated: '1.22', removed: '1.25' },
  {
    groupVersion: 'extensions/v1beta1',
    kinds: 'DaemonSet+ Deployment+ ReplicaSet+',
    deprecated: '1.8',
    removed: '1.16',
    use: 'apps/v1',
  },
  { groupVersion: 'extensions/v1beta1', kinds: 'DeploymentRollback', deprecated: '1.8', removed: '1.16' },
  {
    groupVersion: 'extensions/v1beta1',
    kinds: 'Ingress+',
    deprecated: '1.14',
    removed: '1.22',
    use: 'networking.k8s.io/v1',
  },
  {
    groupVersion: 'extensions/v1beta1',
    kinds: 'NetworkPolicy+',
    deprecated: '1.9',
    removed: '1.16',
    use: 'networking.k8s.io/v1',
  },
  { groupVersion: 'extensions/v1beta1', kinds: 'Scale', deprecated: '1.2', removed: '1.16' },
  {
    groupVersion: 'flowcontrol.apiserver.k8s.io/v1beta1',
    kinds: 'FlowSchema+ PriorityLevelConfiguration+',
    deprecated: '1.23',
    removed: '1.26',
    use: 'flowcontrol.apiserver.k8s.io/v1beta3',
  },
  {
    groupVersion: 'flowcontrol.apiserver.k8s.io/v1beta2',
    kinds: 'FlowSchema+ PriorityLevelConfiguration+',
    deprecated: '1.26',
    removed: '1.29',
    use: 'flowcontrol.apiserver.k8s.io/v1beta3',
  },
  {
    groupVersion: 'flowcontrol.apiserver.k8s.io/v1beta3',
    kinds: 'FlowSchema+ PriorityLevelConfiguration+',
    deprecated: '1.29',
    removed: '1.32',
    use: 'flowcontrol.apiserver.k8s.io/v1',
  },
  {
    groupVersion: 'lifecycle.k8s.io/v1alpha1',
    kinds: 'Eviction+ EvictionRequest+',
    deprecated: '1.40',
    removed: '1.43',
  },
  { groupVersion: 'networking.k8s.io/v1beta1', kinds: 'IPAddress+ ServiceCIDR+', deprecated: '1.34', removed: '1.37' },
  {
    groupVersion: 'networking.k8s.io/v1beta1',
    kinds: 'IngressClass+ Ingress+',
    deprecated: '1.19',
    removed: '1.22',
    use: 'networking.k8s.io/v1',
  },
  { groupVersion: 'node.k8s.io/v1beta1', kinds: 'RuntimeClass+', deprecated: '1.22', removed: '1.25' },
  { groupVersion: 'policy/v1beta1', kinds: 'Eviction', deprecated: '1.22', removed: '1.25' },
  {
    groupVersion: 'policy/v1beta1',
    kinds: 'PodDisruptionBudget+',
    deprecated: '1.21',
    removed: '1.25',
    use: 'policy/v1',
  },
  {
    groupVersion: 'rbac.authorization.k8s.io/v1beta1',
    kinds: 'ClusterRoleBinding+ ClusterRole+ RoleBinding+ Role+',
    deprecated: '1.17',
    removed: '1.22',
    use: 'rbac.authorization.k8s.io/v1',
  },
  { groupVersion: 'resource.k8s.io/v1alpha3', kinds: 'DeviceTaintRule+', deprecated: '1.36', removed: '1.39' },
  {
    groupVersion: 'resource.k8s.io/v1alpha3',
    kinds: 'ResourcePoolStatusRequest+',
    deprecated: '1.39',
    removed: '1.42',
  },
  {
    groupVersion: 'resource.k8s.io/v1beta1',
    kinds: 'DeviceClass+ ResourceClaim+ ResourceClaimTemplate+ ResourceSlice+',
    deprecated: '1.35',
    removed: '1.38',
  },
  {
    groupVersion: 'resource.k8s.io/v1beta2',
    kinds: 'DeviceClass+ ResourceClaim+ ResourceClaimTemplate+ ResourceSlice+',
    deprecated: '1.36',
    removed: '1.39',
  },
  { groupVersion: 'resource.k8s.io/v1beta2', kinds: 'DeviceTaintRule+', deprecated: '1.39', removed: '1.42' },
  { groupVersion: 'scheduling.k8s.io/v1beta1', kinds: 'PodGroup+ Workload+', deprecated: '1.40', removed: '1.43' },
  {
    groupVersion: 'scheduling.k8s.io/v1beta1',
    kinds: 'PriorityClass+',
    deprecated: '1.14',
    removed: '1.22',
    use: 'scheduling.k8s.io/v1',
  },
  {
    groupVersion: 'storage.k8s.io/v1alpha1',
    kinds: 'CSIStorageCapacity+',
    deprecated: '1.21',
    removed: '1.24',
    use: 'storage.k8s.io/v1beta1',
  },
  {
    groupVersion: 'storage.k8s.io/v1alpha1',
    kinds: 'VolumeAttachment+',
    deprecated: '1.21',
    removed: '1.24',
    use: 'storage.k8s.io/v1',
  },
  {
    groupVersion: 'storage.k8s.io/v1alpha1',
    kinds: 'VolumeAttributesClass+',
    deprecated: '1.32',
    removed: '1.35',
    use: 'storage.k8s.io/v1',
  },
  {
    groupVersion: 'storage.k8s.io/v1beta1',
    kinds: 'CSIDriver+ StorageClass+ VolumeAttachment+',
    deprecated: '1.19',
    removed: '1.22',
    use: 'storage.k8s.io/v1',
  },
  {
    groupVersion: 'storage.k8s.io/v1beta1',
    kinds: 'CSINode+',
    deprecated: '1.17',
    removed: '1.22',
    use: 'storage.k8s.io/v1',
  },
  {
    groupVersion: 'storage.k8s.io/v1beta1',
    kinds: 'CSIStorageCapacity+',
    deprecated: '1.24',
    removed: '1.27',
    use: 'storage.k8s.io/v1',
  },
  {
    groupVersion: 'storage.k8s.io/v1beta1',
    kinds: 'VolumeAttributesClass+',
    deprecated: '1.34',
    removed: '1.37',
    use: 'storage.k8s.io/v1',
  },
  {
    groupVersion: 'storagemigration.k8s.io/v1beta1',
    kinds: 'StorageVersionMigration+',
    deprecated: '1.37',
    removed: '1.40',
    use: 'storagemigration.k8s.io/v1',
  },
  { groupVersion: 'v1', kinds: 'ComponentStatus+', deprecated: '1.19' },
  { groupVersion: 'v1', kinds: 'Endpoints+', deprecated: '1.33', use: 'discovery.k8s.io/v1' },
];

const olderThanHelm: readonly Row[] = [
  {
    groupVersion: 'apiextensions.k8s.io/v1beta1',
    kinds: 'CustomResourceDefinition',
    deprecated: '1.16',
    removed: '1.22',
    use: 'apiextensions.k8s.io/v1',
  },
  {
    groupVersion: 'apiregistration.k8s.io/v1beta1',
    kinds: 'APIService',
    deprecated: '1.19',
    removed: '1.22',
    use: 'apiregistration.k8s.io/v1',
  },
  {
    groupVersion: 'autoscaling/v2beta1',
    kinds: 'HorizontalPodAutoscaler+',
    deprecated: '1.22',
    removed: '1.25',
    use: 'autoscaling/v2',
  },
  {
    groupVersion: 'autoscaling/v2beta2',
    kinds: 'HorizontalPodAutoscaler+',
    deprecated: '1.23',
    removed: '1.26',
    use: 'autoscaling/v2',
  },
  {
    groupVersion: 'audit.k8s.io/v1beta1',
    kinds: 'Event Policy',
    deprecated: '1.21',
    removed: '1.24',
    use: 'audit.k8s.io/v1',
  },
  { groupVersion: 'batch/v2alpha1', kinds: 'CronJob+', deprecated: '1.8', removed: '1.21', use: 'batch/v1' },
  {
    groupVersion: 'extensions/v1beta1',
    kinds: 'PodSecurityPolicy+',
    deprecated: '1.10',
    removed: '1.16',
    use: 'policy/v1beta1',
  },
  {
    groupVersion: 'flowcontrol.apiserver.k8s.io/v1alpha1',
    kinds: 'FlowSchema+ PriorityLevelConfiguration+',
    deprecated: '1.20',
    removed: '1.23',
    use: 'flowcontrol.apiserver.k8s.io/v1',
  },
  {
    groupVersion: 'node.k8s.io/v1alpha1',
    kinds: 'RuntimeClass+',
    deprecated: '1.20',
    removed: '1.23',
    use: 'node.k8s.io/v1',
  },
  { groupVersion: 'policy/v1beta1', kinds: 'PodSecurityPolicy+', deprecated: '1.21', removed: '1.25' },
  {
    groupVersion: 'rbac.authorization.k8s.io/v1alpha1',
    kinds: 'ClusterRole+ ClusterRoleBinding+ Role+ RoleBinding+',
    deprecated: '1.17',
    removed: '1.22',
    use: 'rbac.authorization.k8s.io/v1',
  },
  {
    groupVersion: 'resource.k8s.io/v1alpha2',
    kinds: 'DeviceClass ResourceClaim+ ResourceClaimTemplate+ ResourceClass+',
    deprecated: '1.31',
    removed: '1.31',
    use: 'resource.k8s.io/v1',
  },
  {
    groupVersion: 'scheduling.k8s.io/v1alpha1',
    kinds: 'PriorityClass+',
    deprecated: '1.14',
    removed: '1.22',
    use: 'scheduling.k8s.io/v1',
  },
  { groupVersion: 'settings.k8s.io/v1alpha1', kinds: 'PodPreset+', deprecated: '1.19', removed: '1.20' },
];

/** Replacements of another kind than the one they replace. Some are slips of upstream, which its messages show. */
const otherKinds: ReadonlyMap<string, string> = new Map([
  ['discovery.k8s.io/v1beta1 EndpointSliceList', 'discovery.k8s.io/v1 EndpointSlice'],
  ['networking.k8s.io/v1beta1 IngressClass', 'networking.k8s.io/v1 IngressClassList'],
  ['storage.k8s.io/v1beta1 CSINodeList', 'storage.k8s.io/v1 CSINode'],
  ['v1 EndpointsList', 'discovery.k8s.io/v1 EndpointSliceList'],
  ['v1 Endpoints', 'discovery.k8s.io/v1 EndpointSlice'],
]);

const lifecycles = new Map<string, ApiLifecycle>();
for (const row of olderThanHelm) addRow(row, { isKnownToHelm: false });
for (const row of knownToHelm) addRow(row, { isKnownToHelm: true });

/** The lifecycle of a kind in a version, if it was ever deprecated. */
export function apiLifecycle(apiVersion: string, kind: string): ApiLifecycle | undefined {
  return lifecycles.get(`${apiVersion} ${kind}`);
}

/** Whether `1.22` is at or before a Kubernetes version. */
export function isReached(version: string, kube: { readonly major: string; readonly minor: string }): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < Number(kube.major) || (major === Number(kube.major) && minor <= Number(kube.minor));
}

function addRow(row: Row, options: { readonly isKnownToHelm: boolean }): void {
  for (const word of row.kinds.split(' ')) {
    const kind = word.replace('+', '');
    for (const name of word.endsWith('+') ? [kind, `${kind}List`] : [kind]) {
      const key = `${row.groupVersion} ${name}`;
      const replacement = otherKinds.get(key) ?? (row.use === undefined ? undefined : `${row.use} ${name}`);
      lifecycles.set(key, {
        deprecated: row.deprecated,
        ...(row.removed === undefined ? {} : { removed: row.removed }),
        ...(replacement === undefined ? {} : { replacement }),
        isKnownToHelm: options.isKnownToHelm,
      });
    }
  }
}
