/**
 * The built-in kinds that the control plane works on, as the API server returns them: readonly at every level, with
 * complete metadata, and with a spec where the kind always has one. The fields are those of `kubernetes-types`.
 */
import type * as admission from 'kubernetes-types/admissionregistration/v1.js';
import type * as apps from 'kubernetes-types/apps/v1.js';
import type * as autoscaling from 'kubernetes-types/autoscaling/v2.js';
import type * as batch from 'kubernetes-types/batch/v1.js';
import type * as core from 'kubernetes-types/core/v1.js';
import type * as discovery from 'kubernetes-types/discovery/v1.js';
import type * as meta from 'kubernetes-types/meta/v1.js';
import type * as networking from 'kubernetes-types/networking/v1alpha1.js';
import type * as policy from 'kubernetes-types/policy/v1.js';
import type * as rbac from 'kubernetes-types/rbac/v1.js';
import type * as storage from 'kubernetes-types/storage/v1.js';
import type { DeepReadonly, Stored } from './object.ts';

/** A stored kind whose spec is always there. */
export type Specified<T extends { spec?: unknown }> = Stored<T> & {
  readonly spec: DeepReadonly<NonNullable<T['spec']>>;
};

export type Deployment = Specified<apps.Deployment>;
export type DeploymentStatus = DeepReadonly<apps.DeploymentStatus>;
export type DeploymentCondition = DeepReadonly<apps.DeploymentCondition>;
export type ReplicaSet = Specified<apps.ReplicaSet>;
export type ReplicaSetStatus = DeepReadonly<apps.ReplicaSetStatus>;
export type ReplicationController = Specified<core.ReplicationController>;
export type StatefulSet = Specified<apps.StatefulSet>;
export type StatefulSetStatus = DeepReadonly<apps.StatefulSetStatus>;
export type DaemonSet = Specified<apps.DaemonSet>;
export type DaemonSetStatus = DeepReadonly<apps.DaemonSetStatus>;
export type ControllerRevision = Stored<apps.ControllerRevision>;

export type Job = Specified<batch.Job>;
export type JobSpec = DeepReadonly<batch.JobSpec>;
export type JobStatus = DeepReadonly<batch.JobStatus>;
export type JobCondition = DeepReadonly<batch.JobCondition>;
export type CronJob = Specified<batch.CronJob>;

export type Pod = Specified<core.Pod>;
export type PodSpec = DeepReadonly<core.PodSpec>;
export type PodStatus = DeepReadonly<core.PodStatus>;
export type PodCondition = DeepReadonly<core.PodCondition>;
export type PodTemplateSpec = DeepReadonly<core.PodTemplateSpec>;
export type Container = DeepReadonly<core.Container>;
export type ContainerStatus = DeepReadonly<core.ContainerStatus>;
export type Probe = DeepReadonly<core.Probe>;
export type ResourceList = Readonly<Record<string, string | number>>;
export type Taint = DeepReadonly<core.Taint>;
export type Toleration = DeepReadonly<core.Toleration>;
export type Affinity = DeepReadonly<core.Affinity>;
export type NodeSelector = DeepReadonly<core.NodeSelector>;
export type NodeSelectorTerm = DeepReadonly<core.NodeSelectorTerm>;
export type PodAffinityTerm = DeepReadonly<core.PodAffinityTerm>;
export type TopologySpreadConstraint = DeepReadonly<core.TopologySpreadConstraint>;

export type Node = Specified<core.Node>;
export type Namespace = Specified<core.Namespace>;
export type Service = Specified<core.Service>;
export type Endpoints = Stored<core.Endpoints>;
export type EndpointSlice = Stored<discovery.EndpointSlice>;
export type Endpoint = DeepReadonly<discovery.Endpoint>;
/** The fields of v1 are those of v1alpha1. */
export type ServiceCIDR = Stored<networking.ServiceCIDR>;
export type ConfigMap = Stored<core.ConfigMap>;
export type Secret = Stored<core.Secret>;
export type ServiceAccount = Stored<core.ServiceAccount>;
export type ResourceQuota = Specified<core.ResourceQuota>;
export type PersistentVolumeClaim = Specified<core.PersistentVolumeClaim>;
export type PersistentVolume = Specified<core.PersistentVolume>;
export type StorageClass = Stored<storage.StorageClass>;
export type Event = Stored<core.Event>;

export type HorizontalPodAutoscaler = Specified<autoscaling.HorizontalPodAutoscaler>;
export type PodDisruptionBudget = Specified<policy.PodDisruptionBudget>;
export type ClusterRole = Stored<rbac.ClusterRole>;
export type ValidatingWebhookConfiguration = Stored<admission.ValidatingWebhookConfiguration>;

export type LabelSelector = DeepReadonly<meta.LabelSelector>;
export type LabelSelectorRequirement = DeepReadonly<meta.LabelSelectorRequirement>;
/** A number, or text such as `25%`. */
export type IntOrString = number | string;
