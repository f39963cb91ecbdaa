/**
 * Defaults of the named groups' types (pkg/apis/GROUP/VERSION/defaults.go, v1.34).
 */
import { child, fill, filled, items, type TypeDefault, type Value } from './draft.ts';

const RBAC = 'rbac.authorization.k8s.io';

const deployment: TypeDefault = (value) => {
  const spec = child(value, 'spec');
  fill(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
  const strategy = child(spec, 'strategy');
  fill(strategy, { type: 'RollingUpdate' });
  if (strategy.type === 'RollingUpdate')
    fill(child(strategy, 'rollingUpdate'), { maxUnavailable: '25%', maxSurge: '25%' });
};

const daemonSet: TypeDefault = (value) => {
  const spec = child(value, 'spec');
  fill(spec, { revisionHistoryLimit: 10 });
  const strategy = child(spec, 'updateStrategy');
  fill(strategy, { type: 'RollingUpdate' });
  if (strategy.type === 'RollingUpdate') fill(child(strategy, 'rollingUpdate'), { maxUnavailable: 1, maxSurge: 0 });
};

const statefulSet: TypeDefault = (value) => {
  const spec = child(value, 'spec');
  fill(spec, { podManagementPolicy: 'OrderedReady', replicas: 1, revisionHistoryLimit: 10 });
  const strategy = child(spec, 'updateStrategy');
  if (strategy.type === undefined || strategy.type === '') {
    strategy.type = 'RollingUpdate';
    child(strategy, 'rollingUpdate');
  }
  if (strategy.type === 'RollingUpdate' && strategy.rollingUpdate !== undefined)
    fill(child(strategy, 'rollingUpdate'), { partition: 0 });
  // Behind a gate that is off: MaxUnavailableStatefulSet.
  if (strategy.rollingUpdate !== undefined) delete child(strategy, 'rollingUpdate').maxUnavailable;
  fill(child(spec, 'persistentVolumeClaimRetentionPolicy'), { whenDeleted: 'Retain', whenScaled: 'Retain' });
};

/** A claim template is an object of its own, which says what it is. */
const claimTemplates: TypeDefault = (value) => {
  statefulSet(value);
  for (const claim of items(child(value, 'spec'), 'volumeClaimTemplates')) {
    claim.apiVersion = 'v1';
    claim.kind = 'PersistentVolumeClaim';
  }
};

const job: TypeDefault = (value) => {
  const spec = child(value, 'spec');
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  fill(spec, {
    parallelism: 1,
    backoffLimit: spec.backoffLimitPerIndex === undefined ? 6 : 2_147_483_647,
    completionMode: 'NonIndexed',
    suspend: false,
    podReplacementPolicy: spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed',
    manualSelector: false,
  });
  const labels = ((spec.template as Value | undefined)?.metadata as Value | undefined)?.labels as Value | undefined;
  const metadata = child(value, 'metadata');
  // One map for both, as upstream: what is generated into the template's labels shows on the job too.
  if (labels !== undefined && metadata.labels === undefined) metadata.labels = labels;
};

const SCALE_UP: Readonly<Value> = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
};
const SCALE_DOWN: Readonly<Value> = { selectPolicy: 'Max' };

function scalingRules(behavior: Value, key: string, defaults: Readonly<Value>, policies: () => Value[]): void {
  const rules = child(behavior, key);
  fill(rules, defaults);
  if (rules.policies === undefined || rules.policies === null) rules.policies = policies();
}

const autoscaler: TypeDefault = (value) => {
  const spec = child(value, 'spec');
  fill(spec, { minReplicas: 1 });
  if (items(spec, 'metrics').length === 0) {
    spec.metrics = [
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
    ];
  }
  const behavior = spec.behavior as Value | undefined;
  if (behavior === undefined) return;
  // Behind a gate that is off: HPAConfigurableTolerance.
  for (const key of ['scaleUp', 'scaleDown']) if (behavior[key] !== undefined) delete child(behavior, key).tolerance;
  scalingRules(behavior, 'scaleUp', SCALE_UP, () => [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ]);
  scalingRules(behavior, 'scaleDown', SCALE_DOWN, () => [{ type: 'Percent', value: 100, periodSeconds: 15 }]);
};

const networkPolicy: TypeDefault = (value) => {
  const spec = child(value, 'spec');
  if (items(spec, 'policyTypes').length > 0) return;
  spec.policyTypes = items(spec, 'egress').length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
};

const ingressClass: TypeDefault = (value) => {
  const parameters = child(value, 'spec').parameters as Value | undefined;
  if (parameters !== undefined) fill(parameters, { scope: 'Cluster' });
};

const roleRef: TypeDefault = (value) => {
  fill(child(value, 'roleRef'), { apiGroup: RBAC });
};

const subject: TypeDefault = (value) => {
  if (value.kind === 'User' || value.kind === 'Group') fill(value, { apiGroup: RBAC });
};

const selectors = (value: Value): void => {
  for (const key of ['namespaceSelector', 'objectSelector']) if (value[key] === undefined) value[key] = {};
};

const webhook: TypeDefault = (value) => {
  fill(value, { failurePolicy: 'Fail', matchPolicy: 'Equivalent', timeoutSeconds: 10 });
  selectors(value);
};

const mutatingWebhook: TypeDefault = (value) => {
  webhook(value);
  fill(value, { reinvocationPolicy: 'Never' });
};

const matchResources: TypeDefault = (value) => {
  fill(value, { matchPolicy: 'Equivalent' });
  selectors(value);
};

const definition: TypeDefault = (value) => {
  const spec = child(value, 'spec');
  const names = child(spec, 'names');
  const kind = String(names.kind ?? '');
  fill(names, { singular: kind.toLowerCase() });
  if (kind !== '') fill(names, { listKind: `${kind}List` });
  if (spec.conversion === undefined) spec.conversion = { strategy: 'None' };
  const status = child(value, 'status');
  const stored = items(spec, 'versions').find((version) => version.storage === true);
  if (items(status, 'storedVersions').length === 0 && stored !== undefined) status.storedVersions = [stored.name];
};

/** A device that is requested; behind a gate that is off: DRAConsumableCapacity. */
const deviceRequest: TypeDefault = (value) => {
  delete value.capacity;
  fill(value, { allocationMode: 'ExactCount' });
  if (value.allocationMode === 'ExactCount' && (value.count ?? 0) === 0) value.count = 1;
};

function dropped(...fields: readonly string[]): TypeDefault {
  return (value) => {
    for (const field of fields) delete value[field];
  };
}

const port443 = filled({ port: 443 });

export const GROUP_DEFAULTS: readonly (readonly [string, TypeDefault])[] = [
  ['apps/v1.Deployment', deployment],
  ['apps/v1.DaemonSet', daemonSet],
  ['apps/v1.StatefulSet', claimTemplates],
  ['apps/v1.ReplicaSet', (value) => fill(child(value, 'spec'), { replicas: 1 })],
  ['batch/v1.Job', job],
  [
    'batch/v1.CronJob',
    (value) =>
      fill(child(value, 'spec'), {
        concurrencyPolicy: 'Allow',
        suspend: false,
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 1,
      }),
  ],
  ['batch/v1.PodFailurePolicyOnPodConditionsPattern', filled({ status: 'True' })],
  ['autoscaling/v2.HorizontalPodAutoscaler', autoscaler],
  ['autoscaling/v1.HorizontalPodAutoscaler', (value) => fill(child(value, 'spec'), { minReplicas: 1 })],
  ['networking/v1.NetworkPolicyPort', filled({ protocol: 'TCP' })],
  ['networking/v1.NetworkPolicy', networkPolicy],
  ['networking/v1.IngressClass', ingressClass],
  ['rbac/v1.RoleBinding', roleRef],
  ['rbac/v1.ClusterRoleBinding', roleRef],
  ['rbac/v1.Subject', subject],
  ['resource/v1.ExactDeviceRequest', deviceRequest],
  ['resource/v1.DeviceSubRequest', deviceRequest],
  ['resource/v1.DeviceToleration', filled({ operator: 'Equal' })],
  // Behind gates that are off: DRAExtendedResource, CoordinatedLeaderElection.
  ['resource/v1.DeviceClassSpec', dropped('extendedResourceName')],
  ['coordination/v1.LeaseSpec', dropped('preferredHolder', 'strategy')],
  ['storage/v1.StorageClass', filled({ reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' })],
  [
    'storage/v1.CSIDriver',
    (value) => {
      const spec = child(value, 'spec');
      // Behind a gate that is off: MutableCSINodeAllocatableCount.
      delete spec.nodeAllocatableUpdatePeriodSeconds;
      fill(spec, {
        attachRequired: true,
        podInfoOnMount: false,
        storageCapacity: false,
        fsGroupPolicy: 'ReadWriteOnceWithFSType',
        requiresRepublish: false,
        seLinuxMount: false,
      });
      if (items(spec, 'volumeLifecycleModes').length === 0) spec.volumeLifecycleModes = ['Persistent'];
    },
  ],
  ['admissionregistration/v1.ValidatingWebhook', webhook],
  ['admissionregistration/v1.MutatingWebhook', mutatingWebhook],
  ['admissionregistration/v1.Rule', filled({ scope: '*' })],
  ['admissionregistration/v1.RuleWithOperations', filled({ scope: '*' })],
  ['admissionregistration/v1.NamedRuleWithOperations', filled({ scope: '*' })],
  ['admissionregistration/v1.ServiceReference', port443],
  ['admissionregistration/v1.ValidatingAdmissionPolicySpec', filled({ failurePolicy: 'Fail' })],
  ['admissionregistration/v1.MatchResources', matchResources],
  ['scheduling/v1.PriorityClass', filled({ preemptionPolicy: 'PreemptLowerPriority' })],
  [
    'discovery/v1.EndpointPort',
    (value) => {
      if (value.name === undefined) value.name = '';
      fill(value, { protocol: 'TCP' });
    },
  ],
  [
    'flowcontrol/v1.FlowSchemaSpec',
    (value) => {
      if (value.matchingPrecedence === 0) value.matchingPrecedence = 1000;
    },
  ],
  ['flowcontrol/v1.ExemptPriorityLevelConfiguration', filled({ nominalConcurrencyShares: 0, lendablePercent: 0 })],
  ['flowcontrol/v1.LimitedPriorityLevelConfiguration', filled({ nominalConcurrencyShares: 30, lendablePercent: 0 })],
  ['flowcontrol/v1.QueuingConfiguration', filled({ handSize: 8, queues: 64, queueLengthLimit: 50 })],
  ['apiextensions/v1.CustomResourceDefinition', definition],
  ['apiextensions/v1.ServiceReference', port443],
  ['apiregistration/v1.ServiceReference', port443],
];
