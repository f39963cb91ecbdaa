/**
 * Columns of workloads (pkg/printers/internalversion/printers.go, v1.34).
 */
import type { KubeObject } from '../../../apimachinery/object.ts';
import { parseTime } from '../../../apimachinery/time.ts';
import { formatAge, formatHumanDuration } from '../../age.ts';
import { age, type Cells, containerCells, labelsText, list, number, selectorText, text } from '../columns.ts';

const deployment: Cells = (o, now) => [
  o.metadata.name,
  `${number(o, 'status.readyReplicas')}/${number(o, 'spec.replicas')}`,
  number(o, 'status.updatedReplicas'),
  number(o, 'status.availableReplicas'),
  age(o, now),
  ...containerCells(o),
  selectorText(o),
];

const replicaSet: Cells = (o, now) => [
  o.metadata.name,
  number(o, 'spec.replicas'),
  number(o, 'status.replicas'),
  number(o, 'status.readyReplicas'),
  age(o, now),
  ...containerCells(o),
  o.kind === 'ReplicationController' ? labelsText((o.spec as { selector?: unknown }).selector) : selectorText(o),
];

const statefulSet: Cells = (o, now) => [
  o.metadata.name,
  `${number(o, 'status.readyReplicas')}/${number(o, 'spec.replicas')}`,
  age(o, now),
  ...containerCells(o),
];

const daemonSet: Cells = (o, now) => [
  o.metadata.name,
  number(o, 'status.desiredNumberScheduled'),
  number(o, 'status.currentNumberScheduled'),
  number(o, 'status.numberReady'),
  number(o, 'status.updatedNumberScheduled'),
  number(o, 'status.numberAvailable'),
  labelsText((o.spec as { template?: { spec?: { nodeSelector?: unknown } } }).template?.spec?.nodeSelector),
  age(o, now),
  ...containerCells(o),
  selectorText(o),
];

function jobStatus(o: KubeObject): string {
  const conditions = list(o, 'status.conditions');
  const has = (type: string): boolean => conditions.some((c) => c.type === type && c.status === 'True');
  if (has('Complete')) return 'Complete';
  if (has('Failed')) return 'Failed';
  if (o.metadata.deletionTimestamp !== undefined) return 'Terminating';
  if (has('Suspended')) return 'Suspended';
  if (has('FailureTarget')) return 'FailureTarget';
  if (has('SuccessCriteriaMet')) return 'SuccessCriteriaMet';
  return 'Running';
}

function jobCompletions(o: KubeObject): string {
  const { completions, parallelism = 0 } = (o.spec ?? {}) as { completions?: number; parallelism?: number };
  const done = number(o, 'status.succeeded');
  if (completions !== undefined) return `${done}/${completions}`;
  return parallelism > 1 ? `${done}/1 of ${parallelism}` : `${done}/1`;
}

function jobDuration(o: KubeObject, now: number): string {
  const start = text(o, 'status.startTime');
  if (start === '') return '';
  const end = text(o, 'status.completionTime');
  return formatHumanDuration((end === '' ? now : parseTime(end)) - parseTime(start));
}

const job: Cells = (o, now) => [
  o.metadata.name,
  jobStatus(o),
  jobCompletions(o),
  jobDuration(o, now),
  age(o, now),
  ...containerCells(o),
  selectorText(o),
];

const cronJob: Cells = (o, now) => {
  const last = text(o, 'status.lastScheduleTime');
  return [
    o.metadata.name,
    text(o, 'spec.schedule'),
    text(o, 'spec.timeZone') || '<none>',
    { true: 'True', false: 'False' }[text(o, 'spec.suspend')] ?? '<unset>',
    list(o, 'status.active').length,
    last === '' ? '<none>' : formatAge(last, now),
    age(o, now),
    ...containerCells(o, 'spec.jobTemplate.spec.template.spec.containers'),
    selectorText(o, 'spec.jobTemplate.spec.selector'),
  ];
};

const controllerRevision: Cells = (o, now) => {
  const owner = o.metadata.ownerReferences?.find((reference) => reference.controller === true);
  const group = owner?.apiVersion.includes('/') ? owner.apiVersion.split('/')[0] : undefined;
  const controller =
    owner === undefined
      ? '<none>'
      : `${owner.kind.toLowerCase()}${group === undefined ? '' : `.${group}`}/${owner.name}`;
  return [o.metadata.name, controller, number(o, 'revision'), age(o, now)];
};

const budget: Cells = (o, now) => [
  o.metadata.name,
  text(o, 'spec.minAvailable') || 'N/A',
  text(o, 'spec.maxUnavailable') || 'N/A',
  number(o, 'status.disruptionsAllowed'),
  age(o, now),
];

export const WORKLOAD_TABLES: readonly (readonly [string, Cells])[] = [
  ['Deployment.apps', deployment],
  ['ReplicaSet.apps', replicaSet],
  ['ReplicationController.', replicaSet],
  ['StatefulSet.apps', statefulSet],
  ['DaemonSet.apps', daemonSet],
  ['ControllerRevision.apps', controllerRevision],
  ['Job.batch', job],
  ['CronJob.batch', cronJob],
  ['PodDisruptionBudget.policy', budget],
];
