/** The controllers of a cluster, in the order in which they take their turns. */
import { createSigningRequestControllers, type SigningRequestPorts } from './certificate-signing.ts';
import { createClusterRoleAggregationController } from './cluster-role-aggregation.ts';
import type { Controller } from './controller.ts';
import { createCronJobController } from './cronjob.ts';
import { createDaemonSetController } from './daemonset/daemonset.ts';
import { createDeploymentController } from './deployment/deployment.ts';
import { createDisruptionController } from './disruption.ts';
import { createEndpointsController } from './endpoints/endpoints.ts';
import { createEndpointSliceController } from './endpoints/endpointslice.ts';
import { createEndpointSliceMirroringController } from './endpoints/endpointslice-mirroring.ts';
import { createFlowSchemaController } from './flow-schema.ts';
import { createGarbageCollector, type KindLookup } from './garbage-collector.ts';
import { createHorizontalPodAutoscalerController } from './horizontal-pod-autoscaler/horizontal-pod-autoscaler.ts';
import type { PodMetrics } from './horizontal-pod-autoscaler/replica-calculator.ts';
import { createJobControllers } from './job/job.ts';
import { createNamespaceController, type NamespacedResources } from './namespace.ts';
import { createNodeLifecycleController } from './node-lifecycle.ts';
import { createPersistentVolumeControllers } from './persistent-volumes.ts';
import { createPodGcController } from './pod-gc.ts';
import { createPvcProtectionController } from './pvc-protection.ts';
import { createReplicationControllers } from './replicaset.ts';
import { createResourceQuotaController } from './resource-quota.ts';
import { createServiceAccountTokenController, type TokenPorts } from './service-account-tokens.ts';
import { createServiceCidrController } from './service-cidr.ts';
import { createServiceLoadBalancerController } from './service-load-balancer.ts';
import { createRootCaPublisher, createServiceAccountController } from './serviceaccount.ts';
import { createStatefulSetController } from './statefulset/statefulset.ts';
import { createTaintEvictionController } from './taint-eviction.ts';
import { createTtlAfterFinishedController } from './ttl-after-finished.ts';
import {
  createValidatingAdmissionPolicyStatusController,
  type ServedResources,
} from './validating-admission-policy-status.ts';

export interface ControllersOptions {
  /** The cluster's CA, PEM. */
  readonly rootCa: string;
  readonly tokens: TokenPorts;
  readonly certificates: SigningRequestPorts;
  /** What the API server serves. */
  readonly resources: KindLookup & NamespacedResources & ServedResources;
  /** What pods use; undefined: there is no metrics API. */
  readonly metrics: PodMetrics | undefined;
}

/** Those that take their turn before the scheduler: first those that watch pods, then those that make them. */
export function createWorkloadControllers(options: ControllersOptions): readonly Controller[] {
  const { certificates, metrics, resources, rootCa, tokens } = options;
  return [
    createEndpointSliceController(),
    createEndpointsController(),
    createEndpointSliceMirroringController(),
    createDisruptionController(),
    createServiceAccountController(),
    createRootCaPublisher(rootCa),
    createServiceAccountTokenController(rootCa, tokens),
    ...createSigningRequestControllers(certificates),
    createNodeLifecycleController(),
    createCronJobController(),
    createDeploymentController(),
    ...createReplicationControllers(),
    createStatefulSetController(),
    createDaemonSetController(),
    ...createJobControllers(),
    createHorizontalPodAutoscalerController({ kinds: resources, metrics }),
    createTaintEvictionController(),
    createServiceLoadBalancerController(),
    createServiceCidrController(),
    createResourceQuotaController(),
    createTtlAfterFinishedController(),
    createClusterRoleAggregationController(),
    createFlowSchemaController(),
    createValidatingAdmissionPolicyStatusController(resources),
    createPodGcController(),
    createNamespaceController(resources),
    createGarbageCollector(resources),
  ];
}

/** Those that take their turn after the scheduler, which so sees a claim before it is bound, as it does upstream. */
export function createVolumeControllers(): readonly Controller[] {
  return [...createPersistentVolumeControllers(), createPvcProtectionController()];
}
