/**
 * Workloads (pkg/registry/{apps,batch,autoscaling,policy}/<kind>/strategy.go, v1.34).
 */
import { deepEqual, getPath } from '../../../apimachinery/json.ts';
import { isDns1123Label } from '../../../apimachinery/names.ts';
import type { Value } from '../../defaults/draft.ts';
import { validateAutoscaler } from '../../validation/autoscaler.ts';
import { validateBudget } from '../../validation/budget.ts';
import { validateCronJob, validateCronJobUpdate, validateJob, validateJobUpdate } from '../../validation/jobs.ts';
import { validateStatefulSet, validateStatefulSetUpdate } from '../../validation/stateful-set.ts';
import {
  validateDaemonSet,
  validateDeployment,
  validateReplicaSet,
  validateRevision,
  validateRevisionUpdate,
  validateSelectorUnchanged,
} from '../../validation/workloads.ts';
import { prepareJob } from '../batch/job.ts';
import type { Draft, KindFacts } from '../resource.ts';

const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

function setTemplateGeneration(draft: Draft, generation: number): void {
  draft.metadata.annotations = { ...draft.metadata.annotations, [TEMPLATE_GENERATION]: String(generation) };
}

export const WORKLOAD_KINDS: readonly KindFacts[] = [
  {
    group: 'apps',
    kind: 'Deployment',
    generation: 'spec-and-annotations',
    prepareCreate: (draft) => {
      draft.status = {};
    },
    validate: validateDeployment,
    validateUpdate: (object, old, context) => [
      ...validateDeployment(object, context),
      ...validateSelectorUnchanged(object, old),
    ],
  },
  {
    group: 'apps',
    kind: 'ReplicaSet',
    generation: 'spec',
    prepareCreate: (draft) => {
      draft.status = { replicas: 0 };
    },
    validate: validateReplicaSet,
    validateUpdate: (object, old, context) => [
      ...validateReplicaSet(object, context),
      ...validateSelectorUnchanged(object, old),
    ],
  },
  {
    group: 'apps',
    kind: 'StatefulSet',
    name: isDns1123Label,
    generation: 'spec',
    prepareCreate: (draft) => {
      draft.status = { replicas: 0, availableReplicas: 0 };
      for (const claim of ((draft.spec as Value | undefined)?.volumeClaimTemplates ?? []) as Value[])
        claim.status = { ...(claim.status as Value | undefined), phase: 'Pending' };
    },
    validate: validateStatefulSet,
    validateUpdate: validateStatefulSetUpdate,
  },
  {
    group: 'apps',
    kind: 'DaemonSet',
    generation: 'spec',
    prepareCreate: (draft) => {
      draft.status = { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 };
      setTemplateGeneration(draft, Number(draft.metadata.annotations?.[TEMPLATE_GENERATION] ?? 0) || 1);
    },
    prepareUpdate: (draft, old) => {
      const before = Number(old.metadata.annotations?.[TEMPLATE_GENERATION] ?? 0);
      const same = deepEqual(getPath(draft, ['spec', 'template']), getPath(old, ['spec', 'template']));
      setTemplateGeneration(draft, same ? before : before + 1);
    },
    validate: validateDaemonSet,
    validateUpdate: (object, old, context) => [
      ...validateSelectorUnchanged(object, old),
      ...validateDaemonSet(object, context),
    ],
  },
  { group: 'apps', kind: 'ControllerRevision', validate: validateRevision, validateUpdate: validateRevisionUpdate },
  {
    group: 'batch',
    kind: 'Job',
    generation: 'spec',
    defaultPropagation: 'Orphan',
    prepareCreate: prepareJob,
    validate: validateJob,
    validateUpdate: validateJobUpdate,
    fieldLabels: { 'status.successful': (object) => String(getPath(object, ['status', 'succeeded']) ?? 0) },
    unknownField: (field) => `field label ${JSON.stringify(field)} not supported for Job`,
  },
  {
    group: 'batch',
    kind: 'CronJob',
    generation: 'spec',
    prepareCreate: (draft) => {
      draft.status = {};
    },
    validate: validateCronJob,
    validateUpdate: validateCronJobUpdate,
  },
  {
    group: 'autoscaling',
    kind: 'HorizontalPodAutoscaler',
    generation: 'none',
    prepareCreate: (draft) => {
      draft.status = { desiredReplicas: 0, currentMetrics: null };
    },
    validate: validateAutoscaler,
    validateUpdate: (object, _old, context) => validateAutoscaler(object, context),
  },
  {
    group: 'policy',
    kind: 'PodDisruptionBudget',
    generation: 'spec',
    prepareCreate: (draft) => {
      draft.status = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };
    },
    validate: validateBudget,
    validateUpdate: (object, _old, context) => validateBudget(object, context),
  },
];
