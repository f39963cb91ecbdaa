/**
 * Columns of workloads (pkg/printers/internalversion/printers.go, v1.34).
 */
import type { KubeObject } from '../../../apimachinery/object.ts';
import { parseTime } from '../../../apimachinery/time.ts';
import { formatAge, formatHumanDuration } from '../../age.ts';
import { columnsOf, containerCells, labelsText, list, number, selectorText, text } from '../columns.ts';
import type { TableFacts } from '../resource.ts';

const age = (object: KubeObject, now: number): string => formatAge(object.metadata.creationTimestamp, now);

const deployment: TableFacts = {
  columns: columnsOf('Name|Ready|Up-to-date:integer|Available:integer|Age||Containers|Images|Selector'),
  cells: (o, now) => [
    o.metadata.name,
    `${number(o, 'status.readyReplicas')}/${number(o, 'spec.replicas')}`,
    number(o, 'status.updatedReplicas'),
    number(o, 'status.availableReplicas'),
    age(o, now),
    ...containerCells(o),
    selectorText(o),
  ],
};

const replicaSet: TableFacts = {
  columns: columnsOf('Name|Desired:integer|Current:integer|Ready:integer|Age||Containers|Images|Selector'),
  cells: (o, now) => [
    o.metadata.name,
    number(o, 'spec.replicas'),
    number(o, 'status.replicas'),
    number(o, 'status.readyReplicas'),
    age(o, now),
    ...containerCells(o),
    o.kind === 'ReplicationController' ? labelsText((o.spec as { selector?: unknown }).selector) : selectorText(o),
  ],
};

const statefulSet: TableFacts = {
  columns: columnsOf('Name|Ready|Age||Containers|Images'),
  cells: (o, now) => [
    o.metadata.name,
    `${number(o, 'status.readyReplicas')}/${number(o, 'spec.replicas')}`,
    age(o, now),
    ...containerCells(o),
  ],
};

const daemonSet: TableFacts = {
  columns: columnsOf(
    'Name|Desired:integer|Current:integer|Ready:integer|Up-to-date:integer|Available:integer|Node Selector|Age||Containers|Images|Selector',
  ),
  cells: (o, now) => [
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
  ],
};

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

const job: TableFacts = {
  columns: columnsOf('Name|Status|Completions|Duration|Age||Containers|Images|Selector'),
  cells: (o, now) => [
    o.metadata.name,
    jobStatus(o),
    jobCompletions(o),
    jobDuration(o, now),
    age(o, now),
    ...containerCells(o),
    selectorText(o),
  ],
};

const cronJob: TableFacts = {
  columns: columnsOf(
    'Name|Schedule|Timezone|Suspend:boolean|Active:integer|Last Schedule|Age||Containers|Images|Selector',
  ),
  cells: (o, now) => {
    const last = text(o, 'status.lastScheduleTime');
    return [
      o.metadata.name,
      text(o, 'spec.schedule'),
      text(o, 'spec.timeZone') || '<none>',
      text(o, 'spec.suspend') === 'true' ? 'True' : 'False',
      list(o, 'status.active').length,
      last === '' ? '<none>' : formatAge(last, now),
      age(o, now),
      ...containerCells(o, 'spec.jobTemplate.spec.template.spec.containers'),
      selectorText(o, 'spec.jobTemplate.spec.selector'),
    ];
  },
};

const controllerRevision: TableFacts = {
  columns: columnsOf('Name|Controller|Revision:integer|Age'),
  cells: (o, now) => {
    const owner = o.metadata.ownerReferences?.find((reference) => reference.controller === true);
    const group = owner?.apiVersion.includes('/') ? owner.apiVersion.split('/')[0] : undefined;
    const controller =
      owner === undefined
        ? '<none>'
        : `${owner.kind.toLowerCase()}${group === undefined ? '' : `.${group}`}/${owner.name}`;
    return [o.metadata.name, controller, number(o, 'revision'), age(o, now)];
  },
};

function hpaTargets(o: KubeObject): string {
  const metrics = list(o, 'spec.metrics');
  const current = list(o, 'status.currentMetrics');
  if (metrics.length === 0) return '<none>';
  const shown = metrics.slice(0, 2).map((metric, index) => {
    const kind = String(metric.type);
    const key = `${kind.charAt(0).toLowerCase()}${kind.slice(1)}`;
    const spec = metric[key] as
      | { name?: string; target?: { averageUtilization?: number; averageValue?: string; value?: string } }
      | undefined;
    const now = current[index]?.[key] as
      | { current?: { averageUtilization?: number; averageValue?: string; value?: string } }
      | undefined;
    const prefix = kind === 'Resource' || kind === 'ContainerResource' ? `${spec?.name ?? ''}: ` : '';
    if (spec?.target?.averageUtilization !== undefined) {
      const value = now?.current?.averageUtilization;
      return `${prefix}${value === undefined ? '<unknown>' : `${value}%`}/${spec.target.averageUtilization}%`;
    }
    const target = spec?.target?.averageValue;
    const average = target === undefined ? '' : ' (avg)';
    return `${prefix}${(target === undefined ? now?.current?.value : now?.current?.averageValue) ?? '<unknown>'}/${target ?? spec?.target?.value ?? '<unset>'}${average}`;
  });
  return metrics.length > 2 ? `${shown.join(', ')} + ${metrics.length - 2} more...` : shown.join(', ');
}

const autoscaler: TableFacts = {
  columns: columnsOf('Name|Reference|Targets|MinPods|MaxPods:integer|Replicas:integer|Age'),
  cells: (o, now) => [
    o.metadata.name,
    `${text(o, 'spec.scaleTargetRef.kind')}/${text(o, 'spec.scaleTargetRef.name')}`,
    hpaTargets(o),
    text(o, 'spec.minReplicas') || '<unset>',
    number(o, 'spec.maxReplicas'),
    number(o, 'status.currentReplicas'),
    age(o, now),
  ],
};

const budget: TableFacts = {
  columns: columnsOf('Name|Min Available|Max Unavailable|Allowed Disruptions:integer|Age'),
  cells: (o, now) => [
    o.metadata.name,
    text(o, 'spec.minAvailable') || 'N/A',
    text(o, 'spec.maxUnavailable') || 'N/A',
    number(o, 'status.disruptionsAllowed'),
    age(o, now),
  ],
};

export const WORKLOAD_TABLES: readonly (readonly [string, TableFacts])[] = [
  ['Deployment.apps', deployment],
  ['ReplicaSet.apps', replicaSet],
  ['ReplicationController.', replicaSet],
  ['StatefulSet.apps', statefulSet],
  ['DaemonSet.apps', daemonSet],
  ['ControllerRevision.apps', controllerRevision],
  ['Job.batch', job],
  ['CronJob.batch', cronJob],
  ['HorizontalPodAutoscaler.autoscaling', autoscaler],
  ['PodDisruptionBudget.policy', budget],
];
