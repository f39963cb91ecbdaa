/**
 * The API server's internal types of a pod's spec, a claim's spec and a volume's source (pkg/apis/core/types.go, v1.34):
 * updates that are refused show the difference of these, not of the published ones. A field is
 * `GoName[=publishedName][:kind]`; `publishedName` is GoName with a small first letter, and the kind a string where
 * nothing is said. Kinds: `b` bool, `i` number, `quantity`, `any` (printed as it is published), another type; before
 * them `*` pointer, `[]` list, `{}` map. `+Type` is embedded.
 */
const ROWS: Readonly<Record<string, string>> = {
  AWSElasticBlockStoreVolumeSource: 'VolumeID FSType=fsType Partition:i ReadOnly:b',
  Affinity: 'NodeAffinity:*NodeAffinity PodAffinity:*PodAffinity PodAntiAffinity:*PodAntiAffinity',
  AppArmorProfile: 'Type LocalhostProfile:*',
  AzureDiskVolumeSource: 'DiskName DataDiskURI=diskURI CachingMode:* FSType=fsType:* ReadOnly:*b Kind:*',
  AzureFilePersistentVolumeSource: 'SecretName ShareName ReadOnly:b SecretNamespace:*',
  AzureFileVolumeSource: 'SecretName ShareName ReadOnly:b',
  CSIPersistentVolumeSource:
    'Driver VolumeHandle ReadOnly:b FSType=fsType VolumeAttributes:{} ControllerPublishSecretRef:*SecretReference NodeStageSecretRef:*SecretReference NodePublishSecretRef:*SecretReference ControllerExpandSecretRef:*SecretReference NodeExpandSecretRef:*SecretReference',
  CSIVolumeSource: 'Driver ReadOnly:*b FSType=fsType:* VolumeAttributes:{} NodePublishSecretRef:*LocalObjectReference',
  Capabilities: 'Add:[] Drop:[]',
  CephFSPersistentVolumeSource: 'Monitors:[] Path User SecretFile SecretRef:*SecretReference ReadOnly:b',
  CephFSVolumeSource: 'Monitors:[] Path User SecretFile SecretRef:*LocalObjectReference ReadOnly:b',
  CinderPersistentVolumeSource: 'VolumeID FSType=fsType ReadOnly:b SecretRef:*SecretReference',
  CinderVolumeSource: 'VolumeID FSType=fsType ReadOnly:b SecretRef:*LocalObjectReference',
  ClusterTrustBundleProjection: 'Name:* SignerName:* LabelSelector:*any Optional:*b Path',
  ConfigMapEnvSource: '+LocalObjectReference Optional:*b',
  ConfigMapKeySelector: '+LocalObjectReference Key Optional:*b',
  ConfigMapProjection: '+LocalObjectReference Items:[]KeyToPath Optional:*b',
  ConfigMapVolumeSource: '+LocalObjectReference Items:[]KeyToPath DefaultMode:*i Optional:*b',
  Container:
    'Name Image Command:[] Args:[] WorkingDir Ports:[]ContainerPort EnvFrom:[]EnvFromSource Env:[]EnvVar Resources:ResourceRequirements ResizePolicy:[]ContainerResizePolicy RestartPolicy:* RestartPolicyRules:[]ContainerRestartRule VolumeMounts:[]VolumeMount VolumeDevices:[]VolumeDevice LivenessProbe:*Probe ReadinessProbe:*Probe StartupProbe:*Probe Lifecycle:*Lifecycle TerminationMessagePath TerminationMessagePolicy ImagePullPolicy SecurityContext:*SecurityContext Stdin:b StdinOnce:b TTY=tty:b',
  ContainerPort: 'Name HostPort:i ContainerPort:i Protocol HostIP',
  ContainerResizePolicy: 'ResourceName RestartPolicy',
  ContainerRestartRule: 'Action ExitCodes:*ContainerRestartRuleOnExitCodes',
  ContainerRestartRuleOnExitCodes: 'Operator Values:[]i',
  DownwardAPIProjection: 'Items:[]DownwardAPIVolumeFile',
  DownwardAPIVolumeFile: 'Path FieldRef:*ObjectFieldSelector ResourceFieldRef:*ResourceFieldSelector Mode:*i',
  DownwardAPIVolumeSource: 'Items:[]DownwardAPIVolumeFile DefaultMode:*i',
  EmptyDirVolumeSource: 'Medium SizeLimit:*quantity',
  EnvFromSource: 'Prefix ConfigMapRef:*ConfigMapEnvSource SecretRef:*SecretEnvSource',
  EnvVar: 'Name Value ValueFrom:*EnvVarSource',
  EnvVarSource:
    'FieldRef:*ObjectFieldSelector ResourceFieldRef:*ResourceFieldSelector ConfigMapKeyRef:*ConfigMapKeySelector SecretKeyRef:*SecretKeySelector FileKeyRef:*FileKeySelector',
  EphemeralContainer: '+EphemeralContainerCommon TargetContainerName',
  EphemeralContainerCommon:
    'Name Image Command:[] Args:[] WorkingDir Ports:[]ContainerPort EnvFrom:[]EnvFromSource Env:[]EnvVar Resources:ResourceRequirements ResizePolicy:[]ContainerResizePolicy RestartPolicy:* RestartPolicyRules:[]ContainerRestartRule VolumeMounts:[]VolumeMount VolumeDevices:[]VolumeDevice LivenessProbe:*Probe ReadinessProbe:*Probe StartupProbe:*Probe Lifecycle:*Lifecycle TerminationMessagePath TerminationMessagePolicy ImagePullPolicy SecurityContext:*SecurityContext Stdin:b StdinOnce:b TTY=tty:b',
  EphemeralVolumeSource: 'VolumeClaimTemplate:*PersistentVolumeClaimTemplate',
  ExecAction: 'Command:[]',
  FCVolumeSource: 'TargetWWNs:[] Lun:*i FSType=fsType ReadOnly:b WWIDs=wwids:[]',
  FileKeySelector: 'VolumeName Path Key Optional:*b',
  FlexPersistentVolumeSource: 'Driver FSType=fsType SecretRef:*SecretReference ReadOnly:b Options:{}',
  FlexVolumeSource: 'Driver FSType=fsType SecretRef:*LocalObjectReference ReadOnly:b Options:{}',
  FlockerVolumeSource: 'DatasetName DatasetUUID',
  GCEPersistentDiskVolumeSource: 'PDName=pdName FSType=fsType Partition:i ReadOnly:b',
  GRPCAction: 'Port:i Service:*',
  GitRepoVolumeSource: 'Repository Revision Directory',
  GlusterfsPersistentVolumeSource: 'EndpointsName=endpoints Path ReadOnly:b EndpointsNamespace:*',
  GlusterfsVolumeSource: 'EndpointsName=endpoints Path ReadOnly:b',
  HTTPGetAction: 'Path Port:any Host Scheme HTTPHeaders=httpHeaders:[]HTTPHeader',
  HTTPHeader: 'Name Value',
  HostAlias: 'IP=ip Hostnames:[]',
  HostPathVolumeSource: 'Path Type:*',
  ISCSIPersistentVolumeSource:
    'TargetPortal IQN=iqn Lun:i ISCSIInterface=iscsiInterface FSType=fsType ReadOnly:b Portals:[] DiscoveryCHAPAuth=chapAuthDiscovery:b SessionCHAPAuth=chapAuthSession:b SecretRef:*SecretReference InitiatorName:*',
  ISCSIVolumeSource:
    'TargetPortal IQN=iqn Lun:i ISCSIInterface=iscsiInterface FSType=fsType ReadOnly:b Portals:[] DiscoveryCHAPAuth=chapAuthDiscovery:b SessionCHAPAuth=chapAuthSession:b SecretRef:*LocalObjectReference InitiatorName:*',
  ImageVolumeSource: 'Reference PullPolicy',
  KeyToPath: 'Key Path Mode:*i',
  Lifecycle: 'PostStart:*LifecycleHandler PreStop:*LifecycleHandler StopSignal:*',
  LifecycleHandler:
    'Exec:*ExecAction HTTPGet=httpGet:*HTTPGetAction TCPSocket=tcpSocket:*TCPSocketAction Sleep:*SleepAction',
  LocalObjectReference: 'Name',
  LocalVolumeSource: 'Path FSType=fsType:*',
  NFSVolumeSource: 'Server Path ReadOnly:b',
  NodeAffinity:
    'RequiredDuringSchedulingIgnoredDuringExecution:*NodeSelector PreferredDuringSchedulingIgnoredDuringExecution:[]PreferredSchedulingTerm',
  NodeSelector: 'NodeSelectorTerms:[]NodeSelectorTerm',
  NodeSelectorRequirement: 'Key Operator Values:[]',
  NodeSelectorTerm: 'MatchExpressions:[]NodeSelectorRequirement MatchFields:[]NodeSelectorRequirement',
  ObjectFieldSelector: 'APIVersion=apiVersion FieldPath',
  ObjectReference: 'Kind Namespace Name UID=uid APIVersion=apiVersion ResourceVersion FieldPath',
  PersistentVolumeClaimSpec:
    'AccessModes:[] Selector:*any Resources:VolumeResourceRequirements VolumeName StorageClassName:* VolumeMode:* DataSource:*TypedLocalObjectReference DataSourceRef:*TypedObjectReference VolumeAttributesClassName:*',
  PersistentVolumeClaimTemplate: '+json:v1.ObjectMeta Spec:PersistentVolumeClaimSpec',
  PersistentVolumeClaimVolumeSource: 'ClaimName ReadOnly:b',
  PersistentVolumeSource:
    'GCEPersistentDisk=gcePersistentDisk:*GCEPersistentDiskVolumeSource AWSElasticBlockStore=awsElasticBlockStore:*AWSElasticBlockStoreVolumeSource HostPath:*HostPathVolumeSource Glusterfs:*GlusterfsPersistentVolumeSource NFS=nfs:*NFSVolumeSource RBD=rbd:*RBDPersistentVolumeSource Quobyte:*QuobyteVolumeSource ISCSI=iscsi:*ISCSIPersistentVolumeSource FlexVolume:*FlexPersistentVolumeSource Cinder:*CinderPersistentVolumeSource CephFS=cephfs:*CephFSPersistentVolumeSource FC=fc:*FCVolumeSource Flocker:*FlockerVolumeSource AzureFile:*AzureFilePersistentVolumeSource VsphereVolume:*VsphereVirtualDiskVolumeSource AzureDisk:*AzureDiskVolumeSource PhotonPersistentDisk:*PhotonPersistentDiskVolumeSource PortworxVolume:*PortworxVolumeSource ScaleIO:*ScaleIOPersistentVolumeSource Local:*LocalVolumeSource StorageOS=storageos:*StorageOSPersistentVolumeSource CSI=csi:*CSIPersistentVolumeSource',
  PhotonPersistentDiskVolumeSource: 'PdID FSType=fsType',
  PodAffinity:
    'RequiredDuringSchedulingIgnoredDuringExecution:[]PodAffinityTerm PreferredDuringSchedulingIgnoredDuringExecution:[]WeightedPodAffinityTerm',
  PodAffinityTerm:
    'LabelSelector:*any Namespaces:[] TopologyKey NamespaceSelector:*any MatchLabelKeys:[] MismatchLabelKeys:[]',
  PodAntiAffinity:
    'RequiredDuringSchedulingIgnoredDuringExecution:[]PodAffinityTerm PreferredDuringSchedulingIgnoredDuringExecution:[]WeightedPodAffinityTerm',
  PodCertificateProjection:
    'SignerName KeyType MaxExpirationSeconds:*i CredentialBundlePath KeyPath CertificateChainPath',
  PodDNSConfig: 'Nameservers:[] Searches:[] Options:[]PodDNSConfigOption',
  PodDNSConfigOption: 'Name Value:*',
  PodOS: 'Name',
  PodReadinessGate: 'ConditionType',
  PodResourceClaim: 'Name ResourceClaimName:* ResourceClaimTemplateName:*',
  PodSchedulingGate: 'Name',
  PodSecurityContext:
    'HostNetwork:b HostPID:b HostIPC:b ShareProcessNamespace:*b HostUsers:*b SELinuxOptions=seLinuxOptions:*SELinuxOptions WindowsOptions:*WindowsSecurityContextOptions RunAsUser:*i RunAsGroup:*i RunAsNonRoot:*b SupplementalGroups:[]i SupplementalGroupsPolicy:* FSGroup=fsGroup:*i FSGroupChangePolicy=fsGroupChangePolicy:* Sysctls:[]Sysctl SeccompProfile:*SeccompProfile AppArmorProfile:*AppArmorProfile SELinuxChangePolicy=seLinuxChangePolicy:*',
  PodSpec:
    'Volumes:[]Volume InitContainers:[]Container Containers:[]Container EphemeralContainers:[]EphemeralContainer RestartPolicy TerminationGracePeriodSeconds:*i ActiveDeadlineSeconds:*i DNSPolicy=dnsPolicy NodeSelector:{} ServiceAccountName AutomountServiceAccountToken:*b NodeName SecurityContext:*PodSecurityContext ImagePullSecrets:[]LocalObjectReference Hostname Subdomain SetHostnameAsFQDN:*b Affinity:*Affinity SchedulerName Tolerations:[]Toleration HostAliases:[]HostAlias PriorityClassName Priority:*i PreemptionPolicy:* DNSConfig=dnsConfig:*PodDNSConfig ReadinessGates:[]PodReadinessGate RuntimeClassName:* Overhead:{}quantity EnableServiceLinks:*b TopologySpreadConstraints:[]TopologySpreadConstraint OS=os:*PodOS SchedulingGates:[]PodSchedulingGate ResourceClaims:[]PodResourceClaim Resources:*ResourceRequirements HostnameOverride:*',
  PortworxVolumeSource: 'VolumeID FSType=fsType ReadOnly:b',
  PreferredSchedulingTerm: 'Weight:i Preference:NodeSelectorTerm',
  Probe:
    '+ProbeHandler InitialDelaySeconds:i TimeoutSeconds:i PeriodSeconds:i SuccessThreshold:i FailureThreshold:i TerminationGracePeriodSeconds:*i',
  ProbeHandler:
    'Exec:*ExecAction HTTPGet=httpGet:*HTTPGetAction TCPSocket=tcpSocket:*TCPSocketAction GRPC=grpc:*GRPCAction',
  ProjectedVolumeSource: 'Sources:[]VolumeProjection DefaultMode:*i',
  QuobyteVolumeSource: 'Registry Volume ReadOnly:b User Group Tenant',
  RBDPersistentVolumeSource:
    'CephMonitors=monitors:[] RBDImage=image FSType=fsType RBDPool=pool RadosUser=user Keyring SecretRef:*SecretReference ReadOnly:b',
  RBDVolumeSource:
    'CephMonitors=monitors:[] RBDImage=image FSType=fsType RBDPool=pool RadosUser=user Keyring SecretRef:*LocalObjectReference ReadOnly:b',
  ResourceClaim: 'Name Request',
  ResourceFieldSelector: 'ContainerName Resource Divisor:quantity',
  ResourceRequirements: 'Limits:{}quantity Requests:{}quantity Claims:[]ResourceClaim',
  SELinuxOptions: 'User Role Type Level',
  ScaleIOPersistentVolumeSource:
    'Gateway System SecretRef:*SecretReference SSLEnabled=sslEnabled:b ProtectionDomain StoragePool StorageMode VolumeName FSType=fsType ReadOnly:b',
  ScaleIOVolumeSource:
    'Gateway System SecretRef:*LocalObjectReference SSLEnabled=sslEnabled:b ProtectionDomain StoragePool StorageMode VolumeName FSType=fsType ReadOnly:b',
  SeccompProfile: 'Type LocalhostProfile:*',
  SecretEnvSource: '+LocalObjectReference Optional:*b',
  SecretKeySelector: '+LocalObjectReference Key Optional:*b',
  SecretProjection: '+LocalObjectReference Items:[]KeyToPath Optional:*b',
  SecretReference: 'Name Namespace',
  SecretVolumeSource: 'SecretName Items:[]KeyToPath DefaultMode:*i Optional:*b',
  SecurityContext:
    'Capabilities:*Capabilities Privileged:*b SELinuxOptions=seLinuxOptions:*SELinuxOptions WindowsOptions:*WindowsSecurityContextOptions RunAsUser:*i RunAsGroup:*i RunAsNonRoot:*b ReadOnlyRootFilesystem:*b AllowPrivilegeEscalation:*b ProcMount:* SeccompProfile:*SeccompProfile AppArmorProfile:*AppArmorProfile',
  ServiceAccountTokenProjection: 'Audience ExpirationSeconds:i Path',
  SleepAction: 'Seconds:i',
  StorageOSPersistentVolumeSource: 'VolumeName VolumeNamespace FSType=fsType ReadOnly:b SecretRef:*ObjectReference',
  StorageOSVolumeSource: 'VolumeName VolumeNamespace FSType=fsType ReadOnly:b SecretRef:*LocalObjectReference',
  Sysctl: 'Name Value',
  TCPSocketAction: 'Port:any Host',
  Toleration: 'Key Operator Value Effect TolerationSeconds:*i',
  TopologySpreadConstraint:
    'MaxSkew:i TopologyKey WhenUnsatisfiable LabelSelector:*any MinDomains:*i NodeAffinityPolicy:* NodeTaintsPolicy:* MatchLabelKeys:[]',
  TypedLocalObjectReference: 'APIGroup=apiGroup:* Kind Name',
  TypedObjectReference: 'APIGroup=apiGroup:* Kind Name Namespace:*',
  Volume: 'Name +VolumeSource',
  VolumeDevice: 'Name DevicePath',
  VolumeMount: 'Name ReadOnly:b RecursiveReadOnly:* MountPath SubPath MountPropagation:* SubPathExpr',
  VolumeProjection:
    'Secret:*SecretProjection DownwardAPI:*DownwardAPIProjection ConfigMap:*ConfigMapProjection ServiceAccountToken:*ServiceAccountTokenProjection ClusterTrustBundle:*ClusterTrustBundleProjection PodCertificate:*PodCertificateProjection',
  VolumeResourceRequirements: 'Limits:{}quantity Requests:{}quantity',
  VolumeSource:
    'HostPath:*HostPathVolumeSource EmptyDir:*EmptyDirVolumeSource GCEPersistentDisk=gcePersistentDisk:*GCEPersistentDiskVolumeSource AWSElasticBlockStore=awsElasticBlockStore:*AWSElasticBlockStoreVolumeSource GitRepo:*GitRepoVolumeSource Secret:*SecretVolumeSource NFS=nfs:*NFSVolumeSource ISCSI=iscsi:*ISCSIVolumeSource Glusterfs:*GlusterfsVolumeSource PersistentVolumeClaim:*PersistentVolumeClaimVolumeSource RBD=rbd:*RBDVolumeSource Quobyte:*QuobyteVolumeSource FlexVolume:*FlexVolumeSource Cinder:*CinderVolumeSource CephFS=cephfs:*CephFSVolumeSource Flocker:*FlockerVolumeSource DownwardAPI:*DownwardAPIVolumeSource FC=fc:*FCVolumeSource AzureFile:*AzureFileVolumeSource ConfigMap:*ConfigMapVolumeSource VsphereVolume:*VsphereVirtualDiskVolumeSource AzureDisk:*AzureDiskVolumeSource PhotonPersistentDisk:*PhotonPersistentDiskVolumeSource Projected:*ProjectedVolumeSource PortworxVolume:*PortworxVolumeSource ScaleIO:*ScaleIOVolumeSource StorageOS=storageos:*StorageOSVolumeSource CSI=csi:*CSIVolumeSource Ephemeral:*EphemeralVolumeSource Image:*ImageVolumeSource',
  VsphereVirtualDiskVolumeSource: 'VolumePath FSType=fsType StoragePolicyName StoragePolicyID',
  WeightedPodAffinityTerm: 'Weight:i PodAffinityTerm:PodAffinityTerm',
  WindowsSecurityContextOptions:
    'GMSACredentialSpecName=gmsaCredentialSpecName:* GMSACredentialSpec=gmsaCredentialSpec:* RunAsUserName:* HostProcess:*b',
  CELDeviceSelector: 'Expression',
  CapacityRequirements: 'Requests:{}quantity',
  DeviceClaim: 'Requests:[]DeviceRequest Constraints:[]DeviceConstraint Config:[]DeviceClaimConfiguration',
  DeviceClaimConfiguration: 'Requests:[] Opaque:*OpaqueDeviceConfiguration',
  DeviceConstraint: 'Requests:[] MatchAttribute:* DistinctAttribute:*',
  DeviceRequest: 'Name Exactly:*ExactDeviceRequest FirstAvailable:[]DeviceSubRequest',
  DeviceSelector: 'CEL=cel:*CELDeviceSelector',
  DeviceSubRequest:
    'Name DeviceClassName Selectors:[]DeviceSelector AllocationMode Count:i Tolerations:[]DeviceToleration Capacity:*CapacityRequirements',
  DeviceToleration: 'Key Operator Value Effect TolerationSeconds:*i',
  ExactDeviceRequest:
    'DeviceClassName Selectors:[]DeviceSelector AllocationMode Count:i AdminAccess:*b Tolerations:[]DeviceToleration Capacity:*CapacityRequirements',
  OpaqueDeviceConfiguration: 'Driver Parameters:any',
  ResourceClaimSpec: 'Devices:DeviceClaim',
  ResourceClaimTemplateSpec: 'Spec:ResourceClaimSpec',
};

export interface InternalField {
  readonly name: string;
  readonly published: string;
  /** With its prefixes. */
  readonly kind: string;
}

const parsed = new Map<string, readonly InternalField[]>();

/** The fields of an internal type, in its order; undefined for what is none. */
export function internalFields(type: string): readonly InternalField[] | undefined {
  const known = parsed.get(type);
  const row = ROWS[type];
  if (known !== undefined || row === undefined) return known;
  const fields = row.split(' ').flatMap((text): readonly InternalField[] => {
    if (text.startsWith('+')) return internalFields(text.slice(1)) ?? [];
    const [names = '', kind = 'string'] = text.split(':');
    const [name = '', published = name.charAt(0).toLowerCase() + name.slice(1)] = names.split('=');
    return [{ name, published, kind }];
  });
  parsed.set(type, fields);
  return fields;
}
