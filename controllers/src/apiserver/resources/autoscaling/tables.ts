/**
 * Cells of HorizontalPodAutoscalers (pkg/printers/internalversion/printers.go, v1.34).
 */
import { getPath, isObject } from '../../../apimachinery/json.ts';
import type { KubeObject } from '../../../apimachinery/object.ts';
import { age, type Cells, list, number, text } from '../columns.ts';
import { hpaFromV1 } from './conversion.ts';

const UNKNOWN = '<unknown>';

/** What a metric is measured by, under the name of its type: `containerResource`. */
function sourceOf(metric: unknown): unknown {
  const type = text(metric, 'type');
  return getPath(metric, [`${type.charAt(0).toLowerCase()}${type.slice(1)}`]);
}

function percent(value: unknown): string | undefined {
  return typeof value === 'number' ? `${value}%` : undefined;
}

function metricText(metric: unknown, current: unknown): string {
  const type = text(metric, 'type');
  const source = sourceOf(metric);
  const measured = text(current, 'type') === type ? sourceOf(current) : undefined;
  const average = text(source, 'target.averageValue');
  const averageNow = text(measured, 'current.averageValue') || UNKNOWN;
  switch (type) {
    case 'Resource':
    case 'ContainerResource': {
      const name = text(source, 'name');
      if (average !== '') return `${name}: ${averageNow}/${average}`;
      const utilization = percent(getPath(measured, ['current', 'averageUtilization'])) ?? UNKNOWN;
      return `${name}: ${utilization}/${percent(getPath(source, ['target', 'averageUtilization'])) ?? '<auto>'}`;
    }
    case 'Pods':
      return `${averageNow}/${average}`;
    case 'External':
    case 'Object':
      if (average !== '') return `${averageNow}/${average} (avg)`;
      return `${text(measured, 'current.value') || UNKNOWN}/${text(source, 'target.value')}`;
    default:
      return '<unknown type>';
  }
}

function targets(o: KubeObject): string {
  const metrics = list(o, 'spec.metrics');
  const current = list(o, 'status.currentMetrics');
  if (metrics.length === 0) return '<none>';
  const shown = metrics.slice(0, 2).map((metric, index) => metricText(metric, current[index]));
  return metrics.length > 2 ? `${shown.join(', ')} + ${metrics.length - 2} more...` : shown.join(', ');
}

/** As v2 says it: v1 has the use of CPU in a field of its own. */
function asV2(o: KubeObject): KubeObject {
  if (o.apiVersion !== 'autoscaling/v1') return o;
  const cpu = getPath(o, ['status', 'currentCPUUtilizationPercentage']);
  const converted = hpaFromV1(o);
  const status = isObject(converted.status) ? converted.status : {};
  const currentMetrics =
    typeof cpu === 'number'
      ? [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: cpu } } }]
      : [];
  return { ...converted, status: { ...status, currentMetrics } } as KubeObject;
}

const autoscaler: Cells = (given, now) => {
  const o = asV2(given);
  return [
    o.metadata.name,
    `${text(o, 'spec.scaleTargetRef.kind')}/${text(o, 'spec.scaleTargetRef.name')}`,
    targets(o),
    text(o, 'spec.minReplicas') || '<unset>',
    number(o, 'spec.maxReplicas'),
    number(o, 'status.currentReplicas'),
    age(o, now),
  ];
};

export const AUTOSCALING_TABLES: readonly (readonly [string, Cells])[] = [
  ['HorizontalPodAutoscaler.autoscaling', autoscaler],
];
