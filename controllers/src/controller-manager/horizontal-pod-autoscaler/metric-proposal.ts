/** How many replicas one metric of an autoscaler proposes; CPU and memory of pods are known to a simulated cluster. */
import type { HorizontalPodAutoscaler, Pod } from '../../apimachinery/kinds.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { formatQuantity, milliValue, parseQuantity, wholeValue } from '../../apimachinery/quantity.ts';
import { labelSelectorOf } from '../../apimachinery/selector.ts';
import type { ReconcileContext } from '../controller.ts';
import { calculateReplicas, MetricsError, type PodMetrics } from './replica-calculator.ts';

const NO_METRICS =
  'unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)';
const TOLERANCE = 0.1;

/** What is scaled. */
export interface Target extends KubeObject {
  readonly spec: { readonly replicas?: number; readonly selector?: object };
  readonly status?: { readonly replicas?: number };
}

type Metric = NonNullable<HorizontalPodAutoscaler['spec']['metrics']>[number];
type MetricStatus = NonNullable<NonNullable<HorizontalPodAutoscaler['status']>['currentMetrics']>[number];

export interface ProposalRequest {
  readonly hpa: HorizontalPodAutoscaler;
  readonly target: Target;
  readonly current: number;
  readonly spec: Metric;
  readonly metrics: PodMetrics | undefined;
  readonly context: ReconcileContext;
}

export interface Proposal {
  readonly replicas: number;
  /** As events name it. */
  readonly metric: string;
  readonly status: MetricStatus;
  readonly isUnsettled: boolean;
}

/** What one metric proposes, with its status. Throws MetricsError. */
export function propose({ target, current, spec, metrics, context }: ProposalRequest): Proposal {
  const source = spec.type === 'ContainerResource' ? spec.containerResource : spec.resource;
  const container = spec.containerResource?.container;
  if (source === undefined || (source.name !== 'cpu' && source.name !== 'memory')) {
    throw new MetricsError(`no metrics of type ${spec.type} are known to a simulated cluster`);
  }
  const { averageUtilization, averageValue } = source.target;
  const what = averageValue === undefined ? 'utilization' : 'usage';
  if (metrics === undefined) {
    throw new MetricsError(
      `failed to get ${source.name} ${what}: unable to get metrics for resource ${source.name}: ${NO_METRICS}`,
    );
  }
  const { namespace = '' } = target.metadata;
  const selector = labelSelectorOf(target.spec.selector ?? {});
  const pods = context.client
    .list<Pod>('pods', { namespace })
    .filter(({ metadata }) => selector.matches(metadata.labels));
  const isCpu = source.name === 'cpu';
  const read = (text: string) => (isCpu ? milliValue(parseQuantity(text)) : wholeValue(parseQuantity(text)));
  try {
    const result = calculateReplicas({
      resource: source.name,
      container,
      target:
        averageValue === undefined ? { utilization: averageUtilization ?? 0 } : { averageValue: read(averageValue) },
      currentReplicas: current,
      pods,
      metrics: metrics,
      tolerance: { up: TOLERANCE, down: TOLERANCE },
      now: context.now,
    });
    const shown = isCpu
      ? formatQuantity(parseQuantity(`${result.averageValue}m`))
      : formatQuantity({ ...parseQuantity(String(result.averageValue)), format: 'DecimalSI' });
    const value = {
      averageValue: shown,
      ...(result.utilization === undefined ? {} : { averageUtilization: result.utilization }),
    };
    const status =
      container === undefined
        ? { type: 'Resource', resource: { name: source.name, current: value } }
        : { type: 'ContainerResource', containerResource: { name: source.name, container, current: value } };
    const metric =
      averageValue === undefined
        ? `${source.name} ${container === undefined ? '' : 'container '}resource utilization (percentage of request)`
        : `${source.name} resource`;
    return { ...result, status, metric };
  } catch (error) {
    if (!(error instanceof MetricsError)) throw error;
    throw new MetricsError(`failed to get ${source.name} ${what}: ${error.message}`);
  }
}
