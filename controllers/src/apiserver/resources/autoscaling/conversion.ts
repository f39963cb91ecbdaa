/**
 * HorizontalPodAutoscaler between autoscaling/v1 and v2 (pkg/apis/autoscaling/v1/conversion.go, v1.34): v1 has only a CPU
 * target; other metrics, conditions and behaviour travel in annotations.
 */
import { isObject, type JsonObject } from '../../../apimachinery/json.ts';
import type { KubeObject } from '../../../apimachinery/object.ts';

const METRICS = 'autoscaling.alpha.kubernetes.io/metrics';
const CURRENT_METRICS = 'autoscaling.alpha.kubernetes.io/current-metrics';
const CONDITIONS = 'autoscaling.alpha.kubernetes.io/conditions';
const BEHAVIOR = 'autoscaling.alpha.kubernetes.io/behavior';
const OWN = [METRICS, CURRENT_METRICS, CONDITIONS, BEHAVIOR];

/** The CPU metric that v1 can say. */
function isCpuUtilization(metric: unknown): boolean {
  if (!isObject(metric) || metric.type !== 'Resource' || !isObject(metric.resource)) return false;
  const { name, target } = metric.resource;
  return name === 'cpu' && isObject(target) && target.averageUtilization !== undefined;
}

export function hpaToV1(object: KubeObject): KubeObject {
  const spec = (object.spec ?? {}) as JsonObject;
  const status = (object.status ?? {}) as JsonObject;
  const metrics = Array.isArray(spec.metrics) ? spec.metrics : [];
  const annotations: Record<string, string> = { ...object.metadata.annotations };
  for (const key of OWN) delete annotations[key];
  const cpu = metrics.find(isCpuUtilization) as { resource: { target: { averageUtilization: number } } } | undefined;
  const others = metrics.filter((metric) => metric !== cpu);
  if (others.length > 0) annotations[METRICS] = JSON.stringify(others);
  if (spec.behavior !== undefined) annotations[BEHAVIOR] = JSON.stringify(spec.behavior);
  if (Array.isArray(status.conditions) && status.conditions.length > 0) {
    annotations[CONDITIONS] = JSON.stringify(status.conditions);
  }
  const current = Array.isArray(status.currentMetrics) ? status.currentMetrics : [];
  if (current.length > 0) annotations[CURRENT_METRICS] = JSON.stringify(current);
  const { metrics: _m, behavior: _b, ...specRest } = spec;
  const { conditions: _c, currentMetrics: _cm, ...statusRest } = status;
  const { annotations: _a, ...metadata } = object.metadata;
  return {
    ...object,
    metadata: { ...metadata, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
    spec: {
      ...specRest,
      ...(cpu === undefined ? {} : { targetCPUUtilizationPercentage: cpu.resource.target.averageUtilization }),
    },
    status: { currentReplicas: 0, desiredReplicas: 0, ...statusRest },
  };
}

export function hpaFromV1(object: KubeObject): KubeObject {
  const { targetCPUUtilizationPercentage, ...spec } = (object.spec ?? {}) as JsonObject;
  const { currentCPUUtilizationPercentage: _u, ...status } = (object.status ?? {}) as JsonObject;
  const annotations: Record<string, string> = { ...object.metadata.annotations };
  const metrics: unknown[] = parsed(annotations[METRICS], []);
  if (typeof targetCPUUtilizationPercentage === 'number') {
    metrics.unshift({
      type: 'Resource',
      resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: targetCPUUtilizationPercentage } },
    });
  }
  const behavior = parsed<unknown>(annotations[BEHAVIOR], undefined);
  for (const key of OWN) delete annotations[key];
  const { annotations: _a, ...metadata } = object.metadata;
  return {
    ...object,
    metadata: { ...metadata, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
    spec: { ...spec, ...(metrics.length === 0 ? {} : { metrics }), ...(behavior === undefined ? {} : { behavior }) },
    status: { ...status, currentMetrics: null },
  };
}

function parsed<T>(text: string | undefined, otherwise: T): T {
  if (text === undefined) return otherwise;
  try {
    return JSON.parse(text) as T;
  } catch {
    return otherwise;
  }
}
