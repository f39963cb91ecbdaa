/**
 * Whether an object has become what it says: the rules of Helm v4's watcher (kstatus), kind by kind, with Helm's own
 * rule for Services of type LoadBalancer. Pure: object in, answer out.
 */
import type { KubeObject } from '../clusters/cluster.ts';

export interface Readiness {
  /** `failed` is final: no waiting will help. */
  readonly state: 'ready' | 'progressing' | 'failed';
  /** e.g. `2/3 ready`. */
  readonly message: string;
}

interface Condition {
  readonly type?: string;
  readonly status?: string;
  readonly reason?: string;
  readonly message?: string;
}

/** The parts of specs and statuses that count here. */
interface Fields {
  readonly spec: {
    readonly replicas?: number;
    readonly completions?: number | null;
    readonly type?: string;
    readonly clusterIP?: string;
    readonly externalIPs?: readonly string[];
    readonly updateStrategy?: { readonly type?: string; readonly rollingUpdate?: { readonly partition?: number } };
  };
  readonly status: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly fullyLabeledReplicas?: number;
    readonly currentRevision?: string;
    readonly updateRevision?: string;
    readonly desiredNumberScheduled?: number;
    readonly currentNumberScheduled?: number;
    readonly updatedNumberScheduled?: number;
    readonly numberAvailable?: number;
    readonly numberReady?: number;
    readonly phase?: string;
    readonly succeeded?: number;
    readonly reason?: string;
    readonly message?: string;
    readonly loadBalancer?: { readonly ingress?: readonly unknown[] };
    readonly conditions?: readonly Condition[];
    readonly containerStatuses?: readonly { readonly ready?: boolean }[];
  };
}

type Rule = (fields: Fields, options: ReadinessOptions) => Readiness;

export interface ReadinessOptions {
  /** Wait for the completion of Jobs, too. */
  readonly waitForJobs: boolean;
}

/** `object` undefined is an object that is not there. */
export function assessReadiness(object: KubeObject | undefined, options: ReadinessOptions): Readiness {
  if (object === undefined) return progressing('not there yet');
  if (object.metadata.deletionTimestamp !== undefined) return progressing('terminating');
  // A parsed border: statuses come from the API, which has checked their types.
  const fields = { spec: object.spec ?? {}, status: object.status ?? {} } as Fields;
  const { generation } = object.metadata;
  const { observedGeneration } = fields.status;
  if (generation !== undefined && observedGeneration !== undefined && observedGeneration < generation) {
    return progressing('change not observed yet');
  }
  const rule = RULES.get(`${groupOf(object.apiVersion)}/${object.kind}`) ?? assessByConditions;
  return rule(fields, options);
}

const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['apps/Deployment', assessDeployment],
  ['apps/StatefulSet', assessStatefulSet],
  ['apps/DaemonSet', assessDaemonSet],
  ['apps/ReplicaSet', assessReplicaSet],
  ['/ReplicationController', assessReplicaSet],
  ['/Pod', assessPod],
  ['batch/Job', assessJob],
  ['/PersistentVolumeClaim', assessClaim],
  ['/Service', assessService],
  ['/Namespace', assessNamespace],
  ['apiextensions.k8s.io/CustomResourceDefinition', assessDefinition],
]);

function assessDeployment({ spec, status }: Fields): Readiness {
  const wanted = spec.replicas ?? 1;
  const { replicas = 0, readyReplicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
  const progress = findCondition(status.conditions, 'Progressing');
  if (progress?.reason === 'ProgressDeadlineExceeded') {
    return { state: 'failed', message: `progress deadline exceeded: ${(progress.message ?? '').replace(/\.$/, '')}` };
  }
  if (status.observedGeneration === undefined) return progressing('not observed yet');
  const counts = `${Math.min(readyReplicas, wanted)}/${wanted} ready`;
  if (updatedReplicas < wanted) return progressing(`${counts}, ${updatedReplicas} updated`);
  if (replicas > updatedReplicas) return progressing(`${counts}, ${replicas - updatedReplicas} old to terminate`);
  if (readyReplicas < wanted) return progressing(counts);
  if (availableReplicas < updatedReplicas) return progressing(`${counts}, ${availableReplicas} available`);
  const available = findCondition(status.conditions, 'Available');
  if (available !== undefined && available.status !== 'True') return progressing(`${counts}, not available`);
  return ready(counts);
}

function assessStatefulSet({ spec, status }: Fields): Readiness {
  const wanted = spec.replicas ?? 1;
  const { replicas = 0, readyReplicas = 0, updatedReplicas = 0 } = status;
  if (spec.updateStrategy?.type === 'OnDelete') return ready('updated on delete');
  if (status.observedGeneration === undefined) return progressing('not observed yet');
  const counts = `${Math.min(readyReplicas, wanted)}/${wanted} ready`;
  if (replicas < wanted) return progressing(counts);
  if (replicas > wanted) return progressing(`${counts}, ${replicas - wanted} to terminate`);
  if (readyReplicas < wanted) return progressing(counts);
  const partition = spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  if (partition > 0) {
    return updatedReplicas < wanted - partition
      ? progressing(`${counts}, ${updatedReplicas}/${wanted - partition} updated`)
      : ready(counts);
  }
  if (status.currentRevision !== status.updateRevision) return progressing(`${counts}, ${updatedReplicas} updated`);
  return ready(counts);
}

function assessDaemonSet({ spec, status }: Fields): Readiness {
  if (status.observedGeneration === undefined) return progressing('not observed yet');
  const { desiredNumberScheduled: wanted = 0, currentNumberScheduled = 0, updatedNumberScheduled = 0 } = status;
  const { numberAvailable = 0, numberReady = 0 } = status;
  const counts = `${numberReady}/${wanted} ready`;
  if (currentNumberScheduled < wanted) return progressing(counts);
  if (spec.updateStrategy?.type !== 'OnDelete' && updatedNumberScheduled < wanted) {
    return progressing(`${counts}, ${updatedNumberScheduled} updated`);
  }
  if (numberReady < wanted || numberAvailable < wanted) return progressing(counts);
  return ready(counts);
}

function assessReplicaSet({ spec, status }: Fields): Readiness {
  const wanted = spec.replicas ?? 1;
  const { replicas = 0, readyReplicas = 0, availableReplicas = 0 } = status;
  const failure = findCondition(status.conditions, 'ReplicaFailure');
  if (failure?.status === 'True') return progressing(failure.message ?? 'pods can not be created');
  if (status.observedGeneration === undefined) return progressing('not observed yet');
  const counts = `${Math.min(readyReplicas, wanted)}/${wanted} ready`;
  if (replicas !== wanted || readyReplicas < wanted || availableReplicas < wanted) return progressing(counts);
  return ready(counts);
}

function assessPod({ status }: Fields): Readiness {
  if (status.phase === 'Succeeded') return ready('succeeded');
  if (status.phase === 'Failed') {
    return { state: 'failed', message: ['failed', status.reason, status.message].filter(Boolean).join(': ') };
  }
  if (findCondition(status.conditions, 'Ready')?.status === 'True') return ready('ready');
  const scheduled = findCondition(status.conditions, 'PodScheduled');
  if (scheduled?.status === 'False')
    return progressing(`unschedulable: ${scheduled.message ?? scheduled.reason ?? ''}`);
  const containers = status.containerStatuses ?? [];
  const count = containers.filter((container) => container.ready === true).length;
  return progressing(
    containers.length === 0 ? (status.phase ?? 'Pending') : `${count}/${containers.length} containers ready`,
  );
}

function assessJob({ spec, status }: Fields, options: ReadinessOptions): Readiness {
  const failed = findCondition(status.conditions, 'Failed');
  if (failed?.status === 'True') {
    return { state: 'failed', message: ['failed', failed.reason, failed.message].filter(Boolean).join(': ') };
  }
  if (findCondition(status.conditions, 'Complete')?.status === 'True') return ready('complete');
  if (!options.waitForJobs) return ready('not waited for');
  return progressing(`${status.succeeded ?? 0}/${spec.completions ?? 1} complete`);
}

function assessClaim({ status }: Fields): Readiness {
  if (status.phase === 'Bound') return ready('bound');
  return progressing(status.phase === undefined ? 'not bound' : `not bound (${status.phase})`);
}

function assessService({ spec, status }: Fields): Readiness {
  if (spec.type === 'ExternalName') return ready('external name');
  if (spec.clusterIP === undefined || spec.clusterIP === '') return progressing('no cluster IP yet');
  if (spec.type !== 'LoadBalancer' || (spec.externalIPs ?? []).length > 0) return ready('has its address');
  return (status.loadBalancer?.ingress ?? []).length > 0
    ? ready('has its address')
    : progressing('no load balancer yet');
}

function assessNamespace({ status }: Fields): Readiness {
  return status.phase === 'Active' ? ready('active') : progressing(status.phase ?? 'not active yet');
}

function assessDefinition({ status }: Fields): Readiness {
  const names = findCondition(status.conditions, 'NamesAccepted');
  if (names?.status === 'False') return { state: 'failed', message: `names not accepted: ${names.message ?? ''}` };
  if (findCondition(status.conditions, 'Established')?.status === 'True') return ready('established');
  return progressing('not established yet');
}

/** kstatus for kinds that it does not know: the conditions that the conventions name. */
function assessByConditions({ status }: Fields): Readiness {
  const stalled = findCondition(status.conditions, 'Stalled');
  if (stalled?.status === 'True') return { state: 'failed', message: stalled.message ?? stalled.reason ?? 'stalled' };
  const reconciling = findCondition(status.conditions, 'Reconciling');
  if (reconciling?.status === 'True') return progressing(reconciling.message ?? 'reconciling');
  const condition = findCondition(status.conditions, 'Ready');
  if (condition !== undefined && condition.status !== 'True') {
    return progressing(condition.message ?? condition.reason ?? 'not ready');
  }
  return ready('there');
}

function findCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return Array.isArray(conditions) ? conditions.find((condition) => condition?.type === type) : undefined;
}

function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

function ready(message: string): Readiness {
  return { state: 'ready', message };
}

function progressing(message: string): Readiness {
  return { state: 'progressing', message };
}
